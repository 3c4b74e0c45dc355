"""The waiting times of a flow, beside their closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsim.errors import QsimError, ResultError
from qsim.model.pair_table import PairTable
from qsim.plots.style import COLOURS, canvas, label_axis, legend
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from qsim.analytic.renewal import HeraldInterval
    from qsim.model.rows import FlowRow
    from qsim.results.result import Result

#: Applications that use and free a pair in the instant of its delivery.
_PROMPT = ("request", "random-request")
#: Points of a theoretical curve.
_POINTS = 500


def draw(result: Result, ax: Axes | None, flow: int | None, log: bool, theory: bool) -> Axes:
    """See `ResultPlots.waiting_times`."""
    import numpy as np

    index, row = _chosen(result, flow)
    waits = _waits(result, index)
    found, counts = np.unique(waits, return_counts=True)
    times = np.concatenate(([0.0], found))
    above = len(waits) - np.cumsum(np.concatenate(([0], counts)))
    with canvas(ax) as axes:
        axes.step(
            times,
            above / len(waits),
            where="post",
            color=COLOURS[0],
            label=f"{row.initiator} → {row.responder} ({len(waits)} waits)",
        )
        _draw_band(axes, times, above, len(waits))
        if theory:
            _draw_theory(axes, result, row, waits)
        label_axis(axes, "x", "time t between deliveries", "s", times.tolist())
        axes.set_ylabel("P(waiting time > t)")
        axes.set_xlim(0, 1.02 * float(times[-1]) or None)
        if log:
            axes.set_yscale("log")
            axes.set_ylim(0.5 / len(waits), 1.5)
        else:
            axes.set_ylim(0, 1.03)
        axes.grid(alpha=0.25, linewidth=0.5)
        legend(axes)
    return axes


def interval_law(result: Result, flow: FlowRow) -> HeraldInterval | None:
    """The exact law of the time between the deliveries of a flow; None where there is no closed form.

    It exists for one link with one memory at each end, at attempt detail, when the pairs are used at once.
    The network is built anew from the result's document, and its link is asked.
    """
    from qsim.scenario import from_document

    run, traffic = result.document.get("run", {}), result.document.get("traffic", ())
    if len(flow.path) != 2 or flow.memories != 1 or run.get("detail") != "attempt":
        return None
    if not any(_may_have_asked(app, flow) for app in traffic):
        return None
    try:
        engine: Any = from_document(result.document).engine()
        for link in getattr(engine, "links", ()):
            if {link.first.name, link.second.name} == set(flow.path):
                law: HeraldInterval | None = link.interval(engine.node(flow.initiator))
                return law
    except QsimError:
        # A kind of a plug-in that is not loaded here, or a document without a network: no law is known.
        return None
    return None


def _may_have_asked(app: Any, flow: FlowRow) -> bool:
    if not isinstance(app, dict) or app.get("kind") not in _PROMPT:
        return False
    return app["kind"] != "request" or (app.get("initiator"), app.get("responder")) == (
        flow.initiator,
        flow.responder,
    )


def _chosen(result: Result, flow: int | None) -> tuple[int, FlowRow]:
    flows = (*result.flows, *result.unfinished)
    if not flows:
        raise ResultError("the run served no flows, so nothing was waited for")
    if not result.pairs:
        if any(row.pairs for row in flows):
            raise ResultError(
                "the run counted its pairs but kept none; set `record_pairs: true` under `run` and run again"
            )
        raise ResultError("the run delivered no pairs, so there are no waiting times")
    if flow is None:
        flow = max(range(len(flows)), key=lambda index: flows[index].pairs)
    if not 0 <= flow < len(flows):
        raise ResultError(f"the run has flows 0 to {len(flows) - 1}, got `flow` = {flow}")
    if flows[flow].pairs < 2:
        raise ResultError(
            f"flow {flow}, {flows[flow].initiator} → {flows[flow].responder}, has {flows[flow].pairs} pairs; "
            "a waiting time needs two"
        )
    return flow, flows[flow]


def _waits(result: Result, flow: int) -> NDArray[np.float64]:
    """Times between the deliveries of a flow, s, on the simulator's lattice of picoseconds."""
    import numpy as np

    pairs = PairTable.of(result.pairs)
    ticks = np.sort(np.rint(pairs.column("time_s")[pairs.column("flow") == flow] * PS_PER_S))
    return np.diff(ticks) / PS_PER_S


def _draw_band(axes: Axes, times: NDArray[Any], above: NDArray[Any], trials: int) -> None:
    import numpy as np
    from scipy.special import betaincinv

    # Each probability but the last, 0, up to the next time; the first is 1, and has only a lower bound.
    longer = above[:-1]
    low = betaincinv(longer, trials - longer + 1, 0.025)
    high = np.where(longer < trials, betaincinv(longer + 1, np.maximum(trials - longer, 1), 0.975), 1.0)
    axes.fill_between(
        times,
        np.append(low, low[-1]),
        np.append(high, high[-1]),
        step="post",
        color=COLOURS[0],
        alpha=0.25,
        linewidth=0,
        label="95 % interval",
    )


def _draw_theory(axes: Axes, result: Result, flow: FlowRow, waits: NDArray[Any]) -> None:
    import numpy as np

    law = interval_law(result, flow)
    times = np.linspace(0, 1.02 * waits.max(), _POINTS)
    if law is None:
        axes.plot(
            times,
            np.exp(-times / waits.mean()),
            "--",
            color=COLOURS[1],
            label="exponential of the same mean (guide)",
        )
        return
    # Few enough steps are drawn at their places, so that none is cut across.
    steps = law.lead_s + law.again_s * np.arange(_POINTS)
    if law.second_s in (0.0, law.again_s) and steps[-1] > times[-1]:
        times = np.concatenate(([0.0], steps[steps <= times[-1]]))
    axes.step(times, law.survival(times), "--", where="post", color=COLOURS[1], label="closed form")

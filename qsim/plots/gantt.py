"""The windows of flows as bars against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.plots.style import COLOURS, COLUMN, canvas, label_axis, legend, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.model.rows import FlowRow
    from qsim.results.result import Result

#: Flows up to which each has a row of its own.
_FEW = 30
_STATUS: dict[str, dict[str, Any]] = {
    "completed": {"facecolor": COLOURS[0], "hatch": ""},
    "short": {"facecolor": COLOURS[2], "hatch": "...."},
    "open": {"facecolor": COLOURS[4], "hatch": "////"},
    "stalled": {"facecolor": COLOURS[1], "hatch": "xxxx"},
    "failed": {"facecolor": COLOURS[3], "hatch": "\\\\\\\\"},
}
_COLOURS = {"status": "", "throughput_hz": "throughput (pairs/s)", "fidelity_mean": "mean fidelity"}
_ROWS = {"flow": "flow", "ends": "initiator → responder", "initiator": "initiator"}


def draw(result: Result, ax: Axes | None, colour: str, by: str | None) -> Axes:
    """See `ResultPlots.gantt`."""
    flows = [*result.flows, *result.unfinished]
    one_of("colour", colour, _COLOURS)
    if by is None:
        by = "flow" if len(flows) <= _FEW else "initiator"
    one_of("by", by, _ROWS)
    if not flows:
        raise ResultError("the run served no flows, so there are no windows to show")
    rows = _rows(result, flows, by)
    lanes = [_lanes(members) for _, members in rows]
    total = sum(map(len, lanes))
    with canvas(ax, COLUMN, min(0.9 + 0.16 * total, 9.0)) as axes:
        fills = _fills(axes, flows, colour)
        place, ticks = 0, []
        for (name, _), row in zip(rows, lanes, strict=True):
            ticks.append((place + (len(row) - 1) / 2, name))
            for lane in row:
                for flow in lane:
                    _draw_bar(axes, flow, place, fills[id(flow)], result.simulated_s)
                place += 1
            if by != "flow":
                axes.axhline(place - 0.5, color=COLOURS[7], linewidth=0.4)
        axes.set_yticks([tick for tick, _ in ticks], [name for _, name in ticks])
        axes.set_ylim(place - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_ylabel(_ROWS[by])
        axes.set_xlim(0, max(result.simulated_s, max(flow.start_s for flow in flows)) or 1.0)
        label_axis(axes, "x", "simulated time", "s", [result.simulated_s])
        _explain(axes, flows, colour)
    return axes


def _rows(result: Result, flows: Sequence[FlowRow], by: str) -> list[tuple[str, list[FlowRow]]]:
    """Names of the rows and their flows, from top to bottom."""
    if by == "flow":
        ordered = sorted(flows, key=lambda flow: flow.start_s)
        return [(f"{flow.initiator} → {flow.responder}", [flow]) for flow in ordered]
    order = {row.node: place for place, row in enumerate(result.memories)}
    grouped: dict[tuple[str, ...], list[FlowRow]] = {}
    for flow in flows:
        key = (flow.initiator,) if by == "initiator" else (flow.initiator, flow.responder)
        grouped.setdefault(key, []).append(flow)
    keys = sorted(grouped, key=lambda key: [order.get(name, len(order)) for name in key])
    return [(" → ".join(key), grouped[key]) for key in keys]


def _lanes(flows: Sequence[FlowRow]) -> list[list[FlowRow]]:
    """Flows stacked so that none overlap: each goes to the first lane that is free by its start."""
    lanes: list[list[FlowRow]] = []
    for flow in sorted(flows, key=lambda flow: flow.start_s):
        free = next((lane for lane in lanes if lane[-1].end_s <= flow.start_s), None)
        if free is None:
            lanes.append([flow])
        else:
            free.append(flow)
    return lanes


def _fills(axes: Axes, flows: Sequence[FlowRow], colour: str) -> dict[int, Any]:
    """The colour of each flow's bar, with a colour bar where it is a number."""
    if colour == "status":
        return {id(flow): _STATUS[flow.status]["facecolor"] for flow in flows}
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    values = {id(flow): getattr(flow, colour) for flow in flows}
    known = [value for value in values.values() if value is not None]
    low = 0.0 if colour == "throughput_hz" else min(known, default=0.0)
    norm = Normalize(low, max(known, default=1.0))
    mapped = ScalarMappable(norm, colormaps["viridis"])
    # Beside the axes at their full height, however narrow they are.
    axes.figure.colorbar(mapped, cax=axes.inset_axes((1.1, 0.0, 0.06, 1.0)), label=_COLOURS[colour])
    return {key: "white" if value is None else mapped.to_rgba(value) for key, value in values.items()}


def _draw_bar(axes: Axes, flow: FlowRow, place: int, fill: Any, simulated_s: float) -> None:
    from matplotlib.transforms import offset_copy

    end = max(min(flow.end_s, simulated_s), flow.start_s)
    axes.barh(
        place,
        end - flow.start_s,
        left=flow.start_s,
        height=0.7,
        facecolor=fill,
        hatch=_STATUS[flow.status]["hatch"],
        edgecolor="black",
        linewidth=0.4,
    )
    if flow.status != "completed":
        marker = ">" if flow.status == "open" else "X"
        figure = axes.get_figure(root=True)
        aside = offset_copy(axes.transData, figure, x=3.5, units="points")
        axes.plot([end], [place], marker, color="black", markersize=3.5, transform=aside, clip_on=False)


def _explain(axes: Axes, flows: Sequence[FlowRow], colour: str) -> None:
    """A legend of the statuses that occur."""
    from matplotlib.patches import Patch

    found = [status for status in _STATUS if any(flow.status == status for flow in flows)]
    if colour != "status" and found == ["completed"]:
        return
    own = {} if colour == "status" else {"facecolor": "white"}
    look: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.4}
    legend(axes, [Patch(label=status, **{**_STATUS[status], **look, **own}) for status in found])

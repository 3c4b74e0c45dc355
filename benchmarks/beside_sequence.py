"""qsim and SeQUeNCe side by side, on the same configurations in the same minutes.

Both read the same SeQUeNCe configuration; qsim converts it, negotiated hand-shake and all. Needs the package
`sequence`, which needs Python 3.12; without it, ratios of an earlier run of this script are told::

    python3.12 -m venv beside && beside/bin/pip install sequence -e .
    beside/bin/python benchmarks/beside_sequence.py
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import _peers
import _sequence as theirs
import grid_setup
import kernel
from _harness import Case, Report, Timed, alternate, number, ratio, run
from _sequence import Delivered

from qsim.network.importers.sequence import convert
from qsim.scenario import from_document

LINK = {"efficiency": 0.75, "detector": 0.9, "fidelity": 0.95, "count_rate": 25e6}
CHAIN = {"efficiency": 0.9, "detector": 0.95, "fidelity": 0.99, "count_rate": 25e6}
COLUMNS = (
    "case", "SeQUeNCe, CPU s", "qsim, CPU s", "times faster", "SeQUeNCe result", "qsim result",
)  # fmt: skip


def deliver(configuration: dict[str, Any], detail: str) -> Case[Delivered]:
    """Serve the request of `_sequence.deliver` here."""
    made = converted(configuration)
    last = configuration["nodes"][-1]["name"]
    made["run"] |= {"detail": detail}
    made["traffic"] = [
        {"kind": "request", "initiator": "r0", "responder": last, "start": theirs.START, "fidelity": 0.5}
    ]
    scenario = from_document(made)

    def prepare() -> Callable[[], Delivered]:
        engine = scenario.engine(seed=1)

        def work() -> Delivered:
            result = engine.run()
            flow = (result.flows + result.unfinished)[0]
            return Delivered(flow.pairs, flow.fidelity_mean or 0.0, result.events)

        return work

    return prepare


def build(document: Callable[[], dict[str, Any]]) -> Case[int]:
    """Make a document and set its network up here; the outcome is the number of its routers."""

    def prepare() -> Callable[[], int]:
        def work() -> int:
            scenario = from_document(document())
            scenario.engine(seed=1)
            return len(scenario.nodes)

        return work

    return prepare


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure side by side, or tell the ratios of an earlier run."""
    if find_spec("sequence") is None:
        report.say(f"SeQUeNCe is not installed here. Ratios of CPU time {_peers.BESIDE_SEQUENCE_WITH}.")
        report.table(["case", "times faster"], _peers.BESIDE_SEQUENCE)
        return
    report.say(
        f"""SeQUeNCe {version("sequence")} with its defaults, ket vectors and two-round Barrett-Kok. The
        results are numbers of routers, events per CPU second, or end-to-end pairs with their mean fidelity,
        and the events that it took; random numbers differ, so pairs agree within a few standard errors of a
        count."""
    )
    rows = [
        *_kernels(options.quick),
        *_deliveries(options.quick),
        *_grids(options.quick, options.slow),
    ]
    report.table(COLUMNS, rows)


def _kernels(quick: bool) -> list[list[object]]:
    total, repeats = (5_000, 1) if quick else (200_000, 3)
    rows = []
    for pending in (1, 1000) if quick else (1, 1000, 100_000):
        timed = alternate(
            {
                "theirs": theirs.hold(pending, total, kernel.DELAYS),
                "ours": kernel.hold(pending, total, cancellable=True),
            },
            repeats,
        )
        counts = timed["theirs"].outcome / timed["ours"].outcome
        rates = [f"{number(kernel.rate(timed[who]))} /s" for who in ("theirs", "ours")]
        rows.append(_row(f"kernel, {pending:,} pending", timed, counts, *rates))
    return rows


def _deliveries(quick: bool) -> list[list[object]]:
    window = 0.05 if quick else 1.0
    cases = {
        f"one pair over 10 km, {number(window)} s": theirs.chain(1, 10, window, **LINK),
        f"chain, 1 repeater, 20 km, {number(window)} s": theirs.chain(2, 20, window, **CHAIN),
        f"chain, 3 repeaters, 20 km, {number(window)} s": theirs.chain(4, 20, window, **CHAIN),
    }
    rows = []
    for name, configuration in cases.items():
        timed = alternate(
            {
                "theirs": theirs.deliver(configuration),
                "photon": deliver(configuration, "photon"),
                "attempt": deliver(configuration, "attempt"),
            },
            1 if quick else 3,
        )
        for detail in ("photon", "attempt"):
            pair = {"theirs": timed["theirs"], "ours": timed[detail]}
            rows.append(
                _row(f"{name}; {detail} detail", pair, 1.0, *(_result(one.outcome) for one in pair.values()))
            )
    return rows


def _result(outcome: Delivered) -> str:
    return f"{outcome.pairs} pairs, F {outcome.fidelity:.5f}, {outcome.events:,} events"


def _grids(quick: bool, slow: bool) -> list[list[object]]:
    rows = []
    for side in (4,) if quick else (10, 20) if slow else (10,):
        configuration = theirs.grid(side)
        cases = {
            "theirs": theirs.build(configuration),
            "converted": build(partial(converted, configuration)),
            "own": build(partial(grid_setup.document, side)),
        }
        timed = alternate(cases, 3 if side == 10 else 1)
        for which, name in (
            ("converted", "the same configuration, converted"),
            ("own", "a scenario of its own"),
        ):
            pair = {"theirs": timed["theirs"], "ours": timed[which]}
            counts = [f"{one.outcome} routers" for one in pair.values()]
            rows.append(_row(f"set-up of a {side} x {side} grid; {name}", pair, 1.0, *counts))
    return rows


def converted(configuration: dict[str, Any]) -> dict[str, Any]:
    """The scenario document of a SeQUeNCe configuration."""
    return convert(configuration).document


def _row(
    name: str, timed: dict[str, Timed[Any]], scale: float, their_result: str, our_result: str
) -> list[object]:
    """One comparison; `scale` makes up for unequal amounts of work."""
    times = ratio(timed["theirs"], timed["ours"]) / scale
    return [name, timed["theirs"].text(), timed["ours"].text(), number(times), their_result, our_result]


if __name__ == "__main__":
    run(
        "Beside SeQUeNCe",
        fill,
        ("--slow", {"action": "store_true", "help": "also the 20 x 20 grid, minutes for SeQUeNCe"}),
    )

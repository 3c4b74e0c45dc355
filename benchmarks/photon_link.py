"""One memory pair over 10 km of fibre, every photon, click and message an event, beside the attempt detail.

Negotiated two-round Barrett-Kok with memories of efficiency 0.75 and 20 kHz, and detectors of efficiency 0.9
with 40 ns of dead time; classical messages take as long as light.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from _harness import Case, Report, Timed, alternate, measure, number, ratio, run

from qsim.analytic.generation import negotiated_barrett_kok
from qsim.results import Result
from qsim.scenario import from_document

#: Of SeQUeNCe 1.3.1 in the ket formalism: CPU s per simulated s, events, pairs a second.


def document(detail: str, seconds: float) -> dict[str, Any]:
    """The link as a scenario."""
    return {
        "run": {"duration": seconds, "detail": detail},
        "defaults": {
            "memory": {"count": 1, "efficiency": 0.75, "initial_fidelity": 0.95, "frequency": "20 kHz"},
            "fibre": {"attenuation": "0.2 dB/km"},
            "detector": {"efficiency": 0.9, "count_rate": "25 MHz"},
            # Two photons that meet part at the beam splitter, as they do in SeQUeNCe.
            "link_model": {"kind": "barrett-kok", "handshake": "negotiated", "bunching": False},
        },
        "nodes": ["a", "b"],
        "links": [{"between": ["a", "b"], "length": "10 km"}],
        "protocols": {"purification": "none"},
        "traffic": [{"kind": "request", "initiator": "a", "responder": "b"}],
    }


def link(detail: str, seconds: float) -> Case[Result]:
    """A run of the link."""
    scenario = from_document(document(detail, seconds))

    def prepare() -> Callable[[], Result]:
        return scenario.engine(seed=1).run

    return prepare


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure both details."""
    seconds, repeats = (0.2, 1) if options.quick else (10.0, 5)
    measure(link("photon", 0.01), 1)  # loads what is loaded at first use
    timed = alternate({"photon": link("photon", seconds), "attempt": link("attempt", seconds)}, repeats)
    rate = negotiated_barrett_kok(0.75 * 10**-0.1 * 0.9, 50e-6, 25e-6, responder_leads=True).rate
    report.say(
        f"""{number(seconds)} s of simulated time. The closed form gives {number(rate, 4)} pairs a second
        (analytic `negotiated_barrett_kok`); standard error of the counts
        {number((rate / seconds) ** 0.5, 2)}."""
    )
    rows = [_row(name, one, seconds) for name, one in timed.items()]
    report.table(["", "CPU s per simulated s", "events /s", "pairs /s", "attempts /s", "fidelity"], rows)
    spent = timed["photon"].median / seconds
    report.say(
        f"""Photon detail costs {number(ratio(timed["photon"], timed["attempt"]))} times the attempt detail;
        for SeQUeNCe, which simulates photons too, see `beside_sequence.py`."""
    )
    report.goal("photon-level link of 10 km, CPU s per simulated s", spent, 1, "s")


def _row(name: str, timed: Timed[Result], seconds: float) -> list[object]:
    result = timed.outcome
    flow = (result.flows + result.unfinished)[0]
    return [
        f"{name} detail",
        timed.text(1 / seconds),
        result.events / seconds,
        flow.pairs / seconds,
        result.links[0].attempts / seconds,
        flow.fidelity_mean,
    ]


if __name__ == "__main__":
    run("Photon level: one memory pair over 10 km", fill)

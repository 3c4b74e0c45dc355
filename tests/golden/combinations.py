"""Every combination of link model, hand-shake, detail, swapping, formalism and purification, on a chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import qsim
from tests.golden.digests import Record, observed

LINK_MODELS: dict[str, dict[str, Any]] = {
    "barrett-kok": {"visibility": 0.97},
    "two-photon": {"visibility": 0.97, "bin_separation": "200 ns"},
    "single-click": {"visibility": 0.97},
    "midpoint-source": {"rate": "10 kHz", "pair_probability": 0.8, "pair_fidelity": 0.97},
}
#: Target fidelities that pairs miss at first and that purification can reach.
TARGET = {"barrett-kok": 0.85, "two-photon": 0.85, "single-click": 0.69, "midpoint-source": 0.84}
HANDSHAKES = ("continuous", "negotiated")
DETAILS = ("attempt", "photon")
SWAPPING = ("nested", "sequential", "asap")
FORMALISMS = ("bell-diagonal", "density-matrix", "scalar-fidelity")
PURIFICATION = ("none", "bbpssw", "dejmps")


def cases() -> Iterator[tuple[str, Callable[[], Record | None]]]:
    """Each combination by name, with what runs it: None where the program refuses it."""
    choices = (LINK_MODELS, HANDSHAKES, DETAILS, SWAPPING, FORMALISMS, PURIFICATION)
    for number, chosen in enumerate(product(*choices)):
        yield " ".join(chosen), partial(_run, number, *chosen)


def _run(number: int, *chosen: str) -> Record | None:
    try:
        scenario = qsim.Network.from_document(_document(number, *chosen)).scenario()
        scenario.engine()
    except (qsim.ScenarioError, qsim.ParameterError, qsim.StateError):
        return None
    # A photon is many events: these are short enough with one run each.
    return observed(scenario, twice="photon" not in chosen)


def _document(
    number: int,
    link_model: str,
    handshake: str,
    detail: str,
    swapping: str,
    formalism: str,
    purification: str,
) -> dict[str, Any]:
    memory: dict[str, Any] = {"count": 4, "frequency": "100 kHz", "efficiency": 0.9, "initial_fidelity": 0.97}
    # One number a pair has neither decay nor gates.
    scalar = formalism == "scalar-fidelity"
    if not scalar:
        memory |= {"t1": "150 ms", "t2": "30 ms"}
    # Five is prime to the number of every choice, so that a cut-off comes with each of them.
    if number % 5 in (0, 3):
        memory["cutoff"] = "1.5 ms"
    swap = {"kind": swapping, "success_probability": 0.9}
    swap |= {"degradation": 0.98} if scalar else {"gate_error": 0.01, "measurement_error": 0.005}
    purify: dict[str, Any] = {"kind": purification}
    if purification != "none" and not scalar:
        purify |= {"gate_error": 0.004, "measurement_error": 0.002}
    target = 0.5 if purification == "none" else TARGET[link_model]
    return {
        "name": "Combination",
        "run": {
            "duration": "5 ms" if detail == "photon" else "12 ms",
            "seed": number,
            "detail": detail,
            "formalism": formalism,
            "record_pairs": True,
        },
        "defaults": {
            "memory": memory,
            "detector": {"efficiency": 0.9, "dark_count_rate": "2 kHz", "window": "20 ns"},
            "generation": {"kind": link_model, "handshake": handshake, **LINK_MODELS[link_model]},
        },
        "topology": {"kind": "line", "nodes": 4, "length": "4 km"},
        "nodes": {"n0": {"memory": {"count": 3}}, "n3": {"memory": {"count": 2}}},
        "protocols": {"swapping": swap, "purification": purify},
        "traffic": [
            {"kind": "request", "initiator": "n0", "responder": "n3", "memories": 2, "fidelity": target},
        ],
    }

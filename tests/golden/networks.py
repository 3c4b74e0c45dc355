"""Scenarios for what the combinations leave out, each a change of one small network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import qsim
from tests.golden.digests import Record, observed

LINE = {"kind": "line", "nodes": 4, "length": "5 km"}
MEMORY = {"count": 4, "frequency": "100 kHz", "efficiency": 0.9, "initial_fidelity": 0.97, "t2": "50 ms"}
REQUEST = {"kind": "request", "initiator": "n0", "responder": "n3", "memories": 2}
ONE = {**REQUEST, "memories": 1}
TWO_WAYS = {"traffic": [ONE, {**ONE, "initiator": "n3", "responder": "n1", "start": "5 ms"}]}
RANDOM: dict[str, Any] = {
    "kind": "random-request",
    "lead_min": "5 ms",
    "lead_max": "10 ms",
    "lead_step": "1 ms",
    "duration_min": "8 ms",
    "duration_max": "16 ms",
    "duration_step": "2 ms",
    "memories_min": 1,
    "fidelity_min": 0.5,
    "fidelity_max": 0.75,
    "retry": "3 ms",
}
MANY = {"memory": {**MEMORY, "count": 8}, "run": {"duration": "40 ms"}}
FOUR = ["n0", "n1", "n2", "n3"]
DELAYS = [[0, "30 us", "60 us", "95 us"], ["34 us", 0, "28 us", "61 us"]]
DELAYS += [["61 us", "30 us", 0, "25 us"], ["90 us", "60 us", "27 us", 0]]


def _swapping(**fields: Any) -> dict[str, Any]:
    return {"protocols": {"swapping": {"kind": "nested", **fields}, "purification": "none"}}


def _purification(kind: str, **fields: Any) -> dict[str, Any]:
    # Without decay, pairs are equal until one of them is swapped or purified.
    return {
        "memory": {key: value for key, value in MEMORY.items() if key != "t2"},
        "protocols": {"purification": {"kind": kind, **fields}},
        "traffic": [{**REQUEST, "fidelity": 0.93}],
    }


def _generation(kind: str, **fields: Any) -> dict[str, Any]:
    return {"generation": {"kind": kind, **fields}}


def _topology(kind: str, first: str, last: str, **parameters: Any) -> dict[str, Any]:
    ends = {"initiator": first, "responder": last}
    traffic = [{**ONE, **ends}, {**RANDOM, "memories_max": [2]}]
    return {**MANY, "topology": {"kind": kind, **parameters}, "traffic": traffic}


def _stall(**memory: Any) -> dict[str, Any]:
    return {
        "run": {"duration": "400 ms"},
        "topology": {"kind": "line", "nodes": 9, "length": "1 km"},
        "memory": {"count": 4, **memory},
        **_generation("midpoint-source", rate="1 kHz", pair_probability=0.3),
        "protocols": {"swapping": {"kind": "asap", "order": "index"}},
        "traffic": [{**REQUEST, "responder": "n8"}],
    }


#: Sections of each scenario that differ from those of `document`; "memory" and the like are defaults.
NETWORKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "two flows": TWO_WAYS,
    "two flows, photons": {**TWO_WAYS, "run": {"detail": "photon", "duration": "10 ms"}},
    "stops when done": {"run": {"stop_when_done": True}, "traffic": [{**REQUEST, "pairs": 5}]},
    "asks again after a refusal": {
        "traffic": [
            {**REQUEST, "start": "1 ms", "duration": "6 ms"},
            {**REQUEST, "initiator": "n1", "responder": "n2", "retry": "2 ms", "duration": "9 ms"},
            {**REQUEST, "initiator": "n2", "responder": "n0", "pairs": 7},
        ]
    },
    "random requests": {**MANY, "traffic": [RANDOM]},
    "random requests, published": {**MANY, "traffic": [{**RANDOM, "streams": "published"}]},
    "random requests, bounded": {
        **MANY,
        "traffic": [
            {**RANDOM, "memories_max": [2, 3, 4, 3], "nodes": FOUR},
            {**RANDOM, "nodes": ["n1", "n3"]},
        ],
    },
    "teleportation": {"traffic": [{**REQUEST, "kind": "teleportation", "pairs": 12}]},
    "teleportation, density matrix": {
        "run": {"formalism": "density-matrix"},
        "memory": {**MEMORY, "t1": "60 ms"},
        "traffic": [{**REQUEST, "kind": "teleportation", "fidelity": 0.8}],
    },
    "teleportation over lossy channels": {
        "classical": {"loss": 0.3, "retransmission": "200 us"},
        "traffic": [{**REQUEST, "kind": "teleportation"}],
    },
    "consent": _swapping(consent=True, success_probability=0.8),
    "consent, sequential": _swapping(kind="sequential", consent=True, gate_error=0.02),
    "consent, as soon as possible": _swapping(kind="asap", consent=True),
    "consent and cut-off": {**_swapping(kind="asap", consent=True), "memory": {**MEMORY, "cutoff": "600 us"}},
    "no swap succeeds": _swapping(success_probability=0),
    "cut-off": {"memory": {**MEMORY, "cutoff": "500 us"}},
    "cut-off of some": {"nodes": {"n1": {"memory": {"cutoff": "400 us"}}}, **TWO_WAYS},
    "cut-off, photons": {
        "run": {"detail": "photon", "duration": "10 ms"},
        "memory": {**MEMORY, "cutoff": "500 us"},
    },
    "purification once": _purification("dejmps", policy="once"),
    "purification of equals": _purification("bbpssw", match="equal"),
    "purification of equals, once": _purification("dejmps", match="equal", policy="once", gate_error=0.01),
    "memories that relax": {
        "run": {"formalism": "density-matrix"},
        "memory": {**MEMORY, "t1": "30 ms", "t2": "40 ms"},
    },
    "memories that depolarise": {
        "memory": {"count": 4, "frequency": "100 kHz", "depolarising_time": "20 ms", "dephasing_time": "9 ms"}
    },
    "memories with errors": {
        "memory": {**MEMORY, "pauli_x": "2 Hz", "pauli_y": "5 Hz", "pauli_z": "9 Hz"},
        "nodes": {"n2": {"memory": {"t2": "7 ms", "efficiency": 0.5, "initial_fidelity": 0.9}}},
    },
    "lossy channels": {"classical": {"loss": 0.2, "retransmission": "300 us"}, **TWO_WAYS},
    "lossy channels, consent": {
        "classical": {"loss": 0.2, "retransmission": "1 ms"},
        **_swapping(consent=True),
    },
    "processing": {"classical": {"processing": "20 us", "transmission": "7 us", "speed": 1.9e8}},
    "given channels": {
        "classical": {"station": "half", "channels": [{"between": ["n0", "n1"], "delay": "80 us"}]}
    },
    "given one-way delays": {"classical": {"one_way": {"nodes": FOUR, "table": DELAYS}}},
    "given round trips": {"classical": {"round_trip": {"nodes": FOUR, "table": DELAYS}, "station": "half"}},
    "static routes": {
        **_topology("ring", "n0", "n3", nodes=6, length="3 km"),
        "protocols": {"routing": {"kind": "static", "paths": [["n0", "n5", "n4", "n3"]]}},
    },
    "routes by rate": {
        **_topology("grid", "r0c0", "r2c2", rows=3, columns=3, length="3 km"),
        "protocols": {"routing": {"kind": "shortest-path", "weight": "rate"}},
    },
    "ring": _topology("ring", "n0", "n2", nodes=5, length="4 km"),
    "star": _topology("star", "n1", "n3", nodes=6, length="4 km"),
    "grid": _topology("grid", "r0c0", "r1c2", rows=2, columns=3, length="4 km"),
    "tree": _topology("tree", "n0", "n6", branching=2, height=2, length="4 km"),
    "waxman": _topology("waxman", "n0", "n7", nodes=12, size="20 km", alpha=0.5, beta=0.9, seed=3),
    "end nodes": {
        "nodes": {"n0": {"type": "end-node"}, "n3": {"type": "end-node"}},
        "protocols": {"swapping": "sequential"},
    },
    "station off the middle": {
        "links": [{"between": ["n0", "n1"], "midpoint": 0.2, "station_delay": "40 us"}],
        **_generation("barrett-kok", handshake="negotiated"),
    },
    "station off the middle, photons": {
        "run": {"detail": "photon", "duration": "10 ms"},
        "links": [{"between": ["n1", "n2"], "midpoint": 0.9}],
        **_generation("single-click", bright_population=0.2),
    },
    "photons that do not bunch": {
        "run": {"detail": "photon", "duration": "10 ms"},
        **_generation("barrett-kok", bunching=False),
    },
    "photons that do not bunch, attempts": _generation("two-photon", bunching=False, visibility=0.9),
    "dark counts": {
        "detector": {"efficiency": 0.4, "dark_count_rate": "50 kHz", "window": "100 ns"},
        "fibre": {"attenuation": "1 dB/km"},
    },
    "dark counts, photons": {
        "run": {"detail": "photon", "duration": "10 ms"},
        "detector": {
            "efficiency": 0.4,
            "dark_count_rate": "50 kHz",
            "window": "100 ns",
            "count_rate": "1 MHz",
        },
        "fibre": {"attenuation": "1 dB/km"},
    },
    "slots": {"fibre": {"slot_rate": "100 kHz"}, "detector": {"count_rate": "10 MHz"}},
    "weak source, photons": {
        "run": {"detail": "photon", "duration": "20 ms"},
        **_generation("midpoint-source", rate="20 kHz", pair_probability=0.3, pair_fidelity=0.95),
    },
    "different links": {
        "links": [
            {"between": ["n0", "n1"], "length": "2 km", "generation": {"kind": "single-click"}},
            {"between": ["n1", "n2"], "generation": {"kind": "two-photon", "handshake": "negotiated"}},
            {"between": ["n2", "n3"], "generation": {"kind": "midpoint-source", "rate": "15 kHz"}},
        ]
    },
    "stall": _stall(),
    "stall cured by a cut-off": _stall(cutoff="60 ms"),
    "a blind link": {"links": [{"between": ["n1", "n2"], "detector": {"efficiency": 0}}]},
}


def cases() -> Iterator[tuple[str, Callable[[], Record]]]:
    """Each network by name, with what runs it."""
    for name, changes in NETWORKS.items():
        yield name, partial(_run, changes)


def _run(changes: dict[str, Any]) -> Record:
    return observed(qsim.Network.from_document(document(changes)).scenario())


def document(changes: dict[str, Any]) -> dict[str, Any]:
    """A chain of four nodes that serves one request for 30 ms, with some sections changed."""
    parts = ("memory", "fibre", "detector", "generation")
    sections = {key: value for key, value in changes.items() if key not in parts}
    return {
        "name": "Golden",
        "topology": LINE,
        "traffic": [REQUEST],
        **sections,
        "run": {"duration": "30 ms", "seed": 11, "record_pairs": True, **changes.get("run", {})},
        "defaults": {"memory": MEMORY, **{key: changes[key] for key in parts if key in changes}},
    }

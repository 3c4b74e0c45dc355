"""Fingerprints of a few runs; as a program, prints them one a line.

python -m tests.protocols.invariants.prints
"""

from __future__ import annotations

from qsim.trace.sinks import FingerprintSink
from tests.protocols.scenes import MS, Document, alive, chain, clocked, request


def crowded(swapping: Document, detail: str = "attempt", handshake: str = "continuous") -> Document:
    """Two chains that cross in their middle, with links and flows of every kind."""
    document = chain(
        4,
        swapping={"success_probability": 0.8, **swapping},
        purification="dejmps",
        generation={"kind": "barrett-kok", "handshake": handshake},
        cutoff="30 ms",
        memory={"t1": "1 s", "t2": "0.8 s", "initial_fidelity": 0.95, "efficiency": 0.9},
        count=12,
        classical={"loss": 0.05, "retransmission": 3e-3},
        run={"duration": 0.3, "detail": detail},
        defaults={"detector": {"dark_count_rate": 100.0}, "link": {"midpoint": 0.4}},
    )
    document["nodes"] |= {"east": None, "west": None}
    document["links"] += [
        {"between": ["n2", "east"], "length": 5e4, "generation": clocked(2e-4, 0.3, 0.97)},
        {"between": ["west", "n2"], "length": 7e4, "generation": {"kind": "single-click"}},
    ]
    document["traffic"] = [
        request("n0", "n4", memories=2, fidelity=0.6),
        request("east", "west", memories=1, start="20 ms", pairs=20),
        {"kind": "teleportation", "initiator": "n4", "responder": "east", "retry": "30 ms"},
        {
            "kind": "random-request",
            "nodes": ["n1", "n3", "west"],
            "memories_min": 1,
            "memories_share": 0.25,
            **{f"lead_{name}": value for name, value in (("min", 0.02), ("max", 0.05), ("step", 0.01))},
            **{f"duration_{name}": value for name, value in (("min", 0.02), ("max", 0.06), ("step", 0.01))},
            "fidelity_min": 0.3,
            "fidelity_max": 0.5,
            "retry": 0.01,
        },
    ]
    return document


CASES: dict[str, Document] = {
    "nested": crowded({"kind": "nested"}),
    "nested with consent": crowded({"kind": "nested", "consent": True}, handshake="negotiated"),
    "as soon as possible": crowded({"kind": "asap"}),
    "photon by photon": crowded({"kind": "asap"}, detail="photon"),
}


def fingerprint(document: Document, seed: int = 3) -> tuple[str, int]:
    """The fingerprint of a run, and how many events it has digested."""
    sink = FingerprintSink()
    alive(document, seed=seed, trace=sink).run_until(250 * MS)
    return sink.fingerprint, sink.events


if __name__ == "__main__":
    for document in CASES.values():
        print(*fingerprint(document))  # noqa: T201

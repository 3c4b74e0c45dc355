"""Small networks on which protocols are tested, with links that give a pair at every tick of a clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qsim.kernel import TraceSink
from qsim.scenario import from_document

#: Picoseconds in a millisecond.
MS = 10**9
#: Light and messages need 1 ms over this length, m.
MS_OF_FIBRE = 2e5

Document = dict[str, Any]


def clocked(period: float = 1e-3, success: float = 1.0, fidelity: float = 1.0) -> Document:
    """A source in the middle of the link that ticks once in a period, given in seconds.

    Over a link whose messages take d, the ends know of a pair 3d/2 after the tick at which both were ready.
    """
    return {
        "kind": "midpoint-source",
        "rate": 1 / period,
        "pair_probability": success,
        "pair_fidelity": fidelity,
    }


def chain(
    links: int | Sequence[float],
    *,
    swapping: Any = "nested",
    purification: Any = "none",
    cutoff: Any = None,
    memory: Document | None = None,
    processor: Document | None = None,
    generation: Document | None = None,
    count: int | None = None,
    traffic: Sequence[Document] = (),
    **sections: Any,
) -> Document:
    """A chain of nodes n0, n1, ... without losses.

    Args:
        links: how many links of 1 ms, or the message delay of each, in ms.
        swapping, purification: the protocols.
        cutoff: age at which pairs are given up; left out, never.
        memory: fields of all memories beside `count`.
        processor: fields of all processors.
        generation: of all links; left out, a pair at every tick of a millisecond.
        count: memories at each node; left out, 2.
        traffic: the applications.
        **sections: `run`, `classical`, `nodes`, and so on, each merged over what stands here.
    """
    delays = [1.0] * links if isinstance(links, int) else list(links)
    names = [f"n{place}" for place in range(len(delays) + 1)]
    document: Document = {
        "run": {"duration": 1.0, "record_pairs": True},
        "defaults": {
            "memory": {"count": count or 2, "frequency": 1e12, **(memory or {})},
            "fibre": {"attenuation": 0.0},
            "detector": {"efficiency": 1.0},
            "processor": processor or {},
            "generation": generation or clocked(),
        },
        "nodes": dict.fromkeys(names),
        "links": [
            {"between": [names[place], names[place + 1]], "length": delay * MS_OF_FIBRE}
            for place, delay in enumerate(delays)
        ],
        "protocols": {
            "swapping": swapping,
            "purification": purification,
            "cutoff": "none" if cutoff is None else {"kind": "age", "after": cutoff},
        },
        "traffic": list(traffic),
    }
    for section, fields in sections.items():
        known = document.get(section)
        document[section] = {**known, **fields} if isinstance(known, dict) else fields
    return document


def request(initiator: str, responder: str, **fields: Any) -> Document:
    """One request of the traffic."""
    return {"kind": "request", "initiator": initiator, "responder": responder, **fields}


def alive(document: Document, seed: int = 0, trace: TraceSink | None = None) -> Any:
    """The live network of a document."""
    return from_document(document).engine(seed=seed, trace=trace)

"""Random small networks, and what is done to them while they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

#: The unit of time of these networks, s: about a message over 4 km of fibre.
TICK = 20e-6

Document = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """One request; the times are ticks.

    Attributes:
        ends: indices of initiator and responder.
        app: "keep", "teleport" or "stream", see `tests.protocols.invariants.apps`.
        hold: how long the application keeps what is delivered; 0 uses it up at once.
    """

    ends: tuple[int, int]
    app: str
    memories: int
    fidelity: float
    pairs: int | None
    start: int
    duration: int
    hold: int


@dataclass(frozen=True)
class Meddling:
    """Something done from outside between two events.

    Attributes:
        after: events since the last such thing.
        what: "finish" a flow early, "give up" what a memory is doing, or "release" an entangled memory.
        which: picks the flow or the memory.
    """

    after: int
    what: str
    which: int


@dataclass(frozen=True)
class Case:
    """A network, its traffic and its troubles."""

    document: Document
    asks: tuple[Ask, ...]
    meddling: tuple[Meddling, ...]
    seed: int


_handshakes = st.sampled_from(
    [{"kind": "continuous"}, {"kind": "continuous", "overhead": TICK / 2}, "negotiated"]
)


def _generations() -> st.SearchStrategy[Document]:
    clicks = st.fixed_dictionaries(
        {"kind": st.sampled_from(["barrett-kok", "two-photon"]), "handshake": _handshakes}
    )
    single = st.fixed_dictionaries(
        {"kind": st.just("single-click"), "bright_population": st.just(0.4), "handshake": _handshakes}
    )
    source = st.fixed_dictionaries(
        {
            "kind": st.just("midpoint-source"),
            "rate": st.just(1 / TICK),
            "pair_probability": st.sampled_from([1.0, 0.4]),
            "handshake": _handshakes.filter(lambda one: one != "negotiated"),
        }
    )
    return st.one_of(clicks, single, source)


def _swappings() -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["nested", "sequential", "asap"]),
            "consent": st.booleans(),
            "success_probability": st.sampled_from([1.0, 1.0, 0.7, 0.7, 0.0]),
        }
    )


def _purifications() -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["none", "bbpssw", "dejmps"]),
            "policy": st.sampled_from(["until-target", "once"]),
            "match": st.sampled_from(["nearest", "equal"]),
        }
    )


def _shapes(nodes: int, shape: str) -> list[tuple[int, int]]:
    if shape == "star" and nodes > 2:
        return [(0, other) for other in range(1, nodes)]
    links = [(place, place + 1) for place in range(nodes - 1)]
    return [*links, (0, nodes - 1)] if shape == "ring" and nodes > 2 else links


@st.composite
def documents(draw: st.DrawFn, sizes: tuple[int, ...], shapes: tuple[str, ...]) -> Document:
    """A scenario without traffic."""
    nodes = draw(st.sampled_from(sizes))
    ends = _shapes(nodes, draw(st.sampled_from(shapes)))
    detail = draw(st.sampled_from(["attempt", "attempt", "photon"]))
    memory: Document = {
        "count": draw(st.sampled_from([4, 4, 3, 2])),
        "frequency": 1 / TICK,
        "initial_fidelity": 0.93,
    }
    cutoff = draw(st.sampled_from([None, None, 2, 5, 12, 40]))
    memory |= draw(
        st.sampled_from([{}, {"depolarising_time": 200 * TICK}, {"t1": 400 * TICK, "t2": 200 * TICK}])
    )
    loss = draw(st.sampled_from([0.0, 0.0, 0.3]))
    channels = draw(
        st.lists(
            st.tuples(st.sets(st.integers(0, nodes - 1), min_size=2, max_size=2), st.sampled_from([0, 1, 7])),
            max_size=2,
            unique_by=lambda one: frozenset(one[0]),
        )
    )
    return {
        "run": {
            "duration": 100.0,
            "detail": detail,
            "formalism": draw(st.sampled_from(["bell-diagonal", "bell-diagonal", "density-matrix"])),
        },
        "defaults": {
            "memory": memory,
            "processor": draw(
                st.sampled_from([{}, {"gate_error": 0.05}, {"gate_time": TICK, "readout_time": 0.5 * TICK}])
            ),
            "detector": {"efficiency": 0.95, "window": 1e-9},
            "generation": draw(_generations()),
        },
        "nodes": {f"n{index}": None for index in range(nodes)},
        "links": [
            {
                "between": [f"n{a}", f"n{b}"],
                "length": draw(st.sampled_from([0, 1000, 4000, 4000, 12000])),
                "midpoint": draw(st.sampled_from([0.5, 0.5, 0.2, 1.0])),
            }
            for a, b in ends
        ],
        "classical": {
            "loss": loss,
            "retransmission": 3 * TICK,
            "channels": [
                {"between": [f"n{index}" for index in sorted(pair)], "delay": ticks * TICK}
                for pair, ticks in channels
            ],
        },
        "protocols": {
            "swapping": draw(_swappings()),
            "purification": draw(_purifications()),
            "cutoff": "none" if cutoff is None else {"kind": "age", "after": cutoff * TICK},
        },
    }


def _asks(nodes: int) -> st.SearchStrategy[Ask]:
    return st.builds(
        Ask,
        ends=st.one_of(
            st.just((0, nodes - 1)), st.permutations(range(nodes)).map(lambda order: (order[0], order[1]))
        ),
        app=st.sampled_from(["keep", "keep", "teleport", "stream"]),
        memories=st.sampled_from([1, 2, 1]),
        fidelity=st.sampled_from([0.0, 0.0, 0.8, 0.94]),
        pairs=st.sampled_from([None, None, 1, 3]),
        start=st.integers(0, 20),
        duration=st.sampled_from([150, 300, 80, 5]),
        hold=st.sampled_from([0, 0, 1, 9]),
    )


_meddling = st.lists(
    st.builds(
        Meddling,
        after=st.sampled_from([200, 60, 20, 3]),
        what=st.sampled_from(["release", "give up", "release", "give up", "finish"]),
        which=st.integers(0, 30),
    ),
    max_size=8,
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A network with one to three requests, most of them granted."""
    document = draw(documents((3, 4, 2, 5, 6), ("line", "line", "ring", "star")))
    asks = draw(st.lists(_asks(len(document["nodes"])), min_size=1, max_size=3))
    return Case(document, tuple(asks), tuple(draw(_meddling)), draw(st.integers(0, 9)))


@st.composite
def chains(draw: st.DrawFn) -> Case:
    """A chain with three or four repeaters that serves one long request from end to end."""
    document = draw(documents((5, 6), ("line",)))
    document["defaults"]["memory"]["count"] = 4
    ask = Ask(
        ends=(0, len(document["nodes"]) - 1),
        app=draw(st.sampled_from(["keep", "teleport"])),
        memories=draw(st.sampled_from([1, 2])),
        fidelity=0.0,
        pairs=None,
        start=0,
        duration=400,
        hold=0,
    )
    return Case(document, (ask,), tuple(draw(_meddling)), draw(st.integers(0, 9)))

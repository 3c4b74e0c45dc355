"""Nothing that a node reaches grows with the number of pairs delivered."""

from __future__ import annotations

from collections import deque
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

import pytest

from hardware.memory import MemoryState
from qsim.kernel import timeout
from tests.protocols.scenes import MS, Document, alive, chain, clocked, request

_CONTAINERS = (dict, list, set, frozenset, deque, tuple)
_OURS = ("qsim.", "hardware.", "protocols.", "tests.")


def contents(start: Any) -> dict[str, int]:
    """Entries of all containers that can be reached from an object, summed by the kind of what they hold."""
    counted: dict[str, int] = {}
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, _CONTAINERS):
            entries = [*thing.keys(), *thing.values()] if isinstance(thing, dict) else list(thing)
            for entry in entries:
                kind = type(entry).__name__
                counted[kind] = counted.get(kind, 0) + 1
            waiting += entries
        else:
            waiting += reached(thing)
    return counted


def reached(thing: Any) -> list[Any]:
    """What an object of ours, or a function, holds."""
    if isinstance(thing, MethodType | BuiltinMethodType):
        return [thing.__self__]
    if isinstance(thing, FunctionType):
        return [cell.cell_contents for cell in thing.__closure__ or ()]
    if not type(thing).__module__.startswith(_OURS) or isinstance(thing, type):
        return []
    slots = [name for cls in type(thing).__mro__ for name in getattr(cls, "__slots__", ())]
    held = [getattr(thing, name) for name in slots if hasattr(thing, name)]
    return held + list(getattr(thing, "__dict__", {}).values())


def busy(swapping: Any, **fields: Any) -> Document:
    """Three links that lose much: failing swaps, cut-offs, purification, repeated messages."""
    return chain(
        3,
        swapping=swapping,
        generation=fields.pop("generation", clocked(0.5e-3, 0.8, fidelity=0.95)),
        cutoff="40 ms",
        memory={"depolarising_time": "3 s"},
        count=8,
        traffic=[
            request("n0", "n3", memories=2, fidelity=fields.pop("fidelity", 0.0)),
            {"kind": "teleportation", "initiator": "n1", "responder": "n3", "memories": 1},
        ],
        run={"duration": 100.0, "record_pairs": False, **fields.pop("run", {})},
        **fields,
    )


CASES = {
    "nested": busy({"kind": "nested", "success_probability": 0.8}),
    "with consent": busy({"kind": "nested", "consent": True}),
    "sequential": busy({"kind": "sequential", "success_probability": 0.9}),
    "as soon as possible": busy({"kind": "asap", "success_probability": 0.8}),
    "as soon as possible, with consent": busy({"kind": "asap", "consent": True}),
    "purified": busy({"kind": "nested"}, purification="bbpssw", fidelity=0.9),
    "repeated messages": busy({"kind": "asap"}, classical={"loss": 0.2, "retransmission": 2e-3}),
    "photon by photon": busy(
        {"kind": "asap"},
        generation={"kind": "barrett-kok"},
        run={"detail": "photon"},
    ),
    "photon by photon, negotiated": busy(
        {"kind": "nested"},
        generation={"kind": "single-click", "handshake": "negotiated", "bright_population": 0.4},
        run={"detail": "photon"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_node_reaches_does_not_grow_with_the_pairs(case: str) -> None:
    engine = alive(CASES[case])
    pairs, sizes = [], []
    # Results that were passed on are kept while they may be repeated: over two seconds at such losses.
    for end in (3000, 20_000) if case == "repeated messages" else (400, 4000):
        engine.run_until(end * MS)
        pairs.append(sum(flow.pairs for flow in engine.recorder.flows))
        sizes.append({node.name: contents(stack) for node, stack in engine.stacks.items()})
    assert pairs[1] > 6 * pairs[0] > 60
    for early, late in zip(sizes[0].values(), sizes[1].values(), strict=True):
        # The queue, and what was swapped lately, breathe; attempts are drawn in blocks of 256.
        blocks = 256 * 2 * len(engine.links)
        for kind in late:
            room = blocks if kind in ("tuple", "int") else 0
            assert late[kind] <= 1.5 * early.get(kind, 0) + 120 + room, kind


def test_a_script_that_takes_its_time_lets_nothing_pile_up() -> None:
    """Pairs that are given up before the script comes for them do not wait for it."""
    engine = alive(chain(1, cutoff="5 ms", run={"duration": 100.0, "record_pairs": False}))
    stream = engine.request("n0", "n1", memories=2)

    def take() -> Any:
        while True:
            delivered = yield from stream.next_pair()
            delivered.release()
            yield from timeout(engine.sim, 500 * MS)

    engine.process(take())
    sizes = []
    for end in (3_000, 30_000):
        engine.run_until(end * MS)
        # What is left of the attempts drawn in one block depends on when one looks.
        engine.links[0]._drawn.clear()
        sizes.append(sum(contents(stream).values()))
    assert stream.flow.pairs > 5000
    assert sizes[1] <= sizes[0] + 50


def test_the_count_sees_what_is_held() -> None:
    engine = alive(chain(1, count=6, run={"duration": 100.0}))
    before = contents(engine.stack("n0"))
    engine.request("n0", "n1", memories=6)
    engine.run_until(50 * MS)
    held = [memory for memory in engine.node("n0").memories if memory.state is MemoryState.HELD]
    assert len(held) == 6
    after = contents(engine.stack("n0"))
    assert after["DeliveredPair"] == 6 * 2
    assert sum(after.values()) > sum(before.values()) + 6

"""Invariants looked at on request: a sound run passes unchanged, and each kind of fault stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import qsim
from hardware.memory import MemoryState
from qsim.errors import InvariantError
from qsim.quantum.group import Group
from qsim.quantum.registers.dense import DenseRegister
from qsim.scenario import from_document
from tests.protocols.scenes import MS, Document, alive, chain, request


def document(**run: Any) -> Document:
    return chain([1.0, 7.0], traffic=[request("n0", "n2")], count=4, run={"duration": 0.1, **run})


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("formalism", ["bell-diagonal", "density-matrix", "scalar-fidelity"])
def test_a_sound_run_is_the_same_with_a_look_after_every_event(detail: str, formalism: str) -> None:
    scenario = from_document(document(detail=detail, formalism=formalism))
    looked, plain = scenario.run(seed=1, invariants=True), scenario.run(seed=1)
    assert looked.fingerprint == plain.fingerprint
    assert looked.flows[0].pairs > 0


def test_a_partner_that_has_been_moved_is_no_fault() -> None:
    """The far end names the memory in which the half was; messages find it where it is."""
    banks = {"comm": {"count": 1}, "store": {"count": 2}}
    net = qsim.Network(memory={"count": 2}, processor={"gate_time": "5 us"})
    net.add_node("n1", memory=banks, transfer={"kind": "to-bank", "bank": "store"}).add_nodes("n0", "n2")
    net.add_link("n0", "n1", "2 km").add_link("n1", "n2", "2 km").request("n0", "n2", memories=1)
    result = net.scenario(duration="10 ms").run(seed=1, invariants=True)
    assert (*result.flows, *result.unfinished)[0].pairs > 0


def _held(engine: Any) -> Any:
    return next(
        memory
        for node in engine.nodes.values()
        for memory in node.memories
        if memory.pair is not None and memory.state is MemoryState.ENTANGLED
    )


def stolen(engine: Any) -> None:
    """A memory of another node holds somebody else's pair."""
    pair = _held(engine).pair
    thief = next(
        memory
        for node in engine.nodes.values()
        for memory in node.memories
        if memory.state is MemoryState.GENERATING and memory.pair is None
    )
    thief.pair = pair


def forgotten(engine: Any) -> None:
    """A memory says that it is free, and names a pair."""
    memory = _held(engine)
    memory.state = MemoryState.FREE


def misnamed(engine: Any) -> None:
    """One half names another partner."""
    for node in engine.nodes.values():
        for memory in node.memories:
            pair = memory.pair
            if pair is not None and pair.intact and pair.first.pair_id == pair.second.pair_id == pair.id:
                memory.partner = memory
                return
    raise AssertionError("no pair is known to both ends yet")


def backwards(engine: Any) -> None:
    """The clock has run back."""
    engine._invariants._last = engine.sim.now + 10**12


def promised_twice(engine: Any) -> None:
    """A memory is promised to two flows at once."""
    calendar = engine.reservations[engine.node("n1")].calendar
    _, card = next(calendar.cards())
    card.append((card[0][0] + 1, card[0][1], 77))


def not_normalised(engine: Any) -> None:
    _replace_state(engine, (0.5, 0.2, 0.2, 0.2))


def not_positive(engine: Any) -> None:
    _replace_state(engine, (1.1, 0.0, 0.0, -0.1))


class _Broken:
    def __init__(self, diagonal: tuple[float, ...]) -> None:
        self._diagonal = diagonal

    def density_matrix(self) -> Any:
        return np.diag(np.array(self._diagonal, dtype=complex))


def _replace_state(engine: Any, diagonal: tuple[float, ...]) -> None:
    _held(engine).pair._state = _Broken(diagonal)


def _grouped(engine: Any) -> Any:
    """Two memories hold the qubits of a group, and nobody else knows."""
    memories = [
        memory
        for name in ("n0", "n2")
        for memory in engine.node(name).memories
        if memory.state is MemoryState.FREE
    ]
    group = Group(DenseRegister(engine.sim.stream("register")))
    for memory in memories[:2]:
        memory.move(MemoryState.LOCAL)
        group.prepare(memory, np.diag([1.0, 0.0]).astype(complex), engine.sim.now)
    assert len(group.members) == 2
    return group


def two_holders(engine: Any) -> None:
    """A memory holds a qubit of a group and a half of a pair."""
    pair = _held(engine).pair
    _grouped(engine).members[0].pair = pair


def counted_twice(engine: Any) -> None:
    """A group has one memory twice."""
    group = _grouped(engine)
    group.members[1] = group.members[0]


def left_behind(engine: Any) -> None:
    """A memory is a member of a group that it does not hold a qubit of."""
    group = _grouped(engine)
    other = Group(group.register)
    group.members[0].group = other
    other.members = list(group.members)


def group_not_normalised(engine: Any) -> None:
    _grouped(engine).register.means[0, 0] = 0.8


def group_not_positive(engine: Any) -> None:
    _grouped(engine).register.means[3, 0] = 1.5


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (stolen, "is held by"),
        (forgotten, "is FREE and names pair"),
        (misnamed, "as their partners"),
        (backwards, "the clock ran back"),
        (promised_twice, "is promised to flows 1 and 77 at once"),
        (not_normalised, "is not normalised: its trace is 1.1"),
        (not_positive, "is not positive: it has the eigenvalue -0.1"),
        (two_holders, "and a qubit of <Group of 2>"),
        (counted_twice, "<Group of 2> has 2 qubits, and they belong to"),
        (left_behind, "which hold no qubit of it"),
        (group_not_normalised, "the state of <Group of 2> is not normalised: its trace is 0.8"),
        (group_not_positive, "the state of <Group of 2> is not positive: it has the eigenvalue -0.125"),
    ],
)
def test_each_kind_of_fault_stops_the_run_and_says_how_to_see_it_again(
    harm: Callable[[Any], None], said: str
) -> None:
    engine = alive(document(), seed=9)
    engine.check_invariants()
    done = []

    def meddle() -> None:
        try:
            harm(engine)
            done.append(engine.sim.now)
        except (StopIteration, AssertionError):
            engine.sim.post(MS // 10, meddle)

    engine.sim.post(5 * MS, meddle)
    with pytest.raises(InvariantError) as stopped:
        engine.run()
    (when,) = done
    text = str(stopped.value)
    assert said in text
    assert f"at {when} ps" in text
    assert "with seed 9" in text
    assert "meddle" in text
    assert "--seed 9 --detail attempt --invariants" in text


def test_it_can_be_stopped_like_any_run() -> None:
    scenario = from_document(
        chain(
            1,
            traffic=[request("n0", "n1", pairs=3)],
            run={"stop_when_done": True, "duration": 10.0},
        )
    )
    assert scenario.run(invariants=True).simulated_s == scenario.run().simulated_s < 1

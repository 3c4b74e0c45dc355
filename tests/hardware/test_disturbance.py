"""Attempts at a node, kept in bulk, and what they do to a half that another memory holds."""

from __future__ import annotations

from math import exp

import pytest

from hardware.disturbance import AttemptLog
from hardware.memory import AtomicMemory, Memory
from hardware.node import QuantumNode
from hardware.node_kinds import Router
from qsim.kernel import Simulator
from qsim.quantum import BellDiagonalState, DensityMatrixState, MemoryNoise
from qsim.quantum.pair import EntangledPair
from tests.hardware.devices import classical


@pytest.fixture
def node() -> QuantumNode:
    """A router with a memory that emits and two that are disturbed."""
    sim = Simulator()
    banks = {"comm": AtomicMemory(count=1), "data": AtomicMemory(count=2, dephasing_attempts=50)}
    return Router("r", banks).build(sim, classical(sim), 0)


def log_of(node: QuantumNode) -> AttemptLog:
    assert node.attempts is not None
    return node.attempts


def test_only_a_node_with_disturbed_memories_keeps_a_log(node: QuantumNode) -> None:
    assert [memory.disturbance is None for memory in node.memories] == [True, False, False]
    assert node.memories[1].noise == MemoryNoise()
    sim = Simulator()
    assert Router("s", AtomicMemory()).build(sim, classical(sim), 0).attempts is None


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [(0, 100, 0), (0, 101, 1), (100, 110, 1), (100, 111, 2), (95, 1000, 5), (120, 1000, 3), (141, 999, 0)],
)
def test_attempts_are_counted_from_one_instant_to_before_another(
    node: QuantumNode, since: int, until: int, count: int
) -> None:
    comm, data, _ = node.memories
    log_of(node).add(comm, 100, 10, 5)
    log_of(node).add(data, 0, 1, 1000)  # one's own
    assert log_of(node).between(since, until, data) == count


def test_attempts_may_end_early(node: QuantumNode) -> None:
    comm, data, _ = node.memories
    burst = log_of(node).add(comm, 100, 10, 1 << 62)
    burst.end(130)
    assert log_of(node).between(0, 10**9, data) == 3


def test_what_concerns_nobody_is_forgotten(node: QuantumNode) -> None:
    comm, data, _ = node.memories
    log = log_of(node)
    node.sim.run(until=10_000)
    for place in range(1000):
        log.add(comm, 10 * place, 1, 1)
    assert log.between(0, 10_000, data) < 200
    held(data, since=5_000)
    log.add(comm, 9_999, 1, 1)
    assert log.between(9_000, 10_000, data) <= 101


def test_nothing_that_a_half_has_seen_is_forgotten(node: QuantumNode) -> None:
    comm, data, _ = node.memories
    held(data, since=0)
    node.sim.run(until=10_000)
    for place in range(1000):
        log_of(node).add(comm, 10 * place, 1, 1)
    assert log_of(node).between(0, 10_000, data) == 1000


def held(memory: Memory, since: int) -> EntangledPair:
    """A pair whose first half a memory holds; the other is safe."""
    sim = Simulator()
    far = Router("far", AtomicMemory()).build(sim, classical(sim), 0).memories[0]
    state = BellDiagonalState.werner(1.0)
    memory.pair = EntangledPair(1, state, memory, far, (since, since), (since, since), since)
    return memory.pair


@pytest.mark.parametrize("formalism", [BellDiagonalState, DensityMatrixState])
@pytest.mark.parametrize("second", [False, True])
def test_each_attempt_takes_its_part_of_the_coherence(
    node: QuantumNode, formalism: type[BellDiagonalState], second: bool
) -> None:
    comm, data, _ = node.memories
    far = Router("far", AtomicMemory()).build(node.sim, classical(node.sim), 1).memories[0]
    ends = (far, data) if second else (data, far)
    pair = EntangledPair(1, formalism.werner(1.0), *ends, (0, 0), (0, 0), 0)
    log_of(node).add(comm, 1_000, 100, 20)
    assert pair.fidelity(1_000) == pytest.approx(1.0, abs=1e-12)
    assert pair.fidelity(2_000) == pytest.approx((1 + exp(-10 / 50)) / 2, abs=1e-12)
    assert pair.fidelity(10**9) == pytest.approx((1 + exp(-20 / 50)) / 2, abs=1e-12)


def test_what_has_been_looked_at_on_the_way_makes_no_difference(node: QuantumNode) -> None:
    comm, data, _ = node.memories
    pair = held(data, since=0)
    log_of(node).add(comm, 5, 7, 100)
    at_once = pair.fidelity(1_000)
    for now in (40, 41, 350):
        pair.replace_state(pair.state(now), now, now)
    assert pair.fidelity(1_000) == pytest.approx(at_once, abs=1e-12)

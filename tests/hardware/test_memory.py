from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.emission import PLAIN
from hardware.memory import TRANSITIONS, AtomicMemory, Memory, MemoryState
from hardware.node import QuantumNode
from hardware.node_kinds import Router
from qsim.errors import LifecycleError, ParameterError
from qsim.kernel import Simulator
from qsim.parameters import Param
from qsim.quantum.noise import MemoryNoise
from qsim.trace.sinks import MemorySink
from tests.hardware.devices import classical

FREE, GENERATING, ENTANGLED, PURIFYING, SWAPPING, HELD, TRANSFERRING, LOCAL = MemoryState
TIMES = st.floats(1e-6, 1e3)


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def router(sink: MemorySink) -> QuantumNode:
    sim = Simulator(0, sink)
    return Router("alice", AtomicMemory(count=3)).build(sim, classical(sim), 0)


# parameters


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", 0),
        ("count", -5),
        ("efficiency", -0.01),
        ("efficiency", 1.01),
        ("frequency", 0),
        ("initial_fidelity", 0.2),
        ("initial_fidelity", 1.1),
        ("t1", 0),
        ("t1", 1e-310),
        ("t2", -1),
        ("t2", 1e-310),
        ("depolarising_time", 0),
        ("depolarising_time", 1e-310),
        ("dephasing_time", 0),
        ("dephasing_time", 1e-310),
        ("pauli_x", -1),
        ("pauli_y", -1),
        ("pauli_z", -1),
        ("wavelength", 0),
    ],
)
def test_impossible_memories_are_refused(field: str, value: float) -> None:
    with pytest.raises(ParameterError, match=rf"`AtomicMemory.{field}` must be in .*, got {value}"):
        AtomicMemory(**{field: value})


@pytest.mark.parametrize("value", [2.5, "3", True])
def test_memories_are_counted_in_whole_numbers(value: object) -> None:
    with pytest.raises(ParameterError, match=r"`AtomicMemory\.count` must be a whole number"):
        AtomicMemory(count=value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, [1]])
def test_parameters_are_finite_numbers(value: object) -> None:
    with pytest.raises(ParameterError, match=r"`AtomicMemory\.frequency`"):
        AtomicMemory(frequency=value)


def test_parameters_may_carry_units() -> None:
    memory = AtomicMemory(efficiency="75 %", frequency="200 kHz", t1="2 min", wavelength="637 nm")
    assert (memory.efficiency, memory.frequency, memory.t1) == (0.75, 200e3, 120.0)
    assert memory.wavelength == pytest.approx(637e-9)
    assert memory.period_ps() == 5_000_000


@given(st.floats(1e-9, 1e3))
def test_coherence_outlives_relaxation_at_most_twice(t1: float) -> None:
    assert AtomicMemory(t1=t1, t2=2 * t1).t2 == 2 * t1
    with pytest.raises(ParameterError, match=r"`AtomicMemory.t2` must be at most 2 t1"):
        AtomicMemory(t1=t1, t2=2.001 * t1)


def test_t2_may_be_given_alone() -> None:
    law = AtomicMemory(t2=0.1).noise()
    assert law is not None
    assert law.factors(0.0, 0.1) == pytest.approx((exp(-1), exp(-1), 1.0))


# noise


def test_ideal_memories_have_no_noise() -> None:
    assert AtomicMemory().noise() is None


def test_relaxation_alone_bounds_the_coherence() -> None:
    law = AtomicMemory(t1=1.0).noise()
    assert law is not None
    assert law.factors(0.0, 1.0) == pytest.approx((exp(-0.5), exp(-0.5), exp(-1)))
    assert law.relaxation == 1.0


@given(TIMES, st.floats(0.01, 2), TIMES, TIMES, *(st.floats(0, 10) for _ in range(3)))
def test_all_noise_laws_act_together(
    t1: float, ratio: float, depolarising: float, dephasing: float, x: float, y: float, z: float
) -> None:
    """Bloch components shrink at the sum of the rates of all laws."""
    t2 = ratio * t1
    law = AtomicMemory(
        t1=t1,
        t2=t2,
        depolarising_time=depolarising,
        dephasing_time=dephasing,
        pauli_x=x,
        pauli_y=y,
        pauli_z=z,
    ).noise()
    assert law is not None
    transverse = 1 / t2 + 1 / depolarising + 1 / dephasing
    assert law.rate_x == pytest.approx(transverse + 2 * (y + z))
    assert law.rate_y == pytest.approx(transverse + 2 * (x + z))
    assert law.rate_z == pytest.approx(1 / t1 + 1 / depolarising + 2 * (x + y))
    assert law.relaxation == 1 / t1


def test_a_memory_of_ones_own_brings_its_own_noise() -> None:
    @dataclass(frozen=True)
    class Leaky(AtomicMemory):
        leak: Annotated[float, Param("rate of complete loss", unit="Hz", ge=0)] = 4.0

        def noise(self) -> MemoryNoise:
            return MemoryNoise.depolarising(1 / self.leak)

    sim = Simulator()
    node = Router("alice", Leaky(count=2, leak="2 Hz")).build(sim, classical(sim), 0)
    assert [memory.noise for memory in node.memories] == [MemoryNoise.depolarising(0.5)] * 2


# life cycle

PERMITTED = [(state, to) for state, targets in TRANSITIONS.items() for to in targets]
FORBIDDEN = [(state, to) for state in MemoryState for to in MemoryState if to not in TRANSITIONS[state]]


def test_the_life_cycle_is_the_documented_one() -> None:
    assert {state: set(targets) for state, targets in TRANSITIONS.items()} == {
        FREE: {GENERATING, TRANSFERRING, LOCAL},
        GENERATING: {ENTANGLED, FREE},
        ENTANGLED: {PURIFYING, SWAPPING, HELD, TRANSFERRING, FREE},
        PURIFYING: {ENTANGLED, FREE},
        SWAPPING: {ENTANGLED, FREE},
        HELD: {LOCAL, FREE},
        LOCAL: {ENTANGLED, FREE},
        TRANSFERRING: {ENTANGLED, FREE},
    }


@pytest.mark.parametrize(("state", "to"), PERMITTED, ids=lambda state: state.name)
def test_permitted_transitions(
    router: QuantumNode, sink: MemorySink, state: MemoryState, to: MemoryState
) -> None:
    memory = router.memories[1]
    memory.state = state
    router.sim.run(until=77)
    memory.move(to)
    assert memory.state is to
    assert memory.since == 77
    assert sink.events == [(77, "memory_changed", "alice", {"memory": 1, "state": to.name, "pair": 0})]


@pytest.mark.parametrize(("state", "to"), FORBIDDEN, ids=lambda state: state.name)
def test_forbidden_transitions(
    router: QuantumNode, sink: MemorySink, state: MemoryState, to: MemoryState
) -> None:
    memory = router.memories[2]
    memory.state = state
    with pytest.raises(LifecycleError, match=rf"memory alice\[2\] cannot go from {state.name} to {to.name}"):
        memory.move(to)
    assert memory.state is state
    assert sink.events == []


@pytest.mark.parametrize("state", [state for state in MemoryState if state is not GENERATING])
def test_only_a_generating_memory_can_learn_of_a_success(router: QuantumNode, state: MemoryState) -> None:
    memory, partner = router.memories[:2]
    memory.state = state
    with pytest.raises(LifecycleError, match=f"from {state.name} to ENTANGLED"):
        memory.hold(7, partner, None)
    assert (memory.pair_id, memory.partner) == (0, None)


def entangled(router: QuantumNode, at: int) -> Memory:
    memory = router.memories[0]
    memory.move(GENERATING)
    router.sim.run(until=at)
    memory.hold(7, router.memories[1], 500)
    return memory


def test_a_memory_knows_its_pair_by_number_partner_and_deadline(router: QuantumNode) -> None:
    memory = entangled(router, 100)
    assert memory.state is ENTANGLED
    assert (memory.pair_id, memory.newest_id, memory.partner, memory.deadline) == (
        7,
        7,
        router.memories[1],
        500,
    )
    memory.rename(9, router.memories[2], None)
    assert (memory.pair_id, memory.newest_id, memory.partner, memory.deadline) == (
        9,
        9,
        router.memories[2],
        None,
    )


def test_a_cleared_memory_forgets_its_pair_but_not_how_new_it_was(router: QuantumNode) -> None:
    memory = entangled(router, 100)
    memory.clear()
    assert memory.state is FREE
    assert (memory.pair, memory.partner, memory.pair_id, memory.deadline) == (None, None, 0, None)
    assert memory.newest_id == 7


def test_clearing_a_free_memory_changes_nothing(router: QuantumNode, sink: MemorySink) -> None:
    router.memories[0].clear()
    assert router.memories[0].state is FREE
    assert sink.events == []


def test_time_with_a_pair_is_added_up(router: QuantumNode) -> None:
    memory = entangled(router, 100)
    memory.move(PURIFYING)
    router.sim.run(until=130)
    memory.clear()
    memory.move(GENERATING)
    router.sim.run(until=1000)
    memory.clear()
    assert memory.entangled_ps == 30


def test_memories_are_named_after_node_and_place(router: QuantumNode) -> None:
    assert [memory.name for memory in router.memories] == ["alice[0]", "alice[1]", "alice[2]"]
    assert router.memories[2].node is router


# emission


def test_an_emitter_is_ideal_unless_it_says_so() -> None:
    assert AtomicMemory().emission() == PLAIN


def test_what_is_wrong_with_a_half_multiplies() -> None:
    """An initialisation that fails in 2 %, and an emitter-photon state of fidelity .979: w = .98 · .972."""
    emission = AtomicMemory(initialisation_error=0.02, emitter_photon_fidelity=0.979).emission()
    assert emission.depolarised == pytest.approx(1 - 0.98 * (4 * 0.979 - 1) / 3)


def test_optical_coherence_falls_by_dephasing_and_decay() -> None:
    emission = AtomicMemory(lifetime=12e-9, optical_coherence_time=15e-9).emission()
    assert emission.dephasing == pytest.approx(1 / 15e-9 - 1 / 24e-9)
    assert AtomicMemory(lifetime=12e-9).emission().dephasing == 0
    assert AtomicMemory(lifetime=12e-9, optical_coherence_time=24e-9).emission().dephasing == pytest.approx(0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"optical_coherence_time": 1e-9}, "`AtomicMemory.optical_coherence_time` needs a `lifetime`"),
        (
            {"lifetime": 1e-9, "optical_coherence_time": 3e-9},
            r"`AtomicMemory.optical_coherence_time` must be at most 2 lifetimes = 2e-09 s, got 3e-09 s",
        ),
        ({"lifetime": 0.0}, "`AtomicMemory.lifetime` must be"),
        ({"double_excitation": 1.0}, "`AtomicMemory.double_excitation` must be"),
        ({"second_photon_collection": 1.5}, "`AtomicMemory.second_photon_collection` must be"),
        ({"bright_population": 0.0}, "`AtomicMemory.bright_population` must be"),
        ({"initialisation_error": -0.1}, "`AtomicMemory.initialisation_error` must be"),
        ({"emitter_photon_fidelity": 0.2}, "`AtomicMemory.emitter_photon_fidelity` must be"),
    ],
)
def test_impossible_emitters_are_refused(fields: dict[str, float], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        AtomicMemory(**fields)

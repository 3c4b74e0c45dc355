"""Local operations: the processor's time, its errors, its queue; the numbers of swaps."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest

from hardware.memory import MemoryState
from protocols.local.qubit import Qubit, QubitLost
from qsim.errors import SimulationError, StateError
from qsim.quantum import BellDiagonalState, DensityMatrixState, OperationNoise
from tests.protocols.local.bench import Bench
from tests.statistics import ROOM, mean_of, share_of

US = 10**6


def swap(bench: Bench, left: Qubit, right: Qubit, far: Qubit) -> Any:
    """A swap at b, corrected at c."""
    yield from bench.local["b"].gate("cx", left, right)
    flip = yield from bench.local["b"].measure(right)
    phase = yield from bench.local["b"].measure(left, "x")
    if flip:
        yield from bench.local["c"].gate("x", far)
    if phase:
        yield from bench.local["c"].gate("z", far)


def swapped(bench: Bench, one: Any, other: Any) -> tuple[Qubit, Qubit]:
    """The ends of two pairs that b has swapped."""
    near, left = bench.pair("a", "b", one)
    right, far = bench.pair("b", "c", other)
    bench.run(swap(bench, left, right, far))
    return near, far


@pytest.mark.parametrize("formalism", [BellDiagonalState, DensityMatrixState])
def test_a_swap_by_gates_is_the_network_s(formalism: Any) -> None:
    """Pairs of Bell-diagonal form, a noisy gate: every outcome leaves the state of the closed form."""
    one = formalism.from_density_matrix(
        BellDiagonalState.from_probabilities(0.8, 0.1, 0.07, 0.03).density_matrix()
    )
    other = formalism.werner(0.9)
    for seed in range(4):
        bench = Bench({"gate_error": 0.05}, seed=seed)
        near, far = swapped(bench, one, other)
        expected = one.swapped(other, OperationNoise(gate_error=0.05))
        # A gate of c may have come after the last measurement: the pair is in a group again.
        group = bench.local["c"].together([near.memory, far.memory])
        rho = group.register.rho(group.up_to(bench.sim.now, [near.memory, far.memory]))
        assert np.abs(rho - expected.density_matrix()).max() < 1e-12


def test_a_swap_with_misread_bits_is_the_network_s_on_average() -> None:
    noise = {"gate_error": 0.03, "readout_error": [0.05, 0.1]}
    one = other = BellDiagonalState.werner(0.95)
    bench = Bench(noise)
    fidelities = []
    for _ in range(400):
        near, far = swapped(bench, one, other)
        group = bench.local["c"].together([near.memory, far.memory])
        fidelities.append(group.fidelity("phi+", [near.memory, far.memory], bench.sim.now))
        bench.local["a"].release(near)
        bench.local["c"].release(far)
    expected = one.swapped(other, OperationNoise(0.03, (0.05, 0.1))).fidelity()
    assert mean_of(fidelities).sigmas(expected) < ROOM


def test_a_purification_by_gates_is_the_network_s() -> None:
    kept, lost = BellDiagonalState.from_probabilities(0.8, 0.1, 0.07, 0.03), BellDiagonalState.werner(0.9)
    noise = OperationNoise(gate_error=0.02)
    chance, expected = kept.purified(lost, noise, noise)
    bench = Bench({"gate_error": 0.02})
    agreed, trials = 0, 200

    def purify(halves: list[Qubit]) -> Any:
        bits = []
        for name, keep, give in (("a", halves[0], halves[2]), ("b", halves[1], halves[3])):
            yield from bench.local[name].gate("cx", keep, give)
            bits.append((yield from bench.local[name].measure(give)))
        return bits[0] == bits[1]

    for _ in range(trials):
        halves = [*bench.pair("a", "b", kept), *bench.pair("a", "b", lost)]
        if bench.run(purify(halves)):
            agreed += 1
            # Two qubits are left: they are a pair again, which the network's own operations could go on with.
            pair = halves[0].memory.pair
            assert pair is not None
            assert pair.intact
            assert (
                np.abs(pair.state(bench.sim.now).density_matrix() - expected.density_matrix()).max() < 1e-10
            )
        for name, qubit in zip("ab", halves[:2], strict=True):
            bench.local[name].release(qubit)
    assert share_of(agreed, trials, chance).sigmas(chance) < ROOM


def test_operations_take_the_processor_s_time_and_what_waits_decays() -> None:
    times = {"gate_time": "10 us", "rotation_time": "3 us", "readout_time": "50 us"}
    bench = Bench(times, {"dephasing_time": "1 ms"})
    near, left = bench.pair("a", "b", DensityMatrixState.werner(1.0))
    right, far = bench.pair("b", "c", DensityMatrixState.werner(1.0))
    ends = []

    def timed() -> Any:
        yield from swap(bench, left, right, far)
        ends.append(bench.sim.now)

    bench.run(timed())
    corrections = ends[0] - 110 * US
    assert corrections in (0, 3 * US, 6 * US)
    group = bench.local["c"].together([near.memory, far.memory])
    fidelity = group.fidelity("phi+", [near.memory, far.memory], ends[0])
    # Phases of all four qubits: the ends for the whole time; the right one 60 us, the left one 110 us.
    total = (2 * ends[0] + 60 * US + 110 * US) / 1e12 / 1e-3
    # The right one is read in z, so that its dephasing after the gate does nothing.
    total -= 50 * US / 1e12 / 1e-3
    assert fidelity == pytest.approx((1 + exp(-total)) / 2, abs=1e-9)


def test_a_busy_processor_queues() -> None:
    bench = Bench({"rotation_time": "5 us", "parallel": 1})
    one, other = (bench.local["a"].prepare(bench.memory("a")) for _ in range(2))
    ends = []

    def turn(qubit: Qubit) -> Any:
        yield from bench.local["a"].gate("x", qubit)
        ends.append(bench.sim.now)

    bench.engine.process(turn(one))
    bench.run(turn(other))
    assert ends == [5 * US, 10 * US]


def test_prepared_measured_and_free_again() -> None:
    bench = Bench()
    local = bench.local["a"]

    def program() -> Any:
        seen = []
        for state, basis in (("0", "z"), ("1", "z"), ("+", "x"), ("-", "x"), ("+i", "y"), ("-i", "y")):
            qubit = local.prepare(bench.memory("a"), state)
            seen.append((yield from local.measure(qubit, basis)))
            assert not qubit.held
            assert qubit.memory.state is MemoryState.FREE
        return seen

    assert bench.run(program()) == [0, 1, 0, 1, 0, 1]


def test_halves_are_measured_without_a_joint_state() -> None:
    bench = Bench(memory={"dephasing_time": "1 ms"})
    one, other = bench.pair("a", "b", BellDiagonalState.werner(1.0))

    def program() -> Any:
        bits = [(yield from bench.local["a"].measure(one, "z"))]
        assert other.memory.group is None
        assert other.memory.pair is not None
        bits.append((yield from bench.local["b"].measure(other, "z")))
        return bits

    first, second = bench.run(program())
    assert first == second


def test_a_teleported_qubit_goes_on_after_a_measured_half() -> None:
    """Half of a pair whose other was measured takes part in gates: it is a qubit of its own."""
    bench = Bench()
    one, other = bench.pair("a", "b", BellDiagonalState.werner(1.0))

    def program() -> Any:
        bit = yield from bench.local["a"].measure(one, "x")
        if bit:
            yield from bench.local["b"].gate("z", other)
        yield from bench.local["b"].gate("h", other)
        return (yield from bench.local["b"].measure(other))

    assert bench.run(program()) == 0


class TestRefusals:
    def refused(self, bench: Bench, program: Any, error: type[Exception], match: str) -> None:
        with pytest.raises(error, match=match):
            bench.run(program)

    def test_measuring_twice(self) -> None:
        bench = Bench()
        one, _ = bench.pair("a", "b", BellDiagonalState.werner(1.0))

        def program() -> Any:
            yield from bench.local["a"].measure(one)
            yield from bench.local["a"].measure(one)

        self.refused(bench, program(), QubitLost, r"qubit of memory a\[0\] was measured before")

    def test_a_memory_that_was_freed_meanwhile(self) -> None:
        bench = Bench({"rotation_time": "5 us"})
        one, _ = bench.pair("a", "b", BellDiagonalState.werner(1.0))
        bench.sim.post(2 * US, bench.engine.stack("a").give_up, one.memory)
        self.refused(bench, bench.local["a"].gate("x", one), QubitLost, r"a\[0\] holds the qubit no longer")

    def test_the_same_qubit_twice(self) -> None:
        bench = Bench()
        one = bench.local["a"].prepare(bench.memory("a"))
        self.refused(bench, bench.local["a"].gate("cx", one, one), StateError, "named twice")

    @pytest.mark.parametrize(
        ("gate", "count", "match"), [("cx", 1, "acts on 2 qubits, got 1"), ("h", 2, "acts on 1 qubit, got 2")]
    )
    def test_the_wrong_number_of_qubits(self, gate: str, count: int, match: str) -> None:
        bench = Bench()
        qubits = [bench.local["a"].prepare(bench.memory("a")) for _ in range(count)]
        self.refused(bench, bench.local["a"].gate(gate, *qubits), StateError, match)

    def test_two_operations_on_one_qubit_at_once(self) -> None:
        bench = Bench({"rotation_time": "5 us"})
        one = bench.local["a"].prepare(bench.memory("a"))
        bench.engine.process(bench.local["a"].gate("x", one))
        self.refused(bench, bench.local["a"].gate("x", one), StateError, "another operation .* is under way")

    def test_no_such_basis_or_state(self) -> None:
        bench = Bench()
        one = bench.local["a"].prepare(bench.memory("a"))
        self.refused(bench, bench.local["a"].measure(one, "w"), StateError, "unknown basis 'w'")
        with pytest.raises(StateError, match=r"unknown state '2'; a qubit is prepared in one of 0, 1"):
            bench.local["a"].prepare(bench.memory("a"), "2")
        with pytest.raises(StateError, match="two amplitudes and norm 1"):
            bench.local["a"].prepare(bench.memory("a"), np.array([1, 1]))

    def test_a_processor_without_local_operations(self) -> None:
        bench = Bench()
        node = bench.engine.node("a")
        node.processor = object()
        from protocols.local.local_operations import LocalOperations

        with pytest.raises(SimulationError, match="node 'a' makes no local operations: its class object"):
            LocalOperations(bench.engine.context, node, bench.engine.stack("a").resources, bench.register)

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsim.quantum import (
    BellDiagonalState,
    DensityMatrixState,
    EntangledPair,
    MemoryNoise,
    OperationNoise,
    Owed,
    PairState,
    ScalarFidelity,
)
from qsim.quantum.density import PAULIS
from qsim.quantum.pair import Disturbance

S = 10**12


@dataclass
class Slot:
    """What holds one half."""

    noise: MemoryNoise | None = None
    pair: EntangledPair | None = None
    disturbance: Disturbance | None = None


def made(state: PairState, *laws: MemoryNoise | None, since: int = 0, confirmed_at: int = 0) -> EntangledPair:
    """A pair held by two slots."""
    first, second = (Slot(law) for law in laws or (None, None))
    pair = EntangledPair(7, state, first, second, (since, since), (since - 5, since), confirmed_at)
    first.pair = second.pair = pair
    return pair


def test_a_new_pair() -> None:
    pair = made(BellDiagonalState.werner(0.9), since=100, confirmed_at=300)
    assert (pair.id, pair.born, pair.confirmed_at, pair.rounds, pair.taken, pair.intact) == (
        7,
        95,
        300,
        0,
        None,
        True,
    )


@pytest.mark.parametrize("formalism", [BellDiagonalState, DensityMatrixState])
def test_the_state_is_brought_up_to_date_when_it_is_looked_at(formalism: Any) -> None:
    pair = made(
        formalism.werner(0.95), MemoryNoise.depolarising(2.0), MemoryNoise.depolarising(4.0), since=3 * S
    )
    expected = 0.25 + 0.7 * exp(-1 / 2 - 1 / 4)
    assert pair.fidelity(4 * S) == pytest.approx(expected, abs=1e-15)
    assert pair.state(4 * S).fidelity() == pair.fidelity(4 * S)
    assert pair.fidelity(3 * S) == pytest.approx(0.95, abs=1e-15)


@given(looks=st.lists(st.integers(0, 10 * S), max_size=8), last=st.integers(0, 10 * S))
def test_looking_does_not_change_it(looks: list[int], last: int) -> None:
    law = MemoryNoise.thermal(3.0, 1.0)
    seen, unseen = (made(DensityMatrixState.werner(0.95), law, law) for _ in range(2))
    for time in looks:
        seen.state(time)
        seen.fidelity(time)
        seen.confirmed_fidelity()
    assert np.array_equal(seen.state(last).density_matrix(), unseen.state(last).density_matrix())


def test_each_half_decays_by_its_own_memory() -> None:
    relaxing = MemoryNoise.thermal(1.0, None)
    near = made(DensityMatrixState.werner(1.0), relaxing, None).state(S).density_matrix()
    far = made(DensityMatrixState.werner(1.0), None, relaxing).state(S).density_matrix()
    # Only the relaxing half has a better than even chance to be found in |0>.
    assert near[0, 0].real + near[1, 1].real > 0.5 + 0.1
    assert near[0, 0].real + near[2, 2].real == pytest.approx(0.5, abs=1e-15)
    assert far[0, 0].real + far[2, 2].real > 0.5 + 0.1
    assert far[0, 0].real + far[1, 1].real == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize("formalism", [BellDiagonalState, DensityMatrixState, ScalarFidelity])
def test_ideal_memories_keep_the_very_state(formalism: Any) -> None:
    state = formalism.werner(0.9)
    assert made(state).state(10**20) is state


def test_the_confirmed_fidelity_is_that_at_the_agreed_instant() -> None:
    pair = made(
        BellDiagonalState.werner(0.95), MemoryNoise.depolarising(1.0), None, since=S, confirmed_at=3 * S
    )
    assert pair.confirmed_fidelity() == pair.fidelity(3 * S) == pytest.approx(0.25 + 0.7 * exp(-2), abs=1e-15)


def test_an_operation_starts_the_clock_again() -> None:
    law = MemoryNoise.depolarising(1.0)
    pair = made(BellDiagonalState.werner(0.8), law, law, confirmed_at=0)
    pair.replace_state(BellDiagonalState.werner(0.95), 5 * S, 6 * S)
    assert pair.fidelity(5 * S) == pytest.approx(0.95, abs=1e-15)
    assert pair.confirmed_fidelity() == pytest.approx(0.25 + 0.7 * exp(-2), abs=1e-15)
    assert pair.born == -5


def test_a_memory_that_lets_go_breaks_the_pair() -> None:
    pair = made(BellDiagonalState.werner(0.9))
    other = made(BellDiagonalState.werner(0.9))
    assert "broken" not in repr(pair)
    pair.second.pair = other
    assert not pair.intact
    assert repr(pair) == f"<EntangledPair 7 {BellDiagonalState.werner(0.9)!r} (broken)>"
    pair.second.pair = pair
    pair.first.pair = None
    assert not pair.intact


def test_each_half_has_its_own_instants() -> None:
    law = MemoryNoise.dephasing(1.0)
    first, second = Slot(law), Slot(law)
    pair = EntangledPair(7, BellDiagonalState.werner(1.0), first, second, (0, 2 * S), (-S, 2 * S), 5 * S)
    assert pair.born == -S
    assert pair.fidelity(4 * S) == pytest.approx((1 + exp(-4 - 2)) / 2, abs=1e-15)
    assert pair.state_at(S, 5 * S).fidelity() == pytest.approx((1 + exp(-1 - 3)) / 2, abs=1e-15)
    pair.replace_state(BellDiagonalState.werner(1.0), (5 * S, 6 * S), 7 * S)
    assert pair.fidelity(7 * S) == pytest.approx((1 + exp(-2 - 1)) / 2, abs=1e-15)
    assert pair.stored == (-S, 2 * S)


@dataclass
class Quadratic:
    """Gaussian dephasing with a T2* of two seconds."""

    def damping(self, age: float) -> float:
        return (age / 2) ** 2


@given(
    cuts=st.lists(st.integers(0, 10 * S), max_size=5),
    stored=st.tuples(st.integers(0, S), st.integers(0, S)),
)
def test_a_law_that_knows_ages_gives_the_same_in_one_step_as_in_many(
    cuts: list[int], stored: tuple[int, int]
) -> None:
    law = MemoryNoise.thermal(30.0, 40.0).plus(MemoryNoise(dephasing_laws=(Quadratic(),)))
    made_at_once, in_steps = (
        EntangledPair(7, DensityMatrixState.werner(0.95), Slot(law), Slot(law), stored, stored, 0)
        for _ in range(2)
    )
    for cut in sorted(cuts):
        instants = tuple(max(cut, begun) for begun in stored)
        in_steps.replace_state(in_steps.state_at(*instants), instants, 0)
    at_once = made_at_once.state(11 * S).density_matrix()
    assert np.abs(in_steps.state(11 * S).density_matrix() - at_once).max() < 1e-12


def bell(outcome: int) -> Any:
    """Φ+ with a Pauli operator on its second qubit."""
    return np.kron(np.eye(2), PAULIS[outcome]) @ np.array([1, 0, 0, 1]) / np.sqrt(2)


def damped(rho: Any, law: MemoryNoise, seconds: float, half: int) -> Any:
    """One half relaxes, by Kraus operators of amplitude damping."""
    lost = 1 - exp(-abs(law.relaxation) * seconds)
    kraus = [np.diag([1, np.sqrt(1 - lost)]), np.sqrt(lost) * np.array([[0, 1], [0, 0]])]
    wide = [np.kron(k, np.eye(2)) if half == 0 else np.kron(np.eye(2), k) for k in kraus]
    return sum(k @ rho @ k.conj().T for k in wide)


@pytest.mark.parametrize("fidelities", [(1.0, 1.0), (0.9, 0.8)])
def test_a_swapped_half_that_waits_for_its_correction_relaxes_as_it_is(
    fidelities: tuple[float, float],
) -> None:
    """Four qubits, each outcome of the Bell measurement apart: relaxed as it is, corrected, relaxed again."""
    law, waited, after = MemoryNoise.thermal(1.0, None), 0.3, 0.2
    near, far = (DensityMatrixState.werner(one) for one in fidelities)
    whole = np.kron(near.density_matrix(), far.density_matrix()).reshape([2] * 8)
    expected = np.zeros((4, 4), dtype=complex)
    for outcome in range(4):
        vector = bell(outcome).reshape(2, 2)
        left = np.einsum("bc,abcdefgh,fg->adeh", vector.conj(), whole, vector).reshape(4, 4)
        correction = np.kron(np.eye(2), PAULIS[outcome])
        left = damped(damped(left, law, waited, 0), law, waited, 1)
        left = correction @ left @ correction.conj().T
        expected += damped(damped(left, law, after, 0), law, after, 1)
    pair = EntangledPair(
        7,
        near.swapped(far, OperationNoise()),
        Slot(law),
        Slot(law),
        (0, 0),
        (0, 0),
        0,
        owed=(None, Owed(0, round(waited * S))),
    )
    found = pair.state(round((waited + after) * S)).density_matrix()
    assert np.abs(found - expected).max() < 1e-12
    assert pair.owing(1, 0) == Owed(0, round(waited * S))
    assert pair.owing(1, round(waited * S)) is pair.owing(0, 0) is None

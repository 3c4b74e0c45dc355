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
    PairState,
    ScalarFidelity,
)
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
    pair = EntangledPair(7, state, first, second, since, since - 5, confirmed_at)
    first.pair = second.pair = pair
    return pair


def test_a_new_pair() -> None:
    pair = made(BellDiagonalState.werner(0.9), since=100, confirmed_at=300)
    assert (pair.id, pair.born, pair.confirmed_at, pair.rounds, pair.taken, pair.intact) == (
        7,
        95,
        300,
        0,
        False,
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

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsim.errors import StateError
from qsim.quantum import PERFECT, BellDiagonalState, MemoryNoise, OperationNoise, ScalarFidelity, recipes

FIDELITIES = st.floats(0, 1)


def test_a_swap_multiplies_both_numbers_and_the_degradation() -> None:
    joined = ScalarFidelity(0.9).swapped(ScalarFidelity(0.95), OperationNoise(degradation=0.99))
    assert joined.fidelity() == 0.9 * 0.95 * 0.99


def test_gates_do_not_matter_to_it() -> None:
    noise = OperationNoise(gate_error=0.5, readout_error=0.3, degradation=0.99)
    assert ScalarFidelity(0.9).swapped(ScalarFidelity(0.9), noise) == ScalarFidelity(0.9 * 0.9 * 0.99)
    assert recipes.bbpssw(ScalarFidelity(0.9), ScalarFidelity(0.8), noise, noise) == recipes.bbpssw(
        ScalarFidelity(0.9), ScalarFidelity(0.8), PERFECT, PERFECT
    )


@pytest.mark.parametrize(
    ("ladder"),
    [
        (0.9211213248656829, 0.943130, 0.959879, 0.972161, 0.980918, 0.987034),
        (0.9576357620380831, 0.970539, 0.979773, 0.986240, 0.990700),
        (0.9909987775181183, 0.993945, 0.995939, 0.997282),
    ],
)
def test_published_ladders(ladder: tuple[float, ...]) -> None:
    pair = ScalarFidelity(ladder[0])
    for before, after in pairwise(ladder):
        assert pair.fidelity() == pytest.approx(before, abs=5e-7)
        _, pair = recipes.bbpssw(pair, pair, PERFECT, PERFECT)
        assert pair.fidelity() == pytest.approx(after, abs=5e-7)


@given(kept=FIDELITIES, lost=FIDELITIES)
def test_purification_is_that_of_werner_states(kept: float, lost: float) -> None:
    probability, pair = recipes.bbpssw(ScalarFidelity(kept), ScalarFidelity(lost), PERFECT, PERFECT)
    expected, state = recipes.bbpssw(
        BellDiagonalState.werner(kept), BellDiagonalState.werner(lost), PERFECT, PERFECT
    )
    assert probability == pytest.approx(expected, abs=1e-15)
    assert pair.fidelity() == pytest.approx(state.fidelity(), abs=1e-14)


@given(kept=FIDELITIES, lost=FIDELITIES, degradation=FIDELITIES)
def test_numbers_stay_in_the_unit_interval(kept: float, lost: float, degradation: float) -> None:
    first, second = ScalarFidelity.werner(kept), ScalarFidelity.werner(lost)
    assert 0 <= first.swapped(second, OperationNoise(degradation=degradation)).fidelity() <= 1
    probability, pair = recipes.bbpssw(first, second, PERFECT, PERFECT)
    assert 0 < probability <= 1
    assert 0 <= pair.fidelity() <= 1


def test_a_swap_is_no_quantum_mechanics() -> None:
    # 0.9 x 0.9 is below what two Werner states give.
    pair = ScalarFidelity(0.9)
    assert pair.swapped(pair, PERFECT).fidelity() == pytest.approx(0.81)
    state = BellDiagonalState.werner(0.9)
    assert state.swapped(state, PERFECT).fidelity() == pytest.approx(0.8133333333)


def test_storage_in_ideal_memories_changes_nothing() -> None:
    pair = ScalarFidelity(0.9)
    assert pair.decayed(None, None, 1e9) is pair


@pytest.mark.parametrize("half", [0, 1])
def test_storage_in_noisy_memories_is_refused(half: int) -> None:
    laws = [None, None]
    laws[half] = MemoryNoise.depolarising(1.0)  # type: ignore[call-overload]
    with pytest.raises(StateError, match="scalar-fidelity has no decay; use bell-diagonal"):
        ScalarFidelity(0.9).decayed(*laws, 1.0)


def test_other_recipes_are_refused() -> None:
    with pytest.raises(StateError, match="scalar-fidelity has no axes to turn about and knows BBPSSW alone"):
        recipes.dejmps(ScalarFidelity(0.9), ScalarFidelity(0.9), PERFECT, PERFECT)


def test_equality_hash_and_repr() -> None:
    assert ScalarFidelity(0.9) == ScalarFidelity(0.9) != ScalarFidelity(0.8)
    assert hash(ScalarFidelity(0.9)) == hash(ScalarFidelity(0.9))
    assert ScalarFidelity(0.9) != 0.9
    assert repr(ScalarFidelity(0.9)) == "<ScalarFidelity 0.9>"

"""Frames of recurrences, and extreme-photon-loss distillation: against dense matrices and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from qsim.analytic import recurrence
from qsim.errors import StateError
from qsim.quantum import (
    PERFECT,
    BellDiagonalState,
    DensityMatrixState,
    OperationNoise,
    ScalarFidelity,
    recipes,
)
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY_MATRICES, OPERATIONS

FORMALISMS = [BellDiagonalState, DensityMatrixState]
QUARTERS = {"x": oracle.X, "y": oracle.Y, "z": oracle.Z}


def single_click(good: float, bright: float, dark: float = 0.0) -> oracle.Matrix:
    """Φ+ with what two bright memories, |10>, and two dark ones, |01>, leave."""
    rho = good * oracle.bell_state(0)
    rho[2, 2] += bright
    rho[1, 1] += dark
    return rho


@pytest.mark.parametrize("formalism", FORMALISMS)
def test_dejmps_makes_single_click_pairs_worse_as_published_and_better_in_the_best_frame(
    formalism: Any,
) -> None:
    pair = formalism.from_density_matrix(single_click(0.902, 0.098))
    _, worse = recipes.dejmps(pair, pair, PERFECT, PERFECT)
    assert worse.fidelity() == pytest.approx(0.8999, abs=5e-5)
    frame = recipes.best_frame(recipes.dejmps, pair, pair, PERFECT, PERFECT)
    probability, better = recipes.in_frame(recipes.dejmps, frame, pair, pair, PERFECT, PERFECT)
    assert (probability, better.fidelity()) == pytest.approx((0.823, 0.9883), abs=5e-4)
    assert better.fidelity() == pytest.approx(0.9883, abs=5e-5)
    assert str(frame) == "xx"


def test_states_without_a_preference_keep_the_published_frame() -> None:
    for fidelity in (0.3, 0.7, 0.95):
        pair = BellDiagonalState.werner(fidelity)
        assert recipes.best_frame(recipes.dejmps, pair, pair, PERFECT, PERFECT) == recipes.AS_PUBLISHED
    assert str(recipes.AS_PUBLISHED) == "--"


@given(kept=BELL_DIAGONAL, lost=BELL_DIAGONAL)
def test_no_frame_is_better_than_the_best(kept: BellDiagonalState, lost: BellDiagonalState) -> None:
    """The frames that are tried reach the closed form's maximum over all nine choices of unnoticed states."""
    best = recurrence.best_dejmps(kept.probabilities(), lost.probabilities())
    frame = recipes.best_frame(recipes.dejmps, kept, lost, PERFECT, PERFECT)
    probability, state = recipes.in_frame(recipes.dejmps, frame, kept, lost, PERFECT, PERFECT)
    assert probability > 0
    assert state.fidelity() == pytest.approx(best.fidelity, abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(kept=DENSITY_MATRICES, lost=DENSITY_MATRICES, near=OPERATIONS, far=OPERATIONS)
def test_every_frame_is_local_rotations_of_dense_matrices(
    kept: oracle.Matrix, lost: oracle.Matrix, near: OperationNoise, far: OperationNoise
) -> None:
    pair, other = map(DensityMatrixState.from_density_matrix, (kept, lost))
    for frame in recipes.FRAMES:
        turned = []
        for rho, axis in zip((kept, lost), frame, strict=True):
            if axis is not None:
                quarter = (oracle.I2 - 1j * QUARTERS[axis]) / np.sqrt(2)
                rho = oracle.apply(np.kron(quarter, quarter.conj()), rho)
            turned.append(rho)
        expected, state = oracle.purify(turned[0], turned[1], recipes.dejmps, near, far)
        probability, found = recipes.in_frame(recipes.dejmps, frame, pair, other, near, far)
        assert probability == pytest.approx(expected, abs=1e-13)
        assert np.abs(found.density_matrix() - state).max() < 1e-12 / probability


@given(pair=BELL_DIAGONAL)
def test_the_best_frame_of_a_useful_pair_never_loses_fidelity(pair: BellDiagonalState) -> None:
    assume(pair.fidelity() > 0.5)
    assert recurrence.best_dejmps(*[pair.probabilities()] * 2).fidelity >= pair.fidelity() - 1e-12


# extreme photon loss


@settings(deadline=None, max_examples=40)
@given(kept=DENSITY_MATRICES, lost=DENSITY_MATRICES, near=OPERATIONS, far=OPERATIONS)
def test_two_ones_of_dense_matrices(
    kept: oracle.Matrix, lost: oracle.Matrix, near: OperationNoise, far: OperationNoise
) -> None:
    rho = oracle.noisy_cnot(np.kron(kept, lost), 0, 2, near.gate_error)
    rho = oracle.noisy_cnot(rho, 1, 3, far.gate_error)
    expected = oracle.measured(rho, (2, 3), (near, far))[1, 1]
    pair, other = map(DensityMatrixState.from_density_matrix, (kept, lost))
    probability, state = recipes.epl(pair, other, near, far)
    assert probability == pytest.approx(np.trace(expected).real, abs=1e-13)
    if probability > 1e-6:
        assert np.abs(state.density_matrix() - expected / probability).max() < 1e-12 / probability


@pytest.mark.parametrize(
    ("good", "turned", "bright", "dark"),
    [(0.9, 0.0, 0.1, 0.0), (0.6, 0.0, 0.4, 0.0), (0.9, 0.0, 0.07, 0.03), (0.7, 0.1, 0.15, 0.05)],
)
def test_the_closed_form_of_extreme_photon_loss(
    good: float, turned: float, bright: float, dark: float
) -> None:
    rho = single_click(good, bright, dark) + turned * oracle.bell_state(1)
    pair = DensityMatrixState.from_density_matrix(rho)
    probability, state = recipes.epl(pair, pair, PERFECT, PERFECT)
    expected = recurrence.epl((good, turned, bright, dark))
    assert (probability, state.fidelity()) == pytest.approx(expected, abs=1e-14)
    if not (turned or dark):
        assert state.fidelity() == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("phase", [0.3, 1.0, 3.0])
def test_a_phase_that_both_pairs_share_cancels(phase: float) -> None:
    turn = np.diag([1, 1, 1, np.exp(1j * phase)])
    pair = DensityMatrixState.from_density_matrix(oracle.apply(turn, single_click(0.8, 0.2)))
    assert pair.fidelity() < 0.8
    _, state = recipes.epl(pair, pair, PERFECT, PERFECT)
    purity = np.trace(state.density_matrix() @ state.density_matrix()).real
    # |00> and |11> have taken one phase each: nothing wrong is left that depends on it.
    assert (purity, abs(state.density_matrix()[0, 3])) == pytest.approx((1.0, 0.5), abs=1e-12)
    assert state.fidelity() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("formalism", [BellDiagonalState, ScalarFidelity])
def test_formalisms_that_cannot_tell_two_ones_refuse(formalism: Any) -> None:
    pair = formalism.werner(0.9)
    with pytest.raises(StateError, match="cannot tell two ones from two zeros; use density-matrix"):
        recipes.epl(pair, pair, PERFECT, PERFECT)

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import brentq

from qsim.quantum import PERFECT, BellDiagonalState, DensityMatrixState, OperationNoise, Recipe, recipes
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY_MATRICES, OPERATIONS, RECIPES

FORMALISMS = [BellDiagonalState, DensityMatrixState]
#: Bell-state probabilities in the order Φ+, Φ−, Ψ+, Ψ−.
Weights = tuple[float, float, float, float]


def made(formalism: Any, weights: Weights) -> Any:
    """A Bell-diagonal state in a formalism."""
    return formalism.from_density_matrix(oracle.mixture(weights))


def bbpssw(formalism: Any, kept: float, lost: float, noise: OperationNoise = PERFECT) -> tuple[float, float]:
    """Probability and fidelity of a round on Werner states."""
    probability, state = recipes.bbpssw(formalism.werner(kept), formalism.werner(lost), noise, noise)
    return probability, float(state.fidelity())


@pytest.mark.parametrize("formalism", FORMALISMS)
class TestBbpssw:
    @pytest.mark.parametrize(
        ("kept", "lost", "probability", "fidelity"),
        [
            (0.55, 0.55, 0.58, 0.5603448276),
            (0.6, 0.6, 0.6088888889, 0.6204379562),
            (0.7, 0.7, 0.68, 0.7352941176),
            (0.8, 0.8, 0.7688888889, 0.8381502890),
            (0.9, 0.9, 0.8755555556, 0.9263959391),
            (0.95, 0.95, 0.9355555556, 0.9649643705),
            (1.0, 1.0, 1.0, 1.0),
            (0.9, 0.7, 0.76, 0.8333333333),
            (0.9, 0.8, 0.8177777778, 0.8831521739),
        ],
    )
    def test_published(
        self, formalism: Any, kept: float, lost: float, probability: float, fidelity: float
    ) -> None:
        assert bbpssw(formalism, kept, lost) == pytest.approx((probability, fidelity), abs=5e-11)
        assert bbpssw(formalism, lost, kept) == pytest.approx((probability, fidelity), abs=5e-11)
        a, b = (1 - kept), (1 - lost)
        agree = kept * lost + kept * b / 3 + lost * a / 3 + 5 * a * b / 9
        assert bbpssw(formalism, kept, lost) == pytest.approx(
            (agree, (kept * lost + a * b / 9) / agree), abs=1e-14
        )

    @pytest.mark.parametrize(
        ("werner", "probability", "fidelity"),
        [
            (0.6, 0.6088889, 0.6204380),
            (0.7, 0.6800000, 0.7352941),
            (0.8, 0.7688889, 0.8381503),
            (0.9, 0.8755556, 0.9263959),
            (0.96, 0.9480889, 0.9722483),
            (1.0, 1.0, 1.0),
        ],
    )
    def test_the_analytic_columns_of_quisp(
        self, formalism: Any, werner: float, probability: float, fidelity: float
    ) -> None:
        assert bbpssw(formalism, werner, werner) == pytest.approx((probability, fidelity), abs=5.1e-8)

    @pytest.mark.parametrize(
        ("ladder", "tolerance"),
        [
            ((0.7, 0.7352941, 0.7731707, 0.8119378, 0.8494720, 0.8836802), 5e-8),
            ((0.9211213248656829, 0.943130, 0.959879, 0.972161, 0.980918, 0.987034), 5e-7),
            ((0.9576357620380831, 0.970539, 0.979773, 0.986240, 0.990700), 5e-7),
            ((0.9909987775181183, 0.993945, 0.995939, 0.997282), 5e-7),
            # Without twirling the second round would fall to 0.7559.
            ((0.8, 0.8382, 0.8736), 5e-5),
        ],
    )
    def test_ladders(self, formalism: Any, ladder: tuple[float, ...], tolerance: float) -> None:
        pair = formalism.werner(ladder[0])
        for fidelity in ladder[1:]:
            _, pair = recipes.bbpssw(pair, pair, PERFECT, PERFECT)
            assert pair.fidelity() == pytest.approx(fidelity, abs=tolerance)

    @pytest.mark.parametrize(
        ("werner", "gate", "readout", "probability", "fidelity"),
        [
            (0.8, 0.99, 1, 0.7635380, 0.8304858435),
            (0.8, 1, 0.99, 0.7582408889, 0.8346007894),
            (0.8, 0.99, 0.99, 0.7531018952, 0.8268770300),
            (0.9, 0.98, 0.995, 0.8535059528, 0.9097621922),
            (0.9, 0.99, 0.98, 0.839224, 0.914523),
        ],
    )
    def test_noisy(
        self, formalism: Any, werner: float, gate: float, readout: float, probability: float, fidelity: float
    ) -> None:
        found = bbpssw(formalism, werner, werner, OperationNoise.from_reliabilities(gate, readout))
        assert found[0] == pytest.approx(probability, abs=5e-11 if readout in (0.99, 0.995) else 5e-7)
        assert found[1] == pytest.approx(fidelity, abs=5e-7 if readout == 0.98 else 5e-11)
        assert found == pytest.approx(noisy_bbpssw(werner, gate, readout), abs=1e-14)

    @pytest.mark.parametrize(
        ("gate", "readout", "low", "high"),
        [
            (0.99, 0.99, 0.54685983, 0.97375658),
            (0.995, 0.995, 0.52225588, 0.98789615),
            (0.98, 0.98, 0.60648841, 0.93604632),
        ],
    )
    def test_fixed_points(self, formalism: Any, gate: float, readout: float, low: float, high: float) -> None:
        noise = OperationNoise.from_reliabilities(gate, readout)

        def gain(fidelity: float) -> float:
            return bbpssw(formalism, fidelity, fidelity, noise)[1] - fidelity

        assert brentq(gain, low - 0.01, low + 0.01, xtol=1e-12) == pytest.approx(low, abs=5e-9)
        assert brentq(gain, high - 0.01, high + 0.01, xtol=1e-12) == pytest.approx(high, abs=5e-9)
        assert gain((low + high) / 2) > 0 > max(gain(low - 0.01), gain(high + 0.005))


def noisy_bbpssw(fidelity: float, gate: float, readout: float) -> tuple[float, float]:
    """Probability and fidelity as Dür and Briegel write them, with g = (1 - F)/3."""
    g = (1 - fidelity) / 3
    right, wrong = readout**2 + (1 - readout) ** 2, readout * (1 - readout)
    white = (1 - gate**2) / (8 * gate**2)
    cross = fidelity * g + g**2
    kept = (fidelity**2 + g**2) * right + cross * 2 * wrong + white
    all_ = (fidelity**2 + 2 * fidelity * g + 5 * g**2) * right + cross * 8 * wrong + 4 * white
    return gate**2 * all_, kept / all_


@pytest.mark.parametrize("formalism", FORMALISMS)
class TestDejmps:
    def test_from_a_werner_state(self, formalism: Any) -> None:
        # Published are the success probability of each round and the fidelity after it.
        rounds = [
            (0.68, 0.7352941176),
            (0.6401384083, 0.8459459459),
            (0.7662527392, 0.9343946616),
            (0.8983866107, 0.9720040),
            (0.9476702, 0.9969639),
        ]
        pair = formalism.werner(0.7)
        for turn, (probability, fidelity) in enumerate(rounds):
            found, pair = recipes.dejmps(pair, pair, PERFECT, PERFECT)
            assert found == pytest.approx(probability, abs=5e-11 if turn < 4 else 5e-8)
            assert pair.fidelity() == pytest.approx(fidelity, abs=5e-11 if turn < 3 else 5e-8)

    @pytest.mark.parametrize(
        ("weights", "gate", "readout", "probability", "purified", "tolerance"),
        [
            (
                (0.8, 0.1, 0.06, 0.04),
                1,
                1,
                0.7312,
                (0.8774617068, 0.0875273523, 0.0185995624, 0.0164113786),
                5e-11,
            ),
            ((0.8, 0.15, 0.03, 0.02), 1, 1, 0.7048, (0.908627, 0.045403, 0.033201, 0.012770), 5e-7),
            ((0.8, 0.15, 0.03, 0.02), 0.99, 0.98, 0.684988, (0.885529, 0.054387, 0.037315, 0.022768), 5e-7),
            ((0.7, 0.1, 0.1, 0.1), 1, 1, 0.68, (0.735294, 0.205882, 0.029412, 0.029412), 5e-7),
            ((0.75, 0.02, 0.03, 0.2), 1, 1, 0.905, (0.665746, 0.331492, 0.001436, 0.001326), 5e-7),
        ],
    )
    def test_published(
        self,
        formalism: Any,
        weights: Weights,
        gate: float,
        readout: float,
        probability: float,
        purified: Weights,
        tolerance: float,
    ) -> None:
        pair = made(formalism, weights)
        noise = OperationNoise.from_reliabilities(gate, readout)
        found, kept = recipes.dejmps(pair, pair, noise, noise)
        assert found == pytest.approx(probability, abs=tolerance)
        assert kept.probabilities() == pytest.approx(purified, abs=tolerance)

    def test_the_recurrence(self, formalism: Any) -> None:
        # (A, B, C, D) = (Φ+, Ψ−, Ψ+, Φ−): N = (A + B)^2 + (C + D)^2, A' = (A^2 + B^2)/N, B' = 2 C D/N,
        # C' = (C^2 + D^2)/N, D' = 2 A B/N.
        a, d, c, b = 0.61, 0.17, 0.13, 0.09
        n = (a + b) ** 2 + (c + d) ** 2
        pair = made(formalism, (a, d, c, b))
        probability, kept = recipes.dejmps(pair, pair, PERFECT, PERFECT)
        expected = ((a * a + b * b) / n, 2 * a * b / n, (c * c + d * d) / n, 2 * c * d / n)
        assert probability == pytest.approx(n, abs=1e-15)
        assert kept.probabilities() == pytest.approx(expected, abs=1e-15)

    @pytest.mark.parametrize("lost", range(4))
    @pytest.mark.parametrize("kept", range(4))
    def test_bell_states(self, formalism: Any, kept: int, lost: int) -> None:
        # After the rotations exchange Φ− and Ψ−, states of one parity always agree, others never,
        # and the phase of the kept pair is the XOR of both phases.
        turned = [(0, 3, 2, 1)[index] for index in (kept, lost)]
        pair, other = (formalism.from_density_matrix(oracle.bell_state(index)) for index in (kept, lost))
        probability, left = recipes.dejmps(pair, other, PERFECT, PERFECT)
        if turned[0] >> 1 == turned[1] >> 1:
            assert probability == pytest.approx(1, abs=1e-14)
            expected = np.eye(4)[(turned[0] & 2) | ((turned[0] ^ turned[1]) & 1)]
            assert left.probabilities() == pytest.approx(expected, abs=1e-14)
        else:
            # Nothing is left to have a state: the pair comes back as it was.
            assert (probability, left) == (0.0, pair)

    def test_all_but_impossible_is_still_a_state(self, formalism: Any) -> None:
        pair, other = made(formalism, (1, 0, 0, 0)), made(formalism, (1e-5, 0, 1 - 1e-5, 0))
        probability, kept = recipes.dejmps(pair, other, PERFECT, PERFECT)
        assert probability == pytest.approx(1e-5, rel=1e-9)
        oracle.assert_state(kept.density_matrix())


class TestBruteForce:
    @settings(deadline=None, max_examples=40)
    @given(kept=DENSITY_MATRICES, lost=DENSITY_MATRICES, recipe=RECIPES, near=OPERATIONS, far=OPERATIONS)
    def test_density_matrices(
        self,
        kept: oracle.Matrix,
        lost: oracle.Matrix,
        recipe: Recipe,
        near: OperationNoise,
        far: OperationNoise,
    ) -> None:
        expected, state = oracle.purify(kept, lost, recipe, near, far)
        pair, other = map(DensityMatrixState.from_density_matrix, (kept, lost))
        probability, left = recipe(pair, other, near, far)
        assert probability == pytest.approx(expected, abs=1e-13)
        assert np.abs(left.density_matrix() - state).max() < 1e-12 / probability

    @settings(deadline=None, max_examples=40)
    @given(pair=BELL_DIAGONAL, other=BELL_DIAGONAL, recipe=RECIPES, near=OPERATIONS, far=OPERATIONS)
    def test_bell_diagonal(
        self,
        pair: BellDiagonalState,
        other: BellDiagonalState,
        recipe: Recipe,
        near: OperationNoise,
        far: OperationNoise,
    ) -> None:
        expected, state = oracle.purify(pair.density_matrix(), other.density_matrix(), recipe, near, far)
        probability, left = recipe(pair, other, near, far)
        assert probability == pytest.approx(expected, abs=1e-13)
        if probability > 0:
            assert np.abs(left.density_matrix() - state).max() < 1e-12 / probability

    @pytest.mark.parametrize("formalism", FORMALISMS)
    def test_the_twirl(self, formalism: Any) -> None:
        rho = oracle.random_state(np.random.default_rng(3))
        twirled = formalism.from_density_matrix(rho).twirled().density_matrix()
        assert len(oracle.cliffords()) == 24
        assert np.abs(twirled - oracle.twirl(rho)).max() < 1e-14

    def test_two_rounds_without_twirling_fall_below_the_first_state(self) -> None:
        # What BBPSSW is without its twirl: the reason why the twirl belongs to the recipe.
        rho = DensityMatrixState.werner(0.8).density_matrix()
        fidelities = []
        for _ in range(2):
            _, rho = oracle.cnots_and_selection(rho, rho, PERFECT, PERFECT)
            fidelities.append(oracle.overlaps(rho)[0])
        assert fidelities == pytest.approx([0.8382, 0.7559], abs=5e-5)


@given(pair=BELL_DIAGONAL, other=BELL_DIAGONAL, recipe=RECIPES, near=OPERATIONS, far=OPERATIONS)
def test_the_probability_is_one(
    pair: BellDiagonalState,
    other: BellDiagonalState,
    recipe: Recipe,
    near: OperationNoise,
    far: OperationNoise,
) -> None:
    probability, _ = recipe(pair, other, near, far)
    assert 0 <= probability <= 1
    if recipe is recipes.bbpssw and not near.readout_bias * far.readout_bias:
        # Werner parameters are at least -1/3, so their product spoils at most a third.
        assert probability >= 1 / 3


@given(pair=BELL_DIAGONAL, recipe=RECIPES)
def test_useless_gates_leave_a_coin_and_nothing(pair: BellDiagonalState, recipe: Recipe) -> None:
    probability, kept = recipe(pair, pair, *[OperationNoise(gate_error=15 / 16)] * 2)
    assert probability == 0.5
    assert kept.probabilities() == pytest.approx((0.25,) * 4, abs=1e-15)

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from qsim.quantum import BellDiagonalState, DensityMatrixState, MemoryNoise
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY, DENSITY_MATRICES, LAWS, SECONDS, storage

FORMALISMS = [BellDiagonalState, DensityMatrixState]


def bell(formalism: Any, index: int) -> Any:
    """A Bell state in a formalism."""
    return formalism.from_density_matrix(oracle.bell_state(index))


@pytest.mark.parametrize("formalism", FORMALISMS)
class TestPublished:
    @pytest.mark.parametrize(
        ("elapsed", "both", "one"),
        [(0.1, 0.82311153, 0.88338619), (0.5, 0.50751561, 0.67457146), (1.0, 0.34473470, 0.50751561)],
    )
    def test_depolarising(self, formalism: Any, elapsed: float, both: float, one: float) -> None:
        law = MemoryNoise.depolarising(2.0)
        pair = formalism.werner(0.95)
        assert pair.decayed(law, law, 2 * elapsed).fidelity() == pytest.approx(both, abs=5e-9)
        assert pair.decayed(law, None, 2 * elapsed).fidelity() == pytest.approx(one, abs=5e-9)
        assert pair.decayed(None, law, 2 * elapsed).fidelity() == pytest.approx(one, abs=5e-9)
        w = (4 * 0.95 - 1) / 3
        assert pair.decayed(law, law, 2 * elapsed).fidelity() == pytest.approx(
            0.25 + 0.75 * w * exp(-2 * elapsed), abs=1e-15
        )

    @pytest.mark.parametrize(
        ("elapsed", "fidelity"), [(0.1, 0.90936538), (0.5, 0.68393972), (1.0, 0.56766764)]
    )
    @pytest.mark.parametrize("law", [MemoryNoise.dephasing(3.0), MemoryNoise.thermal(None, 3.0)])
    def test_dephasing(self, formalism: Any, law: MemoryNoise, elapsed: float, fidelity: float) -> None:
        pair = bell(formalism, 0).decayed(law, law, 3 * elapsed)
        assert pair.fidelity() == pytest.approx(fidelity, abs=5e-9)
        expected = ((1 + exp(-2 * elapsed)) / 2, (1 - exp(-2 * elapsed)) / 2, 0, 0)
        assert pair.probabilities() == pytest.approx(expected, abs=1e-15)

    @pytest.mark.parametrize(
        ("shares", "expected"),
        [
            # Rates are the shares per second; a Werner pair of 0.95 is stored for 0.1 s at both ends.
            ((1 / 3, 1 / 3, 1 / 3), (0.786150, 0.071283, 0.071283, 0.071283)),
            ((0, 0, 1), (0.796149, 0.170517, 0.016667, 0.016667)),
            ((0.2, 0.1, 0.7), (0.789174, 0.124722, 0.049696, 0.036408)),
        ],
    )
    def test_pauli_errors_of_another_simulator(self, formalism: Any, shares: Any, expected: Any) -> None:
        law = MemoryNoise.pauli(*shares)
        pair = formalism.werner(0.95).decayed(law, law, 0.1)
        assert pair.probabilities() == pytest.approx(expected, abs=5.1e-7)


class TestRelaxation:
    """T1 leaves the Bell-diagonal family: a density matrix follows it, a Bell-diagonal state its twirl."""

    @pytest.mark.parametrize(("index", "fidelity"), [(0, 0.6839397206), (2, 0.6065306597)])
    def test_amplitude_damping(self, index: int, fidelity: float) -> None:
        law = MemoryNoise.thermal(t1=4.0, t2=None)
        gamma = 1 - exp(-0.5)
        pair = bell(DensityMatrixState, index).decayed(law, law, 2.0)
        assert pair.probabilities()[index] == pytest.approx(fidelity, abs=5e-11)
        exact = (1 + gamma**2 + (1 - gamma) ** 2 + 2 * (1 - gamma)) / 4 if index == 0 else 1 - gamma
        assert pair.probabilities()[index] == pytest.approx(exact, abs=1e-15)

    @pytest.mark.parametrize(("index", "fidelity"), [(0, 0.5978046589), (2, 0.5733401121)])
    def test_t1_and_t2(self, index: int, fidelity: float) -> None:
        law = MemoryNoise.thermal(t1=2.0, t2=1.0)
        pair = bell(DensityMatrixState, index).decayed(law, law, 0.5)
        assert pair.probabilities()[index] == pytest.approx(fidelity, abs=5e-11)
        kept, coherent = exp(-0.25), exp(-1)
        exact = (1 + (1 - kept) ** 2 + kept**2 + 2 * coherent) / 4 if index == 0 else (kept + coherent) / 2
        assert pair.probabilities()[index] == pytest.approx(exact, abs=1e-15)

    @pytest.mark.parametrize("index", range(4))
    def test_the_twirl_errs_by_the_product_of_both_dampings(self, index: int) -> None:
        # Both qubits relax towards |0>, so |00> is found more often than independent flips would have it:
        # <ZZ> is off by gamma_1 gamma_2, a quarter of which each Bell state gains or loses.
        near, far = MemoryNoise.thermal(2.0, 1.0), MemoryNoise.thermal(0.7, None)
        exact = bell(DensityMatrixState, index).decayed(near, far, 0.5).probabilities()
        twirled = bell(BellDiagonalState, index).decayed(near, far, 0.5).probabilities()
        error = (1 - exp(-0.5 / 2.0)) * (1 - exp(-0.5 / 0.7)) / 4
        expected = [error, error, -error, -error]
        assert np.subtract(exact, twirled) == pytest.approx(expected, abs=1e-15)

    @pytest.mark.parametrize("index", range(4))
    def test_with_one_half_stored_the_twirl_is_exact(self, index: int) -> None:
        law = MemoryNoise.thermal(2.0, 1.0)
        for first, second in ((law, None), (None, law)):
            exact = bell(DensityMatrixState, index).decayed(first, second, 0.5).probabilities()
            twirled = bell(BellDiagonalState, index).decayed(first, second, 0.5).probabilities()
            assert exact == pytest.approx(twirled, abs=1e-15)

    def test_in_the_end_all_is_zero(self) -> None:
        law = MemoryNoise.thermal(1.0, 1.5)
        rho = bell(DensityMatrixState, 3).decayed(law, law, 60.0).density_matrix()
        assert np.abs(rho - np.diag([1, 0, 0, 0])).max() < 1e-15

    def test_the_twirled_probabilities_of_another_simulator(self) -> None:
        # p_x = p_y = (1 - e^(-t/T1))/4, p_z = (1 + e^(-t/T1) - 2 e^(-t/T2))/4; an error of one half moves Φ+
        # to Ψ+ (X), Ψ− (Y) or Φ− (Z).
        law = MemoryNoise.thermal(2.0, 1.0)
        pair = bell(BellDiagonalState, 0).decayed(law, None, 0.5)
        flip, phase = (1 - exp(-0.25)) / 4, (1 + exp(-0.25) - 2 * exp(-0.5)) / 4
        assert pair.probabilities() == pytest.approx((1 - 2 * flip - phase, phase, flip, flip), abs=1e-15)


class TestLindblad:
    @settings(deadline=None, max_examples=60)
    @given(rho=DENSITY_MATRICES, first=storage(), second=storage(), seconds=SECONDS)
    def test_density_matrices(
        self, rho: oracle.Matrix, first: dict[str, Any], second: dict[str, Any], seconds: float
    ) -> None:
        pair = DensityMatrixState.from_density_matrix(rho)
        found = pair.decayed(oracle.law(**first), oracle.law(**second), seconds).density_matrix()
        expected = oracle.stored(rho, oracle.jumps(**first), oracle.jumps(**second), seconds)
        assert np.abs(found - expected).max() < 1e-10

    @settings(deadline=None, max_examples=40)
    @given(pair=BELL_DIAGONAL, first=storage(), second=storage(), seconds=SECONDS)
    def test_bell_diagonal_states_without_relaxation(
        self, pair: BellDiagonalState, first: dict[str, Any], second: dict[str, Any], seconds: float
    ) -> None:
        first["t1"] = second["t1"] = None
        found = pair.decayed(oracle.law(**first), oracle.law(**second), seconds).density_matrix()
        expected = oracle.stored(
            pair.density_matrix(), oracle.jumps(**first), oracle.jumps(**second), seconds
        )
        assert np.abs(found - expected).max() < 1e-10


class TestProperties:
    @given(pair=BELL_DIAGONAL, first=LAWS, second=LAWS, early=SECONDS, late=SECONDS)
    def test_bell_diagonal_decay_composes(
        self, pair: BellDiagonalState, first: Any, second: Any, early: float, late: float
    ) -> None:
        steps = pair.decayed(first, second, early).decayed(first, second, late)
        at_once = pair.decayed(first, second, early + late)
        assert steps.probabilities() == pytest.approx(at_once.probabilities(), abs=1e-12)

    @settings(deadline=None)
    @given(pair=DENSITY, first=LAWS, second=LAWS, early=SECONDS, late=SECONDS)
    def test_density_matrix_decay_composes(
        self, pair: DensityMatrixState, first: Any, second: Any, early: float, late: float
    ) -> None:
        steps = pair.decayed(first, second, early).decayed(first, second, late)
        at_once = pair.decayed(first, second, early + late)
        assert np.abs(steps.density_matrix() - at_once.density_matrix()).max() < 1e-12

    @settings(deadline=None)
    @given(pair=DENSITY, first=LAWS, second=LAWS, seconds=SECONDS)
    def test_the_halves_decay_independently(
        self, pair: DensityMatrixState, first: Any, second: Any, seconds: float
    ) -> None:
        together = pair.decayed(first, second, seconds).density_matrix()
        apart = pair.decayed(None, second, seconds).decayed(first, None, seconds).density_matrix()
        assert np.abs(together - apart).max() < 1e-14

    @pytest.mark.parametrize("formalism", FORMALISMS)
    def test_ideal_memories_and_no_time_change_nothing(self, formalism: Any) -> None:
        pair = formalism.werner(0.9)
        law = MemoryNoise.thermal(1.0, 0.5)
        for later in (
            pair.decayed(None, None, 1e9),
            pair.decayed(MemoryNoise(), MemoryNoise(), 1e9),
            pair.decayed(law, law, 0),
        ):
            assert later.probabilities() == pair.probabilities()

    @given(pair=BELL_DIAGONAL, law=LAWS, seconds=SECONDS)
    def test_bell_diagonal_storage_does_not_ask_which_half(
        self, pair: BellDiagonalState, law: Any, seconds: float
    ) -> None:
        assert pair.decayed(law, None, seconds) == pair.decayed(None, law, seconds)

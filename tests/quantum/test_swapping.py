from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from qsim.quantum import PERFECT, BellDiagonalState, DensityMatrixState, OperationNoise
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY, DENSITY_MATRICES, OPERATIONS

FORMALISMS = [BellDiagonalState, DensityMatrixState]


def chain(formalism: Any, fidelity: float, links: int, noise: OperationNoise = PERFECT) -> float:
    """Fidelity of a chain of Werner pairs swapped one after the other."""
    link = formalism.werner(fidelity)
    pair = link
    for _ in range(links - 1):
        pair = pair.swapped(link, noise)
    return float(pair.fidelity())


@pytest.mark.parametrize("formalism", FORMALISMS)
class TestPublished:
    @pytest.mark.parametrize(
        ("first", "second", "joined"),
        [
            (0.95, 0.95, 0.9033333333),
            (0.9, 0.8, 0.7266666667),
            (0.99, 0.99, 0.9801333333),
            (0.9, 0.9, 0.8133333333),
            (0.95, 0.85, 0.81),
        ],
    )
    def test_werner(self, formalism: Any, first: float, second: float, joined: float) -> None:
        pair = formalism.werner(first).swapped(formalism.werner(second), PERFECT)
        assert pair.fidelity() == pytest.approx(joined, abs=5e-11)
        assert pair.fidelity() == pytest.approx(first * second + (1 - first) * (1 - second) / 3, abs=1e-15)
        rest = (1 - pair.fidelity()) / 3
        assert pair.probabilities()[1:] == pytest.approx((rest, rest, rest), abs=1e-15)

    @pytest.mark.parametrize(
        ("links", "fidelity"),
        [
            (2, 0.9605333333),
            (3, 0.9415857778),
            (4, 0.9231434904),
            (8, 0.8541628782),
            (16, 0.7366837111),
            (64, 0.3829852439),
        ],
    )
    def test_chains(self, formalism: Any, links: int, fidelity: float) -> None:
        assert chain(formalism, 0.98, links) == pytest.approx(fidelity, abs=5e-11)

    @pytest.mark.parametrize(("links", "fidelity"), [(2, 0.9033), (4, 0.8191), (8, 0.6819)])
    def test_chains_of_another_simulator(self, formalism: Any, links: int, fidelity: float) -> None:
        assert chain(formalism, 0.95, links) == pytest.approx(fidelity, abs=5e-5)

    @pytest.mark.parametrize(("links", "fidelity"), [(2, 0.9347637104), (4, 0.8525269671), (8, 0.7164960758)])
    def test_noisy_chains_of_briegel_and_duer(self, formalism: Any, links: int, fidelity: float) -> None:
        # F = 1/4 + 3/4 [p2 (4 eta^2 - 1)/3]^(L-1) [(4 F - 1)/3]^L, which takes the pair for a Werner state
        # again after every swap.
        noise = OperationNoise.from_reliabilities(0.99, 0.99)
        link = pair = formalism.werner(0.98)
        for _ in range(links - 1):
            pair = pair.swapped(link, noise).twirled()
        assert pair.fidelity() == pytest.approx(fidelity, abs=5e-11)
        factor = 0.99 * (4 * 0.99**2 - 1) / 3
        expected = 0.25 + 0.75 * factor ** (links - 1) * ((4 * 0.98 - 1) / 3) ** links
        assert pair.fidelity() == pytest.approx(expected, abs=1e-14)

    @pytest.mark.parametrize("links", [2, 3, 4, 8])
    def test_noisy_chains_without_twirling(self, formalism: Any, links: int) -> None:
        # Wrong bits hurt <YY> twice and the others once: F = 1/4 [1 + w^L p2^(L-1) (2 r^(L-1) + r^(2 L - 2))]
        # with r = 2 eta - 1. It is the truth for pairs that nobody twirls, a little above the formula.
        noise = OperationNoise.from_reliabilities(0.99, 0.97)
        swaps, r, w = links - 1, 2 * 0.97 - 1, (4 * 0.98 - 1) / 3
        expected = (1 + w**links * 0.99**swaps * (2 * r**swaps + r ** (2 * swaps))) / 4
        assert chain(formalism, 0.98, links, noise) == pytest.approx(expected, abs=1e-14)
        twirled = 0.25 + 0.75 * (0.99 * (4 * 0.97**2 - 1) / 3) ** swaps * w**links
        assert chain(formalism, 0.98, links, noise) >= twirled - 1e-15

    @pytest.mark.parametrize(
        ("gate", "readout", "fidelity"),
        [
            (0, 0.1, 0.81),
            (0.05, 0, 0.96),
            (0.05, 0.1, 0.7801333333),
            (0.5, 0.1, 0.5113333333),
            (0.75, 0, 0.40),
            (0.9375, 0, 0.25),
            (0.9375, 0.3, 0.25),
        ],
    )
    def test_gate_and_readout_errors_of_quisp(
        self, formalism: Any, gate: float, readout: float, fidelity: float
    ) -> None:
        # F = (1 - 12 p/15)(1 - e)^2 + (4 p/15)[2 e (1 - e) + e^2], perfect pairs
        found = chain(formalism, 1.0, 2, OperationNoise(gate, readout))
        assert found == pytest.approx(fidelity, abs=5e-11)
        right, wrong = (1 - readout) ** 2, 2 * readout * (1 - readout) + readout**2
        assert found == pytest.approx((1 - 12 * gate / 15) * right + 4 * gate / 15 * wrong, abs=1e-15)

    @pytest.mark.parametrize(
        ("first", "second", "joined"),
        [
            ((0.8, 0.1, 0.06, 0.04), (0.7, 0.05, 0.2, 0.05), (0.579, 0.121, 0.209, 0.091)),
            ((0.8, 0.15, 0.03, 0.02), (0.9, 0.05, 0.03, 0.02), (0.7288, 0.1762, 0.0550, 0.0400)),
        ],
    )
    def test_bell_diagonal(self, formalism: Any, first: Any, second: Any, joined: Any) -> None:
        pair, other = (formalism.from_density_matrix(oracle.mixture(weights)) for weights in (first, second))
        assert pair.swapped(other, PERFECT).probabilities() == pytest.approx(joined, abs=1e-14)

    def test_noise_on_bell_diagonal_states_of_another_simulator(self, formalism: Any) -> None:
        pair, other = (
            formalism.from_density_matrix(oracle.mixture(weights))
            for weights in ((0.8, 0.15, 0.03, 0.02), (0.9, 0.05, 0.03, 0.02))
        )
        noise = OperationNoise.from_reliabilities(0.98, 0.99)
        expected = (0.707258, 0.181704, 0.065304, 0.045734)
        assert pair.swapped(other, noise).probabilities() == pytest.approx(expected, abs=5e-7)
        werner = formalism.werner(0.9)
        assert werner.swapped(werner, noise).fidelity() == pytest.approx(0.787418, abs=5e-7)

    @pytest.mark.parametrize(("first", "second"), list(product(range(4), repeat=2)))
    def test_bell_states_join_to_their_product(self, formalism: Any, first: int, second: int) -> None:
        # In the order Φ+, Φ−, Ψ+, Ψ− the product of Bell states i and j is i XOR j, for all measured bits.
        joined = oracle.swap(oracle.bell_state(first), oracle.bell_state(second), PERFECT)
        expected = np.eye(4)[first ^ second]
        assert oracle.overlaps(joined) == pytest.approx(expected, abs=1e-14)
        pair, other = (formalism.from_density_matrix(oracle.bell_state(index)) for index in (first, second))
        assert pair.swapped(other, PERFECT).probabilities() == pytest.approx(expected, abs=1e-14)


class TestBruteForce:
    @settings(deadline=None, max_examples=60)
    @given(first=DENSITY_MATRICES, second=DENSITY_MATRICES, noise=OPERATIONS)
    def test_density_matrices(
        self, first: oracle.Matrix, second: oracle.Matrix, noise: OperationNoise
    ) -> None:
        pair, other = map(DensityMatrixState.from_density_matrix, (first, second))
        joined = pair.swapped(other, noise).density_matrix()
        assert np.abs(joined - oracle.swap(first, second, noise)).max() < 1e-12

    def test_a_noisy_chain(self) -> None:
        noise = OperationNoise.from_reliabilities(0.99, 0.97)
        link = joined = DensityMatrixState.werner(0.98).density_matrix()
        for _ in range(3):
            joined = oracle.swap(joined, link, noise)
        assert oracle.overlaps(joined)[0] == pytest.approx(
            chain(BellDiagonalState, 0.98, 4, noise), abs=1e-13
        )

    @settings(deadline=None, max_examples=60)
    @given(pair=BELL_DIAGONAL, other=BELL_DIAGONAL, noise=OPERATIONS)
    def test_bell_diagonal(
        self, pair: BellDiagonalState, other: BellDiagonalState, noise: OperationNoise
    ) -> None:
        joined = pair.swapped(other, noise).density_matrix()
        expected = oracle.swap(pair.density_matrix(), other.density_matrix(), noise)
        assert np.abs(joined - expected).max() < 1e-12


class TestProperties:
    @given(a=BELL_DIAGONAL, b=BELL_DIAGONAL, c=BELL_DIAGONAL, noise=OPERATIONS)
    def test_order_does_not_matter(
        self, a: BellDiagonalState, b: BellDiagonalState, c: BellDiagonalState, noise: OperationNoise
    ) -> None:
        left = a.swapped(b, noise).swapped(c, noise)
        right = a.swapped(b.swapped(c, noise), noise)
        assert left.probabilities() == pytest.approx(right.probabilities(), abs=1e-14)
        assert a.swapped(b, noise).probabilities() == pytest.approx(
            b.swapped(a, noise).probabilities(), abs=1e-15
        )

    @settings(deadline=None)
    @given(a=DENSITY, b=DENSITY, c=DENSITY, noise=OPERATIONS.filter(lambda noise: not noise.readout_bias))
    def test_grouping_does_not_matter_for_any_state(
        self, a: DensityMatrixState, b: DensityMatrixState, c: DensityMatrixState, noise: OperationNoise
    ) -> None:
        left = a.swapped(b, noise).swapped(c, noise)
        right = a.swapped(b.swapped(c, noise), noise)
        assert np.abs(left.density_matrix() - right.density_matrix()).max() < 1e-14

    def test_unequal_readout_falls_on_what_the_measured_halves_were_before(self) -> None:
        # Two unentangled pairs in |00>: the measured parity is 0, and a node that misreads only a 1 never
        # errs there; the phase bit is fair, but is read as 0 more often, and Z changes nothing of |0>.
        pair = DensityMatrixState.from_density_matrix(np.diag([1.0, 0, 0, 0]).astype(complex))
        assert pair.swapped(pair, OperationNoise(readout_error=(0.0, 0.4))).density_matrix()[0, 0] == 1
        # One that misreads a 0 flips the far qubit as often.
        flipped = pair.swapped(pair, OperationNoise(readout_error=(0.4, 0.0))).density_matrix()
        assert np.diag(flipped).real == pytest.approx([0.6, 0.4, 0, 0], abs=1e-15)

    @given(pair=BELL_DIAGONAL)
    def test_a_perfect_pair_changes_nothing(self, pair: BellDiagonalState) -> None:
        perfect = BellDiagonalState.werner(1.0)
        assert pair.swapped(perfect, PERFECT) == pair == perfect.swapped(pair, PERFECT)

    @settings(deadline=None)
    @given(pair=DENSITY)
    def test_a_perfect_second_pair_changes_nothing_of_any_state(self, pair: DensityMatrixState) -> None:
        joined = pair.swapped(DensityMatrixState.werner(1.0), PERFECT)
        assert np.abs(joined.density_matrix() - pair.density_matrix()).max() < 1e-15

    @given(pair=BELL_DIAGONAL, other=BELL_DIAGONAL)
    def test_useless_gates_leave_nothing(self, pair: BellDiagonalState, other: BellDiagonalState) -> None:
        joined = pair.swapped(other, OperationNoise(gate_error=15 / 16))
        assert joined.probabilities() == pytest.approx((0.25,) * 4, abs=1e-15)

    @given(pair=BELL_DIAGONAL, other=BELL_DIAGONAL)
    def test_degradation_is_for_scalars_alone(
        self, pair: BellDiagonalState, other: BellDiagonalState
    ) -> None:
        assert pair.swapped(other, OperationNoise(degradation=0.5)) == pair.swapped(other, PERFECT)

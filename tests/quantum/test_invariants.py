"""Whatever is done to pairs, in whatever order, they stay states, and the two quantum formalisms agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.quantum import BellDiagonalState, DensityMatrixState, MemoryNoise, OperationNoise
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY, LAWS, OPERATIONS, RECIPES, SECONDS


@dataclass(frozen=True)
class Step:
    """One thing done to the pair in hand, with one of the pairs at the side."""

    act: str
    other: int
    laws: tuple[MemoryNoise | None, MemoryNoise | None]
    seconds: float
    noise: OperationNoise
    far_noise: OperationNoise
    recipe: Any

    def on(self, pair: Any, others: list[Any]) -> tuple[Any, float]:
        """The pair afterwards, and the probability that it came to that."""
        if self.act == "store":
            return pair.decayed(*self.laws, self.seconds), 1.0
        if self.act == "swap":
            return pair.swapped(others[self.other], self.noise), 1.0
        probability, kept = self.recipe(pair, others[self.other], self.noise, self.far_noise)
        return (kept, probability) if probability > 0 else (pair, 1.0)


def steps(laws: st.SearchStrategy[MemoryNoise | None]) -> st.SearchStrategy[list[Step]]:
    """Sequences of operations."""
    step = st.builds(
        Step,
        act=st.sampled_from(("store", "swap", "purify")),
        other=st.integers(0, 1),
        laws=st.tuples(laws, laws),
        seconds=SECONDS,
        noise=OPERATIONS,
        far_noise=OPERATIONS,
        recipe=RECIPES,
    )
    return st.lists(step, max_size=6)


def assert_pair(pair: Any, likelihood: float) -> None:
    """A state, to the precision that is left after outcomes of this likelihood."""
    tolerance = 1e-12 / likelihood
    oracle.assert_state(pair.density_matrix(), tolerance)
    assert 0 <= pair.fidelity() <= 1
    assert abs(sum(pair.probabilities()) - 1) < tolerance
    assert np.abs(oracle.overlaps(pair.density_matrix()) - pair.probabilities()).max() < tolerance
    assert abs(pair.fidelity() - pair.probabilities()[0]) < tolerance


@settings(deadline=None, max_examples=150)
@given(pair=DENSITY, others=st.lists(DENSITY, min_size=2, max_size=2), story=steps(LAWS))
def test_density_matrices_stay_states(
    pair: DensityMatrixState, others: list[DensityMatrixState], story: list[Step]
) -> None:
    assert_stays_a_state(pair, others, story)


@settings(deadline=None, max_examples=150)
@given(pair=BELL_DIAGONAL, others=st.lists(BELL_DIAGONAL, min_size=2, max_size=2), story=steps(LAWS))
def test_bell_diagonal_states_stay_states(
    pair: BellDiagonalState, others: list[BellDiagonalState], story: list[Step]
) -> None:
    assert_stays_a_state(pair, others, story)


def assert_stays_a_state(pair: Any, others: list[Any], story: list[Step]) -> None:
    likelihood = 1.0
    for step in story:
        pair, probability = step.on(pair, others)
        assert 0 < probability <= 1 + 1e-12
        likelihood *= probability
        assert_pair(pair, likelihood)


def without_relaxation(law: MemoryNoise | None) -> MemoryNoise | None:
    """The law that the Bell-diagonal formalism follows in place of one with T1."""
    return None if law is None else MemoryNoise(law.rate_x, law.rate_y, law.rate_z)


@settings(deadline=None, max_examples=150)
@given(
    pair=BELL_DIAGONAL,
    others=st.lists(BELL_DIAGONAL, min_size=2, max_size=2),
    story=steps(LAWS.map(without_relaxation)),
)
def test_both_formalisms_agree_on_bell_diagonal_states(
    pair: BellDiagonalState, others: list[BellDiagonalState], story: list[Step]
) -> None:
    exact: Any = DensityMatrixState.from_density_matrix(pair.density_matrix())
    exact_others = [DensityMatrixState.from_density_matrix(other.density_matrix()) for other in others]
    likelihood = 1.0
    for step in story:
        pair, probability = step.on(pair, others)
        exact, exact_probability = step.on(exact, exact_others)
        likelihood *= probability
        assert abs(probability - exact_probability) < 1e-12 / likelihood
        assert np.abs(exact.density_matrix() - pair.density_matrix()).max() < 1e-12 / likelihood


@settings(deadline=None)
@given(pair=BELL_DIAGONAL, first=LAWS, second=LAWS, seconds=SECONDS)
def test_with_relaxation_they_differ_by_the_product_of_both_dampings(
    pair: BellDiagonalState, first: MemoryNoise | None, second: MemoryNoise | None, seconds: float
) -> None:
    exact = DensityMatrixState.from_density_matrix(pair.density_matrix()).decayed(first, second, seconds)
    twirled = pair.decayed(first, second, seconds)
    drift = [0.0 if law is None else law.transfer_matrix(0.0, seconds)[3, 0] for law in (first, second)]
    expected = np.array([1, 1, -1, -1]) * drift[0] * drift[1] / 4
    assert np.abs(np.subtract(exact.probabilities(), twirled.probabilities()) - expected).max() < 1e-13

"""Random states and imperfections for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from qsim.quantum import BellDiagonalState, DensityMatrixState, OperationNoise, bbpssw, dejmps
from tests.quantum import oracle

#: Bell-state probabilities in small whole ratios: the extreme points are among them, and nothing lies so near
#: to one that rounding decides.
WEIGHTS = (
    st.tuples(*[st.integers(0, 20)] * 4).filter(any).map(lambda given: tuple(np.array(given) / sum(given)))
)
BELL_DIAGONAL = WEIGHTS.map(lambda weights: BellDiagonalState.from_probabilities(*weights))
DENSITY_MATRICES = st.builds(
    lambda seed, rank: oracle.random_state(np.random.default_rng(seed), rank),
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
)
DENSITY = DENSITY_MATRICES.map(DensityMatrixState.from_density_matrix)
OPERATIONS = st.builds(
    OperationNoise,
    gate_error=st.floats(0, 15 / 16),
    readout_error=st.floats(0, 0.5) | st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)),
    degradation=st.floats(0, 1),
)
RECIPES = st.sampled_from((bbpssw, dejmps))
SECONDS = st.floats(0, 10)
_TIME = st.floats(0.05, 50)
_RATE = st.floats(0, 3)


@st.composite
def storage(draw: st.DrawFn) -> dict[str, object]:
    """The parameters of a stored qubit, as `oracle.law` and `oracle.jumps` take them."""
    t1 = draw(st.none() | _TIME)
    longest = 50.0 if t1 is None else 2 * t1
    return {
        "t1": t1,
        "t2": draw(st.none() | st.floats(0.02, 1).map(lambda share: share * longest)),
        "depolarising": draw(st.none() | _TIME),
        "dephasing": draw(st.none() | _TIME),
        "pauli": draw(st.just((0.0, 0.0, 0.0)) | st.tuples(_RATE, _RATE, _RATE)),
    }


LAWS = st.none() | storage().map(lambda parameters: oracle.law(**parameters))  # type: ignore[arg-type]

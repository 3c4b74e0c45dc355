"""Answers row by row, and storage as plain arrays."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.readouts import GradientReadout, RidgeReadout
from qml.readouts.linear import affine
from qsim.errors import ParameterError
from qsim.registry import lookup


def problem(models=None):
    random = np.random.default_rng(0)
    lead = () if models is None else (models,)
    return random.normal(size=(*lead, 50, 5)), random.normal(size=(50, 2))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(1, 300), st.integers(1, 4), st.booleans())
def test_a_row_has_the_same_answer_in_any_company(rows, size, targets, fortran):
    random = np.random.default_rng(size)
    x = random.normal(size=(rows, size))
    x = np.asfortranarray(x) if fortran else x
    weights, intercept = random.normal(size=(size, targets)), random.normal(size=targets)
    together = affine(x, weights, intercept)
    np.testing.assert_allclose(together, x @ weights + intercept, rtol=1e-10, atol=1e-10)
    alone = np.concatenate([affine(x[row : row + 1], weights, intercept) for row in range(rows)])
    np.testing.assert_array_equal(together, alone)


READOUT_CASES = [
    RidgeReadout(),
    RidgeReadout(penalties=(1e-3,), scale=True),
    RidgeReadout(per_target=True, refit=False, validation=0.4),
    GradientReadout(epochs=2, shuffle=True, seed=9),
]


@pytest.mark.parametrize("readout", READOUT_CASES)
@pytest.mark.parametrize("flat", [False, True])
def test_storage_without_pickle_gives_the_same_readout(readout, flat):
    x, y = problem()
    readout.fit(x, y[:, 0] if flat else y)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **readout.to_dict())
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        kind = str(stored["kind"])
        again = lookup("readout", kind).from_dict(dict(stored))
    assert type(again) is type(readout)
    assert repr(again) == repr(readout)
    np.testing.assert_array_equal(again.predict(x), readout.predict(x))
    for name, array in readout.to_dict().items():
        np.testing.assert_array_equal(again.to_dict()[name], array)


def test_a_stack_is_stored_too():
    x, y = problem(models=3)
    readout = GradientReadout(epochs=2).fit(x, y)
    np.testing.assert_array_equal(GradientReadout.from_dict(readout.to_dict()).predict(x), readout.predict(x))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"kind": np.asarray("gradient")}, "stored with the kind 'ridge', got 'gradient'"),
        ({"weights_": None}, "weights_ missing, nothing unknown"),
        ({"novelty": np.ones(2)}, "nothing missing, novelty unknown"),
        ({"intercept_": np.ones(3)}, "do not go with"),
        ({"weights_": np.asarray(1.0)}, "do not go with"),
        ({"weights_": np.full((5, 2), np.nan)}, "weights_ has 10 values that are NaN"),
        ({"validation": np.asarray(7.0)}, "RidgeReadout.validation"),
    ],
)
def test_damaged_storage_is_refused(damage, message):
    stored = RidgeReadout().fit(*problem()).to_dict() | damage
    stored = {name: array for name, array in stored.items() if array is not None}
    with pytest.raises(ParameterError, match=message):
        RidgeReadout.from_dict(stored)


@pytest.mark.parametrize("readout", [RidgeReadout(), GradientReadout()])
def test_what_is_not_fitted_is_not_stored(readout):
    with pytest.raises(ParameterError, match="has not been fitted"):
        readout.to_dict()

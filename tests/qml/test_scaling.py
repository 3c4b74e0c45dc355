"""Scalers against scikit-learn's, and what they refuse."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from qml.scaling import Scaler
from qsim.errors import ParameterError

SERIES = np.random.default_rng(1).normal([3.0, -100.0], [0.1, 40.0], (200, 2))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Scaler(), MinMaxScaler((-1, 1))),
        (Scaler("minmax", 0.2, 5.0), MinMaxScaler((0.2, 5.0))),
        (Scaler("standard"), StandardScaler()),
    ],
)
def test_the_numbers_are_those_of_scikit_learn(ours: Scaler, theirs: Any) -> None:
    train = SERIES[:120]
    expected = theirs.fit(train).transform(SERIES)
    np.testing.assert_allclose(ours.fit(train).transform(SERIES), expected, rtol=1e-12, atol=1e-12)


def test_the_range_comes_from_what_was_fitted_and_nothing_is_clipped() -> None:
    scaler = Scaler().fit([2.0, 4.0])
    np.testing.assert_array_equal(scaler.transform([2.0, 3.0, 4.0, 10.0, 0.0]), [-1, 0, 1, 7, -3])


def test_none_changes_no_bit_and_takes_a_constant() -> None:
    scaler = Scaler("none").fit(np.ones((5, 2)))
    np.testing.assert_array_equal(scaler.transform(SERIES), SERIES)
    np.testing.assert_array_equal(scaler.inverse(SERIES), SERIES)


@pytest.mark.parametrize("kind", ["minmax", "standard", "none"])
def test_windows_are_scaled_by_their_last_axis(kind: str) -> None:
    scaler = Scaler(kind).fit(SERIES)
    windows = SERIES.reshape(50, 4, 2)
    np.testing.assert_array_equal(scaler.transform(windows), scaler.transform(SERIES).reshape(50, 4, 2))


def test_one_channel_keeps_its_shape() -> None:
    scaler = Scaler().fit(SERIES[:, :1])
    assert scaler.transform(SERIES[:, 0]).shape == (200,)
    assert scaler.transform(SERIES[:, :1]).shape == (200, 1)


@given(
    arrays(np.float64, (6, 2), elements=st.floats(-1e6, 1e6), unique=True),
    st.sampled_from(["minmax", "standard", "none"]),
)
def test_inverse_undoes_transform(values: np.ndarray, kind: str) -> None:
    # Channels that hardly vary about a large mean cannot be brought back to more than the mean's precision.
    scaler = Scaler(kind).fit(values)
    back = scaler.inverse(scaler.transform(values))
    np.testing.assert_allclose(back, values, rtol=1e-12, atol=1e-12 * np.abs(values).max())


@pytest.mark.parametrize("kind", ["minmax", "standard", "none"])
def test_a_stored_scaler_comes_back_bit_for_bit(kind: str) -> None:
    scaler = Scaler(kind, -0.3, 0.7).fit(SERIES)
    again = Scaler.from_dict(json.loads(json.dumps(scaler.to_dict())))
    assert (again.kind, again.low, again.high) == (kind, -0.3, 0.7)
    np.testing.assert_array_equal(again.transform(SERIES), scaler.transform(SERIES))


@pytest.mark.parametrize("kind", ["minmax", "standard"])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e9])
def test_a_constant_channel_is_refused(kind: str, value: float) -> None:
    values = np.column_stack([SERIES[:, 0], np.full(200, value)])
    with pytest.raises(ParameterError, match=re.escape(f"channel 1 is {value:g} throughout")):
        Scaler(kind).fit(values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, np.nan], "NaN or infinite"),
        ([1.0, np.inf], "NaN or infinite"),
        ([], "empty"),
        (np.zeros((2, 2, 2)), "shape"),
        (["a", "b"], "numbers"),
    ],
)
def test_what_cannot_be_fitted(values: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Scaler().fit(values)


def test_what_cannot_be_transformed() -> None:
    with pytest.raises(ParameterError, match="not been fitted"):
        Scaler().transform([1.0])
    with pytest.raises(ParameterError, match="not been fitted"):
        Scaler().to_dict()
    scaler = Scaler().fit(SERIES)
    with pytest.raises(ParameterError, match=r"\(\.\.\., 2\).*got \(200, 3\)"):
        scaler.transform(np.zeros((200, 3)))
    with pytest.raises(ParameterError, match=r"got \(2,\)|got \(3,\)"):
        scaler.transform(np.zeros(3))
    with pytest.raises(ParameterError, match="NaN"):
        scaler.inverse(np.full((3, 2), np.nan))


def test_impossible_settings() -> None:
    with pytest.raises(ParameterError, match="did you mean 'minmax'"):
        Scaler("minmaxx")
    with pytest.raises(ParameterError, match="less than `high`"):
        Scaler(low=1.0, high=1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": [0.0, 1.0]}, "damaged"),
        ({"unit": [1.0]}, "damaged"),
        ({"offset": 3.0, "unit": 1.0}, "damaged"),
        ({"offset": [np.nan, 1.0]}, "NaN"),
        ({"kind": "cubic"}, "one of minmax"),
        ({"extra": 1}, "nothing missing, extra unknown"),
    ],
)
def test_a_damaged_scaler_is_refused(change: dict[str, Any], message: str) -> None:
    stored = Scaler().fit(SERIES).to_dict() | change
    with pytest.raises(ParameterError, match=message):
        Scaler.from_dict(stored)


def test_a_missing_entry_is_named() -> None:
    stored = Scaler().fit(SERIES).to_dict()
    del stored["unit"]
    with pytest.raises(ParameterError, match="unit missing"):
        Scaler.from_dict(stored)

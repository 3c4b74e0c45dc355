"""The assertion that looks for look-ahead finds it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.qml.causality import assert_causal

SERIES = np.random.default_rng(0).normal(size=(50, 2))


def test_what_looks_back_passes() -> None:
    assert_causal(lambda inputs: np.cumsum(inputs, axis=0), SERIES, 20)


def test_a_look_ahead_of_one_step_is_found() -> None:
    with pytest.raises(AssertionError, match="step 20 moved"):
        assert_causal(lambda inputs: np.roll(inputs, -1, axis=0), SERIES, 20)


def test_scaling_by_the_whole_series_is_found() -> None:
    with pytest.raises(AssertionError, match="moved with inputs after step 20"):
        assert_causal(lambda inputs: inputs / np.abs(inputs).max(axis=0), np.cumsum(SERIES**2, axis=0), 20)


def test_a_map_that_ignores_its_input_proves_nothing() -> None:
    with pytest.raises(AssertionError, match="sees nothing"):
        assert_causal(np.zeros_like, SERIES, 20)


@pytest.mark.parametrize("at", [-1, 49])
def test_a_test_without_a_future_is_refused(at: int) -> None:
    with pytest.raises(AssertionError, match="no future"):
        assert_causal(lambda inputs: inputs, SERIES, at)

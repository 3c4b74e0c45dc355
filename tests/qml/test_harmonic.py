"""The forecaster of waves: exact on waves, the right period in noise, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from qml.forecasters import HarmonicForecaster
from qsim.errors import ParameterError


def waves(steps, period, channels=3):
    time = np.arange(steps)[:, None]
    phase = 2 * np.pi * (time / period + np.arange(channels) / channels)
    return 10 + 4 * np.sin(phase) + np.cos(2 * phase)


@pytest.mark.parametrize("period", [15.0, 17.3, 60.0])
def test_waves_of_a_known_period_are_continued_exactly(period):
    series = waves(200, period)
    fitted = HarmonicForecaster(period=period).fit(series[:120])
    assert np.abs(fitted.forecast(80) - series[120:]).max() < 1e-9


@pytest.mark.parametrize("period", [15.0, 17.3, 60.0])
def test_the_period_is_found_in_noise(period):
    noisy = waves(180, period) + np.random.default_rng(3).normal(0, 2, (180, 3))
    fitted = HarmonicForecaster(floor=None).fit(noisy)
    # To an eighth of what a history of that length tells apart: the last crest is missed by that share.
    assert abs(180 / fitted.period - 180 / period) < 0.2
    true = waves(200, period)[180:]
    assert np.sqrt(((fitted.forecast(20) - true) ** 2).mean()) < 1.2


def test_values_that_come_in_move_the_present_and_nothing_else():
    series = waves(150, 20.0)
    one = HarmonicForecaster(period=20).fit(series[:100])
    ahead = one.forecast(9)
    one.update(series[100:104] + 7.0)
    assert np.array_equal(one.forecast(5), ahead[4:])


def test_the_floor_and_one_channel():
    wave = 1 + 3 * np.sin(np.arange(60) / 3)
    coming = HarmonicForecaster(floor=0.0).fit(np.maximum(wave, 0)).forecast(30)
    assert coming.shape == (30, 1)
    assert coming.min() == 0
    flat = HarmonicForecaster().fit(np.full((20, 2), 5.0))
    assert np.allclose(flat.forecast(4), 5.0)


def test_what_is_too_short_is_refused():
    with pytest.raises(ParameterError, match="too short for waves, which need 6"):
        HarmonicForecaster().fit(np.arange(5.0))
    with pytest.raises(ParameterError, match="which need 50"):
        HarmonicForecaster(period=50).fit(np.arange(30.0))

"""Photons in a window: limits that are known, and direct integration of the correlation functions."""

from __future__ import annotations

from math import cos, exp, inf, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import photon_shape
from qsim.errors import ParameterError

TAU = 12e-9
WIDTHS = st.floats(0.05, 30).map(lambda lifetimes: lifetimes * TAU)
#: Lifetime, coherence time, detuning, width and start of windows, s and Hz.
SHAPES = [
    (TAU, None, 0.0, 25e-9, 0.0),
    (TAU, 15e-9, 0.0, 25e-9, 2e-9),
    (TAU, 15e-9, 40e6, 10e-9, 3e-9),
    (TAU, None, 40e6, 30e-9, -5e-9),
    (TAU, 12e-9, 0.0, 10e-9, 0.0),
    (TAU, 3e-9, 5e6, 40e-9, 1e-9),
]


def integrated(
    tau: float, coherence_time: float | None, detuning: float, width: float, start: float
) -> tuple[float, float, float]:
    """Capture, visibility and coherence as sums over a lattice of midpoints, without a formula for either."""
    begin, end = max(start, 0.0), start + width
    step = (end - begin) / 2000
    times = begin + step * (np.arange(2000) + 0.5)
    gamma = 0.0 if coherence_time is None else 1 / coherence_time - 1 / (2 * tau)
    density = np.exp(-times / tau) / tau
    apart = times[:, None] - times[None, :]
    field = np.sqrt(density[:, None] * density[None, :])
    # Both photons' fields are correlated over the same two instants; each dephases by itself.
    both = field * field * np.exp(-2 * gamma * np.abs(apart)) * np.cos(2 * pi * detuning * apart)
    kept = float(density.sum() * step)
    mean = np.sum(density * np.exp(-2 * gamma * times + 2j * pi * detuning * times)) * step
    return kept, float(both.sum() * step**2) / kept**2, abs(complex(mean)) / kept


@pytest.mark.parametrize(("tau", "coherence_time", "detuning", "width", "start"), SHAPES)
def test_windows_agree_with_direct_integration(
    tau: float, coherence_time: float | None, detuning: float, width: float, start: float
) -> None:
    """A lattice of 2000 points errs by some 1e-5 where the integrand has its kink."""
    kept, visible, coherent = integrated(tau, coherence_time, detuning, width, start)
    shape = (tau, width, coherence_time, detuning, start)
    assert photon_shape.capture(tau, width, start) == pytest.approx(kept, abs=1e-5)
    assert photon_shape.visibility(*shape) == pytest.approx(visible, abs=2e-5)
    assert photon_shape.coherence(*shape) == pytest.approx(coherent, abs=1e-5)
    assert photon_shape.coincidence(*shape) == pytest.approx(kept**2 * (1 - visible) / 2, abs=2e-5)


def test_a_window_keeps_what_comes_within_it() -> None:
    assert photon_shape.capture(TAU, 25e-9) == pytest.approx(1 - exp(-25 / 12))
    assert photon_shape.capture(TAU, 25e-9, 5e-9) == pytest.approx(exp(-5 / 12) - exp(-30 / 12))
    assert photon_shape.capture(TAU, inf, 5e-9) == pytest.approx(exp(-5 / 12))
    assert photon_shape.capture(TAU, 5e-9, -9e-9) == 0


@given(st.floats(0.05, 1))
def test_without_a_window_dephasing_leaves_the_ratio_of_coherence_time_to_twice_the_lifetime(
    share: float,
) -> None:
    """Bylander et al. (2003): V = T2/(2 T1)."""
    time = share * 2 * TAU
    assert photon_shape.visibility(TAU, coherence_time=time) == pytest.approx(share)
    assert photon_shape.coherence(TAU, coherence_time=time) == pytest.approx(share)


@given(st.floats(0, 200e6))
def test_without_a_window_detuning_leaves_a_lorentzian(detuning: float) -> None:
    """The squared overlap of two exponential wave packets, 1/(1 + (ωτ)²)."""
    left = 1 / (1 + (2 * pi * detuning * TAU) ** 2)
    assert photon_shape.visibility(TAU, detuning=detuning) == pytest.approx(left)
    assert photon_shape.coherence(TAU, detuning=detuning) ** 2 == pytest.approx(left)


@settings(deadline=None)
@given(WIDTHS, st.floats(1.01, 3), st.floats(0.1, 1), st.floats(0, 20e6))
def test_a_narrower_window_loses_photons_and_gains_visibility(
    width: float, factor: float, share: float, detuning: float
) -> None:
    narrow, wide = width, factor * width
    time = share * 2 * TAU
    assert photon_shape.capture(TAU, narrow) <= photon_shape.capture(TAU, wide)
    seen = [photon_shape.visibility(TAU, one, time, detuning) for one in (narrow, wide)]
    assert 0 <= seen[1] <= seen[0] + 1e-9 <= 1 + 2e-9


def test_photons_of_a_short_window_are_alike() -> None:
    assert photon_shape.visibility(TAU, 1e-12, 3e-9, 50e6) == pytest.approx(1, abs=1e-3)
    assert photon_shape.coherence(TAU, 1e-12, 3e-9, 50e6) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("nearly", [0.0, 1e-12, 1e-7])
def test_dephasing_as_fast_as_the_decay_is_no_special_case(nearly: float) -> None:
    """2γ = 1/τ at a coherence time of the lifetime: a limit of the formula."""
    found = photon_shape.visibility(TAU, 10e-9, TAU * (1 - nearly))
    assert found == pytest.approx(photon_shape.visibility(TAU, 10e-9, TAU * (1 - 1e-4)), abs=1e-4)
    assert found == pytest.approx(0.7762965551, abs=1e-7)


def test_a_detuning_beats_in_time() -> None:
    """Two clicks a time apart see cos(ωt): a window of many beats averages it away, a short one does not."""
    assert photon_shape.visibility(TAU, 1e-9, detuning=100e6) > 0.9
    assert photon_shape.visibility(TAU, detuning=100e6) < 0.02
    assert cos(2 * pi * 100e6 * 5e-9) == pytest.approx(-1)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"lifetime": 0.0, "width": 1e-9}, "lifetime"),
        ({"lifetime": TAU, "width": 0.0}, "width"),
        ({"lifetime": TAU, "width": 1e-9, "start": inf}, "start"),
        ({"lifetime": TAU, "width": 1e-9, "coherence_time": 25e-9}, "coherence_time"),
    ],
)
def test_impossible_shapes_are_refused(arguments: dict[str, float], name: str) -> None:
    with pytest.raises(ParameterError, match=f"`{name}` must be in"):
        photon_shape.visibility(**arguments)

"""Single-click heralding at attempt detail, against closed forms and against photons in modes."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.link_models import AttemptProfile, SingleClick
from qsim.errors import ParameterError
from tests.analytic.printed import printed
from tests.hardware import fock
from tests.hardware.devices import link_hardware

EFFICIENCIES = st.floats(1e-3, 1)
DARK = st.floats(0, 0.5)
BRIGHT = st.floats(0.01, 0.99)


def closed_form(bright: float, eta: float, dark: float) -> tuple[float, float]:
    """Success probability and fidelity with equal arms and indistinguishable photons."""
    dim = 1 - bright
    seen = eta * (1 - dark)
    unseen = (1 - eta) * 2 * dark * (1 - dark)
    pair = (1 - (1 - eta) ** 2) * (1 - dark) + (1 - eta) ** 2 * 2 * dark * (1 - dark)
    success = dim**2 * 2 * dark * (1 - dark) + 2 * bright * dim * (seen + unseen) + bright**2 * pair
    return success, (2 * bright * dim * seen + bright * dim * unseen) / success


def profile(bright: float, *arms: float, dark: float = 0.0, **fields: float | bool) -> AttemptProfile:
    return SingleClick(bright_population=bright, **fields).profile(link_hardware(*arms, dark))


@pytest.mark.parametrize(
    ("bright", "eta", "dark", "success", "fidelity"),
    [
        (0.1, 1, 0, "0.1900000000", "0.9473684211"),
        (0.1, 0.1, 0, "0.0199000000", "0.9045226131"),
        (0.1, 0.01, 0, "0.0019990000", "0.9004502251"),
        (0.3, 0.01, 0, "0.0059910000", "0.7010515774"),
        (0.1, 0.01, 1e-5, "0.00201893983", "0.8924307476"),
        (0.1, 0.001, 1e-5, "0.0002199838", "0.8264080434"),
        (0.5, 0.2, 1e-3, "0.19142838", "0.5239536583"),
    ],
)
def test_instances(bright: float, eta: float, dark: float, success: str, fidelity: str) -> None:
    found = profile(bright, eta, eta, dark=dark)
    assert found.success == printed(success)
    assert found.fidelity == printed(fidelity)


@given(BRIGHT, EFFICIENCIES, DARK)
def test_equal_arms_follow_the_closed_form(bright: float, eta: float, dark: float) -> None:
    found = profile(bright, eta, eta, dark=dark)
    success, fidelity = closed_form(bright, eta, dark)
    assert found.success == pytest.approx(success, rel=1e-9, abs=0)
    assert found.fidelity == pytest.approx(fidelity, abs=1e-9)


@given(BRIGHT, EFFICIENCIES)
def test_without_dark_counts_the_bright_state_bounds_the_fidelity(bright: float, eta: float) -> None:
    found = profile(bright, eta, eta)
    assert found.success == pytest.approx(2 * bright * eta - bright**2 * eta**2, rel=1e-9, abs=0)
    assert found.fidelity == pytest.approx((1 - bright) / (1 - bright * eta / 2), abs=1e-9)


@given(BRIGHT, EFFICIENCIES, EFFICIENCIES, st.floats(0, 1))
def test_unequal_arms_without_dark_counts(
    bright: float, first: float, second: float, visibility: float
) -> None:
    """One bright spin: its photon is seen. Two: one is, or both leave together, as (1 + visibility)/2 do.

    The coherence of db and bd keeps the geometric mean of the arms, times the overlap of the wave packets.
    """
    one = bright * (1 - bright)
    pair = first + second - 2 * first * second + first * second * (1 + visibility) / 2
    success = one * (first + second) + bright**2 * pair
    fidelity = one * ((first + second) / 2 + sqrt(first * second * visibility)) / success
    found = profile(bright, first, second, visibility=visibility)
    assert found.success == pytest.approx(success, rel=1e-9, abs=0)
    assert found.fidelity == pytest.approx(fidelity, abs=1e-9)


@given(BRIGHT, EFFICIENCIES, EFFICIENCIES, st.floats(0, 1), EFFICIENCIES, DARK)
@example(0.3, 0.9, 0.2, 0.85, 0.7, 0.01)
def test_profiles_agree_with_photons_in_modes(
    bright: float, first: float, second: float, visibility: float, efficiency: float, dark: float
) -> None:
    """Any arms, visibility, detector efficiency and dark counts against occupation numbers."""
    maps = fock.click_maps(first, second, visibility, efficiency, dark)
    success, rho = fock.single_click(bright, maps)
    found = SingleClick(bright_population=bright, visibility=visibility).profile(
        link_hardware(first * efficiency, second * efficiency, dark, detection=efficiency)
    )
    assert found.success == pytest.approx(success, rel=1e-9, abs=0)
    assert found.first_round_success == 1
    assert found.rho == pytest.approx(rho, abs=1e-9)


@given(BRIGHT, EFFICIENCIES, EFFICIENCIES, DARK, st.floats(0, 1), st.floats(0, 1))
def test_it_does_not_matter_where_an_arm_loses_its_light(
    bright: float, first: float, second: float, dark: float, share: float, part: float
) -> None:
    least = max(first, second)
    detection = least + share * (1 - least)
    memories = tuple(eta / detection + part * (1 - eta / detection) for eta in (first, second))
    whole = profile(bright, first, second, dark=dark)
    split = SingleClick(bright_population=bright).profile(
        link_hardware(first, second, dark, detection=detection, memories=memories)
    )
    assert split.success == pytest.approx(whole.success, rel=1e-9, abs=0)
    assert split.rho == pytest.approx(whole.rho, abs=1e-9)


def test_without_bunching_more_pairs_of_photons_give_themselves_away() -> None:
    """Both seen: without interference they part half of the time, with it never."""
    bright, eta = 0.3, 0.8
    free, bunched = profile(bright, eta, eta, bunching=False), profile(bright, eta, eta)
    assert bunched.success - free.success == pytest.approx(bright**2 * eta**2 / 2)
    assert free.fidelity > bunched.fidelity


@given(BRIGHT, EFFICIENCIES, EFFICIENCIES, DARK, st.floats(0, 1), st.booleans())
def test_profiles_are_probabilities_and_states(
    bright: float, first: float, second: float, dark: float, visibility: float, bunching: bool
) -> None:
    found = profile(bright, first, second, dark=dark, visibility=visibility, bunching=bunching)
    assert 0 <= found.success <= 1
    assert np.trace(found.rho) == pytest.approx(1)
    assert np.linalg.eigvalsh(found.rho).min() >= -1e-12
    mirrored = profile(bright, second, first, dark=dark, visibility=visibility, bunching=bunching)
    assert mirrored.success == pytest.approx(found.success, rel=1e-9, abs=0)
    assert mirrored.fidelity == pytest.approx(found.fidelity, abs=1e-9)


@pytest.mark.parametrize("eta", [1e-150, 1e-162, 1e-200, 1e-300, 1e-310, 5e-324, 0.0])
def test_efficiencies_at_the_edge_of_floating_point_give_states(eta: float) -> None:
    found = profile(0.1, eta, eta)
    assert found.success == pytest.approx(0.2 * eta, rel=1e-9, abs=1e-320)
    assert found.fidelity == pytest.approx(0.9 if found.success > 1e-290 else 0.25)


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5])
def test_the_bright_population_lies_between_none_and_all(value: float) -> None:
    with pytest.raises(ParameterError, match=r"`SingleClick.bright_population` must be in \(0, 1\)"):
        SingleClick(bright_population=value)


@pytest.mark.parametrize(
    ("success", "first_round"), [(-0.1, 1.0), (float("nan"), 1.0), (0.5, 0.4), (0.5, 1.5)]
)
def test_an_attempt_that_cannot_be_is_refused(success: float, first_round: float) -> None:
    with pytest.raises(ParameterError, match="an attempt's `success` must be in"):
        AttemptProfile(success, first_round, np.eye(4, dtype=np.complex128) / 4)

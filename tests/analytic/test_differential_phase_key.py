"""Keys of the phases between weak pulses."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import differential_phase_key, qkd
from qsim.errors import ParameterError


def test_without_errors_split_light_alone_is_known() -> None:
    assert differential_phase_key.secret_share(0.0, 0.0) == 1
    assert differential_phase_key.secret_share(0.0, 0.2) == pytest.approx(0.6)
    assert differential_phase_key.secret_share(0.0, 0.5) == 0
    assert differential_phase_key.secret_share(0.01, 3.0) == 0


def test_errors_as_worked_out_by_hand() -> None:
    """e = .05: e² = .0025 and (1 - .3)²/2 = .245, so that 1 - .2475 = .7525 is the chance to guess alike."""
    assert differential_phase_key.secret_share(0.05, 0.1) == pytest.approx(-0.8 * log2(0.7525), rel=1e-12)


@settings(deadline=None)
@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 0.6))
def test_more_errors_never_leave_more(one: float, other: float, photons: float) -> None:
    low, high = sorted((one, other))
    most, least = (differential_phase_key.secret_share(error, photons) for error in (low, high))
    assert 1 >= most >= least - 1e-12
    assert least >= 0


def test_a_slot_gives_what_correction_leaves() -> None:
    seen = qkd.weak_pulses(0.1, 0.2, 1e-5, 0.01)
    left = differential_phase_key.secret_share(seen.error_rate, 0.2) - 1.1 * qkd.binary_entropy(
        seen.error_rate
    )
    rate = differential_phase_key.key_rate(seen, 0.2, 1.1)
    assert rate == pytest.approx(seen.probability * left)
    assert rate > 0
    assert differential_phase_key.key_rate(qkd.Detected(0.1, 0.1), 0.2) == 0


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ParameterError, match="`error_rate` must be in"):
        differential_phase_key.secret_share(0.6, 0.2)
    with pytest.raises(ParameterError, match="`correction` must be"):
        differential_phase_key.key_rate(qkd.Detected(0.1, 0.0), 0.2, 0.9)

"""Bounds on lossy channels."""

from __future__ import annotations

from math import inf, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import capacity


@pytest.mark.parametrize(("length", "expected"), [(0, 1.0), (50e3, 0.1), (15e3, 0.5011872336), (100e3, 0.01)])
def test_transmission_of_telecom_fibre(length: float, expected: float) -> None:
    assert capacity.transmission(length) == pytest.approx(expected, rel=1e-10)


def test_bound_at_known_points() -> None:
    assert capacity.repeaterless_bound(0.5) == 1
    assert capacity.repeaterless_bound(0.75) == pytest.approx(2)
    assert capacity.repeaterless_bound(0) == 0
    assert capacity.repeaterless_bound(1) == inf


@pytest.mark.parametrize(
    ("km", "eta", "bound"),
    [
        (0.1, 0.995405417351527, 7.765850465220468),
        (50, 0.1, 0.15200309344505),
        (200, 0.0001, 0.00014427671804503523),
    ],
)
def test_bound_over_fibre(km: float, eta: float, bound: float) -> None:
    assert capacity.transmission(km * 1e3) == pytest.approx(eta, rel=1e-12)
    assert capacity.repeaterless_bound(eta) == pytest.approx(bound, rel=1e-12)


def test_bound_of_a_poor_channel_is_linear() -> None:
    assert capacity.repeaterless_bound(1e-9) == pytest.approx(1e-9 / 0.6931471805599453, rel=1e-8)


@settings(deadline=None)
@given(st.floats(1e-6, 0.999), st.integers(0, 20))
def test_repeaters_divide_the_loss(transmissivity: float, repeaters: int) -> None:
    segment = transmissivity ** (1 / (repeaters + 1))
    assert capacity.repeater_bound(transmissivity, repeaters) == pytest.approx(-log2(1 - segment), rel=1e-6)
    assert capacity.repeater_bound(transmissivity, repeaters + 1) > capacity.repeater_bound(
        transmissivity, repeaters
    )


@settings(deadline=None)
@given(st.floats(0, 400e3))
def test_direct_transmission_stays_below_the_bound(length: float) -> None:
    sent = capacity.direct_rate(length, source_rate=1e6, efficiency=0.5)
    assert sent == pytest.approx(0.5e6 * capacity.transmission(length))
    assert sent < 1e6 * capacity.repeaterless_bound(capacity.transmission(length))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.fibre import SingleModeFibre
from qsim.errors import ParameterError

LENGTHS = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("length", "survives"), [(0, 1.0), (15e3, 10**-0.3), (50e3, 0.1), (100e3, 0.01), (1000e3, 1e-20)]
)
def test_a_fifth_of_a_decibel_a_kilometre(length: float, survives: float) -> None:
    assert SingleModeFibre().transmission(length) == pytest.approx(survives, rel=1e-12)


@given(LENGTHS, LENGTHS, st.floats(0, 1e-3))
def test_losses_of_consecutive_pieces_multiply(one: float, other: float, attenuation: float) -> None:
    fibre = SingleModeFibre(attenuation=attenuation)
    assert fibre.transmission(one + other) == pytest.approx(
        fibre.transmission(one) * fibre.transmission(other), rel=1e-9
    )


def test_fibre_without_attenuation_loses_nothing() -> None:
    assert SingleModeFibre(attenuation=0.0).transmission(1e9) == 1.0


def test_light_takes_five_microseconds_a_kilometre() -> None:
    assert SingleModeFibre().delay_ps(20e3) == 100_000_000
    assert SingleModeFibre().delay_ps(0.0) == 0


def test_speed_may_be_given_as_a_share_of_that_in_vacuum() -> None:
    assert SingleModeFibre(speed="1 c").delay_ps(299.792458) == 1_000_000


@pytest.mark.parametrize(
    ("rate", "slot"), [(None, 0), ("50 MHz", 20_000), ("100 GHz", 10), (3e9, 333), (1e12, 1), (9e12, 1)]
)
def test_slots_last_as_long_as_their_rate_says_and_never_vanish(rate: float | str | None, slot: int) -> None:
    assert SingleModeFibre(slot_rate=rate).slot_ps() == slot


@pytest.mark.parametrize(
    ("field", "value", "bound"),
    [
        ("attenuation", -0.1, r"\[0, inf\) dB/m"),
        ("speed", 0, r"\(0, 299792458\] m/s"),
        ("speed", "1.1 c", r"\(0, 299792458\] m/s"),
        ("slot_rate", 0, r"\(0, inf\) Hz"),
    ],
)
def test_impossible_fibre_is_refused(field: str, value: float | str, bound: str) -> None:
    with pytest.raises(ParameterError, match=rf"`SingleModeFibre.{field}` must be in {bound}, got {value}"):
        SingleModeFibre(**{field: value})


def test_quantities_of_another_kind_are_refused() -> None:
    with pytest.raises(ParameterError, match="cannot be read as a quantity in dB/m"):
        SingleModeFibre(attenuation="20 km")

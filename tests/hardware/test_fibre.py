from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.attenuation import usual_attenuation
from hardware.fibre import SingleModeFibre
from qsim.errors import ParameterError
from qsim.units import nm, parse

LENGTHS = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("length", "survives"), [(0, 1.0), (15e3, 10**-0.3), (50e3, 0.1), (100e3, 0.01), (1000e3, 1e-20)]
)
def test_a_fifth_of_a_decibel_a_kilometre(length: float, survives: float) -> None:
    assert SingleModeFibre().transmission(length, 1550e-9) == pytest.approx(survives, rel=1e-12)


@given(LENGTHS)
def test_at_1550_nm_nothing_has_changed_to_the_last_bit(length: float) -> None:
    for wavelength in (1550e-9, 1550 * nm, parse("1550 nm", "m")):
        assert SingleModeFibre().transmission(length, wavelength) == 10 ** (-0.2e-3 * length / 10)


@pytest.mark.parametrize(
    ("nanometres", "decibels"),
    [(430, 50), (532, 30), (630, 12), (780, 4), (850, 3.5), (1310, 0.35), (1550, 0.2), (1625, 0.23)],
)
def test_the_wavelength_drives_the_attenuation_that_is_not_given(nanometres: float, decibels: float) -> None:
    """The makers' figures; Thorlabs SM400, Nufern 630-HP and 780-HP, Corning SMF-28e+."""
    assert SingleModeFibre().attenuation_at(nanometres * nm) == pytest.approx(decibels * 1e-3, rel=1e-12)
    given = SingleModeFibre(attenuation="0.5 dB/km")
    assert given.transmission(10e3, nanometres * nm) == pytest.approx(10**-0.5, rel=1e-12)


def test_between_entries_of_the_table_the_loss_falls_and_below_it_scattering_rules() -> None:
    nanometres = [360, 400, 422, 430, 480, 532, 600, 637, 700, 780, 830, 850, 1000, 1310]
    losses = [usual_attenuation(each * nm) for each in nanometres]
    assert losses == sorted(losses, reverse=True)
    assert usual_attenuation(637 * nm) == pytest.approx(12e-3 * (637 / 630) ** (log(3) / log(63 / 78)))
    assert usual_attenuation(400 * nm) == pytest.approx(50e-3 * (430 / 400) ** 4)
    assert usual_attenuation(1600 * nm) < usual_attenuation(1625 * nm) < usual_attenuation(1650 * nm)


@pytest.mark.parametrize("nanometres", [300, 1700, 4000])
def test_where_fibre_is_opaque_the_attenuation_must_be_given(nanometres: float) -> None:
    with pytest.raises(ParameterError, match=f"at {nanometres} nm, only from 350 to 1675 nm"):
        SingleModeFibre().transmission(1.0, nanometres * nm)
    assert SingleModeFibre(attenuation=0.1).transmission(100.0, nanometres * nm) == pytest.approx(0.1)


@given(LENGTHS, LENGTHS, st.floats(0, 1e-3))
def test_losses_of_consecutive_pieces_multiply(one: float, other: float, attenuation: float) -> None:
    fibre = SingleModeFibre(attenuation=attenuation)
    assert fibre.transmission(one + other, 637e-9) == pytest.approx(
        fibre.transmission(one, 637e-9) * fibre.transmission(other, 637e-9), rel=1e-9
    )


def test_fibre_without_attenuation_loses_nothing() -> None:
    assert SingleModeFibre(attenuation=0.0).transmission(1e9, 780e-9) == 1.0


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

from __future__ import annotations

import contextlib
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim import units
from qsim.errors import ParameterError, UnitError

#: Every spelling: dimension, unit, power of ten to SI.
POWERS = [
    *(
        ("s", unit, power)
        for unit, power in (("s", 0), ("ms", -3), ("us", -6), ("µs", -6), ("ns", -9), ("ps", -12))
    ),
    *(("m", unit, power) for unit, power in (("m", 0), ("km", 3), ("cm", -2), ("mm", -3))),
    *(("m", unit, power) for unit, power in (("um", -6), ("µm", -6), ("nm", -9))),
    *(("Hz", unit, power) for unit, power in (("Hz", 0), ("kHz", 3), ("MHz", 6), ("GHz", 9))),
    *(("Hz", unit, 0) for unit in ("/s", "1/s", "cps")),
    *(("dB/m", unit, power) for unit, power in (("dB/m", 0), ("dB/km", -3))),
    *(("m/s", unit, power) for unit, power in (("m/s", 0), ("km/s", 3), ("m/us", 6))),
    *(("W", unit, power) for unit, power in (("W", 0), ("mW", -3), ("uW", -6), ("µW", -6))),
    *(("W", unit, power) for unit, power in (("nW", -9), ("pW", -12))),
    *(("1/m2", unit, power) for unit, power in (("1/m2", 0), ("/(m m)", 0), ("/(km nm)", 6))),
    ("rad", "rad", 0),
    ("dB", "dB", 0),
    ("1", "%", -2),
]
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("20 km", "m", 20_000.0),
        ("20km", "m", 20_000.0),
        ("  20   km ", "m", 20_000.0),
        ("0.2 dB/km", "dB/m", 0.0002),
        ("1.3 s", "s", 1.3),
        ("200 kHz", "Hz", 200_000.0),
        ("1550 nm", "m", 1550e-9),
        ("3 ns", "s", 3e-9),
        ("0.1 km", "m", 100.0),
        ("2 min", "s", 120.0),
        ("1.5 h", "s", 5400.0),
        ("100 /s", "Hz", 100.0),
        ("90 /min", "Hz", 1.5),
        ("7200 1/h", "Hz", 2.0),
        ("2e8 m/s", "m/s", 2e8),
        ("1 c", "m/s", 299_792_458.0),
        ("180 deg", "rad", math.pi),
        ("2e-9 /(km nm)", "1/m2", 2e-3),
        ("0.5 mW", "W", 5e-4),
        ("12.5 %", "1", 0.125),
        ("0.75", "1", 0.75),
        ("5", "s", 5.0),
        ("-3", "1", -3.0),
        ("+.5", "1", 0.5),
        ("5.", "1", 5.0),
        ("1E-3 s", "s", 0.001),
    ],
)
def test_strings(text: str, unit: str, value: float) -> None:
    assert units.parse(text, unit) == value


@pytest.mark.parametrize("value", [0, 5, -2.5, 10**18])
def test_numbers_are_si(value: float) -> None:
    read = units.parse(value, "m")
    assert (read, type(read)) == (value, float)


def test_the_greek_letter_is_as_good_as_the_micro_sign() -> None:
    assert units.parse("3 \u03bcs", "s") == units.parse("3 \u00b5s", "s") == 3e-6
    assert units.parse("3 \u03bcm", "m") == units.parse("3 \u00b5m", "m") == 3e-6


@pytest.mark.parametrize(("dimension", "unit", "power"), POWERS)
@settings(deadline=None, max_examples=30)
@given(number=DECIMALS)
def test_powers_of_ten_are_exact(dimension: str, unit: str, power: int, number: Decimal) -> None:
    assert units.parse(f"{number} {unit}", dimension) == float(number.scaleb(power))


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_float_is_read_back(number: float) -> None:
    assert units.parse(repr(number), "1") == number
    assert units.parse(f"{number!r} m", "m") == number


@given(text=st.text(max_size=12))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    # No other error, and nothing that is no time.
    with contextlib.suppress(UnitError):
        assert math.isfinite(units.parse(text, "s"))


@pytest.mark.parametrize("unit", ["s", "m", "Hz", "dB/m", "m/s", "rad", "W", "1/m2", "1"])
class TestRefusals:
    @pytest.mark.parametrize(
        "value",
        [
            True,
            False,
            None,
            [],
            {},
            (1, "s"),
            b"5",
            5j,
            "",
            " ",
            "km",
            "five",
            "--5",
            "nan",
            "inf",
        ],
    )
    def test_no_number(self, unit: str, value: Any) -> None:
        with pytest.raises(UnitError, match=r"^expected a (number|quantity)"):
            units.parse(value, unit)

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1e400", "-1e999999999999"])
    def test_not_finite(self, unit: str, value: Any) -> None:
        with pytest.raises(UnitError, match="expected a finite number"):
            units.parse(value, unit)

    def test_a_whole_number_too_large(self, unit: str) -> None:
        with pytest.raises(UnitError, match="too large to compute with"):
            units.parse(10**400, unit)

    def test_an_unknown_unit(self, unit: str) -> None:
        with pytest.raises(UnitError, match="unknown unit 'furlong' in '5 furlong'"):
            units.parse("5 furlong", unit)

    def test_only_plain_decimals_are_read(self, unit: str) -> None:
        for text in ("1,5", "0x10", "2*3", "2 * 3", "1e3**2", "20 km + 5 km", "__import__('os')"):
            with pytest.raises(UnitError):
                units.parse(text, unit)


def test_another_dimension_is_named() -> None:
    with pytest.raises(
        UnitError, match=r"'5 ms' is in ms, which cannot be read as a quantity in m such as '20 km'"
    ):
        units.parse("5 ms", "m")


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UnitError, match=r"unknown unit 'kHZ' in '5 kHZ' \(did you mean 'kHz'\?\)"):
        units.parse("5 kHZ", "Hz")


def test_a_number_that_overflows_in_its_unit() -> None:
    with pytest.raises(UnitError, match="expected a finite number, got '1e308 km'"):
        units.parse("1e308 km", "m")


def test_unit_errors_are_parameter_errors() -> None:
    assert issubclass(UnitError, ParameterError)


@pytest.mark.parametrize("unit", ["s", "m", "Hz", "dB/m", "m/s", "rad", "W", "1/m2", "1"])
def test_every_accepted_spelling_is_read(unit: str) -> None:
    for name in units.accepted(unit):
        assert units.parse(f"1 {name}", unit) > 0
    assert "" not in units.accepted(unit)


@pytest.mark.parametrize("unit", ["s", "m", "Hz", "dB/m", "m/s", "rad", "W", "1/m2"])
def test_the_example_in_a_message_can_be_read(unit: str) -> None:
    example = units.wanted(unit).split("'")[1]
    assert units.parse(example, unit) > 0


class TestPicoseconds:
    @pytest.mark.parametrize(
        ("seconds", "picoseconds"),
        [
            (0.0, 0),
            (1.0, 10**12),
            (1.3, 1_300_000_000_000),
            (1e-12, 1),
            (0.4e-12, 0),
            (0.6e-12, 1),
            (-2e-12, -2),
        ],
    )
    def test_rounded_to_the_nearest(self, seconds: float, picoseconds: int) -> None:
        assert units.to_ps(seconds) == picoseconds
        assert type(units.to_ps(seconds)) is int

    @pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf])
    def test_a_time_must_be_finite(self, seconds: float) -> None:
        with pytest.raises(UnitError, match="a time must be finite"):
            units.to_ps(seconds)

    @given(st.integers(-(10**15), 10**15))
    def test_there_and_back(self, picoseconds: int) -> None:
        # Exact as long as a float resolves the picosecond: up to about 1,000 s and far beyond.
        assert units.to_ps(units.to_s(picoseconds)) == picoseconds


def test_the_constants_are_the_table() -> None:
    for dimension, names in {
        "m": ("mm", "m", "km", "nm", "um"),
        "s": ("s", "ms", "us", "ns", "ps"),
        "Hz": ("Hz", "kHz", "MHz", "GHz"),
    }.items():
        for name in names:
            assert getattr(units, name) == units.parse(f"1 {name}", dimension)


def test_every_dimension_is_read_in_each_of_its_spellings() -> None:
    for dimension in units.dimensions():
        assert units.parse(2, dimension) == 2
        for spelling in units.accepted(dimension):
            assert units.parse(f"1 {spelling}", dimension) > 0


@pytest.mark.parametrize("seconds", [1e300, -1e300])
def test_a_time_beyond_counting_is_refused(seconds: float) -> None:
    with pytest.raises(UnitError, match="too long to be counted in picoseconds"):
        units.to_ps(seconds)

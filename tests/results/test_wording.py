from __future__ import annotations

import math

import pytest

from qsim.results.number_text import NONE, count, fidelity, number, per_cent, seconds, span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.64, "0.64"),
        (9999.6, "10 000"),
        (123456.0, "123 456"),
        (2.5e9, "2.5 G"),
        (-1_500_000.0, "-1.5 M"),
        (math.nan, NONE),
        (None, NONE),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 s"),
        (3.2e-8, "32 ns"),
        (4e-12, "4 ps"),
        (0.9995, "999.5 ms"),
        (3600.0, "3 600 s"),
        (None, NONE),
    ],
)
def test_times_take_the_unit_that_fits(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_windows_are_as_fine_as_they_are_short() -> None:
    assert span(1.3, 15.3) == "1.3-15.3 s"
    assert span(2.0, 2.05) == "2.000-2.050 s"
    assert span(1.0, 1.0) == "1.0-1.0 s"


def test_shares_fidelities_and_amounts() -> None:
    assert per_cent(0.12345) == "12.3 %"
    assert (fidelity(0.9), fidelity(None)) == ("0.9000", NONE)
    assert (count(0, "pair"), count(1, "memory"), count(2, "memory")) == ("0 pairs", "1 memory", "2 memories")

"""The comparison itself: half a unit of the last digit, and no more."""

from __future__ import annotations

import pytest

from tests.analytic.printed import printed


@pytest.mark.parametrize(
    ("value", "text"), [(0.12345, "0.123"), (2.6666667, "2.667"), (5.0396384e-5, "5.03964e-5")]
)
def test_what_rounds_to_it_agrees(value: float, text: str) -> None:
    assert value == printed(text)


@pytest.mark.parametrize(
    ("value", "text"), [(0.12351, "0.123"), (0.1224, "0.123"), (5.03970e-5, "5.03964e-5")]
)
def test_what_rounds_to_a_neighbour_does_not(value: float, text: str) -> None:
    assert value != printed(text)

"""Attributes under the many names that people give them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qsim.network.importers.attributes import Attributes, plain_name
from qsim.network.loss_report import LossReport


def attributes(**given: Any) -> Attributes:
    return Attributes(given, "nodes[x]", LossReport("g"))


def test_names_are_compared_without_case_and_punctuation() -> None:
    assert plain_name("Link-Length_KM") == "linklengthkm"
    assert attributes(Link_Length=3).take("linklength") == 3


def test_the_first_name_that_is_there_counts_and_the_rest_stays() -> None:
    made = attributes(Length=3, Distance=4, Note="n", Empty="")
    assert made.take("missing", "empty", "distance", "length") == 4
    assert made.rest() == {"Length": 3, "Note": "n", "Empty": ""}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(250, 250e-6), ("250", 250e-6), ("0.25 ms", 0.25e-3), (np.float64(1.5), 1.5e-6), ("1e3", 1e-3)],
)
def test_a_bare_number_has_the_unit_of_its_name(value: Any, expected: float) -> None:
    assert attributes(delay_us=value).quantity("s", {"delayus": "us"}) == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [("5 kg", "unknown unit 'kg'"), (True, "got True"), (-1, "expected 0 or more"), ([1], "got list")],
)
def test_quantities_that_cannot_be_read_are_reported(value: Any, why: str) -> None:
    made = attributes(Delay=value)
    assert made.quantity("s", {"delay": "s"}, least=0) is None
    (entry,) = made.report
    assert entry.path == "nodes[x].Delay"
    assert why in entry.why


def test_an_unreadable_name_gives_way_to_the_next() -> None:
    made = attributes(length="far", distance_m=7)
    assert made.quantity("m", {"length": "m", "distancem": "m"}) == 7.0
    assert len(made.report) == 1


@pytest.mark.parametrize("value", [[1, 2], (1.0, 2.0), "1, 2", "(1.0 2.0)", np.array([1, 2])])
def test_pairs(value: Any) -> None:
    assert attributes(pos=value).pair("pos") == [1.0, 2.0]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsim.documents.paths import KeyPath, format_path, parse_path
from qsim.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("run.seed", ("run", "seed")),
        ("links[2].length", ("links", 2, "length")),
        ("classical.round_trip.table[3][1]", ("classical", "round_trip", "table", 3, 1)),
        ('nodes."New York".memory', ("nodes", "New York", "memory")),
        ("nodes.Zürich.memory", ("nodes", "Zürich", "memory")),
        ('nodes."a.b[1]"', ("nodes", "a.b[1]")),
        (r'nodes."say \"A\""', ("nodes", 'say "A"')),
        ("nodes.UChicago-PME.memory", ("nodes", "UChicago-PME", "memory")),
    ],
)
def test_both_ways(text: str, path: KeyPath) -> None:
    assert parse_path(text) == path
    assert format_path(path) == text


def test_spaces_may_stand_without_quotes() -> None:
    assert parse_path("nodes.New York.memory") == ("nodes", "New York", "memory")


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a..b", "[0]", "a[", "a[x]", "a[-1]", "a]b", 'a"b', '"open', "a[0]b", "a.[0]"],
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ParameterError, match="is no key path"):
        parse_path(text)


NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)


@given(NAMES, st.lists(st.one_of(NAMES, st.integers(0, 999)), max_size=4))
def test_any_path_survives_writing(first: str, rest: list[str | int]) -> None:
    path = (first, *rest)
    assert parse_path(format_path(path)) == path

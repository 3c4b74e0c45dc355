from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsim.documents.faults import Faults
from qsim.documents.json_reader import read_json
from qsim.documents.tree import NodeValues
from qsim.errors import ScenarioError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(ANYTHING, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_agrees_with_the_standard_library(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    root = read_json(text, "f", Faults())
    assert root is not None
    assert NodeValues().of(root) == value


def test_places() -> None:
    root = read_json('{\n\t"run": {\n\t\t"seed": 5\n\t}\n}', "f", Faults())
    assert root is not None
    seed = root.items["run"].items["seed"]
    assert seed.place == ("f", ("run", "seed"), 3, 11)
    assert seed.key == ("f", ("run", "seed"), 3, 3)


def test_text_without_value() -> None:
    assert read_json(" \n\t", "f", Faults()) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a" 1}', "f:1:6: is not JSON: expected ':' after a key"),
        ("{a: 1}", "f:1:2: is not JSON: a key must be text in double quotes"),
        ("[1,]", "f:1:4: is not JSON: nothing stands between ',' and ']'"),
        ('{"a": 1,\n}', "f:2:1: is not JSON: nothing stands between ',' and '}'"),
        ("[1 2]", "f:1:4: is not JSON: expected ',' or ']' (in what begins at 1:1)"),
        ('{"a": 1]', "f:1:8: is not JSON: expected ',' or '}' (in what begins at 1:1)"),
        ('{"a": 1} x', "f:1:10: is not JSON: something follows the end of the document"),
        ('{"a":', "f:1:6: is not JSON: the text ends too early"),
        ("[,]", "f:1:2: is not JSON: a value is missing"),
        ('["abc', "f:1:2: is not JSON: unterminated string starting"),
        ('["a\nb"]', "f:1:4: is not JSON: invalid control character"),
        ("[" * 100, "f:1:65: is nested more than 64 levels deep"),
    ],
)
def test_what_is_no_json(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_json(text, "f", Faults())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "word", ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "0x1F", "True", "None", "1e"]
)
def test_words_that_json_does_not_have(word: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_json(f"[{word}]", "f", Faults())
    assert str(caught.value).startswith(f"f:1:2: is not JSON: '{word}' is no JSON value")


def test_faults_after_which_reading_goes_on() -> None:
    faults = Faults()
    root = read_json('{"a": 1, "a": 2, "b": 1' + "0" * 500 + ', "c": 3}', "f", faults)
    assert root is not None
    assert NodeValues().of(root)["c"] == 3
    assert faults.lines() == [
        "f:1:10: a: is given twice; the first is at 1:2",
        "f:1:23: b: a number of 501 characters is too long",
    ]

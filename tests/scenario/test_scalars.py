from __future__ import annotations

import math

import pytest

from qsim.documents.scalars import needs_quotes, resolve, tagged
from qsim.errors import ParameterError

CORE = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("FALSE", False),
        ("0", 0), ("-12", -12), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31),
        ("1e-3", 1e-3), ("1E5", 1e5), (".5", 0.5), ("5.", 5.0), ("-1.5e+3", -1500.0), ("+.25", 0.25),
        (".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf),
    ],
)  # fmt: skip
def test_words_of_the_core_schema(text: str, value: object) -> None:
    result = resolve(text)
    assert result == value
    assert type(result) is type(value)


def test_not_a_number() -> None:
    assert all(math.isnan(float(str(resolve(text)))) for text in (".nan", ".NaN", ".NAN"))


@pytest.mark.parametrize(
    "text",
    ["no", "yes", "on", "off", "y", "n", "nULL", "tRUE", "12:30", "12:30:45", "2024-01-01", "1_000",
     "0b11", "0o8", "0xG", "0X1F", "1e", "e5", "5e-", ".", "-", "+", "-.", "..5", "1.5.2", "20 km", "--5",
     "inf", "nan", "=", "<<"],
)  # fmt: skip
def test_everything_else_is_text(text: str) -> None:
    assert resolve(text) == text
    assert not needs_quotes(text)


def test_absurd_numbers_are_refused_before_they_cost_anything() -> None:
    with pytest.raises(ParameterError, match="a number of 5000 characters is too long"):
        resolve("9" * 5000)
    assert resolve("x" * 5000) == "x" * 5000


def test_text_that_reads_as_something_else_needs_quotes() -> None:
    assert all(needs_quotes(text) for text in ("", "5", "1e-3", "0o17", "null", "true", ".nan"))


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("5", "!", "5"),
        ("5", CORE + "str", "5"),
        ("5", CORE + "int", 5),
        ("5", CORE + "float", 5.0),
        ("true", CORE + "bool", True),
        ("", CORE + "null", None),
    ],
)
def test_explicit_tags(text: str, tag: str, value: object) -> None:
    result = tagged(text, tag)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "tag", "message"),
    [
        ("5", "!ruby/object", "the tag !ruby/object has no meaning here; leave it out"),
        ("2024-01-01", CORE + "timestamp", "the tag !!timestamp has no meaning here; leave it out"),
        ("five", CORE + "int", "'five' is no int, as its tag !!int says"),
        ("true", CORE + "int", "'true' is no int, as its tag !!int says"),
        ("5.5", CORE + "int", "'5.5' is no int, as its tag !!int says"),
    ],
)
def test_tags_that_are_refused(text: str, tag: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        tagged(text, tag)
    assert str(caught.value) == message

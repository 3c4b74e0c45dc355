"""Declarations of every shape, read from plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from qsim import registry
from qsim.documents.objects import Objects
from qsim.documents.refusals import faults_in
from qsim.errors import ParameterError
from qsim.parameters import Declared, OfKind, Param


@dataclass(frozen=True)
class Shade(Declared):
    """A shade."""

    colour: Annotated[str, Param("colour", choices=("red", "green"))] = "red"


@dataclass(frozen=True)
class Inner(Declared):
    """Something inside."""

    width: Annotated[float, Param("width", unit="m", gt=0)]


@dataclass(frozen=True)
class Everything(Declared):
    """One field of each shape."""

    size: Annotated[float, Param("size", unit="m", ge=0)]
    count: Annotated[int, Param("count", ge=1, le=9)] = 1
    share: Annotated[float, Param("share", ge=0, le=1)] = 0.5
    on: Annotated[bool, Param("whether it is on")] = True
    word: Annotated[str, Param("a word")] = ""
    limit: Annotated[float | None, Param("limit", unit="s", gt=0)] = None
    pair: Annotated[tuple[str, str], Param("two names")] = ("a", "b")
    place: Annotated[tuple[float, float] | None, Param("where", unit="m")] = None
    names: Annotated[tuple[str, ...], Param("names")] = ()
    table: Annotated[tuple[tuple[float, ...], ...], Param("a table", unit="s", ge=0)] = ()
    either: Annotated[str | tuple[str, ...], Param("one or several")] = "all"
    number: Annotated[int | float, Param("a number")] = 1
    shares: Annotated[Mapping[str, float], Param("shares", ge=0)] = None  # type: ignore[assignment]
    inner: Annotated[Inner | None, Param("inside")] = None
    inners: Annotated[tuple[Inner, ...], Param("several inside")] = ()
    shade: Annotated[Any, OfKind("shade", "the shade", default="plain")] = None
    own: Annotated[Any, OfKind("shade", "another shade")] = Shade("green")
    maybe: Annotated[Any | None, OfKind("shade", "perhaps a shade")] = None
    copy: Annotated[int, Param("a name that models use for themselves")] = 0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if self.count == 7:
            raise ParameterError("`Everything.count` must not be 7")
        if self.count == 8:
            raise ParameterError("a count of 8 brings bad luck")
        if self.count == 9:
            raise ValueError("a count of 9 is a plain value error")


class Bare:
    """Registered, and without parameters."""


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    registry.register("shade", "plain")(Shade)
    registry.register("shade", "bare")(Bare)
    yield
    registry.unregister("shade", "plain")
    registry.unregister("shade", "bare")


def made(**values: Any) -> Everything:
    result: Everything = Objects().of_class(Everything, {"size": 1, **values})
    return result


def refused(values: Any, objects: Objects | None = None) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        (objects or Objects()).of_class(Everything, values)
    return [(path, message) for path, message, _ in faults_in(caught.value)]


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("size", "20 km", 20e3), ("size", 5, 5.0), ("count", 3, 3), ("count", 3.0, 3), ("share", "50 %", 0.5),
        ("on", False, False), ("word", "x", "x"), ("limit", "1 ms", 1e-3), ("limit", None, None),
        ("pair", ["x", "y"], ("x", "y")), ("place", ["1 km", 2], (1000.0, 2.0)), ("place", None, None),
        ("names", [], ()), ("names", ["a"], ("a",)), ("table", [[0, "1 ms"], [2]], ((0.0, 1e-3), (2.0,))),
        ("either", "all", "all"), ("either", ["a", "b"], ("a", "b")), ("number", 5, 5), ("number", 2.5, 2.5),
        ("shares", {"a": "10 %", "b": 2}, {"a": 0.1, "b": 2.0}), ("inner", {"width": "1 mm"}, Inner(1e-3)),
        ("inners", [{"width": 1}, {"width": 2}], (Inner(1), Inner(2))), ("shade", "plain", Shade()),
        ("shade", {"kind": "plain", "colour": "green"}, Shade("green")),
        ("shade", {"colour": "green"}, Shade("green")),
        ("shade", None, Shade()), ("own", {}, Shade()), ("maybe", None, None), ("copy", 4, 4),
    ],
)  # fmt: skip
def test_values(name: str, value: object, result: object) -> None:
    read = getattr(made(**{name: value}), name)
    assert read == result
    assert type(read) is type(result)


def test_defaults_are_those_of_the_class() -> None:
    assert made() == Everything(size=1)
    assert made().own == Shade("green")


def test_a_class_without_parameters() -> None:
    assert isinstance(made(shade="bare").shade, Bare)
    assert refused({"size": 1, "shade": {"kind": "bare", "x": 1}}) == [
        (("shade", "x"), "unknown key; shade 'bare' has no parameters")
    ]


@pytest.mark.parametrize(
    ("name", "value", "path", "message"),
    [
        ("size", -1, (), "must be in [0, inf) m, got -1 (unit: metres)"),
        ("size", "-1 km", (), "must be in [0, inf) m, got -1 km"),
        ("size", True, (), "must be a quantity in m such as '20 km', got true"),
        ("size", None, (), "must be a quantity in m such as '20 km', got nothing"),
        ("size", {"a": 1}, (), "must be a quantity in m such as '20 km', got a mapping"),
        ("share", 10**400, (), "expected a number, got a number too large to compute with"),
        ("size", float("nan"), (), "expected a finite number, got nan"),
        ("size", "1e999 km", (), "expected a finite number, got '1e999 km'"),
        ("count", 0, (), "must be in [1, 9], got 0"),
        ("count", 2.5, (), "must be a whole number, got 2.5"),
        ("count", "3", (), "must be a whole number, got '3'"),
        ("count", False, (), "must be a whole number, got false"),
        ("count", 7, (), "must not be 7"),
        ("share", 1.5, (), "must be in [0, 1], got 1.5"),
        ("on", "yes", (), "must be true or false, got 'yes'"),
        ("on", 1, (), "must be true or false, got 1"),
        ("word", 5, (), "must be text, got 5"),
        ("word", None, (), "must be text, got nothing"),
        ("word", ["x" * 100], (), "must be text, got a list"),
        ("pair", ["x"], (), "must be a list of 2 items, got 1"),
        ("pair", [], (), "must be a list of 2 items, got 0"),
        ("pair", ["x", "y", "z"], (), "must be a list of 2 items, got 3"),
        ("pair", "xy", (), "must be a list of 2 items, got 'xy'"),
        ("pair", ["x", 5], (1,), "must be text, got 5"),
        ("place", ["1 km", "2 kg"], (1,), "unknown unit 'kg' in '2 kg' (known: cm, km, m, mm, nm, um, µm)"),
        ("names", "a", (), "must be a list, got 'a'"),
        ("names", {"a": 1}, (), "must be a list, got a mapping"),
        ("table", [[0], [0, -1]], (1, 1), "must be in [0, inf) s, got -1 (unit: seconds)"),
        ("table", [[0], 5], (1,), "must be a list, got 5"),
        ("either", 5, (), "must be text, got 5"),
        ("either", {"a": 1}, (), "must be text or a list, got a mapping"),
        ("either", ["a", 5], (1,), "must be text, got 5"),
        ("number", "x", (), "expected a number, got 'x'"),
        ("shares", [1], (), "must be a mapping, got a list"),
        ("shares", {"a": -1}, ("a",), "must be in [0, inf), got -1"),
        ("inner", 5, (), "must be a mapping, got 5"),
        ("inner", {}, ("width",), "is missing (width, in metres)"),
        ("inner", {"width": 1, "with": 2}, ("with",), "unknown key (did you mean 'width'?)"),
        ("inners", [{"width": 1}, {"width": 0}], (1, "width"), "must be in (0, inf) m, got 0 (unit: metres)"),
        ("shade", "plane", ("kind",), "unknown shade 'plane' (did you mean 'plain'?)"),
        ("shade", 5, (), "must be the name of a shade or a mapping, got 5"),
        ("shade", {"kind": 5}, ("kind",), "must be the name of a shade, got 5"),
        ("shade", {"colour": "tan"}, ("colour",), "must be one of red, green; got 'tan'"),
        ("maybe", {"colour": "red"}, (), "has no `kind` (known: bare, plain)"),
    ],
)  # fmt: skip
def test_refusals(name: str, value: object, path: tuple[str | int, ...], message: str) -> None:
    assert refused({"size": 1, name: value}) == [((name, *path), message)]


def test_all_faults_at_once() -> None:
    found = refused({"count": 0, "colour": 1, "shade": {"colour": 5, "x": 1}, "table": [["a"]]})
    assert sorted(found, key=str) == [
        (("colour",), "unknown key (it belongs in `shade`)"),
        (("count",), "must be in [1, 9], got 0"),
        (("shade", "colour"), "must be red or green, got 5"),
        (("shade", "x"), "unknown key (known: colour, kind)"),
        (("size",), "is missing (size, in metres)"),
        (("table", 0, 0), "expected a quantity in s such as '1.3 s', got 'a'"),
    ]


def test_what_a_class_says_of_itself_as_a_whole() -> None:
    assert refused({"size": 1, "count": 8}) == [((), "a count of 8 brings bad luck")]
    assert refused({"size": 1, "count": 9}) == [((), "a count of 9 is a plain value error")]


def test_something_else_in_the_place_of_an_object() -> None:
    assert refused([1]) == [((), "must be a mapping, got a list")]


def test_partial_objects_may_lack_keys_but_not_have_wrong_ones() -> None:
    assert Objects(partial=True).of_class(Everything, {"count": 3}) is None
    assert refused({"count": 0}, Objects(partial=True)) == [(("count",), "must be in [1, 9], got 0")]


def test_one_mapping_becomes_one_object() -> None:
    objects, shared = Objects(), {"colour": "green"}
    first = objects.of_class(Everything, {"size": 1, "shade": shared})
    second = objects.of_class(Everything, {"size": 2, "shade": shared})
    assert first.shade is second.shade
    assert objects.of_class(Everything, {"size": 1}).shade is objects.of_class(Everything, {"size": 2}).shade


def test_long_values_are_shortened() -> None:
    cut = "'" + "x" * 56 + "..."
    assert refused({"size": "x" * 500, "count": "x" * 500}) == [
        (("size",), f"must be a quantity in m such as '20 km', got {cut}"),
        (("count",), f"must be a whole number, got {cut}"),
    ]

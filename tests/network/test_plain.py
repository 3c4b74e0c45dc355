"""What a script passes, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest

from qsim import registry
from qsim.errors import NetworkError
from qsim.network.script_values import document_value
from qsim.parameters import Declared, OfKind, Param


@dataclass(frozen=True)
class Wick(Declared):
    length: Annotated[float, Param("length", unit="m", gt=0)] = 0.1


@dataclass(frozen=True)
class Candle(Declared):
    power: Annotated[float, Param("power")] = 1.0
    colours: Annotated[tuple[str, ...], Param("colours")] = ()
    wick: Annotated[Any, OfKind("wick", "the wick", default="plain")] = None


@pytest.fixture(autouse=True)
def lamps() -> Iterator[None]:
    registry.register("lamp", "candle")(Candle)
    registry.register("wick", "plain")(Wick)
    yield
    registry.unregister("lamp", "candle")
    registry.unregister("wick", "plain")


def test_an_object_becomes_its_name_and_what_differs_from_the_defaults() -> None:
    assert document_value(Candle(), "lamp", "lamp") == "candle"
    assert document_value(Candle(power=2, colours=("red",)), "lamp") == {
        "kind": "candle",
        "power": 2.0,
        "colours": ["red"],
    }


def test_objects_within_objects_follow_the_same_rule() -> None:
    assert document_value(Candle(wick=Wick()), "lamp") == "candle"
    assert document_value(Candle(wick=Wick("5 cm")), "lamp") == {
        "kind": "candle",
        "wick": {"kind": "plain", "length": 0.05},
    }


def test_numpy_and_paths_are_unwrapped() -> None:
    made = document_value(
        {"a": np.int64(3), "b": np.float64(0.5), "c": np.array([1.0, 2.0]), "d": Path("x/y")}, "here"
    )
    assert made == {"a": 3, "b": 0.5, "c": [1.0, 2.0], "d": "x/y"}
    assert type(made["a"]) is int
    assert type(made["b"]) is float


def test_plain_values_are_copied() -> None:
    given = {"table": [[1, 2], [3, 4]]}
    made = document_value(given, "here")
    made["table"][0][0] = 9
    assert given["table"][0][0] == 1


def test_an_object_of_another_kind_is_refused() -> None:
    with pytest.raises(
        NetworkError, match=r"memory: expected an object of kind 'memory', got 'candle' \(Candle\)"
    ):
        document_value(Candle(), "memory", "memory")


def test_an_unregistered_object_is_refused() -> None:
    registry.unregister("lamp", "candle")
    with pytest.raises(NetworkError, match="lamp: Candle is not registered"):
        document_value(Candle(), "lamp")


@pytest.mark.parametrize(
    ("value", "message"), [({1: 2}, "key must be text, got 1"), ({"a": [object()]}, r"x.a\[0\]")]
)
def test_what_no_document_holds_is_refused(value: Any, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        document_value(value, "x")

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from qsim import registry
from qsim.documents.faults import Faults
from qsim.documents.kinds import kind_fields, laid_over
from qsim.documents.tree import Node, NodeValues
from qsim.documents.yaml_reader import read_yaml
from qsim.parameters import Declared, OfKind, Param


@dataclass(frozen=True)
class Bulb(Declared):
    """A bulb."""

    power: Annotated[float, Param("power")] = 1.0


@dataclass(frozen=True)
class Lamp(Declared):
    """A lamp with two bulbs."""

    bulb: Annotated[Any, OfKind("bulb", "the bulb", default="led")] = None
    spare: Annotated[Any, OfKind("bulb", "another bulb")] = Bulb()
    height: Annotated[float, Param("height", unit="m")] = 1.0


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    registry.register("bulb", "led")(Bulb)
    registry.register("lamp", "desk")(Lamp)
    yield
    registry.unregister("bulb", "led")
    registry.unregister("lamp", "desk")


def node(text: str) -> Node:
    root = read_yaml(text, "f", Faults())
    assert root is not None
    return root


def merged(base: str, over: str) -> Any:
    result = laid_over("lamp", "desk", node(base), node(over))
    assert result is not None
    return NodeValues().of(result)


def test_fields_and_their_implied_names() -> None:
    assert kind_fields(Lamp) == {"bulb": ("bulb", "led"), "spare": ("bulb", "led")}
    assert kind_fields(Bulb) == {}
    assert kind_fields(int) == {}


def test_same_kind_merges_key_by_key() -> None:
    assert merged("{kind: desk, height: 1, x: 2}", "{height: 3}") == {"kind": "desk", "height": 3, "x": 2}
    assert merged("{height: 1}", "{kind: desk, x: 2}") == {"height": 1, "kind": "desk", "x": 2}
    assert merged("{height: 1}", "desk") == {"height": 1, "kind": "desk"}
    assert merged("desk", "{height: 1}") == {"kind": "desk", "height": 1}


def test_another_kind_replaces() -> None:
    assert merged("{kind: desk, height: 1}", "{kind: floor, x: 2}") == {"kind": "floor", "x": 2}
    assert merged("{height: 1}", "floor") == "floor"
    assert merged("{kind: floor, x: 1}", "desk") == "desk"
    assert merged("{kind: floor, x: 1}", "{y: 2}") == {"kind": "floor", "x": 1, "y": 2}


def test_nested_kinds_merge_likewise() -> None:
    assert merged("{bulb: {power: 5}}", "{bulb: {colour: 1}}") == {"bulb": {"power": 5, "colour": 1}}
    assert merged("{bulb: {power: 5}}", "{bulb: led}") == {"bulb": {"power": 5, "kind": "led"}}
    assert merged("{bulb: {power: 5}}", "{bulb: gas}") == {"bulb": "gas"}
    assert merged("{spare: {power: 5}}", "{spare: {kind: led}}") == {"spare": {"power": 5, "kind": "led"}}


def test_values_that_are_no_kind_are_replaced_whole() -> None:
    assert merged("{table: {a: 1}}", "{table: {b: 2}}") == {"table": {"b": 2}}
    assert merged("{height: 1}", "{height: }") == {"height": None}


def test_what_is_no_object_is_left_to_be_refused() -> None:
    assert merged("{height: 1}", "5") == 5
    assert merged("5", "{height: 1}") == {"height": 1}
    assert merged("{height: 1}", "{kind: 5}") == {"height": 1, "kind": 5}


def test_one_alone_is_returned_as_it_is() -> None:
    lone = node("{height: 1}")
    assert laid_over("lamp", "desk", lone, None) is lone
    assert laid_over("lamp", "desk", None, lone) is lone
    assert laid_over("lamp", "desk", None, None) is None


def test_entries_keep_their_places() -> None:
    base, over = node("\nheight: 1\nx: 2\n"), node("{height: 3}")
    result = laid_over("lamp", "desk", base, over)
    assert result is not None
    assert result.items["x"].place.line == 3
    assert result.items["height"].place.line == 1

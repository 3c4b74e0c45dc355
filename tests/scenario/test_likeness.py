"""Copies of objects that differ in plain values are what they would be if each were made by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest

import protocols.protocol_kinds
from hardware.memory import AtomicMemory
from hardware.node_kinds import Router
from qsim.documents.likeness import Likenesses
from qsim.documents.objects import Objects
from qsim.errors import ScenarioError
from qsim.model.specs import LinkSpec
from qsim.parameters import Declared, Param
from qsim.scenario import from_document

del protocols

DETECTOR: dict[str, Any] = {"efficiency": 0.5}


def link(*ends: Any, **more: Any) -> dict[str, Any]:
    return {"between": [*ends], "length": 1e3, "detector": DETECTOR, **more}


def test_a_copy_is_what_a_fresh_object_would_be() -> None:
    objects = Objects()
    first, second, third = (
        objects.of_class(LinkSpec, value)
        for value in (link("a", "b"), link("b", "c", length=2e3), link("c", "d", length=3e3))
    )
    assert third == Objects().of_class(LinkSpec, link("c", "d", length=3e3))
    assert (second.name, second.length, third.between) == ("b-c", 2e3, ("c", "d"))
    assert first.detector is second.detector is third.detector
    assert hash(second) == hash(Objects().of_class(LinkSpec, link("b", "c", length=2e3)))


def test_what_has_another_object_in_it_is_no_copy() -> None:
    objects = Objects()
    first = objects.of_class(LinkSpec, link("a", "b"))
    other = objects.of_class(LinkSpec, {**link("b", "c"), "detector": {"efficiency": 0.25}})
    assert first.detector.efficiency == 0.5
    assert other.detector.efficiency == 0.25


def test_a_name_of_its_own_is_kept_and_not_handed_on() -> None:
    objects = Objects()
    named = objects.of_class(LinkSpec, link("a", "b", name="one"))
    again = objects.of_class(LinkSpec, link("b", "c", name="two"))
    plain = objects.of_class(LinkSpec, link("c", "d"))
    assert [named.name, again.name, plain.name] == ["one", "two", "c-d"]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (link("b", "c", length=-1.0), "length: must be in"),
        (link("b", "c", length=float("nan")), "length: "),
        (link("b", "c", length="2 parsec"), "length: "),
        (link("b"), "between: "),
        (link("b", 7), "between"),
        (link("b", "c", lenght=2.0), "lenght: unknown key"),
    ],
)
def test_a_fault_is_told_as_of_the_first(value: dict[str, Any], fault: str) -> None:
    def told(*links: dict[str, Any]) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            from_document({"run": {"duration": "1 s"}, "nodes": ["a", "b", "c"], "links": [*links]})
        return list(caught.value.faults)

    beside = told(link("a", "b"), value)
    assert any(fault in line for line in beside)
    assert [line.replace("links[1]", "links[0]") for line in beside] == told(value)


def test_units_are_read_beside_plain_numbers() -> None:
    objects = Objects()
    lengths = [objects.of_class(LinkSpec, link("a", "b", length=one)).length for one in (1e3, "2 km", 3000)]
    assert lengths == [1e3, 2e3, 3e3]


@dataclass(frozen=True)
class Doubled(Declared):
    """Does something of its own as it is made."""

    name: Annotated[str, Param("a name")]
    size: Annotated[float, Param("a size")] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "name", self.name * 2)


def test_a_class_that_does_something_of_its_own_is_not_copied() -> None:
    objects = Objects()
    assert [objects.of_class(Doubled, {"name": name}).name for name in "ab"] == ["aa", "bb"]


def test_what_was_worked_out_of_one_is_not_handed_on() -> None:
    memory = {"count": 2}
    likenesses = Likenesses()
    likenesses.keep(Router, {"name": "a", "memory": memory}, Router("a", AtomicMemory(count=2)))
    copy = likenesses.copy(Router, {"name": "b", "memory": memory})
    assert copy.name == "b"
    assert copy.count == 2
    assert likenesses.copy(Router, {"name": "b", "memory": dict(memory)}) is None


def test_a_network_read_back_from_its_document_is_the_same() -> None:
    document = {
        "run": {"duration": "1 s"},
        "topology": {"kind": "grid", "rows": 3, "columns": 3, "length": "5 km"},
        "nodes": {"r1c1": {"memory": {"count": 7}}},
        "links": [{"between": ["r0c0", "r0c1"], "length": "7 km"}],
    }
    scenario = from_document(document)
    assert from_document(scenario.document) == scenario
    assert {node.name: node.count for node in scenario.nodes}["r1c1"] == 7
    assert sorted({each.length for each in scenario.links}) == [5e3, 7e3]

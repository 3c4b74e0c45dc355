from __future__ import annotations

import numpy as np
import pytest

from qsim.documents.faults import Faults, Place
from qsim.documents.paths import format_path
from qsim.documents.tree import Node, NodeValues, from_plain
from qsim.documents.yaml_reader import read_yaml


@pytest.fixture
def root() -> Node:
    node = read_yaml("links:\n  - {length: 5}\nmemory: atomic\nempty:\n", "f", Faults())
    assert node is not None
    return node


def where(place: Place) -> tuple[str, int, int]:
    return format_path(place.path), place.line, place.column


def test_locates_values(root: Node) -> None:
    assert where(root.locate(("links", 0, "length"))) == ("links[0].length", 2, 14)


def test_missing_key_is_where_its_mapping_begins(root: Node) -> None:
    assert where(root.locate(("links", 0, "between"))) == ("links[0].between", 2, 5)


def test_entry_of_a_short_form_is_where_the_short_form_stands(root: Node) -> None:
    assert where(root.locate(("memory", "kind"))) == ("memory", 3, 9)


def test_what_was_left_empty_is_at_its_key(root: Node) -> None:
    assert where(root.locate(("empty",))) == ("empty", 4, 1)


def test_locates_keys(root: Node) -> None:
    assert where(root.locate_key(("links", 0, "length"))) == ("links[0].length", 2, 6)
    assert where(root.locate_key(("links", 5, "length"))) == ("links", 2, 3)


def test_one_node_becomes_one_object() -> None:
    root = read_yaml("a: &x {b: [1]}\nc: *x\n", "f", Faults())
    assert root is not None
    plain = NodeValues().of(root)
    assert plain == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert plain["a"] is plain["c"]


def test_values_of_a_script() -> None:
    faults = Faults()
    document = {"a": (1, [2.5, None]), "b": {"c": True, "d": "x"}, "e": np.float64(0.5), "f": np.int64(3)}
    plain = NodeValues().of(from_plain(document, Place("s"), faults))
    assert plain == {"a": [1, [2.5, None]], "b": {"c": True, "d": "x"}, "e": 0.5, "f": 3}
    assert (type(plain["e"]), type(plain["f"])) == (float, int)
    assert len(faults) == 0


def test_what_a_script_may_not_say() -> None:
    faults = Faults()
    from_plain(
        {"a": {1, 2}, "b": {5: 6}, "c": [object], "d": np.zeros(2), "e": -(10**400)}, Place("s"), faults
    )
    assert faults.lines() == [
        "s: a: expected a number, text, list or mapping, got set",
        "s: b: keys must be text, got 5",
        "s: c[0]: expected a number, text, list or mapping, got type",
        "s: d: expected a number, text, list or mapping, got ndarray",
        "s: e: a number of more than 100 digits is too long",
    ]


def test_a_document_that_contains_itself() -> None:
    document: dict[str, object] = {}
    document["again"] = document
    faults = Faults()
    from_plain(document, Place("s"), faults)
    assert faults.lines()[0].endswith("is nested more than 64 levels deep")


def test_faults_come_in_the_order_of_the_file_and_once() -> None:
    faults = Faults()
    faults.add(Place("--set a=1", ("a",)), "third")
    faults.add(Place("f", ("b",), 2, 1), "second")
    faults.add(Place("f", ("a",), 1, 7), "first")
    faults.add(Place("f", ("a",), 1, 7), "first")
    assert faults.lines() == ["f:1:7: a: first", "f:2:1: b: second", "--set a=1: third"]


def test_a_fault_is_one_line_that_no_terminal_obeys() -> None:
    faults = Faults()
    faults.add(Place("f", ("nodes", "a\x1b[31m\nb"), 1, 1), "unknown key 'é\t'")
    assert faults.lines() == ["f:1:1: nodes.\"a\\u001b[31m\\nb\": unknown key 'é\\t'"]

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qsim.documents.faults import Faults
from qsim.documents.overrides import apply_overrides, parse_values
from qsim.documents.tree import Node, NodeValues
from qsim.documents.yaml_reader import read_yaml

TEXT = """
run: {duration: 1 s}
defaults: {memory: atomic}
nodes: {A: , B: {memory: {count: 5}}}
links:
  - {between: [A, B], length: 1 km}
names: [A, B]
"""


def tree(text: str = TEXT) -> Node:
    root = read_yaml(text, "f", Faults())
    assert root is not None
    return root


def applied(*overrides: str, text: str = TEXT) -> Any:
    faults = Faults()
    result = NodeValues().of(apply_overrides(tree(text), overrides, faults))
    assert faults.lines() == []
    return result


def refused(*overrides: str, text: str = TEXT) -> list[str]:
    faults = Faults()
    apply_overrides(tree(text), overrides, faults)
    return faults.lines()


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("5", 5), ("1e-3", 1e-3), ("no", "no"), ("5 km", "5 km"), ("'5'", "5"), ('"5 km"', "5 km"),
        ("", None),
        ("[A, 5 km]", ["A", "5 km"]), ("{kind: atomic, count: 5}", {"kind": "atomic", "count": 5}),
        ("Metro: even", "Metro: even"), ("a # b", "a # b"), ("x=y", "x=y"), ("*x", "*x"), ("true", True),
    ],
)  # fmt: skip
def test_values_are_yaml_scalars_or_collections_in_brackets(value: str, meaning: object) -> None:
    assert applied(f"run.x={value}")["run"] == {"duration": "1 s", "x": meaning}


def test_replaces_adds_and_reaches_into_lists() -> None:
    document = applied(
        "run.duration=5", "links[0].length=2 km", "links[0].between[1]=C", "classical.loss=0.1"
    )
    assert document["run"] == {"duration": 5}
    assert document["links"] == [{"between": ["A", "C"], "length": "2 km"}]
    assert document["classical"] == {"loss": 0.1}


def test_opens_short_forms_and_empty_entries() -> None:
    document = applied("defaults.memory.count=20", "nodes.A.memory.count=25", "nodes.B.memory.efficiency=0.5")
    assert document["defaults"] == {"memory": {"kind": "atomic", "count": 20}}
    assert document["nodes"] == {
        "A": {"memory": {"count": 25}},
        "B": {"memory": {"count": 5, "efficiency": 0.5}},
    }


def test_reaches_into_a_list_of_nodes() -> None:
    document = applied("nodes.B.memory.count=25", text="nodes: [A, B]")
    assert document["nodes"] == {"A": None, "B": {"memory": {"count": 25}}}


def test_quoted_names() -> None:
    document = applied('nodes."New York".memory.count=25', text="nodes: {New York: }")
    assert document["nodes"] == {"New York": {"memory": {"count": 25}}}


def test_later_ones_win() -> None:
    assert applied("run.seed=1", "run.seed=2")["run"]["seed"] == 2


def test_an_alias_is_changed_in_one_place_only() -> None:
    document = applied("nodes.A.count=6", text="nodes: {A: &u {count: 5}, B: *u}")
    assert document["nodes"] == {"A": {"count": 6}, "B": {"count": 5}}


def test_the_document_itself_is_left_alone() -> None:
    root = tree()
    before = NodeValues().of(root)
    apply_overrides(root, ["run.seed=5", "links[0].length=2"], Faults())
    assert NodeValues().of(root) == before
    assert "seed" not in before["run"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("run.seed", "an override is written key.path=value"),
        ("=5", "'' is no key path; one looks like 'run.seed' or 'links[2].length'"),
        ("links[1].length=5", "`links` has no item 1; there are from 0 to 0"),
        ("traffic[0].pairs=5", "`traffic` is not in the file"),
        ("run[0]=5", "`run` is no list"),
        ("links.length=5", "`links` is a list: name an item of it, as in links[0].length"),
        ("links.0.length=5", "`links` is a list: its items stand in brackets, as in links[0].length"),
        ("nodes.B.memory.count.x=5", "`nodes.B.memory.count` is a single value and has no 'x'"),
        ("run.seed='1", "value:1:3: is not YAML: a quote that is not closed (in what begins at 1:1)"),
        ("run.seed={a: 1, a: 2}", "value:1:8: a: is given twice; the first is at 1:2"),
    ],
)  # fmt: skip
def test_overrides_that_lead_nowhere(override: str, message: str) -> None:
    assert refused(override) == [f"--set {override}: {message}"]


def test_unknown_name_in_a_list_of_nodes() -> None:
    assert refused("nodes.Bb.memory.count=5", text="nodes: [A, B]") == [
        "--set nodes.Bb.memory.count=5: there is no node 'Bb' (did you mean 'B'?)"
    ]


def test_empty_list() -> None:
    assert refused("links[0].length=5", text="links: []") == [
        "--set links[0].length=5: `links` has no item 0; there are none, the list is empty"
    ]


def test_faults_carry_the_name_of_the_override(
    faults: Callable[..., list[str]], document: dict[str, Any]
) -> None:
    found = faults(document, "links[0].length=-5", "run.sede=5", "rnu.seed=5", "nodes.C.memory.count=5")
    assert found == [
        "--set rnu.seed=5: rnu: unknown key (did you mean 'run'?)",
        "--set run.sede=5: unknown key (did you mean 'seed'?)",
        "--set nodes.C.memory.count=5: nodes.C: there is no node 'C' (known: A, B)",
        "--set links[0].length=-5: must be in [0, inf) m, got -5 (unit: metres)",
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1 km, 2 km", ["1 km", "2 km"]),
        ("a.b=[1,2]", [1, 2]),
        ("a.b=[0,0],[1,0]", [[0, 0], [1, 0]]),
        ("a.b=[[0,0]]", [[0, 0]]),
        ("a.b={x: 1},{x: 2}", [{"x": 1}, {"x": 2}]),
        ("a.b=[1]", [1]),
    ],
)
def test_values_are_read_with_or_without_brackets(text: str, values: list[object]) -> None:
    assert parse_values(text) == ("a.b", values)

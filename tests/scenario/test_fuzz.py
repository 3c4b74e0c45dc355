"""Whatever a document says, it is read or refused in our own words; nothing else ever comes out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.documents.faults import Faults
from qsim.documents.json_reader import read_json
from qsim.documents.paths import KeyPath, format_path
from qsim.documents.tree import Node
from qsim.documents.yaml_reader import read_yaml
from qsim.errors import ScenarioError
from qsim.scenario import Scenario, from_document, to_yaml
from qsim.scenario.scenario_assembly import assemble
from tests.scenario.test_describe import RICH

JUNK = [
    None, 0, 5, -1, 2.5, True, "", "x", "A", "5 km", "atomic", "%", float("nan"), float("inf"), [], {},
    [None], [[]], ["A", "A"], ["A", "B", "C"], [{}], {"kind": None}, {"kind": 5}, {"kind": "nope"}, {"": 1},
    {"kind": {}}, {"a.b": []}, [5, "x", {}], "\x1b[31m", {"between": [{}, []]},
]  # fmt: skip


def paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    if isinstance(value, dict):
        return [path, *(deep for key, entry in value.items() for deep in paths(entry, (*path, key)))]
    if isinstance(value, list):
        return [path, *(deep for index, entry in enumerate(value) for deep in paths(entry, (*path, index)))]
    return [path]


PATHS = [path for path in paths(RICH) if path]


def put(document: Any, path: KeyPath, value: Any) -> None:
    """Set a value; without effect where an earlier change took the way to it."""
    try:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return


def faults_of(make: Callable[[], Scenario | None]) -> tuple[str, ...]:
    """What is said of a document; any other exception than ours comes through."""
    try:
        make()
    except ScenarioError as error:
        return error.faults or ("a refusal without a fault\n",)
    return ()


def judged(document: Any, *overrides: str) -> None:
    faults = faults_of(lambda: from_document(document, overrides=overrides))
    assert all(fault.isprintable() for fault in faults)


@pytest.mark.parametrize("path", PATHS, ids=format_path)
def test_junk_in_any_single_place(path: KeyPath) -> None:
    # A network of so many nodes would be made.
    huge = [] if path == ("topology", "nodes") else [10**99, -(10**99), 10**400]
    for junk in [*JUNK, *huge]:
        document = copy.deepcopy(RICH)
        put(document, path, junk)
        judged(document)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(JUNK)), min_size=2, max_size=6))
def test_junk_in_several_places(changes: list[tuple[KeyPath, Any]]) -> None:
    document = copy.deepcopy(RICH)
    for path, junk in changes:
        put(document, path, copy.deepcopy(junk))
    judged(document)


@settings(deadline=None)
@given(
    st.sampled_from(PATHS),
    st.sampled_from(["", "5", "x", "[", "{a: 1}", "[A, 5]", "''", "-1 km", "~", "a=b"]),
)
def test_junk_in_overrides(path: KeyPath, value: str) -> None:
    judged(RICH, f"{format_path(path)}={value}", f"{format_path(path)}.more={value}")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_as_an_override(text: str) -> None:
    judged(RICH, text)


TEXT = to_yaml(RICH)


@settings(deadline=None)
@given(
    st.integers(0, len(TEXT)),
    st.integers(0, 12),
    st.text(st.sampled_from(" \n\t:-{}[],'\"&*!|>%@#?a1."), max_size=4),
)
def test_any_damage_to_a_text(start: int, cut: int, more: str) -> None:
    text = TEXT[:start] + more + TEXT[start + cut :]
    for reader in (read_yaml, read_json):
        assert all(fault.isprintable() for fault in faults_of(lambda read=reader: assembled(read, text)))


def assembled(read: Callable[[str, str, Faults], Node | None], text: str) -> Scenario | None:
    faults = Faults()
    root = read(text, "f", faults)
    return None if root is None else assemble(root, "f", Path(), faults)

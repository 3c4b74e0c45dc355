from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qsim.documents.faults import Faults
from qsim.documents.tree import Node, NodeValues
from qsim.documents.yaml_reader import read_yaml
from qsim.errors import ScenarioError


def read(text: str) -> tuple[Any, list[str]]:
    faults = Faults()
    root = read_yaml(text, "f", faults)
    return (None if root is None else NodeValues().of(root)), faults.lines()


def refused(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_yaml(text, "f", Faults())
    return str(caught.value)


def test_words_mean_what_yaml_1_2_says() -> None:
    text = "[1e-3, no, on, 0o17, 12:30:00, '5', \"1e3\", !!str 5, ~, 2024-01-01]"
    assert read(text) == ([1e-3, "no", "on", 15, "12:30:00", "5", "1e3", "5", None, "2024-01-01"], [])


def test_old_version_directive_changes_nothing() -> None:
    assert read("%YAML 1.1\n---\na: no\n") == ({"a": "no"}, [])


def test_places_are_lines_and_columns_from_one() -> None:
    root = read_yaml("run:\n  seed: 5\nlinks:\n  - {length: 20 km}\n", "f", Faults())
    assert root is not None
    length = root.items["links"].value[0].items["length"]  # type: ignore[index, union-attr]
    assert length.place == ("f", ("links", 0, "length"), 4, 14)
    assert length.key == ("f", ("links", 0, "length"), 4, 6)
    assert root.items["run"].items["seed"].place[2:] == (2, 9)


def test_columns_count_characters_not_bytes() -> None:
    root = read_yaml("{Zürich: ß, x: 1}", "f", Faults())
    assert root is not None
    assert root.items["x"].key.column == 13


def test_all_duplicates_are_found_and_the_first_stays() -> None:
    value, faults = read("a: 1\nb: {c: 2, c: 3}\na: {d: 4}\n")
    assert value == {"a": 1, "b": {"c": 2}}
    assert faults == [
        "f:2:11: b.c: is given twice; the first is at 2:5",
        "f:3:1: a: is given twice; the first is at 1:1",
    ]


def test_aliases_repeat_a_value_under_their_own_key() -> None:
    root = read_yaml("a: &x {count: 5}\nb: *x\n", "f", Faults())
    assert root is not None
    a, b = root.items["a"], root.items["b"]
    assert a.value is b.value
    assert (b.place.line, b.key.line) == (1, 2)


def test_anchor_on_a_scalar_and_on_a_list() -> None:
    assert read("[&x 5, *x, &y [*x], *y]") == ([5, 5, [5], [5]], [])


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join(lines)


def test_exponential_bomb_is_refused_where_it_becomes_one() -> None:
    message = refused(bomb(30))
    assert message == "f:6:30: aliases would expand it by more than 4 million characters"


def test_flat_bomb_of_ten_megabytes_is_refused() -> None:
    text = "a: &a " + "x" * 10_000 + "\nb: [" + ", ".join(["*a"] * 1000) + "]\n"
    assert len(text) < 20_000
    assert "aliases would expand it by more than 4 million characters" in refused(text)


def test_many_small_aliases_are_no_bomb() -> None:
    value, faults = read("usual: &u {count: 5, efficiency: 0.5}\nnodes: [" + ", ".join(["*u"] * 1000) + "]")
    assert faults == []
    assert value["nodes"] == [{"count": 5, "efficiency": 0.5}] * 1000


def test_nesting_is_bounded() -> None:
    assert refused("[" * 200) == "f:1:65: is nested more than 64 levels deep"
    assert refused("\n".join("  " * depth + "a:" for depth in range(200))).endswith("64 levels deep")
    assert read("[" * 64 + "]" * 64)[1] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: *b", "f:1:4: a: there is no anchor &b before this *b"),
        ("a: &x [1, *x]", "f:1:11: a[1]: *x stands inside &x, so it would contain itself"),
        ("a: 1\n---\nb: 2", "f:2:1: a scenario is one document; a second begins here"),
        ("? [a]\n: 3", "f:1:3: a key must be text, got a list or mapping"),
        ("a: &x y\n*x : 3", "f:2:1: a key must be text, got an alias"),
        ("a:\n\tb: 2", "f:2:1: is not YAML: a tab cannot indent; use spaces"),
    ],
)
def test_texts_that_cannot_be_read(text: str, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1: a", 'f:1:1: 1: a key must be text: write "1" in quotes'),
        ("true: a", 'f:1:1: true: a key must be text: write "true" in quotes'),
        ("a: !x 5", "f:1:4: a: the tag !x has no meaning here; leave it out"),
        ("a: !x [5]", "f:1:4: a: the tag !x has no meaning here; leave it out"),
        ("a: " + "9" * 999, "f:1:4: a: a number of 999 characters is too long"),
    ],
)
def test_faults_after_which_reading_goes_on(text: str, message: str) -> None:
    value, faults = read(text + "\nb: 5")
    assert faults == [message]
    assert value["b"] == 5


def test_merge_keys_are_refused_but_a_quoted_one_is_a_name() -> None:
    assert read("<<: {a: 1}")[1] == [
        'f:1:1: "<<": merge keys (<<) are not supported: put what is shared under `defaults`'
    ]
    assert read("'<<': 1") == ({"<<": 1}, [])


def test_no_value_at_all() -> None:
    assert read_yaml("", "f", Faults()) is None
    assert read_yaml("# only a remark\n", "f", Faults()) is None


def test_the_parser_written_in_python_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    text = "a: [1e-3, no, 'x']\nb: &u {c: 2}\nd: *u\n"
    assert read(text) == ({"a": [1e-3, "no", "x"], "b": {"c": 2}, "d": {"c": 2}}, [])
    assert refused("a: [1, 2").startswith("f:")


TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.sampled_from([None, 2, "\t"]))
def test_json_is_yaml_also_with_tabs(value: Any, indent: int | str | None) -> None:
    assert read(json.dumps({"a": value}, ensure_ascii=False, indent=indent))[0] == {"a": value}


def test_tree_remembers_every_place() -> None:
    root = read_yaml("a:\n  - b: 1\n    c: [2, 3]\n", "f", Faults())

    def walk(node: Node) -> list[tuple[int, int]]:
        inner = node.value if isinstance(node.value, list) else list(node.items.values())
        return [node.place[2:], *(place for entry in inner for place in walk(entry))]

    assert root is not None
    assert walk(root) == [(1, 1), (2, 3), (2, 5), (2, 8), (3, 8), (3, 9), (3, 12)]

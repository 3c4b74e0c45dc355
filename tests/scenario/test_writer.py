from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qsim.documents.faults import Faults
from qsim.documents.tree import NodeValues
from qsim.documents.yaml_reader import read_yaml
from qsim.scenario import to_yaml


def read(text: str) -> Any:
    root = read_yaml(text, "f", Faults())
    assert root is not None
    return NodeValues().of(root)


def test_what_fits_stands_on_one_line() -> None:
    document = {
        "name": "Metro",
        "run": {"duration": "1000 s", "seed": 0, "record_pairs": False},
        "nodes": {"A": None, "B": {"memory": {"count": 25}}},
        "links": [{"between": ["A", "B"], "length": 20e3, "generation": "barrett-kok"}],
        "protocols": {"swapping": {"kind": "nested", "success_probability": 0.64}, "purification": "bbpssw"},
        "description": "First line.\nSecond line.\n",
        "traffic": [],
        "long": {f"parameter_{index}": index for index in range(8)},
    }
    assert to_yaml(document) == (
        "name: Metro\n"
        "run: {duration: 1000 s, seed: 0, record_pairs: false}\n"
        "nodes:\n"
        "  A: null\n"
        "  B: {memory: {count: 25}}\n"
        "links:\n"
        "- {between: [A, B], length: 20000.0, generation: barrett-kok}\n"
        "protocols: {swapping: {kind: nested, success_probability: 0.64}, purification: bbpssw}\n"
        "description: |\n"
        "  First line.\n"
        "  Second line.\n"
        "traffic: []\n"
        "long:\n"
        "  parameter_0: 0\n  parameter_1: 1\n  parameter_2: 2\n  parameter_3: 3\n"
        "  parameter_4: 4\n  parameter_5: 5\n  parameter_6: 6\n  parameter_7: 7\n"
    )


def test_the_document_itself_stands_open_however_short() -> None:
    assert to_yaml({"a": 1}) == "a: 1\n"


@pytest.mark.parametrize("number", [1e-9, 1e22, 2.5e-3, 5.0, -0.0, 1e16, 123456789.123])
def test_numbers_are_numbers_to_readers_of_both_versions(number: float) -> None:
    text = to_yaml({"a": number})
    assert read(text) == {"a": number}
    assert yaml.safe_load(text) == {"a": number}


@pytest.mark.parametrize(
    "word", ["no", "1e-3", "0o17", "12:30", "", "null", "5", "a: b", "- a", "# a", "<<", "[a", "!a"]
)
def test_texts_are_texts_to_readers_of_both_versions(word: str) -> None:
    text = to_yaml({"a": word, "b": [word]})
    assert read(text) == {"a": word, "b": [word]}
    assert yaml.safe_load(text) == {"a": word, "b": [word]}


def test_shared_values_are_written_out() -> None:
    shared = {"count": 5}
    assert "&" not in to_yaml({"a": shared, "b": shared})


def test_tuples_are_lists() -> None:
    assert to_yaml({"a": (1, 2)}) == "a: [1, 2]\n"


def test_the_emitter_written_in_python_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from qsim.documents import yaml_writer as writer

    document = {"a": [1.5, "x", None], "b": {"c": "no"}, "d": "x" * 300}
    expected = to_yaml(document)
    monkeypatch.delattr(yaml, "CSafeDumper")
    writer._dumper.cache_clear()
    try:
        assert to_yaml(document) == expected
    finally:
        writer._dumper.cache_clear()


PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | PRINTABLE | st.text("ab \n", max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=15,
)  # fmt: skip


@given(st.dictionaries(PRINTABLE, DOCUMENTS, max_size=4))
def test_what_is_written_is_read_back(document: Any) -> None:
    assert read(to_yaml(document)) == document

"""Nothing in a SeQUeNCe configuration goes unmentioned: every key is converted or reported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from qsim.network.importers.sequence import convert, is_sequence
from qsim.network.importers.sequence.unread_keys import leaves
from qsim.network.loss_report import Effect
from tests.network.importers.sequence import configurations
from tests.network.importers.sequence.configurations import SPECIMENS, reference_files
from tests.network.importers.sequence.reports import entries, told


def assert_accounts_for(document: dict[str, Any]) -> None:
    conversion = convert(document)
    converted = set(conversion.converted)
    known = {path for path, _ in leaves(document)}
    assert converted <= known
    assert [leaf for leaf in known if leaf not in converted and not told(conversion, leaf)] == []


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_every_key_is_converted_or_reported(specimen: Callable[[], dict[str, Any]]) -> None:
    assert_accounts_for(specimen())


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_every_key_is_accounted_for_even_where_it_does_not_belong(
    specimen: Callable[[], dict[str, Any]],
) -> None:
    document = specimen()
    for index, (holder, _) in enumerate(list(mappings(document))):
        holder[f"stray_{index}"] = index
    conversion = convert(document)
    strays = {path for path, _ in leaves(document) if "stray_" in path}
    assert strays
    assert strays.isdisjoint(conversion.converted)
    assert all(told(conversion, stray) for stray in strays)
    assert_accounts_for(document)


def test_keys_that_look_like_paths_are_told_apart() -> None:
    document = configurations.chain()
    document["templates"]["router.MemoryArray"] = {"fidelity": 0.1}
    document["templates"]["v1.3"] = document["templates"].pop("router")
    for node in document["nodes"]:
        node["template"] = "v1.3"
    assert_accounts_for(document)
    conversion = convert(document)
    assert conversion.document["defaults"]["memory"]["initial_fidelity"] == 0.95
    assert 'templates["router.MemoryArray"].fidelity' in entries(conversion, Effect.HARMLESS)
    assert 'templates["v1.3"].MemoryArray.fidelity' in conversion.converted


def mappings(value: Any, path: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        yield value, path
        for key, below in list(value.items()):
            yield from mappings(below, f"{path}.{key}")
    elif isinstance(value, list):
        for below in value:
            yield from mappings(below, path)


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_configuration_is_left_as_it_is(specimen: Callable[[], dict[str, Any]]) -> None:
    document = specimen()
    before = deepcopy(document)
    made = convert(document).document
    json.dumps(made)
    assert document == before


@pytest.mark.parametrize("path", list(reference_files()), ids=lambda path: path.name)
def test_published_configurations(path: Path) -> None:
    document = json.loads(path.read_text())
    assert is_sequence(document)
    assert_accounts_for(document)
    made = convert(document, source=path.name).document
    order = [node["name"] for node in document["nodes"] if node["type"] == "QuantumRouter"]
    assert list(made["nodes"]) == order

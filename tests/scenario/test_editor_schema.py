from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import jsonschema
import pytest

from hardware.memory import AtomicMemory
from qsim import registry
from qsim.documents.faults import Faults
from qsim.documents.tree import NodeValues
from qsim.documents.yaml_reader import read_yaml
from qsim.parameters import OfKind
from qsim.scenario import from_document
from qsim.scenario.editor_schema import json_schema
from tests.scenario.test_describe import RICH
from tests.scenario.test_kinds import Bulb

# One example uses a memory that its own script registers; the schema knows what is installed.
EXAMPLES = [
    path
    for path in sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
    if "custom" not in path.name
]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


@pytest.fixture(scope="module")
def accepts(schema: dict[str, Any]) -> Any:
    return jsonschema.Draft202012Validator(schema).is_valid


def test_is_a_schema_of_the_draft_it_names(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema


def test_accepts_what_the_loader_accepts(accepts: Any) -> None:
    assert accepts(RICH)
    assert accepts(from_document(RICH).document)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_accepts_the_examples(accepts: Any, path: Path) -> None:
    root = read_yaml(path.read_text(), path.name, Faults())
    assert root is not None
    assert accepts(NodeValues().of(root))


def changed(*path: str | int, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(RICH)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("trafic",), []),
        (("run", "sed"), 5),
        (("run", "duration"), "5 km"),
        (("run", "duration"), 0),
        (("run", "detail"), "foton"),
        (("defaults", "memory", "cuont"), 5),
        (("defaults", "memory", "count"), 0),
        (("defaults", "memory", "kind"), "atomik"),
        (("defaults", "memmory"), {}),
        (("nodes", "A", "name"), "A"),
        (("nodes", "A", "memory", "efficiency"), 2),
        (("links", 0, "lenght"), 5),
        (("links", 0, "between"), ["A"]),
        (("links", 0), {"length": 5}),
        (("classical", "round_trip", "table"), [0]),
        (("protocols", "purification"), "bbpsw"),
        (("traffic", 0, "pair"), 5),
        (("traffic", 0), {"kind": "request", "initiator": "A"}),
        (("topology",), {"kind": "star", "nodes": 3}),
    ],
)
def test_refuses_what_the_loader_refuses(accepts: Any, path: tuple[str | int, ...], value: Any) -> None:
    assert not accepts(changed(*path, value=value))


def test_requires_run(accepts: Any) -> None:
    assert not accepts({"nodes": ["A"]})
    assert accepts({"run": {"duration": 1}, "nodes": ["A"]})


def test_tells_meaning_unit_bounds_and_default(schema: dict[str, Any]) -> None:
    cutoff = schema["$defs"]["cutoff.age"]["properties"]["after"]
    assert cutoff["description"].endswith(", in seconds, within (0, inf)")
    assert {"exclusiveMinimum": 0, "type": "number"} in cutoff["anyOf"]
    speed = schema["$defs"]["fibre.single-mode"]["properties"]["speed"]
    assert speed["default"] == 2e8
    assert "metres per second" in speed["description"]
    assert "(source: " in speed["description"]
    assert schema["$defs"]["link"]["properties"]["link_model"]["default"] == "barrett-kok"


@dataclass(frozen=True)
class LitMemory(AtomicMemory):
    """A memory with a bulb."""

    bulb: Annotated[Any, OfKind("bulb", "the bulb", default="led")] = None


@pytest.fixture
def lamps() -> Iterator[None]:
    registry.register("bulb", "led")(Bulb)
    registry.register("memory", "lamp")(LitMemory)
    yield
    registry.unregister("bulb", "led")
    registry.unregister("memory", "lamp")


@pytest.mark.usefixtures("lamps")
def test_knows_kinds_that_users_register() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    document = {"run": {"duration": 1}, "nodes": {"A": {"memory": {"kind": "lamp", "bulb": {"power": 5}}}}}
    assert validator.is_valid(document)
    document["nodes"]["A"]["memory"]["bulb"]["powr"] = 5
    assert not validator.is_valid(document)

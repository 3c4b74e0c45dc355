from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.memory import AtomicMemory
from qsim import registry
from qsim.parameters import Param
from qsim.scenario import Scenario, from_document, load, to_yaml
from qsim.scenario.describe import difference

Load = Callable[..., Scenario]
Document = dict[str, Any]

RICH: Document = {
    "qsim": 2,
    "name": "Rich",
    "description": "Says something in every section.\nOver two lines.",
    "run": {
        "duration": "20 s",
        "seed": 3,
        "detail": "photon",
        "formalism": "density-matrix",
        "record_pairs": True,
    },
    "defaults": {
        "memory": {"count": 5, "t1": "2 s", "t2": "1 s"},
        "processor": {"gate_error": 0.01, "readout_error": [0.01, 0.02]},
        "detector": {"dark_count_rate": "10 Hz", "count_rate": None},
        "link_model": {"kind": "barrett-kok", "handshake": "negotiated"},
        "node": {"kind": "end-node"},
        "link": {"midpoint": 0.4},
    },
    "topology": {"kind": "star", "nodes": 4, "length": "3 km"},
    "nodes": {
        "A": {"memory": {"count": 7}, "cutoff": "none", "position": [0, "1 km"]},
        "B": {"memory": {"t1": None, "t2": None}, "position": [0, 0], "kind": "router"},
        "New York": {
            "coordinates": [40.7, -74.0],
            "memory": {"comm": {"count": 2}, "data": {"t2": "4 s"}},
            "processor": {"gate_time": "1 us"},
        },
    },
    "links": [
        {"between": ["A", "B"], "link_model": {"handshake": "continuous"}},
        {
            "between": ["B", "New York"],
            "length": "9 km",
            "link_model": "single-click",
            "midpoint": 0.5,
            "second_detector": {"kind": "number-resolving", "gated": True},
        },
        {
            "between": ["B", "New York"],
            "name": "dark",
            "arms": [{"length": "4 km"}, {"length": "2 km", "fibre": {"attenuation": "1 dB/km"}}],
            "banks": ["memory", "data"],
        },
        {"between": ["New York", "n0"], "length": 0, "fibre": {"attenuation": "1 dB/km"}},
    ],
    "classical": {
        "round_trip": {"nodes": ["A", "B"], "table": [[0, "1 ms"], ["3 ms", 0]]},
        "channels": [{"between": ["B", "New York"], "delay": "30 us"}],
        "loss": "1 %",
    },
    "protocols": {
        "swapping": "asap",
        "purification": "none",
        "cutoff": {"kind": "age", "after": "500 ms"},
        "routing": {"weight": "hops"},
    },
    "traffic": [
        {"kind": "request", "initiator": "A", "responder": "New York", "memories": 2, "pairs": 10},
        {"kind": "random-request", "nodes": ["A", "B"], "memories_min": 2},
    ],
}


@pytest.fixture(scope="module")
def rich() -> Scenario:
    return from_document(RICH)


def test_reading_the_document_back_gives_an_equal_scenario(rich: Scenario) -> None:
    assert from_document(rich.document) == rich


def test_through_json_and_yaml(rich: Scenario, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(rich.document, allow_nan=False))
    (tmp_path / "a.yaml").write_text(to_yaml(rich.document))
    assert load(tmp_path / "a.json") == rich
    assert load(tmp_path / "a.yaml") == rich


def test_is_its_own_description(rich: Scenario) -> None:
    assert from_document(rich.document).document == rich.document


def test_says_every_default(rich: Scenario) -> None:
    document = rich.document
    assert document["defaults"]["memory"]["wavelength"] == 1550e-9
    assert document["defaults"]["fibre"]["kind"] == "single-mode"
    assert document["protocols"]["routing"] == {"kind": "shortest-path", "weight": "hops"}
    assert document["classical"]["speed"] == 2e8
    assert document["run"]["duration"] == 20.0
    assert "topology" not in document


def test_nodes_and_links_say_what_differs(rich: Scenario) -> None:
    document = rich.document
    assert document["nodes"]["n0"] == {}
    assert document["nodes"]["A"] == {
        "memory": {"count": 7},
        "cutoff": {"kind": "none"},
        "position": [0.0, 1000.0],
    }
    assert document["nodes"]["B"]["kind"] == "router"
    assert list(document["nodes"]["New York"]["memory"]) == ["comm", "data"]
    by_ends = {tuple(link["between"]): link for link in document["links"] if "name" not in link}
    assert by_ends["A", "B"]["length"] == 1000.0
    assert by_ends["A", "B"]["link_model"]["handshake"]["kind"] == "continuous"
    assert by_ends["B", "New York"]["link_model"]["kind"] == "single-click"
    assert by_ends["New York", "n0"]["fibre"] == {"attenuation": 1e-3}


def test_texts_are_kept(rich: Scenario) -> None:
    assert (rich.name, rich.document["name"]) == ("Rich", "Rich")
    assert rich.document["description"] == RICH["description"]


def test_without_links_or_name(scenario: Load) -> None:
    made = scenario({"run": {"duration": 1}, "nodes": ["A"]})
    assert from_document(made.document) == made
    assert "name" not in made.document
    assert made.document["links"] == []


@pytest.mark.parametrize("name", ["metro_even.yaml", "metro_weighted.yaml"])
def test_published_networks_survive(name: str) -> None:
    made = load(Path(__file__).parents[2] / "examples" / name)
    assert from_document(json.loads(json.dumps(made.document))) == made


counts = st.integers(1, 3)
memories = st.fixed_dictionaries({}, optional={"count": counts, "t2": st.sampled_from([None, 1, "2 s"])})
banks = st.one_of(memories, st.fixed_dictionaries({"comm": memories, "data": memories}))
generations = st.one_of(
    st.sampled_from(["barrett-kok", "single-click"]),
    st.fixed_dictionaries({}, optional={"handshake": st.sampled_from(["negotiated", "continuous"])}),
    st.fixed_dictionaries({"kind": st.just("single-click")}, optional={"bright_population": st.just(0.1)}),
)


@settings(deadline=None)
@given(
    banks,
    generations,
    st.lists(banks, min_size=4, max_size=4),
    st.lists(generations, min_size=3, max_size=3),
)
def test_any_mixture_of_defaults_and_overrides_survives(
    memory: Document, generation: Any, own_memories: list[Document], own_generations: list[Any]
) -> None:
    names = ["a", "b", "c", "d"]
    made = from_document(
        {
            "run": {"duration": 1},
            "defaults": {"memory": memory, "link_model": generation},
            "nodes": {name: {"memory": own} for name, own in zip(names, own_memories, strict=True)},
            "links": [
                {"between": names[index : index + 2], "length": 1, "link_model": own}
                for index, own in enumerate(own_generations)
            ],
        }
    )
    assert from_document(made.document) == made


@dataclass(frozen=True)
class Endless(AtomicMemory):
    """A memory with a default that no document can express."""

    lifetime: Annotated[float, Param("lifetime")] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lifetime == 1.0:
            object.__setattr__(self, "lifetime", float("inf"))


@pytest.fixture
def endless() -> Iterator[None]:
    registry.register("memory", "endless")(Endless)
    yield
    registry.unregister("memory", "endless")


@pytest.mark.usefixtures("endless")
def test_infinite_defaults_are_left_out(scenario: Load) -> None:
    made = scenario({"run": {"duration": 1}, "nodes": {"A": {"memory": "endless"}}})
    assert made.nodes[0].memory.lifetime == float("inf")
    assert made.document["defaults"]["memory"]["kind"] == "endless"
    assert "lifetime" not in made.document["defaults"]["memory"]
    assert from_document(json.loads(json.dumps(made.document))) == made


def test_difference_of_objects() -> None:
    base = {"kind": "a", "x": 1, "inner": {"kind": "b", "y": 2, "z": 3}}
    assert difference(base, base) == {}
    assert difference(base, {"kind": "c", "x": 1}) == {"kind": "c", "x": 1}
    assert difference(base, {"kind": "a", "x": 1, "inner": {"kind": "b", "y": 5, "z": 3}}) == {
        "inner": {"y": 5}
    }
    assert difference(base, {**base, "inner": {"kind": "d"}}) == {"inner": {"kind": "d"}}
    assert difference(base, {**base, "w": None}) == {"w": None}

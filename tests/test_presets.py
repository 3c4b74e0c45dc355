"""Presets: what a mapping means that names one, in scripts and in files, and where each value is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import qsim
from hardware.memory import AtomicMemory
from qsim import preset_table, registry
from qsim.errors import RegistryError, ScenarioError
from qsim.preset_table import Cited, Preset
from qsim.scenario import from_document
from qsim.scenario.editor_schema import json_schema

OURS = [(kind, name) for kind in registry.kinds() for name in registry.presets(kind)]


def document(**sections: Any) -> dict[str, Any]:
    """Two linked nodes."""
    return {
        "run": {"duration": 1.0},
        "nodes": ["a", "b"],
        "links": [{"between": ["a", "b"], "length": 1000.0}],
        **sections,
    }


@pytest.fixture
def ours() -> Iterator[Preset]:
    """A preset of a user's own."""
    yield qsim.preset(
        "memory", "test-ion", "atomic", "Ours.", {"t2": "2 s", "count": Cited(3, "counted")}, source="May"
    )
    preset_table.forget("memory", "test-ion")


@pytest.mark.parametrize(("kind", "name"), OURS)
def test_every_value_is_one_of_its_class_and_has_a_source(kind: str, name: str) -> None:
    known = registry.presets(kind)[name]
    parameters = {"name": "n"} if kind == "node" else {}
    made = registry.build(kind, {"preset": name, **parameters})
    assert isinstance(made, registry.lookup(kind, known.of))
    for key, cited in known.values.items():
        assert hasattr(made, key)
        assert re.search(r"(19|20)\d\d|textbook|emits|spin|calcium|store", cited.source), cited
    assert known.about.endswith(".")


def test_the_issue_names_these() -> None:
    sorts = {"ion-sr-2020", "nv-2018", "pr-yso-2023", "rb-2023"}
    assert sorts <= set(registry.presets("memory"))
    assert {"snspd-2013", "spad-silicon-2009"} <= set(registry.presets("detector"))


@pytest.mark.parametrize("bright", [0.05, 0.3])
@pytest.mark.parametrize(("arms", "apart"), [((4.4e-4, 4.4e-4), 0.009), ((3.5e-4, 5.25e-4), 2e-4)])
def test_the_presets_of_2018_are_the_link_of_the_example(
    bright: float, arms: tuple[float, float], apart: float
) -> None:
    """The memory has the mean of both arms, which spares .008 of F (.006 at .3); stating both does not."""
    example = Path(__file__).parents[1] / "examples" / "humphreys_2018.yaml"
    overrides = [f"defaults.link_model.bright_population={bright}", "run.duration=1 ms"]
    (published,) = qsim.load(example, overrides=overrides).run(seed=0).links
    net = qsim.Network(
        detector={"preset": "nv-2018"}, link_model={"preset": "nv-2018", "bright_population": bright}
    )
    for name, efficiency in zip("ab", arms, strict=True):
        net.add_node(name, memory={"preset": "nv-2018", "count": 1, "efficiency": efficiency})
    net.add_link("a", "b", "2 m").request("a", "b")
    (link,) = net.run(duration="1 ms", seed=0).links
    assert link.success_probability == pytest.approx(published.success_probability, rel=0.01)
    assert link.fidelity == pytest.approx(published.fidelity, abs=apart)
    assert (link.fidelity - published.fidelity > 0.005) == (arms[0] == arms[1])


def test_what_stands_beside_a_preset_wins() -> None:
    memory = registry.build("memory", {"preset": "nv-2018", "count": 2, "dephasing_time": "1 s"})
    assert memory == AtomicMemory(
        count=2,
        efficiency=4.4e-4,
        frequency=181.8e3,
        dephasing_time=1.0,
        double_excitation=0.04,
        initialisation_error=0.02,
        wavelength=637e-9,
    )


def test_a_file_says_the_same_as_a_script() -> None:
    given = {"preset": "nv-2018", "count": 2}
    scenario = from_document(document(nodes={"a": {"memory": given}, "b": {"memory": given}}))
    assert scenario.nodes[0].memory == registry.build("memory", given)
    net = qsim.Network().add_node("a", memory=given).add_node("b", memory=given)
    net.add_link("a", "b", "1 km")
    assert net.scenario(duration=1.0).nodes[0].memory == registry.build("memory", given)


def test_a_preset_replaces_what_lies_below_and_is_changed_by_what_lies_above() -> None:
    nodes = {"a": {"memory": {"t2": "9 ms"}}, "b": {"memory": {"preset": "nv-2018"}}}
    below = {"memory": {"preset": "rb-2023", "count": 7}}
    nodes["b"]["memory"]["wavelength"] = "1522 nm"
    a, b = from_document(document(nodes=nodes, defaults=below)).nodes
    assert (a.memory.t2, a.memory.count, a.memory.wavelength) == (9e-3, 7, 1522e-9)
    assert (b.memory.t2, b.memory.count, b.memory.wavelength) == (None, 10, 1522e-9)


def test_a_preset_of_a_node_holds_presets_of_its_parts() -> None:
    beside = {"preset": "nv-2021", "memory": {"electron": {}, "carbon": {"count": 2}}}
    defaults = {"memory": {"initialisation_time": "1 s"}, "processor": {"gate_error": 0.5}}
    a, b = from_document(document(nodes={"a": beside, "b": None}, defaults=defaults)).nodes
    electron, carbon = a.memory["electron"], a.memory["carbon"]
    assert electron == registry.build("memory", {"preset": "nv-electron-2021", "count": 1})
    assert carbon == registry.build("memory", {"preset": "nv-carbon-2021", "count": 2})
    assert a.processor == registry.build("processor", {"preset": "nv-2021"})
    assert a.transfer.bank == "carbon"
    assert b.processor.gate_error == 0.5


def test_the_document_of_a_scenario_says_all_values() -> None:
    scenario = from_document(document(defaults={"memory": {"preset": "nv-2018"}}))
    assert from_document(scenario.document) == scenario


def test_a_preset_of_ones_own(ours: Preset) -> None:
    scenario = from_document(document(defaults={"memory": {"preset": "test-ion", "efficiency": 0.5}}))
    assert scenario.nodes[0].memory == AtomicMemory(count=3, t2=2.0, efficiency=0.5)
    assert ours.values["t2"].source == "May"
    assert ours.values["count"].source == "counted"


@pytest.mark.parametrize(
    ("memory", "place", "message"),
    [
        ({"preset": "nv-2019"}, "preset", r"unknown memory preset 'nv-2019' \(did you mean 'nv-2018'\?\)"),
        ({"preset": ["nv-2018"]}, "preset", "unknown memory preset"),
        ({"preset": "nv-2018", "t2_star": 1}, "t2_star", r"it belongs in `decay` of kind 'gaussian'"),
        ({"preset": "nv-2018", "t3": 1}, "t3", "unknown key"),
        ({"preset": "nv-2018", "prset": 1}, "prset", r"did you mean 'preset'"),
        ({"preset": "nv-electron-2021", "t1": "1 ms"}, "t2", "must be at most 2 t1"),
    ],
)
def test_faults(memory: dict[str, Any], place: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=rf"nodes\.a\.memory\.{place}: .*{message}"):
        from_document(document(nodes={"a": {"memory": memory}, "b": None}))


def test_a_value_needs_a_source() -> None:
    with pytest.raises(RegistryError, match="`t2` has no source"):
        qsim.preset("memory", "rumour", "atomic", "Heard of.", {"t2": 1.0})
    assert "rumour" not in registry.presets("memory")


@pytest.mark.usefixtures("ours")
def test_a_name_is_taken_once() -> None:
    same = {"t2": "2 s", "count": Cited(3, "counted")}
    qsim.preset("memory", "test-ion", "atomic", "Ours.", same, source="May")
    with pytest.raises(RegistryError, match="taken already: Ours"):
        qsim.preset("memory", "test-ion", "atomic", "Theirs.", same, source="May")


def test_the_schema_of_files_knows_them() -> None:
    definitions = json_schema()["$defs"]
    assert "nv-2018" in definitions["memory.atomic"]["properties"]["preset"]["enum"]
    assert "preset" not in definitions["fibre.single-mode"]["properties"]

"""Documents of format 1: each is the scenario that it was, and that its twin of format 2 is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import qsim
from qsim.documents.yaml_writer import to_yaml
from qsim.errors import ScenarioError
from qsim.scenario import Scenario, from_document, load
from qsim.scenario.moved import converted_file
from qsim.trace.sinks import FingerprintSink

FILES = sorted((Path(__file__).parent / "format_1").glob("*.yaml"))
EXAMPLES = Path(__file__).parents[2] / "examples"
#: Files that are examples too, there in format 2 and written by hand.
TWINS = {path.name: path for path in EXAMPLES.rglob("*.yaml")}
SHORT = ("run.duration=5 ms", "run.detail=attempt")


def traced(scenario: Scenario) -> str:
    sink = FingerprintSink()
    scenario.run(trace=sink)
    return sink.fingerprint


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_and_its_conversion_are_one_scenario(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_text(to_yaml(converted_file(path)), encoding="utf-8")
    old, new = load(path), load(tmp_path / path.name)
    assert old == new
    assert old.notes
    assert not new.notes
    assert old.document["qsim"] == 2
    short = [load(file, overrides=SHORT) for file in (path, tmp_path / path.name)]
    assert traced(short[0]) == traced(short[1])


@pytest.mark.parametrize("path", [path for path in FILES if path.name in TWINS], ids=lambda path: path.stem)
def test_a_file_runs_as_its_twin_among_the_examples(path: Path) -> None:
    old, new = (load(file, overrides=SHORT) for file in (path, TWINS[path.name]))
    assert (old.links, old.traffic) == (new.links, new.traffic)
    assert traced(old) == traced(new)


def test_one_notice_tells_every_key_that_has_moved() -> None:
    [note] = load(FILES[0].with_name("purified.yaml")).notes
    for old, new in (
        ("defaults.generation", "defaults.link_model"),
        ("nodes.*.type", "nodes.*.kind"),
        ("nodes.*.memory.cutoff", "nodes.*.cutoff.after"),
        ("defaults.memory.cutoff", "protocols.cutoff.after"),
        ("protocols.swapping.gate_error", "defaults.processor.swap_gate_error"),
        ("protocols.purification.measurement_error", "defaults.processor.readout_error"),
    ):
        assert f"`{old}` is now `{new}`" in note
    assert "'qsim convert'" in note


def test_cutoffs_and_errors_reach_the_nodes() -> None:
    made = load(FILES[0].with_name("purified.yaml"))
    assert made.protocols.cutoff.after == 3e-3
    assert [node.cutoff and registered(node.cutoff) for node in made.nodes] == [None, "age", "none"]
    processor = made.nodes[0].processor
    assert (processor.swap_noise.gate_error, processor.swap_noise.readout_error) == (0.01, 0)
    assert (processor.gate_noise.gate_error, processor.gate_noise.readout_error) == (0.004, 0.002)


def registered(thing: Any) -> str:
    return qsim.registry.name_of(type(thing))


PLAIN: dict[str, Any] = {
    "qsim": 2,
    "run": {"duration": "1 ms"},
    "defaults": {"link_model": {"kind": "single-click", "visibility": 0.9}},
    "nodes": {"a": None, "b": None},
    "links": [{"between": ["a", "b"], "length": "1 km"}],
}


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("defaults.generation.visibility=0.8", lambda made: made.links[0].link_model.visibility == 0.8),
        ("links[0].generation=two-photon", lambda made: registered(made.links[0].link_model) == "two-photon"),
        ("nodes.a.type=end-node", lambda made: not made.nodes[0].relays),
        ("defaults.memory.cutoff=2 ms", lambda made: made.protocols.cutoff.after == 2e-3),
        ("nodes.b.memory.cutoff=2 ms", lambda made: made.nodes[1].cutoff.after == 2e-3),
        ("protocols.swapping.gate_error=0.1", lambda made: made.nodes[0].processor.swap_gate_error == 0.1),
        (
            "defaults.memory={kind: atomic, count: 3, cutoff: 1 ms}",
            lambda made: (made.nodes[0].memory.count, made.protocols.cutoff.after) == (3, 1e-3),
        ),
    ],
)
def test_overrides_may_use_the_old_keys(override: str, found: Callable[[Scenario], bool]) -> None:
    made = from_document(PLAIN, overrides=[override])
    assert found(made)
    assert len(made.notes) == 1


def test_new_overrides_stand_above_old_keys() -> None:
    old = {**PLAIN, "qsim": 1, "defaults": {"generation": {"kind": "single-click", "visibility": 0.9}}}
    made = from_document(old, overrides=["defaults.link_model.visibility=0.7"])
    assert made.links[0].link_model.visibility == 0.7
    assert registered(made.links[0].link_model) == "single-click"


def test_a_fault_is_told_where_its_author_wrote_it() -> None:
    with pytest.raises(ScenarioError) as caught:
        from_document({**PLAIN, "qsim": 1, "defaults": {"memory": {"cutoff": -1}}})
    assert str(caught.value).startswith("<script>: defaults.memory.cutoff: must be in (0, inf) s, got -1")


def test_a_document_of_format_2_has_no_old_keys() -> None:
    with pytest.raises(ScenarioError, match=r"nodes\.a\.type: unknown key"):
        from_document({**PLAIN, "nodes": {"a": {"type": "router"}, "b": None}})


def test_both_keys_at_once_are_a_fault() -> None:
    both = {"generation": "single-click", "link_model": "single-click"}
    with pytest.raises(ScenarioError, match="given too: leave this one out"):
        from_document({**PLAIN, "qsim": 1, "defaults": both})


def test_sweeps_may_vary_the_old_keys() -> None:
    varied = {"defaults.memory.cutoff": ["1 ms", "2 ms"], "protocols.swapping.gate_error": [0.0]}
    result = qsim.sweep(PLAIN, varied, workers=1)
    assert [(each.path, each.unit) for each in result.parameters] == [
        ("defaults.memory.cutoff", "s"),
        ("protocols.swapping.gate_error", "1"),
    ]
    assert [run.values["defaults.memory.cutoff"] for run in result.runs] == [1e-3, 2e-3]


def test_memories_of_another_kind_had_no_share_in_the_default_cutoff() -> None:
    old = {**PLAIN, "qsim": 1, "defaults": {"memory": {"cutoff": "1 ms"}}, "nodes": {"a": None, "b": None}}
    made = from_document({**old, "nodes": {"a": {"memory": {"kind": "atomic"}}, "b": None}})
    assert [node.cutoff for node in made.nodes] == [None, None]


def test_bank_that_is_called_like_a_parameter_of_then_stays_a_bank() -> None:
    memory = {"main": {"count": 2}, "cutoff": {"count": 3}}
    document = {"run": {"duration": 1}, "nodes": {"a": {"memory": memory}}}
    assert {name: bank.count for name, bank in from_document(document).nodes[0].banks.items()} == {
        "main": 2,
        "cutoff": 3,
    }

"""Points, seeds and keys; what is wrong is told before anything runs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from qsim import Network, Scenario
from qsim.errors import ParameterError, ScenarioError
from qsim.scenario import from_document
from qsim.sweeps.front_door import planned
from qsim.sweeps.plan import Plan, Shard
from tests.sweeps.scenes import LENGTHS, SCENARIO, write


def values(plan: Plan) -> list[dict[str, Any]]:
    return [dict(runs[0].point.values) for runs in plan.by_point()]


def faults(varied: dict[str, Any], **sections: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        planned({**SCENARIO, **sections}, varied)
    return list(caught.value.faults)


def test_a_grid_is_every_combination_in_order() -> None:
    grid = {**LENGTHS, "defaults.memory.count": [1, 2]}
    plan = planned(SCENARIO, {"grid": grid, "replicates": 2})
    lengths, counts = (5000.0, 20000.0, 40000.0), (1, 2)
    assert values(plan) == [
        {"links[0].length": length, "defaults.memory.count": count} for length in lengths for count in counts
    ]
    assert [(run.point.index, run.replicate, run.seed) for run in plan.runs[:4]] == [
        (0, 0, 3), (0, 1, 4), (1, 0, 3), (1, 1, 4),
    ]  # fmt: skip
    assert [(each.path, each.unit) for each in plan.parameters] == [
        ("links[0].length", "m"),
        ("defaults.memory.count", "1"),
    ]


def test_zip_list_and_grid_multiply() -> None:
    varied = {
        "zip": {"links[0].length": ["1 km", "2 km"], "run.detail": ["attempt", "photon"]},
        "list": [{"label": "few", "defaults.memory.count": 1}, {"label": "many", "defaults.memory.count": 9}],
        "grid": {"defaults.memory.efficiency": [0.5]},
    }
    plan = planned(SCENARIO, varied)
    assert [each.path for each in plan.parameters] == [
        "label", "defaults.memory.count", "defaults.memory.efficiency", "links[0].length", "run.detail",
    ]  # fmt: skip
    assert [tuple(point.values()) for point in values(plan)] == [
        ("few", 1, 0.5, 1000.0, "attempt"),
        ("few", 1, 0.5, 2000.0, "photon"),
        ("many", 9, 0.5, 1000.0, "attempt"),
        ("many", 9, 0.5, 2000.0, "photon"),
    ]


@pytest.mark.parametrize("method", ["sobol", "latin-hypercube"])
def test_a_sample_fills_its_region_evenly(method: str) -> None:
    parameters = {
        "links[0].length": {"low": "1 km", "high": "100 km", "scale": "log"},
        "defaults.memory.efficiency": {"low": 0.2, "high": 0.6},
        "defaults.memory.count": {"low": 1, "high": 4},
    }
    plan = planned(SCENARIO, {"sample": {"method": method, "points": 16, "parameters": parameters}})
    points = values(plan)
    logs = sorted(np.log10([point["links[0].length"] for point in points]))
    shares = sorted((point["defaults.memory.efficiency"] - 0.2) / 0.4 for point in points)
    # Both methods put exactly one of n points into each of n equal shares of every parameter.
    assert [int((value - 3) / 2 * 16) for value in logs] == list(range(16))
    assert [int(share * 16) for share in shares] == list(range(16))
    counts = [point["defaults.memory.count"] for point in points]
    assert sorted(counts) == sorted([1, 2, 3, 4] * 4)
    assert all(isinstance(count, int) for count in counts)
    again = planned(SCENARIO, {"sample": {"method": method, "points": 16, "parameters": parameters}})
    assert again == plan
    other = {"method": method, "points": 16, "parameters": parameters, "seed": 1}
    assert values(planned(SCENARIO, {"sample": other})) != points


def test_arrays_of_numpy_are_values() -> None:
    plan = planned(SCENARIO, {"grid": {"links[0].length": np.linspace(1e3, 3e3, 3)}})
    assert [point["links[0].length"] for point in values(plan)] == [1000.0, 2000.0, 3000.0]


def test_a_range_of_python_is_values() -> None:
    plan = planned(SCENARIO, {"grid": {"defaults.memory.count": range(1, 4)}})
    assert [point["defaults.memory.count"] for point in values(plan)] == [1, 2, 3]


def test_a_whole_object_goes_in_before_its_parts() -> None:
    grid = {"defaults.memory.count": [1, 2], "defaults.memory": [{"t2": "1 s"}]}
    plan = planned(SCENARIO, {"grid": grid})
    memories = [json.loads(runs[0].point.document)["defaults"]["memory"] for runs in plan.by_point()]
    assert [(memory["count"], memory["t2"]) for memory in memories] == [(1, 1.0), (2, 1.0)]


def test_a_number_of_replicates_stands_in_place_of_the_sections_rule() -> None:
    document = {**SCENARIO, "sweep": {"until": {"metric": "pairs", "half_width": 1}}}
    plan = planned(document, {"replicates": 2})
    assert (plan.until, len(plan.runs)) == (None, 2)


def test_the_topology_of_a_loaded_scenario_is_spelt_out() -> None:
    document = {
        "run": {"duration": 1},
        "topology": {"kind": "line", "nodes": 2, "length": 1},
        "sweep": {"grid": {"topology.nodes": [2, 3]}},
    }
    assert len(planned(document, {}).runs) == 2
    with pytest.raises(ScenarioError, match="has its topology spelt out; give its file"):
        planned(from_document(document), {})


def test_without_anything_varied_there_is_one_point() -> None:
    plan = planned(SCENARIO, {"replicates": 3})
    assert (values(plan), len(plan.runs)) == ([{}], 3)


def test_values_below_topologies_kinds_and_tables_have_their_units() -> None:
    document = {
        "run": {"duration": 1},
        "topology": {"kind": "line", "nodes": 3, "length": "10 km"},
        "classical": {"channels": [{"between": ["n0", "n1"], "delay": "1 ms"}]},
        "traffic": [{"kind": "request", "initiator": "n0", "responder": "n2"}],
    }
    units = {
        "topology.length": ("20 km", "m"),
        "topology.nodes": (4, "1"),
        "defaults.memory.t2": ("1 s", "s"),
        "defaults.fibre.attenuation": ("0.2 dB/km", "dB/m"),
        "classical.channels[0].delay": ("2 ms", "s"),
        "classical.speed": ("2e8 m/s", "m/s"),
        "nodes.n1.memory.efficiency": ("50 %", "1"),
        "links[0].detector.efficiency": (0.5, "1"),
        "run.formalism": ("bell-diagonal", None),
        "run.record_pairs": (True, None),
        "traffic[0].fidelity": (0.8, "1"),
        "protocols.swapping.success_probability": (0.5, "1"),
        "protocols.purification": ("dejmps", None),
    }
    document["links"] = [{"between": ["n0", "n1"]}]
    plan = planned(document, {"grid": {path: [value] for path, (value, _) in units.items()}})
    assert {each.path: each.unit for each in plan.parameters} == {
        path: unit for path, (_, unit) in units.items()
    }
    assert all(each.doc for each in plan.parameters)
    found = values(plan)[0]
    assert found["topology.length"] == 20000.0
    assert found["nodes.n1.memory.efficiency"] == 0.5
    assert found["protocols.purification"] == "dejmps"


def test_a_mapping_as_a_value_stands_in_tables_as_json() -> None:
    chosen = [{"kind": "nested", "success_probability": 0.5}]
    plan = planned(SCENARIO, {"grid": {"protocols.swapping": chosen}})
    assert values(plan) == [{"protocols.swapping": '{"kind": "nested", "success_probability": 0.5}'}]


def test_a_file_a_document_a_scenario_and_a_network_plan_the_same_runs(tmp_path: Any) -> None:
    file = write(tmp_path, sweep={"grid": LENGTHS, "replicates": 2})
    keys = [run.key for run in planned(file, {}).runs]
    assert len(set(keys)) == 6
    assert [run.key for run in planned(SCENARIO, {"grid": LENGTHS, "replicates": 2}).runs] == keys
    scenario = from_document({**SCENARIO, "sweep": {"grid": LENGTHS, "replicates": 2}})
    assert [run.key for run in planned(scenario, {}).runs] == keys
    network = Network("Two nodes").add_nodes("alice", "bob").add_link("alice", "bob", "20 km")
    document = network.request("alice", "bob").document("50 ms", seed=3)
    assert [run.key for run in planned(document, {"grid": LENGTHS, "replicates": 2}).runs] == keys


def test_arguments_stand_in_place_of_the_section(tmp_path: Any) -> None:
    file = write(tmp_path, sweep={"grid": LENGTHS, "replicates": 2})
    plan = planned(file, {"replicates": 5})
    assert (len(plan.by_point()), len(plan.runs)) == (3, 15)
    plan = planned(file, {"grid": {"defaults.memory.count": [1]}}, overrides=["run.seed=10"])
    assert [(run.seed, dict(run.point.values)) for run in plan.runs] == [
        (10, {"defaults.memory.count": 1}),
        (11, {"defaults.memory.count": 1}),
    ]


def test_a_key_changes_with_everything_that_a_run_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def key(*, replicates: int = 1, run: dict[str, Any] | None = None, **varied: Any) -> str:
        document = {**SCENARIO, "run": {**SCENARIO["run"], **(run or {})}}
        return planned(document, {"grid": varied or LENGTHS, "replicates": replicates}).runs[-1].key

    keys = [
        key(),
        key(replicates=2),
        key(run={"seed": 4}),
        key(run={"duration": 1}),
        key(**{"links[0].length": [1]}),
        key(**{"defaults.memory.count": [1]}),
    ]
    monkeypatch.setattr("qsim.sweeps.plan.versions", lambda: {"qsim": "99"})
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_a_plan_survives_storage() -> None:
    plan = planned(SCENARIO, {"grid": LENGTHS, "until": {"metric": "throughput_hz", "half_width": 1}})
    read = Plan.from_dict(plan.to_dict())
    assert (read.parameters, read.until, read.document) == (plan.parameters, plan.until, plan.document)
    assert [(run.key, run.seed) for run in read.runs] == [(run.key, run.seed) for run in plan.runs]
    assert values(read) == values(plan)


def test_every_fault_of_every_point_is_told_at_once() -> None:
    varied = {"grid": {"links[0].length": ["5 km", "-1 km", "2 kg"], "defaults.memory.efficiency": [2]}}
    found = faults(varied)
    assert "sweep links[0].length=-1 km: must be in [0, inf) m, got -1 km" in found
    assert any(fault.startswith("sweep links[0].length=2 kg: unknown unit 'kg'") for fault in found)
    assert "sweep defaults.memory.efficiency=2: must be in [0, 1], got 2" in found
    assert len(found) == 3


@pytest.mark.parametrize(
    ("varied", "said"),
    [
        ({"grid": {"links[7].length": [1]}}, "`links` has no item 7; there are from 0 to 0"),
        ({"grid": {"nodes.carol.memory.count": [1]}}, "there is no node 'carol'"),
        ({"grid": {"defaults.memory.eficiency": [1]}}, "unknown key (did you mean 'efficiency'?)"),
        ({"grid": {"links[0].length": []}}, "grid: must give at least one value for 'links[0].length'"),
        ({"grid": {"links[0].length": "1 km"}}, "must be a list"),
        ({"grid": {"a..b": [1]}}, "is no key path"),
        ({"grid": {"run.seed": [1, 2]}}, "the seed is not varied as a parameter"),
        ({"grid": LENGTHS, "zip": LENGTHS}, "varies 'links[0].length' in two ways"),
        ({"zip": {**LENGTHS, "defaults.memory.count": [1]}}, "got 3 for 'links[0].length', 1 for 'defaults"),
        ({"list": [{}]}, "list: must not hold an empty point"),
        ({"list": [{"run.detail": "photon"}, LENGTHS]}, "must name the same key paths in every point"),
        ({"replicates": 0}, "replicates: must be in [1, inf), got 0"),
        ({"replicates": 10**7}, "10,000,000 runs are more than 1,000,000, the most that are taken"),
        ({"repeats": 5}, "repeats: unknown key (did you mean 'replicates'?)"),
        ({"until": {"metric": "troughput_hz", "half_width": 1}}, "(did you mean 'throughput_hz'?)"),
        ({"until": {"metric": "pairs", "half_width": 0}}, "half_width: must be in (0, inf), got 0"),
        (
            {"until": {"metric": "pairs", "half_width": 1, "at_most": 3}},
            "at_most: must be at least `at_least`",
        ),
        ({"grid": {"links[0].length": [1], 'links[0]."length"': [2]}}, "in two ways; one of them must go"),
        ({"grid": {"run": [{"duration": 1, "seed": 5}, {"duration": 1, "seed": 6}]}}, "seed is not varied"),
        ({"replicates": 2, "until": {"metric": "pairs", "half_width": 1}}, "both say how often"),
        # These are counted, not listed, or they would take all memory there is.
        (
            {"grid": {f"nodes.n{n}.a": [*range(1000)] for n in range(4)}},
            "1,000,000,000,000 runs are",
        ),
        (
            {"sample": {"points": 10**12, "parameters": {"run.duration": {"low": 1, "high": 2}}}},
            "1,000,000,000,000 runs are",
        ),
        (
            {"sample": {"points": 2, "parameters": {"defaults.memory.count": {"low": 1.2, "high": 1.8}}}},
            "'defaults.memory.count' takes whole numbers, and there is none from 1.2 to 1.8",
        ),
        ({"sample": {"points": 2, "parameters": {"label": {"low": 1, "high": 2}}}}, "cannot be sampled"),
        (
            {
                "sample": {
                    "method": "sobol",
                    "points": 6,
                    "parameters": {"run.duration": {"low": 1, "high": 2}},
                }
            },
            "points: must be a power of 2 for 'sobol', got 6",
        ),
        ({"sample": {"points": 4, "parameters": {}}}, "parameters: must name at least one parameter"),
        (
            {"sample": {"points": 4, "parameters": {"run.duration": {"low": 2, "high": 1}}}},
            "must have low below high, got 2 and 1",
        ),
        (
            {"sample": {"points": 4, "parameters": {"run.duration": {"low": 0, "high": 1, "scale": "log"}}}},
            "must be above 0 on a log scale",
        ),
        (
            {"sample": {"points": 4, "parameters": {"run.detail": {"low": "a", "high": "b"}}}},
            "must range between two numbers, got 'a'",
        ),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_in_a_sentence(varied: dict[str, Any], said: str) -> None:
    assert said in "\n".join(faults(varied))


def test_a_fault_of_the_section_has_its_place(tmp_path: Any) -> None:
    file = write(tmp_path)
    text = file.read_text() + "sweep:\n  replicates: many\n"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        planned(file, {})
    assert caught.value.faults[0].startswith(f"{file}:{text.count(chr(10))}:15: sweep.replicates: must be")


def test_a_scenario_with_a_sweep_runs_as_one_without() -> None:
    plain = from_document(SCENARIO)
    varied = from_document({**SCENARIO, "sweep": {"grid": LENGTHS}})
    assert isinstance(varied, Scenario)
    assert varied == plain
    assert varied.document == plain.document
    assert varied.sweep is not None


def test_a_whole_number_of_a_continuous_parameter_is_the_same_value() -> None:
    keys = [
        planned(SCENARIO, {"grid": {"links[0].length": [value]}}).runs[0].key for value in (20, 20.0, "20 m")
    ]
    assert len(set(keys)) == 1


def test_nodes_keep_their_order() -> None:
    document = {**SCENARIO, "nodes": ["zoe", "alice", "bob"], "links": []}
    document["links"] = [{"between": ["zoe", "bob"], "length": 1}, {"between": ["alice", "bob"], "length": 1}]
    plan = planned(document, {"grid": {"links[0].length": ["1 km"]}})
    assert list(json.loads(plan.runs[0].point.document)["nodes"]) == ["zoe", "alice", "bob"]


def test_shares_cover_the_plan_once() -> None:
    plan = planned(SCENARIO, {"grid": LENGTHS, "replicates": 5})
    shares = [Shard.parse(f"{number}/4").of_plan(plan, plan.runs) for number in (1, 2, 3, 4)]
    assert sorted(run.key for share in shares for run in share) == sorted(run.key for run in plan.runs)
    assert {len(share) for share in shares} == {3, 4}


def test_shares_have_whole_points_under_a_stopping_rule() -> None:
    plan = planned(SCENARIO, {"grid": LENGTHS, "until": {"metric": "pairs", "half_width": 1}})
    for number in (1, 2):
        share = Shard(number, 2).of_plan(plan, plan.runs)
        assert {run.point.index % 2 for run in share} == {number - 1}


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/0", "-1/2"])
def test_a_share_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match=r"i/n with i from 1 to n, as in 2/8"):
        Shard.parse(text)

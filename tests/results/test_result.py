from __future__ import annotations

import dataclasses
import json
import math

import pytest

from qsim.errors import ResultError
from tests.results.specimens import flow, result


def test_a_result_as_a_mapping_has_every_figure_and_is_json() -> None:
    plain = result().to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["completed"] == 2
    assert plain["unfinished"][0]["status"] == "open"
    assert plain["flows"][1] == {
        "initiator": "a",
        "responder": "c",
        "path": ["a", "b", "c"],
        "start_s": 1.5,
        "end_s": 11.5,
        "memories": 10,
        "target_fidelity": 0.8,
        "wait_s": 0.5,
        "pairs": 0,
        "throughput_hz": 0.0,
        "fidelity_mean": None,
        "latency_mean_s": None,
        "status": "completed",
    }
    assert [row["hops"] for row in plain["hops"]] == [1, 2]
    assert plain["fingerprint"] == result().fingerprint
    assert set(plain["versions"]) == {"qsim", "python", "numpy"}


def test_no_nan_or_infinity_gets_into_json() -> None:
    broken = result(flows=(flow(fidelity_mean=math.nan, throughput_hz=math.inf),))
    row = broken.to_dict()["flows"][0]
    assert (row["fidelity_mean"], row["throughput_hz"]) == (None, None)


@pytest.mark.parametrize("field", ["wall_s", "cpu_s", "setup_s"])
def test_timings_leave_the_fingerprint_alone(field: str) -> None:
    assert dataclasses.replace(result(), **{field: 99.0}).fingerprint == result().fingerprint


def test_a_traced_run_has_the_fingerprint_of_a_silent_one() -> None:
    assert result(trace_fingerprint="00ff").fingerprint == result().fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"seed": 8},
        {"simulated_s": 100.5},
        {"events": 1235},
        {"rejected": 4},
        {"interrupted": True},
        {"flows": (flow(),)},
        {"unfinished": ()},
        {"links": ()},
        {"memories": ()},
        {"pairs": ()},
        {"metrics": ()},
        {"stalls": ()},
        {"document": {"run": {"duration": 100.0, "seed": 8}}},
    ],
)
def test_every_figure_is_in_the_fingerprint(change: dict[str, object]) -> None:
    assert result(**change).fingerprint != result().fingerprint


def test_the_fingerprint_does_not_care_whether_a_whole_number_is_a_float() -> None:
    assert result(simulated_s=100).fingerprint != ""
    assert (
        result(flows=(flow(start_s=1, end_s=11),)).fingerprint
        == result(flows=(flow(start_s=1.0, end_s=11.0),)).fingerprint
    )


def test_an_unknown_table_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ResultError, match=r"no table 'flow' \(did you mean 'flows'\?\)"):
        result().table("flow")


def test_two_results_of_one_run_are_equal() -> None:
    assert result() == result()
    assert result() != result(seed=8)


def test_results_from_before_flows_had_pairs_wanted_keep_their_fingerprint() -> None:
    """The digest was written down before rows had the column."""
    assert result().fingerprint == "8ce5c21f7342f4506b1a5126df556314"
    assert result(flows=(flow(wanted=40, status="short"),)).fingerprint != result(flows=(flow(),)).fingerprint

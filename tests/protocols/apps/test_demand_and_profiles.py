"""Between whom and when open traffic asks: demands, profiles, traces."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qsim
from qsim.errors import ScenarioError
from qsim.scenario import from_document
from tests.protocols.apps.test_open_traffic import DARK, measured, submitted
from tests.statistics import FALSE_ALARM, follows


def triangle(*links: tuple[str, str, str], **traffic: Any) -> qsim.Network:
    """Three nodes in a row of 10 and 30 km, or linked as stated, and short requests."""
    net = qsim.Network(memory={"count": 8}, link_model=DARK)
    net.add_nodes("a", "b", "c")
    for one, other, length in links or (("a", "b", "10 km"), ("b", "c", "30 km")):
        net.add_link(one, other, length)
    return net.add_traffic("poisson-requests", **({"rate": 100.0, "duration": "1 us"} | traffic))


@pytest.mark.parametrize(
    ("demand", "weights"),
    [
        ({"kind": "uniform"}, dict.fromkeys(("ab", "ac", "ba", "bc", "ca", "cb"), 1)),
        ({"kind": "uniform", "nodes": ["a", "c"]}, {"ac": 1, "ca": 1}),
        (
            {"kind": "matrix", "nodes": ["c", "a", "b"], "table": [[0, 1, 0], [2, 0, 3], [0, 0, 0]]},
            {"ca": 1, "ac": 2, "ab": 3},
        ),
        (
            {"kind": "gravity", "masses": {"a": 1, "b": 2, "c": 4}},
            {"ab": 2, "ba": 2, "bc": 8, "cb": 8, "ac": 4, "ca": 4},
        ),
        (
            {"kind": "gravity", "masses": {"a": 1, "b": 2, "c": 4}, "exponent": 2},
            {"ab": 2, "ba": 2, "bc": 8 / 9, "cb": 8 / 9, "ac": 4 / 16, "ca": 4 / 16},
        ),
    ],
)
def test_pairs_are_drawn_as_often_as_their_weights_say(demand: Any, weights: dict[str, float]) -> None:
    drawn = Counter(a + b for _, a, b, _ in submitted(triangle(demand=demand), "20 s"))
    assert drawn.keys() == weights.keys()
    expected = np.array(list(weights.values())) / sum(weights.values()) * drawn.total()
    assert follows([drawn[pair] for pair in weights], expected) > FALSE_ALARM


@pytest.mark.parametrize(
    ("profile", "shares"),
    [
        # Integrals over quarters of 20 s: of 1 + sin(2 pi t / 20), of steps, of max(0, 1 + 3 sin).
        ({"kind": "sinusoid", "period": "20 s"}, [1 + 2 / np.pi] * 2 + [1 - 2 / np.pi] * 2),
        ({"kind": "steps", "times": ["5 s", "10 s"], "factors": [3, 0]}, [1, 3, 0, 0]),
        ({"kind": "csv", "times": [0, "15 s"], "rates": ["120 /min", "100 Hz"]}, [2, 2, 2, 100]),
        ({"kind": "constant"}, [1, 1, 1, 1]),
    ],
)
def test_rates_follow_their_profile(profile: dict[str, Any], shares: list[float]) -> None:
    rate = None if profile["kind"] == "csv" else 60.0
    asked = submitted(triangle(profile=profile, rate=rate), "20 s")
    counts = np.histogram([time / 1e12 for time, *_ in asked], bins=4, range=(0, 20))[0]
    mean = 5.0 * (rate or 1.0) * np.array(shares)
    told = mean > 0
    assert (counts[~told] == 0).all()
    # Poisson counts: the total has room of its own, the shares are those of the profile.
    assert follows(counts[told], mean[told] / mean.sum() * counts.sum()) > FALSE_ALARM
    assert abs(counts.sum() - mean.sum()) < 7 * np.sqrt(mean.sum())


def test_a_hot_spot_moves_and_a_wave_runs() -> None:
    hot = {"kind": "hot-spot", "nodes": ["a", "c"], "dwell": "5 s", "hot": 4, "elsewhere": 0}
    asked = submitted(triangle(profile=hot), "20 s")
    for time, one, other, _ in asked:
        assert ("a" if time / 5e12 % 2 < 1 else "c") in (one, other)
    wave = {"kind": "wave", "nodes": ["a", "b", "c"], "period": "30 s", "amplitude": 2.0}
    asked = submitted(triangle(profile=wave), "30 s")
    # 1 + 2 cos is nothing from a third of a period after its crest to two thirds.
    for crest, node in ((0, "a"), (10, "b"), (20, "c")):
        after = [(time / 1e12 - crest) % 30 for time, one, *_ in asked if one == node]
        assert not any(10.01 < since < 19.99 for since in after)
        assert sum(since < 5 or since > 25 for since in after) > 0.6 * len(after)


def test_traffic_begins_and_ends_when_it_is_said_to() -> None:
    times = [time / 1e12 for time, *_ in submitted(triangle(begin="3 s", until="4 s"), "20 s")]
    assert 3 < min(times) < 3.1
    assert 3.9 < max(times) < 4


def test_a_trace_is_read_and_becomes_part_of_the_document(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(
        "time_ms,initiator,responder,pairs,duration [us],fidelity,memories\n"
        "20,b,a,90000,5,0.25,2\n1.5,a,c,80000,6,0,1\n0.5 s,c,a,70000,7,0,1\n"
    )
    document = {
        "run": {"duration": "1 s"},
        "defaults": {"memory": {"count": 4}},
        "nodes": ["a", "b", "c"],
        "links": [{"between": ["a", "b"], "length": 1.0}, {"between": ["b", "c"], "length": 1.0}],
        "traffic": [{"kind": "trace-requests", "path": "calls.csv"}],
    }
    scenario = from_document(document, base=tmp_path)
    (tmp_path / "calls.csv").unlink()
    flows = scenario.run(seed=1).flows
    assert [(flow.initiator, flow.responder, flow.memories, flow.target_fidelity) for flow in flows] == [
        ("a", "c", 1, 0.0), ("b", "a", 2, 0.25), ("c", "a", 1, 0.0)
    ]  # fmt: skip
    assert [flow.start_s - flow.wait_s for flow in flows] == pytest.approx([1.5e-3, 20e-3, 0.5])
    assert [flow.end_s - flow.start_s for flow in flows] == pytest.approx([6e-6, 5e-6, 7e-6])
    assert from_document(scenario.document) == scenario


def test_what_a_trace_leaves_open_follows_the_laws(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("time\n" + "\n".join(str(place / 10) for place in range(60)))
    document = {
        "run": {"duration": "10 s"},
        "defaults": {"memory": {"count": 9}},
        "nodes": ["a", "b", "lone"],
        "links": [{"between": ["a", "b"], "length": 1.0}],
        "traffic": [
            {
                "kind": "trace-requests",
                "path": "times.csv",
                "duration": "1 us",
                "memories": {"uniform": [2, 3]},
                "demand": {"among": "reachable"},
            }
        ],
    }
    flows = from_document(document, base=tmp_path).run(seed=1).flows
    assert len(flows) == 60
    assert {flow.memories for flow in flows} == {2, 3}
    assert {(flow.initiator, flow.responder) for flow in flows} == {("a", "b"), ("b", "a")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time\n-1\n", "line 2: `time` must be at least 0"),
        ("time,pairs\n1,0\n", "line 2: `pairs` must be at least 1"),
        ("time,pairs\n1,1.5\n", "line 2: `pairs` must be a whole number"),
        ("time,fidelity\n1,120 %\n", "line 2: `fidelity` must be at most 1"),
        ("time,duration\n1,0\n", "line 2: `duration` must be above 0"),
        ("time,initiator\n1,a\n", "`initiator` and `responder` come together"),
        ("time,initiator,responder\n1,a,x\n", "unknown node 'x'"),
        ("time,initiator,responder\n1,a,a\n", "must differ from the initiator"),
        ("time,initiator,responder\n1,a,lone\n", "there is no path from 'a' to 'lone'"),
        ("when\n1\n", "column 1 of the header is none of"),
        ("time\n", "no request arrives before the run ends"),
    ],
)
def test_faults_of_a_trace_are_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "calls.csv").write_text(text)
    document = {
        "run": {"duration": "2 s"},
        "nodes": ["a", "b", "lone"],
        "links": [{"between": ["a", "b"], "length": 1.0}],
        "traffic": [
            {
                "kind": "trace-requests",
                "path": "calls.csv",
                "duration": "1 s",
                "demand": {"nodes": ["a", "b"]},
            }
        ],
    }
    if "initiator" in text:
        del document["traffic"][0]["demand"]  # type: ignore[index]
    with pytest.raises(ScenarioError, match=words):
        from_document(document, base=tmp_path)


def test_rates_of_a_file_are_absolute(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("time [min],rate [/min]\n0,600\n0.1,0\n")
    net = triangle(rate=None, profile={"kind": "csv", "path": "rates.csv"})
    scenario = from_document(net.document("12 s"), base=tmp_path)
    result = scenario.run(seed=1)
    assert 20 < measured(result, "offered").n < 110
    with pytest.raises(ScenarioError, match="rate: stands beside a profile whose rates are stated in full"):
        from_document(triangle(profile={"kind": "csv", "path": "rates.csv"}).document("1 s"), base=tmp_path)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"demand": {"kind": "matrix", "nodes": ["a", "b"], "table": [[0, 1]]}}, "2 rows of 2 weights"),
        (
            {"demand": {"kind": "matrix", "nodes": ["a", "b"], "table": [[1, 1], [0, 0]]}},
            "0 from 'a' to itself",
        ),
        ({"demand": {"kind": "matrix", "nodes": ["a", "b"], "table": [[0, 0], [0, 0]]}}, "a weight above 0"),
        ({"demand": {"kind": "gravity", "masses": {"a": 1, "b": 0}}}, "asks for no pair"),
        ({"demand": {"kind": "uniform", "nodes": ["a", "a"]}}, "names 'a' twice"),
        ({"profile": {"kind": "steps", "times": [2, 1], "factors": [1, 1]}}, "must ascend"),
        ({"profile": {"kind": "steps", "times": [], "factors": []}}, "must have one time or more"),
        ({"profile": {"kind": "csv"}}, "rates come from a `path`, or from `times` and `rates`"),
        ({"profile": {"kind": "wave", "nodes": ["a", "a"], "period": 1}}, "each node once a round"),
    ],
)
def test_demands_and_profiles_that_cannot_be_are_told(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        triangle(**fields).scenario("1 s")

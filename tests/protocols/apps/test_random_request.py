"""Random traffic: what is drawn, from which streams, and what follows a refusal."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from qsim.errors import ScenarioError
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain

SECOND = 1000 * MS
#: A source that never gives a pair: the traffic does not need any.
DARK = {"kind": "midpoint-source", "pair_probability": 1e-12}

Asked = tuple[str, str, int, int, int, tuple[int, float]]


def traffic(
    seed: int = 0, nodes: int = 4, count: int = 30, duration: float = 300.0, **fields: Any
) -> tuple[list[Asked], MemorySink, Any]:
    """Run random requests without light; the requests in order, with the trace and the result."""
    document = chain(
        nodes - 1,
        count=count,
        generation=DARK,
        traffic=[{"kind": "random-request", **fields}],
        run={"duration": duration},
    )
    sink = MemorySink()
    result = alive(document, seed=seed, trace=sink).run()
    return requests(sink), sink, result


def requests(sink: MemorySink) -> list[Asked]:
    """Submitted requests: initiator, responder, time asked, lead, duration, and memories with fidelity."""
    return [
        (
            node,
            fields["responder"],
            time,
            fields["start_ps"] - time,
            fields["end_ps"] - fields["start_ps"],
            (fields["memories"], fields["fidelity"]),
        )
        for time, event, node, fields in sink.events
        if event == "request_submitted"
    ]


def test_everything_drawn_lies_in_its_half_open_range_on_its_grid() -> None:
    asked, _, _ = traffic(duration=2000.0, memories_min=3)
    assert len(asked) > 500
    leads = {lead for *_, lead, _, _ in asked}
    assert leads == {step * SECOND // 10 for step in range(10, 20)}
    durations = {duration for *_, duration, _ in asked}
    assert durations == {step * SECOND for step in range(10, 20)}
    assert {memories for *_, (memories, _) in asked} == set(range(3, 15))
    fidelities = [fidelity for *_, (_, fidelity) in asked]
    assert 0.8 <= min(fidelities) < 0.81
    assert 0.99 < max(fidelities) < 1.0


def test_bounds_of_memories_are_given_for_all_nodes_or_for_each() -> None:
    asked, _, _ = traffic(duration=2000.0, memories_min=3, memories_max=[6])
    assert {memories for *_, (memories, _) in asked} == {3, 4, 5}
    asked, _, _ = traffic(duration=2000.0, memories_min=3, memories_max=[5, 31, 4, 7])
    drawn = defaultdict(set)
    for initiator, *_, (memories, _) in asked:
        drawn[initiator].add(memories)
    assert max(drawn.pop("n1")) > 15
    assert drawn == {"n0": {3, 4}, "n2": {3}, "n3": {3, 4, 5, 6}}


def test_every_node_asks_every_other() -> None:
    asked, _, _ = traffic(duration=1000.0)
    partners = defaultdict(set)
    for initiator, responder, *_ in asked:
        partners[initiator].add(responder)
    names = {"n0", "n1", "n2", "n3"}
    assert {name: names - others for name, others in partners.items()} == {name: {name} for name in names}


def test_only_the_nodes_named_take_part() -> None:
    document = chain(4, count=30, generation=DARK, run={"duration": 200.0})
    document["traffic"] = [{"kind": "random-request", "nodes": ["n0", "n3", "n4"]}]
    sink = MemorySink()
    alive(document, trace=sink).run()
    ends = {(initiator, responder) for initiator, responder, *_ in requests(sink)}
    assert {name for pair in ends for name in pair} == {"n0", "n3", "n4"}


def test_the_next_request_comes_one_picosecond_after_the_window() -> None:
    _, sink, _ = traffic(nodes=2)
    busy: dict[str, int] = {}
    followed = 0
    accepted: set[str] = set()
    for time, event, node, fields in sink.events:
        if event == "request_submitted":
            if node in accepted:
                assert time == busy[node] + 1
                followed += 1
                accepted.discard(node)
            busy[node] = fields["end_ps"]
        elif event == "request_accepted":
            accepted.add(node)
    assert followed > 10


def test_a_refused_request_keeps_responder_and_fidelity_and_draws_the_rest_again() -> None:
    asked, sink, result = traffic(nodes=3, count=20, memories_min=5, memories_share=0.5, retry=2.5)
    assert result.rejected > 10
    refused = [(time, node) for time, event, node, _ in sink.events if event == "request_rejected"]
    windows = []
    for time, node in refused:
        before = [one for one in asked if one[0] == node and one[2] <= time][-1]
        after = next((one for one in asked if one[0] == node and one[2] > time), None)
        if after is None:
            continue
        assert after[2] == time + 2500 * MS
        assert (after[1], after[5][1]) == (before[1], before[5][1])
        windows.append((before[3:5], after[3:5]))
    assert any(one != other for one, other in windows)


def test_waiting_counts_from_the_first_asking() -> None:
    asked, _, result = traffic(nodes=3, count=20, memories_min=5, memories_share=0.5)
    first: dict[tuple[str, float], int] = {}
    for initiator, _, time, _, _, (_, fidelity) in asked:
        first.setdefault((initiator, fidelity), time)
    rows = result.flows + result.unfinished
    waits = [row.start_s - first[row.initiator, row.target_fidelity] / 1e12 for row in rows]
    assert [row.wait_s for row in rows] == pytest.approx(waits)
    assert max(waits) > 3


def test_named_streams_do_not_care_for_other_nodes_or_their_order() -> None:
    """Each node's first request is the same in any order of nodes, and beside one that takes no part."""

    def first(names: list[str], extra: bool) -> dict[str, Any]:
        document = chain(3, count=30, generation=DARK, run={"duration": 0.5})
        document["nodes"] = dict.fromkeys(names)
        document["traffic"] = [{"kind": "random-request", "nodes": ["n0", "n1", "n2", "n3"]}]
        if extra:
            document["nodes"]["a bystander"] = None
            document["links"].append({"between": ["a bystander", "n2"], "length": 1000.0})
        sink = MemorySink()
        alive(document, seed=7, trace=sink).run()
        return {one[0]: one[1:] for one in requests(sink)}

    plain = first(["n0", "n1", "n2", "n3"], extra=False)
    assert len(plain) == 4
    assert first(["n3", "n1", "n0", "n2"], extra=False) == plain
    assert first(["n0", "n1", "n2", "n3"], extra=True) == plain


def test_published_streams_are_numpys_generators_seeded_by_place() -> None:
    asked, _, _ = traffic(seed=11, streams="published", duration=0.5)
    assert len(asked) == 4
    for place, (initiator, responder, _, lead, duration, (memories, fidelity)) in enumerate(asked):
        random = np.random.default_rng(11 + place)
        others = [f"n{other}" for other in range(4) if other != place]
        assert (initiator, responder) == (f"n{place}", others[random.integers(3)])
        assert lead == random.integers(10, 20) * SECOND // 10
        assert duration == random.integers(10, 20) * SECOND
        assert memories == random.integers(10, 15)
        assert fidelity == random.uniform(0.8, 1)


def test_seeds_differ() -> None:
    assert traffic(seed=1, duration=50.0)[0] != traffic(seed=2, duration=50.0)[0]
    assert traffic(seed=1, duration=50.0)[0] == traffic(seed=1, duration=50.0)[0]


def test_a_confirmation_that_comes_after_the_window_ends_nothing_but_that_request() -> None:
    """Messages outlast the whole window: each request is over when it is confirmed, and the next follows."""
    document = chain(
        [20_000.0],
        count=4,
        generation=DARK,
        run={"duration": 500.0},
        traffic=[{"kind": "random-request", "nodes": ["n0", "n1"], "memories_min": 1, "duration_max": 11.0}],
    )
    sink = MemorySink()
    alive(document, trace=sink).run()
    submitted = [
        time for time, event, node, _ in sink.events if event == "request_submitted" and node == "n0"
    ]
    assert len(submitted) > 10
    assert not any(event == "flow_started" and node == "n0" for _, event, node, _ in sink.events)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"nodes": ["n0"]}, "random requests need at least two nodes"),
        ({"nodes": ["n0", "n9"]}, "unknown node 'n9'"),
        ({"memories_min": 16}, "must be at most 0.5 of the 30 memories of 'n0', got 16"),
        ({"memories_max": [12, 12, 12]}, "must be one number, or one for each of the 2 nodes; got 3"),
        ({"memories_max": [12], "nodes": ["n0", "n9"]}, "unknown node 'n9'"),
        ({"memories_max": [10]}, "must be above memories_min = 10 and at most one more than the 30 memories"),
        ({"memories_max": [12, 32]}, "at most one more than the 30 memories of 'n1', got 32"),
        ({"memories_max": 12}, "must be a list, got 12"),
        ({"memories_max": [0]}, "must be in [1, inf), got 0"),
        ({"lead_min": 3.0}, "must not exceed lead_max = 2, got 3"),
        ({"fidelity_min": 0.9, "fidelity_max": 0.85}, "must not exceed fidelity_max = 0.85, got 0.9"),
        ({"duration_min": 30.0}, "must not exceed duration_max = 20, got 30"),
        ({"nodes": ["n0", "lonely"]}, "there is no path between 'n0' and 'lonely'"),
    ],
)
def test_ranges_and_nodes_that_make_no_sense_are_refused(fields: dict[str, Any], said: str) -> None:
    document = chain(1, count=30, traffic=[{"kind": "random-request", **fields}])
    if "lonely" in fields.get("nodes", ()):
        document["nodes"]["lonely"] = None
    with pytest.raises(ScenarioError) as refused:
        from_document(document)
    assert any(said in fault for fault in refused.value.faults), refused.value.faults


def test_every_two_nodes_need_a_path_and_an_end_node_joins_none() -> None:
    document = chain(2, count=30, traffic=[{"kind": "random-request"}])
    document["nodes"] = {"n1": {"type": "end-node"}, "n0": None, "n2": None}
    with pytest.raises(ScenarioError) as refused:
        from_document(document)
    (fault,) = refused.value.faults
    assert "there is no path between 'n0' and 'n2'" in fault


def test_among_reachable_each_node_asks_those_that_a_path_leads_to() -> None:
    document = chain(1, count=30, generation=DARK, run={"duration": 100.0})
    document["nodes"] |= dict.fromkeys(("far", "near", "lone"))
    document["links"].append({"between": ["far", "near"], "length": 1e3})
    document["traffic"] = [{"kind": "random-request"}]
    with pytest.raises(ScenarioError, match="`among: reachable` has each node ask those that it can reach"):
        from_document(document)
    document["traffic"][0]["among"] = "reachable"
    sink = MemorySink()
    alive(document, seed=1, trace=sink).run()
    assert {(asked[0], asked[1]) for asked in requests(sink)} == {
        ("n0", "n1"), ("n1", "n0"), ("far", "near"), ("near", "far")
    }  # fmt: skip
    document["traffic"][0]["nodes"] = ["n0", "far", "lone"]
    with pytest.raises(ScenarioError, match="no path joins any two of these nodes"):
        from_document(document)

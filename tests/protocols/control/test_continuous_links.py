"""Continuous links: switches to their closed forms, chains, conflicts, rounds of matching, no paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import pytest
from scipy import stats

from hardware.memory import MemoryState
from protocols.flow import Flow
from qsim.analytic.switch import bipartite_capacity
from qsim.errors import ScenarioError
from tests.protocols.control.stars import star
from tests.protocols.scenes import MS, Document, alive, chain, clocked, request
from tests.statistics import Estimate, at_fixed_seed

S = 1000 * MS


def switch(users: int, seconds: float, memories: int = 1, erasure: float = 0.0, **fields: Any) -> Any:
    """A run of a switch that joins the pairs of any two users."""
    names = [f"u{place}" for place in range(users)]
    protocols = {
        "control": {"kind": "continuous", **fields.pop("control", {})},
        "cutoff": {"kind": "exponential", "mean": 1 / erasure} if erasure else fields.pop("cutoff", "none"),
    }
    traffic = [request(one, other) for one, other in combinations(names, 2)]
    document = star(
        users, traffic, memories=memories, run={"duration": seconds}, protocols=protocols, **fields
    )
    return alive(document, seed=2).run()


def rate(result: Any) -> Estimate:
    """Pairs a second of all flows; they come more evenly than at random."""
    pairs = sum(row.pairs for row in (*result.flows, *result.unfinished))
    return Estimate(pairs / result.simulated_s, pairs**0.5 / result.simulated_s)


@pytest.mark.parametrize(("users", "erasure", "capacity"), [(5, 0.0, 2.2222222), (4, 3.0, None)])
def test_a_switch_with_one_memory_a_link(users: int, erasure: float, capacity: float | None) -> None:
    expected = bipartite_capacity([1.0] * users, 1, erasure)
    assert capacity is None or expected == pytest.approx(capacity)
    at_fixed_seed(rate(switch(users, 400.0, erasure=erasure, slot=0.002)).sigmas(expected))


def test_a_switch_with_many_memories_loses_nothing() -> None:
    """mu k / 2 = 4.5 for nine users."""
    result = switch(9, 150.0, memories=12)
    at_fixed_seed(rate(result).sigmas(4.5))
    assert all(row.pairs > 0 for row in result.flows)


def test_a_switch_without_memory_matches_what_each_slot_gives() -> None:
    """Of the users with a pair in a slot, N of a binomial law, floor(N / 2) pairs are joined."""
    users, success, slots = 5, 0.5, 300
    result = switch(
        users,
        slots,
        slot=1.0,
        success=success,
        control={"interval": 0.5},
        cutoff={"kind": "age", "after": 0.7},
    )
    law = stats.binom(users, success)
    mean = sum(law.pmf(count) * (count // 2) for count in range(users + 1))
    square = sum(law.pmf(count) * (count // 2) ** 2 for count in range(users + 1))
    pairs = sum(row.pairs for row in (*result.flows, *result.unfinished))
    at_fixed_seed(Estimate(pairs / slots, ((square - mean**2) / slots) ** 0.5).sigmas(mean))


def test_a_chain_gives_as_many_pairs_as_under_reservation() -> None:
    """One flow alone: the same memories do the same work."""
    fields = {"traffic": [request("n0", "n3", memories=4)], "swapping": "asap", "count": 8}
    reserved = alive(chain(3, **fields)).run()
    shared = alive(chain(3, protocols={"control": "continuous"}, **fields)).run()
    assert shared.flows[0].pairs > 0.9 * reserved.flows[0].pairs > 0
    assert {row.fidelity for row in shared.pairs} == {1.0}


def shared(multiplexing: str) -> float:
    """Two flows over one link, in opposite directions, one that ends early; halves of pairs for nobody."""
    document = chain(
        3,
        traffic=[
            request("n0", "n2", start=0.1, duration=0.2),
            request("n3", "n1", start=0.1, duration=0.25),
            request("n1", "n2", start=0.15, duration=0.15, pairs=5),
        ],
        cutoff=0.05,
        count=8,
        run={"duration": 0.4},
        generation=clocked(fidelity=0.95, success=0.5),
        protocols={"control": {"kind": "continuous", "multiplexing": multiplexing, "idle": False}},
    )
    engine = alive(document, seed=4)
    engine.check_invariants()
    result = engine.run()
    assert [row.pairs > 4 for row in result.flows] == [True] * 3
    assert min(row.fidelity for row in result.pairs) == pytest.approx(0.9033333)
    assert all(not pool.flows for pool in engine.control.pools.values())
    states = {memory.state.name for node in engine.nodes.values() for memory in node.memories}
    assert states <= {"GENERATING", "ENTANGLED"}
    return next(row.mean for row in result.metrics if row.metric == "halves of pairs for nobody")


def test_crossing_flows_share_a_link_and_nothing_is_left_over() -> None:
    assert shared("statistical") > 2 * shared("assigned")


@pytest.mark.parametrize("multiplexing", ["statistical", "assigned"])
def test_a_half_whose_other_one_was_used_as_the_flow_ended_does_not_stay(multiplexing: str) -> None:
    """The responder uses pairs while the news that the flow is over are under way to it."""
    control = {"kind": "continuous", "multiplexing": multiplexing}
    document = chain(
        1,
        count=4,
        generation=clocked(success=0.4),
        traffic=[request("n0", "n1", start=0.1, pairs=50)],
        run={"duration": 0.5},
        protocols={"control": control},
    )
    for seed in range(10):
        engine = alive(document, seed=seed)
        assert engine.run().flows[0].pairs == 50
        assert not list(widowed(engine))


def test_a_half_is_used_for_the_flow_that_the_other_end_has_used_its_own_for() -> None:
    """One end takes every other pair for one of a flow that the other end does not know any more."""
    document = chain(
        2,
        count=4,
        traffic=[request("n0", "n1", start=0.1)],
        run={"duration": 0.5},
        protocols={"control": {"kind": "continuous", "multiplexing": "assigned"}},
    )
    alone = alive(document).run().flows[0].pairs
    engine = alive(document)
    engine.run_until(200 * MS)
    (flow,) = engine.recorder.flows
    n0, n1, n2 = engine.nodes.values()
    other = Flow(0, replace(flow.request, responder=n2), flow.owner)
    other.take((n0, n1, n2), tuple(engine.links))
    engine.control.pools[n0].flows[other.id] = other
    assert engine.run().flows[0].pairs > 0.7 * alone


def widowed(engine: Any) -> Iterator[Any]:
    """Memories that hold a half of a pair whose other half is gone."""
    for node in engine.nodes.values():
        for memory in node.memories:
            if memory.state is MemoryState.ENTANGLED and not memory.pair.intact:
                yield memory


def test_pairs_of_too_little_fidelity_are_not_delivered() -> None:
    document = chain(
        2,
        traffic=[request("n0", "n2", start=0.1, duration=0.5, fidelity=0.0)],
        generation=clocked(fidelity=0.9),
        protocols={"control": "continuous"},
        count=4,
    )
    assert alive(document).run().flows[0].pairs > 10
    document["traffic"][0]["fidelity"] = 0.8
    assert alive(document).run().flows[0].pairs > 10


def test_a_window_begins_and_ends_and_pairs_wanted_are_not_exceeded() -> None:
    document = chain(
        2,
        traffic=[request("n0", "n2", start=0.1, duration=0.2), request("n2", "n0", start=0.4, pairs=7)],
        protocols={"control": "continuous"},
        count=4,
    )
    result = alive(document).run()
    first, second = sorted(result.flows, key=lambda row: row.start_s)
    assert second.pairs == 7
    flow = [row.time_s for row in result.pairs if result.flows[row.flow] is first]
    assert 0.1 <= min(flow) < max(flow) <= 0.3


def grid(side: int, **control: Any) -> Document:
    """A square grid; one flow between opposite corners."""
    names = [[f"n{row}{column}" for column in range(side)] for row in range(side)]
    links = [link for line in names for link in pairwise(line)]
    links += [link for line in zip(*names, strict=True) for link in pairwise(line)]
    return {
        "run": {"duration": 2.0},
        "defaults": {
            "memory": {"count": 4, "frequency": 1e12},
            "fibre": {"attenuation": 0.0},
            "generation": clocked(success=0.3),
        },
        "nodes": {name: None for line in names for name in line},
        "links": [{"between": list(link), "length": 2e4} for link in links],
        "protocols": {
            "swapping": "asap",
            "purification": "none",
            "cutoff": {"kind": "age", "after": 0.01},
            "control": {"kind": "continuous", **control},
        },
        "traffic": [request(names[0][0], names[-1][-1], start=0.1, duration=1.0)],
    }


def test_without_paths_all_of_a_grid_works_for_one_flow() -> None:
    along = alive(grid(3)).run()
    anywhere = alive(grid(3, paths=False)).run()
    assert anywhere.flows[0].pairs > 1.2 * along.flows[0].pairs > 0


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (chain(2, count=1, protocols={"control": "continuous"}), "'n1' needs 2 memories for its 2 links"),
        (
            chain(2, protocols={"control": {"kind": "continuous", "memories": 2}}),
            "'n1' needs 4 memories for its 2 links, and has 2",
        ),
        (
            chain(2, protocols={"control": "continuous", "allocation": "even"}),
            "continuous links promise nothing that an `allocation` could limit",
        ),
        (
            chain(2, swapping={"kind": "asap", "consent": True}, protocols={"control": "continuous"}),
            "swap without asking",
        ),
        (
            chain(2, protocols={"control": "continuous", "reservation": "oldest-first"}),
            "nodes promise nothing by themselves here: leave `reservation` = 'oldest-first' out",
        ),
    ],
)
def test_what_cannot_be_is_refused(document: Document, fault: str) -> None:
    with pytest.raises(ScenarioError, match=fault):
        alive(document)

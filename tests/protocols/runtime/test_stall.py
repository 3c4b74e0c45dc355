"""The stall watch: dead-locks are found, explained and cured, and never seen where there are none."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request

#: Seven repeaters and two memories a link: the dead-lock that other simulators run into without a word.
LINKS, MEMORIES = 8, 2
#: The order in which they take pairs.
CROSSING = {"kind": "asap", "order": "index"}


def crowded(swapping: Any, cutoff: str | None = None, seed: int = 1, trace: MemorySink | None = None) -> Any:
    """A chain that serves one request with all its memories."""
    document = chain(
        LINKS,
        swapping=swapping,
        generation=clocked(1e-3, 0.3),
        cutoff=cutoff,
        count=2 * MEMORIES,
        traffic=[request("n0", f"n{LINKS}", memories=MEMORIES)],
        run={"duration": 2.0},
    )
    return alive(document, seed=seed, trace=trace)


def test_crossing_pairs_that_block_each_other_are_found_with_time_and_cause() -> None:
    sink = MemorySink()
    engine = crowded(CROSSING, trace=sink)
    result = engine.run()
    (stall,) = result.stalls
    (row,) = result.unfinished
    assert (stall.initiator, stall.responder) == ("n0", f"n{LINKS}")
    assert (row.status, result.completed) == ("stalled", 0)
    assert 0 < stall.time_s < 1.0
    last = max(time for time, event, *_ in sink.events if event == "memory_changed" and time < 1900 * MS)
    assert stall.time_s == pytest.approx(last / 1e12)
    (traced,) = [fields for _, event, _, fields in sink.events if event == "flow_stalled"]
    assert traced["cause"] == stall.cause


def test_the_cause_names_every_blocked_link_and_the_cure() -> None:
    engine = crowded(CROSSING)
    engine.run_until(1500 * MS)
    (stall,) = engine.recorder.stalls
    stacks = list(engine.stacks.values())
    agents = [next(iter(stack.agents.values())) for stack in stacks]
    for near, far in pairwise(agents):
        full = [
            agent.node.name
            for agent, side in ((near, near.right), (far, far.left))
            if all(memory.partner is not None for memory in side)
        ]
        assert full, "each link has a side without a free memory"
        link = f"{near.node.name}-{far.node.name}"
        assert f"link {link} is blocked by {full[0]} ({MEMORIES} of {MEMORIES} memories" in stall.cause
    for cure in ("'oldest'", "cutoff", "'sequential' or 'nested'"):
        assert cure in stall.cause


@pytest.mark.parametrize(
    ("swapping", "cutoff"),
    [
        (CROSSING, "60 ms"),
        ({**CROSSING, "consent": True}, "60 ms"),
        ("asap", None),
        ("sequential", None),
        ("nested", None),
    ],
)
def test_each_cure_keeps_pairs_coming(swapping: Any, cutoff: str | None) -> None:
    engine = crowded(swapping, cutoff)
    counts = []
    for end in (500, 1000, 1500, 2000):
        engine.run_until(end * MS)
        counts.append(engine.apps[0].flow.pairs)
    assert engine.recorder.stalls == []
    assert all(later > earlier for earlier, later in zip([0, *counts], counts, strict=False))


def test_taking_the_oldest_pairs_first_never_locks() -> None:
    for seed in range(10):
        engine = crowded("asap", seed=seed)
        assert engine.run().stalls == ()
        assert engine.apps[0].flow.pairs > 200


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("handshake", ["continuous", "negotiated"])
def test_a_link_that_never_heralds_is_named(detail: str, handshake: str) -> None:
    document = chain(
        2,
        generation={"kind": "barrett-kok", "handshake": handshake},
        traffic=[request("n0", "n2")],
        run={"detail": detail},
    )
    document["links"][1]["detector"] = {"efficiency": 0.0}
    result = alive(document).run()
    (stall,) = result.stalls
    assert stall.cause == "link n1-n2 never heralds a pair"
    assert result.unfinished[0].status == "stalled"


def test_a_blind_source_is_named_too() -> None:
    document = chain(1, traffic=[request("n0", "n1")])
    document["defaults"]["memory"]["efficiency"] = 0.0
    (stall,) = alive(document).run().stalls
    assert stall.cause == "link n0-n1 never heralds a pair"


HEALTHY: dict[str, dict[str, Any]] = {
    "long links, few successes": {"links": [40.0, 60.0], "generation": clocked(0.1, 1e-3)},
    "no success at all in the run": {"links": 2, "generation": clocked(1e-3, 1e-7)},
    "long cut-off": {"links": 3, "generation": clocked(1e-3, 0.01), "cutoff": "900 ms"},
    "slow hand-shake": {
        "links": 2,
        "generation": {
            "kind": "barrett-kok",
            "handshake": {"kind": "negotiated", "overhead": "150 ms"},
        },
    },
    "photon by photon, slow hand-shake": {
        "links": 1,
        "generation": {
            "kind": "barrett-kok",
            "handshake": {"kind": "negotiated", "overhead": "150 ms"},
        },
        "run": {"detail": "photon"},
    },
    "slow messages between ends": {
        "links": 2,
        "classical": {"channels": [{"between": ["n0", "n1"], "delay": 0.3}]},
    },
    "swaps that seldom succeed": {"links": 2, "swapping": {"kind": "nested", "success_probability": 0.02}},
    "many repetitions of messages": {
        "links": 3,
        "swapping": {"kind": "asap", "consent": True},
        "classical": {"loss": 0.6, "retransmission": 20e-3},
    },
    "excitations far apart": {
        "links": 1,
        "memory": {"frequency": 2.0},
        "generation": {"kind": "barrett-kok"},
    },
}


@pytest.mark.parametrize("name", HEALTHY)
def test_slow_is_not_stalled(name: str) -> None:
    fields = dict(HEALTHY[name])
    run = {"duration": 20.0, **fields.pop("run", {})}
    document = chain(fields.pop("links"), run=run, **fields)
    ends = list(document["nodes"])
    document["traffic"] = [request(ends[0], ends[-1])]
    result = alive(document).run()
    assert result.stalls == ()
    assert result.flows[0].status == "completed"


def test_pairs_that_a_script_holds_are_no_stall() -> None:
    engine = alive(chain(1, run={"duration": 10.0}))
    engine.request("n0", "n1", memories=2)
    assert engine.run().stalls == ()


def test_a_flow_is_watched_from_its_start() -> None:
    document = chain(2, traffic=[request("n0", "n2", start="5 s")], run={"duration": 10.0})
    document["nodes"]["n0"] = {"memory": {"efficiency": 0.0}}
    result = alive(document).run()
    (stall,) = result.stalls
    assert 5.0 <= stall.time_s < 6.0


def test_a_flow_that_ends_before_anybody_looks_is_not_stalled() -> None:
    document = chain(2, traffic=[request("n0", "n2", start="1 s", duration="10 ms")], run={"duration": 10.0})
    document["nodes"]["n0"] = {"memory": {"efficiency": 0.0}}
    result = alive(document).run()
    assert result.stalls == ()
    assert result.flows[0].status == "completed"

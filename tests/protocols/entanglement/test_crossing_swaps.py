"""Results of swaps that cross on their way, in whole chains: all find both ends, and nothing stays behind."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.scenes import MS, alive, chain, clocked, request


def delivered(document: dict[str, Any], until: float = 0.999) -> tuple[Any, int]:
    """Run a chain to shortly before its end; the network, and the pairs delivered."""
    engine = alive(document)
    engine.run_until(round(until * 1000 * MS))
    return engine, engine.apps[0].flow.pairs


@pytest.mark.parametrize("links", [3, 4, 8, 12])
def test_result_of_swaps_that_all_cross_finds_both_ends(links: int) -> None:
    """All nodes swap at the same instant, over and over; nothing is lost and nothing dropped."""
    document = chain(links, swapping="asap", traffic=[request("n0", f"n{links}")])
    engine, pairs = delivered(document)
    assert engine.context.dropped == 0
    assert engine.recorder.stalls == []
    assert pairs == pytest.approx(1000 / (links + 1), rel=0.35)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_result_finds_its_way_whatever_the_delays(data: st.DataObject) -> None:
    """Delays between any two nodes are anything: the direct way may be slow, the detour fast."""
    links = data.draw(st.integers(3, 6))
    names = [f"n{place}" for place in range(links + 1)]
    delays = st.sampled_from([0.0, 0.1, 0.1, 1.0, 7.0])
    channels = [
        {"between": list(pair), "delay": data.draw(delays) / 1e3}
        for pair in combinations(names, 2)
        if data.draw(st.booleans())
    ]
    document = chain(
        [data.draw(st.sampled_from([0.0, 0.3, 1.0])) for _ in range(links)],
        swapping="asap",
        generation=clocked(3e-4, 0.7),
        classical={"channels": channels},
        traffic=[request("n0", names[-1])],
    )
    engine, pairs = delivered(document, until=0.5)
    assert engine.recorder.stalls == []
    assert pairs > 5
    bound = 4 * sum(len(stack.node.memories) for stack in engine.stacks.values())
    assert sum(len(stack.tracker._early) for stack in engine.stacks.values()) < bound


def test_news_of_a_farther_swap_may_come_first() -> None:
    """Over direct channels: a half that heard of a nearer swap last took its end for its own, and stuck."""
    document = chain(
        [0.0, 0.0, 1.0, 1.0, 0.0, 0.3],
        swapping="asap",
        generation=clocked(3e-4, 0.7),
        classical={
            "channels": [
                {"between": list(pair), "delay": 0.0} for pair in (("n2", "n5"), ("n3", "n4"), ("n3", "n5"))
            ]
        },
        traffic=[request("n0", "n6")],
    )
    engine, pairs = delivered(document, until=0.5)
    assert engine.recorder.stalls == []
    assert pairs > 100


def test_repeated_messages_are_allowed_for() -> None:
    """Lost messages are sent again much later than any message travels: results must be passed on then."""
    document = chain(
        5,
        swapping="asap",
        generation=clocked(1e-4, 0.5),
        classical={"loss": 0.4, "retransmission": 5e-3},
        traffic=[request("n0", "n5")],
    )
    engine, pairs = delivered(document)
    assert engine.recorder.stalls == []
    assert pairs > 30


def test_what_is_remembered_does_not_grow_with_the_pairs() -> None:
    document = chain(4, swapping="asap", traffic=[request("n0", "n4")], run={"duration": 10.0})
    engine = alive(document)
    for seconds in (1, 10):
        engine.run_until(seconds * 1000 * MS)
        assert all(len(stack.tracker._onward) < 30 for stack in engine.stacks.values())
        assert all(len(stack.tracker._expiry or ()) < 30 for stack in engine.stacks.values())
    assert engine.apps[0].flow.pairs > 1000

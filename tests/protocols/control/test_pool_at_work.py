"""Whether a pool is at work, for what it counts, and what it does as links and banks go down and come up."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.memory import MemoryState
from hardware.outages import Element
from protocols.control.link_pool import LinkPool
from tests.protocols.control.pools import Scene
from tests.protocols.scenes import MS, chain


def links(scene: Scene) -> Any:
    """The two links, n0-n1 and n1-n2."""
    return scene.engine.links


def test_a_pool_at_rest_is_not_busy_and_one_with_something_to_come_is() -> None:
    """What rests are memories that are free, and halves that nothing will be done with."""
    scene = Scene()
    pool = scene.pool("n1")
    assert pool.running
    scene.pair(10, "n0[0]", "n1[0]")
    assert not scene.pool("n1").busy
    scene.memory("n1[0]").deadline = 5 * MS
    assert scene.pool("n1").busy, "it will be given up"
    scene.memory("n1[0]").deadline = None
    scene.memory("n1[0]").move(MemoryState.HELD)
    assert scene.pool("n1").busy, "an application has it"


@pytest.mark.parametrize(("efficiency", "busy"), [(0.4, True), (0.0, False)])
def test_a_pool_is_busy_while_an_attempt_of_any_of_its_links_may_succeed(
    efficiency: float, busy: bool
) -> None:
    """Of its two links the second has no memories at the other end yet, so that it waits.

    Photons are sent at photon detail even where none can arrive.
    """
    document = chain(2, count=4, memory={"efficiency": efficiency}, run={"detail": "photon"})
    scene = Scene(document=document)
    pool, (near, far) = scene.pool("n1"), links(scene)
    pool.work(near)
    pool.work(far)
    assert [session.working for session in pool.sessions] == [False, False]
    assert not pool.busy, "its memories are offered, and nothing comes of it"
    scene.pool("n0").work(near)
    assert [session.working for session in pool.sessions] == [True, False]
    assert pool.busy is busy


def test_the_time_of_the_memories_of_links_at_work_counts_as_used() -> None:
    scene = Scene()
    pool = scene.pool("n1")
    scene.engine.run_until(3 * MS)
    assert pool.reserved_so_far() == 0
    pool.work(links(scene)[0])
    assert pool.reserved_so_far() == 2 * 3 * MS
    pool.work(links(scene)[1])
    assert pool.reserved_so_far() == 4 * 3 * MS


def test_the_time_before_a_pool_was_set_up_does_not_count() -> None:
    scene = Scene()
    scene.engine.run_until(3 * MS)
    control, (near, _) = scene.engine.control, links(scene)
    memories = [scene.memory("n1[0]")]
    pool = LinkPool(
        scene.engine.stack("n1"), {near: memories}, control.session, control.leads, assigned=False, interval=0
    )
    pool.work(near)
    scene.engine.run_until(5 * MS)
    assert pool.reserved_so_far() == 2 * MS


def test_a_link_that_is_at_work_is_not_set_to_work_twice() -> None:
    scene = Scene()
    pool = scene.pool("n1")
    for _ in range(2):
        pool.work(links(scene)[0])
    resources = scene.engine.stack("n1").resources
    for place in range(4):
        rules = [rule.name for rule in resources.rules_in(scene.memory(f"n1[{place}]"), MemoryState.FREE)]
        assert rules == ["generate"] * (place < 2)


def test_a_memory_that_is_offered_again_may_serve_any_flow() -> None:
    scene = Scene()
    scene.memory("n1[0]").serves = frozenset({1})
    scene.pool("n1").work(links(scene)[0])
    assert scene.memory("n1[0]").serves is None


def test_a_flow_that_begins_puts_memories_to_work_that_were_freed_for_good() -> None:
    """And looks at halves that wait, and at nothing else."""
    scene = Scene()
    pool = scene.pool("n1")
    for link in links(scene):
        pool.work(link)
    assert scene.states("n1") == ["GENERATING"] * 4
    for place in range(2):
        pool.drop(scene.memory(f"n1[{place}]"))
    scene.pair(10, "n0[0]", "n1[0]")
    assert scene.states("n1") == ["ENTANGLED", "FREE", "GENERATING", "GENERATING"]
    pool.begin(scene.flow(1, "n0", "n1"))
    assert scene.states("n1") == ["HELD", "GENERATING", "GENERATING", "GENERATING"]
    scene.memory("n1[0]").clear()
    pool.begin(scene.flow(2, "n0", "n1"))
    assert scene.states("n1") == ["GENERATING"] * 4


def test_what_is_dropped_while_an_attempt_is_made_is_taken_out_of_it() -> None:
    scene = Scene()
    (near, _) = links(scene)
    for node in ("n0", "n1"):
        scene.pool(node).work(near)
    (session,) = scene.pool("n1").sessions
    assert session.working
    for place in range(2):
        scene.pool("n1").drop(scene.memory(f"n1[{place}]"))
    assert scene.states("n1")[:2] == ["FREE", "FREE"]
    assert not session.working


def test_what_was_entangled_with_a_node_that_has_lost_its_halves_is_given_up() -> None:
    scene = Scene()
    scene.pair(10, "n0[0]", "n1[0]")
    scene.pair(11, "n1[2]", "n2[0]")
    scene.pool("n1").forget(scene.engine.node("n0"))
    assert scene.states("n1") == ["FREE", "FREE", "ENTANGLED", "FREE"]


@pytest.mark.parametrize(
    ("kind", "west", "east"),
    [
        ("link", True, False),
        ("node", True, True),
        ("bank", True, False),
        # A bank that serves no link.
        ("other bank", False, False),
    ],
)
@pytest.mark.parametrize("early", [False, True])
def test_no_attempt_is_made_while_something_is_down_and_again_when_it_is_up(
    kind: str, west: bool, east: bool, early: bool
) -> None:
    """What is stored stays, whether or not the link was at work already; nothing is done twice."""
    document = chain(2)
    banks = {name: {"count": 2, "frequency": 1e12} for name in ("west", "east", "spare")}
    document["nodes"]["n1"] = {"memory": banks}
    document["links"][0]["banks"] = ["memory", "west"]
    document["links"][1]["banks"] = ["east", "memory"]
    scene = Scene(document=document)
    pool, outages = scene.pool("n1"), scene.engine.outages
    scene.pair(10, "n0[0]", "n1[0]")
    scene.pair(11, "n1[2]", "n2[0]")
    node, (near, _) = scene.engine.node("n1"), links(scene)
    things = {"link": near, "node": node, "bank": (node, "west"), "other bank": (node, "spare")}
    # Of no links, so that nobody but the test tells the pool of it.
    element = outages.declare(Element("link", kind, (node,), (), (things[kind],)))

    def put_to_work() -> None:
        for link in links(scene):
            pool.work(link)

    if early:
        put_to_work()
    outages.begin([element])
    if not early:
        put_to_work()
    for _ in range(2):
        pool.heed_outages()
        idle = {True: "FREE", False: "GENERATING"}
        assert scene.states("n1")[:4] == ["ENTANGLED", idle[west], "ENTANGLED", idle[east]]
    assert scene.states("n1")[4:] == ["FREE", "FREE"]
    outages.finish([element])
    for _ in range(2):
        pool.heed_outages()
        assert scene.states("n1")[:4] == ["ENTANGLED", "GENERATING", "ENTANGLED", "GENERATING"]
    resources = scene.engine.stack("n1").resources
    assert len(resources.rules_in(scene.memory("n1[1]"), MemoryState.FREE)) == 1
    for link, other in zip(links(scene), ("n0", "n2"), strict=True):
        scene.pool(other).work(link)
    assert all(session.working for session in pool.sessions), "both links make attempts"

"""Hop-by-hop reservation: promises, refusals, confirmation, early ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hardware.memory import MemoryState
from protocols.flow import Flow, Request
from protocols.network.network_view import NetworkView
from qsim.errors import NetworkError, NoRouteError
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, MS_OF_FIBRE, Document, alive, chain


class Owner:
    """Notes what becomes of requests, and when."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.heard: list[tuple[int, str, Any]] = []
        self.delivered: list[tuple[int, str]] = []

    def accepted(self, flow: Flow) -> None:
        self.heard.append((self.engine.sim.now, "accepted", flow))

    def refused(self, request: Request, at: Any) -> None:
        self.heard.append((self.engine.sim.now, "refused", at.name))

    def ended(self, flow: Flow) -> None:
        self.heard.append((self.engine.sim.now, "ended", flow))

    def deliver(self, flow: Flow, memory: Any) -> None:
        self.delivered.append((flow.id, memory.node.name))
        self.engine.stacks[memory.node].resources.release(memory)

    def lost(self, flow: Flow, memory: Any) -> None:
        raise AssertionError("nothing is held here")


def submit(
    engine: Any, owner: Owner, ends: tuple[str, str], window: tuple[int, int], memories: int = 1
) -> Flow:
    """Issue a request; the window is in milliseconds."""
    request = Request(
        initiator=engine.node(ends[0]),
        responder=engine.node(ends[1]),
        start=window[0] * MS,
        end=window[1] * MS,
        memories=memories,
        fidelity=0.0,
        pairs=None,
        issued=engine.sim.now,
    )
    flow: Flow = engine.submit(request, owner)
    return flow


def promised(engine: Any) -> dict[str, dict[int, tuple[int, ...]]]:
    """The promises of every node that has some; it knows of no flow without one."""
    assert all(set(known.flows) <= set(known.calendar.flows) for known in engine.reservations.values())
    return {
        node.name: {flow: known.calendar.reserved(flow) for flow in known.calendar.flows}
        for node, known in engine.reservations.items()
        if known.calendar.flows
    }


def test_ends_give_what_is_asked_and_routers_twice_as_much() -> None:
    engine = alive(chain(3, count=4))
    owner = Owner(engine)
    flow = submit(engine, owner, ("n0", "n3"), (20, 30), memories=2)
    engine.run_until(10 * MS)
    assert [node.name for node in flow.path] == ["n0", "n1", "n2", "n3"]
    assert promised(engine) == {
        "n0": {flow.id: (0, 1)},
        "n1": {flow.id: (0, 1, 2, 3)},
        "n2": {flow.id: (0, 1, 2, 3)},
        "n3": {flow.id: (0, 1)},
    }


def test_the_confirmation_comes_one_round_trip_later() -> None:
    engine = alive(chain([1, 2.5, 4]))
    owner = Owner(engine)
    flow = submit(engine, owner, ("n0", "n3"), (20, 30))
    engine.run_until(19 * MS)
    assert owner.heard == [(15 * MS, "accepted", flow)]


def test_messages_travel_there_and_back_in_order() -> None:
    sink = MemorySink()
    engine = alive(chain(3), trace=sink)
    submit(engine, Owner(engine), ("n0", "n3"), (20, 30))
    engine.run_until(19 * MS)
    sent = [
        (time // MS, source, fields["message"], fields["to"])
        for time, event, source, fields in sink.events
        if event == "message_sent"
    ]
    assert sent == [
        (0, "n0", "Reserve", "n1"),
        (1, "n1", "Reserve", "n2"),
        (2, "n2", "Reserve", "n3"),
        (3, "n3", "Confirm", "n2"),
        (4, "n2", "Confirm", "n1"),
        (5, "n1", "Confirm", "n0"),
    ]
    accepted = [fields for _, event, _, fields in sink.events if event == "request_accepted"]
    assert [fields["path"] for fields in accepted] == [["n0", "n1", "n2", "n3"]]
    assert [fields["responder"] for fields in accepted] == ["n3"]


def test_each_node_promises_as_the_request_passes() -> None:
    engine = alive(chain(3))
    submit(engine, Owner(engine), ("n0", "n3"), (20, 30))
    for time, nodes in ((0, 1), (1, 2), (2, 3), (3, 4)):
        engine.run_until(time * MS + 1)
        assert list(promised(engine)) == ["n0", "n1", "n2", "n3"][:nodes]


@pytest.mark.parametrize("full", [1, 2, 3])
def test_a_refusal_frees_everything_behind_it(full: int) -> None:
    engine = alive(chain(3))
    owner = Owner(engine)
    engine.reservations[engine.node(f"n{full}")].calendar.reserve(999, 0, 100 * MS, {range(2): 2}, now=0)
    blocked = {f"n{full}": {999: (0, 1)}}
    submit(engine, owner, ("n0", "n3"), (20, 30))
    engine.run_until(full * MS + 1)
    assert promised(engine).keys() - blocked.keys() == {f"n{place}" for place in range(full)}
    for place in range(full - 1, -1, -1):
        engine.run_until((2 * full - place) * MS + 1)
        assert promised(engine).keys() - blocked.keys() == {f"n{behind}" for behind in range(place)}
    assert promised(engine) == blocked
    assert owner.heard == [(2 * full * MS, "refused", f"n{full}")]
    assert [engine.reservations[node].rejected for node in engine.nodes.values()] == [1, 0, 0, 0]


def test_the_initiator_refuses_at_once_and_says_nothing_to_others() -> None:
    sink = MemorySink()
    engine = alive(chain(2), trace=sink)
    owner = Owner(engine)
    engine.reservations[engine.node("n0")].calendar.reserve(999, 0, 100 * MS, {range(2): 2}, now=0)
    submit(engine, owner, ("n0", "n2"), (20, 30))
    assert owner.heard == [(0, "refused", "n0")]
    assert [event for _, event, _, _ in sink.events] == ["request_submitted", "request_rejected"]
    assert engine.result().rejected == 1


def test_a_refused_request_leaves_room_for_the_next() -> None:
    engine = alive(chain(2))
    owner = Owner(engine)
    engine.reservations[engine.node("n2")].calendar.reserve(999, 0, 25 * MS, {range(2): 2}, now=0)
    submit(engine, owner, ("n0", "n2"), (20, 30))
    engine.run_until(10 * MS)
    flow = submit(engine, owner, ("n0", "n2"), (26, 30))
    engine.run_until(20 * MS)
    assert [what for _, what, _ in owner.heard] == ["refused", "accepted"]
    assert {one: flows[flow.id] for one, flows in promised(engine).items()} == {
        "n0": (0,),
        "n1": (0, 1),
        "n2": (0,),
    }


def test_no_way_is_an_error_and_no_promise() -> None:
    document = chain(1)
    document["nodes"]["lonely"] = None
    engine = alive(document)
    with pytest.raises(NoRouteError):
        submit(engine, Owner(engine), ("n0", "lonely"), (20, 30))
    assert promised(engine) == {}
    assert engine.reservations[engine.node("n0")]._untried == {}


class Given:
    """A routing policy that gives these paths."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths
        self.asked_for: list[str] = []

    def route(self, request: Request, view: NetworkView) -> Iterator[list[Any]]:
        for path in self.paths:
            self.asked_for.append(path)
            yield [view.nodes[name] for name in path.split()]


def routed(document: Document, *paths: str) -> tuple[Any, Given]:
    """A network in which requests take given paths."""
    spec = from_document(document)
    policy = Given(*paths)
    return replace(spec, protocols=replace(spec.protocols, routing=policy)).engine(seed=0), policy


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("n0 n1 n0 n1 n2", "must lead from the one to the other and meet no node twice"),
        ("n0 n1", "must lead from the one to the other"),
        ("n0 n2", "'n2' has no link with 'n0'"),
        ("n0 n1 n2", "'n1' relays nothing"),
    ],
)
def test_a_path_that_is_none_is_refused(path: str, fault: str) -> None:
    ends = {"n1": {"type": "end-node"}} if "relays" in fault else {}
    engine, _ = routed(chain(2, count=8, nodes=ends), path)
    with pytest.raises(NetworkError, match=fault):
        submit(engine, Owner(engine), ("n0", "n2"), (20, 30))
    assert promised(engine) == {}


WAYS = (("n0", "n1"), ("n1", "n2"), ("n0", "n3"), ("n3", "n2"))


def square() -> Document:
    """Two ways from n0 to n2: by n1, and by n3."""
    links = [{"between": [a, b], "length": MS_OF_FIBRE} for a, b in WAYS]
    return {**chain(3), "links": links}


def test_the_next_path_is_tried_when_one_is_refused() -> None:
    engine, policy = routed(square(), "n0 n1 n2", "n0 n3 n2")
    owner = Owner(engine)
    engine.reservations[engine.node("n1")].calendar.reserve(999, 0, 100 * MS, {range(2): 2}, now=0)
    flow = submit(engine, owner, ("n0", "n2"), (20, 30))
    engine.run_until(1 * MS)
    assert policy.asked_for == ["n0 n1 n2"]
    engine.run_until(10 * MS)
    # 2 ms there and back with the refusal, 4 ms with the confirmation
    assert owner.heard == [(6 * MS, "accepted", flow)]
    assert [node.name for node in flow.path] == ["n0", "n3", "n2"]
    assert [link.name for link in flow.links] == ["n0-n3", "n3-n2"]
    assert sorted(promised(engine)) == ["n0", "n1", "n2", "n3"]
    engine.run_until(50 * MS)
    assert set(owner.delivered) == {(flow.id, "n0"), (flow.id, "n2")}


def test_a_request_is_refused_when_no_path_is_left() -> None:
    engine, _ = routed(square(), "n0 n1 n2", "n0 n3 n2")
    owner = Owner(engine)
    for name in ("n1", "n3"):
        engine.reservations[engine.node(name)].calendar.reserve(999, 0, 100 * MS, {range(2): 2}, now=0)
    submit(engine, owner, ("n0", "n2"), (20, 30))
    engine.run_until(10 * MS)
    assert owner.heard == [(4 * MS, "refused", "n3")]
    assert list(promised(engine)) == ["n1", "n3"]
    assert engine.result().rejected == 1


def test_of_parallel_links_the_least_loaded_is_taken() -> None:
    document = chain(1, count=4)
    spec = from_document(document)
    twins = tuple(replace(spec.links[0], name=name) for name in ("east", "west"))
    engine = replace(spec, links=twins).engine(seed=0)
    owner = Owner(engine)
    flows = [submit(engine, owner, ("n0", "n1"), window) for window in ((20, 30), (25, 35), (36, 40))]
    assert [[link.name for link in flow.links] for flow in flows] == [["east"], ["west"], ["east"]]
    engine.run_until(50 * MS)
    used = {flow.id: owner.delivered.count((flow.id, "n0")) for flow in flows}
    heralds = {row.link: row.heralds for row in engine.result().links}
    assert heralds["west"] >= used[flows[1].id] > 0
    assert heralds["east"] >= used[flows[0].id] + used[flows[2].id] > used[flows[0].id] > 0


def test_memories_work_from_start_to_end_and_no_longer() -> None:
    engine = alive(chain(2, generation={"kind": "midpoint-source", "pair_probability": 1e-9}))
    owner = Owner(engine)
    flow = submit(engine, owner, ("n0", "n2"), (20, 30))
    memories = [memory for node in engine.nodes.values() for memory in node.memories]
    for time, working in ((19.9, 0), (20.1, 4), (29.9, 4), (30.1, 0)):
        engine.run_until(int(time * MS))
        assert len(engine.reservations[engine.node("n0")]._view.flows) == (time < 30)
        assert sum(memory.state is MemoryState.GENERATING for memory in memories) == working
    assert owner.heard[1:] == [(30 * MS, "ended", flow)]
    assert flow.closed == 30 * MS
    assert promised(engine) == {}
    assert all(stack.agents == {} for stack in engine.stacks.values())
    rows = {row.node: row.utilisation for row in engine.result().memories}
    share = 10 / 30.1
    assert rows == pytest.approx({"n0": share / 2, "n1": share, "n2": share / 2})


def test_an_early_end_frees_the_initiator_at_once_and_each_other_node_when_the_release_passes() -> None:
    engine = alive(chain([1, 2, 3]))
    owner = Owner(engine)
    flow = submit(engine, owner, ("n0", "n3"), (20, 90))
    engine.run_until(50 * MS)
    engine.finish(flow)
    assert flow.closed == 50 * MS
    assert owner.heard[-1] == (50 * MS, "ended", flow)
    for time, nodes in ((50, 1), (51, 2), (53, 3), (56, 4)):
        engine.run_until(time * MS + 1)
        assert list(promised(engine)) == [f"n{place}" for place in range(nodes, 4)]
        for place in range(nodes):
            assert all(memory.state is MemoryState.FREE for memory in engine.node(f"n{place}").memories)
    engine.run_until(95 * MS)
    assert owner.heard[-1] == (50 * MS, "ended", flow)


def test_a_request_at_the_end_of_another_finds_the_path_free() -> None:
    """The release runs ahead of it."""
    engine = alive(chain(3))

    class Again(Owner):
        def ended(self, flow: Flow) -> None:
            super().ended(flow)
            if len(self.heard) < 3:
                submit(engine, self, ("n0", "n3"), (60, 70))

    owner = Again(engine)
    first = submit(engine, owner, ("n0", "n3"), (20, 90))
    engine.run_until(50 * MS)
    engine.finish(first)
    engine.run_until(59 * MS)
    assert [(time // MS, what) for time, what, _ in owner.heard] == [
        (6, "accepted"),
        (50, "ended"),
        (56, "accepted"),
    ]


def test_a_flow_confirmed_within_its_window_starts_late() -> None:
    engine = alive(chain(2))
    owner = Owner(engine)
    flow = submit(engine, owner, ("n0", "n2"), (1, 9))
    engine.run_until(20 * MS)
    assert owner.heard == [(4 * MS, "accepted", flow), (9 * MS, "ended", flow)]
    assert set(owner.delivered) == {(flow.id, "n0"), (flow.id, "n2")}
    assert promised(engine) == {}


def test_a_flow_confirmed_after_its_window_touches_nobodys_memories() -> None:
    """By then the memories are promised to others and at work for them."""
    engine = alive(chain([5, 5]))
    owner = Owner(engine)
    late = submit(engine, owner, ("n0", "n2"), (1, 6))
    engine.run_until(1)
    other = submit(engine, owner, ("n1", "n0"), (14, 60))
    taken = engine.reservations[engine.node("n0")].calendar
    engine.run_until(30 * MS)
    assert taken.reserved(other.id) == (0,)
    assert [(time // MS, what) for time, what, _ in owner.heard] == [
        (10, "accepted"),
        (20, "accepted"),
        (20, "ended"),
    ]
    assert late.closed == 20 * MS
    engine.run_until(70 * MS)
    assert set(owner.delivered) == {(other.id, "n0"), (other.id, "n1")}
    assert promised(engine) == {}


def crossings(engine: Any) -> list[int]:
    """How many requests of each node met another's promise that was not confirmed yet."""
    return [engine.reservations[node].crossed for node in engine.nodes.values()]


@pytest.mark.parametrize(
    ("other", "crossed"),
    [((25, 35), 1), ((22, 24), 1), ((30, 40), 1), ((10, 20), 1), ((31, 40), 0), ((10, 19), 0)],
)
def test_requests_that_meet_half_way_are_both_refused_where_their_windows_meet(
    other: tuple[int, int], crossed: int
) -> None:
    """Each end has promised all that it has when the other's request arrives; windows that touch meet."""
    engine = alive(chain(1))
    owner = Owner(engine)
    submit(engine, owner, ("n0", "n1"), (20, 30), memories=2)
    submit(engine, owner, ("n1", "n0"), other, memories=2)
    engine.run_until(5 * MS)
    assert [what for _, what, _ in owner.heard] == ["refused" if crossed else "accepted"] * 2
    assert crossings(engine) == [crossed, crossed]


def test_only_promises_to_others_that_wait_for_their_confirmation_in_that_window_make_requests_cross() -> (
    None
):
    engine = alive(chain(1))
    owner = Owner(engine)
    engine.reservations[engine.node("n1")].calendar.reserve(999, 15 * MS, 35 * MS, {range(2): 2}, now=0)
    submit(engine, owner, ("n1", "n0"), (50, 60), memories=2)
    submit(engine, owner, ("n0", "n1"), (20, 30), memories=2)
    # Its own request is what stands in the way here, not another's.
    submit(engine, owner, ("n0", "n1"), (25, 40), memories=2)
    engine.run_until(5 * MS)
    assert [what for _, what, _ in owner.heard] == ["refused", "accepted", "refused"]
    # By now both ends have confirmed the promise.
    submit(engine, owner, ("n0", "n1"), (50, 60), memories=2)
    submit(engine, owner, ("n1", "n0"), (50, 60), memories=2)
    assert [engine.reservations[node].rejected for node in engine.nodes.values()] == [3, 1]
    assert crossings(engine) == [0, 0]

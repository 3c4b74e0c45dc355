"""What is down, and the messages that are lost with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from qsim.errors import NetworkError
from qsim.scenario import from_document

MS = 10**9


@dataclass
class Note:
    """A message with a number on it."""

    number: int


@dataclass
class Stage:
    """A ring of four nodes, 20 km from one to the next, and what `d` has received of `a`: when and what."""

    classical: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = ["a", "b", "c", "d"]
        ring = [{"between": [one, other], "length": "20 km"} for one, other in pairwise(names)]
        document = {
            "run": {"duration": 10},
            "nodes": names,
            "links": [*ring, {"between": ["a", "d"], "length": "100 km"}],
            "classical": {"retransmission": "10 ms", **self.classical},
        }
        self.engine = from_document(document).engine()
        self.sim, self.outages, self.elements = (
            self.engine.sim,
            self.engine.outages,
            self.engine.faults.elements,
        )
        self.a, self.b, self.c, self.d = (self.engine.nodes[name] for name in names)
        self.taken: list[tuple[int, int]] = []
        for node in (self.a, self.b, self.d):
            node.on(Note, lambda _, note: self.taken.append((self.sim.now, note.number)))

    def at(self, time: int, what: Any, *args: Any) -> None:
        """Do something at a time in ps."""
        self.sim.post(time - self.sim.now, what, *args)

    def down(self, element: Any, since: int, until: int | None = None) -> None:
        """Take an element down for a while, times in ps."""
        self.at(since, self.outages.begin, (element,))
        if until is not None:
            self.at(until, self.outages.finish, (element,))


def test_nothing_is_in_play_until_an_element_is_declared() -> None:
    stage = Stage()
    assert not stage.outages.in_play
    assert stage.engine.classical.transport is None
    stage.elements.link("a-b")
    assert stage.outages.in_play
    assert stage.elements.link("a-b") is stage.elements.link("a-b")


def test_unknown_elements_are_refused_with_what_may_have_been_meant() -> None:
    elements = Stage().elements
    with pytest.raises(NetworkError, match=r"unknown link 'a-bb' \(did you mean 'a-b'"):
        elements.link("a-bb")
    with pytest.raises(NetworkError, match="unknown node 'e'"):
        elements.node("e")
    with pytest.raises(NetworkError, match="'a' has no memories called 'memories'"):
        elements.bank("a", "memories")


def test_a_message_goes_round_a_cut_and_arrives_when_a_way_opens() -> None:
    stage = Stage()
    near, far = stage.elements.link("b-c"), stage.elements.link("a-d")
    stage.down(near, 1 * MS, 33 * MS)
    stage.at(0, stage.a.send, stage.d, Note(0))
    stage.at(2 * MS, stage.a.send, stage.d, Note(1))
    stage.down(far, 3 * MS)
    stage.at(4 * MS, stage.a.send, stage.d, Note(2))
    stage.sim.run()
    # 60 km by three fibres, or 100 km by the other; the third message waits for its repetition, every 10 ms.
    assert stage.taken == [(300_000_000, 0), (2 * MS + 500_000_000, 1), (34 * MS + 300_000_000, 2)]


def test_a_message_is_lost_if_its_way_is_down_for_any_time_of_its_flight() -> None:
    stage = Stage()
    link = stage.elements.link("a-b")
    stage.down(link, 10_000_000, 20_000_000)
    stage.a.send(stage.b, Note(0))
    stage.a.datagram(stage.b, Note(1))
    stage.sim.run()
    assert stage.taken == [(10 * MS + 100_000_000, 0)], "one is repeated, the datagram is not"


def test_a_hello_keeps_to_its_link() -> None:
    stage = Stage()
    (link,) = (link for link in stage.engine.links if link.name == "a-b")
    stage.down(stage.elements.link("a-b"), 4 * MS, 6 * MS)
    for number in range(4):
        stage.at(number * 2 * MS + MS // 2, stage.a.datagram, stage.b, Note(number), link)
        stage.at(number * 2 * MS + MS // 2, stage.a.datagram, stage.b, Note(10 + number))
    stage.down(stage.elements.node("b"), 6 * MS + MS // 4)
    stage.down(stage.elements.link("a-d"), 0)
    stage.sim.run()
    assert [number for _, number in stage.taken] == [0, 10, 1, 11]
    stage = Stage()
    (link,) = (link for link in stage.engine.links if link.name == "a-b")
    stage.down(stage.elements.link("a-b"), 0)
    stage.at(1, stage.a.datagram, stage.b, Note(0), link)
    stage.at(1, stage.a.datagram, stage.b, Note(1))
    stage.sim.run()
    assert [number for _, number in stage.taken] == [1], "the other goes by d and c"


def test_a_node_that_is_down_says_nothing_and_its_connections_are_lost() -> None:
    stage = Stage()
    stage.down(stage.elements.node("a"), 10_000_000, 50 * MS)
    stage.at(0, stage.a.send, stage.b, Note(0))
    stage.at(0, stage.b.send, stage.a, Note(1))
    stage.at(20 * MS, stage.a.send, stage.b, Note(2))
    stage.at(20 * MS, stage.b.send, stage.a, Note(3))
    stage.sim.run()
    assert stage.taken == [(50 * MS + 100_000_000, 3)], "what is sent to it meanwhile comes when it is back"


def test_a_channel_takes_only_the_messages_between_its_two_nodes() -> None:
    stage = Stage()
    stage.down(stage.elements.channel("d", "a"), 0, 15 * MS)
    stage.at(1, stage.a.send, stage.d, Note(0))
    stage.at(1, stage.a.send, stage.b, Note(1))
    stage.at(1, stage.d.send, stage.b, Note(2))
    stage.sim.run()
    assert [number for _, number in stage.taken] == [1, 2, 0]


def test_stated_delays_do_not_follow_the_fibre() -> None:
    stage = Stage({"channels": [{"between": ["a", "b"], "delay": "1 ms"}]})
    stage.down(stage.elements.link("a-b"), 0)
    stage.at(1, stage.a.send, stage.b, Note(0))
    stage.sim.run()
    assert stage.taken == [(1 * MS + 1, 0)]


def test_what_two_outages_hold_down_comes_up_with_the_later() -> None:
    stage = Stage()
    link = stage.elements.link("a-b")
    seen: list[tuple[int, bool]] = []
    stage.outages.watch(lambda element: seen.append((stage.sim.now, element.down)))
    stage.down(link, 1 * MS, 5 * MS)
    stage.down(link, 2 * MS, 4 * MS)
    stage.down(link, 7 * MS)
    stage.sim.run()
    assert seen == [(1 * MS, True), (5 * MS, False), (7 * MS, True)]
    assert link.cycles == [(1 * MS, 4 * MS)]
    assert link.down_ps(10 * MS) == 7 * MS
    assert link.times == 2
    assert stage.outages.down == (link,)
    assert all(stage.outages.is_down(one) == (one.name == "a-b") for one in stage.engine.links)


def test_the_repetitions_that_cannot_arrive_cost_no_events() -> None:
    stage = Stage()
    stage.down(stage.elements.node("b"), 0, 3600 * 1000 * MS)
    stage.at(1, stage.a.send, stage.b, Note(0))
    stage.sim.run()
    assert [number for _, number in stage.taken] == [0]
    assert stage.sim.events < 20

"""Which flows outages hit and for how long, and the rows that come of it, by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hardware.outages import Element, Outages
from protocols.faults.availability import availability_rows
from protocols.faults.hits import Hit, Hits
from qsim.kernel import Simulator
from qsim.units import PS_PER_S

S = PS_PER_S


class Place(SimpleNamespace):
    """A node or a link, which is itself and no other."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__  # type: ignore[assignment]


A, B, C, D = (Place(name=name, banks={"one": range(2), "two": range(2, 4)}) for name in "abcd")
AB, BC = Place(name="a-b"), Place(name="b-c")


def flow(number: int = 1, start: int = 0, end: int = 10, **fields: Any) -> Any:
    """A flow from a over b to c; d is crossed by its light. Times are in seconds."""
    request = SimpleNamespace(initiator=A, responder=C, start=start * S, end=end * S)
    made: dict[str, Any] = {
        "id": number,
        "request": request,
        "path": (A, B, C),
        "route": (A, D, B, C),
        "links": (AB, BC),
        "places": {A: [range(2)], B: [range(2, 4), range(2)], C: [range(2)]},
        "owner": object(),
        "closed": None,
        "fault": None,
        "parts": (),
    }
    return SimpleNamespace(**made | fields)


ELEMENTS = {
    "link": Element("link", "a-b", (A, B), (AB,)),
    "other link": Element("link", "a-d", (A, D), (Place(name="a-d"),)),
    "node": Element("node", "b", (B,)),
    "crossed node": Element("node", "d", (D,)),
    "other node": Element("node", "e", (Place(name="e"),)),
    "bank": Element("bank", "b/two", (B,)),
    "other bank": Element("bank", "c/two", (C,)),
    "bank of another": Element("bank", "d/one", (D,)),
    "channel": Element("channel", "a|c", (A, C)),
    "other channel": Element("channel", "a|d", (A, D)),
}


class Scene:
    """Outages at stated times, in seconds, and the flows that they hit."""

    def __init__(self) -> None:
        self.sim = Simulator()
        self.outages = Outages(self.sim)
        self.hits = Hits(self.outages)

    def element(self, what: str) -> Element:
        known = ELEMENTS[what]
        return self.outages.declare(Element(known.kind, known.name, known.nodes, known.links))

    def down(self, what: str, begin: float, end: float | None = None) -> None:
        element = self.element(what)
        self.sim.post_at(round(begin * S), self.outages.begin, [element])
        if end is not None:
            self.sim.post_at(round(end * S), self.outages.finish, [element])

    def follow(self, flow: Any, at: float = 0) -> Any:
        self.sim.post_at(round(at * S), self.hits.follow, flow)
        return flow

    def told(self, flow: Any, at: float) -> tuple[float, int, list[str]]:
        """Time down in s, how often, and what, up to some time."""
        self.sim.run(until=round(at * S))
        hit = self.hits.hit(flow)
        return hit.down_ps(self.sim.now) / S, hit.times, [str(element) for element in hit.elements]


@pytest.mark.parametrize("what", ELEMENTS)
@pytest.mark.parametrize("before", [True, False])
def test_a_flow_is_hit_by_what_it_needs(what: str, before: bool) -> None:
    scene = Scene()
    scene.down(what, 1, 4)
    one = scene.follow(flow(), 2 if before else 0)
    hit = what in ("link", "node", "crossed node", "bank", "channel")
    assert scene.told(one, 3)[:2] == ((1 if before else 2) * hit, int(hit))
    assert scene.hits.is_hit(one) is hit
    assert scene.told(one, 5)[:2] == ((2 if before else 3) * hit, int(hit))
    assert not scene.hits.is_hit(one)


def test_outages_that_overlap_are_one_for_a_flow() -> None:
    scene = Scene()
    scene.down("link", 1, 4)
    scene.down("node", 2, 6)
    scene.down("other node", 0, 9)
    scene.down("link", 8, 9)
    one = scene.follow(flow())
    assert scene.told(one, 3) == (2, 1, ["link a-b", "node b"])
    assert scene.told(one, 5) == (4, 1, ["link a-b", "node b"])
    assert scene.told(one, 7) == (5, 1, ["link a-b", "node b"])
    assert scene.told(one, 8.5) == (5.5, 2, ["link a-b", "node b"])
    assert scene.told(one, 10) == (6, 2, ["link a-b", "node b"])


def test_a_flow_is_in_doubt_until_silence_can_have_been_noticed_along_its_path() -> None:
    scene = Scene()
    scene.outages.patience = S
    scene.down("link", 1, 4)
    one = scene.follow(flow())
    silence = len(one.path)
    for now, doubted in ((0.5, False), (2, True), (3.9 + silence, True), (4.1 + silence, False)):
        scene.sim.run(until=round(now * S))
        assert scene.hits.in_doubt(one) is doubted


def test_before_its_window_a_flow_misses_nothing() -> None:
    scene = Scene()
    scene.down("link", 1, 5)
    scene.down("node", 2)
    one = scene.follow(flow(start=3))
    assert scene.told(one, 2.5) == (0, 1, ["link a-b", "node b"])
    assert scene.told(one, 7)[0] == 4
    other = scene.follow(flow(2, start=3), 7)
    assert scene.told(other, 9) == (2, 1, ["node b"])


def test_what_goes_down_after_a_flow_is_over_is_not_its_matter() -> None:
    scene = Scene()
    one = scene.follow(flow())
    scene.down("link", 1, 9)
    scene.sim.post_at(3 * S, scene.hits.ended, one)
    scene.sim.post_at(4 * S, scene.hits.ended, one)
    scene.down("node", 5)
    assert scene.told(one, 10) == (2, 1, ["link a-b"])
    one.closed = 3 * S
    assert not scene.hits.is_hit(one)
    # One that was never accepted has been hit by nothing, and may end.
    scene.hits.ended(flow(7))
    assert scene.hits.hit(flow(7)) == Hit()


def rows(scene: Scene, flows: list[Any]) -> dict[str, Any]:
    return {row.element: row for row in availability_rows(scene.outages, flows, scene.hits.hit)}


def test_the_row_of_an_element_and_that_of_all() -> None:
    scene = Scene()
    for begin, end in ((2, 3), (7, 10)):
        scene.down("link", begin, end)
    scene.down("node", 9)
    scene.sim.run(until=20 * S)
    found = rows(scene, [])
    link = found["a-b"]
    assert (link.kind, link.outages, link.down_s, link.availability) == ("link", 2, 4.0, 0.8)
    assert (link.mean_up_s, link.mean_down_s) == (3.0, 2.0)
    node = found["b"]
    assert (node.outages, node.down_s, node.availability) == (1, 11.0, pytest.approx(0.45))
    assert (node.low, node.high, node.mean_up_s, node.mean_down_s) == (None, None, None, None)
    both = found["all of these"]
    assert (both.kind, both.outages, both.down_s) == ("network", 2, 14.0)
    assert both.availability == pytest.approx(0.3)
    assert len(found) == 3


def test_one_element_has_no_row_for_all_and_no_time_no_availability() -> None:
    scene = Scene()
    scene.element("link")
    (row,) = availability_rows(scene.outages, [], scene.hits.hit)
    assert (row.element, row.outages, row.down_s, row.availability) == ("a-b", 0, 0.0, None)


def test_a_flow_is_up_while_it_serves_with_all_of_its_path_up() -> None:
    """Two requests between the same ends: one served by one flow, one by two with a gap between them."""
    scene = Scene()
    one = scene.follow(flow(1, start=2, end=12))
    owner = object()
    failed = scene.follow(flow(2, start=0, end=20, owner=owner, closed=6 * S, fault="link a-b"))
    again = scene.follow(flow(3, start=10, end=20, owner=owner, closed=15 * S), 9)
    scene.sim.post_at(6 * S, scene.hits.ended, failed)
    scene.sim.post_at(15 * S, scene.hits.ended, again)
    scene.down("link", 5, 8)
    scene.sim.run(until=20 * S)
    (row,) = (row for row in rows(scene, [one, failed, again]).values() if row.kind == "flow")
    # Of the 10 s of the first, 3 s were lost. The second waited for 15 s: it was served from 0 to 5 and from
    # 10 to 15.
    assert (row.element, row.outages, row.down_s) == ("a → c", 2, 8.0)
    assert row.availability == pytest.approx(17 / 25)


@pytest.mark.parametrize(("fault", "waited"), [(None, 6), ("link a-b", 20)])
def test_a_window_is_over_when_its_flow_is_but_for_a_fault(fault: str | None, waited: int) -> None:
    scene = Scene()
    one = scene.follow(flow(1, start=0, end=30, closed=6 * S, fault=fault))
    scene.sim.run(until=20 * S)
    (row,) = (row for row in rows(scene, [one]).values() if row.kind == "flow")
    assert row.down_s == waited - 6
    assert row.availability == pytest.approx(6 / waited)


def test_a_window_that_has_not_begun_has_no_availability() -> None:
    scene = Scene()
    one = scene.follow(flow(1, start=30, end=40))
    other = flow(2, start=5, end=15, closed=10 * S)
    other.request.responder = B
    scene.sim.run(until=20 * S)
    found = {row.element: row for row in rows(scene, [one, other]).values()}
    assert (found["a → c"].availability, found["a → c"].down_s) == (None, 0.0)
    assert (found["a → b"].availability, found["a → b"].down_s) == (1.0, 0.0)

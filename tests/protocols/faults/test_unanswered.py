"""A reservation that goes no farther: how long its initiator waits, and what it makes of it."""

from __future__ import annotations

from typing import Any

from protocols.flow import Fault, Flow, Request
from tests.protocols.faults.rings import MS, engine


class Owner:
    """Notes what it is told, and when, ps."""

    def __init__(self, network: Any) -> None:
        self.network = network
        self.heard: list[tuple[int, str]] = []

    def deliver(self, _flow: Flow, _memory: Any) -> None:
        raise AssertionError("nothing is served here")

    lost = deliver

    def broken(self, _flow: Flow, fault: Fault) -> None:
        self.heard.append((self.network.sim.now, str(fault)))

    def refused(self, _request: Request, at: Any) -> None:
        self.heard.append((self.network.sim.now, f"refused at {at.name}"))


def test_it_waits_no_longer_than_its_window_and_has_crossed_nobody() -> None:
    """`c` is down and nobody knows yet: a round trip and two time-outs of 100 ms would go beyond."""
    network = engine({"node": "c", "down": "390 ms", "up": "1950 ms"}, traffic=[])
    network.run_until(391 * MS)
    a, b, c = (network.node(name) for name in "abc")
    owner = Owner(network)
    request = Request(a, c, 392 * MS, 450 * MS, 1, 0.0, None, 391 * MS)
    flow = network.submit(request, owner)
    assert [node.name for node in flow.path] == ["a", "b", "c"]
    network.run_until(1900 * MS)
    assert owner.heard == [(450 * MS, "no answer from b"), (450 * MS, "refused at a")]
    for node in (a, b):
        known = network.reservations[node]
        assert (known.calendar.flows, dict(known.flows)) == ((), {})
    known = network.reservations[a]
    assert (known.rejected, known.crossed) == (1, 0)


def test_a_node_that_is_down_refuses_what_it_is_asked_for_and_has_crossed_nobody() -> None:
    network = engine({"node": "a", "down": "390 ms", "up": "1950 ms"}, traffic=[])
    network.run_until(391 * MS)
    a, c = network.node("a"), network.node("c")
    owner = Owner(network)
    network.submit(Request(a, c, 392 * MS, 450 * MS, 1, 0.0, None, 391 * MS), owner)
    assert owner.heard == [(391 * MS, "node a"), (391 * MS, "refused at a")]
    known = network.reservations[a]
    assert (known.rejected, known.crossed, known.calendar.flows) == (1, 0, ())

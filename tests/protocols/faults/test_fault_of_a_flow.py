"""What a node on the path of a flow takes to be at fault there: its banks, its links, and those beside it."""

from __future__ import annotations

import pytest

from protocols.flow import Fault
from tests.protocols.scenes import MS, alive, chain, request

FAULT = Fault("something")


@pytest.mark.parametrize(
    ("place", "beside", "links"),
    [(0, {1}, {0}), (1, {0, 2}, {0, 1}), (2, {1, 3}, {1, 2}), (4, {3}, {3})],
)
def test_what_is_farther_off_is_for_others_to_notice(place: int, beside: set[int], links: set[int]) -> None:
    engine = alive(chain(4, traffic=[request("n0", "n4", start="20 ms")]))
    engine.run_until(30 * MS)
    nodes = [engine.node(f"n{number}") for number in range(5)]
    known, flow = engine.reservations[nodes[place]], engine.apps[0].flow
    assert [node.name for node in flow.path] == [node.name for node in nodes]
    of_nodes = {number for number, node in enumerate(nodes) if known.fault_of(flow, {node: FAULT}) is FAULT}
    assert of_nodes == beside
    of_links = {number for number, link in enumerate(flow.links) if known.fault_of(flow, {link: FAULT})}
    assert of_links == links
    (bank,) = nodes[place].banks
    assert known.fault_of(flow, {(nodes[place], bank): FAULT}) is FAULT
    assert known.fault_of(flow, {(nodes[place], "another"): FAULT}) is None
    assert known.fault_of(flow, {}) is None

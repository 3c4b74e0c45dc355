"""Nodes with several banks of memories, nodes that light only crosses, and classes that are no kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any

import pytest

import qsim
from hardware.memory import AtomicMemory
from hardware.node import Crossing
from hardware.node_kinds import OpticalNode, Router
from qsim import registry
from qsim.errors import NetworkError, NoRouteError, RegistryError
from qsim.model.check_context import CheckContext
from qsim.scenario import from_document
from tests.protocols.scenes import MS, MS_OF_FIBRE, chain, clocked, request


class TwoBanks(Router):
    """A router with a bank for each direction, and one of an application's own."""

    @property
    def banks(self) -> Mapping[str, Any]:
        return {name: AtomicMemory(count=count) for name, count in (("own", 3), ("west", 2), ("east", 4))}


@dataclass(frozen=True)
class Switch(OpticalNode):
    """Half the light passes; two stations; 5 ms to switch."""

    stations: Annotated[int, qsim.Param("stations", ge=1)] = 2

    def crossing(self) -> Crossing:
        return Crossing(0.5, self.stations, 5e-3)


def with_nodes(document: dict[str, Any], *nodes: Any, **links: Any) -> Any:
    """The live network of a document with some nodes, and all links, replaced."""
    spec = from_document(document)
    made = {node.name: node for node in (*spec.nodes, *nodes)}
    changed = tuple(
        replace(link, **{key: value[place] for key, value in links.items()})
        for place, link in enumerate(spec.links)
    )
    return replace(spec, nodes=tuple(made.values()), links=changed).engine(seed=0)


def star(**fields: Any) -> dict[str, Any]:
    """Four nodes round one called `hub`, 1 ms away."""
    names = ["hub", "a", "b", "c", "d"]
    links = [{"between": [name, "hub"], "length": MS_OF_FIBRE} for name in names[1:]]
    return {**chain(1), "nodes": dict.fromkeys(names), "links": links, **fields}


def test_each_link_uses_its_bank() -> None:
    document = chain(2, traffic=[request("n0", "n2", memories=2, start=0.02)])
    engine = with_nodes(document, TwoBanks("n1"), banks=[("memory", "west"), ("east", "memory")])
    node = engine.node("n1")
    assert [memory.index for memory in node.bank("east")] == [5, 6, 7, 8]
    engine.run_until(30 * MS)
    (agent,) = engine.stack("n1").agents.values()
    assert agent.left == node.bank("west")
    assert agent.right == node.bank("east")[:2]
    assert engine.view.free(node, 25 * MS, 26 * MS) == 5
    result = engine.run()
    assert result.flows[0].pairs > 100
    assert all(memory.since == 0 for memory in node.bank("own"))


def test_a_link_cannot_use_a_bank_that_is_not_there() -> None:
    with pytest.raises(NetworkError, match=r"link n0-n1: node 'n1' has no bank 'wst' \(did you mean 'west'"):
        with_nodes(chain(1), TwoBanks("n1"), banks=[("memory", "wst")])


def test_segments_cross_a_node_without_memories_once_for_each_station() -> None:
    engine = with_nodes(star(), Switch("hub"))
    ends = ("a-hub-b", "a-hub-c", "a-hub-d", "b-hub-c", "b-hub-d", "c-hub-d")
    assert [link.name for link in engine.links] == [f"{end}#{number}" for end in ends for number in (0, 1)]
    (first, second, *others) = engine.links
    assert first.station is not second.station
    assert {link.station for link in others} == {first.station, second.station}
    assert (first.hardware.transmission_first, first.hardware.transmission_second) == (0.5, 0.5)
    assert first.length == 2 * MS_OF_FIBRE
    assert engine.path("a", "c") == ("a", "c")
    with pytest.raises(NoRouteError):
        engine.path("a", "hub")


def test_flows_through_a_switch_begin_late_and_take_a_station_each() -> None:
    asked = [request(*ends, start=0.02, duration=0.2) for ends in (("a", "b"), ("c", "d"), ("b", "a"))]
    document = star(traffic=asked, defaults={**chain(1)["defaults"], "generation": clocked(1e-4)})
    engine = with_nodes(document, Switch("hub"))
    hub = engine.node("hub")
    engine.run_until(24 * MS)
    assert engine.view.free(hub, 25 * MS, 26 * MS) == 0
    assert {link.heralds for link in engine.links} == {0}
    result = engine.run()
    assert [(flow.initiator, flow.path) for flow in result.flows] == [("a", ("a", "b")), ("c", ("c", "d"))]
    assert all(flow.pairs > 0 for flow in result.flows)
    assert {row.link for row in result.links if row.heralds} == {"a-hub-b#0", "c-hub-d#1"}
    assert result.rejected == 1
    assert [row.node for row in result.memories] == ["a", "b", "c", "d"]
    assert engine.view.free(hub, 230 * MS, 240 * MS) == 2


def test_a_repeater_joins_two_segments() -> None:
    """Light of one flow crosses two switches, and a router with memories swaps between them."""
    names = ["a", "s", "r", "t", "b"]
    links = [{"between": [x, y], "length": MS_OF_FIBRE} for x, y in pairwise(names)]
    document = {**chain(1), "nodes": dict.fromkeys(names), "links": links}
    document["traffic"] = [request("a", "b", start=0.05)]
    engine = with_nodes(document, Switch("s", stations=1), Switch("t", stations=1))
    result = engine.run()
    assert result.flows[0].path == ("a", "r", "b")
    assert result.flows[0].pairs > 0
    (flow,) = engine.recorder.flows
    assert [node.name for node in flow.route] == names


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_both_levels_of_detail_serve_a_segment(detail: str) -> None:
    run = {"duration": 1.0, "detail": detail}
    document = star(run=run, traffic=[request("a", "b", start=0.01)])
    document["defaults"] = {**document["defaults"], "generation": {"kind": "barrett-kok"}}
    result = with_nodes(document, Switch("hub", stations=1)).run()
    (row,) = (row for row in result.links if row.heralds)
    assert row.success_probability == pytest.approx(0.125)
    share = row.heralds / row.attempts
    assert abs(share - 0.125) < 4 * (0.125 * 0.875 / row.attempts) ** 0.5


def test_links_that_share_a_station_need_one_link_model() -> None:
    spec = from_document(star())
    other = replace(spec.links[3], link_model="single-click")
    nodes = {node.name: node for node in spec.nodes}
    context = CheckContext(
        spec.run_spec, nodes, (*spec.links[:3], other), None, spec.classical, spec.protocols
    )
    ((where, fault),) = Switch("hub").check(context)
    assert where == ""
    assert "'d-hub' has others than 'a-hub'" in fault


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("node", "crossing"),
        ("routing", r"route\(request, view\)"),
        ("reservation", r"build\(stack, routing, view\)"),
        ("app", r"install\(network\)"),
        ("runtime", r"stop\(\)"),
    ],
)
def test_an_empty_class_is_refused_when_it_is_registered(kind: str, lacks: str) -> None:
    with pytest.raises(RegistryError, match=f"{kind} 'empty': class .*Empty .*test_node_kinds.py.*{lacks}"):

        @qsim.register(kind, "empty")
        class Empty:
            pass

    assert "empty" not in registry.names(kind)

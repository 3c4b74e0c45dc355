"""Nodes with several banks of memories, nodes that light only crosses, and classes that are no kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

import pytest

import qsim
from hardware.node import Crossing
from hardware.node_kinds import OpticalNode
from qsim import registry
from qsim.errors import NetworkError, NoRouteError, ParameterError, RegistryError, ScenarioError
from qsim.scenario import from_document
from tests.protocols.scenes import MS, MS_OF_FIBRE, alive, chain, clocked, request


@dataclass(frozen=True)
class Switch(OpticalNode):
    """Half the light passes; two stations; 5 ms to switch."""

    stations: Annotated[int, qsim.Param("stations", ge=1)] = 2

    def crossing(self) -> Crossing:
        return Crossing(0.5, self.stations, 5e-3)


@pytest.fixture(autouse=True)
def half_switch() -> Iterator[None]:
    """The switch, registered for as long as a test runs."""
    qsim.register("node", "half-switch")(Switch)
    yield
    registry.unregister("node", "half-switch")


SWITCH = {"kind": "half-switch", "stations": 1}


def star(hub: Any = "half-switch", **fields: Any) -> dict[str, Any]:
    """Four nodes round one called `hub`, 1 ms away."""
    names = ["a", "b", "c", "d"]
    links = [{"between": [name, "hub"], "length": MS_OF_FIBRE} for name in names]
    return {**chain(1), "nodes": {"hub": hub, **dict.fromkeys(names)}, "links": links, **fields}


def banked(*banks: list[str], **fields: Any) -> dict[str, Any]:
    """A chain of three nodes, the middle one with a bank for each direction and another."""
    document = chain(2, **fields)
    counts = {"own": 3, "west": 2, "east": 4}
    document["nodes"]["n1"] = {"memory": {name: {"count": count} for name, count in counts.items()}}
    for link, named in zip(document["links"], banks, strict=True):
        link["banks"] = named
    return document


def test_each_link_uses_its_bank() -> None:
    asked = [request("n0", "n2", memories=2, start=0.02)]
    engine = alive(banked(["memory", "west"], ["east", "memory"], traffic=asked))
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
    asked = [request("n0", "n1", fidelity=0.9)]
    with pytest.raises(ScenarioError, match=r"no memories called 'wst' \(did you mean 'west'\?\)") as caught:
        from_document(banked(["memory", "wst"], ["east", "memory"], traffic=asked))
    assert len(caught.value.faults) == 1
    assert " links[0].banks[1]: " in caught.value.faults[0]


def test_a_request_cannot_want_more_memories_than_the_banks_of_its_links_hold() -> None:
    asked = [request("n1", "n2", memories=2), request("n1", "n0", memories=5)]
    document = banked(["memory", "west"], ["east", "memory"], traffic=asked, count=9)
    with pytest.raises(ScenarioError, match=r"must be at most 4, .* of 'n1' .* got 5") as caught:
        from_document(document)
    assert len(caught.value.faults) == 1
    assert " traffic[1].memories: " in caught.value.faults[0]


def test_a_link_to_a_switch_names_the_bank_of_its_other_end_alone() -> None:
    document = star(traffic=[request("a", "b", start=0.02)])
    document["nodes"]["a"] = {"memory": {"one": {"count": 1}, "two": {"count": 2}}}
    document["links"][0]["banks"] = ["two", ""]
    engine = alive(document)
    assert engine.links[0].places[engine.node("a")] == range(1, 3)
    document["links"][0]["banks"] = ["two", "one"]
    with pytest.raises(ScenarioError, match="'hub' has no memories called 'one'"):
        from_document(document)


def test_the_arms_of_a_link_to_a_switch_are_one_fibre() -> None:
    document = star()
    lossy = {"length": MS_OF_FIBRE, "fibre": {"kind": "single-mode", "attenuation": 1e-5}}
    document["links"][0] = {"between": ["a", "hub"], "arms": [{"length": MS_OF_FIBRE}, lossy]}
    hardware = alive(document).links[0].hardware
    assert hardware.transmission_first == pytest.approx(0.5 * 10**-0.2)
    assert (hardware.delay_first, hardware.delay_second) == (2 * MS, MS)


def test_segments_cross_a_node_without_memories_once_for_each_station() -> None:
    engine = alive(star())
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
    engine = alive(document)
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
    document = {**chain(1), "nodes": {**dict.fromkeys(names), "s": SWITCH, "t": SWITCH}, "links": links}
    document["traffic"] = [request("a", "b", start=0.05)]
    engine = alive(document)
    result = engine.run()
    assert result.flows[0].path == ("a", "r", "b")
    assert result.flows[0].pairs > 0
    (flow,) = engine.recorder.flows
    assert [node.name for node in flow.route] == names


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_both_levels_of_detail_serve_a_segment(detail: str) -> None:
    run = {"duration": 1.0, "detail": detail}
    document = star(SWITCH, run=run, traffic=[request("a", "b", start=0.01)])
    document["defaults"] = {**document["defaults"], "generation": {"kind": "barrett-kok"}}
    result = alive(document).run()
    (row,) = (row for row in result.links if row.heralds)
    assert row.success_probability == pytest.approx(0.125)
    share = row.heralds / row.attempts
    assert abs(share - 0.125) < 4 * (0.125 * 0.875 / row.attempts) ** 0.5


def test_links_that_share_a_station_need_one_link_model() -> None:
    document = star()
    document["links"][3]["link_model"] = "single-click"
    with pytest.raises(ScenarioError, match="'d-hub' has others than 'a-hub'") as caught:
        from_document(document)
    assert len(caught.value.faults) == 1
    assert " nodes.hub: " in caught.value.faults[0]


def test_links_that_share_a_station_need_the_same_second_detector() -> None:
    document = star()
    document["links"][3]["second_detector"] = {"kind": "threshold", "efficiency": 0.1}
    with pytest.raises(ScenarioError, match="the same detectors; 'd-hub' has others than 'a-hub'"):
        from_document(document)


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


@pytest.mark.parametrize("wrong", [{"transmission": 1.5}, {"stations": -1}, {"switching_time": -1.0}])
def test_a_crossing_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="a crossing has"):
        Crossing(**wrong)


def test_a_node_that_light_crosses_must_say_what_it_costs() -> None:
    with pytest.raises(RegistryError, match=r"lacks `crossing\(\)`"):

        @qsim.register("node", "silent")
        class Silent(OpticalNode):
            """Says nothing."""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cutoff": {"kind": "age", "after": 1}}, "no pair is ever there"),
        ({"purification": "none"}, "no pair"),
    ],
)
def test_a_node_without_memories_has_no_policies(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        from_document(star({**SWITCH, **fields}))


def test_a_link_to_a_switch_has_no_station_of_its_own() -> None:
    document = star()
    document["links"][0]["midpoint"] = 0.9
    with pytest.raises(ScenarioError, match="its `midpoint` and `station_delay` say nothing"):
        from_document(document)


@pytest.mark.parametrize("turned", [False, True])
def test_slots_of_a_shared_station_are_the_longest_of_its_fibres(turned: bool) -> None:
    document = star(SWITCH, run={"duration": 1, "detail": "photon"})
    document["links"][0]["fibre"] = {"slot_rate": "5 kHz"}
    if turned:
        document["links"].reverse()
    engine = from_document(document).engine()
    assert {link.station._slot_ps for link in engine.links} == {200_000_000}


def test_segments_between_the_same_nodes_have_names_of_their_own() -> None:
    document = star(SWITCH)
    document["nodes"] = {"hub": SWITCH, "far": SWITCH, "a": None, "b": None}
    ends = [("a", "hub"), ("hub", "far"), ("far", "b")]
    document["links"] = [{"between": list(pair), "length": MS_OF_FIBRE} for pair in ends]
    document["links"].append({"between": ["a", "hub"], "length": MS_OF_FIBRE, "name": "spare"})
    names = [link.name for link in from_document(document).engine().links]
    assert len(names) == len(set(names)) == 4


@pytest.mark.parametrize("given", [None, [()], [("n0", "n1")], ["n0"]])
def test_routes_that_are_none_are_told_with_what_came(given: Any) -> None:
    @qsim.register("routing", "test-lost")
    class Lost:
        """Gives what is no path."""

        def route(self, request: Any, view: Any) -> Any:
            return given

    try:
        document = {**chain(2), "traffic": [request("n0", "n2")]}
        document["protocols"] = {"routing": "test-lost"}
        with pytest.raises(NetworkError, match="must give paths"):
            from_document(document).run()
    finally:
        registry.unregister("routing", "test-lost")

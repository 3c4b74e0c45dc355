"""What format 2 can say: banks of memories, arms, named links, kinds of node."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import ScenarioError
from qsim.scenario import Scenario, from_document

BANKS = {"comm": {"count": 2}, "data": {"count": 8, "t2": "1 s"}}


def made(link: dict[str, Any] | None = None, **sections: Any) -> Scenario:
    links = [{"between": ["a", "b"], "length": "20 km", **(link or {})}]
    return from_document(
        {"qsim": 2, "run": {"duration": 1}, "nodes": {"a": None, "b": None}, "links": links, **sections}
    )


def faults(link: dict[str, Any] | None = None, **sections: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        made(link, **sections)
    return [fault.removeprefix("<script>: ") for fault in caught.value.faults]


def test_banks_are_laid_over_the_default_memory() -> None:
    found = made(defaults={"memory": {"efficiency": 0.5}}, nodes={"a": {"memory": BANKS}, "b": None})
    banks = found.nodes[0].banks
    assert {name: (bank.count, bank.efficiency) for name, bank in banks.items()} == {
        "comm": (2, 0.5),
        "data": (8, 0.5),
    }
    assert found.nodes[0].count == 10
    assert list(found.nodes[1].banks) == ["memory"]
    assert from_document(found.document) == found


def test_links_name_banks_that_there_are() -> None:
    nodes = {"a": {"memory": BANKS}, "b": None}
    assert made({"banks": ["data", "memory"]}, nodes=nodes).links[0].banks == ("data", "memory")
    assert faults({"banks": ["date", "memory"]}, nodes=nodes) == [
        "links[0].banks[0]: 'a' has no memories called 'date' (did you mean 'data'?)"
    ]


def test_a_fault_in_a_bank_is_told_there() -> None:
    nodes = {"a": {"memory": {"comm": {"count": 0}, "data": {}}}, "b": None}
    assert faults(nodes=nodes) == ["nodes.a.memory.comm.count: must be in [1, 100000], got 0"]


def test_arms_say_lengths_and_fibres() -> None:
    arms = [{"length": "15 km"}, {"fibre": {"attenuation": "1 dB/km"}}]
    [link] = made({"arms": arms}).links
    assert [(length, fibre.attenuation) for length, fibre in link.fibres] == [(15e3, None), (5e3, 1e-3)]
    found = made({"length": None, "arms": [{"length": "15 km"}, {"length": "6 km"}]})
    assert found.links[0].length == 21e3
    assert from_document(found.document) == found


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        (
            {"arms": [{"length": "15 km"}, {"length": "6 km"}]},
            "links[0].length: must be 21000 m, the length of both `arms` together, or be left out; "
            "got 20000 m",
        ),
        (
            {"arms": [{"length": "25 km"}, {}]},
            "links[0].arms[0].length: must be at most the length of the link, 20000 m, got 25000 m",
        ),
        (
            {"arms": [{}, {}], "midpoint": 0.3},
            "links[0].midpoint: stands beside `arms`, whose lengths say where the station is",
        ),
    ],
)
def test_arms_that_do_not_fit(link: dict[str, Any], fault: str) -> None:
    assert faults(link) == [fault]


def test_two_nodes_may_have_several_links_of_different_names() -> None:
    two = [{"between": ["a", "b"], "length": 1}, {"between": ["a", "b"], "length": 2, "name": "spare"}]
    assert [link.name for link in made(links=two).links] == ["a-b", "spare"]
    two[1]["name"] = "a-b"
    [fault] = faults(links=two)
    assert fault.startswith("links[1].name: the link name 'a-b' is used twice; the first is links[0]")


def test_a_link_of_a_topology_keeps_its_name_and_its_arms_when_told_from_the_other_end() -> None:
    line = {"kind": "line", "nodes": 2, "length": "2 km"}
    own = [{"between": ["n1", "n0"], "arms": [{"length": "0.5 km"}, {}]}]
    [link] = made(topology=line, nodes=None, links=own).links
    assert (link.name, [length for length, _ in link.fibres]) == ("n1-n0", [500, 1500])


def test_a_node_may_be_the_name_of_its_kind() -> None:
    assert [node.relays for node in made(nodes={"a": "end-node", "b": None}).nodes] == [False, True]


def test_policies_of_a_node_stand_in_place_of_the_networks() -> None:
    found = made(
        nodes={"a": {"cutoff": {"kind": "age", "after": "1 ms"}, "purification": "none"}, "b": None},
        protocols={"cutoff": {"kind": "age", "after": "2 ms"}},
    )
    assert found.nodes[0].cutoff.after == 1e-3
    assert found.nodes[1].cutoff is None
    assert found.protocols.cutoff.after == 2e-3
    assert from_document(found.document) == found


@pytest.mark.parametrize("over", [{}, {"fibre": {"attenuation": 3e-4}}])
def test_arm_needs_no_kind_whatever_the_link_says_of_its_fibre(over: dict[str, object]) -> None:
    link = {
        "between": ["a", "b"],
        "arms": [{"length": 1e3, "fibre": {"speed": 1e8}}, {"length": 2e3}],
        **over,
    }
    scenario = from_document({"run": {"duration": 1}, "nodes": ["a", "b"], "links": [link]})
    (length, fibre), (_, other) = (scenario.links[0].arm(place) for place in (0, 1))
    assert (length, fibre.speed, other.speed) == (1e3, 1e8, 2e8)
    assert fibre.attenuation == other.attenuation == (3e-4 if over else None)

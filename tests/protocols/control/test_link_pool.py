"""Which memories a link has, which halves go together, and which are what their node takes them for."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest

from protocols.control.link_pool import Ready, _fit, _true, shares_of

Leads = dict[int, bool]


class Link:
    """A link whose memories are in the same places at either end."""

    def __init__(self, first: object, second: object, bank: range) -> None:
        self.first, self.second = first, second
        self.places = defaultdict(lambda: bank)


class Node:
    """A node with memories of one letter each."""

    def __init__(self, memories: str) -> None:
        self.memories = list(memories)


def test_links_share_a_bank_evenly_and_one_after_the_other() -> None:
    """Three links share seven memories, a fourth has two of its own; what is left over serves none."""
    node, other = Node("abcdefgxy"), Node("")
    bank, own = range(7), range(7, 9)
    near = [Link(node, other, bank) for _ in range(3)]
    alone, away = Link(other, node, own), Link(other, other, bank)
    links: Any = [near[0], away, near[1], alone, near[2]]
    here: Any = node
    even: list[Any] = list(shares_of(links, here, None))
    assert [link for link, _ in even] == [near[0], near[1], alone, near[2]]
    assert ["".join(share) for _, share in even] == ["ab", "cd", "xy", "ef"]
    stated: list[Any] = list(shares_of(links, here, 1))
    assert ["".join(share) for _, share in stated] == ["a", "b", "x", "c"]


@pytest.mark.parametrize(
    ("one", "other", "towards"),
    [
        ({1: True}, {1: False}, True),
        ({1: False}, {1: True}, False),
        ({1: True}, {1: True}, None),
        ({1: False}, {1: False}, None),
        ({1: True}, {2: False}, None),
        ({}, {1: True}, None),
        # Of several flows the first that both may serve from either side.
        ({1: True, 2: False, 3: True}, {1: True, 3: False, 2: True}, False),
    ],
)
def test_two_halves_go_together_that_lead_opposite_ways_for_one_flow(
    one: Leads, other: Leads, towards: bool | None
) -> None:
    memory: Any = None
    assert _fit(Ready(memory, one), Ready(memory, other)) is towards


@pytest.mark.parametrize("side", ["first", "second"])
@pytest.mark.parametrize(
    ("at", "taken", "intact", "true"),
    [
        ("partner", None, True, True),
        ("partner", None, False, False),
        # The other end has handed its half over already, for this flow or for another.
        ("partner", object(), False, True),
        ("elsewhere", None, True, False),
        ("elsewhere", object(), True, False),
    ],
)
def test_a_half_is_true_whose_other_one_is_where_its_node_takes_it_to_be(
    at: str, taken: object, intact: bool, true: bool, side: str
) -> None:
    nodes = {"partner": object(), "elsewhere": object()}
    memory: Any = SimpleNamespace(node=object(), group=None, partner=SimpleNamespace(node=nodes["partner"]))
    halves = {"first": SimpleNamespace(node=nodes[at]), "second": SimpleNamespace(node=nodes[at])}
    halves[side] = memory
    memory.pair = SimpleNamespace(**halves, taken=taken, intact=intact)
    assert _true(memory) is true


@pytest.mark.parametrize("lacks", ["pair", "partner"])
@pytest.mark.parametrize("group", [None, object()])
def test_a_half_without_a_pair_is_true_if_it_is_part_of_a_larger_state(lacks: str, group: object) -> None:
    memory: Any = SimpleNamespace(node=object(), group=group, pair=object(), partner=object())
    setattr(memory, lacks, None)
    assert _true(memory) is (group is not None)

"""Shortest ways: what is remembered of them agrees with a fresh search."""

from __future__ import annotations

import random

from qsim.model.shortest_paths import LinkGraph


def test_a_part_of_a_known_way_costs_what_a_search_finds_to_the_last_bit() -> None:
    draws = random.Random(5)
    side = 12
    links = [
        (f"{x},{y}", f"{x + dx},{y + dy}", draws.uniform(1e3, 9e4))
        for x in range(side)
        for y in range(side)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < side and y + dy < side
    ]
    graph = LinkGraph(links)
    way = graph.way("0,0", "11,11")
    assert way is not None
    assert graph.way("0,0", "11,11") is way
    for one in way[1:-1]:
        for other in way[1:-1]:
            assert graph.distance(one, other) == LinkGraph(links).distance(one, other)
    assert graph.distance("0,0", "11,11") == LinkGraph(links).distance("0,0", "11,11")
    assert graph.way("0,0", "nowhere") is None

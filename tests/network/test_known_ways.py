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


def test_of_equal_ways_the_one_met_first_is_taken() -> None:
    """Where ties are many, every next node is the first that the search from the target reaches it by."""
    draws = random.Random(11)
    side = 9
    links = [
        (f"{x},{y}", f"{x + dx},{y + dy}", draws.choice([0.0, 1.0, 1.0, 2.0]))
        for x in range(side)
        for y in range(side)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < side and y + dy < side
    ]
    neighbours: dict[str, list[tuple[str, float]]] = {}
    for one, other, cost in links:
        neighbours.setdefault(one, []).append((other, cost))
        neighbours.setdefault(other, []).append((one, cost))
    target = "3,4"
    costs, nearer, waiting, count = {target: 0.0}, {target: target}, [(0.0, 0, target)], 0
    while waiting:
        waiting.sort()
        cost, _, here = waiting.pop(0)
        if costs[here] < cost:
            continue
        for other, more in neighbours[here]:
            if cost + more < costs.get(other, float("inf")):
                costs[other], nearer[other], count = cost + more, here, count + 1
                waiting.append((cost + more, count, other))
    graph = LinkGraph(links)
    for node in draws.sample(sorted(neighbours), len(neighbours)):
        assert graph.following(node, target) == nearer[node]
        assert graph.distance(node, target) == costs[node]

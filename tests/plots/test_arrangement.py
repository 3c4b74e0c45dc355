from __future__ import annotations

import math

import networkx as nx
import pytest

from qsim.model.layout import arranged


def distances(found: list[tuple[float, float]]) -> list[float]:
    return [math.dist(one, other) for number, one in enumerate(found) for other in found[:number]]


def test_a_short_chain_is_straight_whatever_the_order_of_its_nodes() -> None:
    assert arranged(["b", "a", "c"], [("a", "b"), ("c", "b")]) == [(1.0, 0.0), (0.0, 0.0), (2.0, 0.0)]


def test_a_long_chain_turns_back_and_forth() -> None:
    names = [f"n{number}" for number in range(100)]
    found = arranged(names, list(nx.utils.pairwise(names)))
    assert {math.dist(one, other) for one, other in nx.utils.pairwise(found)} == {1.0}
    assert min(distances(found)) == 1.0
    assert max(y for _, y in found) == 7.0


def test_more_nodes_than_can_be_laid_out_stand_in_rows() -> None:
    names = [f"n{number}" for number in range(2001)]
    found = arranged(names, [(names[0], name) for name in names[1:]])
    assert min(math.dist(one, other) for one, other in nx.utils.pairwise(found)) == 1.0
    assert len(set(found)) == 2001


@pytest.mark.parametrize(
    "graph",
    [
        nx.grid_2d_graph(12, 15),
        nx.balanced_tree(3, 4),
        nx.disjoint_union(nx.cycle_graph(80), nx.star_graph(60)),
        nx.disjoint_union(nx.cycle_graph(8), nx.star_graph(6)),
    ],
    ids=["grid", "tree", "two parts", "two small parts"],
)
def test_neighbours_stand_closer_than_others_and_always_at_the_same_places(graph: nx.Graph) -> None:
    names = [str(node) for node in graph]
    links = [(str(a), str(b)) for a, b in graph.edges]
    found = arranged(names, links)
    at = dict(zip(names, found, strict=True))
    near = [math.dist(at[a], at[b]) for a, b in links]
    far = distances(found)
    assert sum(near) / len(near) < 0.6 * sum(far) / len(far)
    assert len(set(found)) == len(found)
    assert arranged(names, links) == found


def test_a_network_lies() -> None:
    names = [f"n{number}" for number in range(30)]
    ladder = [(names[number], names[number + 2]) for number in range(28)]
    rungs = [(names[number], names[number + 1]) for number in range(0, 30, 2)]
    found = arranged(names, ladder + rungs)
    width, height = (
        max(place[axis] for place in found) - min(place[axis] for place in found) for axis in (0, 1)
    )
    assert width > 3 * height


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_nodes(count: int) -> None:
    assert len(arranged(list("ab")[:count], [])) == count

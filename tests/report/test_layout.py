from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest

from qsim.model.rows import LinkRow, MemoryRow
from qsim.report.network_data import SPACING, places
from tests.report.specimens import network
from tests.results.specimens import result


def placed(nodes: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Places of nodes in a row of links, for what the scenario says about them."""
    links = (LinkRow(f"{a}-{b}", a, b, 1.0, 1, 1, 0.1, 0.1, 0.9) for a, b in pairwise(nodes))
    memories = (MemoryRow(name, 10, 0.1, 0.1, 0) for name in nodes)
    return places(network(memories=tuple(memories), links=tuple(links), document={"nodes": nodes}))


def test_positions_of_the_scenario_are_kept_with_north_at_the_top() -> None:
    at = placed({"a": {"position": [0.0, 0.0]}, "b": {"position": [3e3, 0.0]}, "c": {"position": [0.0, 4e3]}})
    assert at["b"][0] > at["a"][0]
    assert at["b"][1] == at["a"][1]
    assert at["c"][1] < at["a"][1]
    assert math.dist(at["a"], at["c"]) / math.dist(at["a"], at["b"]) == pytest.approx(4 / 3, rel=1e-3)


def test_nodes_have_room_however_many_metres_lie_between_them() -> None:
    for metres in (1e-3, 1.0, 1e9):
        line = placed({str(number): {"position": [number * metres, 0.0]} for number in range(10)})
        assert math.dist(line["0"], line["1"]) == pytest.approx(SPACING, rel=1e-3)
        square = placed(
            {
                str(number): {"position": [number % 10 * metres, number // 10 * metres]}
                for number in range(100)
            }
        )
        assert math.dist(square["0"], square["1"]) == pytest.approx(SPACING, rel=0.2)  # fmt: skip


def test_nodes_at_one_place_are_told_apart() -> None:
    at = placed({name: {"position": [1.0, 1.0]} for name in "abc"})
    assert math.dist(at["a"], at["b"]) == pytest.approx(SPACING)


def test_a_node_that_only_links_name_has_a_place() -> None:
    assert set(places(result())) == {"a", "b", "c"}


def test_one_node_stands_alone() -> None:
    assert placed({"a": {}}) == {"a": (0.0, 0.0)}

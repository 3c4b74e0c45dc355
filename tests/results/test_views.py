"""A bare result, scenario, network or sweep in a prompt or a notebook: short, safe, and with its figures."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import qsim
from qsim.results.html_cards import ROWS, small_map
from tests.results.specimens import flow, result, sweep


def network(name: str = "Chain", nodes: int = 3) -> qsim.Network:
    made = qsim.Network(name, memory={"count": 4})
    made.use_topology("line", nodes=nodes, length="20 km")
    names = list(made.nodes)
    return made.request(names[0], names[-1])


THINGS: list[Any] = [
    network,
    lambda: network().scenario("10 s"),
    lambda: network().run("50 ms", seed=1),
    sweep,
]


@pytest.mark.parametrize("make", THINGS)
def test_five_lines_of_a_hundred_characters(make: Any) -> None:
    lines = repr(make()).splitlines()
    assert len(lines) <= 5
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("make", THINGS)
def test_the_card_is_well_formed_and_loads_nothing(make: Any) -> None:
    shown = make()._repr_html_()
    ET.fromstring(f"<body>{shown}</body>")
    assert not re.search(r"<script|src=|href=|http", shown)


def test_a_large_result_is_shown_as_shortly_as_a_small_one() -> None:
    flows = tuple(flow(("a", *(f"node {i}" for i in range(500)), "b"), start_s=float(i)) for i in range(2000))
    made = result(name="x" * 5000, flows=flows, notes=("a\nb" * 1000,) * 50)
    assert len(repr(made)) < 600
    assert len(made._repr_html_()) < 40_000
    unfinished = len(made.unfinished)
    assert f"... and {2000 + unfinished - ROWS} more" in made._repr_html_()


def test_markup_in_names_is_text() -> None:
    name = "<script>alert(1)</script>&"
    made = qsim.Network(name).add_node(name).add_node("b").add_link(name, "b", "1 km")
    for shown in (made._repr_html_(), made.scenario("1 s")._repr_html_()):
        assert "<script" not in shown
        ET.fromstring(f"<body>{shown}</body>")


def test_the_figures_are_those_of_the_run() -> None:
    made = network().run("200 ms", seed=1)
    pairs = sum(row.pairs for row in (*made.flows, *made.unfinished))
    assert pairs > 0
    assert f"{pairs} pairs" in repr(made)
    assert f'<td style="text-align:left;padding:1px 12px 1px 0">{pairs}</td>' in made._repr_html_()


def test_nothing_is_shown_where_there_is_nothing() -> None:
    assert repr(qsim.Network()).splitlines()[:2] == ["<Network>", "  no nodes yet"]
    assert "<svg" not in qsim.Network()._repr_html_()
    assert small_map({}, []) == ""


def test_nodes_at_one_place_or_in_a_row_stay_inside_the_map() -> None:
    for places in ({"a": (0.0, 0.0), "b": (0.0, 0.0)}, {"a": (0.0, 5.0), "b": (1e9, 5.0)}):
        drawn = ET.fromstring(small_map(places, [("a", "b")]))
        width, height = float(drawn.attrib["width"]), float(drawn.attrib["height"])
        for dot in drawn.iter("circle"):
            assert 0 < float(dot.attrib["cx"]) < width
            assert 0 < float(dot.attrib["cy"]) < height


def test_a_map_of_places_with_units_is_that_of_metres() -> None:
    made = qsim.Network().add_node("a", position=["0 km", 0]).add_node("b", position=["3 km", 0])
    made.add_node("c", position=[1000, 0])
    spots = [
        float(dot.attrib["cx"])
        for dot in ET.fromstring(
            re.search(r"<svg.*</svg>", made._repr_html_(), re.S)[0]  # type: ignore[index]
        ).iter("circle")
    ]
    assert (spots[2] - spots[0]) / (spots[1] - spots[0]) == pytest.approx(1 / 3, abs=1e-3)

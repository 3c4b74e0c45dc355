"""The network map: places, colours, widths, names."""

from __future__ import annotations

from math import cos, pi, radians
from typing import Any

import pytest
from matplotlib import pyplot as plt

from qsim.errors import ParameterError, ResultError
from qsim.model.layout import layout
from qsim.model.rows import LinkRow, MemoryRow
from qsim.plots import ResultPlots
from qsim.results import Result
from qsim.scenario import from_document
from tests.results import specimens

PLANAR = {"a": {"position": [0.0, 0.0]}, "b": {"position": [20e3, 5e3]}}
GLOBAL = {"a": {"coordinates": [60.0, 179.0]}, "b": {"coordinates": [60.0, -179.0]}}


def two(nodes: Any = None, **fields: Any) -> Result:
    """Two nodes and a link that heralded 250 pairs in 100 s."""
    link = LinkRow("a--b", "a", "b", 20_000.0, 1000, 250, 0.004, 0.25, 0.99)
    return specimens.result(
        **{"links": (link,), "document": {"nodes": nodes or {"a": {}, "b": {}}}, **fields}
    )


def drawn(axes: Any, label: str) -> Any:
    (found,) = [artist for artist in axes.collections if artist.get_label() == label]
    return found


def test_nodes_stand_at_their_planar_positions() -> None:
    axes = ResultPlots(two(PLANAR)).network_map()
    assert drawn(axes, "nodes").get_offsets().tolist() == [[0.0, 0.0], [20e3, 5e3]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x (km)", "y (km)")
    assert drawn(axes, "links").get_segments()[0].tolist() == [[0.0, 0.0], [20e3, 5e3]]
    assert axes.get_aspect() == 1.0


def test_geographic_coordinates_are_projected_the_short_way_round() -> None:
    found = layout(two(GLOBAL))
    assert found.axes == ("east", "north")
    (west, south), (east, north) = found.places["a"], found.places["b"]
    assert south == north == 0.0
    assert east - west == pytest.approx(2 * pi * 6_371_008.8 / 180 * cos(radians(60)))


def test_a_layout_is_the_same_each_time_and_has_no_axes() -> None:
    result = two()
    assert layout(result) == layout(result)
    assert layout(result).axes is None
    assert not ResultPlots(result).network_map().axison


@pytest.mark.parametrize(
    "document", [{}, {"nodes": ["a", "b"]}, {"nodes": {"a": None, "b": {"position": [0, 0]}}}]
)
def test_nodes_without_positions_get_a_layout(document: dict[str, Any]) -> None:
    assert layout(two(document=document)).axes is None


def test_parts_that_hang_together_by_nothing_have_a_layout_too() -> None:
    assert len(layout(two(links=())).places) == 2
    axes = ResultPlots(two(links=())).network_map()
    assert [artist.get_label() for artist in axes.collections] == ["nodes"]


@pytest.mark.parametrize(
    ("colour", "words", "shares", "most"),
    [
        ("utilisation", "memories reserved (%)", [10.0, 12.5], 100.0),
        ("entangled", "memories entangled (%)", [1.0, 2.0], 2.0),
    ],
)
def test_nodes_are_coloured_by_the_use_of_their_memories(
    colour: str, words: str, shares: list[float], most: float
) -> None:
    axes = ResultPlots(two()).network_map(colour=colour)
    nodes = drawn(axes, "nodes")
    assert nodes.get_array().tolist() == pytest.approx(shares)
    assert nodes.get_clim() == (0.0, most)
    bars = [bar.get_xlabel() for bar in axes.figure.axes if bar is not axes]
    assert bars == [words, "heralded pairs (1/s)"]


def test_areas_grow_with_memories() -> None:
    small, large = drawn(ResultPlots(two()).network_map(), "nodes").get_sizes()
    assert 0 < small < large


def test_links_are_coloured_and_wide_by_their_rate() -> None:
    idle = LinkRow("b--c", "b", "c", 100.0, 50, 0, None, 0.5, 0.99)
    busy = LinkRow("a--b", "a", "b", 20_000.0, 1000, 250, 0.004, 0.25, 0.99)
    half = LinkRow("a--c", "a", "c", 20_000.0, 1000, 125, 0.004, 0.25, 0.99)
    memories = tuple(MemoryRow(name, 10, 0.1, 0.1, 0) for name in "abc")
    lines = drawn(ResultPlots(two(links=(busy, half, idle), memories=memories)).network_map(), "links")
    assert lines.get_array().tolist() == [2.5, 1.25, 0.0]
    wide, middle, thin = lines.get_linewidth()
    assert wide - middle == pytest.approx(middle - thin)
    assert thin > 0
    dashes = [dash for _, dash in lines.get_linestyle()]
    assert dashes[0] is None
    assert dashes[2] is not None


def test_names_are_written_away_from_the_links() -> None:
    axes = ResultPlots(two(PLANAR)).network_map()
    names = {text.get_text(): text.get_verticalalignment() for text in axes.texts}
    assert set(names.values()) <= {"top", "bottom"}
    assert names["a"] == "top"


def test_names_and_colour_bars_can_be_left_out() -> None:
    axes = ResultPlots(two()).network_map(labels=False, colour_bars=False)
    assert not axes.texts
    assert axes.figure.axes == [axes]


def test_many_nodes_have_no_names() -> None:
    memories = tuple(MemoryRow(f"n{number}", 10, 0.1, 0.1, 0) for number in range(41))
    assert not ResultPlots(two(memories=memories, links=())).network_map().texts


def test_a_real_run_in_axes_of_ones_own() -> None:
    document = {
        "run": {"duration": "100 ms"},
        "topology": {"kind": "line", "nodes": 5, "length": "10 km"},
        "traffic": [{"kind": "request", "initiator": "n0", "responder": "n4"}],
    }
    result = from_document(document).run()
    _, own = plt.subplots()
    assert ResultPlots(result).network_map(own) is own
    rates = [link.heralds / result.simulated_s for link in result.links]
    assert drawn(own, "links").get_array().tolist() == rates
    assert min(rates) > 0


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ParameterError, match="`colour` must be 'utilisation' or 'entangled', got 'rate'"):
        ResultPlots(two()).network_map(colour="rate")
    with pytest.raises(ResultError, match="no nodes"):
        ResultPlots(two(memories=(), links=())).network_map()

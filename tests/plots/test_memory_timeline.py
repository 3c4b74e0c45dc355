"""Reserved memories against time, as drawn."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import ResultError
from qsim.model.rows import MemoryRow
from qsim.plots import ResultPlots
from qsim.results.occupancy import occupancy
from tests.results import specimens

ROWS = tuple(MemoryRow(name, 40, 0.1, 0.0, 0) for name in "abc")


def plots(**fields: Any) -> ResultPlots:
    return ResultPlots(specimens.result(**{"memories": ROWS, **fields}))


def steps(axes: Any) -> list[tuple[list[float], list[float]]]:
    """The step functions of an axes: times and heights."""
    found = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
    return [(line.get_xdata().tolist(), line.get_ydata().tolist()) for line in found]


def test_one_node_is_counted_in_memories() -> None:
    axes = plots().memory_timeline(["b"])
    # Two flows of ten memories at 1.5-11.5 s, ending at b and passing through it; one from 95 s to b.
    assert steps(axes) == [([0.0, 1.5, 11.5, 95.0, 100.0], [0, 30, 0, 10, 10])]
    assert axes.get_ylabel() == "reserved memories"
    assert axes.get_title() == "b"
    assert axes.get_xlabel() == "simulated time (s)"
    assert axes.get_xlim() == (0.0, 100.0)
    total: Any = next(line for line in axes.lines if line.get_drawstyle() != "steps-post")
    assert set(total.get_ydata()) == {40}
    assert [text.get_text() for text in axes.texts] == ["all 40"]


def test_lanes_show_shares_of_each_nodes_total() -> None:
    axes = plots().memory_timeline()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a (40)", "b (40)", "c (40)"]
    found = occupancy(specimens.result(memories=ROWS))
    for floor, name, (times, heights) in zip((2, 1, 0), "abc", steps(axes), strict=True):
        node = found[name]
        assert times == [*node.times_s, 100.0]
        assert heights[:-1] == pytest.approx([floor + 0.8 * count / 40 for count in node.reserved])


def test_lanes_come_in_the_order_asked_for() -> None:
    axes = plots().memory_timeline(["c", "a"])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c (40)", "a (40)"]


@pytest.mark.parametrize("duration", [1.0, 10e-3])
@pytest.mark.parametrize("nodes", [["b"], None])
def test_the_tick_at_the_end_of_the_run_is_whole(duration: float, nodes: list[str] | None) -> None:
    axes = plots(simulated_s=duration).memory_timeline(nodes)
    figure: Any = axes.figure
    figure.canvas.draw()
    last = axes.get_xticklabels()[-1]
    assert last.get_position()[0] == pytest.approx(duration)
    assert last.get_text() == {1.0: "1.0", 10e-3: "10"}[duration]
    assert last.get_window_extent().x1 <= figure.bbox.width


def test_twelve_busiest_of_many() -> None:
    rows = (*(MemoryRow(f"idle{number}", 10, 0.0, 0.0, 0) for number in range(20)), *ROWS)
    shown = [label.get_text() for label in plots(memories=rows).memory_timeline().get_yticklabels()]
    assert len(shown) == 12
    assert shown[-3:] == ["a (40)", "b (40)", "c (40)"]


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ResultError, match="the run has no node 'd'"):
        plots().memory_timeline(["d"])
    with pytest.raises(ResultError, match="name at least one"):
        plots().memory_timeline([])
    with pytest.raises(ResultError, match="no nodes"):
        plots(memories=()).memory_timeline()

"""Bars of flows against time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

from qsim.errors import ParameterError, ResultError
from qsim.model.rows import FlowRow, MemoryRow
from qsim.plots import ResultPlots
from qsim.plots.style import COLOURS
from tests.results.specimens import flow, result

FLOWS = (
    flow(start_s=1.0, end_s=11.0, throughput_hz=4.0, fidelity_mean=0.9),
    flow(("a", "b", "c"), start_s=5.0, end_s=9.0, throughput_hz=1.0, fidelity_mean=None),
    flow(("a", "b"), start_s=20.0, end_s=25.0, throughput_hz=2.0, fidelity_mean=0.8),
)
UNFINISHED = (
    flow(("c", "b"), status="open", start_s=95.0, end_s=105.0),
    flow(("b", "c"), status="stalled", start_s=30.0, end_s=200.0),
)


def plots(flows: tuple[FlowRow, ...] = FLOWS, unfinished: tuple[FlowRow, ...] = UNFINISHED) -> ResultPlots:
    memories = tuple(MemoryRow(name, 40, 0.1, 0.0, 0) for name in "abc")
    return ResultPlots(result(flows=flows, unfinished=unfinished, memories=memories))


def bars(axes: Any) -> list[tuple[float, float, float]]:
    """Row, start and end of every bar."""
    return [
        (bar.get_y() + bar.get_height() / 2, bar.get_x(), bar.get_x() + bar.get_width())
        for bar in axes.patches
    ]


def rows(axes: Any) -> dict[str, float]:
    return {
        label.get_text(): tick for tick, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    }


def test_a_row_for_each_flow_by_start() -> None:
    axes = plots().gantt()
    expected = [(0, 1, 11), (1, 5, 9), (2, 20, 25), (3, 30, 100), (4, 95, 100)]
    assert [tuple(map(round, bar)) for bar in bars(axes)] == expected
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["a → b", "a → c", "a → b", "b → c", "c → b"]
    assert axes.get_xlabel() == "simulated time (s)"
    assert axes.get_xlim() == (0.0, 100.0)


def test_rows_of_initiators_stack_what_overlaps() -> None:
    axes = plots().gantt(by="initiator")
    assert rows(axes) == {"a": 0.5, "b": 2.0, "c": 3.0}
    assert sorted(bars(axes))[:3] == [
        pytest.approx((0, 1, 11)),
        pytest.approx((0, 20, 25)),
        pytest.approx((1, 5, 9)),
    ]


def test_rows_of_ends() -> None:
    assert rows(plots().gantt(by="ends")) == {"a → b": 0.0, "a → c": 1.0, "b → c": 2.0, "c → b": 3.0}


def test_many_flows_are_shown_by_initiator() -> None:
    many = tuple(flow(start_s=2.0 * number, end_s=2.0 * number + 1) for number in range(31))
    axes = plots(many, ()).gantt()
    assert rows(axes) == {"a": 0.0}
    assert len(axes.patches) == 31


def test_status_shows_in_colour_pattern_and_mark() -> None:
    axes = plots().gantt()
    looks = [(to_hex(bar.get_facecolor()).upper(), bar.get_hatch()) for bar in axes.patches]
    assert looks[0] == (COLOURS[0], "")
    assert looks[3] == (COLOURS[1], "xxxx")
    assert looks[4] == (COLOURS[4], "////")
    marks = {line.get_marker(): list(np.asarray(line.get_ydata())) for line in axes.lines}
    assert marks == {"X": [3], ">": [4]}
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["completed", "open", "stalled"]


@pytest.mark.parametrize(
    ("colour", "label", "low", "high"),
    [("throughput_hz", "throughput (pairs/s)", 0.0, 4.0), ("fidelity_mean", "mean fidelity", 0.8, 0.925)],
)
def test_numbers_as_colours(colour: str, label: str, low: float, high: float) -> None:
    axes = plots().gantt(colour=colour)
    (bar,) = axes.child_axes
    assert bar.get_ylabel() == label
    assert bar.get_ylim() == (low, high)
    if colour == "fidelity_mean":
        assert to_hex(axes.patches[1].get_facecolor()) == "#ffffff"


def test_completed_flows_need_no_legend_beside_a_colour_bar() -> None:
    assert plots(FLOWS, ()).gantt(colour="throughput_hz").get_legend() is None


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ResultError, match="served no flows"):
        plots((), ()).gantt()
    with pytest.raises(ParameterError, match="`colour` must be 'status', 'throughput_hz' or 'fidelity_mean'"):
        plots().gantt(colour="red")
    with pytest.raises(ParameterError, match="`by` must be 'flow', 'ends' or 'initiator', got 'node'"):
        plots().gantt(by="node")

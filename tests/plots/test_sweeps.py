"""Metrics of a sweep against its parameters, as drawn, beside the summary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

from qsim.errors import ParameterError, ResultError
from qsim.plots import SweepPlots
from qsim.sweeps.sweep_result import SweepResult
from tests.plots.sweeps import EFFICIENCY, LENGTH, SCHEME, sweep


@pytest.fixture(scope="module")
def grid() -> SweepResult:
    return sweep({EFFICIENCY: [0.4, 0.9], LENGTH: [20e3, 2e3, 10e3]})


@pytest.fixture(scope="module")
def schemes() -> SweepResult:
    return sweep({SCHEME: ["single-click", "two-photon"], LENGTH: [5e3, 10e3]}, 2)


def lines(axes: Any) -> dict[str, tuple[list[float], list[float], list[float], list[float]]]:
    """What is drawn of each line: places, means, and ends of the bars."""
    found = {}
    for container in axes.containers:
        line, _, (bars,) = container.lines
        ends = np.array(bars.get_segments())[:, :, 1]
        found[container.get_label()] = (
            line.get_xdata().tolist(), line.get_ydata().tolist(), ends[:, 0].tolist(), ends[:, 1].tolist()
        )  # fmt: skip
    return found


@pytest.mark.parametrize("metric", ["throughput_hz", "fidelity_mean", "latency_mean_s"])
def test_points_and_bars_are_those_of_the_summary(grid: SweepResult, metric: str) -> None:
    axes = SweepPlots(grid).against("links[0].length", metric)
    table = grid.summary(["defaults.memory.efficiency", "links[0].length"], metric)
    found = lines(axes)
    assert set(found) == {"0.4", "0.9"}
    for label, (places, means, lows, highs) in found.items():
        rows = table[table["defaults.memory.efficiency"] == float(label)].sort_values("links[0].length")
        assert places == rows["links[0].length"].tolist() == [2e3, 10e3, 20e3]
        assert means == pytest.approx(rows["mean"].tolist(), rel=1e-12)
        assert lows == pytest.approx(rows["low"].tolist(), rel=1e-9)
        assert highs == pytest.approx(rows["high"].tolist(), rel=1e-9)
        assert all(high > low for low, high in zip(lows, highs, strict=True))


def test_axes_and_lines_are_explained(grid: SweepResult) -> None:
    axes = SweepPlots(grid).against("links[0].length")
    assert axes.get_xlabel() == "link length (km)"
    assert axes.get_ylabel() == "throughput (pairs/s)"
    legend = axes.get_legend()
    assert legend is not None
    assert legend.get_title().get_text() == "memory efficiency"
    assert [text.get_text() for text in legend.get_texts()] == ["0.4", "0.9"]
    looks = [(line[0].get_color(), line[0].get_marker(), line[0].get_linestyle()) for line in axes.containers]
    assert all(len(set(look)) == 2 for look in zip(*looks, strict=True))


def test_short_forms_and_choices_left_open(grid: SweepResult) -> None:
    plots = SweepPlots(grid)
    assert lines(plots.rate()) == lines(plots.against("defaults.memory.efficiency", "throughput_hz"))
    assert lines(plots.fidelity("links[0].length")) == lines(
        plots.against("links[0].length", "fidelity_mean")
    )
    assert plots.fidelity().get_ylabel() == "mean fidelity"
    assert set(lines(plots.rate())) == {"2 km", "10 km", "20 km"}


def test_other_parameters_can_be_averaged_over(grid: SweepResult) -> None:
    axes = SweepPlots(grid).against("links[0].length", by=())
    ((places, means, _, _),) = lines(axes).values()
    assert places == [2e3, 10e3, 20e3]
    assert means == pytest.approx(grid.summary("links[0].length", "throughput_hz")["mean"].tolist())
    assert axes.get_legend() is None


def test_parameters_that_vary_together_make_one_line() -> None:
    together = sweep({LENGTH: [5e3, 10e3], EFFICIENCY: [0.4, 0.9]}, 1, zipped=True)
    axes = SweepPlots(together).against()
    ((places, _, lows, highs),) = lines(axes).values()
    assert places == [5e3, 10e3]
    # One replicate has no interval.
    assert lows == highs


def test_words_stand_side_by_side(schemes: SweepResult) -> None:
    axes = SweepPlots(schemes).against("defaults.generation.kind")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["single-click", "two-photon"]
    assert axes.get_xlabel() == "generation kind"
    found = lines(axes)
    assert set(found) == {"5 km", "10 km"}
    assert found["5 km"][0] == pytest.approx([-0.04, 0.96])
    assert found["10 km"][0] == pytest.approx([0.04, 1.04])
    assert all(line[0].get_linestyle() == "None" for line in axes.containers)
    table = schemes.summary(["defaults.generation.kind", "links[0].length"], "throughput_hz")
    assert found["5 km"][1] == pytest.approx(table[table["links[0].length"] == 5e3]["mean"].tolist())


def test_scales(grid: SweepResult) -> None:
    axes = SweepPlots(grid).rate("links[0].length", xscale="log", yscale="log")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    axes.figure.canvas.draw()
    assert {"2", "5", "10", "20"} <= {label.get_text() for label in axes.get_xticklabels()}


def test_axes_of_ones_own(grid: SweepResult) -> None:
    _, own = plt.subplots()
    assert SweepPlots(grid).against(ax=own) is own


def test_heat_maps_hold_the_means(grid: SweepResult) -> None:
    axes = SweepPlots(grid).heatmap("links[0].length", "defaults.memory.efficiency", "latency_mean_s")
    shown = np.asarray(axes.images[0].get_array())
    table = grid.summary(["defaults.memory.efficiency", "links[0].length"], "latency_mean_s")
    expected = table.sort_values(["defaults.memory.efficiency", "links[0].length"])["mean"]
    assert shown.shape == (2, 3)
    # In milliseconds, as the colour bar says.
    assert shown.ravel() / 1e3 == pytest.approx(expected.to_numpy())
    assert axes.figure.axes[1].get_ylabel() == "mean time between deliveries (ms)"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "10", "20"]
    assert axes.get_xlabel() == "link length (km)"
    assert axes.get_ylabel() == "memory efficiency"
    assert len(axes.texts) == 6
    assert not SweepPlots(grid).heatmap(numbers=False).texts


def test_points_without_runs_are_left_open(schemes: SweepResult) -> None:
    kept = tuple(run for run in schemes.runs if run.point != 3)
    axes = SweepPlots(SweepResult("part", schemes.parameters, kept)).heatmap()
    means: Any = axes.images[0].get_array()
    assert np.isnan(np.ma.filled(means, np.nan)).tolist() == [
        [False, False],
        [False, True],
    ]
    assert axes.patch.get_hatch()
    assert len(axes.texts) == 3


def test_differences_are_those_of_the_sweep_in_per_cent(grid: SweepResult) -> None:
    between = {"defaults.memory.efficiency": (0.4, 0.9)}
    axes = SweepPlots(grid).differences(between, ["throughput_hz", "rejected"])
    table = grid.difference(between, "throughput_hz")
    # None was rejected, so there is no relative difference of that.
    assert len(axes.containers) == len(table) == 3
    containers: Any = axes.containers
    for container, (_, row) in zip(containers, table.iterrows(), strict=True):
        line, _, (bars,) = container.lines
        assert line.get_xdata()[0] == pytest.approx(100 * row["relative"])
        ends = bars.get_segments()[0][:, 0]
        assert ends == pytest.approx([100 * row[end] / row["first"] for end in ("low", "high")])
        assert line.get_markerfacecolor() == line.get_color()
    assert axes.get_xlabel() == "change (%) from 0.4 to 0.9"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["throughput"]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        f"link length {length} km" for length in (20, 2, 10)
    ]
    heights = [container.lines[0].get_ydata()[0] for container in containers]
    assert len(set(heights)) == 3
    assert max(map(abs, heights)) < 0.5


def test_very_many_settings_have_rows_of_their_own() -> None:
    many = sweep({LENGTH: [1e3 * n for n in range(1, 10)], EFFICIENCY: [0.4, 0.9]}, replicates=2)
    axes = SweepPlots(many).differences({EFFICIENCY.path: (0.4, 0.9)}, "throughput_hz")
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [f"throughput (link length {n} km)" for n in range(1, 10)]


def test_intervals_stay_where_a_mean_can_be() -> None:
    few = sweep({LENGTH: [60e3]}, replicates=2)
    table = few.summary(columns="throughput_hz")
    assert table["low"][0] < 0
    axes = SweepPlots(few).rate()
    (bars,) = axes.containers[0].lines[2]  # type: ignore[attr-defined]
    assert bars.get_segments()[0][0][1] == 0
    assert bars.get_segments()[0][1][1] == pytest.approx(table["high"][0])


def test_differences_that_may_be_none_are_open(schemes: SweepResult) -> None:
    axes = SweepPlots(schemes).differences(
        {"defaults.generation.kind": ("single-click", "two-photon")}, "utilisation"
    )
    containers: Any = axes.containers
    assert [container.lines[0].get_markerfacecolor() for container in containers] == ["white"] * 2


def test_too_many_lines_are_refused() -> None:
    many = sweep({LENGTH: [1e3], EFFICIENCY: [0.1 * number for number in range(1, 10)]}, 1)
    with pytest.raises(ResultError, match="that would be 9 lines, and no more than 8"):
        SweepPlots(many).against("links[0].length")


def test_what_cannot_be_drawn_is_refused(grid: SweepResult, schemes: SweepResult) -> None:
    plots = SweepPlots(grid)
    with pytest.raises(ResultError, match=r"does not vary 'links\[0\].lenght' \(did you mean"):
        plots.against("links[0].lenght")
    with pytest.raises(ResultError, match=r"no metric 'throughput' \(did you mean"):
        plots.against(metric="throughput")
    with pytest.raises(ResultError, match="is across already"):
        plots.against("links[0].length", by="links[0].length")
    with pytest.raises(ResultError, match=r"does not vary 'run\.seed'"):
        plots.against("links[0].length", by=["run.seed"])
    with pytest.raises(ParameterError, match="`xscale` must be 'linear' or 'log', got 'logit'"):
        plots.against(xscale="logit")
    with pytest.raises(ParameterError, match="whose values are no numbers"):
        SweepPlots(schemes).against("defaults.generation.kind", xscale="log")
    with pytest.raises(ParameterError, match="no mean is above zero"):
        plots.against(metric="rejected", yscale="log")
    with pytest.raises(ResultError, match="a heat map needs two parameters, got"):
        plots.heatmap("links[0].length", "links[0].length")
    with pytest.raises(ResultError, match="no finished runs"):
        SweepPlots(SweepResult("empty", grid.parameters, ())).against()
    with pytest.raises(ResultError, match="varies no parameter"):
        SweepPlots(SweepResult("none", (), grid.runs)).against()
    with pytest.raises(ResultError, match="the sweep varies 0"):
        SweepPlots(SweepResult("none", (), grid.runs)).heatmap()
    with pytest.raises(ResultError, match="differs from zero"):
        plots.differences({"defaults.memory.efficiency": (0.4, 0.9)}, "rejected")


def test_a_logarithm_of_zero_is_refused() -> None:
    reaching = sweep({EFFICIENCY: [0.0, 0.5]}, 1)
    with pytest.raises(ParameterError, match="at or below zero"):
        SweepPlots(reaching).against(xscale="log")


def test_metrics_without_a_value_are_refused() -> None:
    dark = sweep({EFFICIENCY: [1e-9, 2e-9]}, 1)
    with pytest.raises(ResultError, match="no run of the sweep has a value of 'fidelity_mean'"):
        SweepPlots(dark).fidelity()

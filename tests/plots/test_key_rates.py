"""Key rates against distance: the means of the runs under the bound of channels without repeaters."""

from __future__ import annotations

from math import log2
from typing import Any

import pytest

from qsim.errors import ParameterError, ResultError
from qsim.plots import SweepPlots
from qsim.report.key_charts import key_charts
from qsim.results.run_metrics import described_metrics
from qsim.sweeps.sweep_result import SweepResult
from tests.plots.sweeps import EFFICIENCY, LENGTH, sweep


@pytest.fixture(scope="module")
def keys() -> SweepResult:
    return sweep({EFFICIENCY: [0.4, 0.9], LENGTH: [2e3, 20e3]}, told=["run.error_rates=true"])


def overlay(axes: Any, name: str) -> dict[float, float]:
    """The places and values of a line that is no curve of means."""
    (line,) = (line for line in axes.lines if line.get_label() == name)
    return dict(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True))


def test_means_are_those_of_the_summary_under_the_closed_form(keys: SweepResult) -> None:
    axes = SweepPlots(keys).key_rate(by=(), source_rate=5e6, attenuation=0.25e-3)
    ((line, *_),) = axes.containers
    assert line.get_xdata().tolist() == [2e3, 20e3]
    means = keys.summary("links[0].length", "key_rate_hz")["mean"].tolist()
    assert line.get_ydata().tolist() == pytest.approx(means, rel=1e-12)
    assert min(means) > 0
    bound = overlay(axes, "repeaterless bound")
    assert len(bound) > 100
    assert min(bound) == 2e3
    assert max(bound) == 20e3
    for length, value in bound.items():
        # 0.25 dB/km: 10 dB, a tenth of the light, in 40 km.
        assert value == pytest.approx(-5e6 * log2(1 - 10 ** (-length / 40e3)), rel=1e-9)
    assert axes.get_yscale() == "log"
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["repeaterless bound", "key rate"]


def test_a_length_may_lie_there_several_times(keys: SweepResult) -> None:
    bound = overlay(SweepPlots(keys).key_rate(source_rate=1.0, fibres=2), "repeaterless bound")
    # Twice 20 km of 0.2 dB/km are 8 dB.
    assert bound[20e3] == pytest.approx(-log2(1 - 10**-0.8))


def test_without_a_rate_of_the_source_there_is_no_bound(keys: SweepResult) -> None:
    axes = SweepPlots(keys).key_rate()
    assert [container.get_label() for container in axes.containers] == ["0.4", "0.9"]
    assert "repeaterless bound" not in {line.get_label() for line in axes.lines}


def test_any_metric_takes_bounds_where_they_are_finite(keys: SweepResult) -> None:
    bounds = {
        "twice": lambda length: 2 * length,
        "far": lambda length: 1.0 if length > 10e3 else float("inf"),
    }
    axes = SweepPlots(keys).against("links[0].length", "fidelity_mean", xscale="log", bounds=bounds)
    twice, far = overlay(axes, "twice"), overlay(axes, "far")
    assert all(value == 2 * length for length, value in twice.items())
    assert min(far) > 10e3
    assert {length for length in twice if length > 10e3} == set(far)


def test_what_cannot_be_drawn_is_said(keys: SweepResult) -> None:
    with pytest.raises(ResultError, match=r"no run of the sweep tells a key rate; set run\.error_rates"):
        SweepPlots(sweep({LENGTH: [5e3, 10e3]}, 1)).key_rate()
    with pytest.raises(ResultError, match="varies no length; name in `parameter`"):
        SweepPlots(sweep({EFFICIENCY: [0.4, 0.9]}, 1)).key_rate()
    with pytest.raises(ParameterError, match="`source_rate` must be above 0 Hz, got 0"):
        SweepPlots(keys).key_rate(source_rate=0)
    with pytest.raises(ParameterError, match="`fibres` must be at least 1, got 0"):
        SweepPlots(keys).key_rate(source_rate=1.0, fibres=0)


def test_the_page_shows_the_same_lines(keys: SweepResult) -> None:
    described = described_metrics(run.result for run in keys.runs)
    (chart,) = key_charts(keys, described)
    assert chart["y"] == {"label": "key rate (bits/s)", "log": True}
    assert chart["x"]["label"] == "link length (km)"
    table = keys.summary(["defaults.memory.efficiency", "links[0].length"], "key_rate_hz")
    assert [series["name"] for series in chart["series"]] == ["0.4", "0.9"]
    for series in chart["series"]:
        rows = table[table["defaults.memory.efficiency"] == float(series["name"])]
        assert [point[0] for point in series["points"]] == [2, 20]
        assert [point[1] for point in series["points"]] == pytest.approx(rows["mean"].tolist(), rel=1e-9)


def test_a_sweep_without_key_or_length_has_no_such_chart() -> None:
    for one in (
        sweep({LENGTH: [5e3, 10e3]}, 1),
        sweep({EFFICIENCY: [0.4]}, 1, told=["run.error_rates=true"]),
    ):
        assert key_charts(one, described_metrics(run.result for run in one.runs)) == []

"""Waiting times as drawn, and the closed form beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from qsim.analytic.waiting import geometric_survival
from qsim.errors import ResultError
from qsim.plots import ResultPlots
from qsim.plots.waiting_times import interval_law
from qsim.results import Result
from qsim.scenario import from_document
from tests.results import specimens
from tests.statistics import FALSE_ALARM


def run(
    generation: dict[str, Any] | None = None,
    *,
    nodes: int = 2,
    memories: int = 1,
    pairs: int = 4000,
    app: dict[str, Any] | None = None,
    **settings: Any,
) -> Result:
    document = {
        "run": {"duration": "100 s", "record_pairs": True, "stop_when_done": True, **settings},
        "defaults": {
            "memory": {"count": 2 * memories},
            "detector": {"efficiency": 0.8},
            "generation": generation or {"kind": "barrett-kok", "handshake": "negotiated"},
        },
        "topology": {"kind": "line", "nodes": nodes, "length": "20 km"},
        "protocols": {"purification": "none"},
        "traffic": [
            {
                "kind": "request",
                "initiator": "n0",
                "responder": f"n{nodes - 1}",
                "memories": memories,
                "pairs": pairs,
                **(app or {}),
            }
        ],
    }
    return from_document(document).run(seed=1)


def drawn(axes: Any, label: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Times and probabilities of the curve whose label holds these words."""
    (line,) = [line for line in axes.lines if label in str(line.get_label())]
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


@pytest.fixture(scope="module")
def negotiated() -> Result:
    return run()


def test_the_curve_is_the_share_of_longer_waits(negotiated: Result) -> None:
    axes = ResultPlots(negotiated).waiting_times()
    times, shares = drawn(axes, "n0 → n1 (3999 waits)")
    waits = np.diff([pair.time_s for pair in negotiated.pairs])
    assert times[0] == 0.0
    assert shares[0] == 1.0
    for time, share in zip(times[1::50], shares[1::50], strict=True):
        assert share == pytest.approx(np.mean(waits > time + 1e-12), abs=1e-12)
    assert times[-1] == pytest.approx(waits.max())
    assert axes.get_xlabel() == "time t between deliveries (ms)"
    assert axes.get_ylabel() == "P(waiting time > t)"
    assert axes.get_yscale() == "log"


def test_the_closed_form_agrees_with_the_run(negotiated: Result) -> None:
    axes = ResultPlots(negotiated).waiting_times(log=False)
    assert axes.get_yscale() == "linear"
    times, shares = drawn(axes, "n0 → n1")
    theory_times, theory = drawn(axes, "closed form")
    # Both are steps; the theory has few enough points that it is looked at where it has some.
    steps = shares[np.searchsorted(times, theory_times + 1e-12, side="right") - 1]
    distance = np.abs(steps - theory).max()
    assert len(theory) > 300
    assert stats.kstwobign.sf(distance * 3999**0.5) > FALSE_ALARM
    assert distance > 0


def test_the_closed_form_of_one_round_is_the_geometric_law() -> None:
    result = run({"kind": "single-click", "handshake": "continuous"})
    axes = ResultPlots(result).waiting_times()
    times, theory = drawn(axes, "closed form")
    row = result.links[0]
    # Light and news, 0.1 ms, and half a detection window; every step of the curve is drawn at its place.
    assert np.diff(times)[1:] == pytest.approx(100e-6 + 0.5e-9, abs=1e-12)
    assert theory == pytest.approx(geometric_survival(row.success_probability, len(times)), rel=1e-9)
    found, shares = drawn(axes, "n0 → n1")
    steps = shares[np.searchsorted(found, times + 1e-12, side="right") - 1]
    assert stats.kstwobign.sf(np.abs(steps - theory).max() * 3999**0.5) > FALSE_ALARM


def test_the_band_holds_each_probability_in_95_per_cent_of_cases(negotiated: Result) -> None:
    axes = ResultPlots(negotiated).waiting_times()
    (band,) = [artist for artist in axes.collections if artist.get_label() == "95 % interval"]
    times, shares = drawn(axes, "n0 → n1")
    corners = np.asarray(band.get_paths()[0].vertices)
    for place in (0, 5, 200):
        exact = stats.binomtest(round(shares[place] * 3999), 3999).proportion_ci(0.95, "exact")
        own = corners[np.isclose(corners[:, 0], times[place], atol=1e-12, rtol=0)][:, 1]
        assert any(np.isclose(own, exact.low, rtol=1e-6))
        assert any(np.isclose(own, exact.high, rtol=1e-6))


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(lambda: run(memories=2, pairs=200), id="two memories"),
        pytest.param(lambda: run(nodes=3, pairs=200), id="two links"),
        pytest.param(lambda: run(pairs=200, detail="photon"), id="photon detail"),
        pytest.param(lambda: specimens.result(), id="a document without a network"),
    ],
)
def test_elsewhere_an_exponential_is_called_a_guide(result: Any) -> None:
    served = result()
    axes = ResultPlots(served).waiting_times() if served.flows[0].pairs > 20 else None
    assert interval_law(served, served.flows[0]) is None
    if axes is not None:
        times, guide = drawn(axes, "exponential of the same mean (guide)")
        found, _ = drawn(axes, "waits)")
        waits = np.diff(np.sort([pair.time_s for pair in served.pairs]))
        assert guide == pytest.approx(np.exp(-times / waits.mean()))
        assert found[-1] == pytest.approx(waits.max())


def test_pairs_that_another_application_may_hold_have_no_closed_form(negotiated: Result) -> None:
    def law(*traffic: Any) -> object:
        document = {**negotiated.document, "traffic": traffic}
        return interval_law(replace(negotiated, document=document), negotiated.flows[0])

    own = negotiated.document["traffic"][0]
    assert law(own) is not None
    assert law() is None
    assert law({**own, "responder": "n2"}) is None
    assert law({"kind": "teleport", "initiator": "n0", "responder": "n1"}) is None
    assert law("request") is None


def test_no_theory_where_none_is_wanted(negotiated: Result) -> None:
    axes = ResultPlots(negotiated).waiting_times(theory=False)
    assert len(axes.lines) == 1


def test_flows_are_chosen_by_number_or_by_their_pairs() -> None:
    result = specimens.result(pairs=specimens.result().pairs * 2)
    axes = ResultPlots(result).waiting_times()
    assert axes.get_lines()[0].get_label() == "a → b (3 waits)"
    with pytest.raises(ResultError, match="flow 1, a → c, has 0 pairs; a waiting time needs two"):
        ResultPlots(result).waiting_times(flow=1)
    with pytest.raises(ResultError, match="the run has flows 0 to 2, got `flow` = 3"):
        ResultPlots(result).waiting_times(flow=3)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ResultError, match="set `record_pairs: true` under `run` and run again"):
        ResultPlots(specimens.result(pairs=())).waiting_times()
    silent = specimens.flow(pairs=0)
    with pytest.raises(ResultError, match="delivered no pairs"):
        ResultPlots(specimens.result(pairs=(), flows=(silent,), unfinished=())).waiting_times()
    with pytest.raises(ResultError, match="served no flows"):
        ResultPlots(specimens.result(pairs=(), flows=(), unfinished=())).waiting_times()

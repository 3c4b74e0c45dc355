from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

import qsim
from qsim.errors import ResultError
from qsim.model.rows import PairRow
from qsim.results import Result
from qsim.results.steady import batch_means, mser5, steady_rate
from tests.conftest import Sized
from tests.results.specimens import flow, result
from tests.statistics import ROOM, Estimate, mean_of, share_of


def poisson(rng: np.random.Generator, rate: float, start: float, end: float) -> NDArray[np.float64]:
    """Times of a Poisson process."""
    return np.sort(rng.uniform(start, end, rng.poisson(rate * (end - start))))


def test_mser_drops_a_start_that_differs_and_nothing_else() -> None:
    steady = [0.0, 1.0] * 100
    assert mser5(steady) == 0
    assert mser5([10.0] * 25 + steady) == 25
    assert mser5([10.0] * 23 + steady) == 25


def test_mser_agrees_with_its_definition() -> None:
    """The least of the squared deviations of the rest over the squared number of the rest, as written."""
    rng = np.random.default_rng(5)
    series = np.concatenate([np.linspace(5, 0, 100), np.zeros(400)]) + rng.normal(0, 1, 500)
    means = series.reshape(100, 5).mean(axis=1)
    errors = [np.sum((means[cut:] - means[cut:].mean()) ** 2) / (100 - cut) ** 2 for cut in range(50)]
    assert mser5(series) == 5 * int(np.argmin(errors))
    assert 50 <= mser5(series) <= 110


def test_mser_finds_the_transient_of_an_autoregressive_series() -> None:
    """x' = 0.9 x + noise, started 30 deviations off: after 40 steps the offset is below half a deviation."""
    cuts = []
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(0, 1, 2000)
        values, value = [], 30 * math.sqrt(1 / (1 - 0.81))
        for step in noise:
            value = 0.9 * value + step
            values.append(value)
        cuts.append(mser5(values))
    assert 20 <= np.median(cuts) <= 80
    assert min(cuts) >= 15


def test_a_series_that_never_settles_is_refused() -> None:
    with pytest.raises(ResultError, match="no steady state"):
        mser5(np.arange(500.0))


def test_a_short_series_is_refused() -> None:
    with pytest.raises(ResultError, match="at least 20 values, got 19"):
        mser5([1.0] * 19)


def test_batches_by_hand() -> None:
    estimate, correlation = batch_means([1.0, 2.0, 4.0, 1.0])
    assert (estimate.n, estimate.mean) == (4, 2.0)
    # deviations -1, 0, 2, -1: products 0 + 0 - 2, squares 6
    assert correlation == pytest.approx(-2 / 6)
    assert math.isnan(batch_means([2.0, 2.0])[1])


def test_a_rate_by_hand() -> None:
    """Twelve events in the batch from 2 s to 6 s, eight in that from 6 s to 10 s, one in the warm-up."""
    times = [1.0, *np.linspace(2.1, 5.9, 12), *np.linspace(6.1, 9.9, 8)]
    rate = steady_rate(times, 10.0, warm_up="2000 ms", batches=2)
    assert (rate.rate_hz, rate.events, rate.batches, rate.batch_s, rate.warm_up_s) == (2.5, 20, 2, 4.0, 2.0)
    # Rates 3 and 2: deviation sqrt(1/2), t(1) = 12.7062.
    assert rate.half_width_hz == pytest.approx(12.7062 * 0.5, rel=1e-5)


@pytest.mark.slow
def test_the_interval_holds_the_rate_of_a_poisson_process(sized: Sized) -> None:
    trials = sized(1000, 20_000)
    rng = np.random.default_rng(6)
    rates = [steady_rate(poisson(rng, 40.0, 5.0, 25.0), 25.0, start=5.0, warm_up=0.0) for _ in range(trials)]
    held = sum(rate.low_hz <= 40.0 <= rate.high_hz for rate in rates)
    assert share_of(held, trials, 0.95).sigmas(0.95) < ROOM
    assert mean_of([rate.rate_hz for rate in rates]).sigmas(40.0) < ROOM
    # Lag-1 autocorrelation of k independent batches is -1/k on average.
    assert mean_of([rate.correlation for rate in rates]).sigmas(-1 / 20) < ROOM


@pytest.mark.slow
def test_the_warm_up_is_found_and_does_not_bias_the_rate(sized: Sized) -> None:
    """Nothing happens in the first tenth: a rate over everything would be 10 % low."""
    trials = sized(300, 5000)
    rng = np.random.default_rng(7)
    rates = [steady_rate(poisson(rng, 20.0, 10.0, 100.0), 100.0) for _ in range(trials)]
    assert all(rate.warm_up_s >= 9.5 for rate in rates)
    assert np.median([rate.warm_up_s for rate in rates]) < 11.0
    found = mean_of([rate.rate_hz for rate in rates])
    # Choosing where to cut by the data may move the mean a little: by half a per cent at most.
    assert abs(found.value - 20.0) - 0.1 < ROOM * found.error
    held = sum(rate.low_hz <= 20.0 <= rate.high_hz for rate in rates)
    assert 0.93 - held / trials < ROOM * math.sqrt(0.93 * 0.07 / trials)


def test_batches_that_depend_on_each_other_are_told() -> None:
    """Bursts of five seconds in batches of one second."""
    rng = np.random.default_rng(8)
    bursts = [poisson(rng, 50.0, start, start + 5.0) for start in range(0, 20, 10)]
    rate = steady_rate(np.concatenate(bursts), 20.0, warm_up=0.0)
    assert rate.correlation > 2 / math.sqrt(20)


def test_too_few_events_are_refused_with_a_remedy() -> None:
    with pytest.raises(ResultError, match=r"99 events .* too few for 20 batches .* simulate longer"):
        steady_rate(np.linspace(0.001, 0.999, 99), 1.0, warm_up=0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batches": 1}, "at least 2 batches"),
        ({"end": 0.0}, "has no length"),
        ({"warm_up": 10.0}, "does not fit into 10 s"),
        ({"warm_up": -1.0}, "does not fit"),
        ({"warm_up": "a while"}, "or 'mser-5' to find it"),
        ({"warm_up": "2 km"}, "cannot be read as a quantity in s"),
        ({"confidence": 95.0}, "between 0 and 1"),
    ],
)
def test_arguments_out_of_bounds_are_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ResultError, match=message):
        steady_rate(np.linspace(0.01, 9.99, 1000), **{"end": 10.0, "warm_up": 0.0, **arguments})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def recorded() -> Iterator[Result]:
    """Ten seconds of two nodes whose pairs are recorded."""
    network = qsim.Network("two nodes", memory={"count": 4}).add_nodes("a", "b").add_link("a", "b", "10 km")
    return network.request("a", "b", duration="8 s").run(duration="10 s", seed=3, record_pairs=True)


def test_the_rate_of_a_run_agrees_with_its_flow(recorded: Result) -> None:
    (served,) = recorded.flows
    rate = recorded.steady_rate(0, warm_up=0.0)
    assert rate.events == served.pairs
    assert rate.rate_hz == pytest.approx(served.throughput_hz)
    assert rate.half_width_hz < 0.1 * rate.rate_hz
    found = recorded.steady_rate(0)
    assert Estimate(found.rate_hz, found.half_width_hz / 2).sigmas(served.throughput_hz) < ROOM


def test_a_flow_is_looked_at_in_its_window_and_all_flows_in_the_whole_run() -> None:
    pairs = tuple(
        PairRow(which, 1.5 + 10.0 * (number + 0.5) / 200, 0.9, 0.0)
        for number in range(200)
        for which in (0, 1)
    )
    run = result(flows=(flow(), flow()), unfinished=(), pairs=pairs, simulated_s=100.0)
    assert run.steady_rate(1, warm_up=0.0).rate_hz == pytest.approx(20.0)
    assert run.steady_rate(warm_up=0.0).rate_hz == pytest.approx(4.0)
    # The window of a flow ends with the run.
    cut = dataclasses.replace(run, simulated_s=6.5)
    assert cut.steady_rate(1, warm_up=0.0, batches=5).batch_s == 1.0


def test_a_run_that_records_no_pairs_says_what_to_set() -> None:
    with pytest.raises(ResultError, match=r"set `run\.record_pairs: true`"):
        result(pairs=()).steady_rate()


def test_a_run_without_pairs_is_told_from_one_that_records_none() -> None:
    document = {"run": {"duration": 100.0, "record_pairs": True}}
    with pytest.raises(ResultError, match="0 events"):
        result(pairs=(), document=document).steady_rate(warm_up=0.0)


def test_an_unknown_flow_is_refused() -> None:
    with pytest.raises(ResultError, match="flows 0 to 2, got 3"):
        result().steady_rate(3)

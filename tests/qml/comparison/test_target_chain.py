"""Transformations of a series: undone exactly, for any horizon, and never with a later step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qml.comparison.target_chain import TRANSFORMS, Chain, chains
from qml.tasks import SeriesTask, forecast_pairs
from qsim.errors import ParameterError
from tests.qml.causality import assert_causal

ALL = chains(TRANSFORMS, 4)
FREE = (-np.inf, np.inf)


def positive(seed: int, steps: int = 40) -> np.ndarray:
    return np.exp(np.cumsum(0.1 * np.random.default_rng(seed).standard_normal(steps)))


def test_all_chains_from_the_plainest_on() -> None:
    assert [one.name for one in ALL] == [
        "none",
        "seasonal difference (4)",
        "difference",
        "difference, seasonal difference (4)",
        "log",
        "log, seasonal difference (4)",
        "log, difference",
        "log, difference, seasonal difference (4)",
    ]
    assert chains(TRANSFORMS, None) == (Chain(), Chain(False, True), Chain(True), Chain(True, True))
    assert chains([], 12) == (Chain(),)
    with pytest.raises(ParameterError, match="unknown transformation 'root'"):
        chains(["root"], None)
    with pytest.raises(ParameterError, match=r"`Chain.season` must be .* 2"):
        Chain(season=1)


@pytest.mark.parametrize("chain", ALL, ids=lambda one: one.name)
@given(seed=st.integers(0, 1000), ahead=st.integers(1, 11))
def test_what_was_changed_leads_back(chain: Chain, seed: int, ahead: int) -> None:
    """The true differences of later steps, put behind the past, give the later steps."""
    values = positive(seed)
    changed = chain.forward(values[:, None])[:, 0]
    start = len(values) - ahead
    np.testing.assert_allclose(
        chain.extended(values[:start], changed[start:], FREE), values[start:], rtol=1e-9
    )
    # From every step at once, to the step that is asked for.
    paths = np.stack([np.roll(changed, -step) for step in range(1, ahead + 1)], axis=1)
    reached = chain.unlinked(chain.reached(values, paths))
    known = slice(chain.lost, len(values) - ahead)
    np.testing.assert_allclose(reached[known], values[ahead:][known], rtol=1e-9)


@pytest.mark.parametrize("horizon", [1, 3, 4, 6])
def test_anchors_are_the_forecasts_that_everybody_knows(horizon: int) -> None:
    values = positive(3)
    steps = np.arange(12, 30)
    np.testing.assert_array_equal(Chain().anchor(values, horizon), 0)
    np.testing.assert_array_equal(Chain(difference=True).anchor(values, horizon), values)
    back = -horizon % 4
    np.testing.assert_allclose(Chain(season=4).anchor(values, horizon)[steps], values[steps - back])
    # A season ago, and the change of this step over a season for each season that is gone through.
    both = Chain(difference=True, season=4).anchor(values, horizon)[steps]
    seasons = -(-horizon // 4)
    gone = seasons * (values[steps] - values[steps - 4])
    np.testing.assert_allclose(both, values[steps - back] + gone)


@pytest.mark.parametrize("chain", ALL, ids=lambda one: one.name)
def test_no_step_is_seen_before_its_time(chain: Chain) -> None:
    logarithms = np.log(positive(5))[:, None]
    assert_causal(lambda given: chain.forward(np.exp(given)), logarithms, 25)
    if chain.recursion:
        assert_causal(lambda given: chain.anchor(np.exp(given[:, 0]), 3), logarithms, 25)


def test_a_task_is_changed_and_its_answers_are_brought_back() -> None:
    inputs, later = forecast_pairs(np.column_stack([positive(1, 63), positive(2, 63)]), 3)
    task = SeriesTask("one", inputs, later[:, :1], 2, 30, 12, 16, gap=2)
    for chain in ALL:
        assert chain.takes(task)
        changed = chain.applied(task)
        assert changed.washout == max(2, chain.lost)
        assert sum(changed.parts) == 60
        back = chain.undone(task.inputs, changed.targets, 3, FREE)
        np.testing.assert_allclose(back[changed.washout :], task.targets[changed.washout :], rtol=1e-9)


def test_what_a_chain_does_not_take() -> None:
    inputs, later = forecast_pairs(np.linspace(-1.0, 1.0, 41)[:, None])
    task = SeriesTask("one", inputs, later, 2, 22, 6, 10)
    assert [one.name for one in ALL if one.takes(task)] == [one.name for one in ALL if not one.log]
    assert not Chain(season=13).takes(task)
    assert Chain(season=12).takes(task)


def test_logarithms_are_held_near_what_was_seen() -> None:
    bounds = Chain(log=True).bounds(np.array([1.0, np.e]))
    assert bounds == pytest.approx((-2.0, 3.0))
    assert Chain(log=True).extended(np.array([1.0]), np.array([1e6]), bounds) == pytest.approx(np.e**3)
    assert Chain(difference=True).bounds(np.array([1.0, 2.0])) == FREE


def test_errors_of_logarithms_count_in_the_unit_of_the_target() -> None:
    values = np.array([1.0, 10.0, 100.0])
    assert Chain(log=True).unit(values) == pytest.approx(10.0)
    assert Chain(difference=True).unit(values) == 1.0

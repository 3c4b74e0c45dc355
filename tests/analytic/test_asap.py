"""Swapping as soon as possible: printed means, limits, and a step-by-step simulation of both rules."""

from __future__ import annotations

from random import Random
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import asap, nested, waiting
from qsim.analytic.asap import Knowledge
from tests.analytic.printed import printed

PRINTED = {
    (0.5, 0.5): ("5.33333333", "10.29059829", "16.33679013", "24.32109222"),
    (0.1, 0.5): ("29.47368421", "57.05742889", "91.56255728", "136.53840319"),
    (0.1, 1.0): ("14.73684211", "17.90056322", "20.27337819", "22.17162266"),
    (0.01, 0.5): ("299.49748744", "580.73154708", "933.72951974", "1393.00957507"),
}
probabilities = st.floats(0.02, 1)
rules = st.sampled_from(["global", "local"])


@pytest.mark.parametrize(
    ("success", "swap", "links", "text"),
    [(*key, links, text) for key, row in PRINTED.items() for links, text in enumerate(row, start=2)],
)
def test_means_as_printed(success: float, swap: float, links: int, text: str) -> None:
    assert asap.asap_mean(links, success, swap) == printed(text)


@settings(deadline=None, max_examples=30)
@given(probabilities, st.integers(1, 5), rules)
def test_sure_swaps_wait_for_the_slowest_link(success: float, links: int, knowledge: Knowledge) -> None:
    expected = waiting.maximum_mean(success, links)
    assert asap.asap_mean(links, success, 1.0, knowledge) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(probabilities, st.floats(0.05, 1), rules)
def test_one_repeater_leaves_nothing_to_know(success: float, swap: float, knowledge: Knowledge) -> None:
    expected = waiting.one_repeater_mean(success, swap)
    assert asap.asap_mean(2, success, swap, knowledge) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(st.floats(0.05, 1), st.integers(1, 6))
def test_sure_links_need_all_swaps_of_one_attempt_when_nodes_know_nothing(swap: float, links: int) -> None:
    assert asap.asap_mean(links, 1.0, swap, "local") == pytest.approx(swap ** -(links - 1), rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(probabilities, st.floats(0.02, 1), st.integers(1, 5), rules)
def test_rows_of_the_chain_are_distributions(
    success: float, swap: float, links: int, knowledge: Knowledge
) -> None:
    moves = asap.transition_matrix(links, success, swap, knowledge)
    assert moves.min() >= 0
    assert moves.sum(axis=1) == pytest.approx(1)
    assert moves[-1, -1] == 1


@pytest.mark.parametrize("knowledge", ["global", "local"])
def test_survival_sums_to_the_mean(knowledge: Knowledge) -> None:
    survival = asap.asap_survival(4, 0.3, 0.6, 1000, knowledge)
    assert survival[0] == 1
    assert np.all(np.diff(survival) <= 0)
    assert survival.sum() == pytest.approx(asap.asap_mean(4, 0.3, 0.6, knowledge))


def test_distribution_of_one_repeater_is_that_of_one_doubling() -> None:
    doubled = nested.nested_survival(0.3, 0.6, 1)[:200]
    assert asap.asap_survival(2, 0.3, 0.6, 200) == pytest.approx(doubled, abs=1e-12)


def test_waiting_for_halves_beats_haste_when_swaps_fail_often() -> None:
    assert asap.asap_mean(4, 0.1, 0.5) > nested.nested_mean(0.1, 0.5, 2)
    assert asap.asap_mean(4, 0.1, 0.9) < nested.nested_mean(0.1, 0.9, 2)


@pytest.mark.parametrize("knowledge", ["global", "local"])
@pytest.mark.parametrize(("links", "success"), [(3, 0.5), (4, 0.5), (5, 0.3)])
def test_a_simulation_of_the_rules_follows_the_mean(links: int, success: float, knowledge: Knowledge) -> None:
    rng = Random(f"{links} {knowledge}")
    times = [_one_chain(links, success, 0.6, knowledge, rng) for _ in range(4000)]
    error = stdev(times) / len(times) ** 0.5
    assert abs(mean(times) - asap.asap_mean(links, success, 0.6, knowledge)) < 4 * error


def _one_chain(links: int, success: float, swap: float, knowledge: Knowledge, rng: Random) -> int:
    """Attempts until one chain is there; `span[i]` names the pair that covers link i, None if it is free."""
    span: list[object] = [None] * links
    attempts = 0
    while True:
        attempts += 1
        for i in range(links):
            if span[i] is None and rng.random() < success:
                span[i] = object()
        before = list(span)
        dead: set[object] = set()
        for node in range(1, links):
            if knowledge == "local":
                if None in (before[node - 1], before[node]) or before[node - 1] is before[node]:
                    continue
            elif None in (span[node - 1], span[node]) or span[node - 1] is span[node]:
                continue
            left, right = span[node - 1], span[node]
            worked = rng.random() < swap
            span = [left if pair is right else pair for pair in span]
            if not worked or right in dead:
                dead.add(left)
            if knowledge == "global" and left in dead:
                span = [None if pair is left else pair for pair in span]
        span = [None if pair in dead else pair for pair in span]
        if span[0] is not None and all(pair is span[0] for pair in span):
            return attempts

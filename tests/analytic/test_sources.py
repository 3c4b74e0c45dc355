"""Pairs of a pulse and what two ends absorb of them, against brute force over everything that can happen."""

from __future__ import annotations

from itertools import product
from math import comb, exp, factorial

import pytest

from qsim.analytic import sources
from qsim.analytic.sources import End
from qsim.errors import ParameterError


def test_thermal_and_poissonian_numbers() -> None:
    thermal, poissonian = sources.thermal(0.3), sources.poissonian(0.3)
    for n in range(6):
        assert thermal[n] == pytest.approx(0.3**n / 1.3 ** (n + 1), rel=1e-12)
        assert poissonian[n] == pytest.approx(exp(-0.3) * 0.3**n / factorial(n), rel=1e-12)
    for shares in (thermal, poissonian):
        assert sum(shares) == pytest.approx(1, abs=1e-14)
        assert sum(n * share for n, share in enumerate(shares)) == pytest.approx(0.3, rel=1e-12)


@pytest.mark.parametrize("mean", [1e-3, 0.3, 3.0])
def test_autocorrelations_of_the_textbook(mean: float) -> None:
    assert sources.autocorrelation(sources.thermal(mean)) == pytest.approx(2, rel=1e-9)
    assert sources.autocorrelation(sources.poissonian(mean)) == pytest.approx(1, rel=1e-9)


def test_heralding_makes_few_photons_single() -> None:
    """To first order in mu: 4 mu for thermal, 2 mu for Poissonian pairs (a weak heralding detector)."""
    assert sources.heralded_autocorrelation(sources.thermal(1e-4), 1e-4) == pytest.approx(4e-4, rel=1e-3)
    assert sources.heralded_autocorrelation(sources.poissonian(1e-4), 1e-4) == pytest.approx(2e-4, rel=1e-3)


@pytest.mark.parametrize(("emitted", "g2"), [(0.5, 0.02), (0.1, 0.5), (1e-3, 10.0), (0.7, 0.0)])
def test_a_source_of_single_pairs_has_the_stated_autocorrelation(emitted: float, g2: float) -> None:
    shares = sources.at_most_two(emitted, g2)
    assert sum(shares) == pytest.approx(1)
    assert shares[1] + shares[2] == pytest.approx(emitted)
    assert sources.autocorrelation(shares) == pytest.approx(g2, rel=1e-9)


def test_autocorrelations_that_no_source_has_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"has a `g2` of at most 1, got 1.2"):
        sources.at_most_two(0.5, 1.2)


def brute_force(shares: tuple[float, ...], first: End, second: End) -> tuple[float, float, float]:
    """Both, either, genuine: summed over which photons reach their ends and which of them are kept."""
    both = either = genuine = 0.0
    for n, share in enumerate(shares):
        for arrived in product((False, True), repeat=2 * n):
            probability = share
            for place, came in enumerate(arrived):
                efficiency = (first if place < n else second).efficiency
                probability *= efficiency if came else 1 - efficiency
            sets = (
                [pair for pair in range(n) if arrived[pair]],
                [pair for pair in range(n) if arrived[n + pair]],
            )
            said = []
            for here, end in zip(sets, (first, second), strict=True):
                silent = (1 - end.dark) * (1 - end.noise)
                said.append(1.0 if here else 1 - silent)
            both += probability * said[0] * said[1]
            either += probability * (said[0] + said[1] - said[0] * said[1])
            if sets[0] and sets[1]:
                same = len(set(sets[0]) & set(sets[1])) / (len(sets[0]) * len(sets[1]))
                genuine += probability * same * (1 - first.early) * (1 - second.early)
    return both, either, genuine


@pytest.mark.parametrize(
    "ends",
    [
        (End(0.3), End(0.3)),
        (End(0.9), End(0.2)),
        (End(0.4, dark=0.05), End(0.1, dark=0.01)),
        (End(0.4, dark=0.02, noise=0.1, early=0.05), End(0.2, noise=0.3, early=0.16)),
        (End(1.0), End(1.0)),
        (End(0.0, dark=0.1), End(0.5)),
    ],
)
@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.15, 0.05), (0.0, 1.0, 0.0), (0.2, 0.0, 0.0, 0.0, 0.8)])
def test_absorptions_by_brute_force(shares: tuple[float, ...], ends: tuple[End, End]) -> None:
    assert sources.absorbed(shares, *ends) == pytest.approx(brute_force(shares, *ends), rel=1e-12, abs=1e-15)


def test_single_pairs_are_absorbed_as_their_photons_are() -> None:
    found = sources.absorbed(sources.at_most_two(0.4), End(0.3), End(0.2))
    assert found.both == found.genuine == pytest.approx(0.4 * 0.3 * 0.2)
    assert found.either == pytest.approx(0.4 * (1 - 0.7 * 0.8))


def test_weak_thermal_light_loses_fidelity_in_proportion_to_its_mean() -> None:
    """Lossy ends: accidental coincidences over all are n(n-1)/n² in the mean, 2 mu/(1 + 2 mu)."""
    mean, lossy = 0.05, End(1e-6)
    found = sources.absorbed(sources.thermal(mean), lossy, lossy)
    assert found.genuine / found.both == pytest.approx(1 / (1 + 2 * mean), rel=1e-5)


def test_latching_counts_ticks_and_news() -> None:
    """The mean over a Markov chain of one tick at a time."""
    both, either, tick, news = 0.02, 0.3, 1e-6, 50e-6
    # T = (1-e)(tick + T) + (e-b)(news + T) + b news.
    mean = ((1 - either) * tick + either * news) / both
    assert sources.latched_interval(both, either, tick, news) == pytest.approx(mean)


def test_one_of_many_modes() -> None:
    assert sources.any_mode(0.1, 3) == pytest.approx(1 - 0.9**3)
    assert sources.any_mode(1e-12, 5) == pytest.approx(5e-12)
    assert sources.any_mode(1.0, 2) == 1
    assert sum(comb(4, k) * 0.2**k * 0.8 ** (4 - k) for k in range(1, 5)) == pytest.approx(
        sources.any_mode(0.2, 4)
    )

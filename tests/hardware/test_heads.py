"""Detectors in a window: closed forms, and clicks followed one by one in `tests.hardware.two_windows`."""

from __future__ import annotations

from dataclasses import replace
from math import erf, exp, factorial, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.detector import NumberResolvingDetector, ThresholdDetector
from hardware.heads import Heads, Window
from tests.hardware.two_windows import counts_in_two_windows
from tests.statistics import ROOM, share_of

#: Never clicks: what the other detector says is alone.
DEAF = ThresholdDetector(efficiency=0.0, count_rate=None)
NOISY = ThresholdDetector(efficiency=0.5, dark_count_rate=1e7, window=10e-9, count_rate=25e6)


def heads(*detectors: ThresholdDetector, background: tuple[float, float] = (0.0, 0.0)) -> Heads:
    first, second = detectors if len(detectors) == 2 else (detectors[0], detectors[0])
    return Heads.of((first, second), background)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 4), st.integers(0, 4))
def test_two_unlike_detectors_see_their_own_light(first: float, second: float, here: int, there: int) -> None:
    """Without dead time: one has seen what reached it and the other has not, dark counts included."""
    one = ThresholdDetector(efficiency=first, dark_count_rate=1e7, count_rate=None)
    two = ThresholdDetector(efficiency=second, dark_count_rate=1e8, count_rate=None)
    silent = (1 - first) ** here * exp(-0.01), (1 - second) ** there * exp(-0.1)
    pair = heads(one, two)
    assert pair.alone(0, here, there) == pytest.approx((1 - silent[0]) * silent[1], abs=1e-12)
    assert pair.alone(1, here, there) == pytest.approx((1 - silent[1]) * silent[0], abs=1e-12)


@pytest.mark.parametrize("photons", [0, 1, 2, 3])
def test_a_counting_detector_reports_exactly_one(photons: int) -> None:
    """Binomial photons and Poisson dark counts, without dead time."""
    eta, mean = 0.7, 0.2
    model = NumberResolvingDetector(efficiency=eta, dark_count_rate=mean / 1e-9, count_rate=None)
    one = photons * eta * (1 - eta) ** (photons - 1) if photons else 0.0
    expected = exp(-mean) * (one + mean * (1 - eta) ** photons)
    pair = heads(model, DEAF)
    assert pair.alone(0, photons, 0) == pytest.approx(expected, rel=1e-12)
    assert pair.heads[0].silent[photons] == pytest.approx((1 - eta) ** photons * exp(-mean), rel=1e-12)


@pytest.mark.parametrize(("rate", "dead"), [(1e4, 20e-6), (1e6, 1e-7), (1e7, 40e-9)])
def test_a_free_running_detector_is_live_its_share_of_the_time(rate: float, dead: float) -> None:
    """A photon in a short window: seen while live, 1/(1 + rate dead), and no dark counts but their rate's."""
    model = ThresholdDetector(
        efficiency=1.0, dark_count_rate=rate, window=1e-12, time_resolution=0.0, count_rate=1 / dead
    )
    live = 1 / (1 + rate * dead)
    assert heads(model, DEAF).alone(0, 1, 0) == pytest.approx(live, rel=1e-4)
    assert heads(replace(model, gated=True), DEAF).alone(0, 1, 0) == pytest.approx(1, rel=1e-9)
    assert heads(model, DEAF).alone(0, 0, 0) == pytest.approx(rate * 2e-12 * live, rel=1e-3)


def test_noise_photons_are_dark_counts_of_half_the_light() -> None:
    """Of 3e7 noise photons a second half go to either output, where 80 % are seen."""
    model = ThresholdDetector(efficiency=0.8, dark_count_rate=1e6, count_rate=None)
    same = replace(model, dark_count_rate=1e6 + 0.8 * 1.5e7)
    lit = heads(model, background=(1e7, 2e7))
    for here, there in ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1)):
        assert lit.alone(0, here, there) == pytest.approx(heads(same).alone(0, here, there), rel=1e-12)


@pytest.mark.parametrize(("jitter", "start"), [(0.2e-9, None), (1e-9, None), (0.5e-9, -0.1e-9)])
def test_jitter_moves_clicks_out_of_the_window(jitter: float, start: float | None) -> None:
    model = ThresholdDetector(efficiency=0.6, jitter=jitter, window_start=start, count_rate=None)
    opens = -0.5e-9 if start is None else start
    inside = (erf((opens + 1e-9) / jitter / sqrt(2)) - erf(opens / jitter / sqrt(2))) / 2
    assert heads(model, DEAF).alone(0, 1, 0) == pytest.approx(0.6 * inside, rel=1e-9)
    assert Heads.of((model, DEAF), (0.0, 0.0), sharp=False).alone(0, 1, 0) == 0.6
    # Two photons are one click, with one time; a count of one has one too.
    assert heads(model, DEAF).alone(0, 2, 0) == pytest.approx(0.84 * inside, rel=1e-9)
    counting = NumberResolvingDetector(**vars(model))
    assert heads(counting, DEAF).alone(0, 2, 0) == pytest.approx(0.48 * inside, rel=1e-9)


def test_a_window_that_opens_as_light_comes_sees_it() -> None:
    model = replace(NOISY, dark_count_rate=0.0, window_start=0.0)
    pair = heads(model, DEAF)
    assert pair.alone(0, 1, 0) == pair.given((None, None)).alone(0, 1, 0) == 0.5
    assert pair.given((39_999.0, None)).alone(0, 1, 0) == 0


@pytest.mark.parametrize(
    ("age", "lit", "exposed"),
    [
        (None, True, 10e-9),
        (39_000, True, 9e-9),
        (36_000, True, 6e-9),
        (34_000, False, 4e-9),
        (20_000, False, 0),
    ],
)
def test_a_known_click_blinds_for_what_is_left_of_the_dead_time(
    age: float | None, lit: bool, exposed: float
) -> None:
    """40 ns of dead time, light 5 ns after the opening: exposed to dark counts for what remains of 10 ns."""
    silent = exp(-1e7 * exposed) * (0.5 if lit else 1.0)
    pair = heads(NOISY, DEAF).given((age, None))
    assert pair.alone(0, 1, 0) == pytest.approx(1 - silent, abs=1e-12)
    assert pair.heads[0].silent[1] == pytest.approx(silent, rel=1e-12)


def test_of_a_click_long_ago_nothing_is_left() -> None:
    pair = heads(replace(NOISY, dark_count_rate=0.0))
    seen = [Window(0, 1_000_000, (955_000 - 40_001, -1)), Window(1, 1_100_000, (-1, 1_000_000))]
    assert pair.sights(seen) is None
    first, second = pair.sights([Window(0, 1_000_000, (955_000, -1)), seen[1]]) or ()
    assert (first.ages, second.ages) == ((40_000, None), (None, None))
    assert (first.separation, second.separation) == (0, 0)


def test_afterpulses_of_a_known_click() -> None:
    """Released with an exponential law after the dead time: in the window, given that none came before it."""
    model = replace(NOISY, dark_count_rate=0.0, afterpulse_probability=0.2, afterpulse_lifetime=50e-9)
    age = 60_000.0
    came = 0.2 * (exp(-40 / 50) - exp(-60 / 50))
    comes = 0.2 * (exp(-60 / 50) - exp(-70 / 50))
    assert heads(model, DEAF).given((age, None)).alone(0, 0, 0) == pytest.approx(
        comes / (1 - came), rel=1e-12
    )


CASES = {
    "dark": {"dark_count_rate": 1e7},
    "dark, gated": {"dark_count_rate": 1e7, "gated": True},
    "one time for two photons": {"jitter": 5e-9},
    "live again within the window": {"dark_count_rate": 2e7, "count_rate": 1 / 4e-9},
    "blind into the second window": {"dark_count_rate": 1e7, "count_rate": 1 / 95e-9},
    "blind through it": {"dark_count_rate": 1e6, "count_rate": 1 / 200e-9},
    "blind through it, without dark counts": {"count_rate": 1 / 120e-9},
    "afterpulses": {"afterpulse_probability": 0.1, "afterpulse_lifetime": 50e-9},
    "afterpulses of dark counts": {
        "dark_count_rate": 1e6,
        "afterpulse_probability": 0.05,
        "afterpulse_lifetime": 50e-9,
    },
}


@pytest.mark.parametrize("photons", [(0, 1), (1, 1), (2, 0)])
@pytest.mark.parametrize("kind", [ThresholdDetector, NumberResolvingDetector])
@pytest.mark.parametrize("case", CASES)
def test_two_windows_are_those_of_clicks_followed_one_by_one(
    case: str, kind: type[ThresholdDetector], photons: tuple[int, int]
) -> None:
    """A report in the first of two windows 100 ns apart, and then a report, silence or neither."""
    given_here = {"efficiency": 0.8, "window": 10e-9, "count_rate": 1 / 40e-9, **CASES[case]}
    model, runs = kind(**given_here), 2500
    found = counts_in_two_windows(model, photons, 100_000, runs, seed=3)
    exact = {"report": 0.0, "silence": 0.0}
    for first, then in heads(model, DEAF).followed(0, 100_000):
        weight = first.alone(0, photons[0], 0)
        exact["report"] += weight * then.heads[0].reports[photons[1]]
        exact["silence"] += weight * then.heads[0].silent[photons[1]]
    counts = kind is NumberResolvingDetector
    reported = [key for key in found if (key[0] == 1 if counts else key[0] > 0)]
    again = [key for key in reported if (key[1] == 1 if counts else key[1] > 0)]
    quiet = [key for key in reported if key[1] == 0]
    for name, keys in (("report", again), ("silence", quiet)):
        share = exact[name]
        assert share_of(sum(found[key] for key in keys), runs, max(share, 1e-9)).sigmas(share) < ROOM


@pytest.mark.parametrize("photons", [(1, 1), (0, 2)])
def test_silence_in_the_first_window_says_something_of_the_second(photons: tuple[int, int]) -> None:
    """The other output reports first, this one second; both without light of their own in that window."""
    model, runs = replace(NOISY, efficiency=0.8), 10_000
    found = counts_in_two_windows(model, photons, 100_000, runs, seed=4)
    lamp = ThresholdDetector(efficiency=1.0, count_rate=None)
    exact = 0.0
    for first, then in heads(model, lamp).followed(1, 100_000):
        exact += first.alone(1, photons[0], 1) * then.heads[0].reports[photons[1]]
    silent = sum(number for (one, two), number in found.items() if one == 0 and two > 0)
    assert share_of(silent, runs, exact).sigmas(exact) < ROOM


@pytest.mark.parametrize("start", [None, 0.0, -15e-9])
@pytest.mark.parametrize("dead", [1e-12, 1e-9, 5e-9, 15e-9, 19e-9, 21e-9, 50e-9])
@pytest.mark.parametrize("kind", [ThresholdDetector, NumberResolvingDetector])
def test_ways_of_a_report_add_up_to_it(
    kind: type[ThresholdDetector], dead: float, start: float | None
) -> None:
    """Of dead times shorter and longer than the window of 20 ns, before and after the light comes."""
    noisy = kind(efficiency=0.6, dark_count_rate=2e7, window="20 ns", window_start=start, count_rate=1 / dead)
    pair = heads(noisy, replace(noisy, efficiency=0.3, dark_count_rate=2e6))
    for here, there in ((0, 0), (1, 0), (0, 1), (2, 1)):
        ways = [first.alone(0, here, there) for first, _ in pair.followed(0, 1_000_000)]
        assert sum(ways) == pytest.approx(pair.alone(0, here, there), rel=1e-6)


@pytest.mark.parametrize("dead", [None, 30e-9])
def test_dark_counts_bring_afterpulses(dead: float | None) -> None:
    """While live, clicks come at r/(1 - p e^(-t_d/tau)); a short window has that times its width."""
    model = ThresholdDetector(
        efficiency=0.0,
        dark_count_rate=1e6,
        count_rate=None if dead is None else 1 / dead,
        afterpulse_probability=0.5,
        afterpulse_lifetime=200e-9,
    )
    rate = 1e6 / (1 - 0.5 * exp(-(dead or 0.0) / 200e-9))
    clicks = rate / (1 + rate * (dead or 0.0)) * 1e-9
    assert heads(model, DEAF).alone(0, 0, 0) == pytest.approx(clicks, rel=2e-3)


def test_ways_of_a_report_add_up_to_it_for_a_noisy_pair() -> None:
    pair = heads(NOISY, replace(NOISY, efficiency=0.3, dark_count_rate=2e6))
    for here, there in ((0, 0), (1, 0), (0, 1), (2, 1)):
        ways = [first.alone(0, here, there) for first, _ in pair.followed(0, 100_000)]
        assert sum(ways) == pytest.approx(pair.alone(0, here, there), rel=1e-9)


def test_clicks_after_a_detector_was_live_follow_a_renewal_density() -> None:
    """Of dead time D and rate r: the k-th click at time t has density r (r(t - kD))^k e^(-r(t - kD)) / k!."""
    (view, _), live = heads(NOISY).views, 90_000.0
    density = sum(
        (1e-5 * (live - k * 40_000)) ** k * exp(-1e-5 * (live - k * 40_000)) / factorial(k) for k in range(3)
    )
    law = view._from_live(live)
    assert law.weights[0] == pytest.approx(density, rel=1e-12)
    assert law.weights.sum() == pytest.approx(1, rel=1e-9)

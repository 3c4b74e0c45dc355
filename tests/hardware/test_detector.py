from __future__ import annotations

from math import exp, factorial, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.detector import Detector, DetectorModel, NumberResolvingDetector, ThresholdDetector
from qsim.errors import ParameterError
from qsim.kernel import Simulator
from qsim.trace.sinks import MemorySink
from qsim.units import PS_PER_S
from tests.statistics import FALSE_ALARM, ROOM, Estimate, follows, share_of


class Dark:
    """A live detector and the times of its clicks."""

    def __init__(self, seed: int = 0, background: float = 0.0, **parameters: float | None) -> None:
        self._follow(seed, ThresholdDetector(**parameters), background)

    def _follow(self, seed: int, model: DetectorModel, background: float = 0.0) -> None:
        self.sim = Simulator(seed)
        self.times: list[int] = []
        self.detector = Detector(self.sim, "d", model, lambda _: self.times.append(self.sim.now), background)


# parameters


@pytest.mark.parametrize(
    ("window", "resolution", "width"),
    [(1e-9, 150e-12, 1000), (100e-12, 150e-12, 150), (1e-9, 0.0, 1000), (101e-12, 0.0, 102), (1e-12, 0.0, 2)],
)
def test_the_window_is_even_and_never_below_the_resolution(
    window: float, resolution: float, width: int
) -> None:
    assert ThresholdDetector(window=window, time_resolution=resolution).window_ps() == width


def test_dark_probability_of_a_window() -> None:
    model = ThresholdDetector(dark_count_rate=1e8, window=1e-9)
    assert model.dark_probability() == pytest.approx(1 - exp(-0.1))


def test_small_dark_probabilities_keep_their_digits() -> None:
    model = ThresholdDetector(efficiency=0.0, dark_count_rate=1e-6, window=1e-9)
    assert model.dark_probability() == pytest.approx(1e-15, rel=1e-12)
    assert model.click_probability(0) == model.click_probability(2) == model.dark_probability()


@pytest.mark.parametrize(("rate", "dead"), [(None, 0), (25e6, 40_000), (50e6, 20_000), (8e6, 125_000)])
def test_dead_time_is_the_inverse_of_the_count_rate(rate: float | None, dead: int) -> None:
    assert ThresholdDetector(count_rate=rate).dead_time_ps() == dead


@given(st.floats(0, 1), st.floats(0, 1e9), st.integers(0, 5))
def test_a_click_needs_a_photon_that_is_seen_or_a_dark_count(
    efficiency: float, dark_rate: float, photons: int
) -> None:
    model = ThresholdDetector(efficiency=efficiency, dark_count_rate=dark_rate)
    silent = (1 - efficiency) ** photons * exp(-dark_rate * 1e-9)
    assert model.click_probability(photons) == pytest.approx(1 - silent, abs=1e-12)


@pytest.mark.parametrize("efficiency", [1e-7, 1e-12, 1e-30])
def test_small_efficiencies_keep_their_digits(efficiency: float) -> None:
    model = ThresholdDetector(efficiency=efficiency)
    assert model.click_probability(1) == pytest.approx(efficiency, rel=1e-14, abs=0)
    assert model.click_probability(2) == pytest.approx(2 * efficiency - efficiency**2, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("efficiency", -0.1),
        ("efficiency", 1.2),
        ("dark_count_rate", -1),
        ("dark_count_rate", 1e15),
        ("count_rate", 0),
        ("time_resolution", -1e-12),
        ("window", 0),
        ("jitter", -1e-12),
        ("afterpulse_probability", 1.0),
        ("afterpulse_lifetime", 0),
    ],
)
def test_impossible_detectors_are_refused(field: str, value: float) -> None:
    with pytest.raises(ParameterError, match=rf"`ThresholdDetector.{field}` must be in .*, got {value}"):
        ThresholdDetector(**{field: value})


def test_parameters_may_carry_units() -> None:
    model = ThresholdDetector(efficiency="80 %", dark_count_rate="10 Hz", count_rate="50 MHz", window="2 ns")
    assert (model.efficiency, model.dark_count_rate, model.count_rate, model.window) == (0.8, 10, 50e6, 2e-9)


def test_a_window_that_is_over_as_light_comes_is_refused() -> None:
    assert ThresholdDetector(window_start=-0.5e-9).opens_ps() == ThresholdDetector().opens_ps() == -500
    assert ThresholdDetector(window_start="2 ns").opens_ps() == 2000
    with pytest.raises(
        ParameterError, match=r"`ThresholdDetector.window_start` must be greater than -1e-09 s"
    ):
        ThresholdDetector(window_start=-1e-9)


# at photon detail


@pytest.mark.parametrize(("photons", "efficiency"), [(1, 0.3), (2, 0.3), (2, 0.9), (5, 0.1)])
def test_threshold_detectors_see_light_but_do_not_count_it(photons: int, efficiency: float) -> None:
    stage = Dark(efficiency=efficiency, count_rate=None)
    for _ in range(20_000):
        stage.detector.receive(photons)
    expected = 1 - (1 - efficiency) ** photons
    assert share_of(stage.detector.clicks, 20_000, expected).sigmas(expected) < ROOM
    assert len(stage.times) == stage.detector.clicks


def test_perfect_and_broken_detectors() -> None:
    perfect, broken = Dark(efficiency=1.0, count_rate=None), Dark(efficiency=0.0, count_rate=None)
    for stage in (perfect, broken):
        for _ in range(1000):
            stage.detector.receive(2)
    assert (perfect.detector.clicks, broken.detector.clicks) == (1000, 0)


def test_dark_counts_are_a_poisson_process() -> None:
    stage = Dark(seed=1, dark_count_rate=1e5, count_rate=None)
    stage.sim.run(PS_PER_S // 5)
    count = len(stage.times)
    assert Estimate(count, sqrt(20_000)).sigmas(20_000) < ROOM
    # Counts in slices of ten mean intervals: 0-5, 6, 7, ... 14, 15 and more.
    slices = [0] * 2000
    for time in stage.times:
        slices[time // (PS_PER_S // 10_000)] += 1
    weights = [exp(-10) * 10**k / factorial(k) for k in range(15)]
    seen = [
        sum(s <= 5 for s in slices),
        *(slices.count(k) for k in range(6, 15)),
        sum(s >= 15 for s in slices),
    ]
    expected = [sum(weights[:6]), *weights[6:], 1 - sum(weights)]
    assert follows(seen, [2000 * share for share in expected]) > FALSE_ALARM


def test_a_detector_without_dark_counts_stays_silent() -> None:
    stage = Dark(dark_count_rate=0.0)
    stage.sim.run()
    assert stage.sim.now == 0
    assert stage.times == []


def test_dead_time_is_not_prolonged_by_clicks_that_fall_into_it() -> None:
    """Non-paralysable: of true clicks at rate r, r/(1 + r dead) are seen.

    A renewal process with intervals of mean m = dead + 1/r and standard deviation 1/r has a count of standard
    deviation sqrt(time / m) / (r m). A paralysable detector would see r e^(-r dead) = 5.81e6/s,
    19 of these away.
    """
    rate, dead = 8e6, 1 / 25e6
    stage = Dark(seed=2, dark_count_rate=rate, count_rate=25e6)
    stage.sim.run(PS_PER_S // 50)
    mean = dead + 1 / rate
    seen = Estimate(len(stage.times), sqrt(0.02 / mean) / (rate * mean))
    assert seen.sigmas(0.02 * rate / (1 + rate * dead)) < ROOM
    assert min(later - sooner for sooner, later in zip(stage.times, stage.times[1:], strict=False)) > 40_000


@pytest.mark.parametrize(("gap", "clicks"), [(0, 1), (19_999, 1), (20_000, 1), (20_001, 2)])
def test_light_within_the_dead_time_or_at_its_very_end_is_not_seen(gap: int, clicks: int) -> None:
    stage = Dark(efficiency=1.0, count_rate=50e6)
    for time in (1_000, 1_000 + gap):
        stage.sim.post(time, stage.detector.receive, 1)
    stage.sim.run()
    assert stage.times == [1_000, 1_000 + gap][:clicks]


def test_without_dead_time_clicks_may_coincide() -> None:
    stage = Dark(efficiency=1.0, count_rate=None)
    for _ in range(3):
        stage.sim.post(500, stage.detector.receive, 1)
    stage.sim.run()
    assert stage.times == [500, 500, 500]
    assert stage.detector.stated == 500


def test_clicks_are_traced_with_their_cause() -> None:
    sink = MemorySink()
    sim = Simulator(3, sink)
    detector = Detector(sim, "lab.0", ThresholdDetector(efficiency=1.0, dark_count_rate=1e6), lambda _: None)
    sim.post(10, detector.receive, 1)
    sim.run(5_000_000)
    assert sink.events[0] == (10, "detector_clicked", "lab.0", {"detector": "lab.0", "cause": "photon"})
    assert {fields["cause"] for *_, fields in sink.events[1:]} == {"dark"}


def test_detectors_of_different_names_click_independently() -> None:
    sim = Simulator(4)
    times: dict[str, list[int]] = {"a": [], "b": []}
    for name in times:
        Detector(sim, name, ThresholdDetector(dark_count_rate=1e6), lambda d: times[d.name].append(sim.now))
    sim.run(100_000_000)
    assert not set(times["a"]) & set(times["b"])


class Counting(Dark):
    """A live detector that counts."""

    def __init__(self, efficiency: float) -> None:
        self._follow(5, NumberResolvingDetector(efficiency=efficiency, count_rate=None))


def test_a_counting_detector_counts_what_it_sees() -> None:
    stage, seen = Counting(0.6), [0, 0, 0, 0]
    for _ in range(20_000):
        before = stage.detector.clicks
        stage.detector.receive(3)
        seen[stage.detector.counted if stage.detector.clicks > before else 0] += 1
    shares = [0.4**3, 3 * 0.6 * 0.4**2, 3 * 0.6**2 * 0.4, 0.6**3]
    assert follows(seen, [20_000 * share for share in shares]) > FALSE_ALARM


def test_noise_photons_click_as_often_as_they_are_seen() -> None:
    stage = Dark(seed=6, background=2e6, efficiency=0.25, dark_count_rate=5e5, count_rate=None)
    stage.sim.run(PS_PER_S // 100)
    assert Estimate(len(stage.times), 100.0).sigmas(10_000) < ROOM


def test_a_gated_detector_clicks_in_its_windows_only() -> None:
    """Dark counts at 1/us in windows of 1 us every 10 us; light between windows is not seen."""
    stage = Dark(seed=7, efficiency=1.0, dark_count_rate=1e6, gated=True, count_rate=None)
    for number in range(2000):
        opens = 10_000_000 * number
        stage.detector.awake(opens, opens + 1_000_000)
        stage.sim.post_at(opens + 5_000_000, stage.detector.receive, 1)
        stage.sim.run(until=opens + 9_000_000)
    assert Estimate(len(stage.times), sqrt(2000)).sigmas(2000) < ROOM
    assert all(time % 10_000_000 <= 1_000_000 for time in stage.times)
    stage.detector.awake(stage.sim.now + 10, stage.sim.now + 20)
    stage.sim.post(15, stage.detector.receive, 1)
    before = len(stage.times)
    stage.sim.run()
    assert len(stage.times) == before + 1


def test_a_gated_detector_without_dark_counts_is_awake_in_each_of_its_windows() -> None:
    stage = Dark(efficiency=1.0, gated=True, count_rate=None)
    for since, until in ((10, 20), (100, 110)):
        stage.detector.awake(since, until)
    for time in (9, 10, 20, 21, 105):
        stage.sim.post_at(time, stage.detector.receive, 1)
    stage.sim.run()
    assert stage.times == [10, 20, 105]


def test_a_window_is_open_in_its_last_instant_whatever_else_is_arranged_then() -> None:
    stage = Dark(efficiency=1.0, gated=True, count_rate=None)
    stage.detector.awake(10, 20)
    stage.sim.post_at(20, stage.detector.awake, 30, 40)
    stage.sim.post_at(20, stage.detector.receive, 1)
    stage.sim.run()
    assert stage.times == [20]


def test_rare_dark_counts_come_in_long_windows() -> None:
    stage = Dark(seed=9, dark_count_rate=0.5, gated=True, count_rate=None)
    stage.detector.awake(0, 20_000 * PS_PER_S)
    stage.sim.run()
    assert Estimate(len(stage.times), 100.0).sigmas(10_000) < ROOM


def test_jitter_spreads_what_is_stated_about_the_click() -> None:
    """The mean of 4,000 is known to 1/63 of the spread, their variance to 2.2 %."""
    stage = Dark(seed=10, efficiency=1.0, jitter=100e-12, count_rate=None)
    late = []
    for turn in range(1, 4001):
        stage.sim.post_at(turn * 10_000, stage.detector.receive, 1)
        stage.sim.run()
        late.append(stage.detector.stated - stage.sim.now)
    mean = sum(late) / 4000
    assert Estimate(mean, 100 / sqrt(4000)).sigmas(0.0) < ROOM
    variance = sum((one - mean) ** 2 for one in late) / 3999
    assert Estimate(variance, 1e4 * sqrt(2 / 3999)).sigmas(1e4) < ROOM


def test_dark_counts_may_be_rarer_than_one_a_second() -> None:
    stage = Dark(seed=8, dark_count_rate=0.5)
    stage.sim.run(20_000 * PS_PER_S)
    assert Estimate(len(stage.times), 100.0).sigmas(10_000) < ROOM


def test_light_that_is_found_to_be_seen_clicks_for_sure_and_as_what_it_is() -> None:
    sink = MemorySink()
    sim = Simulator(0, sink)
    detector = Detector(sim, "d", NumberResolvingDetector(efficiency=0.0, count_rate=None), lambda _: None)
    for counted in (3, 1):
        detector.absorb(counted)
        assert detector.counted == counted
    assert [fields["cause"] for *_, fields in sink.events] == ["photon"] * 2


def test_afterpulses_follow_clicks_with_an_exponential_law() -> None:
    """A chance of 0.3 after 100 ns in the mean, and those within the dead time of 50 ns pass."""
    stage = Dark(
        seed=8,
        efficiency=1.0,
        count_rate=20e6,
        afterpulse_probability=0.3,
        afterpulse_lifetime=100e-9,
    )
    runs = 8000
    for number in range(runs):
        stage.sim.post_at(number * 10_000_000, stage.detector.receive, 1)
    stage.sim.run()
    later = [time % 10_000_000 for time in stage.times if time % 10_000_000]
    again = 0.3 * exp(-0.5)
    # Each afterpulse may have one of its own.
    expected = again / (1 - again)
    assert Estimate(len(later) / runs, sqrt(expected / runs / (1 - again))).sigmas(expected) < ROOM
    assert min(later) > 50_000
    first = [later_one - 50_000 for later_one in later if later_one < 100_000]
    share = (1 - exp(-0.5)) * again
    assert share_of(len(first), runs, share).sigmas(share) < ROOM


def test_jitter_moves_the_time_stated_of_light_only() -> None:
    stage = Dark(seed=9, efficiency=1.0, jitter=50e-12, dark_count_rate=1e5, count_rate=None)
    stated = []
    for _ in range(4000):
        stage.detector.receive(1)
        stated.append(stage.detector.stated - stage.sim.now)
    spread = sum(time * time for time in stated) / 4000
    assert Estimate(spread, 2500 * sqrt(2 / 4000)).sigmas(2500) < ROOM
    stage.sim.run(PS_PER_S // 10_000)
    assert stage.detector.stated == stage.times[-1]

"""How much of a block is secret: the analyses against published thresholds, and formulas written out here."""

from __future__ import annotations

from math import exp, inf, log, log2, sqrt

import pytest

from protocols.qkd.counts import Counts
from protocols.qkd.security import (
    BellAnalysis,
    DecoyAnalysis,
    PairAnalysis,
    PlainAnalysis,
    needed,
    pulse_analysis,
)
from qsim.analytic.decoy_bb84 import photon_number_splitting_rate
from qsim.analytic.qkd import Detected
from tests.analytic.test_finite_key import counts as published_counts

SECRECY, CORRECTNESS = 1e-9, 1e-12


def entropy(p: float) -> float:
    return -p * log2(p) - (1 - p) * log2(1 - p)


def deviation(key: float, test: float, secrecy: float) -> float:
    """Tomamichel, Lim, Gisin, Renner (2012), Eq. 2."""
    return sqrt((key + test) / (key * test) * (test + 1) / test * log(4 / secrecy))


class TestPairs:
    def test_exact_shares(self) -> None:
        analysis = PairAnalysis(SECRECY, CORRECTNESS, finite=False)
        found = analysis.length(Counts((6e5, 4e5), (1e5, 3e5), (2e3, 1e4)), 5e4)
        assert found == pytest.approx(1e6 * (1 - entropy(0.03)) - 5e4, rel=1e-12)
        assert analysis.length(Counts((1e6,), (1e5,), (1.1e4,)), 5.1e5) == 0

    def test_a_block_as_it_is(self) -> None:
        found = PairAnalysis(SECRECY, CORRECTNESS).length(Counts((6e5, 4e5), (1e5, 3e5), (2e3, 1e4)), 5e4)
        error = 0.03 + deviation(1e6, 4e5, SECRECY)
        expected = 1e6 * (1 - entropy(error)) - 5e4 - log2(2 / (SECRECY**2 * CORRECTNESS))
        assert found == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("finite", [True, False])
    def test_nothing_is_secret_of_what_was_never_tested_or_is_wrong_half_of_the_time(
        self, finite: bool
    ) -> None:
        analysis = PairAnalysis(SECRECY, CORRECTNESS, finite)
        assert analysis.length(Counts((1e6,), (0.0,), (0.0,)), 0) == 0
        for wrong in (5e5, 7e5):
            assert analysis.length(Counts((1e6,), (1e6,), (wrong,)), 0) == 0


def werner(error: float, tested: float = 1e6) -> Counts:
    """Counts of pairs that are wrong in so many of a hundred in each basis, and so S = 2√2 (1 - 2 Q)."""
    value = 2 * sqrt(2) * (1 - 2 * error)
    return Counts((4e6,), (tested,) * 4, (tested * (1 - value / 4) / 2,) * 4)


class TestBell:
    @pytest.mark.parametrize(("error", "secret"), [(0.0, True), (0.0711, True), (0.0716, False)])
    def test_keys_end_at_seven_point_one_per_cent(self, error: float, secret: bool) -> None:
        """Acín et al. (2007): the critical error rate against collective attacks is 7.1 %."""
        leaked = 4e6 * entropy(error) if error else 0.0
        found = BellAnalysis(SECRECY, CORRECTNESS, finite=False).length(werner(error), leaked)
        assert (found > 0) is secret
        if error == 0:
            assert found == pytest.approx(4e6, rel=1e-6)

    def test_the_value_is_the_sum_of_four_correlators(self) -> None:
        counts = Counts((1.0,), (100.0, 200.0, 300.0, 400.0), (10.0, 30.0, 60.0, 100.0))
        assert BellAnalysis.chsh(counts) == pytest.approx(0.8 + 0.7 + 0.6 + 0.5)
        assert BellAnalysis.chsh(Counts((1.0,), (100.0, 0.0, 9.0, 9.0), (0.0,) * 4)) is None
        assert BellAnalysis.chsh(Counts((1.0,), (), ())) is None

    def test_a_block_as_it_is(self) -> None:
        tests = (1e6, 2e6, 3e6, 4e6)
        counts = Counts((3e6, 1e6), tests, tuple(0.16 * test for test in tests))
        value = 4 * 0.68 - sum(sqrt(2 * log(8 / SECRECY) / test) for test in tests)
        known = entropy((1 + sqrt((value / 2) ** 2 - 1)) / 2)
        expected = 4e6 * (1 - known) - 1e5 - log2(2 / CORRECTNESS) - 2 * log2(2 / SECRECY)
        assert BellAnalysis(SECRECY, CORRECTNESS).length(counts, 1e5) == pytest.approx(expected, rel=1e-12)
        exact = BellAnalysis(SECRECY, CORRECTNESS, finite=False)
        known = entropy((1 + sqrt(1.36**2 - 1)) / 2)
        assert exact.length(counts, 1e5) == pytest.approx(4e6 * (1 - known) - 1e5, rel=1e-12)
        assert exact.length(counts, 5e6) == 0

    @pytest.mark.parametrize("finite", [True, False])
    def test_a_value_of_two_or_none_gives_nothing(self, finite: bool) -> None:
        analysis = BellAnalysis(SECRECY, CORRECTNESS, finite)
        assert analysis.length(Counts((1e6,), (1e6,) * 4, (2.5e5,) * 4), 0) == 0
        assert analysis.length(Counts((1e6,), (1e6, 1e6, 1e6, 0.0), (0.0,) * 4), 0) == 0
        # More than quantum mechanics allows may be counted of few pairs: nothing is known of the bits then.
        if not finite:
            assert analysis.length(Counts((1e6,), (1e3,) * 4, (0.0,) * 4), 0) == pytest.approx(1e6)


GAIN, BACKGROUND, MISALIGNED = 0.01, 1e-4, 0.02


def clicks(mean: float, background: float = BACKGROUND) -> float:
    """Probability of a click on a pulse."""
    return 1 - (1 - background) * exp(-GAIN * mean)


def errors(mean: float, background: float = BACKGROUND) -> float:
    """Probability of a click that is wrong."""
    return background / 2 + MISALIGNED * (1 - exp(-GAIN * mean))


def pulses(photons: tuple[float, ...], key: tuple[float, ...], test: tuple[float, ...]) -> Counts:
    """Counts of a channel with so many slots of each intensity in either basis."""
    made = tuple(slots * clicks(mean) for slots, mean in zip(key, photons, strict=True))
    return Counts(
        made,
        tuple(slots * clicks(mean) for slots, mean in zip(test, photons, strict=True)),
        tuple(slots * errors(mean) for slots, mean in zip(test, photons, strict=True)),
        sum(slots * errors(mean) for slots, mean in zip(key, photons, strict=True)),
        tuple(zip(key, test, strict=True)),
    )


class TestPulses:
    def test_a_signal_and_two_decoys_with_exact_shares(self) -> None:
        """Ma, Qi, Zhao, Lo (2005), Eqs 18, 21 and 25."""
        photons, key, test = (0.5, 0.1, 0.01), (6e9, 3e9, 1e9), (1e9, 2e9, 4e9)
        mu, strong, weak = photons
        q = [clicks(mean) * exp(mean) for mean in photons]
        vacuum = (strong * q[2] - weak * q[1]) / (strong - weak)
        seen = mu / (mu * strong - mu * weak - strong**2 + weak**2)
        seen *= q[1] - q[2] - (strong**2 - weak**2) / mu**2 * (q[0] - vacuum)
        wrong = (errors(strong) * exp(strong) - errors(weak) * exp(weak)) / ((strong - weak) * seen)
        single = seen * sum(slots * mean * exp(-mean) for slots, mean in zip(key, photons, strict=True))
        # Bounds of what the channel truly does with one photon, and near it.
        assert 0.95 < seen / (GAIN + BACKGROUND) < 1
        assert 1 < wrong / ((BACKGROUND / 2 + MISALIGNED * GAIN) / (GAIN + BACKGROUND)) < 1.15
        analysis = DecoyAnalysis(photons, SECRECY, CORRECTNESS, finite=False)
        found = analysis.length(pulses(photons, key, test), 1e6)
        assert found == pytest.approx(single * (1 - entropy(wrong)) - 1e6, rel=1e-9)

    def test_a_signal_and_one_decoy_with_exact_shares(self) -> None:
        """Likewise, Eq. 41: the background is what makes all errors of the signal."""
        photons, key, test = (0.5, 0.1), (6e9, 3e9), (1e9, 2e9)
        mu, weak = photons

        def bound(error: float) -> float:
            q_signal, q_decoy = clicks(mu) * exp(mu), clicks(weak) * exp(weak)
            worst = error * q_signal * (mu**2 - weak**2) / (0.5 * mu**2)
            return mu / (mu * weak - weak**2) * (q_decoy - q_signal * weak**2 / mu**2 - worst)

        counts = pulses(photons, key, test)
        mended = counts.corrected / sum(counts.key)
        told = errors(mu) / clicks(mu)
        phase = told * clicks(mu) * exp(mu) / mu / bound(told)
        single = bound(mended) * sum(
            slots * mean * exp(-mean) for slots, mean in zip(key, photons, strict=True)
        )
        found = DecoyAnalysis(photons, SECRECY, CORRECTNESS, finite=False).length(counts, 1e6)
        assert found == pytest.approx(single * (1 - entropy(phase)) - 1e6, rel=1e-9)
        assert found > 0

    def test_a_published_block_of_decoys_as_it_is(self) -> None:
        """Lim et al. (2014) at 50 km with 10^7 bits, their channel and parameters."""
        share, chosen, photons = 0.853, (0.366, 0.453, 0.181), (0.413, 0.22, 0.0002)
        block, error = published_counts(50, 1e7, share, chosen, photons)
        counts = Counts(
            tuple(block.key),
            tuple(block.test),
            tuple(block.test_errors),
            sent=tuple((p * share * 1e9, p * (1 - share) * 1e9) for p in chosen),
        )
        found = DecoyAnalysis(photons, 1e-10, 1e-15).length(counts, 1.16 * 1e7 * entropy(error))
        assert found == pytest.approx(2876072.014537709, rel=1e-9)

    @pytest.mark.parametrize("finite", [True, False])
    def test_an_intensity_that_was_never_sent_tells_nothing(self, finite: bool) -> None:
        analysis = DecoyAnalysis((0.5, 0.1, 0.01), SECRECY, CORRECTNESS, finite)
        counts = pulses((0.5, 0.1, 0.01), (1e9, 1e9, 0), (1e9, 1e9, 0))
        assert analysis.length(counts, 0) == 0
        assert analysis.length(Counts((1e6,), (1e6,), (0.0,)), 0) == 0
        if not finite:
            assert analysis.length(pulses((0.5, 0.1, 0.01), (1e9, 1e9, 1e9), (1e9, 1e9, 0)), 0) == 0
            assert analysis.length(pulses((0.5, 0.1, 0.01), (1e9, 1e9, 0), (1e9, 1e9, 1e9)), 0) == 0

    def test_clicks_of_no_errors_and_no_clicks(self) -> None:
        """Where an intensity made no click its errors are unknown, and none of the others are counted."""
        counts = Counts((1e7, 1e6, 0.0), (1e6, 1e5, 0.0), (1e4, 1e3, 0.0), 1e5, ((1e9, 1e8),) * 3)
        found = DecoyAnalysis((0.5, 0.1, 0.0), SECRECY, CORRECTNESS, finite=False).length(counts, 0)
        q = [0.01 * exp(0.5), 0.001 * exp(0.1)]
        seen = 0.5 / (0.05 - 0.01) * (q[1] - 0.04 * q[0])
        wrong = 0.01 * q[1] / (0.1 * seen)
        single = seen * 1e9 * (0.5 * exp(-0.5) + 0.1 * exp(-0.1))
        assert found == pytest.approx(single * (1 - entropy(wrong)), rel=1e-9)

    def test_one_intensity_with_exact_shares_is_the_rate_under_photon_number_splitting(self) -> None:
        """Gottesman, Lo, Lütkenhaus, Preskill (2004): half of the slots are in each basis."""
        slots, mean, dark = 1e10, 0.005, 1e-7
        gain, wrong = clicks(mean, dark), errors(mean, dark)
        half = slots / 2
        counts = Counts((half * gain,), (half * gain,), (half * wrong,), half * wrong, ((half, half),))
        leaked = 1.1 * half * gain * entropy(wrong / gain)
        found = PlainAnalysis(mean, SECRECY, CORRECTNESS, finite=False).length(counts, leaked)
        expected = photon_number_splitting_rate(Detected(gain, wrong / gain), mean, 1.1)
        assert expected > 0
        assert found / slots == pytest.approx(expected, rel=1e-9)

    def test_one_intensity_of_a_block_as_it_is(self) -> None:
        mean, slots = 0.005, (4e11, 2e11)
        counts = pulses((mean,), slots[:1], slots[1:])
        several = 1 - (1 + mean) * exp(-mean)
        key, test = (
            count * clicks(mean) - count * several - sqrt(count / 2 * log(4 / SECRECY)) for count in slots
        )
        error = sum(counts.wrong) / test + deviation(key, test, SECRECY / 2)
        expected = key * (1 - entropy(error)) - 1e6 - log2(2 / ((SECRECY / 2) ** 2 * CORRECTNESS))
        found = PlainAnalysis(mean, SECRECY, CORRECTNESS).length(counts, 1e6)
        assert found == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize("finite", [False, True])
    @pytest.mark.parametrize("bad", ["key", "test", "wrong", "more wrong than single"])
    def test_nothing_is_left_of_one_intensity(self, bad: str, finite: bool) -> None:
        several = 1 - 1.5 * exp(-0.5)
        key = 1e6 * several if bad == "key" else 5e5
        test = 1e6 * several if bad == "test" else 5e5
        share = {"wrong": 0.5, "more wrong than single": 1.5}.get(bad)
        wrong = 1.0 if share is None else (test - 1e6 * several) * share
        counts = Counts((key,), (test,), (wrong,), sent=((1e6, 1e6),))
        assert PlainAnalysis(0.5, SECRECY, CORRECTNESS, finite=finite).length(counts, 0) == 0

    def test_the_number_of_intensities_chooses_the_analysis(self) -> None:
        assert pulse_analysis((0.5,), 1e-3, 1e-4, False) == PlainAnalysis(0.5, 1e-3, 1e-4, False)
        for photons in ((0.5, 0.1), (0.5, 0.1, 0.0)):
            assert pulse_analysis(photons, 1e-3, 1e-4, True) == DecoyAnalysis(photons, 1e-3, 1e-4)


class TestNeeded:
    @pytest.mark.parametrize(("corrected", "error"), [(0.0, 0.03), (200.0, 0.02)])
    def test_the_least_block_has_a_key_and_one_a_little_shorter_has_none(
        self, corrected: float, error: float
    ) -> None:
        counts = Counts((6e3, 4e3), (5e3,), (150.0,), corrected)
        analysis = PairAnalysis(SECRECY, CORRECTNESS)
        bits = needed(analysis, counts)

        def length(bits: float) -> float:
            shift = 0.03 + deviation(bits, bits / 2, SECRECY)
            secret = bits * (1 - entropy(shift) - 1.2 * entropy(error))
            return secret - log2(2 / (SECRECY**2 * CORRECTNESS))

        assert length(bits * 0.98) < 0 < length(bits + 1)

    def test_without_errors_nothing_is_told(self) -> None:
        bits = needed(PairAnalysis(SECRECY, CORRECTNESS), Counts((1e4,), (5e3,), (0.0,)))
        assert 100 < bits < 5000

    def test_too_many_errors_or_no_bits_never_make_a_key(self) -> None:
        analysis = PairAnalysis(SECRECY, CORRECTNESS)
        assert needed(analysis, Counts((1e4,), (1e4,), (2e3,))) == inf
        assert needed(analysis, Counts((0.0,), (1e4,), (0.0,))) == inf
        assert needed(analysis, Counts((1e4,), (0.0,), (0.0,))) == inf
        assert needed(analysis, Counts((1e4,), (1e4,), (0.0,), 8e3)) == inf

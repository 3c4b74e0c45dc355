"""The ready transmitters and receivers, held to closed forms and to the law that they are drawn from."""

from __future__ import annotations

from math import exp, expm1, sqrt
from typing import Any

import numpy as np
import pytest

from hardware.detector import ThresholdDetector
from hardware.optics.bench import Bench
from hardware.optics.raw_block import RawBlock
from hardware.optics.weak_pulse_bb84 import DecoyBB84, PolarisationBB84, TimeBinBB84
from qsim.errors import ParameterError
from tests.statistics import FALSE_ALARM, ROOM, Estimate, follows, share_of

NO_DEAD_TIME: dict[str, Any] = {"count_rate": None}


def detector(efficiency: float = 1.0, dark: float = 0.0, **more: Any) -> ThresholdDetector:
    """One whose dark counts have a probability in its window of 1 ns."""
    rate = -np.log1p(-dark) / 1e-9
    return ThresholdDetector(efficiency, **{"dark_count_rate": rate, "count_rate": None, **more})


def gain_and_errors(source: DecoyBB84, intensity: int, basis: int) -> tuple[float, float]:
    """Exact probability of a reading in the sender's basis, and the share of wrong ones."""
    law, gain, wrong = source.bench.exact, 0.0, 0.0
    for row, setting in enumerate(source.bench.settings):
        sent = source._sent(setting)
        if (sent.intensity, sent.basis, setting[2]) != (intensity, basis, basis):
            continue
        for pattern, chance in enumerate(law.patterns[row]):
            read = int(source._table[row, pattern]) >> 2 * basis & 3
            gain += chance / 2 * (read > 0)
            wrong += chance / 2 * {0: 0.0, 1: float(sent.bit), 2: 1.0 - sent.bit, 3: 0.5}[read]
    return gain, wrong / gain


@pytest.mark.parametrize("basis", [0, 1])
@pytest.mark.parametrize(
    ("mu", "eta", "misalignment", "dark", "gain", "errors"),
    [
        (0.1, 0.8594933274192924, 0.005, 0, 0.08235927561830102, 0.005003031641124504),
        (0.5, 0.001, 0.01, 1e-6, 0.000501874020081261, 0.01195219244939043),
        (1.0, 0.5, 0.02, 1e-4, 0.3935906403540024, 0.020586037206870397),
    ],
)
def test_gain_and_errors_of_two_threshold_detectors(
    mu: float, eta: float, misalignment: float, dark: float, gain: float, errors: float, basis: int
) -> None:
    source = PolarisationBB84(
        length=0,
        mean_photons=(mu,),
        intensity_chances=(1,),
        detector=detector(eta, dark),
        misalignment=misalignment,
    )
    found = gain_and_errors(source, 0, basis)
    assert found == pytest.approx((gain, errors), rel=1e-9)


def test_gains_of_the_experiment_of_gobby_yuan_and_shields() -> None:
    """Ma, Qi, Zhao, Lo (2005): 0.21 dB/km, 4.5 %, background 1.7e-6 on two detectors, 3.3 % misalignment."""
    for length, gain, errors in ((0, 0.02137009058511506, 0.033037), (50e3, 0.0019249502059679388, 0.033412)):
        source = PolarisationBB84(
            length=length,
            fibre={"kind": "single-mode", "attenuation": "0.21 dB/km"},
            mean_photons=(0.48, 0.05),
            intensity_chances=(0.5, 0.5),
            detector=detector(0.045, 0.85e-6),
            misalignment=0.033,
        )
        assert gain_and_errors(source, 0, 0) == pytest.approx((gain, errors), rel=2e-4)


def test_time_bins_behind_the_interferometer() -> None:
    """Half of the light of X comes at the middle, of which the visibility decides; no quarter is lost."""
    mu, eta, visibility = 0.1, 1.0, 0.98
    source = TimeBinBB84(
        length=0,
        mean_photons=(mu,),
        intensity_chances=(1,),
        detector=detector(eta, 1e-5),
        visibility=visibility,
    )
    gain, errors = gain_and_errors(source, 0, 1)
    assert gain == pytest.approx(0.04878959999265303, rel=1e-9)
    # Of two clicks at once the receiver keeps one at random.
    plus, minus = 0.048304358915119194, 0.0005098700220804719
    assert errors == pytest.approx(minus * (1 - plus / 2) / gain * (1 - plus / 2) / (1 - plus / 2), rel=2e-2)
    assert gain_and_errors(source, 0, 0)[0] == pytest.approx(1 - exp(-mu) * (1 - 1e-5) ** 2, rel=1e-9)
    row = source.bench.settings.index((0, 2, 1))
    clicks = source.bench.exact.patterns[row]
    shares = [
        clicks[np.arange(len(clicks)) >> place & 1 > 0].sum()
        for place, outlet in enumerate(source.bench.outlets)
        if outlet.detector != "bins"
    ]
    late, early = 0.01243207528412349, 0.01243207528412349
    assert shares == pytest.approx([early, minus, late, early, plus, late], rel=1e-9)


@pytest.mark.parametrize("kind", [PolarisationBB84, TimeBinBB84])
@pytest.mark.parametrize("passive", [False, True])
def test_a_block_follows_the_law_of_its_slots(kind: type[DecoyBB84], passive: bool) -> None:
    source = kind(
        length="5 km",
        detector=detector(0.3, 1e-4),
        passive=passive,
        misalignment=0.04,
        sender_z=0.8,
        receiver_z=0.7,
    )
    slots, law = 200_000, source.bench.law
    clicks = source.bench.run(slots, np.random.default_rng(2))
    settings, patterns = law.patterns.shape
    counts = np.bincount(clicks.setting * patterns + clicks.pattern, minlength=settings * patterns)
    expected = (law.chances[:, None] * law.patterns * slots).ravel()
    expected[::patterns] = 0
    common = expected > 20
    rest = (counts[~common].sum(), expected[~common].sum())
    assert (
        follows(
            [*counts[common], rest[0], slots - counts.sum()],
            [*expected[common], rest[1], slots - expected.sum()],
        )
        > FALSE_ALARM
    )
    assert np.all(np.diff(clicks.slot) > 0)


def sample(source: DecoyBB84, slots: int, seed: int = 1) -> RawBlock:
    """A block whose columns have been looked at."""
    block = source.block(slots, np.random.default_rng(seed))
    assert block.sent.sum() == slots
    for column in (block.sent_basis, block.sent_bit, block.seen_basis, block.seen_bit):
        assert column.dtype == np.int8
        assert set(np.unique(column)) <= {0, 1}
    assert block.sent.shape == (len(source.intensities), 2)
    assert np.all((block.slot >= 0) & (block.slot < slots))
    return block


@pytest.mark.parametrize("kind", [PolarisationBB84, TimeBinBB84])
def test_what_a_block_holds(kind: type[DecoyBB84]) -> None:
    source = kind(length="20 km", detector=detector(0.5, 1e-5), misalignment=0.05, receiver_z=0.9)
    block = sample(source, 2_000_000)
    for intensity in range(2):
        for basis in range(2):
            sent = block.sent[intensity, basis]
            mine = (block.sent_intensity == intensity) & (block.sent_basis == basis)
            mine &= block.seen_basis == basis
            gain, errors = gain_and_errors(source, intensity, basis)
            gain *= [0.9, 0.1][basis]
            assert share_of(mine.sum(), sent, gain).sigmas(gain) < ROOM
            wrong = (block.sent_bit != block.seen_bit)[mine]
            assert share_of(wrong.sum(), len(wrong), errors).sigmas(errors) < ROOM


def test_dead_time_takes_its_share_of_clicks() -> None:
    """Non-paralysable detectors that light hits at random at rate r are live 1/(1 + r D) of the time."""
    dead = 200  # slots
    source = PolarisationBB84(
        rate=1e9,
        length=0,
        mean_photons=(0.2,),
        intensity_chances=(1,),
        detector=detector(count_rate=1e9 / (dead + 0.5), window="200 ps", time_resolution="100 ps"),
    )
    slots = 1_000_000
    clicks = source.bench.run(slots, np.random.default_rng(5))
    # Each detector clicks in a slot with chance p, and is live again `dead` + 1 slots after a click.
    for place in (0, 1):
        has = source.bench.law.patterns[:, np.arange(4) >> place & 1 > 0].sum(axis=1)
        p = float(source.bench.law.chances @ has)
        at = clicks.slot[clicks.pattern >> place & 1 > 0]
        assert np.diff(at).min() == dead + 1
        period = dead + 1 / p
        error = sqrt((1 - p) / p**2 / (slots / period)) / period**2
        assert Estimate(len(at) / slots, error).sigmas(1 / period) < ROOM


@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("kind", [PolarisationBB84, TimeBinBB84])
def test_looking_at_crowded_rows_alone_changes_nothing(
    kind: type[DecoyBB84], gated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clicks that are far from all others need no look: with one at every row the block is the same."""
    source = kind(
        length="20 km",
        passive=True,
        detector=detector(0.5, count_rate=8e6, dark_count_rate="2 MHz", gated=gated),
    )
    thinned = source.bench.run(200_000, np.random.default_rng(8))
    everywhere: list[int] = []

    def all_rows(*columns: Any) -> Any:
        everywhere.append(len(columns[1]))
        return np.arange(len(columns[1]))

    monkeypatch.setattr(Bench, "_crowded", all_rows)
    whole = source.bench.run(200_000, np.random.default_rng(8))
    assert everywhere[0] > 10_000
    assert np.array_equal(thinned.slot, whole.slot)
    assert np.array_equal(thinned.cell, whole.cell)
    assert len(whole.slot) < everywhere[0]


def test_afterpulses_follow_clicks() -> None:
    """In a long gap each click has p/(1-p) afterpulses, save those within the dead time."""
    chance, dead, lifetime = 0.3, 50e-9, 200e-9
    source = PolarisationBB84(
        rate=100e6,
        length=0,
        mean_photons=(1e-4,),
        intensity_chances=(1,),
        detector=detector(
            count_rate=1 / dead,
            afterpulse_probability=chance,
            afterpulse_lifetime=lifetime,
            window="9.9 ns",
        ),
    )
    clicks = source.bench.run(200_000_000, np.random.default_rng(5))
    light = 200_000_000 * -expm1(-1e-4)
    seen = chance * exp(-dead / lifetime)
    expected = 0.99 * seen / (1 - seen)
    extra = (len(clicks.slot) - light) / light
    assert Estimate(extra, sqrt((1 + 2 * expected) / light)).sigmas(expected) < ROOM


def test_jitter_moves_clicks_out_of_their_windows() -> None:
    """A third of normal deviates lie beyond one standard deviation; half of those here reach no window."""
    source = PolarisationBB84(
        rate=100e6,
        length=0,
        mean_photons=(0.01,),
        intensity_chances=(1,),
        detector=detector(jitter=1e-9, window="2 ns"),
    )
    slots = 10_000_000
    clicks = source.bench.run(slots, np.random.default_rng(6))
    kept = 0.6826894921370859 * -expm1(-0.01)
    assert share_of(len(clicks.slot), slots, kept).sigmas(kept) < 1.02 * ROOM


def test_a_thousand_kilometres_of_nothing_cost_nothing() -> None:
    source = PolarisationBB84(length="1000 km", detector=detector(0.5))
    block = sample(source, 10**15)
    assert len(block.slot) < 100


def test_the_same_seed_gives_the_same_block() -> None:
    source = PolarisationBB84(length="20 km", detector={"kind": "threshold", "dark_count_rate": "10 kHz"})
    one, other = (sample(source, 1_000_000, seed=4) for _ in range(2))
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in RawBlock.__slots__)


def test_no_slots_no_clicks() -> None:
    assert len(sample(PolarisationBB84(length="10 km"), 0).slot) == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"intensity_chances": (0.5, 0.5)}, "one entry for each of `mean_photons`"),
        ({"intensity_chances": (0.5, 0.6, 0.1)}, "add up to 1"),
        ({"mean_photons": (-0.5, 0.6, 0.1)}, r"mean_photons`\[0\] must be in \[0"),
        ({"detector": {"kind": "threshold", "window": "20 ns"}}, "detection windows"),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        PolarisationBB84(**wrong)


def test_time_bins_longer_than_a_slot_are_refused() -> None:
    with pytest.raises(ParameterError, match="a third of the slot"):
        TimeBinBB84(bin_separation="5 ns")
    period = TimeBinBB84()._period_ps
    TimeBinBB84(bin_separation=period // 3 * 1e-12)


def test_without_noise_neither_arm_of_a_passive_receiver_errs() -> None:
    block = sample(
        PolarisationBB84(length=0, detector=detector(1.0), passive=True, sender_z=0.5, receiver_z=0.5), 20_000
    )
    for basis in range(2):
        mine = (block.sent_basis == basis) & (block.seen_basis == basis)
        assert mine.sum() > 1000
        assert np.array_equal(block.sent_bit[mine], block.seen_bit[mine])

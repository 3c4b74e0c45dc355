"""Entangled pairs, a station that tells Bell states, and phases between pulses, held to closed forms."""

from __future__ import annotations

from math import cos, exp, pi, sqrt
from typing import Any

import numpy as np
import pytest

from hardware.detector import ThresholdDetector
from hardware.optics.differential_phase import DifferentialPhase
from hardware.optics.entangled_keys import EntangledKeys
from hardware.optics.mdi_station import MdiStation
from hardware.optics.pulse_events import PulseRun
from hardware.optics.weak_pulse_bb84 import DecoyBB84, PolarisationBB84, TimeBinBB84
from qsim import registry
from qsim.errors import ParameterError
from qsim.kernel import Simulator
from tests.statistics import FALSE_ALARM, ROOM, follows, share_of

#: Sets of detectors (first output H, V, second output H, V) by the state that they announce.
ANNOUNCED = {0b0011: "+", 0b1100: "+", 0b1001: "-", 0b0110: "-"}


def detector(efficiency: float = 1.0, dark: float = 0.0) -> ThresholdDetector:
    """One without dead time whose dark counts have a probability in its window."""
    return ThresholdDetector(efficiency, -np.log1p(-dark) / 1e-9, count_rate=None)


def mdi(mean: float, efficiency: float, dark: float, **more: Any) -> MdiStation:
    """A station at which light of one intensity arrives from both sides."""
    return MdiStation(
        lengths=(0, 0),
        mean_photons=(mean,),
        intensity_chances=(1,),
        detector=detector(efficiency, dark),
        **more,
    )


def announced(station: MdiStation, basis: int) -> tuple[float, float]:
    """Exact gain and share of errors where both sides take a basis."""
    right = wrong = 0.0
    for setting, patterns in zip(station.bench.settings, station.bench.exact.patterns, strict=True):
        (first, one), (second, other) = divmod(setting[1], 2), divmod(setting[3], 2)
        if first == second == basis:
            for pattern, state in ANNOUNCED.items():
                unlike = basis == 0 or state == "-"
                if (one != other) == unlike:
                    right += patterns[pattern] / 4
                else:
                    wrong += patterns[pattern] / 4
    return right + wrong, wrong / (right + wrong)


@pytest.mark.parametrize(
    ("kilometres", "mean", "dark", "gain_z", "gain_x"),
    [
        (0, 0.3, 6.02e-6, 0.0008873672364159677, 0.0017933176223594426),
        (100, 0.3, 6.02e-6, 9.503816249801191e-06, 1.892384113263378e-05),
        (40, 0.2, 1e-4, 7.006463829216573e-05, 0.00013592523274333276),
    ],
)
def test_gains_of_a_station_between_two_weak_lasers(
    kilometres: float, mean: float, dark: float, gain_z: float, gain_x: float
) -> None:
    """Ma and Razavi (2012), detectors of 14.5 %, half of the fibre on either side."""
    station = mdi(mean, 0.145 * 10 ** (-0.2 * kilometres / 20), dark)
    assert announced(station, 0)[0] == pytest.approx(gain_z, rel=1e-9)
    assert announced(station, 1)[0] == pytest.approx(gain_x, rel=1e-9)


def test_errors_of_a_station_without_misalignment() -> None:
    station = mdi(0.2, 0.145 * 10**-0.4, 1e-4)
    assert announced(station, 0)[1] == pytest.approx(0.032756381517291946, rel=1e-9)
    assert announced(station, 1)[1] == pytest.approx(0.25770821069581235, rel=1e-9)


def test_lasers_that_are_not_alike_spoil_the_other_basis_only() -> None:
    alike, apart = (mdi(0.1, 0.5, 0, bandwidth="1 GHz", detuning=shift) for shift in (0, 20e9))
    assert announced(apart, 0)[1] == pytest.approx(announced(alike, 0)[1], abs=1e-12)
    assert announced(apart, 1)[1] == pytest.approx(0.5, abs=1e-3)


def test_a_block_of_announcements() -> None:
    station = MdiStation(lengths=(1e3, 6e3), detector=detector(0.5, 1e-4), z_chance=0.8, misalignment=0.02)
    slots = 1_000_000
    block = station.block(slots, np.random.default_rng(3))
    assert block.sent.sum() == slots
    expected = station.bench.law.chances @ station.bench.law.patterns[:, list(ANNOUNCED)].sum(axis=1)
    assert share_of(len(block.slot), slots, expected).sigmas(expected) < ROOM
    both_z = (block.basis == 0).all(axis=1) & (block.intensity == 0).all(axis=1)
    errors = (block.bit[both_z, 0] == block.bit[both_z, 1]).mean()
    assert 0 < errors < 0.1
    assert block.sent[0, 0, 0, 0] == pytest.approx(slots * (0.8 * 0.8) ** 2, rel=0.02)


@pytest.mark.parametrize(
    ("mean", "efficiency", "background", "misalignment", "gain", "errors"),
    [
        (0.1, 0.5, 6e-6, 0.0, 0.025388755128363916, 0.025736760744143328),
        (0.04, 0.04, 1e-5, 0.015, 6.755528442259351e-05, 0.03282114192126567),
    ],
)
def test_gain_and_errors_of_down_conversion_in_the_middle(
    mean: float, efficiency: float, background: float, misalignment: float, gain: float, errors: float
) -> None:
    """Ma, Fung, Lo (2007); the mean number of pairs is 2λ, and dark counts come from two detectors an end."""
    keys = EntangledKeys(
        lengths=(0, 0),
        mean_pairs=mean,
        detector=detector(efficiency, 1 - sqrt(1 - background)),
        misalignment=misalignment,
    )
    masks = [[keys._mask(f"{end}-{bit}") for bit in ("zero", "one")] for end in ("first", "second")]
    for basis in (0, 1):
        patterns = keys.bench.exact.patterns[keys.bench.settings.index((basis, basis))]
        both = wrong = 0.0
        for pattern, chance in enumerate(patterns):
            one, other = [[bool(pattern & mask) for mask in masks[end]] for end in (0, 1)]
            if any(one) and any(other):
                both += chance
                doubt = all(one) or all(other)
                wrong += chance * (0.5 if doubt else float(one != other))
        assert both == pytest.approx(gain, rel=1e-6)
        assert wrong / both == pytest.approx(errors, rel=1e-3 if misalignment else 1e-6)


def test_bell_test_of_ekert() -> None:
    """Correlations fall with the cosine of twice the angle, and four of them break the bound of 2."""
    angles, others = (0.0, pi / 4), (pi / 8, 3 * pi / 8)
    keys = EntangledKeys(
        lengths=(0, 0), mean_pairs=1e-4, detector=detector(), first_angles=angles, second_angles=others
    )
    masks = [[keys._mask(f"{end}-{bit}") for bit in ("zero", "one")] for end in ("first", "second")]
    correlations = {}
    for setting, patterns in zip(keys.bench.settings, keys.bench.exact.patterns, strict=True):
        alike = sum(patterns[masks[0][bit] | masks[1][bit]] for bit in (0, 1))
        unlike = sum(patterns[masks[0][bit] | masks[1][1 - bit]] for bit in (0, 1))
        correlations[setting] = (alike - unlike) / (alike + unlike)
        expected = cos(2 * (angles[setting[0]] - others[setting[1]]))
        assert correlations[setting] == pytest.approx(expected, abs=1e-3)
    total = correlations[0, 0] - correlations[0, 1] + correlations[1, 0] + correlations[1, 1]
    assert total == pytest.approx(2 * sqrt(2), abs=2e-3)


def test_a_block_of_entangled_pairs() -> None:
    keys = EntangledKeys(
        lengths=(5e3, 5e3),
        detector=detector(0.5),
        mean_pairs=0.1,
        first_chances=(0.8, 0.2),
        second_chances=(0.7, 0.3),
    )
    slots = 500_000
    block = keys.block(slots, np.random.default_rng(4))
    assert block.sent.sum() == slots
    assert share_of(block.sent[0, 0], slots, 0.8).sigmas(0.8) < ROOM
    assert share_of((block.seen_basis == 0).sum(), len(block.slot), 0.7).sigmas(0.7) < ROOM
    other = block.sent_basis != block.seen_basis
    half = (block.sent_bit != block.seen_bit)[other]
    assert share_of(half.sum(), len(half), 0.5).sigmas(0.5) < ROOM


def test_differential_phase() -> None:
    """Each slot is a Poisson number of photons at the right output, and a few at the wrong one."""
    mean, efficiency, wrong = 0.2, 0.3, 0.02
    source = DifferentialPhase(
        rate="1 GHz",
        length="10 km",
        mean_photons=mean,
        detector=detector(efficiency, 1e-5),
        misalignment=wrong,
    )
    seen = mean * efficiency * 10**-0.2
    for bit, patterns in enumerate(source.bench.exact.patterns):
        right = 1 - exp(-seen * (1 - wrong)) * (1 - 1e-5)
        outlets = [int(outlet.detector == "differs") for outlet in source.bench.outlets]
        place = outlets.index(bit)
        assert patterns[1 << place] + patterns[3] == pytest.approx(right, rel=1e-9)
    block = source.block(100_000, np.random.default_rng(1))
    assert block.sent.shape == (1, 1)


def test_slots_of_differential_phase_are_independent() -> None:
    """A train of pulses, each an event that meets its neighbours, gives the shares of the slots' law."""
    source = DifferentialPhase(
        rate="100 MHz", length=0, mean_photons=0.5, detector=detector(0.8), visibility=0.9
    )
    bench = source.bench
    train = type(bench)(
        bench.assemblies[0].with_parameters({"writer.theta": 0.0, "laser.random_phase": False}),
        bench.period_ps,
        [_phases()],
        [0],
    )
    train.assemblies = [
        each.with_parameters({"laser.mean_photons": source.mean_photons}) for each in train.assemblies
    ]
    slots = 700
    sim = Simulator(9)
    run = PulseRun(sim, "train", train, slots)
    sim.run(until=(slots + 2) * bench.period_ps)
    clicks = run.clicks()
    patterns = np.zeros(slots, dtype=int)
    patterns[clicks.slot] = clicks.pattern
    differs = np.diff(run.settings) % 2
    law = bench.exact.patterns
    counts = np.array([np.bincount(patterns[1:][differs == bit], minlength=4) for bit in (0, 1)])
    expected = counts.sum(axis=1, keepdims=True) * law
    assert follows(counts.ravel(), expected.ravel()) > FALSE_ALARM
    neighbours = np.bincount(4 * patterns[1:-1] + patterns[2:], minlength=16)
    alone = np.outer(
        *[np.bincount(part, minlength=4) / (slots - 2) for part in (patterns[1:-1], patterns[2:])]
    )
    common = alone.ravel() * slots > 5
    rest = neighbours[~common].sum(), alone.ravel()[~common].sum() * (slots - 2)
    assert (
        follows([*neighbours[common], rest[0]], [*alone.ravel()[common] * (slots - 2), rest[1]]) > FALSE_ALARM
    )


def _phases() -> Any:
    from hardware.optics.bench import Choice

    return Choice([0.5, 0.5], [{"laser.phase": bit * pi} for bit in (0, 1)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MdiStation(mean_photons=(0.1,)), "one entry for each"),
        (lambda: EntangledKeys(first_angles=(0, 1, 2)), "got 2 for 3"),
        (lambda: EntangledKeys(first_chances=(0.5, 0.4)), "add up to 1"),
        (lambda: EntangledKeys(rate="2 GHz"), "detection windows"),
        (lambda: DifferentialPhase(rate="2 GHz"), "detection windows"),
    ],
)
def test_what_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def test_all_are_found_by_name() -> None:
    assert set(registry.names("key-source")) >= {"bb84-polarisation", "bb84-time-bin", "bbm92", "dps"}
    assert "mdi-polarisation" in registry.names("mdi-station")
    assert {"wired", "hong-ou-mandel", "heralded-photons"} <= set(registry.names("assembly"))
    assert len(registry.names("optic")) >= 17


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_receiver_that_takes_one_basis_only(chance: float) -> None:
    for passive in (False, True):
        source = PolarisationBB84(length=0, detector=detector(0.5), receiver_z=chance, passive=passive)
        block = source.block(20_000, np.random.default_rng(1))
        assert len(block.slot) > 100
        assert set(block.seen_basis) == {1 - int(chance)}


@pytest.mark.parametrize("kind", [PolarisationBB84, TimeBinBB84])
def test_darkness_and_glare(kind: type[DecoyBB84]) -> None:
    dark = kind(length="10 km", mean_photons=(0.0,), intensity_chances=(1,), detector=detector(0.5))
    assert len(dark.block(10**9, np.random.default_rng(1)).slot) == 0
    glare = kind(length=0, mean_photons=(1e5,), intensity_chances=(1,), detector=detector(0.5))
    block = glare.block(600_000, np.random.default_rng(1))
    assert len(block.slot) > 290_000
    assert np.all(np.diff(block.slot) > 0)
    assert block.slot[-1] < 600_000
    assert block.double.mean() > 0.2

"""A bench in blocks and pulse by pulse: the same law, the same sequences of clicks."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from hardware.optics.bench import Bench, Clicks
from hardware.optics.optical_assembly import Assembly
from hardware.optics.pulse_events import PulseRun
from hardware.optics.weak_pulse_bb84 import PolarisationBB84, TimeBinBB84
from qsim import registry
from qsim.errors import ParameterError
from qsim.kernel import Simulator
from tests.hardware.optics.test_optical_benches import detector, meeting
from tests.statistics import FALSE_ALARM, follows, same_distribution, same_frequencies

SLOT = 100_000


def pulses(bench: Bench, slots: int, seed: int = 3) -> Clicks:
    """A run in which every pulse is an event."""
    sim = Simulator(seed)
    run = PulseRun(sim, "bench", bench, slots)
    latest = max(outlet.time_ps for outlet in bench.outlets)
    sim.run(until=(slots + 10) * bench.period_ps + latest)
    assert len(run.settings) == slots
    return run.clicks()


def held_to_law(bench: Bench, slots: int = 1000, seed: int = 3) -> None:
    """Frequencies of settings and patterns, pulse by pulse, against the exact law."""
    clicks = pulses(bench, slots, seed)
    law = bench.exact.chances[:, None] * bench.exact.patterns
    size = law.shape[1]
    counts = np.bincount(clicks.setting * size + clicks.pattern, minlength=law.size).astype(float)
    law = law.ravel()
    law[::size] = 0
    common = law * slots > 10
    assert common.sum() > 1
    rest, others = counts[~common].sum(), law[~common].sum() * slots
    empty, silent = slots - counts.sum(), slots - law.sum() * slots
    assert follows([*counts[common], rest + empty], [*law[common] * slots, others + silent]) > FALSE_ALARM


EMITTER = {"kind": "photon-emitter", "brightness": 0.8, "g2": 0.1, "indistinguishability": 0.9}
LASER = {"kind": "weak-laser", "mean_photons": 0.8}


@pytest.mark.parametrize("source", [EMITTER, LASER], ids=["photons", "weak pulses"])
def test_the_dip(source: dict[str, Any]) -> None:
    held_to_law(Bench(meeting(source, source, 0.8, 0.01), SLOT))


def test_a_photon_meets_a_weak_pulse() -> None:
    held_to_law(Bench(meeting({**EMITTER, "g2": 0}, {**LASER, "mean_photons": 0.2}, 0.9, 0.0), SLOT), 500)


def test_heralded_photons_at_a_splitter() -> None:
    ready = {"kind": "heralded-photons", "mean_pairs": 0.4, "idler_loss": "0.5 dB"}
    assembly = registry.build("assembly", {**ready, "detector": detector(0.7)["detector"]})
    held_to_law(Bench(assembly, SLOT))


@pytest.mark.parametrize("passive", [False, True])
def test_time_bins_behind_an_interferometer(passive: bool) -> None:
    source = TimeBinBB84(
        length="5 km",
        mean_photons=(0.8, 0.2),
        intensity_chances=(0.7, 0.3),
        detector=detector(0.6, 0.001)["detector"],
        misalignment=0.05,
        visibility=0.9,
        passive=passive,
    )
    held_to_law(source.bench, 900)


def test_polarisation() -> None:
    source = PolarisationBB84(
        length="5 km", mean_photons=(0.8,), intensity_chances=(1,), detector=detector(0.6)["detector"]
    )
    held_to_law(source.bench, 900)


@pytest.mark.parametrize(
    "memory",
    [
        {"count_rate": "25 MHz"},
        {"count_rate": "25 MHz", "dark_count_rate": "5 MHz"},
        {"count_rate": "25 MHz", "dark_count_rate": "5 MHz", "gated": True},
        {"count_rate": "100 MHz", "afterpulse_probability": 0.4, "afterpulse_lifetime": "40 ns"},
        {"count_rate": None, "jitter": "500 ps"},
        {"count_rate": "100 MHz", "afterpulse_probability": 0.4, "gated": True, "jitter": "200 ps"},
    ],
    ids=["dead time", "dark counts", "gates", "afterpulses", "jitter", "all"],
)
def test_what_detectors_remember(memory: dict[str, Any]) -> None:
    """Intervals between clicks and numbers of clicks alike, from detectors that remember their own."""
    model = {"kind": "threshold", "efficiency": 0.8, **memory}
    assembly = Assembly(
        {
            "laser": {"kind": "weak-laser", "mean_photons": 0.3},
            "end": {"kind": "detector", "detector": model},
        },
        ("laser.out -> end.in",),
    )
    bench = Bench(assembly, 10_000)
    slots = 4000
    events, block = pulses(bench, slots), bench.run(slots, np.random.default_rng(8))
    assert same_distribution(np.diff(events.slot).tolist(), np.diff(block.slot).tolist()) > FALSE_ALARM
    parts = [Counter((clicks.slot // 20).tolist()).values() for clicks in (events, block)]
    assert same_frequencies(Counter(parts[0]), Counter(parts[1])) > FALSE_ALARM


def test_pulses_that_meet_across_slots_interfere() -> None:
    """A laser whose phase stays, behind an interferometer as long as a slot: all light leaves one output."""
    assembly = Assembly(
        {
            "laser": {"kind": "weak-laser", "mean_photons": 2.0, "random_phase": False},
            "meeting": {"kind": "mach-zehnder", "delay": "100 ns"},
            "plus": detector(),
            "minus": detector(),
        },
        ("laser.out -> meeting.in", "meeting.plus -> plus.in", "meeting.minus -> minus.in"),
    )
    sim = Simulator(4)
    bench = Bench(assembly, 300_000)
    bench.period_ps = 100_000  # as no bench in blocks would allow
    run = PulseRun(sim, "bench", bench, 300)
    sim.run(until=40_000_000)
    seen = {name: np.array(times) for name, times in run._seen.items()}
    # Only the first pulse and the last one meet none.
    assert np.all(np.isin(seen.get("minus", []), [0, 30_000_000]))
    assert len(seen["plus"]) > 200


def test_single_photons_that_meet_across_slots_without_end_are_refused() -> None:
    assembly = Assembly(
        {
            "dot": {"kind": "pair-source", "mean_pairs": 5.0},
            "meeting": {"kind": "mach-zehnder", "delay": "100 ns"},
            "plus": detector(),
            "minus": detector(),
        },
        ("dot.signal -> meeting.in", "meeting.plus -> plus.in", "meeting.minus -> minus.in"),
        ("dot.idler",),
    )
    bench = Bench(assembly, 300_000)
    bench.period_ps = 100_000
    sim = Simulator(4)
    PulseRun(sim, "bench", bench, 300)
    with pytest.raises(ParameterError, match="let the delays be shorter"):
        sim.run(until=40_000_000)


def test_no_slots_send_nothing() -> None:
    assert len(pulses(Bench(meeting(LASER, LASER), SLOT), 0).slot) == 0

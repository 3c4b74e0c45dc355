"""A block in pieces: detectors remember across their borders, and nothing hangs on how long a piece is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from hardware.optics import bench as benches
from hardware.optics.bench import Bench, Clicks
from hardware.optics.optical_assembly import Assembly
from tests.statistics import FALSE_ALARM, same_distribution, same_frequencies

SLOT = 10_000
MEMORIES: dict[str, dict[str, Any]] = {
    "dead time": {"count_rate": "25 MHz"},
    "dark counts": {"count_rate": "25 MHz", "dark_count_rate": "5 MHz"},
    "gates": {"count_rate": "25 MHz", "dark_count_rate": "5 MHz", "gated": True},
    "afterpulses": {
        "count_rate": "100 MHz",
        "afterpulse_probability": 0.4,
        "afterpulse_lifetime": "80 ns",
    },
    "jitter": {"count_rate": None, "jitter": "3 ns"},
}


def bench(memory: dict[str, Any], delay: str) -> Bench:
    """A laser whose light comes to a detector at once and after a delay."""
    model = {"kind": "threshold", "efficiency": 0.8, "window": "500 ps", **memory}
    assembly = Assembly(
        {
            "laser": {"kind": "weak-laser", "mean_photons": 1.0},
            "meeting": {"kind": "mach-zehnder", "delay": delay},
            "end": {"kind": "detector", "detector": model},
        },
        ("laser.out -> meeting.in", "meeting.plus -> end.in"),
        ("meeting.minus",),
    )
    return Bench(assembly, SLOT)


def cut(made: Bench, slots: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> Clicks:
    """A block in pieces of some three clicks."""
    with monkeypatch.context() as patched:
        patched.setattr(benches, "_PIECE", 3)
        return made.run(slots, np.random.default_rng(seed))


@pytest.mark.parametrize("delay", ["4 ns", "123 ns"], ids=["in the slot", "many slots later"])
@pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)
def test_a_block_in_pieces_is_a_block(
    memory: dict[str, Any], delay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bench(memory, delay)
    slots = 3000
    whole = made.run(slots, np.random.default_rng(1))
    pieces = cut(made, slots, 2, monkeypatch)
    assert np.all(np.diff(pieces.slot) > 0)
    assert pieces.slot[-1] < slots
    assert pieces.pattern.all()
    for outlet in (1, 2):
        gaps = [np.diff(each.slot[each.pattern & outlet > 0]).tolist() for each in (whole, pieces)]
        assert same_distribution(*gaps) > FALSE_ALARM
    parts = [Counter((clicks.slot // 20).tolist()).values() for clicks in (whole, pieces)]
    assert same_frequencies(Counter(parts[0]), Counter(parts[1])) > FALSE_ALARM


@pytest.mark.parametrize("delay", ["4 ns", "123 ns"])
def test_no_click_within_the_dead_time_across_a_border(delay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench({"count_rate": "25 MHz"}, delay)
    clicks = cut(made, 5000, 1, monkeypatch)
    times = [
        slot * SLOT + outlet.time_ps
        for slot, pattern in zip(clicks.slot.tolist(), clicks.pattern.tolist(), strict=True)
        for place, outlet in enumerate(made.outlets)
        if pattern >> place & 1
    ]
    assert len(times) > 500
    assert np.diff(np.sort(times)).min() > 40_000


def test_light_that_comes_late_keeps_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces far shorter than a delay: no click of light that was not sent."""
    made = bench({"count_rate": "1 GHz", "dark_count_rate": 0.0}, "1004 ns")
    dark = Bench(made.assemblies[0], SLOT, [benches.Choice([0.9, 0.1], _ON)])
    clicks = cut(dark, 3000, 4, monkeypatch)
    assert set(clicks.setting) == {1}
    assert {1, 2} <= set(clicks.pattern)


_ON = [{"laser.mean_photons": mean} for mean in (0.0, 1.0)]

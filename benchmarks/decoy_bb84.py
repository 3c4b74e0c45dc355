"""Key distribution with decoy states at 80 MHz over 50 km, slot by slot as far as anything clicks.

A transmitter of three intensities, fibre of 0.2 dB/km, and two free-running threshold detectors with 40 ns of
dead time; polarisation and time bins. And 1000 km, where there is nothing to see.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from _harness import Case, Report, Timed, alternate, measure, run

from hardware.detector import ThresholdDetector
from hardware.optics.raw_block import RawBlock
from hardware.optics.weak_pulse_bb84 import DecoyBB84, PolarisationBB84, TimeBinBB84

RATE = 80e6


def block(source: DecoyBB84, seconds: float) -> Case[RawBlock]:
    """A block of so many seconds."""

    def prepare() -> Callable[[], RawBlock]:
        return lambda: source.block(round(seconds * RATE), np.random.default_rng(1))

    return prepare


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure both encodings, and a link that is too long."""
    seconds, repeats = (0.1, 1) if options.quick else (1.0, 9)
    detector = ThresholdDetector(0.2, 100.0)
    polarisation = PolarisationBB84(RATE, "50 km", None, detector, misalignment=0.01)
    time_bin = TimeBinBB84(RATE, "50 km", None, detector, misalignment=0.01)
    far = PolarisationBB84(RATE, "1000 km", None, detector)
    cases = {
        "polarisation, 50 km": block(polarisation, seconds),
        "time bins, 50 km": block(time_bin, seconds),
        "polarisation, 1000 km": block(far, seconds),
    }
    measure(block(polarisation, 0.01), 1)  # loads what is loaded at first use
    timed = alternate(cases, repeats)
    report.table(
        ["", "CPU s per simulated s", "clicks /s", "ns a click"],
        [_row(name, one, seconds) for name, one in timed.items()],
    )
    report.say("SeQUeNCe needs about 300 s a simulated second for weak pulses at 80 MHz, without decoys.")
    report.goal(
        "decoy BB84 at 80 MHz over 50 km, CPU s per simulated s",
        timed["polarisation, 50 km"].median / seconds,
        0.05,
        "s",
    )


def _row(name: str, timed: Timed[RawBlock], seconds: float) -> list[object]:
    clicks = len(timed.outcome.slot)
    return [name, timed.text(1 / seconds), clicks / seconds, timed.median / max(clicks, 1) * 1e9]


if __name__ == "__main__":
    run(__doc__, fill)

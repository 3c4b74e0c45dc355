"""Pulses and pairs in two time bins behind interferometers, held to closed forms and independent values."""

from __future__ import annotations

from math import cos, pi, sqrt

import numpy as np
import pytest

from hardware.optics.bench import Bench
from hardware.optics.optical_assembly import Assembly
from tests.hardware.optics.test_optical_benches import SLOT, clicks, detector


@pytest.mark.parametrize(
    ("mean", "dark", "phase", "visibility", "plus", "minus", "middle", "wrong"),
    [
        (
            *(0.1, 1e-5, 0.0, 0.98),
            (0.01243207528412349, 0.048304358915119194, 0.01243207528412349),
            (0.01243207528412349, 0.0005098700220804719, 0.01243207528412349),
            *(0.04878959999265303, 0.01019798378921079),
        ),
        (
            *(0.5, 0.0, pi / 2, 1.0),
            (0.06058693718652419, 0.11750309741540454, 0.06058693718652419),
            (0.06058693718652419, 0.11750309741540454, 0.06058693718652419),
            *(0.22119921692859504, 0.5),
        ),
    ],
)
def test_a_pair_of_weak_pulses(
    mean: float,
    dark: float,
    phase: float,
    visibility: float,
    plus: tuple[float, ...],
    minus: tuple[float, ...],
    middle: float,
    wrong: float,
) -> None:
    """Clicks in three slots at either output, and the errors of the middle one, two clicks being a coin."""
    found = clicks(
        Assembly(
            {
                "laser": {"kind": "weak-laser", "mean_photons": mean, "encoding": "time-bin"},
                "writer": {"kind": "time-bin-encoder", "phase": phase, "delay": "2 ns"},
                "meeting": {"kind": "mach-zehnder", "delay": "2 ns", "visibility": visibility},
                "plus": detector(1.0, dark),
                "minus": detector(1.0, dark),
            },
            (
                "laser.out -> writer.in",
                "writer.out -> meeting.in",
                "meeting.plus -> plus.in",
                "meeting.minus -> minus.in",
            ),
        )
    )
    for name, expected in (("plus", plus), ("minus", minus)):
        assert [found[name, time] for time in (0, 2000, 4000)] == pytest.approx(expected, rel=1e-9)
    right, other = found["plus", 2000], found["minus", 2000]
    either = right + other - right * other
    assert either == pytest.approx(middle, rel=1e-9)
    assert (other - right * other / 2) / either == pytest.approx(wrong, rel=1e-9)


def analysed(phases: tuple[float, float], visibility: float) -> dict[tuple[str, int, str, int], float]:
    """Joint probability of one click at either end, by output and moment, of rare pairs given that it is."""
    parts = {
        "pairs": {
            "kind": "pair-source",
            "mean_pairs": 1e-7,
            "entangled": "time-bin",
            "bin_separation": "2 ns",
            "encoding": "time-bin",
        }
    }
    wires = []
    for end, port, phase in zip("ab", ("signal", "idler"), phases, strict=True):
        parts[f"{end}-meeting"] = {
            "kind": "mach-zehnder",
            "delay": "2 ns",
            "phase": phase,
            "visibility": visibility,
        }
        wires.append(f"pairs.{port} -> {end}-meeting.in")
        for out in ("plus", "minus"):
            parts[f"{end}-{out}"] = detector()
            wires.append(f"{end}-meeting.{out} -> {end}-{out}.in")
    bench = Bench(Assembly(parts, tuple(wires)), SLOT)
    weights = {}
    for pattern, chance in enumerate(bench.exact.patterns[0]):
        lit = [outlet for k, outlet in enumerate(bench.outlets) if pattern >> k & 1]
        if [outlet.detector[0] for outlet in lit] == ["a", "b"]:
            (one, early), (other, late) = lit
            weights[one[2:], early // 2000, other[2:], late // 2000] = chance
    total = sum(weights.values())
    assert total == pytest.approx(1e-7, rel=1e-5)
    return {key: weight / total for key, weight in weights.items()}


@pytest.mark.parametrize(("phases", "visibility"), [((0.0, 0.0), 1.0), ((0.4, 0.9), 1.0), ((0.3, -0.8), 0.9)])
def test_time_bin_pairs_between_two_interferometers(phases: tuple[float, float], visibility: float) -> None:
    """Franson (1989): half of the pairs come at the same instant, a quarter is in the middle at both ends."""
    found = analysed(phases, visibility)
    slots = np.zeros((3, 3))
    for (_, one, _, other), chance in found.items():
        slots[one, other] += chance
    expected = [[0.125, 0.125, 0], [0.125, 0.25, 0.125], [0, 0.125, 0.125]]
    assert slots == pytest.approx(np.array(expected), abs=1e-5)
    differences = [np.trace(slots, offset=offset) for offset in (-1, 0, 1)]
    assert differences == pytest.approx([0.25, 0.5, 0.25], abs=1e-5)
    # Either interferometer takes its visibility.
    fringe = visibility**2 * cos(sum(phases))
    for one in ("plus", "minus"):
        for other in ("plus", "minus"):
            sign = 1 if one == other else -1
            assert found[one, 1, other, 1] == pytest.approx((1 + sign * fringe) / 16, abs=1e-5)


def test_bell_test_of_time_bins() -> None:
    """2 sqrt(2) V after selection of the middle slots."""
    visibility = 0.95
    total = 0.0
    for a, b, sign in ((0, pi / 4, 1), (0, -pi / 4, 1), (pi / 2, pi / 4, -1), (pi / 2, -pi / 4, 1)):
        found = analysed((a, b), sqrt(visibility))
        middle = {(one, other): found[one, 1, other, 1] for one, _, other, _ in found}
        alike = middle["plus", "plus"] + middle["minus", "minus"]
        total += sign * (2 * alike / sum(middle.values()) - 1)
    assert total == pytest.approx(2 * sqrt(2) * visibility, abs=1e-4)

"""Photons with a shape in the windows of two detectors, against closed forms, quadrature and draws."""

from __future__ import annotations

import random
from math import cos, erf, exp, pi, sqrt

import numpy as np
import pytest

from hardware.detector import ThresholdDetector
from hardware.emission import PLAIN, Emission
from hardware.interference import Interference
from hardware.link_models import BarrettKok, LinkHardware, TwoPhoton
from hardware.memory import AtomicMemory
from hardware.wave_packets import WavePackets
from qsim.analytic import photon_shape
from qsim.errors import ParameterError
from tests.statistics import ROOM, share_of

NS = 1e-9


def window(width: float, start: float, jitter: float = 0.0) -> ThresholdDetector:
    """A detector with a window, ns."""
    return ThresholdDetector(window=width * NS, window_start=start * NS, jitter=jitter * NS, count_rate=None)


def packets(
    lifetimes: tuple[float, float],
    coherence_times: tuple[float | None, float | None],
    detuning: float,
    *detectors: ThresholdDetector,
) -> WavePackets:
    """Photons of given lifetimes and coherence times, ns, at a detuning, MHz."""
    emissions = [
        Emission(lifetime=tau * NS, coherence_time=None if time is None else time * NS)
        for tau, time in zip(lifetimes, coherence_times, strict=True)
    ]
    return WavePackets.of(emissions, detuning * 1e6, (detectors[0], detectors[-1]))


@pytest.mark.parametrize("time", [None, 18.0, 12.0, 8.0])
@pytest.mark.parametrize("detuning", [0.0, 15.0, -40.0])
@pytest.mark.parametrize(("width", "start"), [(25.0, 0.0), (10.0, 3.0), (30.0, -5.0), (2000.0, 0.0)])
def test_like_emitters_follow_the_closed_forms(
    time: float | None, detuning: float, width: float, start: float
) -> None:
    found = packets((12.0, 12.0), (time, time), detuning, window(width, start))
    shape = (12 * NS, width * NS, None if time is None else time * NS, detuning * 1e6, start * NS)
    kept = photon_shape.capture(12 * NS, width * NS, start * NS)
    assert found.captured == ((pytest.approx(kept),) * 2,) * 2
    assert found.crossed[0][0] / kept**2 == pytest.approx(photon_shape.visibility(*shape), abs=1e-9)
    assert found.crossed[0] == (pytest.approx(found.crossed[0][0]),) * 2
    assert abs(found.coherent[1]) / kept == pytest.approx(photon_shape.coherence(*shape), abs=1e-9)


@pytest.mark.parametrize("model", [BarrettKok, TwoPhoton])
@pytest.mark.parametrize("visibility", [1.0, 0.9])
@pytest.mark.parametrize(
    ("width", "fidelity"), [(2.0, 0.9541), (10.0, 0.8313), (25.0, 0.7370), (100.0, 0.6954)]
)
def test_two_clicks_keep_the_square_of_what_one_keeps(
    model: type[BarrettKok] | type[TwoPhoton], visibility: float, width: float, fidelity: float
) -> None:
    """F = (1 + V M²)/2 of photons with a shape, V what else tells them apart; not (1 + V(W))/2."""
    memory = AtomicMemory(lifetime=12 * NS, optical_coherence_time=15 * NS)
    detectors = (window(width, 0.0),) * 2
    found = model(visibility=visibility).profile(LinkHardware(memory, memory, 0.1, 0.1, 0, 0, detectors))
    kept = photon_shape.coherence(12 * NS, width * NS, 15 * NS)
    assert found.fidelity == pytest.approx((1 + visibility * kept**2) / 2, abs=1e-9)
    if visibility == 1:
        assert found.fidelity == pytest.approx(fidelity, abs=5e-5)


def test_unlike_emitters_and_windows_agree_with_quadrature() -> None:
    """Two lifetimes, one dephasing transition, a detuning, two windows; a lattice errs by some 1e-5."""
    found = packets((12.0, 7.0), (15.0, None), 30.0, window(20.0, 2.0), window(9.0, -1.0))
    gamma, beat = 1 / 15 - 1 / 24, 2 * pi * 0.03
    grids = [low + (high - low) * (np.arange(1500) + 0.5) / 1500 for low, high in ((2, 22), (0, 8))]
    steps = [20 / 1500, 8 / 1500]
    for i, one in enumerate(grids):
        for lifetime, kept in zip((12, 7), found.captured, strict=True):
            assert kept[i] == pytest.approx(np.sum(np.exp(-one / lifetime) / lifetime) * steps[i], abs=1e-5)
        amplitude = np.exp(-one * (1 / 12 + 1 / 7) / 2) / sqrt(84)
        mean = np.sum(amplitude * np.exp(-(gamma - 1j * beat) * one)) * steps[i]
        assert found.coherent[i] == pytest.approx(mean, abs=1e-5)
        for j, two in enumerate(grids):
            apart = one[:, None] - two[None, :]
            field = np.exp(-(one[:, None] + two[None, :]) * (1 / 12 + 1 / 7) / 2) / 84
            value = np.sum(field * np.exp(-gamma * np.abs(apart)) * np.cos(beat * apart))
            assert found.crossed[i][j] == pytest.approx(value * steps[i] * steps[j], abs=1e-5)


def test_jitter_moves_times_over_the_edges_of_a_window() -> None:
    """An exponential time with a Gaussian spread, as drawn; what comes after the window is too late."""
    found = packets((5.0, 5.0), (None, None), 0.0, window(8.0, 1.0, jitter=2.0))
    rng, inside = random.Random(3), 0
    for _ in range(20_000):
        time = rng.expovariate(1 / 5.0)
        inside += time <= 9 and 1 <= time + rng.gauss(0, 2.0) <= 9
    kept = found.captured[0][0]
    assert share_of(inside, 20_000, kept).sigmas(kept) < ROOM
    assert kept < photon_shape.capture(5 * NS, 8 * NS, 1 * NS)
    # Photons that come at once are spread over the edge alone.
    prompt = packets((1e-3, 1e-3), (None, None), 0.0, window(8.0, 1.0, jitter=2.0))
    spread = (erf(9 / 2 / sqrt(2)) - erf(1 / 2 / sqrt(2))) / 2
    assert prompt.captured[0][0] == pytest.approx(spread, abs=1e-3)


@pytest.mark.parametrize("splitter", [0.5, 0.3])
@pytest.mark.parametrize(
    "shape",
    [
        None,
        packets((12.0, 12.0), (18.0, 18.0), 10.0, window(20.0, 1.0)),
        packets((12.0, 7.0), (15.0, None), 30.0, window(20.0, 2.0), window(9.0, -1.0)),
    ],
)
def test_two_photons_end_somewhere(splitter: float, shape: WavePackets | None) -> None:
    """All probabilities of a meeting are some, and those of two photons are those of draws one by one."""
    light = Interference(0.8, True, splitter, packets=shape)
    meeting = light.meeting()
    ways = (meeting.bunched, meeting.apart, *meeting.lone, meeting.missed)
    assert min(ways) >= 0
    assert sum(ways) == pytest.approx(1)
    if shape is None:
        reflected = 1 - splitter
        assert meeting.apart == pytest.approx(splitter**2 + reflected**2 - 2 * splitter * reflected * 0.8)
    detectors = (window(20.0, 1.0),) * 2
    if shape is not None and shape.lifetimes[0] != shape.lifetimes[1]:
        detectors = window(20.0, 2.0), window(9.0, -1.0)
    rng, seen = random.Random(4), dict.fromkeys(((2, 0), (0, 2), (1, 1), (1, 0), (0, 1), (0, 0)), 0)
    for _ in range(20_000):
        delays = light.apart_or_together(rng)
        counts = [
            sum(
                shape is None or one.opens_ps() <= 1e12 * delay <= one.opens_ps() + one.window_ps()
                for delay in at
            )
            for one, at in zip(detectors, delays, strict=True)
        ]
        seen[counts[0], counts[1]] += 1
    expected = {
        (2, 0): meeting.bunched * meeting.shares[0],
        (0, 2): meeting.bunched * meeting.shares[1],
        (1, 1): meeting.apart,
        (1, 0): meeting.lone[0],
        (0, 1): meeting.lone[1],
        (0, 0): meeting.missed,
    }
    for pattern, share in expected.items():
        share = max(share, 0.0)
        assert share_of(seen[pattern], 20_000, share).sigmas(share) < ROOM


def test_what_single_photons_keep_adds_up_over_windows_and_what_is_outside() -> None:
    """The integral over all delays of what a click at each keeps, piece by piece."""
    found = packets((12.0, 7.0), (15.0, None), 30.0, window(20.0, 2.0), window(9.0, -1.0))
    delays = (np.arange(200_000) + 0.5) * 2e-3 * NS
    for output, (low, high) in enumerate(((2, 22), (-1, 8))):
        amplitude = np.exp(-delays / NS * (1 / 12 + 1 / 7) / 2) / sqrt(84) / NS
        kept = np.array([found.coherence(output, delay) for delay in delays[::200]])
        phase = np.angle(found.coherent[output])
        values = np.exp(-found.dephasing * delays) * np.cos(found.detuning * delays - phase)
        assert kept == pytest.approx(values[::200])
        inside = (delays >= low * NS) & (delays <= high * NS)
        step = 2e-3 * NS
        assert np.sum((amplitude * values)[inside]) * step == pytest.approx(
            abs(found.coherent[output]), abs=1e-4
        )
        assert np.sum((amplitude * values)[~inside]) * step == pytest.approx(found.outside(output), abs=1e-4)


def test_crossing_is_that_of_two_fields() -> None:
    found = packets((12.0, 7.0), (15.0, None), 30.0, window(20.0, 2.0))
    one, two = 3 * NS, 8 * NS
    fields = [found.density(first, one) * found.density(first, two) for first in (True, False)]
    gone = exp(-found.dephasing * 5 * NS) * cos(2 * pi * 30e6 * 5 * NS)
    assert found.crossing(one, two) == pytest.approx(sqrt(fields[0] * fields[1]) * gone)
    assert found.crossing(two, one) == found.crossing(one, two)


def test_a_detuning_beyond_all_interference_is_refused() -> None:
    with pytest.raises(ParameterError, match="set `visibility` to 0"):
        packets((12.0, 12.0), (None, None), 1e9, window(100.0, 0.0))


def test_photons_without_a_lifetime_have_no_shape() -> None:
    with pytest.raises(ParameterError, match="`lifetime`"):
        WavePackets.of((PLAIN, Emission(lifetime=1e-9)), 0.0, (window(1, 0),) * 2)

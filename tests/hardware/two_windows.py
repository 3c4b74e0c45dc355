"""One detector in two windows, click by click: calculates anew what `hardware.heads` sums up."""

from __future__ import annotations

import heapq
import random
from collections import Counter

from hardware.detector import DetectorModel


def counts_in_two_windows(
    model: DetectorModel, photons: tuple[int, int], separation: float, runs: int, seed: int
) -> Counter[tuple[int, int]]:
    """How often a detector counts how many clicks in either window; a click of two photons counts two.

    A detector that is always awake has run for twenty dead times before the first window.

    Args:
        model: the detector.
        photons: that reach it in either window.
        separation: between the windows, ps.
        runs: how often to try.
        seed: of the draws.
    """
    rng = random.Random(seed)
    opens, width, dead = model.opens_ps(), model.window_ps(), model.dead_time_ps()
    rate, end = model.dark_count_rate * 1e-12, separation + width
    stretches = [(0.0, width), (separation, end)] if model.gated else [(-20.0 * dead, end)]
    found: Counter[tuple[int, int]] = Counter()
    for _ in range(runs):
        events = [(-opens, photons[0], True), (separation - opens, photons[1], True)]
        for since, until in stretches:
            time = since + rng.expovariate(rate) if rate else end + 1
            while time <= until:
                events.append((time, 1, False))
                time += rng.expovariate(rate)
        heapq.heapify(events)
        blind, counted = -1e30, [0, 0]
        while events:
            time, number, light = heapq.heappop(events)
            if light:
                number = sum(rng.random() < model.efficiency for _ in range(number))
            window = 0 if 0 <= time <= width else 1 if separation <= time <= end else None
            if number == 0 or time <= blind or (model.gated and window is None):
                continue
            blind = time + dead
            stated = time + (rng.gauss(0, model.jitter * 1e12) if light and model.jitter else 0.0)
            for place, start in enumerate((0.0, separation)):
                counted[place] += number if start <= stated <= start + width else 0
            if rng.random() < model.afterpulse_probability:
                heapq.heappush(events, (time + rng.expovariate(1e-12 / model.afterpulse_lifetime), 1, False))
        found[counted[0], counted[1]] += 1
    return found

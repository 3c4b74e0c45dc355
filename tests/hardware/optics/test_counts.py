"""Detectors that count photons on a bench: laws of Poisson and of thermal light, at both levels of detail."""

from __future__ import annotations

from math import exp, factorial
from typing import Any

import numpy as np
import pytest

from hardware.optics.bench import Bench
from hardware.optics.count_law import Counts
from hardware.optics.optical_assembly import Assembly
from hardware.optics.pulse_events import PulseRun
from qsim.errors import ParameterError
from qsim.kernel import Simulator
from tests.hardware.optics.test_optical_benches import SLOT, detector
from tests.statistics import FALSE_ALARM, follows


def counter(efficiency: float = 1.0, dark: float = 0.0, **more: Any) -> dict[str, Any]:
    """A detector that counts, with a mean number of dark counts in its window of 1 ns."""
    model = {"efficiency": efficiency, "dark_count_rate": dark / 1e-9, "count_rate": None, **more}
    return {"kind": "detector", "detector": {"kind": "number-resolving", **model}}


def laser(mean: float, *end: Any, **more: Any) -> Bench:
    source = {"kind": "weak-laser", "mean_photons": mean}
    parts = {"laser": source, "end": counter(*end, **more)}
    return Bench(Assembly(parts, ("laser.out -> end.in",)), SLOT)


def pairs(mean: float, signal: Any, idler: Any) -> Bench:
    """Both arms of a source of pairs whose number is thermal."""
    source = {"kind": "pair-source", "mean_pairs": mean, "encoding": "single-rail"}
    parts = {"pairs": source, "a": signal, "b": idler}
    return Bench(Assembly(parts, ("pairs.signal -> a.in", "pairs.idler -> b.in")), SLOT)


def poisson(mean: float) -> list[float]:
    return [exp(-mean) * mean**n / factorial(n) for n in range(16)]


def thermal(mean: float) -> list[float]:
    return [mean**n / (1 + mean) ** (n + 1) for n in range(16)]


def played(bench: Bench, slots: int, seed: int) -> Counts:
    """The counts of a run in which every pulse is an event."""
    sim = Simulator(seed)
    run = PulseRun(sim, "bench", bench, slots)
    sim.run(until=(slots + 10) * bench.period_ps)
    return run.counts()


def held(counts: Counts, law: Any, slots: int) -> None:
    """Frequencies of numbers against a joint law of the outlets, with rare ones together."""
    law = np.array(law) * slots
    found = np.zeros_like(law)
    np.add.at(found, tuple(counts.photons.T), 1)
    found.ravel()[0] = slots - len(counts.slot)
    common = law > 10
    assert common.sum() > 2
    rest = [found[~common].sum()], [slots - law[common].sum()]
    if rest[1][0] < 5:
        # Too few to be tested for themselves.
        share = law[common].sum() / slots
        assert rest[0][0] < 40
        assert (
            follows(list(found[common]), list(law[common] / share * found[common].sum() / slots))
            > FALSE_ALARM
        )
        return
    assert follows([*found[common], *rest[0]], [*law[common], *rest[1]]) > FALSE_ALARM


def test_a_laser_has_poissons_law_at_both_levels_of_detail() -> None:
    bench, law = laser(2.0, 0.6, 0.1), poisson(2.0 * 0.6 + 0.1)
    assert bench.counting.numbers[0] == pytest.approx(law, abs=1e-12)
    held(bench.counting.draw(100_000, np.random.default_rng(1)), law, 100_000)
    held(played(bench, 2000, 2), law, 2000)


def test_one_arm_of_pairs_is_thermal_at_both_levels_of_detail() -> None:
    bench = pairs(0.4, counter(0.5), detector(0.0))
    law = np.stack([thermal(0.2), [0.0] * 16], axis=1)
    assert bench.counting.numbers[0] == pytest.approx(law, abs=1e-12)
    held(bench.counting.draw(100_000, np.random.default_rng(1)), law, 100_000)
    held(played(bench, 2000, 3), law, 2000)


def test_both_arms_have_as_many_photons() -> None:
    """What one counts is known of the other: pulse by pulse it is drawn given that."""
    bench, law = pairs(0.4, counter(), counter()), np.diag(thermal(0.4))
    assert bench.counting.numbers[0] == pytest.approx(law, abs=1e-12)
    held(bench.counting.draw(50_000, np.random.default_rng(1)), law, 50_000)
    counts = played(bench, 1500, 4)
    assert (counts.photons[:, 0] == counts.photons[:, 1]).all()
    held(counts, law, 1500)


def test_a_click_beside_a_count() -> None:
    """A click of efficiency η tells n photons of the other arm by 1 - (1 - η)^n."""
    bench = pairs(0.4, counter(), detector(0.3, 0.01))
    silent = 0.99 * 0.7 ** np.arange(16)
    law = np.array(thermal(0.4))[:, None] * np.stack([silent, 1 - silent], axis=1)
    assert bench.counting.numbers[0] == pytest.approx(law, abs=1e-12)
    held(bench.counting.draw(50_000, np.random.default_rng(1)), law, 50_000)
    held(played(bench, 2000, 5), law, 2000)


def test_clicks_are_those_of_the_counts() -> None:
    """Where detectors count, `run` says where anything was seen: as with detectors that do not."""
    counting, clicking = laser(0.7, 0.5, 0.1), laser(0.7, 0.5, 0.1, kind="threshold")
    assert counting.exact.patterns == pytest.approx(clicking.exact.patterns, rel=1e-12)
    nothing = counting.counting.numbers[0][0]
    assert counting.exact.patterns[0] == pytest.approx([nothing, 1 - nothing], rel=1e-9)


@pytest.mark.parametrize(
    ("bench", "message"),
    [
        (laser(1.0, count_rate="25 MHz"), "where none has a dead time"),
        (laser(1.0, kind="threshold"), "of the kind `number-resolving`"),
        (laser(9.0), "more than 15 photons"),
    ],
)
def test_what_cannot_be_counted_is_refused(bench: Bench, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        _ = bench.counting

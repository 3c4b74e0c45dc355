"""Times between heralds, against sums over every way in which attempts can fail."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from qsim.analytic.renewal import HeraldInterval
from qsim.analytic.waiting import geometric_survival
from qsim.errors import ParameterError


def enumerated(law: HeraldInterval, time_ns: int, most: int) -> float:
    """P(T > t) by adding up all numbers of failures and of second rounds; times in whole nanoseconds."""
    lead, again, second = (round(time * 1e9) for time in (law.lead_s, law.again_s, law.second_s))
    share = (law.first_round_success - law.success) / (1 - law.success)
    within = 0.0
    for failures in range(most):
        for longer in range(failures + 1):
            if lead + failures * again + longer * second <= time_ns:
                chance = comb(failures, longer) * share**longer * (1 - share) ** (failures - longer)
                within += law.success * (1 - law.success) ** failures * chance
    return 1 - within


@pytest.mark.parametrize(
    ("success", "first_round_success", "lead", "again", "second"),
    [
        (0.3, 0.6, 500e-9, 300e-9, 200e-9),
        (0.3, 0.6, 0.0, 300e-9, 300e-9),
        (0.05, 0.9, 700e-9, 100e-9, 700e-9),
        (0.5, 1.0, 100e-9, 100e-9, 50e-9),
        (0.4, 0.4, 100e-9, 100e-9, 50e-9),
    ],
)
def test_survival_adds_up_every_way(
    success: float, first_round_success: float, lead: float, again: float, second: float
) -> None:
    law = HeraldInterval(success, first_round_success, lead, again, second)
    times = np.arange(0, 6000, 50)
    expected = [enumerated(law, int(time), 6000 // 100 + 2) for time in times]
    assert law.survival(times * 1e-9) == pytest.approx(np.array(expected), abs=1e-12)


def test_attempts_of_one_round_are_geometric() -> None:
    law = HeraldInterval(success=0.2, first_round_success=0.2, lead_s=1e-3, again_s=1e-3, second_s=0.0)
    # T = N again, so that P(T > k again) = (1-p)^k; every tick is reached exactly.
    assert law.survival(np.arange(40) * 1e-3) == pytest.approx(geometric_survival(0.2, 40), rel=1e-12)


@pytest.mark.parametrize(("success", "first_round_success"), [(0.5, 0.8), (1e-3, 0.3), (1e-4, 0.01)])
def test_the_mean_is_the_area_below_the_survival_function(success: float, first_round_success: float) -> None:
    law = HeraldInterval(success, first_round_success, lead_s=2e-6, again_s=1e-6, second_s=0.37e-6)
    times, step = np.linspace(0, 20 * law.mean_s, 2001, retstep=True)
    survival = law.survival(times)
    assert survival[-1] < 1e-8
    # The trapezium rule, which a step function may miss by a step at its jumps.
    assert float((survival.sum() - 0.5) * step) == pytest.approx(law.mean_s, rel=3e-3)
    assert (np.diff(survival) <= 1e-12).all()


def test_certain_success_takes_the_lead_alone() -> None:
    law = HeraldInterval(success=1.0, first_round_success=1.0, lead_s=1e-3, again_s=1e-3, second_s=0.0)
    assert law.mean_s == 1e-3
    assert law.survival([0.0, 0.99e-3, 1e-3, 5e-3]).tolist() == [1.0, 1.0, 0.0, 0.0]


def test_shapes_are_kept() -> None:
    law = HeraldInterval(0.1, 0.2, 1.0, 1.0, 1.0)
    assert law.survival(np.zeros((2, 3))).shape == (2, 3)
    assert law.survival(0.5).shape == ()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"success": 0.0}, r"`success` must be in \(0, 1\], got 0"),
        ({"first_round_success": 0.05}, r"`first_round_success` must be in \[0.1, 1\], got 0.05"),
        ({"lead_s": -1.0}, r"`lead_s` must be in \[0, inf\), got -1"),
        ({"again_s": 0.0}, r"`again_s` must be in \(0, inf\), got 0"),
        ({"second_s": -1.0}, r"`second_s` must be in \[0, inf\), got -1"),
    ],
)
def test_arguments_that_mean_nothing(fields: dict[str, float], message: str) -> None:
    plain = {"success": 0.1, "first_round_success": 0.2, "lead_s": 1.0, "again_s": 1.0, "second_s": 1.0}
    with pytest.raises(ParameterError, match=message):
        HeraldInterval(**{**plain, **fields})

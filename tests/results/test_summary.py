from __future__ import annotations

import math

import pytest

from qsim.model.outcome import by_hops
from qsim.statistics import half_width
from tests.results.specimens import flow


@pytest.mark.parametrize(
    ("count", "quantile"), [(2, 12.70620), (3, 4.30265), (5, 2.77645), (9, 2.30600), (31, 2.04227)]
)
def test_the_interval_uses_students_quantile(count: int, quantile: float) -> None:
    """Quantiles as tables print them; the deviation of 0, 1, ... is sqrt(n (n + 1) / 12)."""
    values = [float(value) for value in range(count)]
    assert half_width(values) == pytest.approx(quantile * math.sqrt((count + 1) / 12), rel=1e-5)


def test_a_single_value_has_no_interval() -> None:
    assert half_width([3.0]) is None


def test_the_interval_of_three_values_by_hand() -> None:
    # mean 2, sample deviation 1, t(2) = 4.30265: 4.30265 / sqrt(3)
    assert half_width([1.0, 2.0, 3.0]) == pytest.approx(4.30265 / math.sqrt(3), rel=1e-5)


def test_flows_are_grouped_by_the_links_of_their_paths() -> None:
    rows = by_hops(
        [
            flow(("a", "b", "c"), pairs=10, throughput_hz=1.0, fidelity_mean=0.9, wait_s=1.0),
            flow(("a", "b"), pairs=100, throughput_hz=10.0),
            flow(("c", "b", "a"), pairs=30, throughput_hz=3.0, fidelity_mean=0.8, wait_s=2.0),
        ]
    )
    assert [(row.hops, row.flows, row.pairs) for row in rows] == [(1, 1, 100), (2, 2, 40)]
    two_hops = rows[1]
    assert two_hops.throughput_mean_hz == 2.0
    assert two_hops.wait_mean_s == 1.5
    assert two_hops.fidelity_mean == pytest.approx((10 * 0.9 + 30 * 0.8) / 40)
    assert rows[0].throughput_ci95_hz is None


def test_flows_without_pairs_have_no_mean_fidelity() -> None:
    (row,) = by_hops([flow(pairs=0, throughput_hz=0.0, fidelity_mean=None)])
    assert row.fidelity_mean is None


def test_no_flows_make_no_rows() -> None:
    assert by_hops([]) == ()

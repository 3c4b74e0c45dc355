from __future__ import annotations

import math

import pytest

from qsim.results.summary import by_hops, half_width, student_t
from tests.results.specimens import flow


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 8, 15, 30, 120, 10_000])
def test_the_quantile_agrees_with_scipy(degrees: int) -> None:
    from scipy.special import stdtrit

    assert student_t(degrees) == pytest.approx(float(stdtrit(degrees, 0.975)), rel=2e-3)


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

"""Division of a budget: its sum, its bounds, and proportion where no bound is in the way."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocols.resource.division import divide

SIDES = st.lists(
    st.tuples(st.floats(0, 1e3, allow_subnormal=False), st.integers(1, 200)), min_size=1, max_size=12
)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 2000), SIDES, st.integers(0, 30))
def test_shares_keep_to_their_bounds_and_add_up(budget, sides, least):
    weights, most = [weight for weight, _ in sides], [cap for _, cap in sides]
    shares = divide(budget, weights, least, most)
    low = [min(least, cap) for cap in most]
    assert all(lower <= share <= cap for lower, share, cap in zip(low, shares, most, strict=True))
    assert sum(shares) == min(max(budget, sum(low)), sum(most))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 2000), st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=12))
def test_without_bounds_each_is_within_one_of_its_proportion(budget, weights):
    shares = divide(budget, weights, 0, [budget] * len(weights))
    exact = [budget * weight / sum(weights) for weight in weights]
    assert all(abs(share - real) < 1 + 1e-6 for share, real in zip(shares, exact, strict=True))


def test_the_published_allocation_is_the_load_in_whole_memories():
    """Wu et al., arXiv 2009.12000: by the ordered pairs that use a node, twice those that cross it."""
    loads = [16, 60, 44, 16, 44, 16, 68, 16, 16]
    published = [25, 91, 67, 24, 67, 24, 103, 25, 24]
    shares = divide(450, loads, 2, [150] * 9)
    assert sum(shares) == 450
    assert all(abs(ours - theirs) <= 1 for ours, theirs in zip(shares, published, strict=True))


def test_no_weight_at_all_is_an_even_division():
    assert divide(10, [0.0, 0.0, 0.0], 0, [9, 9, 9]) == [4, 3, 3]


def test_what_one_cannot_take_goes_to_the_others():
    assert divide(100, [1.0, 1.0, 2.0], 2, [10, 200, 200]) == [10, 30, 60]


def test_extreme_weights():
    assert divide(12, [1e-300, 1.0, 1e300], 2, [50, 50, 50]) == [2, 2, 8]
    assert divide(12, [0.0, 0.0, 5.0], 2, [50, 50, 4]) == [4, 4, 4]


def test_fractions_go_to_the_largest_remainders_and_the_first_of_equal_ones():
    assert divide(10, [0.26, 0.35, 0.39], 0, [10] * 3) == [3, 3, 4]
    assert divide(5, [1.0, 1.0, 1.0], 0, [5] * 3) == [2, 2, 1]
    assert divide(6, [1.0, 1.0, 1.0, 1.0], 1, [1, 5, 5, 5]) == [1, 2, 2, 1]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 500), SIDES, st.integers(0, 30))
def test_shares_are_one_factor_times_the_weights_where_bounds_admit_it(budget, sides, least):
    """The factor is found by bisection."""
    weights, most = [weight for weight, _ in sides], [cap for _, cap in sides]
    assume(min(weights) > 1e-6)

    def bounded(factor):
        return [
            min(max(factor * weight, min(least, cap)), cap) for weight, cap in zip(weights, most, strict=True)
        ]

    wanted = min(max(budget, sum(bounded(0.0))), sum(most))
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(bounded(middle)) < wanted else (low, middle)
    shares = divide(budget, weights, least, most)
    assert all(abs(share - real) < 1 + 1e-3 for share, real in zip(shares, bounded(high), strict=True))

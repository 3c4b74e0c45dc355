"""Recurrence purification: printed values, limits, and agreement with the pair states."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import recurrence
from qsim.analytic.capacity import transmission
from qsim.analytic.generation import QUISP_SPEED
from qsim.quantum import PERFECT, BellDiagonalState, OperationNoise, recipes
from tests.analytic.printed import printed

fidelities = st.floats(0.25, 1)

# 10 000 pairs of QuISP: input; then output, success and time, each with its simulated mean and sd.
ROUND = [
    (0.60, "0.6204380", 0.62049, 0.0121, "0.6088889", 0.60904, 0.0030, "60.5535", 60.6187, 0.410),
    (0.70, "0.7352941", 0.73826, 0.0103, "0.6800000", 0.67969, 0.0039, "54.2211", 54.2952, 0.467),
    (0.80, "0.8381503", 0.83526, 0.0063, "0.7688889", 0.76924, 0.0037, "47.9528", 47.9991, 0.391),
    (0.90, "0.9263959", 0.92600, 0.0055, "0.8755556", 0.87537, 0.0036, "42.1108", 42.1085, 0.344),
    (0.96, "0.9722483", 0.97194, 0.0031, "0.9480889", 0.94856, 0.0021, "38.8891", 38.9264, 0.256),
    (1.00, "1", 1.0, 1e-9, "1", 1.0, 1e-9, "36.8703", 36.9042, 0.294),
]


@pytest.mark.parametrize(
    ("kept", "sacrificed", "probability", "fidelity"),
    [
        (0.55, 0.55, "0.58", "0.5603448276"),
        (0.6, 0.6, "0.6088888889", "0.6204379562"),
        (0.7, 0.7, "0.68", "0.7352941176"),
        (0.8, 0.8, "0.7688888889", "0.8381502890"),
        (0.9, 0.9, "0.8755555556", "0.9263959391"),
        (0.95, 0.95, "0.9355555556", "0.9649643705"),
        (0.9, 0.7, "0.76", "0.8333333333"),
    ],
)
def test_bbpssw_as_printed(kept: float, sacrificed: float, probability: str, fidelity: str) -> None:
    assert recurrence.bbpssw(kept, sacrificed) == (printed(probability), printed(fidelity))


@pytest.mark.parametrize(
    ("start", "ladder"),
    [
        (0.7, "0.7352941 0.7731707 0.8119378 0.8494720 0.8836802"),
        (0.9211213248656829, "0.943130 0.959879 0.972161 0.980918 0.987034"),
        (0.9576357620380831, "0.970539 0.979773 0.986240 0.990700"),
        (0.9909987775181183, "0.993945 0.995939 0.997282"),
    ],
)
def test_ladders_as_printed(start: float, ladder: str) -> None:
    fidelity = start
    for text in ladder.split():
        fidelity = recurrence.bbpssw(fidelity, fidelity).fidelity
        assert fidelity == printed(text)


def test_dejmps_ladder_as_printed() -> None:
    pair = (0.7, 0.1, 0.1, 0.1)
    ladder = [
        ("0.68", "0.7352941176"),
        ("0.6401384083", "0.8459459459"),
        ("0.7662527392", "0.9343946616"),
        ("0.8983866107", "0.9720040"),
        ("0.9476702", "0.9969639"),
    ]
    for probability, fidelity in ladder:
        agree, pair = recurrence.dejmps(pair)
        assert agree == printed(probability)
        assert pair[0] == printed(fidelity)


def test_dejmps_of_an_uneven_pair_as_printed() -> None:
    agree, pair = recurrence.dejmps((0.8, 0.1, 0.06, 0.04))
    assert agree == printed("0.7312")
    assert pair == tuple(map(printed, ("0.8774617068", "0.0875273523", "0.0185995624", "0.0164113786")))


@pytest.mark.parametrize(
    ("fidelity", "gate", "measurement", "probability", "purified"),
    [
        (0.8, 0.99, 1, "0.7635380", "0.8304858435"),
        (0.8, 1, 0.99, "0.7582408889", "0.8346007894"),
        (0.8, 0.99, 0.99, "0.7531018952", "0.8268770300"),
        (0.9, 0.98, 0.995, "0.8535059528", "0.9097621922"),
    ],
)
def test_noisy_bbpssw_as_printed(
    fidelity: float, gate: float, measurement: float, probability: str, purified: str
) -> None:
    found = recurrence.noisy_bbpssw(fidelity, gate, measurement)
    assert found == (printed(probability), printed(purified))


@pytest.mark.parametrize(
    ("reliability", "low", "high"),
    [
        (0.99, "0.54685983", "0.97375658"),
        (0.995, "0.52225588", "0.98789615"),
        (0.98, "0.60648841", "0.93604632"),
    ],
)
def test_fixed_points_as_printed(reliability: float, low: str, high: str) -> None:
    assert recurrence.fixed_points(reliability, reliability) == (printed(low), printed(high))


def test_perfect_operations_purify_from_one_half_to_one() -> None:
    assert recurrence.fixed_points(1.0, 1.0) == pytest.approx((0.5, 1.0))


@settings(deadline=None)
@given(st.floats(0.97, 1), st.floats(0.97, 1))
def test_fixed_points_are_fixed_and_purification_helps_between(gate: float, measurement: float) -> None:
    points = recurrence.fixed_points(gate, measurement)
    for point in points:
        assert recurrence.noisy_bbpssw(point, gate, measurement).fidelity == pytest.approx(point, rel=1e-9)
    low, high = points
    middle = (low + high) / 2
    assert recurrence.noisy_bbpssw(middle, gate, measurement).fidelity > middle
    if high < 1 - 1e-6:
        assert recurrence.noisy_bbpssw(high + 1e-6, gate, measurement).fidelity < high + 1e-6
    below = low - 0.01
    assert recurrence.noisy_bbpssw(below, gate, measurement).fidelity < below


@settings(deadline=None)
@given(fidelities, fidelities)
def test_bbpssw_agrees_with_the_states(kept: float, sacrificed: float) -> None:
    found = recurrence.bbpssw(kept, sacrificed)
    states = BellDiagonalState.werner(kept), BellDiagonalState.werner(sacrificed)
    probability, state = recipes.bbpssw(states[0], states[1], PERFECT, PERFECT)
    assert found == pytest.approx((probability, state.fidelity()))


@settings(deadline=None)
@given(fidelities, st.floats(0, 1), st.floats(0.5, 1))
def test_noisy_bbpssw_agrees_with_the_states(fidelity: float, gate: float, measurement: float) -> None:
    found = recurrence.noisy_bbpssw(fidelity, gate, measurement)
    state = BellDiagonalState.werner(fidelity)
    noise = OperationNoise.from_reliabilities(gate, measurement)
    probability, purified = recipes.bbpssw(state, state, noise, noise)
    assert found == pytest.approx((probability, purified.fidelity()))


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
def test_dejmps_agrees_with_the_states(weights: list[float]) -> None:
    a, b, c, d = (weight / sum(weights) for weight in weights)
    agree, pair = recurrence.dejmps((a, b, c, d))
    state = BellDiagonalState.from_probabilities(a, b, c, d)
    probability, purified = recipes.dejmps(state, state, PERFECT, PERFECT)
    assert agree == pytest.approx(probability)
    assert pair == pytest.approx(purified.probabilities())


def test_resource_count_as_printed() -> None:
    assert recurrence.nested_pairs(links_per_level=2, levels=4, pairs=3) == 1296
    # N^(1 + log_L M), here 27^(1 + log_3 4).
    assert recurrence.nested_pairs(links_per_level=3, levels=3, pairs=4) == 27 * 64


@pytest.mark.parametrize("row", ROUND, ids=lambda row: f"{row[0]:.2f}")
def test_one_round_over_40_km_as_published(
    row: tuple[float, str, float, float, str, float, float, str, float, float],
) -> None:
    fidelity, out, out_mean, out_sd, success, success_mean, success_sd, time, time_mean, time_sd = row
    found = recurrence.bbpssw(fidelity, fidelity)
    assert found.fidelity == printed(out)
    assert found.probability == printed(success)
    assert abs(out_mean - found.fidelity) <= out_sd
    assert abs(success_mean - found.probability) <= success_sd
    seconds = _time_over_40_km(10_000, found.probability)
    assert seconds == printed(time)
    assert abs(time_mean - seconds) < time_sd


def test_hundred_thousand_pairs_over_40_km_as_published() -> None:
    seconds = _time_over_40_km(100_000, recurrence.bbpssw(0.8, 0.8).probability)
    assert seconds == printed("479.5286")
    assert abs(479.7813 - seconds) < 0.933


def _time_over_40_km(pairs: int, success: float) -> float:
    attempt = 10e-9 + 40e3 / QUISP_SPEED
    return recurrence.completion_time(pairs, success, 0.5 * transmission(40e3), attempt, attempt + 1e-9)

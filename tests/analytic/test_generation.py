"""Links at work: published completion times and rates of three conventions."""

from __future__ import annotations

import pytest

from qsim.analytic import generation
from qsim.analytic.capacity import transmission
from tests.analytic.printed import printed

#: A 20 km midpoint link with perfect devices; one photon of two is enough.
MIDPOINT = 0.5 * transmission(20e3)

# Memories, time of QuISP by its formula, its simulated mean and sd, SeQUeNCe's mean and sd of ten runs.
CROSS_VALIDATION = [
    (1, "0.482928", 0.481813, 0.014684, 2.01816, 0.041205),
    (2, "0.241587", 0.241708, 0.006895, 0.99844, 0.025352),
    (4, "0.120916", 0.120696, 0.003502, 0.50620, 0.008495),
    (8, "0.060581", 0.060473, 0.001794, 0.25364, 0.008138),
    (16, "0.030413", 0.030198, 0.000836, 0.12788, 0.003057),
    (32, "0.015329", 0.015172, 0.000420, 0.06392, 0.001568),
]

# The network of 2020: km, one-way delay (ms), whether the responder leads; η, p, P2, T1 and T2 (ms), rate.
METROPOLITAN = {
    "A1-A2": (41.8, 0.25, True, "0.229167", "0.026259", "0.209473", "0.97950", "0.72950", "23.1903"),
    "A1-A3": (0.1, 0.25, True, "0.598620", "0.179173", "0.464240", "0.87525", "0.62525", "153.7284"),
    "A1-F1": (53, 1.3175, True, "0.177073", "0.015677", "0.165315", "4.74375", "3.42625", "2.9523"),
    "A1-SL": (54, 0.8825, True, "0.173042", "0.014972", "0.161813", "3.22375", "2.34125", "4.1558"),
    "A1-PME": (42, 2.035, True, "0.228114", "0.026018", "0.208600", "7.22750", "5.19250", "3.1307"),
    "A2-A1": (41.8, 0.25, False, "0.229167", "0.026259", "0.209473", "1.22950", "0.72950", "18.9962"),
    "A3-A1": (0.1, 0.25, False, "0.598620", "0.179173", "0.464240", "1.12525", "0.62525", "126.5778"),
    "F1-A1": (53, 1.3175, False, "0.177073", "0.015677", "0.165315", "6.06125", "3.42625", "2.3654"),
    "F1-F2": (2, 0.25, True, "0.572996", "0.164162", "0.449874", "0.88000", "0.63000", "141.1028"),
    "F1-SL": (66, 1.3425, True, "0.131266", "0.008615", "0.124804", "4.86375", "3.52125", "1.6246"),
    "F2-F1": (2, 0.25, False, "0.572996", "0.164162", "0.449874", "1.13000", "0.63000", "116.1451"),
    "NU-SL": (20, 0.3975, True, "0.378574", "0.071659", "0.324830", "1.44125", "1.04375", "40.2514"),
    "SL-A1": (54, 0.8825, False, "0.173042", "0.014972", "0.161813", "4.10625", "2.34125", "3.3381"),
    "SL-F1": (66, 1.3425, False, "0.131266", "0.008615", "0.124804", "6.20625", "3.52125", "1.2964"),
    "SL-NU": (20, 0.3975, False, "0.378574", "0.071659", "0.324830", "1.83875", "1.04375", "32.9046"),
    "SL-PME": (16, 1.5725, True, "0.415099", "0.086153", "0.350484", "5.54375", "3.97125", "12.4219"),
    "HC-PME": (2, 0.25, True, "0.572996", "0.164162", "0.449874", "0.88000", "0.63000", "141.1028"),
    "PME-A1": (42, 2.035, False, "0.228114", "0.026018", "0.208600", "9.26250", "5.19250", "2.5149"),
    "PME-SL": (16, 1.5725, False, "0.415099", "0.086153", "0.350484", "7.11625", "3.97125", "10.1260"),
    "PME-HC": (2, 0.25, False, "0.572996", "0.164162", "0.449874", "1.13000", "0.63000", "116.1451"),
}


def test_success_of_the_cross_validation() -> None:
    assert printed("0.199054") == MIDPOINT


@pytest.mark.parametrize(("memories", "text", "mean", "sd"), [row[:4] for row in CROSS_VALIDATION])
def test_quisp_times_as_printed(memories: int, text: str, mean: float, sd: float) -> None:
    found = generation.quisp_completion_time(1000, MIDPOINT, 20e3, 10e3, memories)
    assert found == printed(text)
    assert abs(mean - found) < sd


@pytest.mark.parametrize(
    ("longer_arm", "text", "mean"),
    [(10e3, "0.482928", 0.481813), (15e3, "0.724271", 0.723571), (20e3, "0.965614", 0.962043)],
)
def test_quisp_times_grow_with_the_longer_arm(longer_arm: float, text: str, mean: float) -> None:
    found = generation.quisp_completion_time(1000, MIDPOINT, 20e3, longer_arm)
    assert found == printed(text)
    assert found == pytest.approx(mean, rel=0.005)


def test_sequence_time_as_printed() -> None:
    found = generation.sequence_completion_time(1000, MIDPOINT, 20e3)
    assert found == printed("2.00951")
    assert 1000 / found == printed("497.63")


@pytest.mark.parametrize(
    ("memories", "mean", "sd"),
    [(m, mean, sd) for m, _, _, _, mean, sd in CROSS_VALIDATION] + [(64, 0.03136, 0.001015)],
)
def test_published_sequence_means_scatter_round_the_formula(memories: int, mean: float, sd: float) -> None:
    found = generation.sequence_completion_time(1000, MIDPOINT, 20e3, memories)
    assert abs(mean - found) < 4 * sd / 10**0.5


@pytest.mark.parametrize("name", METROPOLITAN)
def test_negotiated_links_as_printed(name: str) -> None:
    km, delay, leads, eta, success, first_round_success, first, second, rate = METROPOLITAN[name]
    efficiency = 0.75 * transmission(km * 1e3 / 2) * 0.8
    link = generation.negotiated_barrett_kok(efficiency, delay / 1e3, km * 1e3 / 2 / 2e8, leads)
    assert efficiency == printed(eta)
    assert link.success == printed(success)
    assert link.first_round_success == printed(first_round_success)
    assert link.first * 1e3 == printed(first)
    assert link.second * 1e3 == printed(second)
    assert link.rate == printed(rate)

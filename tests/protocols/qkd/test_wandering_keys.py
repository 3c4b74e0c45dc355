"""Polarisation that wanders through all sessions of an application, not from each block's beginning."""

from __future__ import annotations

from functools import cache
from math import exp, expm1, sin
from typing import Any

import pytest

import qsim
from hardware.optics.weak_pulse_bb84 import PolarisationBB84
from qsim.kernel import Simulator
from qsim.scenario import from_document
from tests.statistics import ROOM, mean_of, share_of

MEAN, SLOTS, PERIOD, WANDER = 0.1, 20_000, 1e-6, 0.4
#: Half of the pulses' photons are seen, without noise or memory.
SOURCE: dict[str, Any] = {
    "kind": "bb84-polarisation",
    "rate": "1 MHz",
    "length": "0 m",
    "mean_photons": [2 * MEAN],
    "intensity_chances": [1],
    "detector": {"kind": "threshold", "efficiency": 0.5, "count_rate": None},
}


def document(wander: float, sessions: int) -> dict[str, Any]:
    app = {"kind": "bb84", "initiator": "a", "responder": "b", "source": {**SOURCE, "wander": wander}}
    return {
        "run": {"duration": "1 s", "stop_when_done": True},
        "nodes": ["a", "b"],
        "classical": {"channels": [{"between": ["a", "b"], "delay": 0}]},
        "traffic": [{**app, "block": SLOTS, "sessions": sessions, "finite": False}],
    }


@cache
def scenario(wander: float, number: int) -> Any:
    """One for all seeds, since the bench keeps the laws of the angles that it has been at."""
    return from_document(document(wander, number))


def sessions(wander: float, number: int, seed: int) -> list[Any]:
    return sorted(scenario(wander, number).run(seed=seed).table("key-sessions"), key=lambda row: row.began_s)


def expected(wander: float, number: int, seed: int) -> list[float]:
    """Errors of each block along the walk: a click at the wrong detector, or half of those at both."""
    parameters = {key: value for key, value in SOURCE.items() if key not in ("kind", "detector")}
    bench = PolarisationBB84(**parameters, wander=wander).bench
    walk = bench.walk(Simulator(seed).array_stream("qkd/bb84 a-b/walk"))
    assert walk is not None
    shares = []
    for _ in range(number):
        wrong = clicked = 0.0
        for _ in range(SLOTS):
            leak = MEAN * sin(walk.moved(walk.place)["drift.angle"]) ** 2
            wrong += -expm1(-leak) * (1 + exp(leak - MEAN)) / 2
            clicked -= expm1(-MEAN)
            walk.forward(1)
        shares.append(wrong / clicked)
    return shares


def test_errors_of_each_session_are_those_along_one_walk() -> None:
    rows, shares = sessions(WANDER, 6, 3), expected(WANDER, 6, 3)
    for row, share in zip(rows, shares, strict=True):
        wrong = row.error_compared * row.compared
        assert share_of(wrong, row.compared, share).sigmas(share) < ROOM
    # From each block's beginning anew no session would have more than some tenths of a percent.
    assert max(shares) > 0.01


@pytest.mark.slow
def test_errors_grow_as_the_variance_of_the_angle() -> None:
    """The mean of sin^2 of a normal angle of variance v is (1 - e^(-2v))/2; both clicking adds 0.1 %."""
    number, rate, lasts = 4, 2 * WANDER**2, SLOTS * PERIOD
    found = [[row.error_compared for row in sessions(WANDER, number, seed)] for seed in range(100)]
    for place in range(number):
        law = (1 + exp(-rate * place * lasts) * expm1(-rate * lasts) / (rate * lasts)) / 2
        assert mean_of([each[place] for each in found]).sigmas(law) < ROOM


def test_the_walk_is_the_same_whatever_the_workers() -> None:
    grid = {"traffic[0].source.wander": [0.2, 0.4]}
    one, two = (
        qsim.sweep(document(WANDER, 3), grid, replicates=2, workers=workers).frame("metrics")
        for workers in (1, 2)
    )
    assert one.equals(two)
    assert one[one["metric"] == "QBER x"]["mean"].nunique() == 4

"""Allocation by forecast: what can be learnt is anticipated, and what cannot is left alone."""

from __future__ import annotations

import pytest

from protocols.resource.adaptive import Ahead, Smoothed, Told
from protocols.resource.forecast_allocation import Forecast
from qsim import registry
from qsim.scenario import from_document
from tests.protocols.resource.networks import WEIGHTED, metropolitan
from tests.protocols.scenes import chain

#: Requests of two districts in turn: 50 s each.
ROUND, END = 100, 800


def districts(allocation, end=END):
    """Two pairs of neighbours that ask for 6 memories each 5 s, in turn; 14 of 40 memories are active."""
    columns = {"time": [], "initiator": [], "responder": []}
    for start in range(0, end - 10, 5):
        first = start % ROUND < ROUND // 2
        columns["time"].append(float(start) + 0.5)
        columns["initiator"].append("n0" if first else "n2")
        columns["responder"].append("n1" if first else "n3")
    document = chain(3, count=10, run={"duration": float(end), "record_pairs": False})
    document["defaults"]["detector"]["efficiency"] = 0.0
    document["defaults"]["generation"] = {"kind": "barrett-kok"}
    document["traffic"] = [
        {"kind": "trace-requests", "trace": columns, "memories": 6, "duration": 4.0, "warm_up": end - 300.0}
    ]
    document["protocols"]["allocation"] = {"budget": 14, "least": 1, "epoch": 10, **allocation}
    return from_document(document).run()


def share(result):
    (row,) = (row for row in result.table("metrics") if row.metric == "accepted share")
    return row.mean


def found(result, name):
    return next((row.mean for row in result.table("metrics") if row.metric == name), None)


@pytest.mark.parametrize("delay", [0, 20, 45])
def test_a_load_that_can_be_learnt_is_anticipated(delay):
    learner = {"kind": "harmonic", "period": 10.0, "overtones": 4}
    told = districts({"kind": "forecast", "forecaster": learner, "training": 400, "delay": delay})
    assert found(told, "skill") > 0.9
    assert found(told, "fallback") == 0
    # All but what comes in the very instants at which the districts change; limits that serve from the middle
    # of an epoch on are by the mean of two, and the first of a district then comes too early.
    assert share(told) > (0.85 if delay % 10 == 0 else 0.75)
    assert share(districts({"kind": "even"})) == 0
    # What follows the load as it was is at the wrong place for as long as moving takes.
    late = share(districts({"kind": "reactive", "share": 1.0, "delay": delay}))
    assert late == pytest.approx(max(0.0, 1 - (delay + 15) / 50), abs=0.12)


@pytest.mark.parametrize(
    "learner",
    [
        {"kind": "qrnn", "cells": 2, "hidden": 1, "washout": 2, "delay": 6},
        {"kind": "esn", "units": 10, "washout": 2},
        {"kind": "persistence"},
    ],
    ids=lambda learner: learner["kind"],
)
def test_any_registered_forecaster_will_do_and_repeats_itself(learner):
    spec = {"kind": "forecast", "forecaster": learner, "training": 400, "delay": 20}
    one, other = districts(spec, 500), districts(spec, 500)
    assert one.fingerprint == other.fingerprint
    assert (found(one, "skill") > 0) == (found(one, "fallback") == 0)


def test_what_is_no_better_than_the_mean_moves_nothing():
    result = metropolitan(
        {"kind": "forecast", "budget": 450, "training": 300, "delay": 30, "forecaster": "persistence"},
        duration=400.0,
    ).run()
    assert found(result, "fallback") == 1
    assert found(result, "skill") <= 0
    assert any("no better than its mean; static limits are kept" in note for note in result.notes)
    limits = [
        [row.limit for row in result.table("allocation") if row.start_s == start] for start in (0, 350, 380)
    ]
    assert limits[0] == [50.0] * 9
    assert limits[1] == limits[2] != limits[0]
    assert sum(limits[2]) == 450


def test_limits_that_were_stated_are_fallen_back_to():
    spec = {"kind": "forecast", "budget": 450, "training": 300, "forecaster": "persistence"}
    result = metropolitan({**spec, "weights": WEIGHTED}, duration=350.0).run()
    assert found(result, "fallback") == 1
    assert all(row.limit == WEIGHTED[row.node] for row in result.table("allocation"))


def test_a_training_that_is_too_short_for_the_forecaster_is_told():
    learner = {"kind": "qrnn", "washout": 50}
    result = districts({"kind": "forecast", "forecaster": learner, "training": 200}, 400)
    assert found(result, "fallback") == 1
    assert any("is too short" in note for note in result.notes)


def test_what_will_serve_is_the_mean_of_the_epochs_it_serves():
    coming = [[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]
    assert Ahead(0).mean(coming) == [1.0, 10.0]
    assert Ahead(1).mean(coming) == [2.0, 20.0]
    assert Ahead(0.25).mean(coming) == [1.25, 12.5]
    assert [Ahead(lead).steps for lead in (0, 0.25, 1, 6)] == [1, 2, 2, 7]


def test_the_oracle_looks_as_far_ahead_as_it_is_told_and_stays_at_the_last_value():
    told = Told([[float(number)] for number in range(6)], Ahead(2))
    assert [told.loads([0.0])[0] for _ in range(5)] == [3.0, 4.0, 5.0, 5.0, 5.0]


def test_the_average_forgets_as_it_is_told():
    average = Smoothed(0.25)
    assert average.loads([8.0]) == [8.0]
    assert average.loads([0.0]) == [6.0]
    assert Smoothed(1.0).loads([3.0]) == [3.0]


def test_a_load_that_never_varies_has_no_skill():
    notes = []
    learner = registry.build("forecaster", "persistence")
    forecast = Forecast(learner, 20, 6, Ahead(1), False, notes.append)
    given = [forecast.loads([2.0, 4.0]) for _ in range(22)]
    assert given[:19] == [None] * 19
    assert given[19] == [2.0, 4.0]
    assert given[20:] == [None, None]
    assert forecast.findings() == {"skill": 0.0, "fallback": 1.0}
    assert len(notes) == 1

"""Runs of attempts that share a station: never more than it passes, and undisturbed while there is room."""

from __future__ import annotations

from functools import partial

import pytest

from hardware.crowd import Crowd
from hardware.station import HeraldingStation
from qsim.kernel import Simulator
from tests.hardware.devices import classical, detector


def ends(place: int, runs: list[tuple[int, int, int]]) -> list[int]:
    """When runs end, each (start, spacing, attempts), in ps."""
    sim = Simulator(0)
    crowd = Crowd(sim, place)
    found = [0] * len(runs)

    def finish(number: int) -> None:
        found[number] = sim.now

    for number, (start, spacing, attempts) in enumerate(runs):
        sim.post_at(start, crowd.join, spacing, attempts, partial(finish, number))
    sim.run()
    return found


def test_runs_are_undisturbed_while_there_is_room() -> None:
    assert ends(10, [(0, 100, 7), (13, 100, 2), (50, 30, 5)]) == [700, 213, 200]


def test_a_full_station_serves_all_alike() -> None:
    """Forty runs of five attempts: 200 places of 10 ps in all, and each run takes all of that time."""
    assert ends(10, [(0, 100, 5)] * 40) == [2000] * 40


def test_runs_speed_up_as_others_leave() -> None:
    """Twenty runs at half speed; when ten have ended, the others go on at full speed."""
    found = ends(10, [(0, 100, 1)] * 10 + [(0, 100, 3)] * 10)
    assert found == [200] * 10 + [400] * 10


def test_one_run_alone_does_not_wait_for_its_own_place() -> None:
    assert ends(1000, [(0, 100, 5)]) == [500]
    # A second one makes both wait; the first has made two attempts by then.
    assert ends(1000, [(0, 100, 5), (200, 100, 3)]) == [6200, 6200]


def test_a_stream_waits_for_its_own_places() -> None:
    sim = Simulator(0)
    crowd = Crowd(sim, 1000)
    crowd.streams = True
    done: list[int] = []
    crowd.join(100, 5, lambda: done.append(sim.now))
    sim.run()
    assert done == [5000]


def test_what_has_left_takes_no_place() -> None:
    sim = Simulator(0)
    crowd = Crowd(sim, 10)
    done: list[int] = []
    turns = [crowd.join(100, 2, lambda: done.append(sim.now)) for _ in range(20)]
    sim.post_at(100, lambda: [crowd.leave(turn) for turn in turns[10:]])
    sim.post_at(150, lambda: done.append(-round(crowd.ahead(turns[0]) * 100)))
    sim.run()
    # Half an attempt in the first 100 ps at half speed, the rest at full speed.
    assert done == [-100] + [250] * 10


@pytest.mark.parametrize(
    ("slot", "bins", "place"),
    [
        (0, (0,), 5000),
        (20_000, (0,), 20_000),
        (700, (0,), 1400),
        # Five places of 5 ns and the five late bins behind them; then of a bin that is too near.
        (0, (0, 25_000), 10_000),
        (0, (0, 27_000), 10_400),
        (0, (0, 3_000), 8_000),
    ],
)
def test_the_place_of_an_attempt_is_that_of_dense_bookings(
    slot: int, bins: tuple[int, ...], place: int
) -> None:
    sim = Simulator(0)
    model = detector(1.0)
    station = HeraldingStation(sim, "s", classical(sim), (model, model), slot)
    if not slot:
        station._apart = 5000
    station.bins = bins
    assert station.place_ps() == place
    booked = [station.book(0) for _ in range(600)]
    # However long the booking goes on, it is no denser, and all but as dense.
    assert max(booked) / 599 == pytest.approx(place, rel=0.02)

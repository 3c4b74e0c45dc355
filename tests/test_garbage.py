"""The collector of cyclic garbage rests while much is made, and leaves a large network alone in its run."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

import pytest

import qsim
from qsim import garbage
from qsim.cli import main


@pytest.fixture(autouse=True)
def nothing_is_frozen() -> Iterator[None]:
    """Before and after every test the collector is at work and looks at everything, as often as before."""
    usual = gc.get_threshold()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    yield
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == usual


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of a dozen objects counts as a large one."""
    monkeypatch.setattr(garbage, "MANY", 2)


def engine() -> Any:
    network = qsim.Network("Chain", memory={"count": 4, "efficiency": 0.9})
    network.add_nodes("a", "b", "c").add_link("a", "b", "10 km").add_link("b", "c", "10 km")
    return network.request("a", "c").engine("5 ms", seed=3)


class Told(Exception):
    """Raised on purpose in the middle of a run."""


# aside


def test_much_is_frozen_and_thawed() -> None:
    with garbage.aside(garbage.MANY + 1):
        assert gc.get_freeze_count() > 0
        assert gc.isenabled()


def test_little_is_not_frozen() -> None:
    usual = gc.get_threshold()
    with garbage.aside(garbage.MANY):
        assert gc.get_freeze_count() == 0
        assert gc.get_threshold() == usual


def test_where_much_is_frozen_looks_are_seldom() -> None:
    with garbage.aside(garbage.MANY + 1):
        assert gc.get_threshold() == garbage.SELDOM


def test_who_wants_no_looks_at_all_gets_none() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(0, *usual[1:])
    try:
        with garbage.aside(garbage.MANY + 1):
            assert gc.get_threshold()[0] == 0
        assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*usual)


def test_an_error_thaws() -> None:
    with contextlib.suppress(Told), garbage.aside(garbage.MANY + 1):
        raise Told
    assert gc.get_freeze_count() == 0


def test_the_inner_of_two_leaves_thawing_to_the_outer() -> None:
    with garbage.aside(garbage.MANY + 1):
        with garbage.aside(garbage.MANY + 1):
            pass
        assert gc.get_freeze_count() > 0


def test_what_the_caller_has_frozen_stays_frozen() -> None:
    gc.freeze()
    try:
        with garbage.aside(garbage.MANY + 1):
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_cycles_that_are_made_meanwhile_are_found() -> None:
    with garbage.aside(garbage.MANY + 1):
        gc.collect()
        cycles: list[Any] = [[] for _ in range(100)]
        for cycle in cycles:
            cycle.append(cycle)
        del cycles, cycle
        assert gc.collect() >= 100


# resting


def test_an_error_while_it_rests_wakes_it() -> None:
    with contextlib.suppress(Told), garbage.resting():
        assert not gc.isenabled()
        raise Told
    assert gc.isenabled()


def test_two_rests_within_each_other_end_with_the_outer() -> None:
    with garbage.resting():
        with garbage.resting():
            pass
        assert not gc.isenabled()


def test_what_was_switched_off_stays_off() -> None:
    gc.disable()
    try:
        with garbage.resting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_very_many_are_looked_through_once_at_the_end() -> None:
    looks = gc.get_stats()[2]["collections"]
    with garbage.resting():
        kept = [[] for _ in range(garbage.MANY + 1000)]  # type: ignore[var-annotated]
    assert gc.get_stats()[2]["collections"] == looks + 1
    assert len(kept) > garbage.MANY


# runs


@pytest.mark.usefixtures("few_are_many")
def test_a_large_network_is_left_alone_while_it_runs() -> None:
    counts: list[int] = []
    engine().run(progress=lambda _: counts.append(gc.get_freeze_count()))
    assert counts
    assert min(counts) > 0


def test_a_small_network_is_not() -> None:
    counts: list[int] = []
    engine().run(progress=lambda _: counts.append(gc.get_freeze_count()))
    assert counts
    assert max(counts) == 0


@pytest.mark.usefixtures("few_are_many")
def test_a_run_that_ends_with_an_error_thaws() -> None:
    def stop(_: qsim.Simulator) -> None:
        raise Told

    with pytest.raises(Told):
        engine().run(progress=stop)
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("few_are_many")
def test_a_run_within_a_run_leaves_the_outer_frozen() -> None:
    counts: list[int] = []
    inner = engine()

    def another(_: qsim.Simulator) -> None:
        if not counts:
            inner.run()
        counts.append(gc.get_freeze_count())

    engine().run(progress=another)
    assert min(counts) > 0


@pytest.mark.usefixtures("few_are_many")
def test_steps_of_a_run_freeze_nothing() -> None:
    """Between steps the caller may keep the network for as long as it likes."""
    counts: list[int] = []
    stepped = engine()
    stepped.run_until("2 ms", lambda _: counts.append(gc.get_freeze_count()))
    assert counts
    assert max(counts) == 0
    assert gc.get_freeze_count() == 0
    assert stepped.run().fingerprint == engine().run().fingerprint


def test_seldom_gives_back_the_pace_it_found() -> None:
    before = gc.get_threshold()
    with contextlib.suppress(Told), garbage.seldom():
        assert gc.get_threshold()[0] == garbage.MANY
        raise Told
    assert gc.get_threshold() == before


def test_a_collector_that_is_switched_off_stays_off() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with garbage.seldom():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


def test_a_command_called_by_a_script_freezes_nothing() -> None:
    before = gc.get_threshold()
    assert main(["--version"]) == 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0

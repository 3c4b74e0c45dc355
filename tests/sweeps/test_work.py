"""What a process does for one run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from qsim.sweeps import work
from qsim.sweeps.front_door import planned
from qsim.sweeps.plan import PlannedRun
from qsim.sweeps.work import Setting, perform, perform_apart, unpack_run
from qsim.versions import versions
from tests.sweeps.scenes import LENGTHS, SCENARIO


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """What works apart leaves Ctrl-C to its leader; the tests themselves do not."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def run() -> PlannedRun:
    return planned(SCENARIO, {"grid": LENGTHS}).runs[1]


def test_a_process_of_its_own_does_the_same() -> None:
    here = Setting(version=versions()["qsim"], stored=True)
    alone, done = perform(run(), stored=True), perform_apart([run()], here)
    (apart,) = done.outcomes
    assert alone.archive is not None
    assert apart.archive is not None
    (first, place), (second, _) = unpack_run(alone.archive, "alone"), unpack_run(apart.archive, "apart")
    assert first == alone.result
    assert first.fingerprint == second.fingerprint
    assert done.left == []
    assert place == {
        "key": alone.key,
        "values": {"links[0].length": 20000.0},
        "replicate": 0,
        "seed": 3,
    }


def test_nothing_is_packed_that_is_not_stored() -> None:
    outcome = perform(run(), stored=False)
    assert outcome.result is not None
    assert outcome.archive is None


def test_runs_of_a_task_that_has_lasted_long_enough_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = planned(SCENARIO, {"replicates": 3}).runs
    setting = Setting(version=versions()["qsim"])
    assert len(perform_apart(runs, setting).outcomes) == 3
    monkeypatch.setattr(work, "TASK_S", 0.0)
    done = perform_apart(runs, setting)
    assert [outcome.key for outcome in done.outcomes] == [runs[0].key]
    assert done.left == [runs[1].key, runs[2].key]


def test_a_worker_of_another_version_refuses() -> None:
    (outcome,) = perform_apart([run()], Setting(version="9.9")).outcomes
    assert (outcome.result, outcome.archive, outcome.error) == (
        None,
        None,
        f"the sweep is led by qsim 9.9, but a worker has qsim {versions()['qsim']}",
    )


def test_a_stranger_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_watch", lambda _: pytest.fail("nobody is to be watched"))
    work.follow(os.getpid())

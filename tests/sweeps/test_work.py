"""What a process does for one run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from qsim.sweeps import work
from qsim.sweeps.front_door import planned
from qsim.sweeps.plan import PlannedRun
from qsim.sweeps.work import Setting, perform, perform_apart, unpack
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
    here = Setting(version=versions()["qsim"])
    alone, apart = perform(run()), perform_apart(run(), here)
    assert alone.archive is not None
    assert apart.archive is not None
    (first, place), (second, _) = unpack(alone.archive, "alone"), unpack(apart.archive, "apart")
    assert first.fingerprint == second.fingerprint
    assert place == {
        "key": alone.key,
        "values": {"links[0].length": 20000.0},
        "replicate": 0,
        "seed": 3,
    }


def test_a_worker_of_another_version_refuses() -> None:
    outcome = perform_apart(run(), Setting(version="9.9"))
    assert (outcome.archive, outcome.error) == (
        None,
        f"the sweep is led by qsim 9.9, but a worker has qsim {versions()['qsim']}",
    )


def test_a_stranger_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_watch", lambda _: pytest.fail("nobody is to be watched"))
    work.follow(os.getpid())

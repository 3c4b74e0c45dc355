"""The end of what needs too much memory, and of what anybody else ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from qsim.watch import watched

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems do not tell what a process holds"
)

#: Fills memory with small things, in functions whose handlers an exception has to pass; then says how much
#: of the bound was used when the end came.
_GROWING = """
import os, resource, signal
from qsim.watch import watched

BOUND = {mebibytes} * 2**20
resource.setrlimit(resource.RLIMIT_DATA, (BOUND, BOUND))

def used():
    with open("/proc/self/statm", "rb") as sizes:
        return int(sizes.read().split()[5]) * os.sysconf("SC_PAGESIZE")

def deeper(kept, level):
    try:
        while True:
            kept.append([level])
            if level < 50:
                deeper(kept, level + 1)
    except KeyError:
        raise

kept, at = [], 0
try:
    with watched():
        deeper(kept, 0)
except MemoryError:
    at = used()
print(at / BOUND)
kept.clear()
assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
"""


class Over(Exception):
    """What a look of these tests raises."""


def _over() -> None:
    raise Over


def _compute(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@pytest.mark.parametrize("mebibytes", [64, 160])
def test_the_end_comes_while_memory_is_left(mebibytes: int) -> None:
    command = [sys.executable, "-c", _GROWING.format(mebibytes=mebibytes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    # An eighth is kept, 16 MiB at most; some grows between two looks.
    assert 1 - min(16 / mebibytes, 1 / 8) < float(done.stdout) < 0.99


def test_without_a_bound_or_a_look_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    unbounded = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _: unbounded)
    with watched():
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_is_over_its_bound_already_is_ended_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1, 1))
    with pytest.raises(MemoryError), watched():
        _compute(20)


@pytest.mark.parametrize("inner", [None, _over])
def test_within_a_watch_the_outer_one_holds(inner: Callable[[], None] | None) -> None:
    looked: list[int] = []
    before = signal.getsignal(signal.SIGALRM)
    with watched(lambda: looked.append(1)):
        outer = signal.getsignal(signal.SIGALRM)
        with watched(inner):
            _compute(0.05)
        assert signal.getsignal(signal.SIGALRM) is outer
        assert looked
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_end_leaves_time_to_clear_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qsim.watch._CLEARING", 60.0)
    cleared = []

    def work() -> None:
        try:
            _compute(20)
        finally:
            _compute(0.1)
            cleared.append(True)

    with pytest.raises(Over), watched(_over):
        work()
    assert cleared == [True]


def test_an_end_that_is_lost_comes_again() -> None:
    lost = []

    def work() -> None:
        try:
            _compute(20)
        except Over:
            lost.append(True)
        _compute(20)

    with pytest.raises(Over), watched(_over):
        work()
    assert lost == [True]


def test_no_end_breaks_into_the_end_of_a_watch() -> None:
    """Whenever the first tick comes, the handler and the timer of before are back."""
    before = signal.getsignal(signal.SIGALRM)
    # With an error its frames live on, and with them whatever was not ended.
    kept = []
    for turn in range(200):
        try:
            with watched(_over):
                _compute(0.00495 + turn % 40 * 2.5e-6)
        except Over as error:
            kept.append(error)
        assert signal.getsignal(signal.SIGALRM) is before
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert kept


def test_another_thread_than_the_first_is_not_watched() -> None:
    ended: list[str] = []

    def work() -> None:
        with watched(_over):
            _compute(0.05)
        ended.append("well")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == ["well"]

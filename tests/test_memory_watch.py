"""The end of what needs too much memory."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import pytest

from qsim.memory_watch import watched

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems do not bound what a process holds"
)

#: Fills memory with small things, in functions whose handlers an exception has to pass; then says how much
#: of the bound was used when the end came.
_GROWING = """
import os, resource, signal
from qsim.memory_watch import watched

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
assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
"""


@pytest.mark.parametrize("mebibytes", [64, 160])
def test_the_end_comes_while_memory_is_left(mebibytes: int) -> None:
    command = [sys.executable, "-c", _GROWING.format(mebibytes=mebibytes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    # An eighth is kept, 16 MiB at most; what grows between two looks is far less than half of it.
    kept = min(16 / mebibytes, 1 / 8)
    assert 1 - kept < float(done.stdout) < 1 - kept / 2


def test_without_a_bound_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    unbounded = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _: unbounded)
    with watched():
        assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_watch_within_a_watch_leaves_the_outer_one_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2**50, 2**50))
    before = signal.getsignal(signal.SIGVTALRM)
    with watched():
        outer = signal.getsignal(signal.SIGVTALRM)
        with watched():
            assert signal.getsignal(signal.SIGVTALRM) is not outer
        assert signal.getsignal(signal.SIGVTALRM) is outer
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[1] > 0
    assert signal.getsignal(signal.SIGVTALRM) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_another_thread_than_the_first_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1, 1))
    ended: list[str] = []

    def work() -> None:
        with watched():
            _compute(0.05)
        ended.append("well")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == ["well"]


def test_what_is_over_its_bound_already_is_ended_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1, 1))
    with pytest.raises(MemoryError), watched():
        _compute(5)


def _compute(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

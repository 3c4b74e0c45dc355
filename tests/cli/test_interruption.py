from __future__ import annotations

import os
import signal
import threading

import pytest

from qsim.cli.simulation import Interruption


def test_a_signal_asks_once_and_may_be_repeated() -> None:
    stops: list[int] = []
    with Interruption(lambda: stops.append(1), quiet=True) as interruption:
        interruption.remind()
        assert (stops, interruption.requested) == ([], False)
        os.kill(os.getpid(), signal.SIGINT)
        assert (stops, interruption.requested) == ([1], True)
        # The run may not have been listening yet: its progress callback asks again.
        interruption.remind()
        assert stops == [1, 1]


def test_the_second_signal_raises_and_the_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Interruption(lambda: None, quiet=True):
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_another_thread_runs_without_handlers() -> None:
    before = signal.getsignal(signal.SIGINT)
    during: list[object] = []

    def work() -> None:
        with Interruption(lambda: None):
            during.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert during == [before]

"""A budget of time and memory for a command."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from qsim.cli.console import Spent
from qsim.errors import LimitError
from qsim.memory_watch import watched


@contextlib.contextmanager
def budget(seconds: float | None, mebibytes: int | None) -> Iterator[None]:
    """End what is done inside when it takes too long or too much memory.

    Args:
        seconds: of wall time.
        mebibytes: of memory of this process, and of each that it starts.

    Raises:
        Spent: the time is up.
        MemoryError: the memory is.
        LimitError: the system has no such budgets.
    """
    try:
        import resource
    except ImportError:
        raise LimitError("--max-seconds and --max-memory are not known on this system") from None
    with contextlib.ExitStack() as stack:
        if mebibytes is not None:
            before = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (mebibytes * 2**20, before[1]))
            stack.callback(resource.setrlimit, resource.RLIMIT_DATA, before)
            stack.enter_context(watched())
        if seconds is not None and threading.current_thread() is threading.main_thread():

            def spent(*_: Any) -> None:
                raise Spent(f"given up after {seconds:g} s, the most that --max-seconds allows")

            stack.callback(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, spent))
            stack.callback(signal.setitimer, signal.ITIMER_REAL, 0)
            # Again and again: raised within a callback of the interpreter the first one would be lost.
            signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
        yield

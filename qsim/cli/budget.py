"""A budget of time and memory for a command."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from qsim.errors import LimitError


@contextlib.contextmanager
def budget(seconds: float | None, mebibytes: int | None) -> Iterator[None]:
    """End what is done inside when it takes too long or too much memory; not on Windows, which cannot.

    Args:
        seconds: of wall time.
        mebibytes: of memory of this process, and of each that it starts.

    Raises:
        LimitError: the budget is spent, or the system has no such budgets.
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
        if seconds is not None and threading.current_thread() is threading.main_thread():

            def spent(*_: Any) -> None:
                raise LimitError(f"given up after {seconds:g} s, the most that --max-seconds allows")

            stack.callback(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, spent))
            stack.callback(signal.setitimer, signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        except MemoryError:
            if mebibytes is None:
                raise
            raise LimitError(
                f"given up: needs more than {mebibytes} MiB of memory, the most that --max-memory allows"
            ) from None

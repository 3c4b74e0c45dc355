"""A budget of time and memory for a command."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from qsim.cli.console import Spent
from qsim.errors import LimitError
from qsim.watch import watched


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
    end = None if seconds is None else time.monotonic() + seconds

    def look() -> None:
        if end is not None and time.monotonic() > end:
            raise Spent(f"given up after {seconds:g} s, the most that --max-seconds allows")

    with contextlib.ExitStack() as stack:
        if mebibytes is not None:
            before = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (mebibytes * 2**20, before[1]))
            stack.callback(resource.setrlimit, resource.RLIMIT_DATA, before)
        stack.enter_context(watched(look))
        yield

"""Ending what needs too much memory while enough is left to end it with.

Where the last byte is gone, CPython cannot be trusted to unwind: an exception that passes a handler may need
a small integer to go on, and where there is none the interpreter tries for ever (3.11 to 3.13).
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any, Final

#: Bytes below the bound at which the end comes: this many, or this share of a small bound.
_RESERVE: Final = 16 * 2**20
_SHARE: Final = 8
#: Seconds of computing between two looks, and after an end that was told: time to clear up.
_EVERY: Final = 0.005
_CLEARING: Final = 1.0
_SIZES: Final = "/proc/self/statm"


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Raise shortly before this process reaches the bound on its data that the system has set for it.

    Nothing happens where there is no such bound (``ulimit -d``, ``RLIMIT_DATA``), nor in another thread than
    the first, nor where the system does not tell how much a process holds.

    Raises:
        MemoryError: what is done inside needs too much.

    Example:
        >>> with watched():
        ...     sum(range(10))
        45
    """
    bound = _bound()
    if bound is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    near = bound - min(_RESERVE, bound // _SHARE)
    page = os.sysconf("SC_PAGESIZE")
    with open(_SIZES, "rb", buffering=0) as sizes:

        def look(*_: Any) -> None:
            if int(os.pread(sizes.fileno(), 256, 0).split()[5]) * page > near:
                # Once more if it goes on: raised within a callback of the interpreter this one is lost.
                signal.setitimer(signal.ITIMER_VIRTUAL, _CLEARING, _EVERY)
                raise MemoryError

        before = signal.signal(signal.SIGVTALRM, look)
        signal.siginterrupt(signal.SIGVTALRM, False)
        timer = signal.setitimer(signal.ITIMER_VIRTUAL, _EVERY, _EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, *timer)
            signal.signal(signal.SIGVTALRM, before)


def _bound() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    bound = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return None if bound == resource.RLIM_INFINITY or not os.path.exists(_SIZES) else bound

"""A look now and then at what a process spends, which ends it while enough is left to end it with.

Where the last byte of memory is gone, CPython cannot be trusted to unwind: an exception that passes a handler
may need a small integer to go on, and where there is none the interpreter tries for ever (3.11 to 3.13).
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

#: Bytes below the bound at which the end comes: this many, or this share of a small bound.
_RESERVE: Final = 16 * 2**20
_SHARE: Final = 8
#: Seconds between two looks, and from an end that was told to the next: time to clear up.
_EVERY: Final = 0.005
_CLEARING: Final = 1.0
_SIZES: Final = "/proc/self/statm"
#: Where a watch begins and ends: an error that broke in there would leave it on for ever.
_ENDS: Final = frozenset(
    function.__code__.co_filename for function in (contextlib.contextmanager, lambda: None)
)

_Look = Callable[[], None]
#: Whether this process is watched.
_watching = False


@contextlib.contextmanager
def watched(look: _Look | None = None) -> Iterator[None]:
    """Call something every few milliseconds, between two steps of Python, and let its error end what is done.

    Memory is looked at in any case, where the system has set a bound on the data of a process
    (``ulimit -d``, ``RLIMIT_DATA``) and tells how much it holds. What is done in another thread than the
    first is not watched; within what is watched already nothing changes.

    Args:
        look: what else may raise an error.

    Raises:
        MemoryError: the bound is nearly reached.

    Example:
        >>> with watched():
        ...     sum(range(10))
        45
    """
    if _watching or threading.current_thread() is not threading.main_thread():
        yield
        return
    with contextlib.ExitStack() as stack:
        looks = [one for one in (look, _at_memory(stack)) if one is not None]
        if looks:
            stack.enter_context(_calling(looks))
        yield


@contextlib.contextmanager
def _calling(looks: list[_Look]) -> Iterator[None]:
    global _watching

    def tick(_: int, frame: FrameType | None) -> None:
        if _watching and (frame is None or frame.f_code.co_filename not in _ENDS):
            try:
                for look in looks:
                    look()
            except BaseException:
                # Once more if it goes on: raised within a callback of the interpreter this one is lost.
                signal.setitimer(signal.ITIMER_REAL, _CLEARING, _EVERY)
                raise

    before = signal.signal(signal.SIGALRM, tick)
    signal.siginterrupt(signal.SIGALRM, False)
    _watching = True
    signal.setitimer(signal.ITIMER_REAL, _EVERY, _EVERY)
    try:
        yield
    finally:
        # First of all: from here on no tick may break in. Python calls handlers between the calls below.
        _watching = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _at_memory(stack: contextlib.ExitStack) -> _Look | None:
    """A look at the memory of this process; None where it has no bound, or where nobody tells."""
    try:
        import resource
    except ImportError:
        return None
    bound = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if bound == resource.RLIM_INFINITY or not os.path.exists(_SIZES):
        return None
    near = bound - min(_RESERVE, bound // _SHARE)
    page = os.sysconf("SC_PAGESIZE")
    sizes = os.open(_SIZES, os.O_RDONLY)
    stack.callback(os.close, sizes)

    def look() -> None:
        # The sixth number counts the pages of data and stack.
        if int(os.pread(sizes, 256, 0).split()[5]) * page > near:
            raise MemoryError

    return look

"""How a process that does runs notices that the one that leads the sweep is gone."""

from __future__ import annotations

import functools
import os
import threading
import time

#: Seconds between two looks.
_INTERVAL = 0.5


@functools.cache
def follow(leader: int) -> None:
    """End this process soon after its parent has ended: nobody would take its results.

    Args:
        leader: process id of the parent. A process with another parent, on another machine for instance,
            stays.
    """
    if os.getppid() == leader:
        threading.Thread(target=_watch, args=(leader,), daemon=True).start()


def _watch(leader: int) -> None:
    while os.getppid() == leader:
        time.sleep(_INTERVAL)
    # Not sys.exit: that would end this thread only.
    os._exit(1)

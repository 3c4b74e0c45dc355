"""A progress bar for a sweep: runs finished, failed, runs per second, time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from qsim.cli.progress import ERASE, bar, clock_face, columns
from qsim.results.wording import number

if TYPE_CHECKING:
    from qsim.sweeps.study import Study


class SweepProgress:
    """Shows how far a sweep has come; it is the sweep's watcher.

    Args:
        stream: the terminal to write to; None shows nothing.
        clock: a clock of seconds that never goes back.
    """

    def __init__(self, stream: IO[str] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._begin = clock()
        self._found: int | None = None

    def __call__(self, study: Study) -> None:
        done = study.finished + study.failed
        if self._found is None:
            self._found, self._begin = done, self._clock()
        if self._stream is None:
            return
        elapsed, width = self._clock() - self._begin, columns(self._stream) - 1
        text = line(study.finished, study.failed, study.total - done, done - self._found, elapsed, width)
        self._stream.write(ERASE + text)
        self._stream.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._stream is not None:
            self._stream.write(ERASE)
            self._stream.flush()


def line(finished: int, failed: int, missing: int, fresh: int, elapsed: float, width: int) -> str:
    """The bar's text.

    Args:
        finished, failed, missing: runs.
        fresh: runs finished or failed since the beginning.
        elapsed: wall-clock time since then, s.
        width: columns of text available.

    Example:
        >>> line(30, 1, 69, 20, 10.0, 100)
        ' 31 % [######..............] 0:34 left, 30 of 100 runs finished, 1 failed, 2 runs/s'
    """
    total = finished + failed + missing
    share = (finished + failed) / total if total else 1.0
    left = clock_face(missing * elapsed / fresh) if fresh else "--:--"
    said = [f"{left} left", f"{finished} of {total} runs finished"]
    if failed:
        said.append(f"{failed} failed")
    if fresh and elapsed > 0:
        said.append(f"{number(fresh / elapsed)} runs/s")
    return bar(share, ", ".join(said), width)

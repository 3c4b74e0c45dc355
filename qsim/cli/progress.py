"""Progress bars on standard error, of a run and of a sweep."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Self

from qsim.results.number_text import number, seconds

if TYPE_CHECKING:
    from qsim.kernel import Simulator
    from qsim.sweeps.study import Study


class _Line:
    """The last line of a terminal, taken away at the end."""

    def __init__(self, stream: IO[str] | None, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._begin = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Write a text in the place of what stood there; the empty text takes that away."""
        if self._stream is not None:
            self._stream.write(ERASE + text)
            self._stream.flush()


class SweepProgress(_Line):
    """Shows how far a sweep has come; it is the sweep's watcher.

    Args:
        stream: the terminal to write to; None shows nothing.
        clock: a clock of seconds that never goes back.
    """

    def __init__(self, stream: IO[str] | None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream, clock)
        self._found: int | None = None

    def __call__(self, study: Study) -> None:
        done = study.finished + study.failed
        if self._found is None:
            self._found, self._begin = done, self._clock()
        if self._stream is None:
            return
        elapsed, width = self._clock() - self._begin, columns(self._stream) - 1
        self.show(line(study.finished, study.failed, study.total - done, done - self._found, elapsed, width))


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


#: Wall-clock seconds between two updates.
_INTERVAL = 0.25
#: Takes what stands on the line away.
ERASE = "\r\x1b[K"
_BAR = 20
_LEAST_BAR = 5
_WIDTH = 80


class Progress(_Line):
    """Shows how far a run has come; it is the run's progress callback.

    Args:
        duration: simulated time of the whole run, s.
        stream: the terminal to write to; None shows nothing.
        clock: a clock of seconds that never goes back.
    """

    def __init__(
        self, duration: float, stream: IO[str] | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream, clock)
        self._duration = duration
        self._due = self._begin + _INTERVAL

    def __call__(self, sim: Simulator) -> None:
        now = self._clock()
        if self._stream is None or now < self._due:
            return
        self._due = now + _INTERVAL
        self.show(self.line(sim.now_s, sim.events, now - self._begin, columns(self._stream) - 1))

    def line(self, simulated: float, events: int, elapsed: float, width: int) -> str:
        """The bar's text.

        Args:
            simulated: simulated time so far, s.
            events: kernel events so far.
            elapsed: wall-clock time so far, s.
            width: columns of text available.
        """
        share = min(1.0, simulated / self._duration)
        left = clock_face(elapsed * (1.0 - share) / share) if share > 0.0 else "--:--"
        rate = number(events / elapsed) if elapsed > 0.0 else "0"
        figures = f"{left} left, {seconds(simulated)} of {seconds(self._duration)}, {rate} events/s"
        return bar(share, figures, width)


def bar(share: float, figures: str, width: int) -> str:
    """A bar with figures behind it. On a narrow terminal the bar gives way to the figures.

    Args:
        share: how much is done, 0 to 1.
        figures: text behind the bar.
        width: columns of text available.

    Example:
        >>> bar(0.5, "0:10 left", 40)
        ' 50 % [##########..........] 0:10 left'
    """
    part = f"{100 * share:3.0f} %"
    room = min(_BAR, width - len(f"{part} [] {figures}"))
    done = int(share * room)
    drawn = f" [{'#' * done}{'.' * (room - done)}]" if room >= _LEAST_BAR else ""
    return f"{part}{drawn} {figures}"[:width]


def clock_face(duration: float) -> str:
    """A duration in seconds as a clock shows it."""
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 100:
        return f"{hours // 24} days"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def columns(stream: IO[str]) -> int:
    """How many columns a terminal has."""
    try:
        # A terminal that does not know its size says 0.
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH

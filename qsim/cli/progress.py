"""Progress bars on standard error, of a run and of a sweep, drawn by rich."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, Self

from qsim.results.number_text import number, seconds

if TYPE_CHECKING:
    from qsim.kernel import Simulator
    from qsim.sweeps.study import Study

#: Wall-clock seconds between two updates.
_INTERVAL = 0.25


class _Bar:
    """A bar on the last line of a terminal, taken away at the end.

    Args:
        stream: the terminal to write to; None shows nothing.
        clock: a clock of seconds that never goes back.
    """

    def __init__(self, stream: IO[str] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._begin = clock()
        self._due = self._begin + _INTERVAL
        self._shown: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown is not None:
            self._shown.stop()

    def draw(self, share: float, left: float | None, figures: str) -> None:
        """Show how far it has come: the share done, seconds left (None is unknown), and what else to say."""
        if self._stream is None:
            return
        if self._shown is None:
            self._shown, self._task = _started(self._stream)
        said = f"{'--:--' if left is None else clock_face(left)} left, {figures}"
        self._shown.update(self._task, completed=min(share, 1.0), figures=said)
        self._shown.refresh()


def _started(stream: IO[str]) -> tuple[Any, Any]:
    """A bar of rich that is redrawn when it is told to, and its task."""
    # Only where somebody sees it: it takes a tenth of a second to load.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    columns = (
        TextColumn("{task.percentage:>3.0f} %"),
        BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=4, max_width=24)),
        TextColumn("{task.fields[figures]}", markup=False, table_column=Column(no_wrap=True)),
    )
    console = Console(file=stream, force_terminal=True, force_jupyter=False)
    shown = Progress(*columns, console=console, transient=True, auto_refresh=False, expand=True)
    shown.start()
    return shown, shown.add_task("", total=1.0, figures="")


class Progress(_Bar):
    """Shows how far a run has come; it is the run's progress callback.

    Args:
        duration: simulated time of the whole run, s.
        stream, clock: of the bar.
    """

    def __init__(
        self, duration: float, stream: IO[str] | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream, clock)
        self._duration = duration

    def __call__(self, sim: Simulator) -> None:
        now = self._clock()
        if self._stream is None or now < self._due:
            return
        self._due = now + _INTERVAL
        elapsed = now - self._begin
        share = min(1.0, sim.now_s / self._duration)
        rate = number(sim.events / elapsed) if elapsed > 0.0 else "0"
        figures = f"{seconds(sim.now_s)} of {seconds(self._duration)}, {rate} events/s"
        self.draw(share, elapsed * (1.0 - share) / share if share > 0.0 else None, figures)


class SweepProgress(_Bar):
    """Shows how far a sweep has come; it is the sweep's watcher."""

    _found: int | None = None

    def __call__(self, study: Study) -> None:
        done = study.finished + study.failed
        if self._found is None:
            self._found, self._begin = done, self._clock()
        elapsed, fresh = self._clock() - self._begin, done - self._found
        missing = study.total - done
        said = [f"{study.finished} of {study.total} runs finished"]
        if study.failed:
            said.append(f"{study.failed} failed")
        if fresh and elapsed > 0:
            said.append(f"{number(fresh / elapsed)} runs/s")
        left = missing * elapsed / fresh if fresh else None
        self.draw(done / study.total if study.total else 1.0, left, ", ".join(said))


def clock_face(duration: float) -> str:
    """A duration in seconds as a clock shows it."""
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 100:
        return f"{hours // 24} days"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

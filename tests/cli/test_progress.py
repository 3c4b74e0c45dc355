"""Bars of runs and sweeps: what they say, how often, and that they go away."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest

from qsim.cli.progress import Progress, SweepProgress, clock_face
from qsim.kernel import Simulator


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Study:
    def __init__(self, finished: int, failed: int, total: int) -> None:
        self.finished, self.failed, self.total = finished, failed, total


def plain(text: str) -> str:
    """What a terminal shows, without colours and movements."""
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    return


@pytest.mark.usefixtures("wide")
def test_a_run_tells_time_speed_and_time_left() -> None:
    clock, screen = Clock(), io.StringIO()
    sim = Simulator()
    sim.run(until="250 s")
    with Progress(1000.0, screen, clock) as bar:
        clock.now = 20.0
        bar(sim)
    shown = plain(screen.getvalue())
    assert " 25 % " in shown
    assert "1:00 left, 250 s of 1 000 s, 0 events/s" in shown


@pytest.mark.usefixtures("wide")
def test_updates_are_rationed_and_the_bar_goes_away() -> None:
    clock, screen = Clock(), io.StringIO()
    with Progress(1.0, screen, clock) as bar:
        for clock.now in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
            bar(Simulator())
        assert screen.getvalue().count("--:-- left") == 2
    assert screen.getvalue().rfind("\x1b[2K") > screen.getvalue().rfind("left")


def test_without_a_terminal_nothing_is_drawn() -> None:
    clock = Clock()
    with Progress(1.0, None, clock) as bar:
        clock.now = 10.0
        bar(Simulator())
    with SweepProgress(None) as watch:
        watch(Study(1, 0, 2))  # type: ignore[arg-type]


@pytest.mark.usefixtures("wide")
def test_the_rate_of_a_sweep_is_that_of_fresh_runs() -> None:
    stream, clock = io.StringIO(), Clock()
    with SweepProgress(stream, clock) as progress:
        progress(Study(50, 0, 100))  # type: ignore[arg-type]
        clock.now = 4.0
        progress(Study(58, 1, 100))  # type: ignore[arg-type]
    shown = plain(stream.getvalue())
    assert "--:-- left, 50 of 100 runs finished" in shown
    # Nine runs in four seconds; the fifty that were found there took none.
    assert "0:18 left, 58 of 100 runs finished, 1 failed, 2.25 runs/s" in shown


@pytest.mark.usefixtures("wide")
def test_a_sweep_without_runs_is_complete() -> None:
    stream = io.StringIO()
    with SweepProgress(stream, Clock()) as progress:
        progress(Study(0, 0, 0))  # type: ignore[arg-type]
    assert "100 %" in plain(stream.getvalue())


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "0:00"), (65.4, "1:05"), (32_400.0, "9:00:00"), (3.6e7, "416 days")]
)
def test_the_time_left(seconds: float, said: str) -> None:
    assert clock_face(seconds) == said


def test_a_narrow_terminal_keeps_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    clock, screen = Clock(), io.StringIO()
    with Progress(1000.0, screen, clock) as bar:
        clock.now = 20.0
        bar(Simulator())
        lines = [line for line in plain(screen.getvalue()).splitlines() if line.strip()]
    assert max(map(len, lines)) <= 40

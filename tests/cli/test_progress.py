from __future__ import annotations

import io

import pytest

from qsim.cli.progress import Progress
from qsim.kernel import Simulator


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_line_tells_time_speed_and_time_left() -> None:
    bar = Progress(1000.0, None)
    assert bar.line(250.0, 1_000_000, 20.0, 100) == (
        " 25 % [#####...............] 1:00 left, 250 s of 1 000 s, 50 000 events/s"
    )


def test_the_bar_gives_way_on_a_narrow_terminal() -> None:
    bar = Progress(1000.0, None)
    line = bar.line(250.0, 1_000_000, 20.0, 64)
    assert line == " 25 % [##.........] 1:00 left, 250 s of 1 000 s, 50 000 events/s"
    assert len(line) == 64
    assert bar.line(250.0, 1_000_000, 20.0, 55) == " 25 % 1:00 left, 250 s of 1 000 s, 50 000 events/s"
    assert bar.line(250.0, 1_000_000, 20.0, 20) == " 25 % 1:00 left, 250"


@pytest.mark.parametrize(
    ("simulated", "elapsed", "left"),
    [(0.0, 5.0, "--:--"), (1.0, 3600.0, "9:00:00"), (1e-3, 3600.0, "416 days"), (10.0, 60.0, "0:00")],
)
def test_the_time_left(simulated: float, elapsed: float, left: str) -> None:
    assert (
        Progress(10.0, None)
        .line(simulated, 1, elapsed, 40)
        .startswith(f"{100 * simulated / 10:3.0f} % {left} left")
    )


def test_a_run_past_its_end_is_complete() -> None:
    assert Progress(10.0, None).line(12.0, 1, 1.0, 100).startswith("100 % [####################]")


def test_updates_are_rationed() -> None:
    clock, screen = Clock(), io.StringIO()
    sim = Simulator()
    with Progress(1.0, screen, clock) as bar:
        for clock.now in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
            bar(sim)
        assert screen.getvalue().count("left") == 2
    assert screen.getvalue().endswith("\r\x1b[K")


def test_without_a_terminal_nothing_is_drawn() -> None:
    clock = Clock()
    with Progress(1.0, None, clock) as bar:
        clock.now = 10.0
        bar(Simulator())

"""Where the time goes: the profile of the metropolitan run and of a chain, by package and by module.

Shares are of the time spent inside functions themselves (`tottime`), built-in functions counted with the
module that calls them. A profiler makes small functions look dearer than they are: read the shares, not the
seconds.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import chain
from _harness import EXAMPLES, Report, number, run

from qsim.results import Result
from qsim.scenario import from_document, load

ROOT = Path(__file__).parents[1]
#: Modules listed.
LISTED = 14

Place = tuple[str, int, str]


def profile(work: Callable[[], Result]) -> tuple[dict[str, float], Result]:
    """Seconds by module, for one piece of work."""
    profiler = cProfile.Profile()
    result = profiler.runcall(work)
    spent: dict[str, float] = defaultdict(float)
    stats: dict[Place, tuple[int, int, float, float, dict[Place, tuple[int, int, float, float]]]]
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for place, (_, _, own, _, callers) in stats.items():
        if place[0] == "~" and callers:
            for caller, (_, _, part, _) in callers.items():
                spent[module(caller)] += part
        else:
            spent[module(place)] += own
    return dict(spent), result


def module(place: Place) -> str:
    """The dotted module of a function, with everything outside the project as one."""
    file = Path(place[0])
    if not file.is_relative_to(ROOT) or file.is_relative_to(ROOT / "benchmarks"):
        return "elsewhere"
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def package(name: str) -> str:
    """Two levels of a dotted module."""
    return ".".join(name.split(".")[:2]) if name.count(".") > 1 else name.partition(".")[0]


def fill(report: Report, options: argparse.Namespace) -> None:
    """Profile both."""
    seconds = 5 if options.quick else 100
    metro = load(EXAMPLES / "metro_even.yaml", overrides=[f"run.duration={seconds} s"])
    chained = from_document(chain.document(3, 20, 0.1 if options.quick else 10.0))
    for what, scenario in (
        (f"`examples/metro_even.yaml`, {seconds} s of simulated time", metro),
        ("A chain of 3 repeaters", chained),
    ):
        engine = scenario.engine(seed=0)
        spent, result = profile(engine.run)
        _tell(report, what, spent, result)


def _tell(report: Report, what: str, spent: dict[str, float], result: Result) -> None:
    whole = sum(spent.values())
    grouped: dict[str, float] = defaultdict(float)
    for name, seconds in spent.items():
        grouped[package(name)] += seconds
    report.say(f"{what}: {number(result.events, 9)} events, {number(whole)} s under the profiler.")
    report.table(["package", "share"], _shares(grouped, whole, len(grouped)))
    report.table(["module", "share"], _shares(spent, whole, LISTED))


def _shares(spent: dict[str, float], whole: float, listed: int) -> list[list[object]]:
    dearest = sorted(spent.items(), key=lambda item: -item[1])
    return [
        [name, f"{100 * seconds / whole:.1f} %"]
        for name, seconds in dearest[:listed]
        if seconds > whole / 1000
    ]


if __name__ == "__main__":
    run("Where the time goes", fill)

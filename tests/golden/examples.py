"""The examples, cut short; they are read from their files: written in another way they must run the same."""

from __future__ import annotations

import contextlib
import importlib
import io
import runpy
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest import mock

import qsim
from tests.golden.digests import Record, TraceDigest, digest, observed, record

EXAMPLES = Path(__file__).parents[2] / "examples"
STUDIES = EXAMPLES / "studies"
#: Simulated time of each script, and what makes each scenario short.
SCRIPTS = {"01_two_nodes": "50 ms", "02_repeater_chain": "1.1 s"}
SCENARIOS: dict[str, tuple[str, ...]] = {
    "03_custom_memory": ("run.duration=20 ms",),
    "04_long_chain": ("topology.nodes=60", "traffic[0].responder=n59"),
    "metro_even": ("run.duration=15 s", "defaults.memory.frequency=500 Hz"),
    "metro_weighted": ("run.duration=15 s", "defaults.memory.frequency=500 Hz"),
    "studies/repeater_chain": ("traffic[0].pairs=20",),
}
#: How many sweeps each study makes before it draws, and its simulated time where it is not counted in pairs.
SWEEPS = {
    "formalisms": (1, "6 s"),
    "hardware_parameters": (1, "6 s"),
    "latency": (1, "6 s"),
    "redistribution": (2, "6 s"),
    "repeater_chain": (1, "30 ms"),
}


def cases() -> Iterator[tuple[str, Callable[[], dict[str, Record]]]]:
    """Each example by name, with what runs it."""
    for name, duration in SCRIPTS.items():
        yield f"script {name}", partial(_script, name, duration)
    for name, overrides in SCENARIOS.items():
        yield f"example {name}", partial(_scenario, name, overrides)
    for name, (sweeps, duration) in SWEEPS.items():
        yield f"study {name}", partial(_study, name, sweeps, duration)


def _script(name: str, duration: str) -> dict[str, Record]:
    """Run a script as it stands, its network but for the duration, and keep what it prints too."""
    made: list[tuple[Any, TraceDigest]] = []

    class Short(qsim.Network):
        def engine(self, *_: object, trace: object = None, **run: Any) -> Any:
            run.pop("duration", None)
            sink = TraceDigest()
            engine = super().engine(duration, trace=sink, **run)
            made.append((engine, sink))
            return engine

        def run(self, *_: object, **run: Any) -> qsim.Result:
            result: qsim.Result = self.engine(**run).run()
            return result

    said = io.StringIO()
    with mock.patch.object(qsim, "Network", Short), contextlib.redirect_stdout(said):
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    ((engine, sink),) = made
    return {"": {**record(engine.result()), **sink.record(), "output": digest(said.getvalue().splitlines())}}


def _scenario(name: str, overrides: tuple[str, ...]) -> dict[str, Record]:
    if name == "03_custom_memory":
        _plug_in()
    return {"": observed(qsim.load(EXAMPLES / f"{name}.yaml", overrides=overrides))}


@cache
def _plug_in() -> None:
    runpy.run_path(str(EXAMPLES / "03_custom_memory.py"), run_name="custom_memory")


class _EnoughError(Exception):
    """All sweeps of a study are made: what follows is drawing."""


def _study(name: str, sweeps: int, duration: str) -> dict[str, Record]:
    """The sweeps of a study, one short run for each of their points."""
    made: list[qsim.SweepResult] = []
    whole = qsim.sweep

    def short(scenario: Any, *varied: Any, **given: Any) -> qsim.SweepResult:
        shorter = {"replicates": 1, "duration": duration, "workers": 1, "out": None}
        made.append(whole(scenario, *varied, **{**given, **shorter}))
        if len(made) == sweeps:
            raise _EnoughError
        return made[-1]

    with mock.patch.object(sys, "path", [str(STUDIES), *sys.path]):
        study = importlib.import_module(name)
    with mock.patch.object(qsim, "sweep", short), contextlib.suppress(_EnoughError):
        study.run(Path("nowhere"), 1, True)
    assert len(made) == sweeps, f"the study {name} makes {len(made)} sweeps"
    return {
        f"sweep {number} point {run.point}": record(run.result)
        for number, sweep in enumerate(made)
        for run in sweep.runs
    }

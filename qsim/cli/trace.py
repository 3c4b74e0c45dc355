"""``qsim trace``: write down every event of the first stretch of a run."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from qsim import units
from qsim.cli.console import INTERRUPTED, is_terminal
from qsim.cli.options import (
    AllowPath,
    Limit,
    MaxMemory,
    MaxSeconds,
    Plugins,
    Quiet,
    ScenarioFile,
    Seed,
    Settings,
    Verbose,
    bound,
    console_of,
)
from qsim.errors import ParameterError, ResultError

if TYPE_CHECKING:
    from qsim.cli.console import Console
    from qsim.kernel.trace_sink import TraceSink
    from qsim.scenario.scenario import Scenario

_SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz")


def trace(
    ctx: typer.Context,
    file: ScenarioFile,
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar="T",
            help="Simulated time to stop at, as in --until '10 ms'.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to: .json for Perfetto, .jsonl for JSON lines, either with .gz. "
            "Without it, JSON lines on standard output, or words on a terminal.",
        ),
    ] = None,
    settings: Settings = None,
    plugins: Plugins = None,
    seed: Seed = None,
    allow_path: AllowPath = None,
    limit: Limit = None,
    max_seconds: MaxSeconds = None,
    max_memory: MaxMemory = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write down every event of a run, up to a time.

    A .json trace opens in Perfetto (https://ui.perfetto.dev) or chrome://tracing: one process a node, one
    thread a memory or protocol, arrows for messages and swaps, counters for fidelity and queues.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    if out is None and is_terminal(sys.stdout):
        console.say("--out trace.json writes a file that opens in https://ui.perfetto.dev")
    bound(ctx, allow_path, limit, max_seconds, max_memory)
    end = _time(until)
    if out is not None:
        _check_place(out)
    from qsim.cli.simulation import load_scenario, overridden

    scenario = load_scenario(file, console, plugins=plugins, overrides=overridden(settings, seed=seed))
    if end > scenario.run_spec.duration:
        console.warn(f"the run ends before {until}: run.duration is {scenario.run_spec.duration:g} s")
    with _sink(out) as sink:
        interrupted = _run(scenario, sink, end, console)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _run(scenario: Scenario, sink: TraceSink, end: float, console: Console) -> bool:
    """Run up to a time; whether Ctrl-C cut it short."""
    from qsim.cli.simulation import simulate
    from qsim.kernel import Priority

    engine = scenario.engine(trace=sink)
    # First among the events of its instant: what happens at `end` itself is no longer part of the trace.
    engine.sim.post_at(units.to_ps(end), engine.stop, priority=Priority.PHYSICS)
    _, interrupted = simulate(engine, min(end, scenario.run_spec.duration), console)
    sink.close()
    return interrupted


def _time(text: str) -> float:
    try:
        seconds = units.parse(text, "s")
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="'--until'") from None
    if seconds <= 0:
        raise typer.BadParameter(f"must be greater than 0, got {text}", param_hint="'--until'")
    return seconds


def _check_place(out: Path) -> None:
    if not out.name.endswith(_SUFFIXES):
        raise typer.BadParameter(f"'{out}' must end in one of {', '.join(_SUFFIXES)}", param_hint="'--out'")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"'{out}' is no file in an existing directory", param_hint="'--out'")


@contextlib.contextmanager
def _sink(out: Path | None) -> Iterator[TraceSink]:
    """A sink that writes to standard output, or to a file that appears under its name once it is complete."""
    from qsim.trace.chrome import ChromeTraceSink
    from qsim.trace.sinks import JsonLinesSink, TextSink

    if out is None:
        yield TextSink(sys.stdout) if is_terminal(sys.stdout) else JsonLinesSink(sys.stdout)
        return
    staging = out.with_name(f".{out.name}-{secrets.token_hex(4)}")
    try:
        with contextlib.ExitStack() as stack:
            file = _opened(staging, out.name, stack)
            yield JsonLinesSink(file) if ".jsonl" in out.suffixes else ChromeTraceSink(file)
        os.replace(staging, out)
    except OSError as error:
        raise ResultError(f"cannot write '{out}': {error.strerror or error}") from error
    finally:
        staging.unlink(missing_ok=True)


def _opened(path: Path, name: str, stack: contextlib.ExitStack) -> IO[str]:
    """A text file at `path`, compressed when its final name says so."""
    if not name.endswith(".gz"):
        return stack.enter_context(path.open("w", encoding="utf-8"))
    raw = stack.enter_context(path.open("wb"))
    # Neither the time nor a name goes into the file: one run makes one file, byte for byte.
    packed = stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
    return stack.enter_context(io.TextIOWrapper(packed, encoding="utf-8"))

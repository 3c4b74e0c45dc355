"""Quantum reservoirs: CPU seconds of every engine, beside PennyLane call by call and arrays by hand."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _handwritten import pass_over_windows
from _harness import EXAMPLES, Report, fresh, run
from numpy.typing import NDArray

from qml.engines import jax_support
from qml.engines.choice import EngineChoice

sys.path.append(str(EXAMPLES / "reservoirs"))
from speed import (
    LENGTH,
    STEPS,
    WINDOWS,
    Case,
    Measured,
    bank_of,
    case,
    choices,
    inputs_of,
    measure,
    naive,
)

LIGHTNING = importlib.util.find_spec("pennylane_lightning") is not None


def windows(cell: str, wires: int, repeats: int) -> list[Measured]:
    """All engines on the windows."""
    bank = bank_of(cell, wires)
    cases = [naive("default.qubit", bank)]
    if LIGHTNING:
        cases.append(naive("lightning.qubit", bank))
    cases += [
        case(name, choice, bank, False)
        for name, choice in choices(LIGHTNING, gpu=jax_support.sees_gpu()).items()
    ]
    if cell == "qlstm":
        angles, flat = bank.weights["angles"][0], inputs_of(False)[0, :, :, 0]
        cases.append(Case("arrays by hand, NumPy", lambda: pass_over_windows(angles, flat)[None]))
    return measure(cases, repeats)


def series(cell: str, wires: int, repeats: int) -> list[Measured]:
    """The compiled engines on the long series, and PennyLane call by call scaled from its beginning."""
    bank = bank_of(cell, wires)
    cases = [naive("default.qubit", bank, series=True)]
    cases += [
        case(name, choice, bank, True)
        for name, choice in choices(False, gpu=jax_support.sees_gpu()).items()
        if choice.engine == "auto"
    ]
    return measure(cases, repeats)


def windows_of_many(wires: int, repeats: int) -> list[Measured]:
    """The compiled QLSTM on the windows, in NumPy alone."""
    return measure(
        [case("compiled, NumPy", EngineChoice(backend="numpy"), bank_of("qlstm", wires), False)], repeats
    )


def many_wires(wires: int, rows: int) -> list[Measured]:
    """A QRNN on a part of the windows, scaled to all of them: compiled, beside broadcasting and lightning."""
    bank = bank_of("qrnn", wires)
    part = inputs_of(False)[:, :rows]
    named = {
        "PennyLane default.qubit, batch in one call": EngineChoice(engine="qnode"),
        **(
            {"PennyLane lightning.qubit": EngineChoice(engine="qnode", device="lightning.qubit")}
            if LIGHTNING
            else {}
        ),
        "compiled, NumPy": EngineChoice(backend="numpy"),
    }

    def work(choice: EngineChoice) -> Callable[[], NDArray[np.float64]]:
        engine = choice.build(bank.cell, series=False)
        return lambda: engine.run(bank, part, bank.cell.default_readout, every=False).features

    return measure([Case(name, work(choice), WINDOWS / rows) for name, choice in named.items()], 1)


def many_columns(columns: int, rows: int, seeds: int) -> tuple[float, float]:
    """Wall and processor seconds of a forecast study with its baselines, compilation included."""
    from qml.forecast.document import load_study
    from qml.forecast.evaluation import run_study

    rng = np.random.default_rng(0)
    waves = np.sin(np.arange(rows)[:, None] / (5 + 3 * np.arange(columns)))
    values = waves + 0.03 * rng.standard_normal((rows, columns)).cumsum(axis=0)
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "series.npz", x=values)
        file = Path(folder) / "study.yaml"
        file.write_text(f"data: {{file: series.npz}}\nseeds: {seeds}\n")
        wall, busy = time.perf_counter(), time.process_time()
        run_study(load_study(file))
        return time.perf_counter() - wall, time.process_time() - busy


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure all settings, each in a process of its own."""
    # For the processes that measure: threads that wait in a matrix library count as processor time.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    repeats = 1 if options.quick else 5
    sizes = [2] if options.quick else options.wires
    report.say(
        f"""CPU seconds of one pass over {WINDOWS} windows of {LENGTH} steps, two layers, double precision,
        one thread in the matrix library; medians of {repeats} turns. A QLSTM evaluates
        {WINDOWS * LENGTH * 6:,} circuits, a QRNN {WINDOWS * LENGTH:,}. One call for each circuit is timed on
        a few windows and scaled. The ratio is that of PennyLane's default.qubit, called for each circuit, to
        the engine. Compilation is what the first pass took more; the difference is the largest of any
        feature from the first row's."""
    )
    for cell in ("qlstm",) if options.quick else ("qlstm", "qrnn"):
        for wires in sizes:
            rows = fresh(windows, cell, wires, repeats)
            _table(report, f"{cell.upper()}, {wires} wires", rows)
            if cell == "qlstm":
                _goals(report, wires, rows)
    if not options.quick:
        (twelve,) = fresh(windows_of_many, 12, 3)
        report.goal("QLSTM pass, 12 wires, compiled, NumPy", twelve.seconds, 1.0, "s")
        report.say("A QRNN on 16 wires, timed on 16 windows and scaled.")
        _table(report, "QRNN, 16 wires", fresh(many_wires, 16, 16))
    report.say(f"One series of {STEPS:,} steps, every step read.")
    for cell in ("qrnn",) if options.quick else ("qlstm", "qrnn"):
        for wires in sizes[:2]:
            rows = fresh(series, cell, wires, repeats)
            _table(report, f"{cell.upper()}, {wires} wires, series", rows)
            if (cell, wires) == ("qlstm", 4):
                for one in rows:
                    if one.name == "compiled, JAX":
                        report.goal(f"QLSTM, 4 wires, {STEPS:,} steps, JAX", one.seconds, 0.2, "s")

    size = (1, 200, 1) if options.quick else (10, 2000, 5)
    columns, rows, seeds = size
    wall, busy = fresh(many_columns, *size)
    report.say(f"A forecast study of {columns} columns, {rows:,} rows and {seeds} seeds: {busy:.3g} CPU s.")
    report.goal(f"forecast of {columns} columns", wall, 60, "s")


def _table(report: Report, title: str, rows: list[Measured]) -> None:
    naive_seconds = rows[0].seconds
    report.table(
        [title, "CPU s", "times faster", "compilation s", "difference"],
        [
            [
                one.name,
                one.seconds,
                naive_seconds / one.seconds,
                one.first - one.seconds if "JAX" in one.name else None,
                f"{one.error:.0e}",
            ]
            for one in rows
        ],
    )


def _goals(report: Report, wires: int, rows: list[Measured]) -> None:
    bound = {4: 0.010, 8: 0.15}.get(wires)
    for one in rows:
        if bound is None or one.name not in ("compiled, NumPy", "compiled, JAX"):
            continue
        report.goal(f"QLSTM pass, {wires} wires, {one.name}", one.seconds, bound, "s")
        if wires == 4:
            faster = rows[0].seconds / one.seconds
            report.goal(f"faster than call by call, {one.name}", faster, 1000, "times", at_least=True)
        if one.name == "compiled, JAX":
            report.goal(f"compilation, {wires} wires", one.first - one.seconds, 2, "s")


if __name__ == "__main__":
    run(
        "Quantum reservoirs: engines side by side",
        fill,
        ("--wires", {"type": int, "nargs": "+", "default": [4, 8], "help": "circuit sizes (default: 4 8)"}),
    )

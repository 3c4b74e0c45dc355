"""Time the engines on 240 windows and on a series of 10,000 steps through a quantum cell.

    python examples/reservoirs/speed.py --cell qlstm --wires 4

The ratio is that of one PennyLane call for each circuit, timed on a few windows and scaled, to the engine.
Circuits have two layers; a QLSTM evaluates 24 of them for each window, a QRNN 4.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from qml.cells.bank import Bank, draw_bank
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN, QuantumCell
from qml.engines import jax_support
from qml.engines.choice import EngineChoice
from qml.maps.circuit import CircuitUnits
from qsim.errors import ParameterError, nearest

WINDOWS, LENGTH, STEPS = 240, 4, 10_000
#: Windows on which one call for each circuit is timed; its cost for all of them is scaled from these.
FEW = 4

_CELLS: dict[str, type[QuantumCell]] = {"qrnn": QRNN, "qlstm": QLSTM, "qgru": QGRU}


@dataclass(frozen=True)
class Case:
    """One way to do the work.

    Attributes:
        name: for tables.
        work: does it (or a part of it) and returns the features.
        parts: how many times the work must be done for the whole.
    """

    name: str
    work: Callable[[], NDArray[np.float64]]
    parts: float = 1.0


def bank_of(cell: str, wires: int) -> Bank:
    """One cell with two layers and angles anywhere.

    Raises:
        ParameterError: an unknown cell, or fewer than two wires.
    """
    if cell not in _CELLS:
        raise ParameterError(f"unknown cell '{cell}'{nearest(cell, _CELLS)}")
    return draw_bank(_CELLS[cell](1, wires - 1, CircuitUnits(layers=2, init="uniform")), [7])


def inputs_of(series: bool) -> NDArray[np.float64]:
    """The windows, or the series, shape (1, batch, steps, 1)."""
    shape = (1, 1, STEPS, 1) if series else (1, WINDOWS, LENGTH, 1)
    return np.random.default_rng(7).uniform(-1, 1, shape)


def choices(
    lightning: bool, precisions: tuple[str, ...] = ("double",), gpu: bool = False
) -> dict[str, EngineChoice]:
    """The engines that can be timed on whole batches, by name."""
    made = {"PennyLane default.qubit, batch in one call": EngineChoice(engine="qnode")}
    if lightning:
        made["PennyLane lightning.qubit, batch in one call"] = EngineChoice(
            engine="qnode", device="lightning.qubit"
        )
    if jax_support.installed():
        made["trainable (default.qubit in JAX)"] = EngineChoice(engine="trainable")
    for precision in precisions:
        note = "" if precision == "double" else ", single"
        made[f"compiled, NumPy{note}"] = EngineChoice(backend="numpy", precision=precision)
        if jax_support.installed():
            made[f"compiled, JAX{note}"] = EngineChoice(backend="jax", precision=precision)
            if gpu:
                made[f"compiled, JAX, GPU{note}"] = EngineChoice(device="gpu", precision=precision)
    return made


def case(name: str, choice: EngineChoice, bank: Bank, series: bool) -> Case:
    """All of the work by one engine."""
    inputs, readout = inputs_of(series), bank.cell.default_readout

    def work() -> NDArray[np.float64]:
        return choice.build(bank.cell, series).run(bank, inputs, readout, every=series).features

    return Case(name, work)


def naive(device: str, bank: Bank, series: bool = False) -> Case:
    """One QNode call for each circuit, as it is usually written; timed on a part of the work."""
    choice = EngineChoice(engine="qnode", device=device)
    inputs = inputs_of(series)
    part = inputs[:, :, : FEW * LENGTH] if series else inputs[:, :FEW]

    def work() -> NDArray[np.float64]:
        engine = choice.build(bank.cell, series)
        alone = [
            engine.run(bank, part[:, row : row + 1], bank.cell.default_readout, every=series).features
            for row in range(part.shape[1])
        ]
        return np.concatenate(alone, axis=1)

    return Case(f"PennyLane {device}, one call for each circuit", work, inputs.size / part.size)


@dataclass(frozen=True)
class Measured:
    """CPU seconds of one case.

    Attributes:
        name: of the case.
        seconds: the median of several turns, scaled to all of the work.
        first: the first turn, compilation included, not scaled.
        error: largest difference of a feature from the first case's.
    """

    name: str
    seconds: float
    first: float
    error: float


def measure(cases: list[Case], repeats: int) -> list[Measured]:
    """Time cases in turns, so that a busy machine slows all of them."""
    firsts, answers = [], []
    for one in cases:
        began = time.process_time()
        answers.append(one.work())
        firsts.append(time.process_time() - began)
    samples: list[list[float]] = [[] for _ in cases]
    for _ in range(repeats):
        for one, taken in zip(cases, samples, strict=True):
            began = time.process_time()
            one.work()
            taken.append((time.process_time() - began) * one.parts)
    reference = answers[0]
    errors = [
        float(np.abs(answer[:, : reference.shape[1], : reference.shape[2]]
                     - reference[:, : answer.shape[1], : answer.shape[2]]).max())
        for answer in answers
    ]  # fmt: skip
    return [
        Measured(one.name, float(np.median(taken)), first, error)
        for one, taken, first, error in zip(cases, samples, firsts, errors, strict=True)
    ]


def main() -> None:
    """Read the options, measure, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cell", default="qlstm", choices=("qrnn", "qlstm", "qgru"))
    parser.add_argument("--wires", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--gpu", action="store_true", help="time JAX on the GPU too")
    chosen = parser.parse_args()
    bank = bank_of(chosen.cell, chosen.wires)
    engines = choices(lightning=False, gpu=chosen.gpu)
    with threadpool_limits(1):
        cases = [
            naive("default.qubit", bank),
            *(case(name, one, bank, False) for name, one in engines.items()),
        ]
        show("240 windows of 4 steps", measure(cases, chosen.repeats))
        quick = {name: one for name, one in engines.items() if one.engine == "auto"}
        cases = [
            naive("default.qubit", bank, True),
            *(case(name, one, bank, True) for name, one in quick.items()),
        ]
        show("series of 10,000 steps", measure(cases, chosen.repeats))


def show(title: str, rows: list[Measured]) -> None:
    """Print one table."""
    print(f"{title:50}  {'CPU s':>9}  {'times faster':>12}  {'first pass':>10}  {'difference':>10}")
    for row in rows:
        faster = rows[0].seconds / row.seconds
        print(f"{row.name:50}  {row.seconds:9.3g}  {faster:12,.0f}  {row.first:10.3g}  {row.error:10.0e}")
    print()


if __name__ == "__main__":
    main()

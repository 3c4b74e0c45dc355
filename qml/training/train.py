"""Train recurrent models on a task, several seeds side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qml.cells.bank import Bank, draw_bank
from qml.cells.quantum_cells import QuantumCell
from qml.engines.memory_budget import available, estimate, require
from qml.inputs import whole
from qml.maps.circuit import CircuitUnits
from qml.tasks.windowed import WindowedTask
from qml.training.program import ROWS
from qml.training.seed_batch import SEEDS, Training, cell_seed, train_seeds
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trained:
    """Models after training, one for each seed.

    Attributes:
        bank: the cells with their trained circuits, fit to be driven by any engine.
        weights: of the linear layer, shape (seeds, features, outputs).
        intercept: of the linear layer, shape (seeds, outputs).
        train_loss: mean squared error on the training windows after each epoch, shape (seeds, epochs).
        test_loss: likewise on the other windows; training does not look at them.
        answers: to all windows after the last epoch, shape (seeds, windows, outputs).
        parameters: numbers that were trained, of one model.
        seconds: processor time of the training of all seeds together, without compilation.
        compile_seconds: processor time of compilation; almost nothing where the program was at hand.
    """

    bank: Bank
    weights: Array
    intercept: Array
    train_loss: Array
    test_loss: Array
    answers: Array
    parameters: int
    seconds: float
    compile_seconds: float


def train(
    cell: QuantumCell,
    task: WindowedTask,
    seeds: Sequence[int],
    settings: Training | None = None,
    readout: tuple[str, ...] = (),
) -> Trained:
    """Train the circuits of a cell and a linear layer on the training windows of a task.

    The circuits start where a bank drawn with `cell_seed` of the same seeds starts; the linear layer starts
    uniform in +-1/sqrt(features), as in PyTorch. A seed's result does not depend on the other seeds.

    Args:
        cell: equations, sizes and how the circuits' angles are drawn.
        task: windows in time order.
        seeds: whole numbers of at least 0, one for each model.
        settings: how it is trained.
        readout: what the linear layer sees; by default what the published model reads.

    Raises:
        ParameterError: a cell without circuits, seeds that are none, windows that do not fit the cell,
            circuits that do not fit into memory, JAX is not installed, or training left the range of double
            precision.
    """
    settings = settings or Training()
    readout = readout or cell.default_readout
    _check(cell, task, seeds, readout, settings.batch)
    groups = [
        train_seeds(cell, task, seeds[at : at + SEEDS], settings, readout)
        for at in range(0, len(seeds), SEEDS)
    ]
    model = {name: np.concatenate([group.model[name] for group in groups]) for name in groups[0].model}
    losses = np.concatenate([group.losses for group in groups])
    bank = draw_bank(cell, [cell_seed(seed) for seed in seeds])
    training, compilation = np.sum([group.seconds for group in groups], axis=0).tolist()
    return Trained(
        bank=replace(bank, weights={**bank.weights, "angles": model["angles"]}),
        weights=model["head"],
        intercept=model["bias"],
        train_loss=losses[:, 0],
        test_loss=losses[:, 1],
        answers=np.concatenate([group.answers for group in groups]),
        parameters=sum(array[0].size for array in model.values()),
        seconds=training,
        compile_seconds=compilation,
    )


def _check(
    cell: QuantumCell, task: WindowedTask, seeds: Sequence[int], readout: tuple[str, ...], batch: int
) -> None:
    if (
        not isinstance(cell, QuantumCell)
        or not isinstance(cell.units, CircuitUnits)
        or not cell.units.lowered
    ):
        raise ParameterError(f"only cells with circuits are trained here, not {cell!r}")
    cell.check_readout(readout)
    if not seeds:
        raise ParameterError("no seeds are given: take at least one")
    for seed in seeds:
        whole("seeds", seed, 0)
    channels = task.windows.shape[2]
    if channels != cell.channels:
        raise ParameterError(
            f"the cell has {cell.channels} channels and the windows of {task.name} {channels}"
        )
    rows = max(ROWS, batch * task.windows.shape[1])
    require(estimate(cell.wires, rows, SEEDS * max(cell.stages), False), available(), cell.wires)

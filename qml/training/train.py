"""Train recurrent models on a task, several seeds side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qml.cells.bank import Bank, draw_bank
from qml.cells.base import Cell
from qml.cells.quantum_cells import QuantumCell
from qml.engines.memory_budget import available, estimate, require
from qml.inputs import whole
from qml.tasks.windowed import WindowedTask
from qml.training.program import ROWS
from qml.training.seed_batch import SEEDS, Training, cell_seed, train_seeds
from qml.training.trainable import check_trainable
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trained:
    """Models after training, one for each seed.

    Attributes:
        bank: the cells with their trained weights, fit to be driven by any engine.
        weights: of the linear layer, shape (seeds, features, outputs).
        intercept: of the linear layer, shape (seeds, outputs).
        train_loss: mean squared error on the training windows after each epoch, shape (seeds, epochs); NaN
            for epochs after a seed stopped.
        test_loss: likewise on the other windows; training does not look at them.
        answers: to all windows by the models that were kept, shape (seeds, windows, outputs).
        epochs: after which each model was kept, counted from 1: the last one unless there was patience.
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
    epochs: npt.NDArray[np.int64]
    parameters: int
    seconds: float
    compile_seconds: float


def train(
    cell: Cell,
    task: WindowedTask,
    seeds: Sequence[int],
    settings: Training | None = None,
    readout: tuple[str, ...] = (),
) -> Trained:
    """Train a cell and a linear layer on the training windows of a task.

    The cells start where a bank drawn with `cell_seed` of the same seeds starts; the linear layer starts
    uniform in +-1/sqrt(features), as in PyTorch. A seed's result does not depend on the other seeds.

    Args:
        cell: equations, sizes and how its weights are drawn: a cell with circuits, whose angles are trained,
            or a classical twin (`RNN`, `LSTM`, `GRU`), of which everything is.
        task: windows in time order.
        seeds: whole numbers of at least 0, one for each model.
        settings: how it is trained.
        readout: what the linear layer sees; by default what the published model reads.

    Raises:
        ParameterError: a cell that is not trained here, seeds that are none, windows that do not fit the
            cell, circuits that do not fit into memory, JAX or the device is not there, or training left the
            range of double precision.
    """
    return train_windows(cell, task.windows, task.targets, task.train, seeds, settings, readout)


def train_windows(
    cell: Cell,
    windows: Array,
    targets: Array,
    count: int,
    seeds: Sequence[int],
    settings: Training | None = None,
    readout: tuple[str, ...] = (),
) -> Trained:
    """Train on the first `count` of windows (windows, length, channels) with targets (windows, outputs).

    All of them may train, where no `patience` needs others. See `train`.

    Raises:
        ParameterError: see `train`; also patience without windows to look at.
    """
    settings = settings or Training()
    readout = readout or cell.default_readout
    _check(cell, windows, seeds, readout, settings)
    if settings.patience is not None and count >= len(windows):
        raise ParameterError("`patience` needs windows that do not train, and all of them do")
    groups = [
        train_seeds(cell, windows, targets, count, seeds[at : at + SEEDS], settings, readout)
        for at in range(0, len(seeds), SEEDS)
    ]
    model = {name: np.concatenate([group.model[name] for group in groups]) for name in groups[0].model}
    losses = np.concatenate([group.losses for group in groups])
    bank = draw_bank(cell, [cell_seed(seed) for seed in seeds])
    learnt = {name: model[name] for name in bank.weights if name in model}
    training, compilation = np.sum([group.seconds for group in groups], axis=0).tolist()
    return Trained(
        bank=replace(bank, weights={**bank.weights, **learnt}),
        weights=model["head"],
        intercept=model["offset"],
        train_loss=losses[:, 0],
        test_loss=losses[:, 1],
        answers=np.concatenate([group.answers for group in groups]),
        epochs=np.concatenate([group.epochs for group in groups]),
        parameters=sum(array[0].size for array in model.values()),
        seconds=training,
        compile_seconds=compilation,
    )


def _check(
    cell: Cell, windows: Array, seeds: Sequence[int], readout: tuple[str, ...], settings: Training
) -> None:
    if not isinstance(cell, Cell):
        raise ParameterError(f"a cell is needed, such as QRNN(), not {cell!r}")
    check_trainable(cell, settings.engine)
    cell.check_readout(readout)
    _, length, channels = windows.shape
    if channels != cell.channels:
        raise ParameterError(f"the cell has {cell.channels} channels and the windows {channels}")
    if not seeds:
        raise ParameterError("no seeds are given: take at least one")
    for seed in seeds:
        whole("seeds", seed, 0)
    if isinstance(cell, QuantumCell):
        rows = max(ROWS, settings.batch * length)
        require(estimate(cell.wires, rows, SEEDS * max(cell.stages), False), available(), cell.wires)

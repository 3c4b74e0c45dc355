"""A fixed number of seeds trained in one compiled program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.cells.bank import draw_bank
from qml.cells.quantum_cells import QuantumCell
from qml.engines import jax_support
from qml.maps.base import Evaluator
from qml.maps.circuit import CircuitUnits, CompiledCircuits
from qml.maps.pennylane_circuit import TracedQNodes
from qml.tasks.windowed import WindowedTask
from qml.training.program import ROWS, TracedCircuits, compiled
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param

#: Seeds in one program. Fixed, so that one compiled program serves any number of seeds, and the bits of a
#: seed's result do not depend on its company.
SEEDS = 3
#: Windows and targets are padded to a multiple of it.
_CAPACITY = 32 * ROWS

Array = npt.NDArray[np.float64]
ENGINES = ("compiled", "trainable")


@dataclass(frozen=True)
class Training(Declared):
    """RMSprop on the mean squared error of the answer after the last step of each window.

    The rule is that of `qml.readouts.GradientReadout`, and so are its defaults, those of the public code of
    the authors of arXiv:2211.02612. The last batch of an epoch takes the windows that are left.

    Args:
        epochs: passes over the training windows.
        batch: windows to a step.
        shuffle: whether each seed draws a new order of the windows for every epoch.
        learning_rate: the step size.
        alpha: what is kept of the running mean of squared gradients at every step; in [0, 1).
        epsilon: added to the root of that mean.
        engine: ``compiled`` differentiates the circuits as lowered to one matrix each; ``trainable``
            differentiates default.qubit, gate by gate. The gradients are the same to round-off; ``compiled``
            trains two to three times faster and compiles three to five times faster.

    Raises:
        ParameterError: on construction, for a setting out of its bounds.
    """

    epochs: Annotated[int, Param("passes over the training windows", ge=1)] = 100
    batch: Annotated[int, Param("windows to a step", ge=1)] = 10
    shuffle: Annotated[bool, Param("draw a new order of the windows for every epoch")] = False
    learning_rate: Annotated[float, Param("step size", gt=0)] = 0.01
    alpha: Annotated[float, Param("share of the mean squared gradient kept at a step", ge=0, lt=1)] = 0.99
    epsilon: Annotated[float, Param("added to the root of the mean squared gradient", gt=0)] = 1e-8
    engine: Annotated[str, Param("how the circuits are computed", choices=ENGINES)] = "compiled"


@dataclass(frozen=True, eq=False)
class TrainedSeeds:
    """Models after training, leading axis over seeds.

    Attributes:
        model: ``angles``, ``head`` and ``bias``; see `qml.training.program`.
        losses: mean squared errors (seeds, 2, epochs), of the training windows and of the others.
        answers: to all windows after the last epoch, shape (seeds, windows, outputs).
        seconds: processor time of training and of compilation.
    """

    model: dict[str, Array]
    losses: Array
    answers: Array
    seconds: tuple[float, float]


def cell_seed(seed: int) -> np.random.SeedSequence:
    """The source of a model's circuits; the linear layer and the orders have one of their own."""
    return np.random.SeedSequence(seed, spawn_key=(0,))


def train_seeds(
    cell: QuantumCell, task: WindowedTask, seeds: Sequence[int], settings: Training, readout: tuple[str, ...]
) -> TrainedSeeds:
    """Train up to `SEEDS` seeds; empty places repeat the last seed and are cut off.

    Raises:
        ParameterError: JAX is not installed, or training left the range of double precision.
    """
    jax = jax_support.load()
    filled = [*seeds, *[seeds[-1]] * (SEEDS - len(seeds))]
    bank = draw_bank(cell, [cell_seed(seed) for seed in filled])
    sources = [np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))) for seed in filled]
    windows, targets = _padded(task.windows), _padded(task.targets)
    model = {"angles": bank.weights["angles"], **_layer(cell, readout, targets.shape[1], sources)}
    fixed = {name: bank.weights[name] for name in ("gain", "shift")}
    places = -(-len(windows) // settings.batch) * settings.batch
    shapes = {
        **{name: array.shape for name, array in (*model.items(), *fixed.items())},
        "order": (SEEDS, places), "windows": windows.shape, "targets": targets.shape,
    }  # fmt: skip
    with jax_support.double_precision(jax), jax.default_device(jax_support.device(jax, "cpu")):
        began = time.process_time()
        program = compiled(cell, _evaluator(cell, settings), readout, settings.batch, tuple(shapes.items()))
        ready = time.process_time()
        squares = {name: np.zeros_like(array) for name, array in model.items()}
        counts = np.int32(task.train), np.int32(len(task.windows))
        rates = np.array([settings.learning_rate, settings.alpha, settings.epsilon])
        losses, answers = [], np.empty(0)
        for _ in range(settings.epochs):
            order = _order(sources, task.train, places, settings.shuffle)
            model, squares, given = program(model, squares, fixed, order, windows, targets, *counts, rates)
            answers = np.asarray(given)[:, : len(task.windows)]
            losses.append(_losses(answers, task))
        spent = time.process_time() - ready, ready - began
    kept = {name: np.array(array)[: len(seeds)] for name, array in model.items()}
    return TrainedSeeds(kept, np.stack(losses, axis=2)[: len(seeds)], answers[: len(seeds)], spent)


def _evaluator(cell: QuantumCell, settings: Training) -> Evaluator:
    assert isinstance(cell.units, CircuitUnits)
    if settings.engine == "trainable":
        return TracedQNodes(cell.units, cell.wires)
    shape = cell.units.shape(cell.wires)
    return TracedCircuits(shape, CompiledCircuits.of(shape).fused)


def _layer(
    cell: QuantumCell, readout: tuple[str, ...], outputs: int, sources: list[np.random.Generator]
) -> dict[str, Array]:
    features = sum(cell.readable[name] for name in readout)
    bound = features**-0.5
    drawn = np.stack([source.uniform(-bound, bound, (features + 1, outputs)) for source in sources])
    return {"head": drawn[:, :-1].copy(), "bias": drawn[:, -1].copy()}


def _padded(rows: Array) -> Array:
    missing = -len(rows) % _CAPACITY
    return np.pad(rows, ((0, missing), *((0, 0),) * (rows.ndim - 1)))


def _order(
    sources: list[np.random.Generator], rows: int, places: int, shuffle: bool
) -> npt.NDArray[np.int32]:
    order = np.zeros((len(sources), places), dtype=np.int32)
    for place, source in zip(order, sources, strict=True):
        place[:rows] = source.permutation(rows) if shuffle else np.arange(rows)
    return order


def _losses(answers: Array, task: WindowedTask) -> Array:
    """Mean squared errors, shape (seeds, 2): of the training windows and of the others."""
    squares = ((answers - task.targets) ** 2).mean(axis=2)
    parts = np.stack([squares[:, : task.train].mean(axis=1), squares[:, task.train :].mean(axis=1)], axis=1)
    if not np.isfinite(parts).all():
        raise ParameterError(
            "training left the range of double precision: scale windows and targets to about 1, or take a"
            " smaller `learning_rate`"
        )
    return parts

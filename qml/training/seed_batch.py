"""A fixed number of seeds trained in one compiled program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from qml.cells.bank import draw_bank
from qml.cells.base import Cell
from qml.engines import jax_support
from qml.training.optimisers import RULES
from qml.training.program import ROWS, Shapes, compiled
from qml.training.trainable import parts
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param

#: Seeds in one program. Fixed, so that one compiled program serves any number of seeds, and the bits of a
#: seed's result do not depend on its company.
SEEDS = 3
#: Windows and targets are padded to a multiple of it.
_CAPACITY = 32 * ROWS

Array = npt.NDArray[np.float64]
ENGINES = ("compiled", "trainable")
DEVICES = ("cpu", "gpu")


@dataclass(frozen=True)
class Training(Declared):
    """Descent on the mean squared error of the answer after the last step of each window.

    RMSprop follows the rule of `qml.readouts.GradientReadout`, and so do its defaults, those of the public
    code of the authors of arXiv:2211.02612. The last batch of an epoch takes the windows that are left.

    Args:
        epochs: passes over the training windows; with `patience` at most so many.
        batch: windows to a step.
        shuffle: whether each seed draws a new order of the windows for every epoch.
        learning_rate: the step size.
        alpha: what is kept of the running mean of squared gradients at every step; in [0, 1). Adam's authors
            take 0.999.
        epsilon: added to the root of that mean.
        engine: ``compiled`` differentiates the circuits as lowered to one matrix each; ``trainable``
            differentiates default.qubit, gate by gate. The gradients are the same to round-off; ``compiled``
            trains two to three times faster and compiles three to five times faster.
        optimiser: ``rmsprop`` or ``adam``.
        momentum: what Adam keeps of the running mean of gradients at every step; in [0, 1).
        patience: epochs without a smaller error on the windows that do not train, after which a seed stops;
            what it was at its best epoch is kept. These windows are then no test any more. None trains for
            all epochs and keeps the last.
        device: ``cpu`` or ``gpu``, through JAX.

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
    optimiser: Annotated[str, Param("rule of descent", choices=tuple(RULES))] = "rmsprop"
    momentum: Annotated[float, Param("share of the mean gradient that Adam keeps at a step", ge=0, lt=1)] = (
        0.9
    )
    patience: Annotated[int | None, Param("epochs without improvement after which to stop", ge=1)] = None
    device: Annotated[str, Param("of JAX", choices=DEVICES)] = "cpu"

    @property
    def rates(self) -> Array:
        """The numbers of the rule, as the compiled program takes them."""
        return np.array([self.learning_rate, self.alpha, self.epsilon, self.momentum])


@dataclass(frozen=True, eq=False)
class TrainedSeeds:
    """Models after training, leading axis over seeds.

    Attributes:
        model: see `qml.training.program`.
        losses: mean squared errors (seeds, 2, epochs), of the training windows and of the others; NaN for
            epochs after a seed stopped, and where there are no others.
        answers: to all windows by the models that were kept, shape (seeds, windows, outputs).
        epochs: after which each model was kept, counted from 1.
        seconds: processor time of training and of compilation.
    """

    model: dict[str, Array]
    losses: Array
    answers: Array
    epochs: npt.NDArray[np.int64]
    seconds: tuple[float, float]


class _Best:
    """The models that are kept: the last ones, or with patience each seed's best."""

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.model: dict[str, Array] = {}
        self.losses: list[Array] = []
        self.answers, self.epochs = np.empty(0), np.zeros(SEEDS, dtype=np.int64)
        self._least, self._going = np.full(SEEDS, np.inf), np.ones(SEEDS, dtype=bool)

    def see(self, model: dict[str, Array], answers: Array, losses: Array) -> bool:
        """Look at an epoch; whether any seed goes on."""
        self.losses.append(np.where(self._going[:, None], losses, np.nan))
        better = self._going & (losses[:, 1] < self._least) if self.patience else self._going
        self._least = np.where(better, losses[:, 1], self._least)
        self.epochs = np.where(better, len(self.losses), self.epochs)
        self.model = {name: _chosen(better, array, self.model.get(name)) for name, array in model.items()}
        self.answers = _chosen(better, answers, self.answers if self.answers.size else None)
        if self.patience:
            self._going = self._going & (len(self.losses) - self.epochs < self.patience)
        return bool(self._going.any())


def _chosen(better: npt.NDArray[np.bool_], new: Any, old: Array | None) -> Array:
    array = np.asarray(new)
    if old is None:
        return array
    return np.where(better.reshape(-1, *(1,) * (array.ndim - 1)), array, old)


def cell_seed(seed: int) -> np.random.SeedSequence:
    """The source of a model's circuits; the linear layer and the orders have one of their own."""
    return np.random.SeedSequence(seed, spawn_key=(0,))


def train_seeds(
    cell: Cell,
    windows: Array,
    targets: Array,
    train: int,
    seeds: Sequence[int],
    settings: Training,
    readout: tuple[str, ...],
) -> TrainedSeeds:
    """Train up to `SEEDS` seeds on the first windows; empty places repeat the last seed and are cut off.

    Raises:
        ParameterError: JAX or the device is not there, or training left the range of double precision.
    """
    jax = jax_support.load()
    filled = [*seeds, *[seeds[-1]] * (SEEDS - len(seeds))]
    bank = draw_bank(cell, [cell_seed(seed) for seed in filled])
    sources = [np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))) for seed in filled]
    evaluator, trained, fixed = parts(cell, bank.weights, settings.engine)
    model: dict[str, Any] = {**trained, **_layer(cell, readout, targets.shape[1], sources)}
    memory = RULES[settings.optimiser][1](model)
    places = -(-len(windows) // settings.batch) * settings.batch
    data = _padded(windows), _padded(targets)
    sizes = {"order": (SEEDS, places), "windows": data[0].shape, "targets": data[1].shape}
    shapes = _shapes(model), _shapes(fixed), tuple(sizes.items())
    device = jax_support.device(jax, settings.device)
    with jax_support.double_precision(jax), jax.default_device(device):
        began = time.process_time()
        program = compiled(cell, evaluator, readout, settings.batch, settings.optimiser, device, shapes)
        ready = time.process_time()
        counts, best = (np.int32(train), np.int32(len(windows))), _Best(settings.patience)
        for _ in range(settings.epochs):
            order = _order(sources, train, places, settings.shuffle)
            model, memory, given = program(model, memory, fixed, order, *data, *counts, settings.rates)
            answers = np.asarray(given)[:, : len(windows)]
            if not best.see(model, answers, _losses(answers, targets, train)):
                break
        spent = time.process_time() - ready, ready - began
    count = len(seeds)
    losses = np.full((SEEDS, 2, settings.epochs), np.nan)
    losses[..., : len(best.losses)] = np.stack(best.losses, axis=2)
    kept = {name: np.array(array)[:count] for name, array in best.model.items()}
    return TrainedSeeds(kept, losses[:count], best.answers[:count], best.epochs[:count], spent)


def _shapes(arrays: dict[str, Any]) -> Shapes:
    return tuple((name, array.shape) for name, array in arrays.items())


def _layer(
    cell: Cell, readout: tuple[str, ...], outputs: int, sources: list[np.random.Generator]
) -> dict[str, Array]:
    features = sum(cell.readable[name] for name in readout)
    bound = features**-0.5
    drawn = np.stack([source.uniform(-bound, bound, (features + 1, outputs)) for source in sources])
    return {"head": drawn[:, :-1].copy(), "offset": drawn[:, -1].copy()}


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


def _losses(answers: Array, targets: Array, train: int) -> Array:
    """Mean squared errors, shape (seeds, 2): of the training windows and of the others, NaN without them."""
    squares = ((answers - targets) ** 2).mean(axis=2)
    if not np.isfinite(squares).all():
        raise ParameterError(
            "training left the range of double precision: scale windows and targets to about 1, or take a"
            " smaller `learning_rate`"
        )
    others = squares[:, train:].mean(axis=1) if train < len(targets) else np.full(len(squares), np.nan)
    return np.stack([squares[:, :train].mean(axis=1), others], axis=1)

"""The nine models of experiment `paper`, their baselines, and the run of one model on one task."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from _paper_reference import INPUT_FIRST

from qml.baselines import NVAR, LinearTaps, Persistence
from qml.cells.bank import draw_bank
from qml.cells.base import Cell
from qml.cells.classical_cells import ESN, GRU, LSTM, RNN
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN, QuantumCell
from qml.comparison.score_table import BASELINES
from qml.ensembles import tanh_control
from qml.maps.circuit import CircuitUnits
from qml.readouts import GradientReadout, RidgeReadout
from qml.reservoir import Reservoir
from qml.tasks import WindowedTask, paper_task
from qml.training import Trained, Training, train
from qml.training.seed_batch import ENGINES, cell_seed
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]

#: The tasks of the paper.
TASKS = ("damped-shm", "bessel-j2", "delayed-quantum-control", "narma-5", "narma-10")
_QUANTUM: dict[str, type[QuantumCell]] = {"QLSTM": QLSTM, "QGRU": QGRU, "QRNN": QRNN}
_CLASSICAL: dict[str, Cell] = {"RNN": RNN(), "LSTM": LSTM(), "GRU": GRU()}
_WINDOW = 4
_TAPS: dict[str, LinearTaps] = {"linear taps": LinearTaps(_WINDOW), "NVAR": NVAR(_WINDOW)}

#: All models in the order of the table: the nine of the paper and another wiring, then the baselines.
MODELS = (
    *(f"{name} reservoir" for name in ("QRNN", "QLSTM", "QGRU")),
    "QRNN reservoir" + INPUT_FIRST,
    *(f"{name} trained" for name in ("QRNN", "QLSTM", "QGRU")),
    *(f"{name} reservoir" for name in _CLASSICAL),
    *BASELINES,
)


@dataclass(frozen=True)
class PaperSettings(Declared):
    """What the figures of the experiment depend on.

    Args:
        seeds: for reservoirs.
        trained_seeds: for trained models.
        epochs: of RMSprop.
        batch: windows to a step.
        shuffle: a new order of the windows for every epoch; in order if not, as in the authors' public code.
        scaling: see `qml.tasks.paper_task`.
        init: how circuits are drawn; see `qml.maps.circuit.CircuitUnits`.
        engine: of the trained models; see `qml.training.Training`.

    Raises:
        ParameterError: on construction, for a setting out of its bounds.
    """

    seeds: Annotated[int, Param("seeds of each reservoir", ge=1)] = 10
    trained_seeds: Annotated[int, Param("seeds of each trained model", ge=1)] = 3
    epochs: Annotated[int, Param("passes over the training windows", ge=1)] = 100
    batch: Annotated[int, Param("windows to a step", ge=1)] = 10
    shuffle: Annotated[bool, Param("draw a new order of the windows for every epoch")] = True
    scaling: Annotated[str, Param("what the series are scaled by", choices=("authors", "train", "none"))] = (
        "authors"
    )
    init: Annotated[str, Param("how circuits are drawn", choices=("normal", "uniform"))] = "normal"
    engine: Annotated[str, Param("how trained circuits are computed", choices=ENGINES)] = "compiled"


@dataclass(frozen=True)
class Part:
    """What one model did on one task.

    Attributes:
        task: name of the task.
        model: name of the model.
        train_loss: after each epoch, for each seed; no seeds where nothing is trained by gradient.
        test_loss: likewise on the test windows.
        closed: test loss of the closed form: ridge, or of persistence as it is; empty for trained models.
        answers: to all windows after the last epoch, of the first seed.
        features: numbers that the readout sees; None for persistence.
        trained: parameters that were trained.
        seconds: processor time of features and all epochs, of one seed (they run side by side).
        closed_seconds: processor time of features and closed form, of one seed.
        compile_seconds: processor time of compilation, where there was any.
    """

    task: str
    model: str
    train_loss: list[list[float]]
    test_loss: list[list[float]]
    closed: list[float]
    answers: list[float]
    features: int | None
    trained: int
    seconds: float
    closed_seconds: float
    compile_seconds: float = 0.0


def run_part(model: str, task_name: str, settings: PaperSettings) -> Part:
    """Run one model on one task with all its seeds."""
    task = paper_task(task_name, settings.scaling)
    if model == "persistence":
        return _persistence(task)
    family, _, kind = model.partition(" ")
    if kind == "trained":
        how = Training(settings.epochs, settings.batch, settings.shuffle, engine=settings.engine)
        return _trained(
            model, train(_quantum(family, settings), task, range(settings.trained_seeds), how), task
        )
    if model in _TAPS:
        return _taps(model, task, settings)
    return _reservoir(model, _frozen(model, settings), task, settings)


def _quantum(family: str, settings: PaperSettings) -> QuantumCell:
    return _QUANTUM[family](units=CircuitUnits(init=settings.init))


def _frozen(model: str, settings: PaperSettings) -> Cell:
    family = model.split()[0]
    if model.endswith(INPUT_FIRST):
        return QRNN(units=CircuitUnits(init=settings.init), input_first=True)
    if model == "tanh units":
        return tanh_control(QRNN(), scale=1.0, bias_scale=0.5)
    if model == "ESN":
        return ESN(hidden=QRNN().hidden)
    return _quantum(family, settings) if family in _QUANTUM else _CLASSICAL[family]


def _persistence(task: WindowedTask) -> Part:
    forecasts = not task.name.startswith("narma")
    known = Persistence("input" if forecasts else "target").predict_windows(task.windows, task.targets)
    error = float(np.mean((known - task.targets)[task.train :] ** 2))
    return Part(task.name, "persistence", [], [], [error], known[:, 0].tolist(), None, 0, 0.0, 0.0)


def _trained(model: str, done: Trained, task: WindowedTask) -> Part:
    seeds = len(done.test_loss)
    return Part(
        task.name,
        model,
        done.train_loss.tolist(),
        done.test_loss.tolist(),
        [],
        done.answers[0, :, 0].tolist(),
        done.weights.shape[1],
        done.parameters,
        done.seconds / seeds,
        0.0,
        done.compile_seconds,
    )


def _taps(model: str, task: WindowedTask, settings: PaperSettings) -> Part:
    began = time.process_time()
    features = _TAPS[model].window_features(task.windows)
    spent = time.process_time() - began
    return _read_out(
        model, np.broadcast_to(features, (settings.seeds, *features.shape)), spent, task, settings, 1
    )


def _reservoir(model: str, cell: Cell, task: WindowedTask, settings: PaperSettings) -> Part:
    reservoir = Reservoir(draw_bank(cell, [cell_seed(seed) for seed in range(settings.seeds)]))
    # The first window records the circuit, which imports PennyLane: no part of the time.
    reservoir.window_features(task.windows[:1])
    began = time.process_time()
    joined = reservoir.window_features(task.windows)
    spent = (time.process_time() - began) / settings.seeds
    features = np.moveaxis(joined.reshape(len(joined), settings.seeds, -1), 1, 0)
    return _read_out(model, features, spent, task, settings, settings.seeds)


def _read_out(
    model: str, features: Array, spent: float, task: WindowedTask, settings: PaperSettings, ridges: int
) -> Part:
    """Train both readouts on features (seeds, windows, size); ridge on the first `ridges` seeds."""
    began = time.process_time()
    readout = GradientReadout(settings.epochs, settings.batch, settings.shuffle)
    readout.fit(features[:, : task.train], task.train_targets, (features[:, task.train :], task.test_targets))
    descended = time.process_time()
    closed = [_ridge(own, task) for own in features[:ridges]]
    ended = time.process_time()
    return Part(
        task.name,
        model,
        readout.train_loss_.tolist(),
        readout.validation_loss_.tolist(),
        closed,
        readout.predict(features)[0, :, 0].tolist(),
        features.shape[2],
        features.shape[2] + 1,
        spent + (descended - began) / len(features),
        spent + (ended - descended) / ridges,
    )


def _ridge(features: Array, task: WindowedTask) -> float:
    readout = RidgeReadout().fit(features[: task.train], task.train_targets)
    return float(np.mean((readout.predict(features[task.train :]) - task.test_targets) ** 2))

"""One comparison for all models: same series, same scaling, same readout, same way to choose settings.

Every model but persistence is a map from inputs to features under a ridge readout. What a model may choose
(scales, leaks, lags) it chooses by the error on the validation steps; then its weights are fitted to training
and validation steps together, and the test steps are looked at once.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qml.comparison.checkpoint import Checkpoint
from qml.comparison.score_table import Score
from qml.comparison.search import Choices, best, read_out
from qml.comparison.target_chain import Chain
from qml.comparison.views import FeatureMap, View
from qml.comparison.workers import each
from qml.inputs import whole
from qml.readouts import LinearReadout, Readout, RidgeReadout
from qml.scaling import Scaler
from qml.scores import memory_capacity, mse, nrmse, r2
from qml.tasks import SeriesTask
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]
#: Told how many pieces of work are done, how many there are, and which one was finished last.
Progress = Callable[[int, int, str], object]

#: Scores by name, (truth, answers) -> number. Memory capacity is free of the floor of a finite sample.
METRICS: dict[str, Callable[[Array, Array], float]] = {
    "nrmse": nrmse,
    "mse": mse,
    "r2": r2,
    "memory capacity": partial(memory_capacity, correct=True),
}


#: Draws the feature maps that a model chooses from, from a seed and the number of channels of the input. Its
#: `repr` must tell its settings, for results are stored under it.
Draw = Callable[[int, int], Sequence[FeatureMap]]


class Fitted(Protocol):
    """A model after its fit."""

    @property
    def features(self) -> int | None:
        """Numbers that the readout sees; None without a readout."""

    @property
    def trained(self) -> int | None:
        """Parameters that were fitted; None where nobody has counted them."""

    def answers(self, inputs: Array, targets: Array) -> Array:
        """Answers (steps, outputs) at all steps of a series.

        Args:
            inputs: (steps, channels), from the beginning of the series.
            targets: (steps, outputs); the answer at a step may use targets of earlier steps, if the model is
                one that is told them.
        """


class CandidateModel(Protocol):
    """A model as it enters a comparison."""

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def deterministic(self) -> bool:
        """Whether the same series gives the same answers for all seeds."""

    def check(self, task: SeriesTask) -> None:
        """Refuse a series that the model cannot run on, before anything runs.

        Raises:
            ParameterError: what is wrong with it.
        """

    def fit(self, task: SeriesTask, seed: int) -> Fitted:
        """Choose and fit; nothing of the test steps is looked at."""


@dataclass(frozen=True, eq=False)
class FittedReadout:
    """Transformed and scaled inputs, chosen features, fitted readout.

    Attributes:
        chain: transformation of the series.
        scaler: of the transformed inputs, fitted on washout and training steps.
        view: what the readout sees.
        readout: fitted to training and validation steps.
        horizon: steps ahead, which undoing the transformation asks for.
        bounds: see `Chain.bounds`.
        tried: how many candidates there were to choose from.
    """

    chain: Chain
    scaler: Scaler
    view: View
    readout: Readout
    horizon: int
    bounds: tuple[float, float]
    tried: int

    @property
    def features(self) -> int:
        """Numbers that the readout sees."""
        return self.view.size

    @property
    def trained(self) -> int | None:
        """Weights and intercepts of the readout; None where it is not linear."""
        readout = self.readout
        if not isinstance(readout, LinearReadout):
            return None
        return int(readout.weights_.size + readout.intercept_.size)

    def answers(self, inputs: Array, targets: Array) -> Array:
        """Answers at all steps; the targets are not looked at."""
        own = inputs.shape[1] - self.view.direct
        seen = np.column_stack([self.chain.forward(inputs[:, :own]), inputs[:, own:]])
        answers = self.readout.predict(self.view.features(self.scaler.transform(seen)))
        return self.chain.undone(inputs, answers, self.horizon, self.bounds)


@dataclass(frozen=True)
class ReadoutModel:
    """Feature maps to choose from, under one readout.

    Inputs are scaled by the washout and training steps. Each output has its own ridge penalty.

    Attributes:
        name: for tables.
        draw: the feature maps to choose from.
        deterministic: whether they are the same for all seeds.
        scaling: of the inputs, a kind of `Scaler`; ``minmax`` brings them to [-1, 1].
        readout: what is trained; its `repr` must tell its settings, as that of `draw`.
        choices: what else is chosen on validation, see `qml.comparison.search`.
    """

    name: str
    draw: Draw
    deterministic: bool = False
    scaling: str = "minmax"
    readout: Readout = field(default_factory=RidgeReadout)
    choices: Choices = field(default_factory=Choices)

    def check(self, task: SeriesTask) -> None:
        """Scale the inputs and draw the feature maps once.

        Raises:
            ParameterError: a constant input, or too few features for its channels.
        """
        Scaler(self.scaling).fit(task.inputs[: task.train_part.stop])
        self.draw(0, task.inputs.shape[1] - task.direct)

    def fit(self, task: SeriesTask, seed: int) -> FittedReadout:
        """Choose what has the least mean relative error on validation, then fit all but the test.

        Raises:
            ParameterError: see `check`.
        """
        sources = self.draw(seed, task.inputs.shape[1] - task.direct)
        chosen, tried = best(task, sources, self.choices, self.scaling, self.readout)
        readout = read_out(self.readout, chosen, self.choices.folds)
        prepared = chosen.prepared
        return FittedReadout(
            prepared.chain, prepared.scaler, chosen.view, readout, task.gap + 1, prepared.bounds, tried
        )


def compare(
    task_for_seed: Callable[[int], SeriesTask],
    models: Sequence[CandidateModel],
    seeds: Iterable[int],
    metrics: Sequence[str] = ("nrmse",),
    *,
    workers: int = 1,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    plugins: Sequence[str] = (),
) -> list[Score]:
    """Fit and score all models on the series of all seeds.

    A deterministic model on series that do not depend on the seed runs once and has a single value.

    Args:
        task_for_seed: draws the series of a seed, or returns the same one always.
        models: the models; to be shown in a table they must include the baselines.
        seeds: of series and models.
        metrics: names of scores, see `METRICS`.
        workers: processes; the scores have the same bits for any number of them.
        progress: told of each (model, seed) that is finished.
        checkpoint: where finished pieces are kept, to be used again.
        plugins: modules and files that the processes must import first, see `qsim.plugins.load`.

    Returns:
        Scores model by model and metric by metric. `features` and `trained` are the largest over seeds,
        `seconds` the mean processor time of choice, fit and answers, compilation included.

    Raises:
        ParameterError: no seed, a name that stands twice, an unknown metric, or a series that cannot be
            scored, before anything runs.
    """
    numbers = list(dict.fromkeys(whole("`seeds`", seed, 0) for seed in seeds))
    whole("`workers`", workers, 1)
    _check_names(models, numbers, metrics)
    tasks = {seed: task_for_seed(seed) for seed in numbers}
    for task, metric in itertools.product(tasks.values(), metrics):
        # What cannot be scored is refused by the score.
        METRICS[metric](task.targets[task.test_part], task.targets[task.test_part])
    first = next(iter(tasks.values()))
    for model in models:
        model.check(first)
    kept = checkpoint or Checkpoint()
    data = {seed: kept.key(task.name, task.inputs, task.targets, task.parts) for seed, task in tasks.items()}
    work: dict[str, _Piece] = {}
    keys: dict[str, list[str]] = {model.name: [] for model in models}
    for model in models:
        for seed, task in tasks.items():
            key = kept.key(data[seed], model, tuple(metrics), None if model.deterministic else seed)
            work.setdefault(key, _Piece(key, model, task, seed, tuple(metrics), kept))
            keys[model.name].append(key)
    done = _run(list(work.values()), workers, progress, plugins)
    return [
        _score(first.name, name, metric, [done[key] for key in dict.fromkeys(own)])
        for name, own in keys.items()
        for metric in metrics
    ]


@dataclass(frozen=True, eq=False)
class _Piece:
    """One model on the series of one seed."""

    key: str
    model: CandidateModel
    task: SeriesTask
    seed: int
    metrics: tuple[str, ...]
    checkpoint: Checkpoint

    def run(self) -> tuple[str, dict[str, Any]]:
        """Fit, score and store."""
        start = time.process_time()
        fitted = self.model.fit(self.task, self.seed)
        answers = fitted.answers(self.task.inputs, self.task.targets)
        seconds = time.process_time() - start
        test = self.task.test_part
        result = {
            "task": self.task.name,
            "model": self.model.name,
            "seed": self.seed,
            "scores": {name: METRICS[name](self.task.targets[test], answers[test]) for name in self.metrics},
            "features": fitted.features,
            "trained": fitted.trained,
            "seconds": seconds,
        }
        self.checkpoint.put(self.key, result)
        return self.key, result


def _run(
    pieces: list[_Piece], workers: int, progress: Progress | None, plugins: Sequence[str]
) -> dict[str, dict[str, Any]]:
    done = {piece.key: piece.checkpoint.get(piece.key) for piece in pieces}
    done = {key: result for key, result in done.items() if result is not None}
    missing = [piece for piece in pieces if piece.key not in done]
    for key, result in each(_Piece.run, missing, workers, plugins):
        done[key] = result
        if progress is not None:
            progress(len(done), len(pieces), f"{result['task']}: {result['model']}, seed {result['seed']}")
    return done


def _score(task: str, model: str, metric: str, results: list[dict[str, Any]]) -> Score:
    features = [result["features"] for result in results if result["features"] is not None]
    return Score(
        task,
        model,
        metric,
        tuple(result["scores"][metric] for result in results),
        max(features, default=None),
        max((result["trained"] for result in results if result["trained"] is not None), default=None),
        float(np.mean([result["seconds"] for result in results])),
    )


def _check_names(models: Sequence[CandidateModel], seeds: Sequence[int], metrics: Sequence[str]) -> None:
    names = [model.name for model in models]
    for what, given in (("seeds", seeds), ("models", names), ("metrics", metrics)):
        if not given:
            raise ParameterError(f"`{what}` is empty: there is nothing to compare")
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"two models are called {name!r}: their scores could not be told apart")
    for metric in metrics:
        if metric not in METRICS:
            raise ParameterError(f"unknown metric {metric!r}{nearest(str(metric), METRICS)}")

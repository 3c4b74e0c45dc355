"""Forecasts beyond the end of the data, and from rolling origins within it, by models and baselines alike.

Each answer is fed back as the next input. The readout that is used in a backtest is fitted to the steps
before its first origin; the one that forecasts beyond the end is fitted to all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qml.baselines import LinearTaps
from qml.comparison.candidate_models import FittedPersistence
from qml.comparison.checkpoint import Checkpoint
from qml.comparison.compare import CandidateModel, Fitted, FittedReadout, Progress
from qml.comparison.statistical_models import FittedAutoregression, FittedSmoothing, StatisticalFit
from qml.comparison.views import DrivenView, FeatureMap
from qml.comparison.workers import each
from qml.forecast.conformal import Backtest
from qml.forecasters.loop import Drivable, ForecastRange, closed_loop, stepwise
from qml.readouts import as_readout
from qml.reservoir import Reservoir
from qml.scaling import Scaler
from qml.tasks import SeriesTask

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ModelForecast:
    """One model's forecast of the steps after the end of the data.

    The forecast is the mean over draws of the model; its interval comes from the errors of such means at
    rolling origins. How far draws lie apart says nothing about how far the truth may be.

    Attributes:
        model: how tables call it.
        values: the forecast of each seed, shape (seeds, steps); a single row for a model without chance.
        backtest: forecasts from rolling origins, mean over seeds.
    """

    model: str
    values: Array
    backtest: Backtest

    @property
    def mean(self) -> Array:
        """The forecast, (steps,)."""
        return np.asarray(self.values.mean(axis=0))

    @property
    def interval(self) -> tuple[Array, Array]:
        """Lower and upper ends, (steps,) each; NaN where origins were too few."""
        half = self.backtest.half_widths
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class Plan:
    """What is forecast.

    Attributes:
        ahead: steps.
        washout: first steps, which no readout is fitted to.
        origins: how many steps were known at each origin of the backtest, rising.
        level: of the intervals.
    """

    ahead: int
    washout: int
    origins: tuple[int, ...]
    level: float


def forecasts(
    models: Sequence[CandidateModel],
    task: SeriesTask,
    values: Array,
    plan: Plan,
    seeds: Sequence[int],
    *,
    known: Array | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    plugins: Sequence[str] = (),
) -> list[ModelForecast]:
    """Forecast with all models alike.

    Args:
        models: the baselines among them.
        task: the series as it stands in the comparison; settings are chosen on its validation steps.
        values: (steps, columns), the target first.
        plan: what is forecast.
        seeds: of the models' draws.
        known: what is known ahead of the end, (steps + ahead, columns), each row at its own step.
        workers: processes.
        progress: told of each (model, seed) that is finished.
        checkpoint: where finished pieces are kept.
        plugins: modules and files that the processes must import first.
    """
    kept = checkpoint or Checkpoint()
    beside = np.empty((len(values) + plan.ahead, 0)) if known is None else known
    pieces = [
        _Piece(model, task, values, beside, plan, seed, kept)
        for model in models
        for seed in (seeds[:1] if model.deterministic else seeds)
    ]
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for name, seed, result in each(_Piece.run, pieces, workers, plugins):
        found[name, seed] = result
        if progress is not None:
            progress(len(found), len(pieces), f"forecast: {name}, seed {seed}")
    truth = np.stack([values[origin : origin + plan.ahead, 0] for origin in plan.origins])
    gathered = []
    for model in models:
        own = [result for (name, _), result in sorted(found.items()) if name == model.name]
        answers = np.mean([result["origins"] for result in own], axis=0)
        backtest = Backtest(np.array(plan.origins), answers, truth, plan.level)
        gathered.append(ModelForecast(model.name, np.array([one["beyond"] for one in own]), backtest))
    return gathered


@dataclass(frozen=True, eq=False)
class _Piece:
    """One model and seed."""

    model: CandidateModel
    task: SeriesTask
    values: Array
    known: Array
    plan: Plan
    seed: int
    checkpoint: Checkpoint

    def run(self) -> tuple[str, int, dict[str, Any]]:
        """Choose, fit and forecast, or take what was kept."""
        key = self.checkpoint.key(
            "forecast",
            self.values,
            self.known,
            self.task.parts,
            self.task.gap,
            self.model,
            self.seed,
            self.plan,
        )
        result = self.checkpoint.get(key)
        if result is None:
            result = self._computed()
            self.checkpoint.put(key, result)
        return self.model.name, self.seed, result

    def _computed(self) -> dict[str, Any]:
        fitted = self.model.fit(self.task, self.seed)
        origins = self.plan.origins
        within = self._forecaster(fitted, self.values[: origins[0]])
        answers = [within.forecast()]
        for before, origin in pairwise(origins):
            within.update(self.values[before:origin])
            answers.append(within.forecast())
        beyond = self._forecaster(fitted, self.values).forecast()
        return {"beyond": beyond.tolist(), "origins": np.array(answers).tolist()}

    def _forecaster(self, fitted: Fitted, seen: Array) -> _Forecaster:
        if isinstance(fitted, FittedReadout):
            return _Looped(fitted, seen, self.known, self.plan.washout, self.plan.ahead)
        if isinstance(fitted, FittedPersistence):
            return _Repeated(seen, fitted.season, self.plan.ahead)
        assert isinstance(fitted, FittedAutoregression | FittedSmoothing)
        return _Filtered(fitted, seen[:, 0], self.plan.ahead)


class _Forecaster(Protocol):
    """Forecasts the target from where it stands."""

    def update(self, more: Array) -> None:
        """Go on through values (steps, columns)."""

    def forecast(self) -> Array:
        """The next values of the target, (ahead,)."""


class _Repeated:
    """The last values of the target, as many as a season has, over and over."""

    def __init__(self, seen: Array, season: int, ahead: int) -> None:
        self._season, self._ahead = season, ahead
        self._last = seen[-season:, 0]

    def update(self, more: Array) -> None:
        self._last = np.concatenate([self._last, more[:, 0]])[-self._season :]

    def forecast(self) -> Array:
        return np.resize(self._last, self._ahead)


class _Filtered:
    """A statistical model with parameters fitted to the target's steps seen, taken on through later ones."""

    def __init__(self, fitted: StatisticalFit, target: Array, ahead: int) -> None:
        self._fitted, self._target, self._ahead = fitted.refitted(target), target, ahead

    def update(self, more: Array) -> None:
        self._target = np.concatenate([self._target, more[:, 0]])

    def forecast(self) -> Array:
        chain = self._fitted.chain
        changed = chain.forward(self._target[:, None])[chain.lost :, 0]
        path = self._fitted.paths(changed, self._ahead)[-1]
        return chain.extended(self._target, path, chain.bounds(self._target))


class _Looped:
    """A view of a feature map under a readout fitted to the steps seen, one step ahead, all columns together.

    All happens on the transformed series; the chain is undone behind the end of the target.

    Args:
        fitted: what was chosen.
        seen: (steps, columns).
        known: what is known ahead, (steps + ahead or more, direct), each row at its own step.
        washout: first steps, which the readout is not fitted to.
        ahead: steps of a forecast.
    """

    def __init__(self, fitted: FittedReadout, seen: Array, known: Array, washout: int, ahead: int) -> None:
        self._ahead, self._chain = ahead, fitted.chain
        self._bounds = fitted.chain.bounds(seen[:, 0])
        self._tail = seen[len(seen) - fitted.chain.lost - 1 :]
        lost = fitted.chain.lost
        changed = fitted.chain.forward(seen)[lost:]
        self._scaler = Scaler().fit(changed)
        scaled = self._scaler.transform(changed)
        direct = Scaler().fit(known[: len(seen)]).transform(known) if known.size else known
        view, source = fitted.view, fitted.view.source
        stepping: Drivable = stepwise(source) if isinstance(source, Reservoir) else _Remembering(source)
        quick: Drivable = source if isinstance(source, Reservoir) else stepping
        self._driven = _KnownAhead(DrivenView(view, stepping), direct)
        features, self._state = _KnownAhead(DrivenView(view, quick), direct).go_on(scaled, (None, lost + 1))
        fresh = as_readout(fitted.readout)
        begun = max(0, washout - lost)
        self._readout = fresh.fit(features[begun:-1], scaled[begun + 1 :])
        self._seen, self._last = _extremes(scaled), features[-1]

    def update(self, more: Array) -> None:
        joined = np.concatenate([self._tail, more])
        changed = self._chain.forward(joined)[len(self._tail) :]
        self._tail = joined[len(joined) - len(self._tail) :]
        scaled = self._scaler.transform(changed)
        features, self._state = self._driven.go_on(scaled, self._state)
        self._seen, self._last = _extremes(np.concatenate([self._seen, scaled])), features[-1]

    def forecast(self) -> Array:
        limits = ForecastRange(self._seen)
        looped = closed_loop(
            self._driven,
            lambda row: limits.clip(self._readout.predict(row[None])[0]),
            self._last,
            self._state,
            self._ahead,
        )
        changed = self._scaler.inverse(looped)[:, 0]
        return self._chain.extended(self._tail[:, 0], changed, self._bounds)


class _KnownAhead:
    """A driven view that is given, at each step, what is known of the next one."""

    def __init__(self, driven: DrivenView, known: Array) -> None:
        self._driven, self._known = driven, known

    def go_on(self, inputs: Array, state: Any = None) -> tuple[Array, Any]:
        """See `Drivable`; the state tells the row of `known` for the first of the inputs, too."""
        own, row = state
        beside = self._known[row : row + len(inputs)]
        features, own = self._driven.go_on(np.hstack([inputs, beside]), own)
        return features, (own, row + len(inputs))


def _extremes(values: Array) -> Array:
    """The least and the largest value of each column, (2, columns)."""
    return np.stack([values.min(axis=0), values.max(axis=0)])


class _Remembering:
    """A feature map of the last few inputs, driven on from where it stood."""

    def __init__(self, source: FeatureMap) -> None:
        assert isinstance(source, LinearTaps)
        self._source = source

    def go_on(self, inputs: Array, state: Any = None) -> tuple[Array, Any]:
        """See `Drivable`; the state is the last inputs."""
        joined = inputs if state is None else np.concatenate([state, inputs])
        features = self._source.features(joined)[len(joined) - len(inputs) :]
        return features, joined[max(0, len(joined) - self._source.span + 1) :]

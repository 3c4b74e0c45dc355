"""Autoregression and exponential smoothing by statsmodels, as baselines where it is installed.

Both look at the target's own past alone. Their orders are chosen by Akaike's criterion on the steps that may
be learnt from, so nothing is spent on validation but the choice of a transformation.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from qml.comparison.target_chain import Chain
from qml.tasks import SeriesTask
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]
#: Longest memory of an autoregression, and the steps of a fit for each of its lags, at least.
_MOST_LAGS, _STEPS_A_LAG = 40, 4


@dataclass(frozen=True, eq=False)
class FittedAutoregression:
    """A constant and weights on the last values of the transformed target.

    Attributes:
        chain: the transformation.
        horizon: steps ahead.
        weights: (1 + lags,), the constant first, then the newest lag first.
    """

    chain: Chain
    horizon: int
    weights: Array

    @property
    def features(self) -> int:
        """Values that the answer is made of."""
        return len(self.weights) - 1

    @property
    def trained(self) -> int:
        """Weights and the constant."""
        return len(self.weights)

    def refitted(self, target: Array) -> FittedAutoregression:
        """The same orders and transformation, with parameters fitted to another stretch of the series."""
        changed = self.chain.forward(target[:, None])[self.chain.lost :, 0]
        return replace(self, weights=_weights(changed, self.features))

    def paths(self, changed: Array, ahead: int) -> Array:
        """Forecasts of the transformed series from each of its steps, (steps, ahead).

        Before the beginning the series counts as its first value.
        """
        lags = self.features
        joined = np.concatenate([np.full(max(0, lags - 1), changed[0]), changed])
        rows = np.lib.stride_tricks.sliding_window_view(joined, max(1, lags))[:, ::-1].copy()
        found = np.empty((len(changed), ahead))
        for step in range(ahead):
            found[:, step] = self.weights[0] + rows[:, :lags] @ self.weights[1:]
            rows = np.column_stack([found[:, step], rows[:, :-1]])
        return found

    def answers(self, inputs: Array, targets: Array) -> Array:
        """See `qml.comparison.compare.Fitted`."""
        return _answers(self, self.chain, inputs[:, 0], self.horizon)


@dataclass(frozen=True, eq=False)
class FittedSmoothing:
    """Exponential smoothing with additive errors, of the target or its logarithm.

    Attributes:
        chain: a logarithm or nothing.
        horizon: steps ahead.
        form: keywords of statsmodels' `ETSModel`.
        parameters: as fitted, initial states among them.
    """

    chain: Chain
    horizon: int
    form: dict[str, Any]
    parameters: Array
    features: None = None

    @property
    def trained(self) -> int:
        """Smoothing parameters and initial states."""
        return len(self.parameters)

    def refitted(self, target: Array) -> FittedSmoothing:
        """See `FittedAutoregression`."""
        return replace(self, parameters=_smoothed(self.chain.linked(target), self.form).params)

    def paths(self, changed: Array, ahead: int) -> Array:
        """See `FittedAutoregression`."""
        with _quiet():
            found = _ets(changed, self.form).smooth(self.parameters)
        steps = np.arange(1, ahead + 1)
        reached = np.repeat(np.asarray(found.level)[:, None], ahead, axis=1)
        if self.form["trend"]:
            damping = dict(zip(found.model.param_names, self.parameters, strict=True))["damping_trend"]
            reached += np.asarray(found.slope)[:, None] * np.cumsum(damping**steps)
        if self.form["seasonal"]:
            period = self.form["seasonal_periods"]
            rows = np.arange(len(changed))[:, None] - period + 1 + (steps - 1) % period
            season = np.asarray(found.season)
            reached += np.where(rows >= 0, season[np.maximum(rows, 0)], 0.0)
        return reached

    def answers(self, inputs: Array, targets: Array) -> Array:
        """See `qml.comparison.compare.Fitted`."""
        return _answers(self, self.chain, inputs[:, 0], self.horizon)


#: A fitted model of one series that can go on from any step of it.
StatisticalFit = FittedAutoregression | FittedSmoothing


@dataclass(frozen=True)
class Autoregression:
    """`AutoReg` with the number of lags that Akaike's criterion prefers, on a chain chosen on validation.

    Attributes:
        chains: to choose from.
    """

    chains: tuple[Chain, ...] = (Chain(),)
    name: str = "AR"
    deterministic: bool = True

    def check(self, task: SeriesTask) -> None:
        """Refuse a series whose steps do not suffice.

        Raises:
            ParameterError: fewer than 12 steps to fit to.
        """
        _long_enough(task)

    def fit(self, task: SeriesTask, seed: int) -> FittedAutoregression:
        """Fit to washout and training steps, choose the chain on validation, then fit to both."""
        target, train, stop = task.inputs[:, 0], task.train_part.stop, task.fit_part.stop
        found: list[tuple[float, int, FittedAutoregression]] = []
        for chain in self.chains:
            if chain.takes(task):
                changed = chain.forward(target[:train, None])[chain.lost :, 0]
                fitted = FittedAutoregression(chain, task.gap + 1, _weights(changed))
                found.append((_error(fitted, chain, task), len(found), fitted))
        best = min(found)[2]
        changed = best.chain.forward(target[:stop, None])[best.chain.lost :, 0]
        return replace(best, weights=_weights(changed))


@dataclass(frozen=True)
class Smoothing:
    """`ETSModel` with or without damped trend and seasons, of the target or its logarithm.

    Attributes:
        season: steps of a season; None for none.
    """

    season: int | None = None
    name: str = "ETS"
    deterministic: bool = True

    def check(self, task: SeriesTask) -> None:
        """Refuse a series whose steps do not suffice.

        Raises:
            ParameterError: fewer than 12 steps to fit to.
        """
        _long_enough(task)

    def fit(self, task: SeriesTask, seed: int) -> FittedSmoothing:
        """Fit all forms to the steps that may be learnt from, and take that with the least Akaike criterion.

        The likelihood of logarithms is brought to the unit of the target, as by Box and Cox (`Chain.unit`).
        """
        target = task.inputs[: task.fit_part.stop, 0]
        seasons = (None, self.season) if self.season and len(target) >= 3 * self.season else (None,)
        found: list[tuple[float, int, FittedSmoothing]] = []
        for log, trend, season in product((False, True), (None, "add"), seasons):
            chain = Chain(log)
            if not chain.takes(task):
                continue
            form: dict[str, Any] = {"error": "add", "trend": trend, "damped_trend": trend is not None}
            form |= {"seasonal": "add" if season else None, "seasonal_periods": season}
            fitted = _smoothed(chain.linked(target), form)
            criterion = float(fitted.aic) + (2 * float(np.log(target).sum()) if log else 0.0)
            found.append((criterion, len(found), FittedSmoothing(chain, task.gap + 1, form, fitted.params)))
        return min(found)[2]


def statistical_models(chains: tuple[Chain, ...], season: int | None) -> list[Autoregression | Smoothing]:
    """Autoregression and exponential smoothing, if statsmodels is installed.

    Args:
        chains: transformations that the autoregression may choose from.
        season: steps of a season; None for none.
    """
    if find_spec("statsmodels") is None:
        return []
    return [Autoregression(chains), Smoothing(season)]


def _long_enough(task: SeriesTask) -> None:
    if task.fit_part.stop < 12:
        raise ParameterError(f"{task.name}: {task.fit_part.stop} steps are too few to fit to; at least 12")


def _answers(fitted: StatisticalFit, chain: Chain, target: Array, horizon: int) -> Array:
    """Answers (steps, 1) from every step of a series."""
    changed = chain.forward(target[:, None])[:, 0]
    # What has no difference yet is no part of the series.
    known = fitted.paths(changed[chain.lost :], horizon)
    paths = np.concatenate([np.zeros((chain.lost, horizon)), known])
    return chain.unlinked(chain.reached(target, paths))[:, None]


def _error(fitted: StatisticalFit, chain: Chain, task: SeriesTask) -> float:
    later = task.validation_part if task.validation else task.fit_part
    answers = _answers(fitted, chain, task.inputs[: later.stop, 0], task.gap + 1)
    return float(np.mean((answers[later] - task.targets[later]) ** 2))


def _weights(changed: Array, lags: int | None = None) -> Array:
    """Constant and weights of an autoregression, with the lags that Akaike's criterion prefers by default."""
    from statsmodels.tsa.ar_model import AutoReg, ar_select_order

    if np.ptp(changed) == 0:
        return np.array([changed[0], *[0.0] * (lags or 0)])
    with _quiet():
        if lags is None:
            most = max(1, min(_MOST_LAGS, len(changed) // _STEPS_A_LAG))
            chosen = ar_select_order(changed, most, ic="aic").ar_lags
            lags = max(chosen) if chosen else 0
        return np.asarray(AutoReg(changed, lags).fit().params)


def _ets(series: Array, form: dict[str, Any]) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    return ETSModel(series, **form)


def _smoothed(series: Array, form: dict[str, Any]) -> Any:
    with _quiet():
        return _ets(series, form).fit(disp=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings of optimisers that stop early: the scores tell what the fit is worth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

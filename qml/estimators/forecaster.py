"""Forecasts of a series from its own past."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from qml.estimators.reservoir_estimator import ReservoirEstimator, varying, washed_out
from qml.estimators.saving import check_regressor, check_reservoir, check_state, same
from qml.forecasters.loop import ForecastRange, closed_loop, stepwise
from qml.inputs import series, whole
from qml.readouts import Readout, as_readout
from qml.scaling import Scaler
from qml.scores import r2
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


@dataclass(eq=False, repr=False)
class ReservoirForecaster(ReservoirEstimator):
    """Forecasts a series, all its channels together, with a frozen reservoir and a trained readout.

    The readout learns the value `horizon` steps ahead, on values scaled by the range of the training series.
    With a horizon of one step, `forecast` feeds every answer back as the next input and so goes on for as
    long as is asked (an unstable loop is held within twice the range that was seen). With any horizon,
    `predict` answers each step of a given series without feeding back.

    `predict`, `score` and `forecast` begin where the training series ended and change nothing; `update` tells
    of values that have come in since. `ReservoirEstimator` explains the other parameters.

    Attributes:
        regressor: the readout that is trained: ``ridge`` (the same as None), ``gradient`` or another
            registered name, any object that is a `Readout`, or a scikit-learn regressor.
        washout: first steps, which still remember the start from rest, that the readout is not trained on.
        horizon: steps ahead.
        scaling: ``minmax``, ``standard`` or ``none``, learnt from the training series alone.
        reservoir_: the `Reservoir`.
        regressor_: the trained `Readout`.
        scaler_: the `Scaler`.
        state_: the `ReservoirState` at the end of what was seen.
        last_: the features there, (features,).
        seen_: the scaled range of the training series, (2, channels).
        n_features_in_: channels.
        flat_: whether the series had one axis, so that forecasts have one axis too.

    Example:
        >>> import numpy as np
        >>> from qml.estimators import ReservoirForecaster
        >>> wave = np.sin(0.3 * np.arange(400))
        >>> model = ReservoirForecaster("esn", hidden=30, washout=50).fit(wave[:300])
        >>> bool(np.abs(model.forecast(50) - wave[300:350]).max() < 0.01)
        True
    """

    _: KW_ONLY
    regressor: Any = None
    washout: int = 100
    horizon: int = 1
    scaling: str = "minmax"

    _fitted: ClassVar[tuple[str, ...]] = (
        "n_features_in_", "flat_", "scaler_", "reservoir_", "regressor_", "state_", "last_", "seen_",
    )  # fmt: skip

    def fit(self, X: npt.ArrayLike, y: Any = None) -> Self:
        """Learn from a series.

        Args:
            X: the series, (steps,) or (steps, channels).
            y: ignored.

        Raises:
            ParameterError: a parameter that is wrong, numbers that are not finite, a channel that is
                constant, or a series too short for washout and horizon.
        """
        values, horizon = series("the series", X), whole("horizon", self.horizon, 1)
        washout = washed_out(len(values), self.washout, horizon)
        for channel in range(values.shape[1]):
            varying(f"channel {channel} of the series", values[:, channel])
        scaler = Scaler(self.scaling).fit(values)
        scaled = scaler.transform(values)
        readout = as_readout("ridge" if self.regressor is None else self.regressor)
        reservoir = self._draw(values.shape[1])
        features, state = reservoir.go_on(scaled)
        self.regressor_: Readout = readout.fit(features[washout:-horizon], scaled[washout + horizon :])
        self.scaler_, self.reservoir_, self.state_, self.last_ = scaler, reservoir, state, features[-1]
        self.seen_ = np.stack([scaled.min(axis=0), scaled.max(axis=0)])
        self.n_features_in_, self.flat_ = values.shape[1], np.ndim(X) == 1
        return self

    def forecast(self, steps: int, history: npt.ArrayLike | None = None) -> Array:
        """Forecast the steps that come next, feeding answers back.

        Args:
            steps: how many.
            history: the steps to go on from, driven from rest, shaped like the training series and longer
                than the washout; by default the end of the training series and of what `update` was told.

        Returns:
            (steps,) or (steps, channels), as the series was.

        Raises:
            ParameterError: a horizon of several steps, or a history that is too short or of a wrong shape.
        """
        check_is_fitted(self)
        if self.horizon != 1:
            raise ParameterError(
                f"a horizon of {self.horizon} steps cannot be fed back step by step: fit with horizon=1, "
                "or use `predict`"
            )
        last, state = self.last_, self.state_
        if history is not None:
            scaled = self._scaled("history", history)
            washed_out(len(scaled), self.washout)
            features, state = self.reservoir_.go_on(scaled)
            last = features[-1]
        bounds = ForecastRange(self.seen_)
        answers = closed_loop(
            stepwise(self.reservoir_),
            lambda row: bounds.clip(self.regressor_.predict(row[None])[0]),
            last,
            state,
            steps,
        )
        return self._shaped(answers)

    def predict(self, X: npt.ArrayLike, reset: bool = False) -> Array:
        """Forecast from every step of a series the value `horizon` steps later.

        Args:
            X: (steps,) or (steps, channels): the steps after the training series.
            reset: start from rest instead.

        Returns:
            as many rows; row t is the forecast of the value at step t + horizon.

        Raises:
            ParameterError: numbers that are not finite, or another number of channels.
        """
        check_is_fitted(self)
        features, _ = self.reservoir_.go_on(self._scaled("the series", X), None if reset else self.state_)
        return self._shaped(self.regressor_.predict(features))

    def score(self, X: npt.ArrayLike, y: Any = None) -> float:
        """R2 of `predict` on the steps after the training series, mean over channels.

        Args:
            X: (steps,) or (steps, channels), more than `horizon` + 1 steps.
            y: ignored.

        Raises:
            ParameterError: as for `predict`; also a series that is too short or has a constant channel.
        """
        values = series("the series", X)
        washed_out(len(values), 0, self.horizon)
        answers = self.predict(X).reshape(values.shape)
        return r2(values[self.horizon :], answers[: -self.horizon])

    def update(self, X: npt.ArrayLike) -> Self:
        """Go on through values that have come in since; the readout is not trained again.

        Args:
            X: (steps,) or (steps, channels).

        Raises:
            ParameterError: numbers that are not finite, or another number of channels.
        """
        check_is_fitted(self)
        features, self.state_ = self.reservoir_.go_on(self._scaled("the series", X), self.state_)
        self.last_ = features[-1]
        return self

    def _scaled(self, name: str, values: npt.ArrayLike) -> Array:
        return self.scaler_.transform(series(name, values, self.n_features_in_))

    def _shaped(self, answers: Array) -> Array:
        restored = self.scaler_.inverse(answers)
        return restored[:, 0] if self.flat_ else restored

    def _check_restored(self) -> None:
        channels = self.n_features_in_
        check_reservoir(self.reservoir_, channels)
        check_state(self.state_, self.reservoir_, channels)
        check_regressor(self.regressor_, self.reservoir_.size, channels)
        same("last_", self.last_.shape, (self.reservoir_.size,))
        same("seen_", self.seen_.shape, (2, channels))
        same("the channels of scaler_", self.scaler_.offset_.shape, (channels,))

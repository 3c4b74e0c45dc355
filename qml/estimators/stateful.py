"""Series: the reservoir runs through all rows in order, and each row remembers the rows before it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from qml.estimators.reservoir_estimator import ReservoirEstimator, examples, learns_on, varying, washed_out
from qml.estimators.saving import check_regressor, check_reservoir, check_state
from qml.inputs import numbers
from qml.readouts import Readout, as_readout
from qml.reservoir import ReservoirState

Array = npt.NDArray[np.float64]


@dataclass(eq=False, repr=False)
class ReservoirSeriesRegressor(RegressorMixin, ReservoirEstimator):  # type: ignore[misc]
    """Answers every step of a series with a frozen reservoir that remembers, and a trained readout.

    Rows are steps in the order of time, (steps, channels). `predict` takes the rows that follow the training
    series and goes on from its end, so that scores in a `TimeSeriesSplit` are those of a running model. It
    changes nothing: every call begins at the end of the training series again, so rows that follow one
    another belong into one call. With ``reset=True`` the reservoir starts from rest, as for another series,
    or to answer the training rows themselves. `ReservoirEstimator` explains the other parameters.

    Attributes:
        regressor: the readout that is trained: ``ridge`` (the same as None), ``gradient``, ``recursive``
            (which has `partial_fit`) or another registered name, any object that is a `Readout`, or a
            scikit-learn regressor.
        washout: first steps, which still remember the start from rest, that the readout is not trained on.
        reservoir_: the `Reservoir`.
        regressor_: the trained `Readout`.
        state_: the `ReservoirState` at the end of the training series.
        n_features_in_: channels.

    Example:
        >>> import numpy as np
        >>> from qml.estimators import ReservoirSeriesRegressor
        >>> wave = np.sin(0.3 * np.arange(300))[:, None]
        >>> model = ReservoirSeriesRegressor("esn", hidden=30, washout=20).fit(wave[:200], wave[3:203, 0])
        >>> bool(model.score(wave[200:290], wave[203:293, 0]) > 0.99)
        True
    """

    _: KW_ONLY
    regressor: Any = None
    washout: int = 0

    _fitted: ClassVar[tuple[str, ...]] = ("n_features_in_", "reservoir_", "regressor_", "state_")

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Draw the reservoir, drive it from rest, and train the readout.

        Args:
            X: (steps, channels), in the order of time.
            y: (steps,) or (steps, targets); y[t] is what to answer after X[: t + 1].

        Raises:
            ParameterError: a parameter that is wrong, numbers that are not finite, an input that is constant,
                or a series that is no longer than the washout.
        """
        X, targets = examples(self, X, y)
        inputs = varying("X", numbers("X", X))
        washout = washed_out(len(inputs), self.washout)
        readout = as_readout("ridge" if self.regressor is None else self.regressor)
        reservoir = self._draw(inputs.shape[1])
        features, state = reservoir.go_on(inputs)
        self.regressor_: Readout = readout.fit(features[washout:], targets[washout:])
        self.reservoir_, self.state_ = reservoir, state
        return self

    @available_if(learns_on)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Go on from the end of the training series and learn its next steps; the first call is a `fit`.

        Args:
            X: (steps, channels), the steps that follow.
            y: (steps,) or (steps, targets), as before.

        Raises:
            ParameterError: see `fit`; also targets that are not like those before.
        """
        if not hasattr(self, "regressor_"):
            return self.fit(X, y)
        X, targets = examples(self, X, y, reset=False)
        features, state = self.reservoir_.go_on(numbers("X", X), self.state_)
        learner: Any = self.regressor_
        learner.partial_fit(features, targets)
        self.state_ = state
        return self

    def predict(self, X: npt.ArrayLike, reset: bool = False) -> Array:
        """Answer every step.

        Args:
            X: (steps, channels): the steps after the training series.
            reset: start from rest instead.

        Returns:
            (steps,) or (steps, targets), as y was.

        Raises:
            ParameterError: numbers that are not finite.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        start: ReservoirState | None = None if reset else self.state_
        return self.regressor_.predict(self.reservoir_.go_on(numbers("X", X), start)[0])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _check_restored(self) -> None:
        check_reservoir(self.reservoir_, self.n_features_in_)
        check_state(self.state_, self.reservoir_, self.n_features_in_)
        check_regressor(self.regressor_, self.reservoir_.size)

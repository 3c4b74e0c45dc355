"""Windows: the reservoir starts from rest at each row, as in the published experiments."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin, TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from qml.estimators.reservoir_estimator import ReservoirEstimator, examples, learns_on, varying
from qml.estimators.saving import check_regressor, check_reservoir, same
from qml.inputs import numbers, whole
from qml.readouts import Readout, as_readout
from qml.reservoir import Reservoir
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


@dataclass(eq=False, repr=False)
class WindowEstimator(ReservoirEstimator):
    """Base of what drives a reservoir through every row by itself.

    Attributes:
        channels: values in each step of a window.
    """

    _: KW_ONLY
    channels: int = 1

    def _reservoir_for(self, windows: Array) -> Reservoir:
        reservoir = self._draw(windows.shape[2])
        if reservoir.lag >= windows.shape[1]:
            raise ParameterError(
                f"delays of up to {reservoir.lag} steps need windows of at least {reservoir.lag + 1} steps, "
                f"X has {windows.shape[1]}"
            )
        return reservoir

    def _check_restored(self) -> None:
        same("n_features_in_", self.n_features_in_ % self.channels, 0)
        check_reservoir(self.reservoir_, self.channels)


class ReservoirFeatures(TransformerMixin, WindowEstimator):  # type: ignore[misc]
    """Turns windows into what is read of a reservoir after their last step.

    A row is a window: X has the shape (windows, length) for one channel and (windows, length * channels) for
    several, all channels of the first step first. `ReservoirEstimator` explains the parameters.

    Attributes:
        reservoir_: the `Reservoir`.
        n_features_in_: length * channels.

    Example:
        >>> from qml.estimators import ReservoirFeatures
        >>> windows = [[0.0, 0.1, 0.2], [0.1, 0.2, 0.3]]
        >>> ReservoirFeatures("qrnn", hidden=2).fit_transform(windows).shape
        (2, 2)
    """

    _fitted: ClassVar[tuple[str, ...]] = ("n_features_in_", "reservoir_")

    def fit(self, X: npt.ArrayLike, y: Any = None) -> Self:
        """Draw the reservoir; nothing is learnt from the numbers.

        Args:
            X: (windows, length * channels).
            y: ignored.

        Raises:
            ParameterError: a parameter that is wrong, numbers that are not finite, or windows that do not go
                with the channels or the delays.
        """
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False)
        self.reservoir_ = self._reservoir_for(finite_windows(X, self.channels))
        return self

    def transform(self, X: npt.ArrayLike) -> Array:
        """Drive every window from rest.

        Args:
            X: (windows, length * channels).

        Returns:
            (windows, features).

        Raises:
            ParameterError: see `fit`.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        return self.reservoir_.window_features(finite_windows(X, self.channels))

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Names such as ``cell0_zz3``: the cell, what is read of it, and the number in that.

        Args:
            input_features: ignored; names do not depend on those of the input.
        """
        check_is_fitted(self)
        bank = self.reservoir_.bank
        parts = [f"{name}{k}" for name in self.reservoir_.readout for k in range(bank.cell.readable[name])]
        return np.array([f"cell{cell}_{part}" for cell in range(bank.cells) for part in parts], dtype=object)


@dataclass(eq=False, repr=False)
class ReservoirRegressor(RegressorMixin, WindowEstimator):  # type: ignore[misc]
    """Answers windows with a frozen reservoir and a trained readout.

    A row is a window: X has the shape (windows, length) for one channel and (windows, length * channels) for
    several, all channels of the first step first. Rows of the training data are in the order of time, for
    the default readout chooses its penalty on the last of them. `ReservoirEstimator` explains the other
    parameters.

    Attributes:
        regressor: the readout that is trained: ``ridge`` (the same as None), ``gradient``, ``recursive``
            (which has `partial_fit`) or another registered name, any object that is a `Readout`, or a
            scikit-learn regressor.
        reservoir_: the `Reservoir`.
        regressor_: the trained `Readout`.
        n_features_in_: length * channels.

    Example:
        >>> import numpy as np
        >>> from qml.estimators import ReservoirRegressor
        >>> wave = np.sin(0.3 * np.arange(200))
        >>> windows = np.lib.stride_tricks.sliding_window_view(wave, 4)
        >>> model = ReservoirRegressor("qrnn", readout=("z", "zz")).fit(windows[:150], wave[4:154])
        >>> bool(model.score(windows[150:-1], wave[154:]) > 0.99)
        True
    """

    _: KW_ONLY
    regressor: Any = None

    _fitted: ClassVar[tuple[str, ...]] = ("n_features_in_", "reservoir_", "regressor_")

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Draw the reservoir and train the readout.

        Args:
            X: (windows, length * channels).
            y: (windows,) or (windows, targets).

        Raises:
            ParameterError: a parameter that is wrong, numbers that are not finite, inputs that are all one
                number, or windows that do not go with the channels or the delays.
        """
        X, targets = examples(self, X, y)
        windows = varying("X", finite_windows(X, self.channels))
        reservoir = self._reservoir_for(windows)
        readout = as_readout("ridge" if self.regressor is None else self.regressor)
        self.regressor_: Readout = readout.fit(reservoir.window_features(windows), targets)
        self.reservoir_ = reservoir
        return self

    @available_if(learns_on)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Let the readout learn further windows; the first call is a `fit`.

        Args:
            X: (windows, length * channels), as before.
            y: (windows,) or (windows, targets), as before.

        Raises:
            ParameterError: see `fit`; also windows or targets that are not like those before.
        """
        if not hasattr(self, "regressor_"):
            return self.fit(X, y)
        X, targets = examples(self, X, y, reset=False)
        learner: Any = self.regressor_
        learner.partial_fit(self.reservoir_.window_features(finite_windows(X, self.channels)), targets)
        return self

    def predict(self, X: npt.ArrayLike) -> Array:
        """Answer every window.

        Args:
            X: (windows, length * channels).

        Returns:
            (windows,) or (windows, targets), as y was.

        Raises:
            ParameterError: see `fit`.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        return self.regressor_.predict(self.reservoir_.window_features(finite_windows(X, self.channels)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _check_restored(self) -> None:
        super()._check_restored()
        check_regressor(self.regressor_, self.reservoir_.size)


def finite_windows(values: Any, channels: Any) -> Array:
    """Rows (windows, length * channels) of a table as windows (windows, length, channels)."""
    array, channels = numbers("X", values), whole("channels", channels, 1)
    if array.shape[1] % channels:
        raise ParameterError(
            f"X has {array.shape[1]} columns, which is no multiple of its {channels} channels"
        )
    return array.reshape(len(array), -1, channels)

"""Recurrent cells that are trained as a whole, quantum and classical alike, as a scikit-learn regressor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from qml.cells.base import Cell
from qml.engines.choice import EngineChoice
from qml.estimators.reservoir_estimator import examples, plain, seed_of, varying
from qml.estimators.saving import Storable, check_reservoir, same
from qml.estimators.window_estimators import finite_windows
from qml.inputs import whole
from qml.parts_by_name import make_cell
from qml.readouts.linear import affine
from qml.reservoir import Reservoir
from qml.scaling import Scaler
from qml.training import Trained, Training
from qml.training.train import train_windows
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]
#: Parameters that `Training` and the cell take under the same name.
_TRAINING = ("epochs", "batch", "shuffle", "learning_rate", "optimiser", "patience", "device")
_CELL = ("hidden", "units", "layers", "init", "init_scale", "reupload")


@dataclass(eq=False, repr=False)
class TrainedRegressor(RegressorMixin, Storable, BaseEstimator):  # type: ignore[misc]
    """Answers windows with a cell whose weights are trained together with a linear layer, through JAX.

    A row is a window: X has the shape (windows, length) for one channel and (windows, length * channels) for
    several, all channels of the first step first. Rows are in the order of time, for the last of them decide
    when to stop. Channels and targets are scaled to mean 0 and variance 1 inside. Parameters are stored as
    they are given and looked at by `fit` only.

    Attributes:
        cell: ``qrnn``, ``qlstm``, ``qgru``, their classical twins ``rnn``, ``lstm``, ``gru``, a mapping with
            the key ``kind`` and parameters, or a `Cell` that has its sizes already.
        channels: values in each step of a window.
        hidden: numbers that a cell feeds back.
        units: the circuits of a quantum cell.
        layers: variational layers of each circuit.
        init: how the angles are drawn before training, ``normal`` or ``uniform``.
        init_scale: scale of that draw.
        reupload: whether circuits encode their input again before each layer.
        readout: what the linear layer sees, by name; by default what the published model reads.
        models: trained from different starts; the mean of their answers is given.
        epochs: passes over the training windows, at most.
        batch: windows to a step.
        shuffle: whether each epoch takes the windows in a new order.
        learning_rate: the step size.
        optimiser: ``adam`` or ``rmsprop``.
        patience: epochs without a smaller error on the last windows after which a model stops and goes back
            to its best epoch; None trains on all windows for all epochs.
        validation: share of the windows, the last ones, that patience looks at; in (0, 1).
        device: ``cpu`` or ``gpu``, through JAX.
        random_state: of starts and orders: a seed, a generator, or None for a new draw at each fit.
        reservoir_: the trained cells, as a `Reservoir`.
        weights_: (models * features, targets) of the linear layers, with the mean over models in them.
        intercept_: (targets,).
        input_scaler_, target_scaler_: each a `Scaler`.
        epochs_: (models,), after how many epochs each was kept.
        flat_: whether y had one axis.
        n_features_in_: length * channels.
        train_loss_, validation_loss_: (models, epochs), in units of the targets' variance; NaN after a
            model stopped. They are not saved.

    Example:
        >>> wave = np.sin(0.3 * np.arange(60))
        >>> windows = np.lib.stride_tricks.sliding_window_view(wave, 4)[:-1]
        >>> model = TrainedRegressor("gru", hidden=4, epochs=30, patience=None).fit(windows, wave[4:])
        >>> bool(model.score(windows, wave[4:]) > 0.9)
        True
    """

    cell: str | Mapping[str, Any] | Cell = "qrnn"
    _: KW_ONLY
    channels: int = 1
    hidden: int | None = None
    units: Any = None
    layers: int | None = None
    init: str | None = None
    init_scale: float | None = None
    reupload: bool | None = None
    readout: str | tuple[str, ...] | None = None
    models: int = 1
    epochs: int = 100
    batch: int = 10
    shuffle: bool = True
    learning_rate: float = 0.01
    optimiser: str = "adam"
    patience: int | None = 10
    validation: float = 0.2
    device: str = "cpu"
    random_state: Any = 0

    _fitted: ClassVar[tuple[str, ...]] = (
        "n_features_in_", "reservoir_", "weights_", "intercept_", "input_scaler_", "target_scaler_",
        "epochs_", "flat_",
    )  # fmt: skip

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Train.

        Args:
            X: (windows, length * channels).
            y: (windows,) or (windows, targets).

        Raises:
            ParameterError: a parameter that is wrong, JAX or the device is not there, numbers that are not
                finite, inputs or targets that are all one number, or too few windows to hold some back.
        """
        X, targets = examples(self, X, y)
        windows = varying("X", finite_windows(X, self.channels))
        flat, wanted = np.ndim(targets) == 1, targets.reshape(len(targets), -1)
        incoming = Scaler("standard").fit(windows.reshape(-1, self.channels))
        outgoing = Scaler("standard").fit(wanted)
        trained = self._trained(
            incoming.transform(windows.reshape(-1, self.channels)).reshape(windows.shape),
            outgoing.transform(wanted),
        )
        self.reservoir_ = Reservoir(trained.bank, self._readout(), engine=EngineChoice(device=self.device))
        models = len(trained.weights)
        self.weights_ = trained.weights.reshape(-1, wanted.shape[1]) / models
        self.intercept_ = trained.intercept.mean(axis=0)
        self.input_scaler_, self.target_scaler_, self.flat_ = incoming, outgoing, flat
        self.train_loss_, self.validation_loss_ = trained.train_loss, trained.test_loss
        self.epochs_ = trained.epochs
        return self

    def predict(self, X: npt.ArrayLike) -> Array:
        """Answer every window.

        Args:
            X: (windows, length * channels).

        Returns:
            (windows,) or (windows, targets), as y was, in its unit.

        Raises:
            ParameterError: numbers that are not finite.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        windows = finite_windows(X, self.channels)
        scaled = self.input_scaler_.transform(windows.reshape(-1, self.channels)).reshape(windows.shape)
        answers = affine(self.reservoir_.window_features(scaled), self.weights_, self.intercept_)
        given = self.target_scaler_.inverse(answers)
        return given[:, 0] if self.flat_ else given

    def _trained(self, windows: Array, targets: Array) -> Trained:
        given = {name: plain(value) for name, value in self.get_params(deep=False).items()}
        settings = Training(**{name: given[name] for name in _TRAINING})
        cell = make_cell(given["cell"], self.channels, {name: given[name] for name in _CELL})
        seeds = np.random.SeedSequence(seed_of(given["random_state"])).generate_state(
            whole("models", given["models"], 1)
        )
        held = 0
        if settings.patience is not None:
            if not 0 < given["validation"] < 1:
                raise ParameterError(f"validation must be in (0, 1), not {given['validation']!r}")
            held = max(1, round(given["validation"] * len(windows)))
        if len(windows) - held < 2:
            raise ParameterError(
                f"{len(windows)} sample{'s' * (len(windows) > 1)} of windows leave {len(windows) - held} to"
                f" train on, and at least 2 are needed{'; patience holds some back' if held else ''}"
            )
        return train_windows(
            cell, windows, targets, len(windows) - held, seeds.tolist(), settings, self._readout()
        )

    def _readout(self) -> tuple[str, ...]:
        readout = plain(self.readout) or ()
        return (readout,) if isinstance(readout, str) else readout

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _check_restored(self) -> None:
        same("n_features_in_", self.n_features_in_ % self.channels, 0)
        check_reservoir(self.reservoir_, self.channels)
        same("the features of the layer", len(self.weights_), self.reservoir_.size)
        same("the targets of the layer", self.weights_.shape[1:], self.intercept_.shape)
        same("the channels of the scaler", self.input_scaler_.offset_.shape, (self.channels,))
        same("the targets of the scaler", self.target_scaler_.offset_.shape, self.intercept_.shape)

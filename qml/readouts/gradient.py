"""The readout of the published experiments: a linear layer trained by RMSprop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Self

import numpy as np
import numpy.typing as npt

from qml.inputs import numbers
from qml.readouts.base import feature_rows, target_rows
from qml.readouts.linear import LinearReadout, affine
from qsim.errors import ParameterError
from qsim.parameters import Param
from qsim.registry import register

Rows = npt.NDArray[np.float64]


@register("readout", "gradient")
@dataclass(eq=False)
class GradientReadout(LinearReadout):
    """A linear layer trained by RMSprop on the mean squared error, as in arXiv:2211.02612.

    Steps follow the rule of PyTorch's RMSprop without momentum: for a gradient g, ``v = alpha v + (1 - alpha)
    g^2`` from v = 0, and the parameter moves by ``-learning_rate g / (sqrt(v) + epsilon)``. Weights and
    intercept start uniform in +-1/sqrt(features), as in PyTorch's linear layer. The last batch of an epoch
    takes the rows that are left. Learning rate, alpha, epsilon, batch and epochs are those of the authors'
    public code; batches there are in order.

    A stack of features (models, rows, features) trains all models side by side. Model m draws from the seed
    `seed` + m, and its result has the same bits as a readout with that seed fitted to ``features[m]`` alone.

    Args:
        epochs: passes over the training rows.
        batch: rows to a step.
        shuffle: whether to draw a new order of the rows for every epoch.
        seed: of the initial weights and the orders.
        learning_rate: the step size.
        alpha: what is kept of the running mean of squared gradients at every step; in [0, 1).
        epsilon: added to the root of that mean.

    Attributes:
        train_loss_: (epochs,) or (models, epochs), mean squared error on all training rows after each epoch.
        validation_loss_: likewise on the validation rows; no epochs if there were none.

    Raises:
        ParameterError: on construction, for a setting out of its bounds.
    """

    kind: ClassVar[str] = "gradient"

    epochs: Annotated[int, Param("passes over the training rows", ge=1)] = 100
    batch: Annotated[int, Param("rows to a step", ge=1)] = 10
    shuffle: Annotated[bool, Param("draw a new order of the rows for every epoch")] = False
    seed: Annotated[int, Param("seed of the initial weights and the orders", ge=0)] = 0
    learning_rate: Annotated[float, Param("step size", gt=0)] = 0.01
    alpha: Annotated[float, Param("share of the mean squared gradient kept at a step", ge=0, lt=1)] = 0.99
    epsilon: Annotated[float, Param("added to the root of the mean squared gradient", gt=0)] = 1e-8

    train_loss_: Rows = field(init=False, repr=False)
    validation_loss_: Rows = field(init=False, repr=False)

    def fit(
        self,
        features: npt.ArrayLike,
        targets: npt.ArrayLike,
        validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    ) -> Self:
        """Train on rows in time order.

        Args:
            features: (rows, features) or (models, rows, features).
            targets: (rows,) or (rows, targets); for a stack shared by its models, or (models, rows, targets).
            validation: features and targets, shaped likewise, on which the loss is recorded after every
                epoch; training does not look at them.

        Returns:
            The readout itself.

        Raises:
            ParameterError: the arrays do not fit together or hold anything but finite numbers, or training
                left the range of double precision.
        """
        x, y = _stack(features, targets, "")
        held = None if validation is None else _stack(*validation, "validation ")
        if held is not None and (held[0].shape[::2], held[1].shape[2]) != (x.shape[::2], y.shape[2]):
            raise ParameterError(
                f"the validation rows must have {x.shape[0]} models, {x.shape[2]} features and {y.shape[2]} "
                f"targets like the training rows, got {held[0].shape[0]}, {held[0].shape[2]} and "
                f"{held[1].shape[2]}"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            layer, losses = self._train(x, y, held)
        if not np.all(np.isfinite(losses)):
            raise ParameterError(
                "training left the range of double precision: scale features and targets to about 1"
            )
        single = np.ndim(features) == 2
        weights, intercept = np.ascontiguousarray(layer[..., :-1].swapaxes(1, 2)), layer[..., -1].copy()
        self.weights_, self.intercept_ = (weights[0], intercept[0]) if single else (weights, intercept)
        train, test = losses[0], losses[1] if held else losses[1, :, :0]
        self.train_loss_, self.validation_loss_ = (train[0], test[0]) if single else (train, test)
        self.flat_ = np.ndim(targets) == 1
        return self

    def _train(self, x: Rows, y: Rows, held: tuple[Rows, Rows] | None) -> tuple[Rows, Rows]:
        """Train a stack of models.

        Only sums along the last axis and along the rows of a batch are taken, never a matrix product: their
        rounding does not depend on how many models there are.

        Returns:
            The layers (models, targets, features + 1), intercept last, and the losses (2, models, epochs) on
            training and validation rows.
        """
        models, rows, size = x.shape
        randoms = [np.random.default_rng(self.seed + model) for model in range(models)]
        bound = 1 / np.sqrt(size)
        layer = np.stack([random.uniform(-bound, bound, (y.shape[2], size + 1)) for random in randoms])
        squares = np.zeros_like(layer)
        losses = np.zeros((2, models, self.epochs))
        # A feature that is always 1 makes the intercept a weight like the others.
        extended = np.concatenate([x, np.ones((models, rows, 1))], axis=2)
        xs, ys = extended, y
        for epoch in range(self.epochs):
            if self.shuffle:
                order = np.stack([random.permutation(rows) for random in randoms])[..., None]
                xs, ys = np.take_along_axis(extended, order, axis=1), np.take_along_axis(y, order, axis=1)
            for start in range(0, rows, self.batch):
                self._step(
                    layer, squares, xs[:, start : start + self.batch], ys[:, start : start + self.batch]
                )
            losses[0, :, epoch] = _loss(layer, x, y)
            if held is not None:
                losses[1, :, epoch] = _loss(layer, *held)
        return layer, losses

    def _step(self, layer: Rows, squares: Rows, x: Rows, y: Rows) -> None:
        """One step of all models on their batches, changing `layer` and `squares` in place."""
        inputs = x[:, :, None, :]
        errors = np.multiply(inputs, layer[:, None], order="C").sum(axis=-1) - y
        gradient = np.multiply(errors[..., None], inputs, order="C").sum(axis=1)
        gradient *= 2 / (y.shape[1] * y.shape[2])
        squares *= self.alpha
        squares += (1 - self.alpha) * gradient**2
        layer -= self.learning_rate * gradient / (np.sqrt(squares) + self.epsilon)


def _loss(layer: Rows, x: Rows, y: Rows) -> Rows:
    """Mean squared error of each model: (models,)."""
    errors = affine(x, layer[..., :-1].swapaxes(1, 2), layer[..., -1]) - y
    losses: Rows = np.mean((errors**2).reshape(len(x), -1), axis=1)
    return losses


def _stack(features: npt.ArrayLike, targets: npt.ArrayLike, which: str) -> tuple[Rows, Rows]:
    """Features and targets with a leading axis of models."""
    x = feature_rows(features, axes=(2, 3), name=f"{which}features")
    if x.ndim == 2:
        return x[None], target_rows(targets, len(x), name=f"{which}targets")[None]
    if np.ndim(targets) < 3:
        y = target_rows(targets, x.shape[1], name=f"{which}targets")
        return x, np.broadcast_to(y, (len(x), *y.shape))
    y = numbers(f"{which}targets", targets)
    if y.ndim != 3 or y.shape[:2] != x.shape[:2]:
        raise ParameterError(
            f"{which}targets for features of shape {x.shape} must have the shape (rows,), (rows, targets) "
            f"or (models, rows, targets), got {y.shape}"
        )
    return x, y

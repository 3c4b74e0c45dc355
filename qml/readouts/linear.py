"""What linear readouts share: the answer, and storage as plain arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from qml.inputs import numbers
from qml.readouts.base import feature_rows
from qsim.errors import ParameterError
from qsim.parameters import Declared


def affine(
    features: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], intercept: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Weighted sums of features plus an intercept, every row by itself.

    A matrix product may round differently with the number of rows. Here a row's answer has the same bits
    whether it is asked for alone, in a batch, or in a stack of models.

    Args:
        features: (..., rows, features).
        weights: (..., features, targets).
        intercept: (..., targets).

    Returns:
        (..., rows, targets).
    """
    answers = np.empty((*features.shape[:-1], weights.shape[-1]))
    for target in range(weights.shape[-1]):
        # The memory order of a product follows its factors, and with it the order of summation: fix it.
        products = np.multiply(features, weights[..., None, :, target], order="C")
        answers[..., target] = products.sum(axis=-1) + intercept[..., None, target]
    return answers


@dataclass(eq=False)
class LinearReadout(Declared):
    """A readout whose answer is ``features @ weights_ + intercept_``.

    Attributes:
        weights_: (features, targets); with a leading axis of models if the features had one.
        intercept_: (targets,); likewise.
        flat_: whether the targets had one axis, so that the answers have one axis too.
    """

    kind: ClassVar[str]

    weights_: npt.NDArray[np.float64] = field(init=False, repr=False)
    intercept_: npt.NDArray[np.float64] = field(init=False, repr=False)
    flat_: bool = field(init=False, repr=False)

    def predict(self, features: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Answer new rows.

        Args:
            features: (rows, features), or (models, rows, features) if the readout holds several models.

        Returns:
            (rows, targets), with a leading axis of models where there are several; without the last axis if
            the targets had one axis.

        Raises:
            ParameterError: the readout has not been fitted, or the features are not like those it was
                fitted to.
        """
        weights = self._fitted().weights_
        given = feature_rows(features, axes=(weights.ndim,))
        if given.shape[-1] != weights.shape[-2] or given.shape[:-2] != weights.shape[:-2]:
            wanted = (*weights.shape[:-2], "rows", weights.shape[-2])
            raise ParameterError(
                f"features must have the shape ({', '.join(map(str, wanted))}) that the readout was fitted "
                f"to, got {given.shape}"
            )
        answers = affine(given, weights, self.intercept_)
        return answers[..., 0] if self.flat_ else answers

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """The settings and everything fitted as plain arrays, for storage without pickle.

        Raises:
            ParameterError: the readout has not been fitted.
        """
        self._fitted()
        stored = {item.name: np.asarray(getattr(self, item.name)) for item in dataclasses.fields(self)}
        return {"kind": np.asarray(self.kind), **stored}

    @classmethod
    def from_dict(cls, stored: Mapping[str, npt.ArrayLike]) -> Self:
        """Rebuild a readout from what `to_dict` gave.

        Raises:
            ParameterError: an array is missing, unknown or of the wrong shape, or the arrays belong to
                another kind of readout.
        """
        items = dataclasses.fields(cls)
        _check_names(cls, stored, {"kind"} | {item.name for item in items})
        readout = cls(**{item.name: _setting(stored[item.name]) for item in items if item.init})
        for item in items:
            if not item.init:
                # Histories may be empty: nothing was held back.
                array = np.asarray(stored[item.name])
                array = numbers(item.name, array) if array.size else array
                setattr(readout, item.name, array if array.ndim else array.item())
        readout.flat_ = bool(readout.flat_)
        weights, intercept = np.asarray(readout.weights_), np.asarray(readout.intercept_)
        if weights.ndim < 2 or intercept.shape != (*weights.shape[:-2], weights.shape[-1]):
            raise ParameterError(
                f"a stored {cls.__name__} is damaged: weights of shape {weights.shape} do not go with "
                f"intercepts of shape {intercept.shape}"
            )
        return readout

    def _fitted(self) -> Self:
        if not hasattr(self, "weights_"):
            raise ParameterError(f"this {type(self).__name__} has not been fitted: call `fit` first")
        return self


def _check_names(cls: type[LinearReadout], stored: Mapping[str, npt.ArrayLike], names: set[str]) -> None:
    kind = str(np.asarray(stored.get("kind", "")))
    if kind != cls.kind:
        raise ParameterError(f"a {cls.__name__} is stored with the kind {cls.kind!r}, got {kind!r}")
    if stored.keys() != names:
        missing = ", ".join(sorted(names - stored.keys())) or "nothing"
        unknown = ", ".join(sorted(stored.keys() - names)) or "nothing"
        raise ParameterError(f"a stored {cls.__name__} is damaged: {missing} missing, {unknown} unknown")


def _setting(stored: npt.ArrayLike) -> Any:
    value = np.asarray(stored).tolist()
    return tuple(value) if isinstance(value, list) else value

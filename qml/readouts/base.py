"""What every readout can do, ours or a user's own, and the check of what it is handed."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from qml.inputs import numbers
from qsim.errors import ParameterError
from qsim.registry import define_kind

#: How-to page with a readout of one's own, in ``docs``.
PAGE = "how-to/reservoir-parts.md"


class Readout(Protocol):
    """Something that learns answers from features; registered under the kind ``readout``."""

    def fit(self, features: npt.ArrayLike, targets: npt.ArrayLike) -> Self:
        """Learn from rows in time order.

        Args:
            features: (rows, features).
            targets: (rows,) or (rows, targets).

        Returns:
            The readout itself.

        Raises:
            ParameterError: the arrays do not fit together or hold anything but finite numbers.
        """
        ...

    def predict(self, features: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Answer new rows.

        Args:
            features: (rows, features), as many features as were fitted.

        Returns:
            (rows,) if the targets had one axis, otherwise (rows, targets).

        Raises:
            ParameterError: the readout has not been fitted, or the features are not like those it was
                fitted to.
        """
        ...


define_kind("readout", Readout, PAGE)


def feature_rows(
    values: npt.ArrayLike, axes: tuple[int, ...] = (2,), name: str = "features"
) -> npt.NDArray[np.float64]:
    """Read features: (rows, features), or (models, rows, features) where a readout takes stacks.

    Raises:
        ParameterError: wrong number of axes, nothing in it, or numbers that are not finite.
    """
    array = numbers(name, values)
    if array.ndim not in axes:
        shapes = {2: "(rows, features)", 3: "(models, rows, features)"}
        wanted = " or ".join(shapes[count] for count in axes)
        raise ParameterError(f"{name} must have the shape {wanted}, got {array.shape}")
    return array


def target_rows(values: npt.ArrayLike, rows: int, name: str = "targets") -> npt.NDArray[np.float64]:
    """Read targets of one model: (rows,) or (rows, targets), returned as (rows, targets).

    Raises:
        ParameterError: wrong shape, another number of rows than the features have, or numbers that are not
            finite.
    """
    array = numbers(name, values)
    if array.ndim not in (1, 2):
        raise ParameterError(f"{name} must have the shape (rows,) or (rows, targets), got {array.shape}")
    if len(array) != rows:
        raise ParameterError(
            f"{name} must have a row for each of the {rows} rows of features, got {len(array)}"
        )
    return array.reshape(rows, -1)

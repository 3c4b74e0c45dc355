"""Features and targets handed to a readout, checked before anything is computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qml.inputs import numbers
from qsim.errors import ParameterError


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

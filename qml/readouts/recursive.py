"""Recursive least squares: a linear readout that goes on learning, row by row, and may forget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Self

import numpy as np
import numpy.typing as npt

from qml.readouts.base import feature_rows, target_rows
from qml.readouts.linear import LinearReadout
from qsim.errors import ParameterError
from qsim.parameters import Param
from qsim.registry import register

Array = npt.NDArray[np.float64]

#: Rows that are taken in together, whatever the length of what is handed in.
_TOGETHER = 512


@register("readout", "recursive")
@dataclass(eq=False)
class RecursiveReadout(LinearReadout):
    """Recursive least squares with forgetting.

    After T rows the weights W and the intercept b are those that minimise

        sum_t forgetting^(T - t) |y_t - x_t W - b|^2 + penalty |W|^2,

    in whatever portions the rows came; the penalty does not fade. What is kept is the triangular root of the
    weighted sums (the QR form), so that nearly dependent features lose no digits and nothing winds up where
    features stand still. A portion of m rows of n features costs about n^2 (m + n) multiplications.

    Args:
        forgetting: weight of a row against the one after it, in (0, 1]; 1 forgets nothing, and the memory is
            about ``1 / (1 - forgetting)`` rows.
        penalty: on the squared weights, in squared units of the features summed over rows; positive.

    Attributes:
        root_: (features + 1, features + 1), upper triangular, the intercept last.
        moment_: (features + 1, targets), the targets along its rows.
        rows_: how many rows were seen.

    Raises:
        ParameterError: on construction, for a setting out of its bounds.

    Example:
        >>> readout = RecursiveReadout(penalty=1e-12).fit([[0.0], [1.0]], [1.0, 3.0])
        >>> readout.partial_fit([[2.0], [3.0]], [5.0, 7.0]).predict([[10.0]]).round(6)
        array([21.])

    References:
        Haykin, Adaptive Filter Theory, 5th ed., chapters 10 and 15 (square-root RLS).
    """

    kind: ClassVar[str] = "recursive"

    forgetting: Annotated[float, Param("weight of a row against the one after it", gt=0, le=1)] = 1.0
    penalty: Annotated[float, Param("on squared weights, in summed squared features", gt=0)] = 1e-6

    root_: Array = field(init=False, repr=False)
    moment_: Array = field(init=False, repr=False)
    rows_: int = field(init=False, repr=False)

    def fit(self, features: npt.ArrayLike, targets: npt.ArrayLike) -> Self:
        """Forget everything and learn rows in time order; see `Readout.fit`."""
        x = feature_rows(features)
        y = target_rows(targets, len(x))
        self._begin(x.shape[1], y.shape[1], np.ndim(targets) == 1)
        return self._learn(x, y)

    def partial_fit(self, features: npt.ArrayLike, targets: npt.ArrayLike) -> Self:
        """Learn further rows; the first call begins.

        Args:
            features: (rows, features), as many features as before.
            targets: (rows,) or (rows, targets), as before.

        Raises:
            ParameterError: the arrays do not fit together or to what was learnt before, or hold anything but
                finite numbers.
        """
        x = feature_rows(features)
        y = target_rows(targets, len(x))
        if not hasattr(self, "root_"):
            self._begin(x.shape[1], y.shape[1], np.ndim(targets) == 1)
        known = len(self.root_) - 1, self.moment_.shape[1], self.flat_
        if (x.shape[1], y.shape[1], np.ndim(targets) == 1) != known:
            raise ParameterError(
                f"further rows must have {known[0]} features and {known[1]} targets on {2 - known[2]} axes"
                f" like those before, got {x.shape[1]} and {y.shape[1]} on {np.ndim(targets)}"
            )
        return self._learn(x, y)

    def _begin(self, features: int, targets: int, flat: bool) -> None:
        self.root_ = np.zeros((features + 1, features + 1))
        np.fill_diagonal(self.root_[:-1, :-1], self.penalty**0.5)
        self.moment_ = np.zeros((features + 1, targets))
        self.flat_, self.rows_ = flat, 0

    def _learn(self, x: Array, y: Array) -> Self:
        for start in range(0, len(x), _TOGETHER):
            self._take(x[start : start + _TOGETHER], y[start : start + _TOGETHER])
        size = len(self.root_) - 1
        # The penalty makes all but the intercept regular, and one row the intercept.
        solved = np.asarray(np.linalg.solve(self.root_, self.moment_), dtype=np.float64)
        self.weights_, self.intercept_ = solved[:size], solved[size]
        self.rows_ += len(x)
        return self

    def _take(self, x: Array, y: Array) -> None:
        """One portion: stack what was kept, the share of the penalty that faded, and the new rows."""
        rows, size = x.shape
        weights = self.forgetting ** (np.arange(rows - 1, -1, -1) / 2)
        stacked = [self.forgetting ** (rows / 2) * np.hstack([self.root_, self.moment_])]
        faded = self.penalty * (1 - self.forgetting**rows)
        if faded:
            stacked.append(np.eye(size, size + 1 + y.shape[1]) * faded**0.5)
        stacked.append(np.hstack([x, np.ones((rows, 1)), y]) * weights[:, None])
        triangle: Array = np.linalg.qr(np.vstack(stacked), mode="r")  # type: ignore[assignment]
        kept = np.zeros((size + 1, triangle.shape[1]))
        kept[: min(size + 1, len(triangle))] = triangle[: size + 1]
        self.root_, self.moment_ = kept[:, : size + 1], kept[:, size + 1 :]

"""Ridge regression in closed form, the penalty chosen on later rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Self

import numpy as np
import numpy.typing as npt

from qml.inputs import numbers
from qml.readouts.base import feature_rows, target_rows
from qml.readouts.linear import LinearReadout
from qml.readouts.spectrum import Spectrum
from qsim.errors import ParameterError
from qsim.parameters import Param
from qsim.registry import register

#: Two per decade. The lower end damps only directions whose amplitude is below 1e-8 of the typical one:
#: noise-free features of smooth series carry signal down to 1e-5 (four successive samples of a train of
#: Gaussian pulses), and round-off begins at 1e-16. At the upper end the answer is nearly the targets' mean.
PENALTIES = tuple(float(f"{10 ** (half / 2):.3g}") for half in range(-32, 3))

Block = tuple[npt.ArrayLike, npt.ArrayLike]


@register("readout", "ridge")
@dataclass(eq=False)
class RidgeReadout(LinearReadout):
    """Ridge regression with an intercept that is not penalised.

    One singular value decomposition of the training rows serves all penalties; the penalty is chosen by the
    mean squared error on rows that lie later in time, then training and validation rows are fitted together
    with it. Nothing is drawn at random.

    Features are not divided by their standard deviations by default: expectation values share one unit
    and, with finite shots, one noise level, so that a feature of small variance deserves the stronger
    damping that it gets. Set `scale` when features come in different units.

    Args:
        penalties: tried one by one, in units of the mean squared singular value of the centred features
            (see `Spectrum`); two for each decade from 1e-16 to 10 by default. A single one is not chosen
            and needs no validation rows.
        validation: share of the rows, the last in time, that the choice is made on when `fit` is given no
            block of its own for that; in (0, 1).
        refit: whether to fit training and validation rows together with the chosen penalty.
        scale: whether to divide features by their standard deviations.
        per_target: whether every target has its own penalty (many unrelated targets, as in memory
            capacity), or all have the one with the least total error.

    Attributes:
        penalty_: the chosen penalty; (targets,) of them if `per_target`.
        path_: (penalties, targets), mean squared errors on the validation rows in the order of `penalties`;
            no rows if nothing had to be chosen.

    Raises:
        ParameterError: on construction, for a setting out of its bounds.

    Example:
        >>> line = RidgeReadout().fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])
        >>> line.predict([[10.0]]).round(6)
        array([21.])
    """

    kind: ClassVar[str] = "ridge"

    penalties: Annotated[tuple[float, ...], Param("penalties tried, in mean squared singular values")] = (
        PENALTIES
    )
    validation: Annotated[float, Param("share of the rows that the choice is made on", gt=0, lt=1)] = 0.25
    refit: Annotated[bool, Param("fit training and validation rows together at the end")] = True
    scale: Annotated[bool, Param("divide features by their standard deviations")] = False
    per_target: Annotated[bool, Param("choose a penalty for every target")] = False

    penalty_: float | npt.NDArray[np.float64] = field(init=False, repr=False)
    path_: npt.NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        path = np.atleast_1d(numbers("`RidgeReadout.penalties`", self.penalties))
        if path.ndim != 1 or np.any(path < 0):
            raise ParameterError(
                f"`RidgeReadout.penalties` must be one or more numbers of at least 0, got {self.penalties!r}"
            )
        self.penalties = tuple(path.tolist())

    def fit(self, features: npt.ArrayLike, targets: npt.ArrayLike, validation: Block | None = None) -> Self:
        """Choose the penalty and learn the weights from rows in time order.

        Args:
            features: (rows, features).
            targets: (rows,) or (rows, targets).
            validation: later features and targets to choose the penalty on; by default the last share of the
                rows, as the setting `validation` says.

        Returns:
            The readout itself.

        Raises:
            ParameterError: the arrays do not fit together, hold anything but finite numbers, or are too
                short to hold rows back.
        """
        x = feature_rows(features)
        y = target_rows(targets, len(x))
        xv, yv = x[len(x) :], y[len(x) :]
        if validation is not None:
            xv, yv = _later(validation, x, y)
        elif len(self.penalties) > 1:
            held = max(1, round(self.validation * len(x)))
            if len(x) - held < 2:
                raise ParameterError(
                    f"a penalty is chosen on the last rows and fitted to at least 2 earlier ones: "
                    f"{len(x)} sample{'s' * (len(x) > 1)} with `validation` = {self.validation:g} leave "
                    f"{len(x) - held}"
                )
            x, xv, y, yv = x[:-held], x[-held:], y[:-held], y[-held:]
        spectrum = Spectrum.of(x, y, self.scale)
        path = spectrum.errors(self.penalties, xv, yv) if len(xv) else np.empty((0, y.shape[1]))
        chosen = self._chosen(path, y.shape[1])
        if self.refit and len(xv):
            spectrum = Spectrum.of(np.concatenate([x, xv]), np.concatenate([y, yv]), self.scale)
        weights = spectrum.weights(chosen)
        intercept = spectrum.level - spectrum.centre @ weights
        self.path_ = path
        self.penalty_ = chosen if self.per_target else float(chosen[0])
        self.weights_, self.intercept_ = weights, intercept
        self.flat_ = np.ndim(targets) == 1
        return self

    def _chosen(self, path: npt.NDArray[np.float64], targets: int) -> npt.NDArray[np.float64]:
        """The penalty for each target: the least error, and the largest penalty among equals."""
        penalties = np.array(self.penalties)
        if len(penalties) == 1:
            return np.full(targets, penalties[0])
        scores = path if self.per_target else np.repeat(path.mean(axis=1, keepdims=True), targets, axis=1)
        best = [np.lexsort((-penalties, scores[:, target]))[0] for target in range(targets)]
        return penalties[best]


def _later(
    validation: Block, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    xv = feature_rows(validation[0], name="validation features")
    yv = target_rows(validation[1], len(xv), name="validation targets")
    if xv.shape[1] != x.shape[1] or yv.shape[1] != y.shape[1]:
        raise ParameterError(
            f"the validation rows must have {x.shape[1]} features and {y.shape[1]} targets like the training "
            f"rows, got {xv.shape[1]} and {yv.shape[1]}"
        )
    return xv, yv

"""Any scikit-learn regressor as a readout, and the one door through which readouts are given."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from qml.readouts.base import Readout
from qml.readouts.feature_rows import feature_rows, target_rows
from qml.readouts.gradient import GradientReadout
from qml.readouts.linear import LinearReadout
from qml.readouts.ridge import RidgeReadout
from qsim.errors import ParameterError, nearest

#: The readouts that can be asked for by name; the name is also the kind under which they are stored.
READOUTS: dict[str, type[LinearReadout]] = {cls.kind: cls for cls in (RidgeReadout, GradientReadout)}


class RegressorReadout:
    """A scikit-learn regressor as a readout.

    Args:
        regressor: an instance; it is cloned before every fit and never changed.

    Attributes:
        regressor_: the fitted clone.

    Raises:
        ParameterError: it is no regressor of scikit-learn.
    """

    def __init__(self, regressor: Any) -> None:
        if not _is_regressor(regressor):
            raise ParameterError(f"a scikit-learn regressor is needed, got {_shown(regressor)}")
        self.regressor = regressor
        self._columns = 0

    def __repr__(self) -> str:
        return f"RegressorReadout({self.regressor!r})"

    def fit(self, features: npt.ArrayLike, targets: npt.ArrayLike) -> Self:
        """Fit a clone of the regressor.

        Args:
            features: (rows, features).
            targets: (rows,) or (rows, targets).

        Returns:
            The readout itself.

        Raises:
            ParameterError: the arrays do not fit together or hold anything but finite numbers, or the
                regressor takes one target only and there are several.
        """
        from sklearn.base import clone
        from sklearn.utils import get_tags

        x = feature_rows(features)
        y = target_rows(targets, len(x))
        if y.shape[1] > 1 and not get_tags(self.regressor).target_tags.multi_output:
            raise ParameterError(
                f"{type(self.regressor).__name__} takes one target and {y.shape[1]} were given: wrap it in "
                f"sklearn.multioutput.MultiOutputRegressor"
            )
        # A single column upsets some regressors and is answered without its axis by others.
        self.regressor_ = clone(self.regressor).fit(x, y[:, 0] if y.shape[1] == 1 else y)
        self._columns = 0 if np.ndim(targets) == 1 else y.shape[1]
        return self

    def predict(self, features: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Answer new rows.

        Args:
            features: (rows, features).

        Returns:
            (rows,) if the targets had one axis, otherwise (rows, targets).

        Raises:
            ParameterError: the readout has not been fitted, or the features are not like those it was
                fitted to.
        """
        if not hasattr(self, "regressor_"):
            raise ParameterError("this RegressorReadout has not been fitted: call `fit` first")
        x = feature_rows(features)
        fitted = getattr(self.regressor_, "n_features_in_", x.shape[1])
        if x.shape[1] != fitted:
            raise ParameterError(f"features must have the {fitted} columns fitted to, got {x.shape[1]}")
        answers: npt.NDArray[np.float64] = np.asarray(self.regressor_.predict(x), dtype=np.float64)
        return answers.reshape((len(x), self._columns) if self._columns else (len(x),))


def as_readout(readout: object) -> Readout:
    """A fresh, unfitted readout out of what a user gave, which is left as it was.

    Args:
        readout: a `RidgeReadout`, `GradientReadout` or `RegressorReadout`, the name of one of `READOUTS`
            (with its default settings), or an instance of a scikit-learn regressor.

    Raises:
        ParameterError: it is none of these.
    """
    if isinstance(readout, str):
        if readout not in READOUTS:
            raise ParameterError(f"there is no readout {readout!r}{nearest(readout, READOUTS)}")
        return READOUTS[readout]()
    if isinstance(readout, LinearReadout):
        return dataclasses.replace(readout)
    if isinstance(readout, RegressorReadout):
        return RegressorReadout(readout.regressor)
    if _is_regressor(readout):
        return RegressorReadout(readout)
    raise ParameterError(
        f"a readout must be a RidgeReadout, a GradientReadout, one of their names ({', '.join(READOUTS)}) "
        f"or an instance of a scikit-learn regressor, got {_shown(readout)}"
    )


def _is_regressor(candidate: object) -> bool:
    # Where scikit-learn has not been loaded nothing can be an instance of its classes.
    base = sys.modules.get("sklearn.base")
    return (
        base is not None and isinstance(candidate, base.BaseEstimator) and bool(base.is_regressor(candidate))
    )


def _shown(candidate: object) -> str:
    if isinstance(candidate, type):
        return f"the class {candidate.__name__} itself: make an instance, {candidate.__name__}()"
    return f"a {type(candidate).__name__}"

"""Any scikit-learn regressor as a readout, and the one door through which readouts are given."""

from __future__ import annotations

import copy
import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt

from qml.parts_by_name import made
from qml.readouts.base import PAGE, Readout, feature_rows, target_rows
from qsim.contracts import Contract
from qsim.errors import ParameterError
from qsim.registry import names


@dataclass(eq=False)
class RegressorReadout:
    """A scikit-learn regressor as a readout.

    Args:
        regressor: an instance; it is cloned before every fit and never changed.

    Attributes:
        regressor_: the fitted clone.

    Raises:
        ParameterError: it is no regressor of scikit-learn.
    """

    regressor: Any

    def __post_init__(self) -> None:
        if not _is_regressor(self.regressor):
            raise ParameterError(f"a scikit-learn regressor is needed, got {_shown(self.regressor)}")
        self._columns = 0

    def fit(self, features: npt.ArrayLike, targets: npt.ArrayLike) -> Self:
        """Fit a clone of the regressor; see `Readout.fit`.

        Raises:
            ParameterError: as there, or the regressor takes one target only and there are several.
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
        """Answer new rows; see `Readout.predict`."""
        if not hasattr(self, "regressor_"):
            raise ParameterError("this RegressorReadout has not been fitted: call `fit` first")
        x = feature_rows(features)
        fitted = getattr(self.regressor_, "n_features_in_", x.shape[1])
        if x.shape[1] != fitted:
            raise ParameterError(f"features must have the {fitted} columns fitted to, got {x.shape[1]}")
        answers: npt.NDArray[np.float64] = np.asarray(self.regressor_.predict(x), dtype=np.float64)
        return answers.reshape((len(x), self._columns) if self._columns else (len(x),))


def as_readout(readout: object) -> Readout:
    """A fresh readout out of what a user gave, which is left as it was.

    Args:
        readout: the registered name of a readout (with its default settings), a mapping with the key ``kind``
            and settings, an instance of a scikit-learn regressor, or any object that is a `Readout`.

    Raises:
        ParameterError: it is none of these.
    """
    if isinstance(readout, str | Mapping):
        readout = made("readout", readout)
    if _is_regressor(readout):
        return RegressorReadout(readout)
    lacks = Contract("readout", Readout, PAGE).missing(type(readout))
    if lacks or isinstance(readout, type) or _is_of_scikit_learn(readout):
        why = f", which lacks {'; '.join(lacks)}" if lacks and not isinstance(readout, type) else ""
        raise ParameterError(
            f"a readout must be one of the names {', '.join(names('readout'))}, an instance of a "
            f"scikit-learn regressor or an object with the methods of `qml.readouts.Readout`, "
            f"got {_shown(readout)}{why}"
        )
    fresh: Any = dataclasses.replace if dataclasses.is_dataclass(readout) else copy.deepcopy
    return cast(Readout, fresh(readout))


def _is_of_scikit_learn(candidate: object) -> bool:
    # Where scikit-learn has not been loaded nothing can be an instance of its classes.
    base = sys.modules.get("sklearn.base")
    return base is not None and isinstance(candidate, base.BaseEstimator)


def _is_regressor(candidate: object) -> bool:
    return _is_of_scikit_learn(candidate) and bool(sys.modules["sklearn.base"].is_regressor(candidate))


def _shown(candidate: object) -> str:
    if isinstance(candidate, type):
        return f"the class {candidate.__name__} itself: make an instance, {candidate.__name__}()"
    return f"a {type(candidate).__name__}"

"""Errors of a forecaster on the last part of its own series, for intervals around what it says next."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from qml.estimators.forecaster import ReservoirForecaster
from qml.forecast.conformal import half_width
from qml.inputs import whole
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]

#: Origins at most: more would cost time and sharpen nothing.
_MOST = 200


def rolling_errors(forecaster: ReservoirForecaster, values: Array, ahead: int, share: float) -> Array:
    """Errors from rolling origins, by a copy that has learnt only from what precedes them.

    Args:
        forecaster: its settings; it is not changed.
        values: the series, (steps,).
        ahead: steps that are forecast from each origin.
        share: of the series, the last part, in which the origins lie; in (0, 1).

    Returns:
        truth less forecast, shape (origins, ahead); NaN beyond the end of the series.

    Raises:
        ParameterError: a share out of range, or a series too short for it.
    """
    if not 0 < share < 1:
        raise ParameterError(f"calibration must be in (0, 1), not {share!r}")
    whole("ahead", ahead, 1)
    known = len(values) - max(1, round(share * len(values)))
    model = clone(forecaster).fit(values[:known])
    stride = -(-(len(values) - known) // _MOST)
    errors = []
    for origin in range(known, len(values), stride):
        truth = values[origin : origin + ahead]
        errors.append(np.full(ahead, np.nan))
        errors[-1][: len(truth)] = truth - model.forecast(len(truth))
        model.update(values[origin : origin + stride])
    return np.stack(errors)


def half_widths(errors: Array, level: float, steps: npt.NDArray[np.int64]) -> Array:
    """Conformal half-widths of intervals at some steps ahead; see `qml.forecast.conformal.half_width`.

    Args:
        errors: of `rolling_errors`.
        level: probability, in (0, 1).
        steps: ahead, counted from 1.

    Raises:
        ParameterError: too few errors to promise the level.
    """
    columns = [column[np.isfinite(column)] for column in errors[:, steps - 1].T]
    widths = np.array([half_width(column, level) for column in columns])
    lacking = np.flatnonzero(~np.isfinite(widths))
    if lacking.size:
        first = int(lacking[0])
        raise ParameterError(
            f"an interval of {level:g} needs at least {int(np.ceil(level / (1 - level) - 1e-9))} earlier"
            f" errors, and {steps[first]} step(s) ahead there are {len(columns[first])}: take a longer"
            " series, a larger `calibration`, or fewer steps"
        )
    return widths


def sampled_paths(errors: Array, forecast: Array, samples: int, random_state: Any) -> Array:
    """Paths around a forecast, each with the errors that were made from one origin.

    Args:
        errors: of `rolling_errors`, for as many steps ahead.
        forecast: (ahead,).
        samples: how many paths.
        random_state: a seed or generator of NumPy.

    Returns:
        shape (ahead, samples).

    Raises:
        ParameterError: no origin has errors for all steps.
    """
    whole_paths = errors[np.isfinite(errors).all(axis=1)]
    if not len(whole_paths):
        raise ParameterError(
            f"no path of {errors.shape[1]} steps fits into the calibration part of the series: take a longer"
            " series, a larger `calibration`, or fewer steps"
        )
    drawn = np.random.default_rng(random_state).integers(len(whole_paths), size=samples)
    return forecast[:, None] + whole_paths[drawn].T

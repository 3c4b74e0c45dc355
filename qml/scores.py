"""Scores of answers against the truth.

A truth of several outputs, (steps, outputs), is scored output by output, and the mean over outputs is
returned: give one column for the score of one output. `valid_prediction_time` treats the outputs as one
vector, and `memory_capacity` adds up.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from qml.inputs import series
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


def mse(truth: npt.ArrayLike, answers: npt.ArrayLike) -> float:
    """Mean squared error.

    Args:
        truth: (steps,) or (steps, outputs).
        answers: of the same shape.

    Returns:
        The mean over steps and outputs, in the squared unit of the truth.

    Raises:
        ParameterError: the shapes differ, or something is not a finite number.
    """
    right, given = _pair(truth, answers)
    return float(np.mean((given - right) ** 2))


def nrmse(truth: npt.ArrayLike, answers: npt.ArrayLike) -> float:
    """Root mean squared error in units of the standard deviation of the truth.

    The deviation is that of the population (divided by the number of steps) over the very steps that are
    scored, so that for one output NRMSE^2 = 1 - R2; answering the mean of the truth scores 1.

    Args:
        truth, answers: as for `mse`.

    Returns:
        The mean over outputs, a pure number; 0 is perfect.

    Raises:
        ParameterError: the shapes differ, something is not a finite number, or an output of the truth is
            constant.
    """
    return float(np.mean(np.sqrt(_relative(truth, answers))))


def r2(truth: npt.ArrayLike, answers: npt.ArrayLike) -> float:
    """Coefficient of determination: 1 - (squared error) / (variance of the truth).

    Args:
        truth, answers: as for `mse`.

    Returns:
        The mean over outputs, at most 1; 0 for the mean of the truth, negative for worse.

    Raises:
        ParameterError: as for `nrmse`.
    """
    return float(np.mean(1.0 - _relative(truth, answers)))


def memory_capacity(delayed: npt.ArrayLike, answers: npt.ArrayLike, correct: bool = False) -> float:
    """Short-term memory: the sum over delays of the squared correlation between answer and delayed input.

    With T scored steps two unrelated columns still have a mean squared correlation of about 1 / (T - 1), so
    that many delays add up to a capacity that is not there. With `correct` each r^2 becomes
    ``1 - (1 - r^2) (T - 1) / (T - 2)``, whose mean is zero for unrelated columns; it may be slightly negative
    and is not clipped, for clipping would bring half of the floor back. This holds for readouts fitted on
    other steps than those scored.

    Args:
        delayed: (steps, delays), column k - 1 the input k steps ago.
        answers: (steps, delays), what the readouts answered. A column that does not vary remembers nothing
            and counts as r = 0.
        correct: whether to take off the floor of a finite sample.

    Returns:
        A pure number, at most the number of delays; never more than the number of features for a readout
        that is linear in them and an input whose steps are independent.

    Raises:
        ParameterError: the shapes differ, something is not a finite number, a delayed input is constant, or
            there are fewer than 3 steps.

    References:
        Jaeger, Short term memory in echo state networks, GMD report 152 (2001). The correction is the
        adjusted R^2 of Ezekiel, Methods of Correlation Analysis (1930), for one regressor.
    """
    right, given = _pair(delayed, answers, "delayed")
    steps = len(right)
    if steps < 3:
        raise ParameterError(f"a memory capacity needs at least 3 steps, got {steps}")
    _varying(right, "delayed")
    right, given = right - right.mean(axis=0), given - given.mean(axis=0)
    products = np.sum(right * given, axis=0) ** 2
    norms = np.sum(right**2, axis=0) * np.sum(given**2, axis=0)
    squared = np.divide(products, norms, out=np.zeros_like(norms), where=norms > 0)
    if correct:
        squared = 1.0 - (1.0 - squared) * (steps - 1) / (steps - 2)
    return float(squared.sum())


def valid_prediction_time(
    truth: npt.ArrayLike,
    forecast: npt.ArrayLike,
    threshold: float = 0.4,
    dt: float = 1.0,
    lyapunov: float | None = None,
) -> float:
    """How long a free-running forecast stays with the truth.

    The error at a step is the Euclidean distance of forecast and truth over all outputs, in units of the
    root of the total variance of the truth. The time ends at the first step whose error exceeds the
    threshold; a forecast that has become NaN or infinite exceeds it.

    Args:
        truth: (steps,) or (steps, outputs); row 0 is the first step that was forecast.
        forecast: of the same shape.
        threshold: error that ends the time, positive.
        dt: time between steps, positive.
        lyapunov: largest Lyapunov exponent of the system, per unit of time; if given, the answer is in
            Lyapunov times.

    Returns:
        Number of valid steps times `dt` (times `lyapunov`): 0 if the first step is already wrong, the whole
        length if no step is.

    Raises:
        ParameterError: the shapes differ, the truth is constant or not finite, or a parameter is not
            positive.

    References:
        Pathak et al., Phys. Rev. Lett. 120, 024102 (2018), who normalise by the root mean square instead of
        the standard deviation and use the threshold 0.4.
    """
    unit = 1.0 if lyapunov is None else lyapunov
    for name, value in (("threshold", threshold), ("dt", dt), ("lyapunov", unit)):
        if not 0 < value < np.inf:
            raise ParameterError(f"`{name}` must be a positive number, got {value:g}")
    right = series("truth", truth)
    try:
        given = np.asarray(forecast, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise ParameterError(f"`forecast` must be an array of numbers: {fault}") from None
    _same_shape(np.shape(truth), given.shape, "truth", "forecast")
    _varying(right, "truth", together=True)
    with np.errstate(all="ignore"):
        error = np.linalg.norm(given.reshape(right.shape) - right, axis=1) / sqrt(right.var(axis=0).sum())
    wrong = np.flatnonzero(~(error <= threshold))
    valid = int(wrong[0]) if wrong.size else len(right)
    return valid * dt * unit


def _pair(truth: npt.ArrayLike, answers: npt.ArrayLike, name: str = "truth") -> tuple[Array, Array]:
    right, given = series(name, truth), series("answers", answers)
    # (steps,) against (steps, 1) is refused too: subtracting such arrays elsewhere would broadcast.
    _same_shape(np.shape(truth), np.shape(answers), name, "answers")
    return right, given


def _same_shape(expected: tuple[int, ...], got: tuple[int, ...], name: str, other: str) -> None:
    if expected != got:
        raise ParameterError(f"`{other}` must have the shape {expected} of `{name}`, got {got}")


def _relative(truth: npt.ArrayLike, answers: npt.ArrayLike) -> Array:
    right, given = _pair(truth, answers)
    _varying(right, "truth")
    return np.asarray(np.mean((given - right) ** 2, axis=0) / right.var(axis=0))


def _varying(values: Array, name: str, together: bool = False) -> None:
    # A constant such as 0.1 may have a tiny variance, and tiny numbers none: both must be positive.
    flat = (np.ptp(values, axis=0) == 0) | (values.var(axis=0) == 0)
    if flat.all() or (flat.any() and not together):
        which = "" if values.shape[1] == 1 else f" in column {int(np.argmax(flat))}"
        raise ParameterError(
            f"`{name}` must vary, but is {values[0, np.argmax(flat)]:g}{which} at all {len(values)} steps: "
            "no score can be taken relative to it"
        )

"""The tasks of the papers on quantum recurrent networks, generated as the authors' public code does."""

from __future__ import annotations

from functools import partial
from math import sin

import numpy as np
import numpy.typing as npt

from qml.tasks.narma import narma, smooth_input
from qml.tasks.windowed import WindowedTask, check_scaling, forecast_windows, target_windows
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]


def damped_oscillation() -> Array:
    """Angular velocity of a damped pendulum, which the papers call damped simple harmonic motion.

    ``theta'' = -(b / m) theta' - g sin(theta)`` with b = 0.15, m = 1, g = 9.81, from theta = 0, theta' = 3,
    at 240 times from 0 to 20, both included. Integrated by `scipy.integrate.odeint` (LSODA) at its default
    tolerances of 1.5e-8, as the authors did.

    Returns:
        (240,), theta'.
    """
    from scipy.integrate import odeint

    def slope(state: Array, _time: float) -> tuple[float, float]:
        angle, velocity = state
        return velocity, -0.15 * velocity - 9.81 * sin(angle)

    states = odeint(slope, [0.0, 3.0], np.linspace(0.0, 20.0, 240))
    return np.asarray(states[:, 1], dtype=np.float64)


def bessel_j2() -> Array:
    """Bessel function of the first kind, order 2, at 256 points from 2 to 100, both included.

    Returns:
        (256,).
    """
    from scipy.special import jv

    return np.asarray(jv(2, np.linspace(2.0, 100.0, 256)), dtype=np.float64)


def delayed_quantum_control() -> Array:
    """Train of decaying pulses left by an emitter before a mirror: delayed quantum control.

    ``exp(-x / 16) * sum over n = 0..10 of exp(-10 (x - 2 n)^2)`` at x = -2, -1.99, ..., 19.99.

    Returns:
        (2200,).
    """
    x = np.arange(-2.0, 20.0, 0.01)
    pulses = np.exp(-10.0 * (x[:, None] - 2.0 * np.arange(11)) ** 2).sum(axis=1)
    return np.asarray(pulses * np.exp(-x / 16.0))


_FUNCTIONS = {
    "damped-shm": damped_oscillation,
    "bessel-j2": bessel_j2,
    "delayed-quantum-control": delayed_quantum_control,
}
_ORDERS = {"narma-2": 2, "narma-5": 5, "narma-10": 10}
_ALIASES = {"damped-oscillation": "damped-shm"}
_SCALINGS = ("train", "authors", "none")


def paper_names() -> tuple[str, ...]:
    """Names that `paper_task` takes; `damped-oscillation` is another word for `damped-shm`."""
    return (*_FUNCTIONS, *_ORDERS, *_ALIASES)


def paper_task(name: str, scaling: str = "train") -> WindowedTask:
    """One of the tasks of the papers, in windows of 4 of which the first 67 % train.

    A series of N points gives N - 5 windows: one fewer than it could, as in the authors' code. The functions
    (`damped-shm`, `bessel-j2`, `delayed-quantum-control`) forecast themselves one step ahead. In NARMA
    the window holds u and the target is the y of the step after the window; its input is smooth, 300 points,
    y[0] = 0.196. With the authors' scaling a linear regression on the 4 inputs solves all of them to a mean
    squared test error below 2e-5: they show that a model works, not that it is good.

    Args:
        name: one of `paper_names`. `damped-oscillation` is the same task as `damped-shm`.
        scaling: ``train`` maps the range of the training part to [-1, 1] and leaks nothing (NARMA: inputs
            and targets by a scaler each, so that its errors are in another unit than the papers');
            ``authors`` maps the range of the whole series, test part included, and leaves NARMA as it is;
            ``none``. The functions fade with time, so that ``train`` and ``authors`` agree on them.

    Returns:
        235 windows (157 train) for damped-shm, 251 (168) for bessel-j2, 2195 (1470) for
        delayed-quantum-control, 295 (197) for NARMA.

    Raises:
        ParameterError: an unknown name or scaling.

    References:
        Chen et al., Reservoir computing via quantum recurrent neural networks, arXiv:2211.02612 (2022). The
        input of NARMA: Suzuki et al., Sci. Rep. 12, 1353 (2022).
    """
    known = _ALIASES.get(name, name)
    if known not in _FUNCTIONS and known not in _ORDERS:
        raise ParameterError(f"unknown task of the papers {name!r}{nearest(str(name), paper_names())}")
    check_scaling(scaling, _SCALINGS)
    if known in _FUNCTIONS:
        cut = partial(forecast_windows, scaling="whole" if scaling == "authors" else scaling)
        return cut(known, _FUNCTIONS[known]()[:-1])
    inputs = smooth_input()
    outputs = narma(inputs, _ORDERS[known], initial=0.196)
    last = len(inputs) - 2
    return target_windows(
        known, inputs[:last], outputs[1 : last + 1], scaling="none" if scaling == "authors" else scaling
    )

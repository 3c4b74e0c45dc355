"""The three functions of time that the quantum recurrent papers forecast."""

from __future__ import annotations

from math import sin

import numpy as np
import numpy.typing as npt

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

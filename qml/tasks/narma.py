"""NARMA: nonlinear autoregressive moving averages, driven by a smooth input or by white noise."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tanh
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.inputs import series
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]
ORDERS = (2, 5, 10, 20)

#: Of 20,000 realisations of order 10 with 3,200 steps, 1.5 % passed this value and went to infinity, and the
#: others stayed below 1.3.
_DIVERGING = 1.5
_ATTEMPTS = 100


def narma(inputs: npt.ArrayLike, order: int, initial: float = 0.0) -> Array:
    """Drive a NARMA system.

        Order 2:  ``y[t+1] = 0.4 y[t] + 0.4 y[t] y[t-1] + 0.6 u[t]^3 + 0.1``;
    XX
        Inputs and outputs before the start are zero. Inputs much above 0.5 drive the outputs to infinity.

        Args:
            inputs: u, (steps,) or (steps, 1).
            order: 2, 5, 10 or 20.
            initial: y[0].

        Returns:
            y, (steps + 1,); ``y[t + 1]`` depends on ``u[: t + 1]``.

        Raises:
            ParameterError: wrong shape, anything but finite numbers, or an unknown order.

        References:
            Atiya and Parlos, IEEE Trans. Neural Networks 11, 697 (2000). Rodan and Tino, IEEE Trans. Neural
            Networks 22, 131 (2011), for order 20.
    """
    if order not in ORDERS:
        raise ParameterError(f"`order` of NARMA must be one of {', '.join(map(str, ORDERS))}, got {order}")
    drive = series("inputs", inputs, channels=1)
    u: list[float] = [0.0] * (order - 1) + drive[:, 0].tolist()
    y = [0.0] * (order - 1) + [float(initial)]
    for t in range(order - 1, len(u)):
        past, now = y[t], u[t]
        if order == 2:
            y.append(0.4 * past + 0.4 * past * y[t - 1] + 0.6 * now * now * now + 0.1)
        else:
            memory = sum(y[t - order + 1 :])
            driven = 0.3 * past + 0.05 * past * memory + 1.5 * u[t - order + 1] * now
            y.append(tanh(driven + 0.01) if order == 20 else driven + 0.1)
    return np.array(y[order - 1 :])


def smooth_input(steps: int = 300, period: float = 300.0) -> Array:
    """The slow drive of the quantum reservoir papers: 0.1 (product of three sines + 1).

    Args:
        steps: number of samples.
        period: T in ``sin(2 pi 2.11 t / T) sin(2 pi 3.73 t / T) sin(2 pi 4.11 t / T)``, in steps.

    Returns:
        (steps,), within [0, 0.2].

    References:
        Suzuki et al., Natural quantum reservoir computing for temporal information processing,
        Sci. Rep. 12, 1353 (2022).
    """
    phase = 2 * pi * np.arange(steps) / period
    return np.asarray(0.1 * (np.sin(2.11 * phase) * np.sin(3.73 * phase) * np.sin(4.11 * phase) + 1.0))


@dataclass(frozen=True)
class WhiteNarma(Declared):
    """The standard task: u uniform in [0, 0.5], target y[t+1].

    A realisation of order 10 may diverge. One whose output passes 1.5 is thrown away and the next is drawn
    from the same generator, so that a seed always gives the same series; its beginning then depends on its
    length.
    """

    order: Annotated[int, Param("past steps in the recursion", ge=2)]

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs and targets, each (steps, 1).

        Raises:
            ParameterError: every realisation tried diverged, which happens to very long series only.
        """
        for _ in range(_ATTEMPTS):
            inputs = rng.uniform(0.0, 0.5, steps)
            outputs = narma(inputs, self.order)
            if np.all(outputs <= _DIVERGING):
                return inputs[:, None], outputs[1:, None]
        raise ParameterError(
            f"{_ATTEMPTS} realisations of NARMA-{self.order} with {steps} steps diverged: ask for fewer steps"
        )

"""The last few inputs themselves: what a linear regression makes of a series without any reservoir."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.inputs import series, windows
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param


def delayed(inputs: npt.NDArray[np.float64], delays: Sequence[int]) -> npt.NDArray[np.float64]:
    """Inputs at some steps back, zero where the series had not begun.

    Args:
        inputs: (steps, channels).
        delays: steps back, 0 for the input of the moment.

    Returns:
        (steps, delays * channels), all channels of the first delay first.
    """
    steps, channels = inputs.shape
    taps = np.zeros((steps, len(delays), channels))
    for column, delay in enumerate(delays):
        taps[delay:, column] = inputs[: max(steps - delay, 0)]
    return taps.reshape(steps, -1)


@dataclass(frozen=True)
class LinearTaps(Declared):
    """The last inputs as they are, newest first: with a linear readout, a linear filter of finite length.

    Row t depends on inputs up to and including step t only. Before the start of a series inputs count as
    zero, so the first `span` - 1 rows know less than the others: leave them out as a washout.

    Args:
        lags: inputs seen, the one of the moment included.
        stride: steps between them.
        channels: values in each input.

    Example:
        >>> LinearTaps(2).features([1.0, 2.0, 3.0])
        array([[1., 0.],
               [2., 1.],
               [3., 2.]])
    """

    lags: Annotated[int, Param("inputs seen", ge=1)]
    stride: Annotated[int, Param("steps between them", ge=1)] = 1
    channels: Annotated[int, Param("values in each input", ge=1)] = 1

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.lags} linear taps" + (f" (stride {self.stride})" if self.stride > 1 else "")

    @property
    def size(self) -> int:
        """Number of features."""
        return self.lags * self.channels

    @property
    def span(self) -> int:
        """Steps from the oldest input seen to the newest, both counted."""
        return (self.lags - 1) * self.stride + 1

    def features(self, inputs: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Features of a series, step by step.

        Args:
            inputs: (steps, channels), or (steps,) for one channel.

        Returns:
            (steps, size).

        Raises:
            ParameterError: wrong shape, another number of channels, or anything but finite numbers.
        """
        given = series("inputs", inputs, self.channels)
        return self._expanded(delayed(given, range(0, self.span, self.stride)))

    def window_features(self, given: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Features at the last step of every window, each window by itself.

        Args:
            given: (windows, length, channels), or (windows, length) for one channel; at least `span` long.

        Returns:
            (windows, size).

        Raises:
            ParameterError: wrong shape, another number of channels, windows too short, or anything but finite
                numbers.
        """
        checked = windows("windows", given, self.channels)
        if checked.shape[1] < self.span:
            raise ParameterError(
                f"{self.name} look {self.span} steps back, the windows have {checked.shape[1]}: "
                f"take fewer lags or longer windows"
            )
        latest_first = checked[:, ::-1][:, : self.span : self.stride]
        return self._expanded(latest_first.reshape(len(checked), -1))

    def _expanded(self, taps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Features (rows, size) made of taps (rows, lags * channels), newest first."""
        return taps

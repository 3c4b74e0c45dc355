"""What every forecaster can do, and what the registry asks of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from qsim.registry import define_kind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Forecaster(Protocol):
    """Settings of a way to forecast; registered under the kind ``forecaster``.

    Nothing is kept in it, so that one may serve many series.
    """

    def fit(self, history: npt.ArrayLike) -> FittedForecaster:
        """Learn from what was seen so far.

        Args:
            history: (steps, channels) or (steps,), evenly spaced in time, the last row the latest.

        Raises:
            ParameterError: a history that is too short, of a wrong shape, or not finite.
        """
        ...


class FittedForecaster(Protocol):
    """A fitted forecaster, which knows where its series stands."""

    def forecast(self, steps: int) -> npt.NDArray[np.float64]:
        """The values that come next; asking changes nothing.

        Args:
            steps: how many.

        Returns:
            (steps, channels), row 0 the value after the last one that is known.

        Raises:
            ParameterError: no step is asked for.
        """
        ...

    def update(self, values: npt.ArrayLike) -> Self:
        """Take note of values that have come in since; nothing is trained again.

        Args:
            values: one step (channels,), or several (steps, channels).

        Returns:
            The fitted forecaster itself.

        Raises:
            ParameterError: values of a wrong shape, or not finite.
        """
        ...


define_kind("forecaster", Forecaster, "how-to/reservoir-parts.md")

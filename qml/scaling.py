"""Scaling of series, learnt from the part that a model may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt

from qml.inputs import numbers, series
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]
KINDS = ("minmax", "standard", "none")
_STORED = {"kind", "low", "high", "offset", "unit"}


@dataclass(eq=False)
class Scaler(Declared):
    """An affine map for each channel: ``(value - offset_) / unit_``.

    Fit it on the training part only: whatever it has seen, the scaled numbers tell. Values outside the range
    that it was fitted on are not clipped.

    Args:
        kind: ``minmax`` maps the smallest and the largest value seen to `low` and `high`; ``standard`` maps
            the mean to 0 and the standard deviation (that of the population) to 1; ``none`` changes nothing.
        low: where ``minmax`` puts the smallest value.
        high: where ``minmax`` puts the largest value.

    Attributes:
        offset_: (channels,), in the unit of the series.
        unit_: (channels,), in the unit of the series.

    Example:
        >>> scaler = Scaler("minmax").fit([1.0, 3.0, 5.0])
        >>> scaler.transform([1.0, 2.0, 5.0, 7.0])
        array([-1. , -0.5,  1. ,  2. ])
        >>> scaler.inverse([0.0])
        array([3.])
    """

    kind: Annotated[str, Param("how offset and unit are chosen", choices=KINDS)] = "minmax"
    low: Annotated[float, Param("where minmax puts the smallest value")] = -1.0
    high: Annotated[float, Param("where minmax puts the largest value")] = 1.0

    offset_: Array = field(init=False, repr=False)
    unit_: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low < self.high:
            raise ParameterError(f"`Scaler.low` must be less than `high`, got {self.low:g} and {self.high:g}")

    def fit(self, values: npt.ArrayLike) -> Self:
        """Learn offset and unit of each channel.

        Args:
            values: (steps,) or (steps, channels).

        Returns:
            The scaler itself.

        Raises:
            ParameterError: wrong shape, anything but finite numbers, or a constant channel, which has no
                range (``none`` takes it).
        """
        seen = series("values", values)
        channels = seen.shape[1]
        if self.kind == "none":
            self.offset_, self.unit_ = np.zeros(channels), np.ones(channels)
            return self
        spread = np.ptp(seen, axis=0)
        unit = spread / (self.high - self.low) if self.kind == "minmax" else seen.std(axis=0)
        # A constant such as 0.1 may have a tiny standard deviation, and a tiny spread none: both must vary.
        _refuse_constant(seen, (spread > 0) & (unit > 0))
        self.unit_ = unit
        self.offset_ = seen.min(axis=0) - self.low * unit if self.kind == "minmax" else seen.mean(axis=0)
        return self

    def transform(self, values: npt.ArrayLike) -> Array:
        """Scale values.

        Args:
            values: (..., channels) of any number of axes, such as (windows, length, channels); for a single
                channel also (steps,).

        Returns:
            Scaled values of the same shape.

        Raises:
            ParameterError: not fitted, another number of channels, or anything but finite numbers.
        """
        return self._apply(values, lambda given: (given - self.offset_) / self.unit_)

    def inverse(self, values: npt.ArrayLike) -> Array:
        """Undo `transform`.

        Args:
            values: scaled values, shaped as in `transform`.

        Returns:
            Values in the unit of the series, of the same shape.

        Raises:
            ParameterError: as for `transform`.
        """
        return self._apply(values, lambda given: given * self.unit_ + self.offset_)

    def to_dict(self) -> dict[str, Any]:
        """The kind and the fitted numbers, ready for JSON; `from_dict` reads them.

        Raises:
            ParameterError: not fitted.
        """
        self._fitted()
        settings = {"kind": self.kind, "low": self.low, "high": self.high}
        return {**settings, "offset": self.offset_.tolist(), "unit": self.unit_.tolist()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild a scaler from what `to_dict` gave.

        Raises:
            ParameterError: an entry is missing, unknown or impossible.
        """
        if stored.keys() != _STORED:
            missing = ", ".join(sorted(_STORED - stored.keys())) or "nothing"
            unknown = ", ".join(sorted(stored.keys() - _STORED)) or "nothing"
            raise ParameterError(f"a stored Scaler is damaged: {missing} missing, {unknown} unknown")
        scaler = cls(kind=stored["kind"], low=stored["low"], high=stored["high"])
        offset, unit = numbers("offset", stored["offset"]), numbers("unit", stored["unit"])
        if offset.ndim != 1 or offset.shape != unit.shape or not np.all(unit > 0):
            raise ParameterError(
                "a stored Scaler is damaged: `offset` and `unit` must be equally long lists of numbers, "
                "those of `unit` positive"
            )
        scaler.offset_, scaler.unit_ = offset, unit
        return scaler

    def _apply(self, values: npt.ArrayLike, change: Callable[[Array], Array]) -> Array:
        channels = self._fitted().offset_.size
        given = numbers("values", values)
        if given.ndim == 0 or not (given.shape[-1] == channels or (given.ndim == 1 and channels == 1)):
            also = " or (steps,)" if channels == 1 else ""
            raise ParameterError(
                f"`values` must have the shape (..., {channels}){also} for a scaler fitted on {channels} "
                f"channel{'s'[: channels != 1]}, got {given.shape}"
            )
        return change(given)

    def _fitted(self) -> Self:
        if not hasattr(self, "offset_"):
            raise ParameterError("this Scaler has not been fitted: call `fit` with the training part first")
        return self


def _refuse_constant(seen: Array, varies: npt.NDArray[np.bool_]) -> None:
    if not varies.all():
        channel = int(np.argmin(varies))
        raise ParameterError(
            f"`values` must vary to be scaled, but channel {channel} is {seen[0, channel]:g} throughout "
            "(the scaler `none` takes it)"
        )

"""A scheduled event: a handle on it, and who goes first among those of the same picosecond."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsim.kernel.simulator import Simulator


class Priority(IntEnum):
    """Order of events that share an instant; equal priorities run in the order of their scheduling.

    Physics happens before anybody hears of it, reports before decisions, decisions before measurements of
    the whole.
    """

    PHYSICS = 0
    REPORT = 1
    CONTROL = 2
    OBSERVE = 3


class Handle:
    """Stands for one scheduled event and can cancel it.

    Attributes:
        time: when the event is due, picoseconds.
        fn: what it will call; None once it has run or been cancelled.
    """

    __slots__ = ("_sim", "args", "fn", "time")

    def __init__(
        self, sim: Simulator, time: int, fn: Callable[..., object], args: tuple[object, ...]
    ) -> None:
        self._sim = sim
        self.time = time
        self.fn: Callable[..., object] | None = fn
        self.args: tuple[object, ...] | None = args

    @property
    def pending(self) -> bool:
        """Whether the event is still to come."""
        return self.fn is not None

    def cancel(self) -> bool:
        """Cancel the event; harmless when it has run or was cancelled before.

        Returns:
            Whether there was anything to cancel.
        """
        if self.fn is None:
            return False
        self.fn = self.args = None
        self._sim._forget_cancelled()
        return True

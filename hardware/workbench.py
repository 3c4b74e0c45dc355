"""The processor of one node at work: so many operations at a time, first come, first served."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from qsim.kernel import Simulator

#: Its duration, whether it is still wanted, what to call at its end, and with which arguments.
_Operation: TypeAlias = "tuple[int, Callable[[], bool], Callable[..., object], tuple[Any, ...]]"


class Workbench:
    """Lets operations take their time.

    Args:
        parallel: how many at a time; None for any number.
    """

    def __init__(self, sim: Simulator, parallel: int | None) -> None:
        self._sim = sim
        self._parallel = parallel
        self._busy = 0
        # Made when an operation has to wait: most processors never let one, and an empty queue weighs 600 B.
        self._waiting: deque[_Operation] | None = None

    def work(
        self, duration: int, wanted: Callable[[], bool], done: Callable[..., object], *arguments: Any
    ) -> None:
        """Begin an operation, now or when the processor is free.

        Args:
            duration: how long it takes, ps.
            wanted: asked when its turn comes after a wait; one that is not wanted any more takes no time.
            done: called at its end, with the arguments.
        """
        if self._parallel is None:
            self._sim.post(duration, done, *arguments)
        elif self._busy < self._parallel:
            self._busy += 1
            self._sim.post(duration, self._finish, done, arguments)
        else:
            if self._waiting is None:
                self._waiting = deque()
            self._waiting.append((duration, wanted, done, arguments))

    def _finish(self, done: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        self._busy -= 1
        self._next()
        done(*arguments)

    def _next(self) -> None:
        while self._waiting:
            duration, wanted, done, arguments = self._waiting.popleft()
            if wanted():
                self._busy += 1
                self._sim.post(duration, self._finish, done, arguments)
                return
            self._sim.post(0, done, *arguments)

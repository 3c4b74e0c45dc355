"""Running to the next event of a name: a sink that stops the run when it comes by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from qsim.errors import NetworkError, nearest
from qsim.trace.sinks import TracedEvent
from qsim.trace.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from qsim.kernel import Simulator


class Catch:
    """While entered, stops a simulator after the kernel event in which an event of a trace happens.

    What goes on to the simulator's own sink is what went there before.

    Args:
        sim: the simulator.
        event: name of the event.
        at: whom it shall happen to; None for anybody.
        stop: what ends the run.

    Attributes:
        events: what has been caught.

    Raises:
        NetworkError: traces know no such event.
    """

    def __init__(self, sim: Simulator, event: str, at: str | None, stop: Callable[[], object]) -> None:
        if event not in VOCABULARY:
            raise NetworkError(f"traces have no event '{event}'{nearest(event, VOCABULARY)}")
        self.events: list[TracedEvent] = []
        self._sim, self._event, self._at, self._stop = sim, event, at, stop
        self._onward = sim.trace

    def __enter__(self) -> Self:
        self._sim.trace = self
        return self

    def __exit__(self, *_: object) -> None:
        self._sim.trace = self._onward

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        """Take one event of the trace."""
        if (sink := self._onward) is not None:
            sink.emit(time_ps, event, entity, **fields)
        if event == self._event and self._at in (None, entity):
            self.events.append(TracedEvent(time_ps, event, entity, fields))
            self._stop()

    def close(self) -> None:
        """Nothing is left open."""

"""Tracing: events written to whatever listens.

A simulator without a sink traces nothing, at the cost of one ``is None`` test: protocols write
``if sim.trace is not None: sim.trace.emit(...)``, so no string is formatted and no tuple built in a silent
run.
"""

from __future__ import annotations

from typing import Any, Protocol


class TraceSink(Protocol):
    """Where trace events go."""

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        """Take one event.

        Args:
            time_ps: when it happened.
            event: its name.
            entity: who it happened to.
            **fields: what else there is to say of it, as numbers and text, always in the same order.
        """
        ...

    def close(self) -> None:
        """Finish writing."""
        ...

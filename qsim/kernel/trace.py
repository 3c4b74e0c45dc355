"""Tracing: a fixed vocabulary of events, written to whatever listens.

A simulator without a sink traces nothing, at the cost of one ``is None`` test: protocols write
``if sim.trace is not None: sim.trace.emit(...)``, so no string is formatted and no tuple built in a silent
run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import IO, Any, Protocol

#: Every event name with its fields, in order. ``entity`` names who it happened to.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    # photon level
    "photon_emitted": ("memory", "round"),
    "photon_lost": ("memory",),
    "photon_arrived": ("memory",),
    "detector_clicked": ("detector", "cause"),
    "clicks_announced": ("pattern",),
    # classical messages
    "message_sent": ("message", "to", "arrives_ps"),
    "message_received": ("message", "from"),
    "message_dropped": ("message", "reason"),
    # memories and pairs
    "memory_changed": ("memory", "state", "pair"),
    "pair_heralded": ("pair", "a", "b", "attempts", "fidelity"),
    "pair_swapped": ("left", "right", "pair", "success"),
    "pair_purified": ("kept", "sacrificed", "success", "fidelity"),
    "pair_expired": ("pair", "memory"),
    "pair_delivered": ("pair", "flow", "fidelity"),
    # requests
    "request_submitted": ("responder", "start_ps", "end_ps", "memories", "fidelity"),
    "request_rejected": ("responder", "at"),
    "request_accepted": ("flow", "responder", "path"),
    "flow_started": ("flow",),
    "flow_ended": ("flow", "pairs"),
    "flow_stalled": ("flow", "cause"),
}


class TraceSink(Protocol):
    """Where trace events go."""

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        """Take one event.

        Args:
            time_ps: when it happened.
            event: a name of `VOCABULARY`.
            entity: who it happened to (a node, link or station).
            **fields: the fields that `VOCABULARY` lists, as numbers and text.
        """
        ...

    def close(self) -> None:
        """Finish writing."""
        ...


class MemorySink:
    """Keeps every event in a list, for tests and notebooks.

    Attributes:
        events: tuples ``(time_ps, event, entity, fields)``.
    """

    def __init__(self) -> None:
        self.events: list[tuple[int, str, str, dict[str, Any]]] = []

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        self.events.append((time_ps, event, entity, fields))

    def close(self) -> None:
        pass


class JsonLinesSink:
    """Writes one JSON object a line.

    Args:
        file: an open text file; `close` leaves it open.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        json.dump(
            {"t_ps": time_ps, "event": event, "entity": entity, **fields}, self._file, separators=(",", ":")
        )
        self._file.write("\n")

    def close(self) -> None:
        self._file.flush()


class FingerprintSink:
    """Digests the whole trace into a few characters: two runs with one fingerprint did the same things."""

    def __init__(self) -> None:
        self._digest = hashlib.blake2b(digest_size=16)
        self.events = 0

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        self.events += 1
        self._digest.update(repr((time_ps, event, entity, *fields.items())).encode())

    def close(self) -> None:
        pass

    @property
    def fingerprint(self) -> str:
        """The digest so far, 32 hexadecimal characters."""
        return self._digest.hexdigest()


class Tee:
    """Sends every event to several sinks."""

    def __init__(self, *sinks: TraceSink) -> None:
        self._sinks = sinks

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        for sink in self._sinks:
            sink.emit(time_ps, event, entity, **fields)

    def close(self) -> None:
        for sink in self._sinks:
            sink.close()

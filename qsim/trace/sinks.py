"""Where trace events go: a list, lines of text, a digest, or several of these."""

from __future__ import annotations

import hashlib
import json
from typing import IO, Any, NamedTuple

from qsim.errors import printable
from qsim.kernel.trace_sink import TraceSink
from qsim.units import to_s


class TracedEvent(NamedTuple):
    """One event of a trace.

    Attributes:
        time_ps: when it happened.
        event: its name, one of `qsim.trace.vocabulary.VOCABULARY`.
        entity: who it happened to.
        fields: what else there is to say of it.
    """

    time_ps: int
    event: str
    entity: str
    fields: dict[str, Any]

    @property
    def time_s(self) -> float:
        """When it happened, s."""
        return to_s(self.time_ps)


class MemorySink:
    """Keeps every event in a list, for tests and notebooks.

    Attributes:
        events: the events in order.
    """

    def __init__(self) -> None:
        self.events: list[TracedEvent] = []

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        self.events.append(TracedEvent(time_ps, event, entity, fields))

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


class TextSink:
    """Writes one line of words an event, for people: when, to whom, what, and what else there is to say.

    Args:
        file: an open text file; `close` leaves it open.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        said = "  ".join(f"{name} {value}" for name, value in fields.items())
        line = f"{time_ps / 1e6:>16,.3f} us  {entity:<12}  {event:<18}  {said}".rstrip()
        self._file.write(f"{printable(line)}\n")

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

"""A trace that Perfetto and other readers of the Chrome trace-event format can open.

Each entity (node, link, station) is a process and each of its memories a thread, on which a memory's states
are slices; FREE is shown as a gap. Classical messages are short slices on a thread of their own, with an
arrow from the sending to the receipt. Everything else is an instant on its memory's or the entity's thread.

Times in the file are microseconds with six decimals: no picosecond is lost, though viewers show nanoseconds.

References:
    Trace Event Format, Google (2016),
    https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from typing import IO, Any

_EVENTS = "events"
_MESSAGES = "messages"
#: The memory state that is shown as a gap.
_GAP = "FREE"
#: Shown length of a message's slice; an arrow needs a slice of some length to hang on. Microseconds.
_TICK = ',"dur":0.001'


class ChromeTraceSink:
    """Writes a trace as one JSON document, event by event.

    Args:
        file: an open text file; `close` finishes the document and leaves the file open.

    Example:
        >>> import io
        >>> page = io.StringIO()
        >>> sink = ChromeTraceSink(page)
        >>> sink.emit(1_500_000, "memory_changed", "alice", memory=0, state="ENTANGLED", pair=7)
        >>> sink.emit(2_500_000, "memory_changed", "alice", memory=0, state="FREE", pair=0)
        >>> sink.close()
        >>> [event["dur"] for event in json.loads(page.getvalue())["traceEvents"] if event["ph"] == "X"]
        [1.0]
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._separator = "\n"
        self._processes: dict[str, int] = {}
        self._threads: dict[tuple[str, object], int] = {}
        # memory -> (state, since when, what was said of it), for the slice that is still open
        self._open: dict[tuple[str, object], tuple[str, int, dict[str, Any]]] = {}
        # (sender, receiver, message, arrival) -> arrows on their way
        self._arrows: defaultdict[tuple[str, str, str, int], deque[int]] = defaultdict(deque)
        self._arrow = 0
        self._now = 0
        self._file.write('{"displayTimeUnit":"ns","traceEvents":[')

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        self._now = time_ps
        if event == "memory_changed":
            self._change(time_ps, (entity, fields["memory"]), str(fields["state"]), fields)
        elif event == "message_sent":
            self._send(time_ps, entity, fields)
        elif event == "message_received":
            self._receive(time_ps, entity, fields)
        else:
            self._event("i", event, entity, fields.get("memory", _EVENTS), time_ps, fields, ',"s":"t"')

    def close(self) -> None:
        """Close the slices still open at the time of the last event, and finish the document."""
        for track in list(self._open):
            self._change(self._now, track, _GAP, {})
        self._file.write("\n]}\n")
        self._file.flush()

    def _change(self, time_ps: int, track: tuple[str, object], state: str, fields: dict[str, Any]) -> None:
        if track in self._open:
            before, since, said = self._open.pop(track)
            self._event("X", before, *track, since, said, f',"dur":{_microseconds(time_ps - since)}')
        if state != _GAP:
            self._open[track] = (state, time_ps, fields)

    def _send(self, time_ps: int, entity: str, fields: dict[str, Any]) -> None:
        name = str(fields["message"])
        self._arrow += 1
        self._arrows[entity, str(fields["to"]), name, fields["arrives_ps"]].append(self._arrow)
        self._event("X", f"{name} to {fields['to']}", entity, _MESSAGES, time_ps, fields, _TICK)
        self._event("s", name, entity, _MESSAGES, time_ps, {}, f',"cat":"message","id":{self._arrow}')

    def _receive(self, time_ps: int, entity: str, fields: dict[str, Any]) -> None:
        name = str(fields["message"])
        sender = str(fields["from"])
        self._event("X", f"{name} from {sender}", entity, _MESSAGES, time_ps, fields, _TICK)
        key = (sender, entity, name, time_ps)
        if key in self._arrows:
            arrow = self._arrows[key].popleft()
            if not self._arrows[key]:
                del self._arrows[key]
            self._event("f", name, entity, _MESSAGES, time_ps, {}, f',"cat":"message","id":{arrow},"bp":"e"')

    def _event(
        self,
        phase: str,
        name: str,
        entity: str,
        track: object,
        time_ps: int,
        said: dict[str, Any],
        extra: str,
    ) -> None:
        place = self._place(entity, track)
        arguments = json.dumps(said, separators=(",", ":")) if said else "{}"
        self._write(
            f'{{"ph":"{phase}","name":{json.dumps(name)},"ts":{_microseconds(time_ps)},{place}{extra},"args":{arguments}}}'
        )

    def _place(self, entity: str, track: object) -> str:
        """The process and thread of a track, announced to the reader at their first use."""
        process = self._processes.get(entity)
        if process is None:
            process = self._processes[entity] = len(self._processes) + 1
            self._announce("process", process, 0, entity, process)
        thread = self._threads.get((entity, track))
        if thread is None:
            thread = self._threads[entity, track] = len(self._threads) + 1
            name = str(track) if track in (_EVENTS, _MESSAGES) else f"memory {track}"
            self._announce("thread", process, thread, name, _rank(track))
        return f'"pid":{process},"tid":{thread}'

    def _announce(self, sort: str, process: int, thread: int, name: str, rank: int) -> None:
        place = f'"pid":{process},"tid":{thread}'
        self._write(f'{{"ph":"M","name":"{sort}_name",{place},"args":{{"name":{json.dumps(name)}}}}}')
        self._write(f'{{"ph":"M","name":"{sort}_sort_index",{place},"args":{{"sort_index":{rank}}}}}')

    def _write(self, text: str) -> None:
        self._file.write(self._separator + text)
        self._separator = ",\n"


def _rank(track: object) -> int:
    """Order of the threads of one entity: its events, its messages, then its memories by number."""
    if track == _EVENTS:
        return 0
    if track == _MESSAGES:
        return 1
    return 2 + track if isinstance(track, int) else 1_000_000


def _microseconds(time_ps: int) -> str:
    return f"{time_ps // 1_000_000}.{time_ps % 1_000_000:06d}"

"""The Chrome trace-event format: slices, instants, arrows and counters on the tracks of named processes.

What stands on which track is for the caller to say. Lines are written in the order of time, and everything
that happens at one instant in the order of its happening, so that a reader that goes through the file once
always knows which slice is open when an arrow comes by.

References:
    Trace Event Format, Google (2016),
    https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Track:
    """A row of the picture: a thread of a process.

    Attributes:
        process: name of the process.
        name: name of the thread.
        rank: its place among the threads of its process, the lowest first.
    """

    process: str
    name: str
    rank: int


@dataclass(slots=True, eq=False)
class Arrow:
    """An arrow that has left its slice; it is drawn only if it arrives.

    Attributes:
        name, category: what it stands for.
        number: its number in the file.
        line: its beginning, as it is to be written.
        due: when it arrives at the latest, ps.
        arrived: whether it has.
    """

    name: str
    category: str
    number: int
    line: str
    due: int
    arrived: bool = False


class ChromeWriter:
    """Writes one JSON document, event by event.

    The beginning of an arrow is held back until its end is known, and what follows with it; an arrow that
    does not arrive is left out.

    Args:
        file: an open text file; `close` finishes the document and leaves the file open.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._separator = "\n"
        # One row of numbers for both: a thread that bears the number of a process is its main thread.
        self._numbers = count(1)
        self._arrows = count(1)
        self._processes: dict[str, int] = {}
        self._places: dict[Track, str] = {}
        self._held: deque[str | Arrow] = deque()
        file.write('{"displayTimeUnit":"ns","traceEvents":[')

    def begin(self, track: Track, time_ps: int, name: str, said: Mapping[str, Any]) -> None:
        """Open a slice inside those that are open on its track."""
        self._event("B", track, time_ps, name, f',"args":{_json(said)}')

    def end(self, track: Track, time_ps: int, name: str, said: Mapping[str, Any] | None = None) -> None:
        """Close the slice that was opened last on a track; what is said is added to what was said of it."""
        self._event("E", track, time_ps, name, f',"args":{_json(said)}' if said else "")

    def instant(self, track: Track, time_ps: int, name: str, said: Mapping[str, Any]) -> None:
        """Something that takes no time."""
        self._event("i", track, time_ps, name, f',"s":"t","args":{_json(said)}')

    def leave(self, track: Track, time_ps: int, name: str, category: str, due: int) -> Arrow:
        """Let an arrow leave the slice that is open on a track, to arrive at `due` (ps) at the latest."""
        number = next(self._arrows)
        extra = f',"cat":{_json(category)},"id":{number}'
        arrow = Arrow(name, category, number, self._line("s", track, time_ps, name, extra), due)
        self._held.append(arrow)
        return arrow

    def arrive(self, track: Track, time_ps: int, arrow: Arrow) -> None:
        """Let an arrow arrive at the slice that is open on a track."""
        arrow.arrived = True
        extra = f',"cat":{_json(arrow.category)},"id":{arrow.number},"bp":"e"'
        self._event("f", track, time_ps, arrow.name, extra)

    def counter(self, process: str, time_ps: int, name: str, series: Mapping[str, float]) -> None:
        """The values of a counter from now on, one for each of its series."""
        number = self._process(process)
        self._write(
            f'{{"ph":"C","name":{_json(name)},"ts":{_microseconds(time_ps)},'
            f'"pid":{number},"tid":{number},"args":{_json(series)}}}'
        )

    def pass_time(self, now: int | None) -> None:
        """Write what was held back for arrows that should have arrived before now; None ends all waiting."""
        held = self._held
        while held:
            first = held[0]
            if isinstance(first, str):
                self._put(first)
            elif first.arrived:
                self._put(first.line)
            elif now is not None and first.due >= now:
                return
            held.popleft()

    def close(self) -> None:
        """Leave out the arrows still on their way, and finish the document."""
        self.pass_time(None)
        self._file.write("\n]}\n")
        self._file.flush()

    def _event(self, phase: str, track: Track, time_ps: int, name: str, extra: str) -> None:
        self._write(self._line(phase, track, time_ps, name, extra))

    def _line(self, phase: str, track: Track, time_ps: int, name: str, extra: str) -> str:
        place = self._places.get(track) or self._announced(track)
        return f'{{"ph":"{phase}","name":{_json(name)},"ts":{_microseconds(time_ps)},{place}{extra}}}'

    def _announced(self, track: Track) -> str:
        """The place of a track that is used for the first time; the reader is told its name."""
        process, thread = self._process(track.process), next(self._numbers)
        self._announce("thread", process, thread, track.name, track.rank)
        place = self._places[track] = f'"pid":{process},"tid":{thread}'
        return place

    def _process(self, name: str) -> int:
        number = self._processes.get(name)
        if number is None:
            number = self._processes[name] = next(self._numbers)
            self._announce("process", number, number, name, len(self._processes))
        return number

    def _announce(self, sort: str, process: int, thread: int, name: str, rank: int) -> None:
        place = f'"pid":{process},"tid":{thread}'
        self._write(f'{{"ph":"M","name":"{sort}_name",{place},"args":{{"name":{_json(name)}}}}}')
        self._write(f'{{"ph":"M","name":"{sort}_sort_index",{place},"args":{{"sort_index":{rank}}}}}')

    def _write(self, line: str) -> None:
        if self._held:
            self._held.append(line)
        else:
            self._put(line)

    def _put(self, line: str) -> None:
        self._file.write(self._separator + line)
        self._separator = ",\n"


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _microseconds(time_ps: int) -> str:
    return f"{time_ps // 1_000_000}.{time_ps % 1_000_000:06d}"

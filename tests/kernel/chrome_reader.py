"""A reader of the Chrome trace-event format that goes through a file once and accepts no disorder.

It keeps the rules by which trace viewers bind events to each other: a slice ends on the thread on which it
began, inside those that were open; an arrow leaves and reaches the slice that is open on its thread when it
comes by; everything stands on a process and a thread whose names have been announced.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(eq=False)
class Slice:
    """One slice: process and thread by name, begin and length in microseconds, and how deep it lies."""

    process: str
    thread: str
    name: str
    begin: Decimal
    depth: int
    said: dict[str, Any]
    length: Decimal | None = None


@dataclass(frozen=True)
class Instant:
    """One instant."""

    process: str
    thread: str
    name: str
    time: Decimal
    said: dict[str, Any]


@dataclass
class Picture:
    """What a viewer would show.

    Attributes:
        slices, instants: in the order of the file.
        arrows: category, slice of departure, slice of arrival.
        counters: (process, counter, series) -> times and values.
        threads: process -> its threads in the order in which they are shown.
    """

    slices: list[Slice] = field(default_factory=list)
    instants: list[Instant] = field(default_factory=list)
    arrows: list[tuple[str, Slice, Slice]] = field(default_factory=list)
    counters: defaultdict[tuple[str, str, str], list[tuple[Decimal, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    threads: dict[str, list[str]] = field(default_factory=dict)


def read(text: str) -> Picture:
    """Read a document.

    Raises:
        AssertionError: it breaks a rule.
    """
    document = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    assert document.keys() == {"displayTimeUnit", "traceEvents"}
    assert document["displayTimeUnit"] == "ns"
    reader = _Reader()
    for event in document["traceEvents"]:
        reader.take(event)
    return reader.finish()


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


class _Reader:
    def __init__(self) -> None:
        self.picture = Picture()
        self.now = Decimal(0)
        self.processes: dict[int, str] = {}
        self.threads: dict[tuple[int, int], str] = {}
        self.ranks: dict[tuple[int, int], int] = {}
        self.open: defaultdict[tuple[int, int], list[Slice]] = defaultdict(list)
        self.leaving: dict[int, tuple[str, str, Slice]] = {}
        self.numbers: set[int] = set()

    def take(self, event: dict[str, Any]) -> None:
        if event["ph"] == "M":
            self.announce(event)
            return
        time = Decimal(event["ts"])
        assert time >= self.now, f"{event} comes after {self.now}"
        self.now = time
        {
            "B": self.begin,
            "E": self.end,
            "i": self.instant,
            "s": self.leave,
            "f": self.arrive,
            "C": self.count,
        }[event["ph"]](event)

    def announce(self, event: dict[str, Any]) -> None:
        process, thread, sort, said = event["pid"], event["tid"], event["name"], event["args"]
        if sort == "process_name":
            assert thread == process
            assert process not in self.processes
            assert said["name"] not in self.processes.values()
            self.processes[process] = said["name"]
        elif sort == "thread_name":
            assert process in self.processes
            numbers = {number for known in self.threads for number in known} | set(self.processes)
            assert thread not in numbers, "a thread must not be taken for the main thread of another process"
            assert (self.processes[process], said["name"]) not in self.names()
            self.threads[process, thread] = said["name"]
        else:
            assert sort in ("process_sort_index", "thread_sort_index")
            assert (process, thread) not in self.ranks
            self.ranks[process, thread] = said["sort_index"]

    def names(self) -> set[tuple[str, str]]:
        return {(self.processes[process], name) for (process, _), name in self.threads.items()}

    def place(self, event: dict[str, Any]) -> tuple[int, int]:
        place = event["pid"], event["tid"]
        assert place in self.threads
        return place

    def begin(self, event: dict[str, Any]) -> None:
        place = self.place(event)
        opened = Slice(
            self.processes[place[0]],
            self.threads[place],
            event["name"],
            self.now,
            len(self.open[place]),
            event["args"],
        )
        self.open[place].append(opened)
        self.picture.slices.append(opened)

    def end(self, event: dict[str, Any]) -> None:
        closed = self.open[self.place(event)].pop()
        assert closed.name == event["name"]
        closed.length = self.now - closed.begin
        more = event.get("args", {})
        assert not closed.said.keys() & more.keys(), "nothing is said twice"
        closed.said = closed.said | more

    def instant(self, event: dict[str, Any]) -> None:
        place = self.place(event)
        assert event["s"] == "t"
        names = self.processes[place[0]], self.threads[place]
        self.picture.instants.append(Instant(*names, event["name"], self.now, event["args"]))

    def leave(self, event: dict[str, Any]) -> None:
        assert event["id"] not in self.numbers
        self.numbers.add(event["id"])
        self.leaving[event["id"]] = event["cat"], event["name"], self.open[self.place(event)][-1]

    def arrive(self, event: dict[str, Any]) -> None:
        category, name, begun = self.leaving.pop(event["id"])
        assert (category, name, "e") == (event["cat"], event["name"], event["bp"])
        self.picture.arrows.append((category, begun, self.open[self.place(event)][-1]))

    def count(self, event: dict[str, Any]) -> None:
        assert event["pid"] == event["tid"]
        process = self.processes[event["pid"]]
        assert event["args"]
        for series, value in event["args"].items():
            assert math.isfinite(value)
            self.picture.counters[process, event["name"], series].append((self.now, float(value)))

    def finish(self) -> Picture:
        assert self.leaving == {}, "every arrow arrives"
        assert not any(self.open.values()), "every slice is closed"
        assert self.ranks.keys() == self.threads.keys() | {(number, number) for number in self.processes}
        for number, name in self.processes.items():
            mine = [place for place in self.threads if place[0] == number]
            self.picture.threads[name] = [
                self.threads[place] for place in sorted(mine, key=lambda place: self.ranks[place])
            ]
        return self.picture

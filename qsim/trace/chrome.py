"""A trace that Perfetto and other readers of the Chrome trace-event format can open.

Each entity (node, link, station) is a process. Its threads:

* one for each memory, on which the memory's states are slices; FREE is shown as a gap;
* one for each protocol: requests, generation, swapping, purification, deliveries;
* one for messages, with an arrow from the sending of each to its receipt;
* as many as are needed for the flows being served at once, each flow a slice.

A swap has an arrow to either end of the pair that it makes, where a mark says which memory that end is now
joined to: the memories as they physically are, at the instant of the swap, which the two ends hear of later.

Counters show, as of the end of each instant, the memories at work, the requests of each node on their way
from submission to service, and the fidelity of pairs as heralded on each link and as delivered to each flow.

Times in the file are microseconds with six decimals: no picosecond is lost, though viewers show nanoseconds.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import IO, Any

from qsim.trace.chrome_writer import Arrow, ChromeWriter, Track
from qsim.trace.memory_names import index_of, node_of

#: The memory state that is shown as a gap, and the one in which a memory holds no pair yet.
_GAP, _SEARCHING = "FREE", "GENERATING"
#: The thread on which an event stands, where its fields name no memory.
_THREADS = {
    "request_submitted": "requests",
    "request_rejected": "requests",
    "request_accepted": "requests",
    "flow_ended": "requests",
    "flow_stalled": "requests",
    "message_dropped": "messages",
    "clicks_announced": "generation",
    "pair_heralded": "generation",
    "pair_swapped": "swapping",
    "pair_purified": "purification",
    "pair_delivered": "deliveries",
}
_OTHERS = "events"
#: Threads of protocols in the order in which they are shown.
_ORDER = ("requests", "messages", "generation", "swapping", "purification", "deliveries", _OTHERS)
#: Places of threads: requests first, then flows by lane, the other protocols, detectors, memories by number.
_FLOWS, _PROTOCOLS, _DETECTORS, _MEMORIES = 1, 100_000, 200_000, 1_000_000


class ChromeTraceSink:
    """Writes a trace as one JSON document, event by event.

    Args:
        file: an open text file; `close` finishes the document and leaves the file open.

    Example:
        >>> import io, json
        >>> page = io.StringIO()
        >>> sink = ChromeTraceSink(page)
        >>> sink.emit(1_500_000, "memory_changed", "alice", memory=0, state="ENTANGLED", pair=7)
        >>> sink.emit(2_500_000, "memory_changed", "alice", memory=0, state="FREE", pair=0)
        >>> sink.close()
        >>> [event["ts"] for event in json.loads(page.getvalue())["traceEvents"] if event["ph"] in "BE"]
        [1.5, 2.5]
    """

    def __init__(self, file: IO[str]) -> None:
        self._page = ChromeWriter(file)
        self._counters = _Counters(self._page)
        # memory -> the state whose slice is open
        self._states: dict[tuple[str, int], str] = {}
        # node -> the flow on each of its lanes
        self._lanes: defaultdict[str, list[int | None]] = defaultdict(list)
        # node -> its flows that have been accepted and have not begun
        self._accepted: defaultdict[str, set[int]] = defaultdict(set)
        # (sender, receiver, message, arrival) -> arrows on their way
        self._arrows: defaultdict[tuple[str, str, str, int], deque[Arrow]] = defaultdict(deque)
        self._now = 0
        self._takes = {
            "memory_changed": self._change,
            "message_sent": self._send,
            "message_received": self._receive,
            "pair_heralded": self._herald,
            "pair_swapped": self._swap,
            "pair_delivered": self._deliver,
            "request_submitted": self._submit,
            "request_rejected": self._reject,
            "request_accepted": self._accept,
            "flow_started": self._start,
            "flow_ended": self._end,
            "detector_clicked": self._click,
        }

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        if time_ps > self._now:
            self._counters.write(self._now)
            self._page.pass_time(time_ps)
            self._now = time_ps
        take = self._takes.get(event)
        if take is None:
            self._mark(event, entity, fields)
        else:
            take(entity, fields)

    def close(self) -> None:
        """Close the slices still open at the time of the last event, and finish the document."""
        for (entity, memory), state in self._states.items():
            self._page.end(_memory(entity, memory), self._now, state)
        for entity, lanes in self._lanes.items():
            for lane, flow in enumerate(lanes):
                if flow is not None:
                    self._page.end(_lane(entity, lane), self._now, _flow(flow))
        self._counters.write(self._now)
        self._page.close()

    def _mark(self, event: str, entity: str, fields: dict[str, Any]) -> None:
        """An instant on the thread of its memory or its protocol."""
        memory = fields.get("memory")
        if memory is None:
            track = _thread(entity, _THREADS.get(event, _OTHERS))
        elif isinstance(memory, int):
            track = _memory(entity, memory)
        elif node_of(memory) == entity:
            track = _memory(entity, index_of(memory))
        else:
            # At a station: light that comes from a memory elsewhere, or from the station's own source.
            track = Track(entity, f"light of {memory}", _MEMORIES)
        self._page.instant(track, self._now, event, fields)

    def _change(self, entity: str, fields: dict[str, Any]) -> None:
        memory, state = fields["memory"], fields["state"]
        track = _memory(entity, memory)
        before = self._states.pop((entity, memory), _GAP)
        if before != _GAP:
            self._page.end(track, self._now, before)
        if state != _GAP:
            self._page.begin(track, self._now, state, fields)
            self._states[entity, memory] = state
        for name, by in ((before, -1), (state, 1)):
            if name != _GAP:
                self._counters.add(
                    entity, "memories", "generating" if name == _SEARCHING else "entangled", by
                )

    def _send(self, entity: str, fields: dict[str, Any]) -> None:
        message, to, due = fields["message"], fields["to"], fields["arrives_ps"]
        track, name = _thread(entity, "messages"), f"{message} to {to}"
        self._page.begin(track, self._now, name, fields)
        arrow = self._page.leave(track, self._now, message, "message", due)
        self._page.end(track, self._now, name)
        self._arrows[entity, to, message, due].append(arrow)

    def _receive(self, entity: str, fields: dict[str, Any]) -> None:
        message, sender = fields["message"], fields["from"]
        track, name = _thread(entity, "messages"), f"{message} from {sender}"
        self._page.begin(track, self._now, name, fields)
        key = (sender, entity, message, self._now)
        if key in self._arrows:
            self._page.arrive(track, self._now, self._arrows[key].popleft())
            if not self._arrows[key]:
                del self._arrows[key]
        self._page.end(track, self._now, name)

    def _herald(self, entity: str, fields: dict[str, Any]) -> None:
        self._mark("pair_heralded", entity, fields)
        self._counters.set(entity, "fidelity", "heralded", fields["fidelity"])

    def _swap(self, entity: str, fields: dict[str, Any]) -> None:
        track, page, now = _thread(entity, "swapping"), self._page, self._now
        page.begin(track, now, "pair_swapped", fields)
        ends = fields["a"], fields["b"]
        if fields["success"] and None not in ends:
            for end, other in (ends, ends[::-1]):
                place, name = _memory(node_of(end), index_of(end)), f"joined to {other}"
                arrow = page.leave(track, now, "swap", "swap", now)
                page.begin(place, now, name, {"pair": fields["pair"], "swapped_at": entity})
                page.arrive(place, now, arrow)
                page.end(place, now, name)
        page.end(track, now, "pair_swapped")

    def _deliver(self, entity: str, fields: dict[str, Any]) -> None:
        self._mark("pair_delivered", entity, fields)
        self._counters.set(entity, f"fidelity of {_flow(fields['flow'])}", "delivered", fields["fidelity"])

    def _submit(self, entity: str, fields: dict[str, Any]) -> None:
        self._mark("request_submitted", entity, fields)
        self._counters.add(entity, "requests", "unanswered", 1)

    def _reject(self, entity: str, fields: dict[str, Any]) -> None:
        self._mark("request_rejected", entity, fields)
        self._counters.add(entity, "requests", "unanswered", -1)

    def _accept(self, entity: str, fields: dict[str, Any]) -> None:
        self._mark("request_accepted", entity, fields)
        self._counters.add(entity, "requests", "unanswered", -1)
        self._counters.add(entity, "requests", "accepted", 1)
        self._accepted[entity].add(fields["flow"])

    def _start(self, entity: str, fields: dict[str, Any]) -> None:
        flow, lanes = fields["flow"], self._lanes[entity]
        if None not in lanes:
            lanes.append(None)
        lane = lanes.index(None)
        lanes[lane] = flow
        self._page.begin(_lane(entity, lane), self._now, _flow(flow), fields)
        self._leave_queue(entity, flow)
        self._counters.add(entity, "requests", "served", 1)

    def _end(self, entity: str, fields: dict[str, Any]) -> None:
        flow, lanes = fields["flow"], self._lanes[entity]
        if flow not in lanes:
            # It was called off before it began here.
            self._mark("flow_ended", entity, fields)
            self._leave_queue(entity, flow)
            return
        lane = lanes.index(flow)
        lanes[lane] = None
        self._page.end(_lane(entity, lane), self._now, _flow(flow), {"pairs": fields["pairs"]})
        self._counters.add(entity, "requests", "served", -1)

    def _leave_queue(self, entity: str, flow: int) -> None:
        if flow in self._accepted[entity]:
            self._accepted[entity].remove(flow)
            self._counters.add(entity, "requests", "accepted", -1)

    def _click(self, entity: str, fields: dict[str, Any]) -> None:
        """The two detectors of a station are threads of its process."""
        station, _, number = entity.rpartition(".")
        track = Track(station, f"detector {number}", _DETECTORS)
        self._page.instant(track, self._now, "detector_clicked", fields)


class _Counters:
    """Counters of all processes; what has changed is written once an instant is over."""

    def __init__(self, page: ChromeWriter) -> None:
        self._page = page
        self._values: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self._written: dict[tuple[str, str], dict[str, float]] = {}
        # A dictionary for a set that keeps its order.
        self._touched: dict[tuple[str, str], None] = {}

    def set(self, entity: str, name: str, series: str, value: float) -> None:
        """Give one series of a counter a value."""
        self._values[entity, name][series] = value
        self._touched[entity, name] = None

    def add(self, entity: str, name: str, series: str, by: int) -> None:
        """Change one series of a counter, which begins at 0."""
        self.set(entity, name, series, self._values[entity, name].get(series, 0) + by)

    def write(self, now: int) -> None:
        """Write the counters whose values differ from those written last."""
        for key in self._touched:
            values = self._values[key]
            if values != self._written.get(key):
                self._page.counter(key[0], now, key[1], values)
                self._written[key] = dict(values)
        self._touched.clear()


def _thread(entity: str, name: str) -> Track:
    place = _ORDER.index(name)
    return Track(entity, name, _PROTOCOLS + place if place else 0)


def _lane(entity: str, lane: int) -> Track:
    return Track(entity, f"flows {lane + 1}", _FLOWS + lane)


def _memory(entity: str, index: int) -> Track:
    return Track(entity, f"memory {index}", _MEMORIES + index)


def _flow(number: int) -> str:
    return f"flow {number}"

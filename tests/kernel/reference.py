"""A slow, obvious simulator and random programs to run on it and on the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from qsim.kernel import Priority

WAYS = ("schedule", "schedule_at", "post", "post_at")


@dataclass
class Entry:
    """One scheduled call of the reference; also its handle."""

    key: tuple[int, int, int]
    fn: Callable[..., object]
    args: tuple[object, ...]
    pending: bool = True

    def cancel(self) -> bool:
        was, self.pending = self.pending, False
        return was


class Reference:
    """What `Simulator` promises, as a list that is searched for its smallest entry before every event."""

    def __init__(self) -> None:
        self.now = 0
        self.events = 0
        self._entries: list[Entry] = []
        self._inserted = 0
        self._running = False
        self._stopped = False

    @property
    def pending(self) -> int:
        return len(self._waiting())

    def schedule_at(self, time: int, fn: Callable[..., object], *args: object, priority: int = 2) -> Entry:
        self._inserted += 1
        entry = Entry((time, priority, self._inserted), fn, args)
        self._entries.append(entry)
        return entry

    def schedule(self, delay: int, fn: Callable[..., object], *args: object, priority: int = 2) -> Entry:
        return self.schedule_at(self.now + delay, fn, *args, priority=priority)

    def post_at(self, time: int, fn: Callable[..., object], *args: object, priority: int = 2) -> None:
        self.schedule_at(time, fn, *args, priority=priority)

    def post(self, delay: int, fn: Callable[..., object], *args: object, priority: int = 2) -> None:
        self.schedule(delay, fn, *args, priority=priority)

    def next_time(self) -> int | None:
        return min((entry.key[0] for entry in self._waiting()), default=None)

    def stop(self) -> None:
        self._stopped = self._running

    def step(self) -> bool:
        self._running = True
        found = self._next(None)
        self._running = False
        return found

    def run(self, until: int | None = None) -> None:
        self._running, self._stopped = True, False
        while not self._stopped and self._next(until):
            pass
        if until is not None and not self._stopped:
            self.now = until
        self._running = False

    def _waiting(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.pending]

    def _next(self, until: int | None) -> bool:
        waiting = self._waiting()
        entry = min(waiting, key=lambda entry: entry.key, default=None)
        if entry is None or (until is not None and entry.key[0] >= until):
            return False
        entry.pending = False
        self.now = entry.key[0]
        self.events += 1
        entry.fn(*entry.args)
        return True


@dataclass(frozen=True)
class Call:
    """One event of a random program: when it happens after its parent, and what it does."""

    delay: int
    priority: Priority
    way: str
    cancels: tuple[int, ...] = ()
    stops: bool = False
    children: tuple[Call, ...] = ()


@dataclass
class Play:
    """Runs a program on a simulator and writes down all that can be seen of it."""

    sim: Any
    log: list[object] = field(default_factory=list)
    handles: list[Any] = field(default_factory=list)
    calls: int = 0

    def launch(self, calls: tuple[Call, ...]) -> None:
        """Schedule some events."""
        for call in calls:
            self.calls += 1
            base = self.sim.now if call.way.endswith("_at") else 0
            handle = getattr(self.sim, call.way)(
                base + call.delay, self.fire, self.calls, call, priority=call.priority
            )
            if handle is not None:
                self.handles.append(handle)

    def fire(self, label: int, call: Call) -> None:
        """Be one event."""
        self.look(label)
        self.launch(call.children)
        for place in call.cancels:
            if self.handles:
                self.log.append(self.handles[place % len(self.handles)].cancel())
        if call.stops:
            self.sim.stop()
            self.sim.stop()
        self.look(label)

    def look(self, label: object) -> None:
        """Write down the state of the simulator."""
        sim = self.sim
        self.log.append((label, sim.now, sim.events, sim.pending, sim.next_time()))

    def control(self, order: str, amount: int) -> None:
        """Run the simulator in one of the ways in which it can be run."""
        if order == "step":
            self.log.append(self.sim.step())
        elif order == "until":
            self.sim.run(until=self.sim.now + amount)
        else:
            self.sim.run()
        self.look(order)


def calls(children: st.SearchStrategy[tuple[Call, ...]]) -> st.SearchStrategy[Call]:
    """Events that leave behind these."""
    return st.builds(
        Call,
        # Few different times, so that many events share an instant.
        delay=st.integers(0, 4),
        priority=st.sampled_from(Priority),
        way=st.sampled_from(WAYS),
        cancels=st.lists(st.integers(0, 40), max_size=3).map(tuple),
        stops=st.sampled_from((False, False, False, True)),
        children=children,
    )


PROGRAMS = st.lists(
    st.recursive(
        calls(st.just(())), lambda inner: calls(st.lists(inner, max_size=3).map(tuple)), max_leaves=20
    ),
    max_size=12,
).map(tuple)
CONTROLS = st.lists(st.tuples(st.sampled_from(("run", "until", "step")), st.integers(0, 6)), max_size=8)

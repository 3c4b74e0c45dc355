"""The event loop.

Time is an integer number of picoseconds; whoever writes one may write text with a unit, such as "10 ms".
Events are totally ordered by time, then `Priority`, then the order of scheduling, so a run is reproducible to
the last event. Time and priority are packed into one integer (``time << 2 | priority``), which a heap of
tuples compares faster than two fields (docs/decisions/0001-kernel.md has the measurements).

Example:
    >>> sim = Simulator(seed=1)
    >>> seen = []
    >>> handle = sim.schedule(2_000, seen.append, "two")
    >>> sim.post(1_000, seen.append, "one")
    >>> handle.cancel()
    True
    >>> sim.run()
    >>> seen, sim.now
    (['one'], 1000)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from heapq import heapify, heappop, heappush
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

from qsim.errors import SchedulingError, UnitError
from qsim.kernel.handle import Handle, Priority
from qsim.kernel.streams import Streams
from qsim.units import as_ps, to_s

if TYPE_CHECKING:
    import random

    import numpy as np

    from qsim.kernel.process import Process
    from qsim.kernel.trace_sink import TraceSink

T = TypeVar("T")
_CONTROL = int(Priority.CONTROL)
#: Events run between two looks at the progress callback.
_BATCH = 20_000
_UNBOUNDED = 1 << 62
#: Cancelled events that may lie in the queue before it is swept.
_SWEEP = 4096


class Simulator:
    """A clock, a queue of events, and the named random streams of one simulation.

    There is no global state: any number of simulators live in one process without touching each other.

    Args:
        seed: root seed of every random stream.
        trace: where trace events go; None switches tracing off.

    Attributes:
        now: current time, integer picoseconds.
        trace: the trace sink, or None. Protocols test it for None before they build an event.
        streams: the named random streams.
    """

    __slots__ = (
        "_cancelled", "_heap", "_pushed", "_running", "_skipped", "_stopping", "now", "streams", "trace",
    )  # fmt: skip

    def __init__(self, seed: int = 0, trace: TraceSink | None = None) -> None:
        self.now = 0
        self.trace = trace
        self.streams = Streams(seed)
        # (time << 2 | priority, sequence, callable, arguments); a cancellable event has no callable here
        # and its Handle in the place of the arguments.
        self._heap: list[tuple[int, int, Callable[..., object] | None, Any]] = []
        self._pushed = 0
        self._skipped = 0
        self._cancelled = 0
        self._running = False
        self._stopping = False

    @property
    def seed(self) -> int:
        """The root seed."""
        return self.streams.seed

    @property
    def now_s(self) -> float:
        """Current time in seconds."""
        return to_s(self.now)

    @property
    def events(self) -> int:
        """Events run so far."""
        return self._pushed - self._skipped - len(self._heap)

    @property
    def pending(self) -> int:
        """Events in the queue that have not been cancelled; counts them, so keep it out of hot paths."""
        return sum(1 for _ in self._live())

    def schedule(
        self, delay: int | str, fn: Callable[..., object], *args: object, priority: int = _CONTROL
    ) -> Handle:
        """Schedule a call after a delay, and return a handle that can cancel it.

        Args:
            delay: picoseconds from now, not negative, or text with a unit such as "10 ms".
            fn: what to call.
            *args: its arguments.
            priority: see `Priority`.

        Raises:
            SchedulingError: the delay is negative or no integer, there is nothing to call, or the priority is
                not one of `Priority`.
        """
        if type(delay) is not int or delay < 0 or fn is None or priority >> 2:
            delay = self._read(fn, delay, self.now, priority)
        time = self.now + delay
        handle = Handle(self, time, fn, args)
        self._pushed = sequence = self._pushed + 1
        heappush(self._heap, (time << 2 | priority, sequence, None, handle))
        return handle

    def schedule_at(
        self, time: int | str, fn: Callable[..., object], *args: object, priority: int = _CONTROL
    ) -> Handle:
        """As `schedule`, at an absolute time in picoseconds or with a unit."""
        if type(time) is not int or time < self.now or fn is None or priority >> 2:
            time = self._read(fn, time, 0, priority)
        handle = Handle(self, time, fn, args)
        self._pushed = sequence = self._pushed + 1
        heappush(self._heap, (time << 2 | priority, sequence, None, handle))
        return handle

    def post(
        self, delay: int | str, fn: Callable[..., object], *args: object, priority: int = _CONTROL
    ) -> None:
        """Schedule a call that nobody will cancel: as `schedule`, without a handle and so cheaper."""
        if type(delay) is not int or delay < 0 or fn is None or priority >> 2:
            delay = self._read(fn, delay, self.now, priority)
        time = self.now + delay
        self._pushed = sequence = self._pushed + 1
        heappush(self._heap, (time << 2 | priority, sequence, fn, args))

    def post_at(
        self, time: int | str, fn: Callable[..., object], *args: object, priority: int = _CONTROL
    ) -> None:
        """As `post`, at an absolute time in picoseconds or with a unit."""
        if type(time) is not int or time < self.now or fn is None or priority >> 2:
            time = self._read(fn, time, 0, priority)
        self._pushed = sequence = self._pushed + 1
        heappush(self._heap, (time << 2 | priority, sequence, fn, args))

    def run(
        self, until: int | str | None = None, progress: Callable[[Simulator], object] | None = None
    ) -> None:
        """Run events in order.

        Args:
            until: stop when this time (picoseconds, or text with a unit) is reached: events at it or later
                stay in the queue, and the clock stands at it afterwards. None runs until the queue is empty.
            progress: called after every 20,000 events, and at the end.

        Raises:
            SchedulingError: `until` lies in the past or is no integer, or the simulator is already running.
            Exception: whatever an event raises, with a note that gives the time and the call.
        """
        if until is not None and (type(until) is not int or until < self.now):
            until = self._read(_halt, until, 0, 0)
        self._enter()
        end = None if until is None else self._push_sentinel(until << 2)
        try:
            while self._run_batch(_UNBOUNDED if progress is None else _BATCH):
                if progress is not None:
                    progress(self)
            if end is not None and end.fn is None and until is not None:
                self.now = until
        finally:
            self._leave()
            if end is not None:
                end.cancel()
        if progress is not None:
            progress(self)

    def step(self) -> bool:
        """Run the next event.

        Returns:
            False when the queue is empty.

        Raises:
            SchedulingError: the simulator is already running.
            Exception: as `run`.
        """
        self._enter()
        try:
            return self.next_time() is not None and self._run_batch(1)
        finally:
            self._leave()

    def stop(self) -> None:
        """End the current run after the event in hand; the queue is kept and `run` may be called again.

        Safe to call from a signal handler; without effect when nothing runs.
        """
        if self._running and not self._stopping:
            self._stopping = True
            self._push_sentinel(-1)

    def next_call(self) -> str:
        """What the next event calls, in words."""
        if self.next_time() is None:
            return _describe(None)
        _, _, fn, args = self._heap[0]
        return _describe(args.fn if fn is None else fn)

    def next_time(self) -> int | None:
        """Time of the next event in picoseconds, or None when the queue is empty."""
        heap = self._heap
        while heap and heap[0][2] is None and heap[0][3].fn is None:
            heappop(heap)
            self._skipped += 1
            self._cancelled -= 1
        if heap and heap[0][1] < 0:
            # An event is asking, and the sentinel of its own run comes first.
            return min((key >> 2 for key in self._live()), default=None)
        return heap[0][0] >> 2 if heap else None

    def process(self, generator: Generator[Any, Any, T]) -> Process[T]:
        """Start a generator as a process (see `qsim.kernel.process`)."""
        from qsim.kernel.process import Process

        return Process(self, generator)

    def stream(self, name: str) -> random.Random:
        """The named random stream for scalar draws; the same name gives the same stream."""
        return self.streams.scalar(name)

    def array_stream(self, name: str) -> np.random.Generator:
        """The named random stream for array draws."""
        return self.streams.array(name)

    def _run_batch(self, limit: int) -> bool:
        """Run up to `limit` events; False when the run is over."""
        heap = self._heap
        fn: Callable[..., object] | None = None
        try:
            for _ in repeat(None, limit):
                if not heap:
                    return False
                key, _, fn, args = heappop(heap)
                if fn is None:
                    handle = args
                    fn = handle.fn
                    args = handle.args
                    handle.fn = handle.args = None
                    if fn is None:
                        self._skipped += 1
                        self._cancelled -= 1
                        continue
                    if fn is _halt:
                        self._skipped += 1
                        return False
                self.now = key >> 2
                fn(*args)
        except Exception as error:
            error.add_note(f"while running {_describe(fn)} at t = {self.now} ps ({to_s(self.now):.12g} s)")
            raise
        return True

    def _live(self) -> Iterator[int]:
        """The keys of the events in the queue that are to run, in no order."""
        return (key for key, _, fn, args in self._heap if fn is not None or args.fn not in (None, _halt))

    def _enter(self) -> None:
        """Mark the simulator as running."""
        if self._running:
            raise SchedulingError("the simulator is already running; an event must not call run() or step()")
        self._running = True

    def _leave(self) -> None:
        """Undo `_enter`, and sweep away the sentinels of `stop` that no run has met."""
        self._running = self._stopping = False
        while self._heap and self._heap[0][0] < 0:
            heappop(self._heap)
            self._skipped += 1

    def _push_sentinel(self, key: int) -> Handle:
        # A negative sequence number sorts the sentinel before every event of its instant; no two are equal,
        # since a cancelled sentinel of an earlier run may still lie there and handles cannot be compared.
        handle = Handle(self, key >> 2, _halt, ())
        self._pushed += 1
        heappush(self._heap, (key, -self._pushed, None, handle))
        return handle

    def _forget_cancelled(self) -> None:
        """Count a cancellation, and sweep the queue when cancelled events make up most of it."""
        self._cancelled += 1
        if self._cancelled > _SWEEP and self._cancelled > len(self._heap) >> 1:
            # A signal may call `stop` at any call from here on: what it pushes after the copy is lost, and so
            # counted as skipped, and pushed again in the end.
            pushed, entries = self._pushed, self._heap[:]
            live = [entry for entry in entries if entry[2] is not None or entry[3].fn is not None]
            gone = len(entries) - len(live)
            # In place: a running loop holds a reference to this list.
            self._heap[:] = live
            self._skipped += gone + self._pushed - pushed
            self._cancelled = 0
            heapify(self._heap)
            if self._stopping:
                self._push_sentinel(-1)

    def _read(self, fn: Callable[..., object] | None, given: object, base: int, priority: int) -> int:
        """A time that is no plain integer after `base` picoseconds: text with a unit, or refused.

        Raises:
            SchedulingError: it is neither, lies in the past, or there is something else that cannot be.
        """
        if fn is None:
            raise SchedulingError("nothing to call: give the function itself, not the None that it returns")
        what = f"{'the end of the run' if fn is _halt else _describe(fn)} cannot be scheduled"
        time = given
        if isinstance(given, str):
            try:
                time = as_ps(given)
            except UnitError as error:
                raise SchedulingError(f"{what}: {error}") from None
        if type(time) is not int:
            raise SchedulingError(
                f"{what} at {given!r}: times and delays are integer picoseconds, or text such as '10 ms'"
            )
        if base + time < self.now:
            raise SchedulingError(f"{what} at {base + time} ps: the clock stands at {self.now} ps")
        if priority >> 2:
            raise SchedulingError(f"{what} with priority {priority!r}: it must be one of qsim.Priority")
        return time


def _halt() -> None:
    """Marks a sentinel: the loop ends when it meets one."""


def _describe(fn: Callable[..., object] | None) -> str:
    if fn is None:
        return "the event queue"
    owner = getattr(fn, "__self__", None)
    name = getattr(owner, "name", None)
    label = getattr(fn, "__qualname__", type(fn).__name__)
    return f"{label} of '{name}'" if isinstance(name, str) else label

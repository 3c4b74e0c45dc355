"""Generator processes: one party's story, told from top to bottom.

A process is a generator that waits with ``yield from``: for a delay, for a message in a `Mailbox`, for one
of several things (`any_of`), or for another process. It runs on the same queue as everything else. Protocols
inside qsim are message-handler objects, which are faster and can be copied; processes are for applications,
scripts and tests (docs/decisions/0002-handlers-and-processes.md).

Example:
    >>> from qsim.kernel import Simulator, Mailbox, timeout
    >>> sim = Simulator()
    >>> box = Mailbox(sim)
    >>> def listener():
    ...     message = yield from box.receive(timeout=5_000)
    ...     return message, sim.now
    >>> def speaker():
    ...     yield from timeout(sim, 2_000)
    ...     box.put("hello")
    >>> heard = sim.process(listener())
    >>> _ = sim.process(speaker())
    >>> sim.run()
    >>> heard.result
    ('hello', 2000)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from qsim.errors import SimulationError

if TYPE_CHECKING:
    from qsim.kernel.handle import Handle
    from qsim.kernel.simulator import Simulator

T = TypeVar("T")
#: What a waiting generator looks like to ``yield from``.
Wait = Generator["Waitable[Any]", Any, T]


class TimeoutExpired(SimulationError):
    """A wait with a time limit ran out."""


class Interrupt(Exception):
    """Raised inside a process by `Process.interrupt`.

    Attributes:
        cause: what the interrupter passed.
    """

    def __init__(self, cause: object = None) -> None:
        super().__init__(cause)
        self.cause = cause


class Waitable(Generic[T]):
    """Something that a process can wait for, once.

    Subclasses implement `arm`, which starts the wait and calls `fire` at most once, and `disarm`.
    """

    __slots__ = ("_callback",)

    def __init__(self) -> None:
        self._callback: Callable[[Waitable[T], T], object] | None = None

    def start(self, callback: Callable[[Waitable[T], T], object]) -> None:
        """Begin to wait; `callback(self, value)` is called when the wait is over."""
        if self._callback is not None:
            raise SimulationError(f"{type(self).__name__} is already being waited for")
        self._callback = callback
        try:
            self.arm()
        except SimulationError:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Give up waiting; no callback will come."""
        if self._callback is not None:
            self._callback = None
            self.disarm()

    def fire(self, value: T) -> None:
        """Report that the wait is over."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback(self, value)

    def arm(self) -> None:
        """Start the wait."""
        raise NotImplementedError

    def disarm(self) -> None:
        """Undo `arm`."""
        raise NotImplementedError


class _Delay(Waitable[None]):
    __slots__ = ("_delay", "_handle", "_sim")

    def __init__(self, sim: Simulator, delay: int | str) -> None:
        super().__init__()
        self._sim = sim
        self._delay = delay
        self._handle: Handle | None = None

    def arm(self) -> None:
        self._handle = self._sim.schedule(self._delay, self.fire, None)

    def disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


class _Receive(Waitable[T]):
    __slots__ = ("_box",)

    def __init__(self, box: Mailbox[T]) -> None:
        super().__init__()
        self._box = box

    def arm(self) -> None:
        self._box._join(self)

    def disarm(self) -> None:
        self._box._leave(self)


class _AnyOf(Waitable[tuple[int, Any]]):
    __slots__ = ("_armed", "_members")

    def __init__(self, members: tuple[Waitable[Any], ...]) -> None:
        super().__init__()
        self._members = members
        # How many members, from the first, wait for us; one that refuses waits for somebody else.
        self._armed = 0

    def arm(self) -> None:
        self._armed = 0
        for member in self._members:
            if self._callback is None:
                # A member was over at once and has ended the wait.
                return
            member.start(self._on_member)
            self._armed += 1

    def disarm(self) -> None:
        for member in self._members[: self._armed]:
            member.abandon()

    def _on_member(self, member: Waitable[Any], value: object) -> None:
        index = next(i for i, known in enumerate(self._members) if known is member)
        self.disarm()
        self.fire((index, value))


class Mailbox(Generic[T]):
    """A first-in first-out queue of messages that processes wait at.

    Args:
        sim: the simulator.
    """

    __slots__ = ("_messages", "_promised", "_sim", "_waiting")

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self._messages: deque[T] = deque()
        self._waiting: deque[_Receive[T]] = deque()
        # Messages that a receiver is about to fetch. They stay in the box until it does, so that one which
        # gives up at the same instant leaves their order as it was.
        self._promised = 0

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: T) -> None:
        """Leave a message; the longest-waiting receiver gets it at this instant, after the event in hand."""
        self._messages.append(message)
        self._serve()

    def discard(self, unwanted: Callable[[T], bool]) -> None:
        """Remove the messages that nobody wants, save those that a receiver has been chosen for."""
        if len(self._messages) > self._promised:
            first = list(self._messages)[: self._promised]
            rest = list(self._messages)[self._promised :]
            self._messages = deque([*first, *(message for message in rest if not unwanted(message))])

    def arrival(self) -> Waitable[T]:
        """The next message as something to wait for, for `any_of`."""
        return _Receive(self)

    def receive(self, timeout: int | str | None = None) -> Wait[T]:
        """Wait for a message: ``message = yield from box.receive(timeout=...)``.

        Args:
            timeout: how long to wait at most, picoseconds or with a unit; None waits for ever.

        Raises:
            TimeoutExpired: no message came in time.
        """
        return with_timeout(self._sim, _Receive(self), timeout, "no message")

    def _join(self, receiver: _Receive[T]) -> None:
        self._waiting.append(receiver)
        self._serve()

    def _leave(self, receiver: _Receive[T]) -> None:
        if receiver in self._waiting:
            self._waiting.remove(receiver)

    def _serve(self) -> None:
        while self._waiting and self._promised < len(self._messages):
            self._promised += 1
            self._sim.post(0, self._deliver, self._waiting.popleft())

    def _deliver(self, receiver: _Receive[T]) -> None:
        self._promised -= 1
        if receiver._callback is None:
            # It gave up between being chosen and being served.
            self._serve()
        else:
            receiver.fire(self._messages.popleft())


class Process(Generic[T]):
    """A running generator.

    Attributes:
        alive: whether the generator has not finished.
        result: its return value once it has finished; None for a process ended by an interrupt that it did
            not catch.
    """

    __slots__ = ("_ends", "_generator", "_sim", "_waits_for", "alive", "result")

    def __init__(self, sim: Simulator, generator: Generator[Any, Any, T]) -> None:
        if not isinstance(generator, Generator):
            raise SimulationError(f"a process needs a generator, got {type(generator).__name__}")
        self._sim = sim
        self._generator = generator
        self._waits_for: Waitable[Any] | None = None
        self._ends: list[_End[T]] = []
        self.alive = True
        self.result: T | None = None
        sim.post(0, self._resume, None, None)

    def interrupt(self, cause: object = None) -> None:
        """Raise `Interrupt` inside the process at this instant, after the event in hand.

        Interrupting a process that has finished does nothing.
        """
        if self.alive:
            self._sim.post(0, self._throw, Interrupt(cause))

    def end(self) -> Waitable[T | None]:
        """The end of the process as something to wait for, for `any_of`."""
        return _End(self)

    def join(self, timeout: int | str | None = None) -> Wait[T | None]:
        """Wait for the process to finish: ``value = yield from process.join()``.

        Raises:
            TimeoutExpired: it did not finish within `timeout`, picoseconds or with a unit.
        """
        return with_timeout(self._sim, self.end(), timeout, "the process did not finish")

    def _resume(self, waited: Waitable[Any] | None, value: object) -> None:
        if self.alive and waited is self._waits_for:
            self._waits_for = None
            self._advance(self._generator.send, value)

    def _throw(self, interrupt: Interrupt) -> None:
        if self.alive:
            if self._waits_for is not None:
                self._waits_for.abandon()
                self._waits_for = None
            self._advance(self._generator.throw, interrupt)

    def _advance(self, resume: Callable[[Any], Waitable[Any]], argument: object) -> None:
        try:
            waits_for = resume(argument)
        except StopIteration as stop:
            self._finish(stop.value)
            return
        except Interrupt:
            self._finish(None)
            return
        except BaseException:
            self.alive = False
            raise
        try:
            self._wait(waits_for)
        except SimulationError as error:
            # A wait that cannot begin is the fault of the line that asked for it: raise the error there.
            self._waits_for = None
            self._advance(self._generator.throw, error)

    def _wait(self, waits_for: object) -> None:
        if not isinstance(waits_for, Waitable):
            raise SimulationError(
                f"a process yielded {waits_for!r}; "
                "wait with `yield from` timeout(...), box.receive(), process.join() or any_of(...)"
            )
        self._waits_for = waits_for
        waits_for.start(self._resume)

    def _finish(self, result: T | None) -> None:
        self.alive = False
        self.result = result
        ends, self._ends = self._ends, []
        for end in ends:
            self._sim.post(0, end.fire, result)


class _End(Waitable["T | None"], Generic[T]):
    __slots__ = ("_process",)

    def __init__(self, process: Process[T]) -> None:
        super().__init__()
        self._process = process

    def arm(self) -> None:
        if self._process.alive:
            self._process._ends.append(self)
        else:
            self._process._sim.post(0, self.fire, self._process.result)

    def disarm(self) -> None:
        if self in self._process._ends:
            self._process._ends.remove(self)


def timeout(sim: Simulator, delay: int | str) -> Wait[None]:
    """Wait for a delay, picoseconds or with a unit: ``yield from timeout(sim, "10 ms")``."""
    yield _Delay(sim, delay)


def any_of(*members: Waitable[T]) -> Wait[tuple[int, T]]:
    """Wait for the first of several waitables: ``index, value = yield from any_of(a, b)``.

    Args:
        *members: what `Mailbox.arrival`, `Process.end` and `delay` return; each can be waited for once.

    Raises:
        SimulationError: nothing to wait for, or a member that is no waitable.
    """
    if not members:
        raise SimulationError("any_of needs at least one thing to wait for")
    for member in members:
        if not isinstance(member, Waitable):
            raise SimulationError(f"any_of takes box.arrival(), process.end() and delay(...), not {member!r}")
    first: tuple[int, T] = yield _AnyOf(members)
    return first


def delay(sim: Simulator, length: int | str) -> Waitable[None]:
    """A delay, picoseconds or with a unit, as something to wait for, for `any_of`."""
    return _Delay(sim, length)


def with_timeout(sim: Simulator, waitable: Waitable[T], limit: int | str | None, what: str) -> Wait[T]:
    """Wait for something, for `limit` at most, picoseconds or with a unit.

    Raises:
        TimeoutExpired: the limit passed first.
    """
    index, value = 0, None
    if limit is None:
        value = yield waitable
    else:
        index, value = yield _AnyOf((waitable, _Delay(sim, limit)))
    if index == 1:
        raise TimeoutExpired(f"{what} within {limit if isinstance(limit, str) else f'{limit} ps'}")
    return cast("T", value)

"""Requests between two ends that wait until they are served, give up, or are turned away.

A request asks as soon as it comes, unless others stand in line already. One that is refused stands in line,
if there is one and it is not full; only the first of a line asks again, whenever a flow has ended and after
each `retry`. Without a line a refused request asks again by itself after `retry`, or goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from qsim.units import to_ps

if TYPE_CHECKING:
    from qsim.kernel import Simulator


class Waiting(Protocol):
    """What a line must know of how requests wait: fields of `OpenTraffic`."""

    @property
    def retry(self) -> float | None:
        """Pause after a refusal, s; None for no second try."""
        ...

    @property
    def queue(self) -> int | None:
        """Most requests in line; None where there is no line."""
        ...

    @property
    def patience(self) -> float | None:
        """Time from the arrival after which a refused request gives up, s."""
        ...


class Waiter(Protocol):
    """A request that may stand in line.

    Attributes:
        came: when it arrived, ps.
        delayed: whether it has been refused, or has stood in line.
        impatient: whether its patience has ended while it was asking.
    """

    came: int
    delayed: bool
    impatient: bool

    def blocked(self) -> None:
        """It is turned away for good."""
        ...

    def expired(self) -> None:
        """Its patience has ended."""
        ...


_W = TypeVar("_W", bound=Waiter)


class WaitingLine(Generic[_W]):
    """The requests between two ends that have been refused and may yet be served.

    Args:
        sim: the simulator.
        rules: how requests wait.
        ask: asks the network for what a request wants.
    """

    def __init__(self, sim: Simulator, rules: Waiting, ask: Callable[[_W], None]) -> None:
        self._sim = sim
        self._ask = ask
        self._most = rules.queue
        self._retry = None if rules.retry is None else to_ps(rules.retry)
        self._patience = None if rules.patience is None else to_ps(rules.patience)
        # In the order of their arrival; a dictionary lets those go that lose patience in the middle.
        self._line: dict[_W, None] = {}
        self._asking: _W | None = None
        self._called = self._ticking = False

    def __len__(self) -> int:
        return len(self._line)

    def come(self, request: _W) -> None:
        """A request arrives."""
        if self._line:
            self._stand(request)
        else:
            self._ask(request)

    def served(self, request: _W) -> None:
        """The network serves a request; the next in line may ask."""
        if self._asking is request:
            self._asking = None
            del self._line[request]
            self.review()

    def refused(self, request: _W) -> None:
        """The network refuses a request."""
        request.delayed = True
        if self._asking is request:
            self._asking = None
            if request.impatient:
                del self._line[request]
                request.expired()
            if self._called or request.impatient:
                self.review()
        elif self._most is not None:
            self._stand(request)
        else:
            self._later(request)

    def review(self) -> None:
        """Let the first in line ask; a call while it is asking is kept until it has its answer."""
        if self._asking is not None:
            self._called = True
            return
        self._called = False
        if self._line:
            self._asking = next(iter(self._line))
            self._ask(self._asking)

    def _stand(self, request: _W) -> None:
        """Stand in line, or be turned away by a full one."""
        assert self._most is not None
        request.delayed = True
        if len(self._line) >= self._most:
            request.blocked()
            return
        self._line[request] = None
        if self._patience is not None:
            left = request.came + self._patience - self._sim.now
            self._sim.post(max(0, left), self._lose_patience, request)
        if not self._ticking:
            self._ticking = True
            self._tick()

    def _tick(self) -> None:
        """Ask again after each pause for as long as somebody stands in line."""
        assert self._retry is not None
        self._ticking = bool(self._line)
        if self._ticking:
            self._sim.post(self._retry, self._on_tick)

    def _on_tick(self) -> None:
        self.review()
        self._tick()

    def _lose_patience(self, request: _W) -> None:
        if request is self._asking:
            request.impatient = True
        elif request in self._line:
            del self._line[request]
            request.expired()

    def _later(self, request: _W) -> None:
        """Ask again by oneself after a pause, or go: at once, or when patience ends before."""
        if self._retry is None:
            request.blocked()
            return
        again = self._sim.now + self._retry
        if self._patience is not None and request.came + self._patience < again:
            self._sim.post_at(max(self._sim.now, request.came + self._patience), request.expired)
            return
        self._sim.post_at(again, self._ask, request)

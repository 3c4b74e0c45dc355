"""Open traffic at work: requests come, ask, wait, are served or go, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from protocols.apps.base import App
from protocols.apps.traffic_counts import TrafficCounts
from protocols.apps.waiting_line import Waiting, WaitingLine
from protocols.flow import Request
from qsim.errors import NoRouteError
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Fault, Flow
    from qsim.model.rows import MetricRow, Row


class Arrival(NamedTuple):
    """One request as it comes.

    Attributes:
        time: when, ps.
        initiator, responder: names of the two ends.
        memories: at each end.
        pairs: wanted; None for as many as the window gives.
        duration: of the window, s; None until the end of the run.
        fidelity: least of a delivered pair.
    """

    time: int
    initiator: str
    responder: str
    memories: int
    pairs: int | None
    duration: float | None
    fidelity: float


class Traffic(Waiting, Protocol):
    """What a runner must know of its traffic: fields of `protocols.apps.open_traffic.OpenTraffic`."""

    @property
    def warm_up(self) -> float:
        """Requests that arrive before this time, s, are not counted."""
        ...

    @property
    def title(self) -> str:
        """What metrics are named by."""
        ...

    def arrivals(self, network: Network) -> Iterator[Arrival]:
        """The requests, in the order in which they come."""
        ...


class OpenRequest:
    """One request of open traffic, on its way through line and network: the owner of its flow.

    Attributes:
        arrival: what it wants.
        came: when it arrived, ps.
        delayed: whether it has been refused, or has stood in line.
        impatient: whether its patience has ended.
    """

    __slots__ = ("_flow", "_line", "_runner", "arrival", "came", "delayed", "impatient")

    def __init__(self, runner: OpenTrafficRunner, line: WaitingLine[OpenRequest], arrival: Arrival) -> None:
        self._runner = runner
        self._line = line
        self.arrival = arrival
        self.came = arrival.time
        self.delayed = self.impatient = False
        self._flow: Flow | None = None

    def accepted(self, flow: Flow) -> None:
        self._flow = flow
        for counts in self._runner.counted(self.arrival):
            counts.accept(flow, delayed=self.delayed)
        self._line.served(self)

    def refused(self, _request: Request, _at: QuantumNode) -> None:
        self.turned_down()

    def turned_down(self) -> None:
        """The network could not serve it now."""
        for counts in self._runner.counted(self.arrival):
            counts.refused += 1
        self._line.refused(self)

    def deliver(self, flow: Flow, memory: Memory) -> None:
        self._runner.deliver(flow, memory)

    def lost(self, flow: Flow, memory: Memory) -> None:
        self._runner.lost(flow, memory)

    def ended(self, flow: Flow) -> None:
        for counts in self._runner.counted(self.arrival):
            counts.end(flow)
        self._runner.flow_ended(flow)
        self._runner.settled()

    def broken(self, flow: Flow, fault: Fault) -> None:
        """A fault is counted where it ends the flow, or the request is not made again; here it delays it."""
        self.delayed = self.delayed or self._flow is None

    def resumed(self, flow: Flow) -> None:
        """Another flow goes on for it, and is counted at its end; the pairs of the one before are kept."""
        before, self._flow = self._flow, flow
        for counts in self._runner.counted(self.arrival):
            counts.pairs += 0 if before is None else before.pairs

    def blocked(self) -> None:
        """It is turned away for good."""
        for counts in self._runner.counted(self.arrival):
            counts.blocked += 1
        self._runner.settled()

    def expired(self) -> None:
        """Its patience has ended."""
        for counts in self._runner.counted(self.arrival):
            counts.expired += 1
        self._runner.settled()


class OpenTrafficRunner(App):
    """Open traffic at work.

    Attributes:
        counts: of all requests that came after the warm-up.
        by_pair: the same for each initiator and responder.
    """

    def __init__(self, network: Network, parameters: Traffic) -> None:
        super().__init__(network)
        self.parameters = parameters
        self.counts = TrafficCounts()
        self.by_pair: dict[tuple[str, str], TrafficCounts] = {}
        self._lines: dict[tuple[str, str], WaitingLine[OpenRequest]] = {}
        self._arrivals = parameters.arrivals(network)
        self._warm_up = to_ps(parameters.warm_up)
        self._patience = None if parameters.patience is None else to_ps(parameters.patience)
        self._under_way = 0
        self._over = False
        self._await_next()

    @property
    def done(self) -> bool:
        """Whether no request will come any more, and all are over."""
        return self._over and not self._under_way

    def metrics(self) -> list[MetricRow]:
        """Counts, shares and waiting times of all pairs of ends together."""
        return list(self.counts.metrics(self.parameters.title))

    def tables(self) -> dict[str, Sequence[Row]]:
        """What became of the requests of each pair of ends."""
        title = self.parameters.title
        rows = [counts.row(title, *ends) for ends, counts in sorted(self.by_pair.items())]
        return {"traffic": rows} if rows else {}

    def ask(self, wanting: OpenRequest) -> None:
        """Ask the network for what a request wants, now."""
        arrival, network = wanting.arrival, self.network
        initiator, responder = network.node(arrival.initiator), network.node(arrival.responder)
        try:
            start = network.earliest_start(initiator, responder, arrival.memories)
        except NoRouteError:
            wanting.turned_down()
            return
        end = network.horizon if arrival.duration is None else start + max(1, to_ps(arrival.duration))
        if end <= start:
            return  # The run ends before the window can open: what becomes of it stays undecided.
        request = Request(
            initiator=initiator,
            responder=responder,
            start=start,
            end=end,
            memories=arrival.memories,
            fidelity=arrival.fidelity,
            pairs=arrival.pairs,
            issued=arrival.time,
            to_the_end=arrival.duration is None,
            patience=None if self._patience is None else arrival.time + self._patience,
        )
        try:
            network.submit(request, wanting)
        except NoRouteError:
            wanting.turned_down()

    def counted(self, arrival: Arrival) -> Sequence[TrafficCounts]:
        """The counts that an arrival is entered in."""
        if arrival.time < self._warm_up:
            return ()
        ends = arrival.initiator, arrival.responder
        return self.counts, self.by_pair.setdefault(ends, TrafficCounts())

    def settled(self) -> None:
        """One request less is under way."""
        self._under_way -= 1
        self.network.stop_if_done()

    def flow_ended(self, flow: Flow) -> None:
        """Let those who stand in line ask again once the news of a flow's end has come to them.

        Nobody hears of it before the last node of its path has freed its memories.
        """
        if not any(self._lines.values()):
            return
        initiator, route = flow.request.initiator, flow.route
        freed = sum(near.delay_to(far) for near, far in pairwise(route))
        for (name, _), line in self._lines.items():
            if line:
                here = self.network.node(name)
                news = 0 if here is initiator else initiator.delay_to(here)
                self.sim.post(max(freed, news), line.review)

    def _await_next(self) -> None:
        arrival = next(self._arrivals, None)
        if arrival is None or arrival.time >= self.network.horizon:
            self._over = True
            return
        self.sim.post_at(arrival.time, self._arrive, arrival)

    def _arrive(self, arrival: Arrival) -> None:
        self._under_way += 1
        for counts in self.counted(arrival):
            counts.offered += 1
        ends = arrival.initiator, arrival.responder
        line = self._lines.get(ends)
        if line is None:
            line = self._lines[ends] = WaitingLine(self.sim, self.parameters, self.ask)
        line.come(OpenRequest(self, line, arrival))
        self._await_next()

"""Continuous links: every link makes pairs for itself, and flows take what is there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from protocols.control.control_kind import ControlAtWork, ControlledNetwork, idle_reservation, round_trip
from protocols.control.control_messages import Restarted
from protocols.control.link_pool import LinkPool, shares_of
from protocols.flow import Flow
from protocols.network.reservation import HopByHopReservation
from protocols.network.reservation_kind import NodeReservation
from protocols.network.weights import one_hop
from protocols.node.agent import FlowAgent
from qsim.model.rows import MetricRow
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link import Link
    from hardware.node import QuantumNode
    from hardware.outages import Element
    from protocols.flow import Fault, Session
    from protocols.network.network_view import NetworkView
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack
    from qsim.model.check_context import CheckContext


@register("control", "continuous")
@dataclass(frozen=True)
class ContinuousLinks(Declared):
    """Links make pairs all the time; flows share them, and nobody promises memories.

    A request is made known along its path and never refused. A node joins any two pairs that lead towards
    the two ends of one flow. Pairs are not purified.

    References:
        Abane et al., IEEE Internet Computing 30(1) (2026): proactive forwarding with statistical
        multiplexing.
    """

    memories: Annotated[
        int | None,
        Param("memories of each link at either end; left out, links share those of a bank evenly", ge=1),
    ] = None
    idle: Annotated[
        bool,
        Param("whether links work that no flow goes over; otherwise they begin with the first that does"),
    ] = True
    multiplexing: Annotated[
        str,
        Param(
            "which flow a fresh pair serves: 'statistical', whichever uses it first, or 'assigned', each "
            "flow over the link in its turn, so that its two ends agree while flows neither come nor go",
            choices=("statistical", "assigned"),
        ),
    ] = "statistical"
    paths: Annotated[
        bool,
        Param(
            "whether a flow keeps to its path; otherwise every node joins pairs that lead nearer to both "
            "ends of it, counted in links, wherever they are"
        ),
    ] = True
    interval: Annotated[
        float | None,
        Param(
            "time from one round to the next in which a node joins as many of its pairs as can be; left out, "
            "they are joined as they come",
            unit="s",
            gt=0,
        ),
    ] = None

    def install(self, network: ControlledNetwork) -> ControlAtWork:
        """Set it up on a network."""
        return ContinuousAtWork(self, network)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Nodes that cannot serve all their links so, and policies that would have nothing to do."""
        yield from idle_reservation(context)
        for name, node in context.nodes.items():
            here = context.links_at(name)
            if node.transfer is not None:
                yield (
                    "",
                    f"'{name}' moves halves between its memories, and continuous links leave them in place",
                )
            if here and not node.banks:
                yield "", f"a station of '{name}' serves one flow at a time, and continuous links never pause"
                continue
            for bank, model in node.banks.items():
                using = sum(link.bank(link.between.index(name), node.banks) == bank for link in here)
                wanted = using * (self.memories or 1)
                if wanted > model.count:
                    yield (
                        "memories",
                        f"'{name}' needs {wanted} memories for its {using} links, and has {model.count}",
                    )
        if context.protocols.allocation is not None:
            yield (
                "",
                "continuous links promise nothing that an `allocation` could limit: leave one of them out",
            )
        if context.protocols.swapping.consent:
            yield "", "continuous links swap without asking: leave `consent` of the swapping policy out"


class ContinuousAtWork:
    """A `ContinuousLinks` at work.

    Attributes:
        pools: what the memories of each node do.
    """

    def __init__(self, policy: ContinuousLinks, network: ControlledNetwork) -> None:
        self._network = network
        self._policy = policy
        self._sessions: dict[Link, Session] = {}
        self._places: dict[int, Mapping[Node, int]] = {}
        links = network.view.links
        interval = 0 if policy.interval is None else max(1, to_ps(policy.interval))
        self.pools: dict[Node, LinkPool] = {}
        horizon = _horizon(network.view)
        for node in network.nodes.values():
            shares = dict(shares_of(links, node, policy.memories))
            if shares:
                stack = network.stacks[node]
                stack.tracker.horizon = horizon
                stack.pool = self.pools[node] = LinkPool(
                    stack,
                    shares,
                    self.session,
                    self.leads,
                    assigned=policy.multiplexing == "assigned",
                    interval=interval,
                )
        network.context.outages.watch(self._changed)
        if policy.idle:
            network.context.sim.post(0, self._begin, links)

    def at(self, node: QuantumNode) -> NodeReservation:
        """What makes the requests of one node known."""
        network = self._network
        return PooledReservation(network.stacks[node], network.routing, network.view, self)

    def confirmation(self, route: Sequence[QuantumNode]) -> int:
        """There along the route, and back."""
        return round_trip(route)

    def session(self, link: Link) -> Session:
        """The session of a link, the same for both ends."""
        if link not in self._sessions:
            context, stacks = self._network.context, self._network.stacks
            make = link.session(context.detail)
            self._sessions[link] = make(
                context, link, link.first, stacks[link.first].entangled, stacks[link.second].entangled
            )
        return self._sessions[link]

    def leads(self, flow: Flow, here: Node, far: Node) -> bool | None:
        """Whether a pair leads towards the responder of a flow; None where it leads nowhere."""
        if self._policy.paths:
            places = self._places.get(flow.id)
            if places is None:
                places = self._places[flow.id] = {node: place for place, node in enumerate(flow.path)}
            near, there = places.get(here), places.get(far)
            return None if near is None or there is None else there > near
        request = flow.request
        back, on = (self._gain(end, here, far) for end in (request.initiator, request.responder))
        return None if max(back, on) <= 0 else on > back

    def others(self, flow: Flow) -> Iterator[QuantumNode]:
        """The nodes that serve a flow beside those of its path."""
        if not self._policy.paths:
            yield from (node for node in self._network.nodes.values() if node not in flow.route)

    def _gain(self, end: QuantumNode, here: Node, far: Node) -> int:
        """By how many links another node is nearer to an end than this one is."""
        return self._hops(end, here) - self._hops(end, far)

    def _hops(self, end: QuantumNode, node: Node) -> int:
        view = self._network.view
        return 0 if node is end else len(view.shortest(view.nodes[node.name], end, one_hop)) - 1

    def start(self, flow: Flow) -> None:
        """A flow begins at one of its nodes: its links work from now on, if they do not already."""
        if not self._policy.idle:
            self._begin(flow.links if self._policy.paths else self._network.view.links)

    def _changed(self, element: Element) -> None:
        """A node that comes up says to all that it has lost its halves."""
        if element.kind == "node" and not element.down:
            for other in self.pools:
                if other is not element.nodes[0]:
                    element.nodes[0].send(other, Restarted())

    def _begin(self, links: Iterable[Link]) -> None:
        for link in links:
            for end in (link.first, link.second):
                self.pools[end].work(link)

    def metrics(self) -> list[MetricRow]:
        """Pairs that were given up because the two ends of another had used it for different flows."""
        lost = sum(pool.conflicts for pool in self.pools.values())
        return [MetricRow("control", "halves of pairs for nobody", "1", 1, float(lost), None)]


@dataclass(slots=True)
class Announce:
    """Serve this flow in its window, though its path keeps away from you."""

    flow: Flow


@dataclass(slots=True)
class Retract:
    """The flow is over."""

    flow: Flow


class PooledReservation(HopByHopReservation):
    """Makes requests known along their paths, as hop-by-hop reservation does, and promises nothing."""

    def __init__(
        self, stack: NodeStack, routing: Routing, view: NetworkView, control: ContinuousAtWork
    ) -> None:
        super().__init__(stack, routing, view)
        self._control = control
        self._known: dict[int, Flow] = {}
        self._node.on(Announce, self._on_announce)
        self._node.on(Retract, self._on_retract)
        self._node.on(Restarted, self._on_restarted)

    def _promise(self, flow: Flow) -> bool:
        self._known[flow.id] = flow
        return True

    def _take_back(self, flow: Flow) -> bool:
        super()._take_back(flow)
        return self._known.pop(flow.id, None) is not None

    def _agent(self, flow: Flow) -> FlowAgent:
        return PooledAgent(self._stack, flow, self._control)

    def noticed(self, thing: Hashable, fault: Fault | None) -> None:
        super().noticed(thing, fault)
        if fault is not None and self._node in self._control.pools:
            self._control.pools[self._node].forget(thing)

    def reset(self) -> None:
        super().reset()
        for flow in tuple(self._known.values()):
            self._leave(flow)

    def _break(self, flow: Flow, fault: Fault, source: Node | None) -> None:
        if flow.id in self._promised:
            # The initiator, who made it known, may be what is down.
            for node in self._control.others(flow):
                self._node.send(node, Retract(flow))
        super()._break(flow, fault, source)

    def _prepare(self, flow: Flow) -> None:
        super()._prepare(flow)
        if self._node is flow.request.initiator:
            for node in self._control.others(flow):
                self._node.send(node, Announce(flow))

    def _end(self, flow: Flow) -> None:
        known = flow.id in self._known
        super()._end(flow)
        if known and self._node is flow.request.initiator:
            for node in self._control.others(flow):
                self._node.send(node, Retract(flow))

    def _on_announce(self, _source: Node, message: Announce) -> None:
        flow, sim = message.flow, self._node.sim
        if flow.request.end > sim.now:
            self._known[flow.id] = flow
            sim.post_at(max(flow.request.start, sim.now), self._join, flow)
            sim.post_at(flow.request.end, self._leave, flow)

    def _on_restarted(self, source: Node, _message: Restarted) -> None:
        self._control.pools[self._node].forget(source)

    def _on_retract(self, _source: Node, message: Retract) -> None:
        self._leave(message.flow)

    def _join(self, flow: Flow) -> None:
        if flow.id in self._known:
            self._control.pools[self._node].begin(flow)

    def _leave(self, flow: Flow) -> None:
        if flow.id in self._known:
            del self._known[flow.id]
            self._control.pools[self._node].end(flow)


class PooledAgent(FlowAgent):
    """One flow at one node whose memories serve its links."""

    def __init__(self, stack: NodeStack, flow: Flow, control: ContinuousAtWork) -> None:
        super().__init__(stack, flow, ())
        self._pool = control.pools[stack.node]
        self._control = control

    @property
    def busy(self) -> bool:
        return self._pool.busy

    def start(self) -> None:
        self._started = self.node.sim.now
        self._control.start(self.flow)
        self._pool.begin(self.flow)

    def stop(self) -> None:
        if self._started is not None:
            self._started = None
            self._pool.end(self.flow)


def _horizon(view: NetworkView) -> int:
    """A bound on the time for which a swap result can be under way, whatever it is passed on along, ps."""
    there = sum(link.first.delay_to(link.second) for link in view.links)
    hops = len(view.nodes)
    some = next(iter(view.nodes.values()))
    return 4 * (there + 2 * some.repetitions * there * hops + hops * some.latest_ps) + 1

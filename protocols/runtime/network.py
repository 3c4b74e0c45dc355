"""The network of a scenario, alive: what `Scenario.engine` gives and what scripts hold in their hands."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from math import ceil
from typing import TYPE_CHECKING, Any

from hardware.segments import segments
from protocols.apps.base import Network
from protocols.apps.request import RequestApp
from protocols.apps.stream import PairStream
from protocols.context import Context
from protocols.control.control_kind import Distributed
from protocols.entanglement.cutoff import NoCutoff
from protocols.faults.network_faults import NetworkFaults
from protocols.flow import Flow
from protocols.grown import Grown
from protocols.network.multipath import Bundle, together
from protocols.network.network_view import NetworkView
from protocols.network.weights import fibre_length
from protocols.node.agent import Policies
from protocols.node.stack import NodeStack
from protocols.runtime.approximations import approximations
from protocols.runtime.assembly import build_classical, build_links, fibre_graph, is_routed_alike
from protocols.runtime.expectation import expected_events
from protocols.runtime.followed_request import FollowedRequest
from protocols.runtime.foresight import Foresight
from protocols.runtime.prospects import NO_TRAFFIC, shortfalls
from protocols.runtime.recorder import Recorder, link_rows, memory_row
from protocols.runtime.running import Running
from protocols.runtime.stall import StallWatch
from protocols.runtime.starvation import Refusals
from qsim import garbage, limits, registry
from qsim.errors import NetworkError, nearest
from qsim.kernel import Simulator, TraceSink
from qsim.model.fault_spec import outage_of
from qsim.registry import register
from qsim.units import as_ps, parse, to_ps, to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.apps.base import App
    from protocols.control.control_kind import ControlAtWork
    from protocols.faults.recovery import Requester
    from protocols.flow import FlowOwner, Request
    from protocols.network.reservation_kind import NodeReservation, Reservation
    from protocols.network.routing import Routing
    from protocols.qkd.key_delivery import KeyDelivery
    from protocols.resource.allocation_kinds import Allotment
    from qsim.model.outcome import RunOutcome
    from qsim.model.rows import Stall
    from qsim.model.specs import ScenarioSpec
    from qsim.quantum.pair import EntangledPair

#: Objects that a node and a link consist of at least, as the collector of garbage counts.
_OBJECTS = 10


@register("runtime", "network")
class NetworkRuntime(Running, Network):
    """One simulation of a scenario.

    Args:
        scenario: what to simulate.
        seed: root seed.
        trace: where trace events go; None for nowhere.

    Attributes:
        scenario: the scenario.
        context: what all protocols share.
        outages: what is down.
        classical: the classical network.
        links: links in order, then those that cross nodes without memories.
        view: the network as routing sees it.
        stacks: protocols of each node; made when a node first takes part, and held from then on.
        reservations: reservation protocol of each node, likewise.
        routing: the routing policy.
        reservation: how nodes promise memories where they do it by themselves.
        control: who decides on requests.
        apps: the applications of the scenario's traffic, in order.
        recorder: what has happened so far.
        refusals: requests that have been refused and not served.
        watch: looks out for flows that get nowhere.
        foresight: how requests would set out.
        allotment: the limits of memories at work, where the scenario has an allocation.
        faults: what may go down, who learns of it, and what becomes of the requests that it hits.
    """

    sim: Simulator
    horizon: int

    def __init__(self, scenario: ScenarioSpec, seed: int, trace: TraceSink | None = None) -> None:
        began = time.perf_counter()
        run = scenario.run_spec
        self.scenario = scenario
        self.sim = Simulator(seed, trace)
        self.context = Context(self.sim, registry.lookup("formalism", run.formalism), run.detail)
        self.outages = self.context.outages
        self.horizon = to_ps(run.duration)
        self.recorder = Recorder(run.record_pairs, bool(run.error_rates))
        self.refusals = Refusals()
        lengths = fibre_graph(scenario)
        self.classical = build_classical(self.context, scenario, lengths)
        kinds: dict[str, Any] = {spec.name: spec for spec in scenario.nodes}
        self.nodes = {
            name: kind.build(self.sim, self.classical, index)
            for index, (name, kind) in enumerate(kinds.items())
        }
        parts = segments(kinds, scenario.links)
        self.links: list[Link] = build_links(self.context, scenario, parts, self.nodes, self.classical)
        alike = is_routed_alike(scenario, self.links, self.nodes.values())
        self.view = NetworkView(self.nodes, self.links, {fibre_length: lengths} if alike else {})
        policy = scenario.protocols.routing
        self.routing: Routing = policy.install(self) if hasattr(policy, "install") else policy
        self.reservation: Reservation = scenario.protocols.reservation
        self.stacks: Grown[Node, NodeStack] = Grown(self._stack_of)
        self.control: ControlAtWork = (scenario.protocols.control or Distributed()).install(self)
        self.reservations: Grown[QuantumNode, NodeReservation] = Grown(self.control.at)
        self.foresight = Foresight(self.routing, self.control, self.view, self.horizon)
        self._prepare_nodes()
        self.watch = StallWatch(self.sim, self.horizon, self.stacks, self.recorder.stalls, self._waits)
        self.faults = NetworkFaults(self, scenario.faults)
        self._streams: list[PairStream] = []
        allocation = scenario.protocols.allocation
        self.allotment: Allotment | None = None if allocation is None else allocation.build(self)
        self.apps: list[Any] = [app.install(self) for app in scenario.traffic]
        self._setup = time.perf_counter() - began

    def node(self, name: str) -> QuantumNode:
        if name not in self.nodes:
            raise NetworkError(f"unknown node '{name}'{nearest(name, self.nodes)}")
        return self.nodes[name]

    def stack(self, name: str) -> NodeStack:
        """The protocol stack of a node by name.

        Raises:
            NetworkError: there is no node of that name.
        """
        return self.stacks[self.node(name)]

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        flow = self.issue(request, FollowedRequest(self, owner))
        if self.allotment is not None:
            self.allotment.offered(owner, flow)
        return flow

    def issue(self, request: Request, followed: Requester) -> Flow:
        """Make a request of one that is followed already: over one path, or over several at once."""
        reservation = self.reservations[request.initiator]
        paths = together(self.routing, request, self.view)
        if len(paths) < 2:
            return reservation.submit(request, followed)
        whole = Flow(self.context.next_id(), request, followed)
        Bundle(whole, followed, reservation, followed.part_changed).submit(paths)
        return whole

    def finish(self, flow: Flow) -> None:
        whole = flow.parts[0].owner if flow.parts else None
        if isinstance(whole, Bundle):
            whole.finish()
        else:
            self.reservations[flow.request.initiator].finish(flow)

    def delivered(self, flow: Flow, pair: EntangledPair, fidelity: float, used: tuple[int, int]) -> None:
        self.recorder.delivered(flow, pair, fidelity, used)

    def note(self, text: str, like: Hashable = None) -> None:
        self.recorder.note(text, like)

    def stalled(self, stall: Stall) -> None:
        self.recorder.stalls.append(stall)

    def request(
        self,
        initiator: str,
        responder: str,
        *,
        memories: int = 1,
        fidelity: float = 0.0,
        start: float | str | None = None,
        duration: float | str | None = None,
    ) -> PairStream:
        """Ask for entanglement from a script, and take the pairs one by one.

        Args:
            initiator, responder: names of the two ends.
            memories: memories at each end.
            fidelity: least fidelity of a delivered pair.
            start: beginning of the window, s or with a unit; None begins as soon as the path has confirmed.
            duration: length of the window; None lasts until the end of the run.

        Raises:
            NetworkError: an unknown node, two nodes without a path, the same node twice, more memories than
                an end has, or a start after the end of the run.
            ParameterError: a parameter out of bounds.
        """
        if initiator == responder:
            raise NetworkError(f"a request needs two nodes, got '{initiator}' for both")
        wanted = RequestApp(
            initiator,
            responder,
            start=None if start is None else parse(start, "s"),
            duration=None if duration is None else parse(duration, "s"),
            memories=memories,
            fidelity=fidelity,
        )
        request = wanted.request(self, self.sim.now)
        if request.end <= request.start:
            raise NetworkError(
                f"the request {initiator}-{responder} cannot begin before {to_s(request.start):g} s, and the "
                f"run ends at {to_s(request.end):g} s"
            )
        for end in (request.initiator, request.responder):
            most = max((len(link.places.get(end, ())) for link in self.links), default=0)
            if memories > most:
                raise NetworkError(
                    f"the request {initiator}-{responder} wants {memories} memories at each end, and a link "
                    f"at '{end.name}' can use {most}"
                )
        stream = PairStream(self)
        self._streams = [known for known in self._streams if not known.done]
        self._streams.append(stream)
        self.submit(request, stream)
        return stream

    def key_delivery(self, name: str) -> KeyDelivery:
        """The key manager of a node by name, with `get_key` and its kin.

        Raises:
            NetworkError: there is no node of that name.
        """
        # Numerical libraries come in with it, which runs without keys do not need.
        from protocols.qkd.key_delivery import manager

        return manager(self.context.keys, self.node(name))

    def fault(self, **outage: Any) -> None:
        """Let something go down, from a script: ``engine.fault(link="a-b", down="2 s", up="5 s")``.

        Args:
            outage: what goes down and when, as an entry of ``faults.outages`` in a scenario file.

        Raises:
            NetworkError: there is no such element, or the time has passed.
            ParameterError: it cannot be.
        """
        self.faults.add(outage_of(outage))

    def path(self, initiator: str, responder: str) -> tuple[str, ...]:
        """Names of the nodes on the path that a request for one memory at each end would take now.

        Raises:
            NetworkError: an unknown node, or two without a path.
        """
        path = self.foresight.preferred(self.node(initiator), self.node(responder))
        return tuple(node.name for node in path)

    def earliest_start(
        self,
        initiator: QuantumNode,
        responder: QuantumNode,
        memories: int = 1,
        routing: Routing | None = None,
        avoid: frozenset[Hashable] = frozenset(),
    ) -> int:
        return self.foresight.confirmed_at(initiator, responder, memories, routing, avoid)

    def expected_events(self, until: int | str | None = None) -> int:
        """About how many events a run has, to a time in ps or with a unit; None for the scenario's end."""
        until = self.horizon if until is None else as_ps(until)
        apps = (app for app in self.scenario.traffic if hasattr(app, "workload"))
        requests = (request for app in apps for request in app.workload(self))
        events = expected_events(requests, self.view, self.context.detail, until)
        # What is always at work, whoever asks for what.
        events += sum(part.events(until) for part in (self.faults, self.routing) if hasattr(part, "events"))
        return ceil(min(events, 1e300))

    def remarks(self) -> list[str]:
        """What is to be said before a run: demands that can hardly be met, hardware without flaws."""
        from protocols.runtime.demand_remarks import remarks

        return list(remarks(self.scenario, self, self.links, self.foresight))

    def run(
        self, progress: Callable[[Simulator], object] | None = None, until: int | str | None = None
    ) -> RunOutcome:
        """Run to the end of the scenario, or until `stop`, and give the result.

        Args:
            progress: called now and then with the simulator.
            until: where to end before that, ps or with a unit such as "10 ms".

        Raises:
            LimitError: more events are to be expected than `qsim.limits` lets a run have.
        """
        with garbage.aside(_OBJECTS * (len(self.nodes) + len(self.links))):
            limits.current().check(events=self.expected_events(until))
            self.run_until(self.horizon if until is None else until, progress)
            return self.result()

    def result(self) -> RunOutcome:
        """The result so far."""
        now = self.sim.now
        over, still_open, pairs = self.recorder.flow_rows(now, self.faults.hit)
        under_way = self._attempts_under_way()
        reserved = {node: node.reserved_ps for node in self.nodes.values()}
        for stack in self.stacks.values():
            reserved[stack.node] += sum(server.reserved_so_far() for server in stack.servers)
        return self.scenario.outcome(
            name=self.scenario.name,
            seed=self.sim.seed,
            simulated_s=to_s(now),
            wall_s=self.wall,
            cpu_s=self.cpu,
            setup_s=self._setup,
            events=self.sim.events,
            flows=over,
            unfinished=still_open,
            rejected=sum(protocol.rejected for protocol in self.reservations.values()),
            links=tuple(link_rows(self.links, under_way)),
            memories=tuple(
                memory_row(node, now, reserved[node]) for node in self.nodes.values() if node.memories
            ),
            pairs=pairs,
            metrics=tuple(row for source in self._sources() for row in source.metrics()),
            own=self._own_tables(),
            stalls=tuple(self.recorder.stalls),
            notes=(
                *self.recorder.notes,
                *self.refusals.notes(self.reservations.values()),
                *shortfalls(self.recorder.flows, now, self.scenario.protocols),
                *([] if self.apps or self.sim.events or not now else [NO_TRAFFIC]),
                *approximations(self.context, self.nodes.values(), self.links, under_way),
            ),
            interrupted=self.interrupted,
            document=self.scenario.document,
        )

    def stop_if_done(self) -> None:
        if not self.scenario.run_spec.stop_when_done or self.faults.recovery.under_way:
            return
        if all(app.done for app in (*self._runners(), *self._streams)):
            self.done = True
            self.stop()

    def _waits(self, flow: Flow) -> bool:
        """Whether something on the path of a flow is down, or was until a moment ago."""
        return self.outages.in_play and self.faults.in_doubt(flow)

    def _attempts_under_way(self) -> Counter[Link]:
        """Attempts of the flows being served that their links do not count yet."""
        made: Counter[Link] = Counter()
        servers = (server for stack in self.stacks.values() for server in stack.servers)
        # Both ends of a link know its session.
        for session in dict.fromkeys(session for server in servers for session in server.sessions):
            made[session.link] += session.attempts_under_way()
        return made

    def _runners(self) -> Iterator[App]:
        """The applications at work; one of the traffic may have several."""
        for app in self.apps:
            yield from app if isinstance(app, list) else (app,)

    def _sources(self) -> Iterator[Any]:
        """What has metrics, and tables of its own: the applications, routing and control."""
        yield from self._runners()
        yield from (part for part in (self.routing, self.control) if hasattr(part, "metrics"))
        if self.allotment is not None:
            yield self.allotment

    def _own_tables(self) -> dict[str, tuple[Any, ...]]:
        """The rows of tables beside those of every result."""
        found: dict[str, tuple[Any, ...]] = {}
        for source in (*self._sources(), self.faults):
            if hasattr(source, "tables"):
                for name, rows in source.tables().items():
                    if rows:
                        found[name] = (*found.get(name, ()), *rows)
        return found

    def _prepare_nodes(self) -> None:
        """Note what nodes must know of one another, and let a message bring a node's protocols to life."""
        awake = self.reservations.__getitem__
        for node, spec in zip(self.nodes.values(), self.scenario.nodes, strict=True):
            policies = Policies.of(spec, self.scenario.protocols)
            if not isinstance(policies.cutoff, NoCutoff):
                self.context.deadlines[node] = policies.cutoff.deadline
            self.context.scheduled |= policies.purification.rounds is not None
            node.awake = awake

    def _stack_of(self, node: Node) -> NodeStack:
        here, network = self.nodes[node.name], self.scenario.protocols
        policies = Policies.of(self.scenario.nodes[here.index], network)
        return NodeStack(self.context, here, policies, network.swapping, self.stacks)

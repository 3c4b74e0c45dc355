"""Link-state routing: nodes find out which links are up, tell all others, and route by what they know.

Each node greets its neighbours at intervals over every link. A link over which nothing has been heard for
longer than the dead interval is held to be down, one that is heard from again to be back. The node then
floods a new advertisement of its links: every node passes on, to all its neighbours but the one it came from,
what it did not know. Greetings carry a digest of what their sender knows, and a neighbour that knows
something else sends what it has, so that what was lost on the way comes with the next greeting.

References:
    Moy, RFC 2328 (OSPF version 2, 1998), sections 7, 9.5 and 13, without areas, designated routers and the
    ageing of advertisements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

from protocols.network.weights import WEIGHTS, Weight
from qsim.errors import NoRouteNowError
from qsim.kernel import Priority
from qsim.model.rows import MetricRow
from qsim.model.shortest_paths import LinkGraph
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.statistics import Tally
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.flow import Request
    from protocols.network.network_view import NetworkView
    from qsim.kernel import Simulator
    from qsim.model.check_context import CheckContext


class Plant(Protocol):
    """What routing that lives in a network is set up on, a `protocols.runtime.network.NetworkRuntime`."""

    sim: Simulator
    nodes: Mapping[str, QuantumNode]
    view: NetworkView


@register("routing", "link-state")
@dataclass(frozen=True)
class LinkState(Declared):
    """The shortest path over the links that the initiator knows to be up."""

    weight: Weight = "length"
    hello: Annotated[
        float, Param("time from one greeting to the next", unit="s", gt=0, le=1e6, source="SeQUeNCe default")
    ] = 1.0
    dead: Annotated[
        float,
        Param(
            "silence after which a link is held to be down",
            unit="s",
            gt=0,
            le=1e6,
            source="SeQUeNCe default",
        ),
    ] = 4.0
    known: Annotated[
        bool,
        Param(
            "whether all nodes know the network when the run begins; otherwise each knows its own links, and "
            "requests are refused until what they need has been flooded"
        ),
    ] = True

    def install(self, plant: Plant) -> LinkStateRouting:
        """Set it up at all nodes."""
        return LinkStateRouting(self, plant)

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """The path while all links are up."""
        yield view.shortest(request.initiator, request.responder, WEIGHTS[self.weight])

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """A dead interval that a single greeting outlasts."""
        if self.dead <= self.hello:
            yield (
                "dead",
                f"must be longer than `hello`, {self.hello:g} s, got {self.dead:g} s: every link would "
                "be held to be down between two greetings",
            )


@dataclass(frozen=True, slots=True)
class Greeting:
    """I am at the other end of this link, and what I know has this digest."""

    link: Link
    digest: int


@dataclass(frozen=True, slots=True, eq=False)
class Advertisement:
    """The links of one node that are up.

    Attributes:
        origin: name of the node.
        number: counts its advertisements; the greatest holds.
        costs: to its neighbours, by their names; of several links that are up the cheapest.
    """

    origin: str
    number: int
    costs: Mapping[str, float]


class LinkStateRouting:
    """A `LinkState` at work in one network.

    Attributes:
        routers: what runs at each node, by name.
        sent: advertisements that have been sent from a node to another.
    """

    def __init__(self, policy: LinkState, plant: Plant) -> None:
        self.sim = plant.sim
        self.sent = 0
        self._policy, self._links = policy, len(plant.view.links)
        self._spread: dict[tuple[str, int], tuple[int, int]] = {}
        weight = WEIGHTS[policy.weight]
        costs: dict[Node, dict[Link, float]] = {node: {} for node in plant.nodes.values()}
        for link in plant.view.links:
            costs[link.first][link] = costs[link.second][link] = weight(link)
        self.routers = {
            name: Router(self, node, costs[node], policy, plant.view.barred)
            for name, node in plant.nodes.items()
        }
        if policy.known:
            first = [router.advertised() for router in self.routers.values()]
            for router in self.routers.values():
                router.learn(first)

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """The path by what the initiator knows now."""
        yield from self.seen_from(request.initiator).route(request, view)

    def seen_from(self, node: QuantumNode) -> Router:
        """The routing policy of who decides at one node, by what that node knows."""
        return self.routers[node.name]

    def follow(self, advertisement: Advertisement, *, new: bool) -> None:
        """A node has made an advertisement, or heard of it for the first time."""
        now, key = self.sim.now, (advertisement.origin, advertisement.number)
        if new:
            self._spread[key] = now, now
        elif key in self._spread:
            self._spread[key] = self._spread[key][0], now

    def events(self, until: int) -> float:
        """How many greetings arrive up to a time in ps, over all links both ways."""
        return 2 * self._links * until / max(1, to_ps(self._policy.hello))

    def metrics(self) -> list[MetricRow]:
        """How long advertisements took to reach the last node that they reached, and how many were sent."""
        took = Tally()
        for began, last in self._spread.values():
            took.add(to_s(last - began))
        return [
            MetricRow("routing", "flooding time", "s", took.n, took.mean, took.sd),
            MetricRow("routing", "advertisements sent", "1", 1, float(self.sent), None),
        ]


class Router:
    """Link-state routing at one node.

    Attributes:
        node: the node.
        up: the links that are held to be up.
        database: the newest advertisement of each node that is known, by its name.
    """

    def __init__(
        self,
        routing: LinkStateRouting,
        node: QuantumNode,
        costs: Mapping[Link, float],
        policy: LinkState,
        barred: frozenset[str],
    ) -> None:
        self.node = node
        self.database: dict[str, Advertisement] = {}
        self.up: dict[Link, None] = dict.fromkeys(costs)
        self._routing = routing
        self._sim = routing.sim
        self._costs = costs
        self._barred = barred
        self._hello, self._dead = max(1, to_ps(policy.hello)), max(1, to_ps(policy.dead))
        self._heard: dict[Link, int] = {}
        self._number = 0
        self._digest = 0
        self._graph: LinkGraph | None = None
        node.on(Greeting, self._on_greeting)
        node.on(Advertisement, self._on_advertisement)
        if costs:
            self._sim.post(0, self._greet)
            self._sim.post(0, self._begin, not policy.known)

    def advertised(self) -> Advertisement:
        """A new advertisement of the links that are up now."""
        self._number += 1
        costs: dict[str, float] = {}
        for link in self.up:
            name, cost = link.other(self.node).name, self._costs[link]
            costs[name] = min(cost, costs.get(name, cost))
        return Advertisement(self.node.name, self._number, costs)

    def learn(self, advertisements: Iterable[Advertisement]) -> None:
        """Know these without having been told."""
        for one in advertisements:
            self._store(one)

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """The path of a request, whoever issues it, by what this node knows now."""
        source, target = request.initiator.name, request.responder.name
        names = self.way(source, target)
        if names is None:
            raise NoRouteNowError(f"'{self.node.name}' knows no path from '{source}' to '{target}' now")
        yield tuple(view.nodes[name] for name in names)

    def way(self, source: str, target: str) -> tuple[str, ...] | None:
        """Names of the nodes on the shortest path between two that is known; None where there is none.

        A link counts when both its ends advertise it.
        """
        if self._graph is None:
            known = self.database
            self._graph = LinkGraph(
                (
                    (origin, name, cost)
                    for origin, one in known.items()
                    for name, cost in one.costs.items()
                    if name in known and origin in known[name].costs
                ),
                self._barred,
            )
        return self._graph.way(source, target)

    def _begin(self, tell: bool) -> None:
        """Watch all links from now on, and tell the world of them if it does not know."""
        for link in self._costs:
            self._heard.setdefault(link, self._sim.now)
            self._watch(link)
        if tell:
            self._advertise()

    def _greet(self) -> None:
        for link in self._costs:
            self.node.datagram(link.other(self.node), Greeting(link, self._digest), link)
        self._sim.post(self._hello, self._greet)

    def _watch(self, link: Link) -> None:
        # Last of its instant: a greeting that comes exactly then comes in time.
        due = self._heard[link] + self._dead
        self._sim.post_at(due, self._look, link, priority=Priority.OBSERVE)

    def _look(self, link: Link) -> None:
        """Hold a link to be down if it has been silent for too long."""
        if self._heard[link] + self._dead > self._sim.now:
            self._watch(link)
            return
        del self.up[link]
        self._tell_of(link, up=False)

    def _on_greeting(self, source: Node, message: Greeting) -> None:
        link = message.link
        self._heard[link] = self._sim.now
        if link not in self.up:
            self.up[link] = None
            self._watch(link)
            self._tell_of(link, up=True)
        if message.digest != self._digest:
            for one in list(self.database.values()):
                self._send(source, one)

    def _tell_of(self, link: Link, *, up: bool) -> None:
        if self._sim.trace is not None:
            self.node.emit("neighbour_changed", neighbour=link.other(self.node).name, link=link.name, up=up)
        self._advertise()

    def _advertise(self) -> None:
        """Make a new advertisement, and flood it."""
        mine = self.advertised()
        self._routing.follow(mine, new=True)
        self._store(mine)
        self._flood(mine, None)

    def _on_advertisement(self, source: Node, message: Advertisement) -> None:
        known = self.database.get(message.origin)
        if known is not None and known.number >= message.number:
            return
        self._routing.follow(message, new=False)
        self._store(message)
        self._flood(message, source)

    def _store(self, one: Advertisement) -> None:
        before = self.database.get(one.origin)
        if before is not None:
            self._digest ^= _mixed(before)
        self._digest ^= _mixed(one)
        self.database[one.origin] = one
        self._graph = None

    def _flood(self, one: Advertisement, source: Node | None) -> None:
        for neighbour in dict.fromkeys(link.other(self.node) for link in self.up):
            if neighbour is not source:
                self._send(neighbour, one)

    def _send(self, neighbour: Node, one: Advertisement) -> None:
        self._routing.sent += 1
        self.node.datagram(neighbour, one)


def _mixed(one: Advertisement) -> int:
    """What an advertisement adds to a digest: a hash of whole numbers, which is the same in every process."""
    return hash((int.from_bytes(one.origin.encode(), "big"), one.number))

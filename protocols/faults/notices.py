"""Who learns of an outage, and when.

The two ends of a link notice that it is down when its light has stayed away for `FaultsSpec.detection`, and
a node that one of its banks is. A node that is down is known to its neighbours, and a classical channel that
is down to its two ends, by silence: `FaultsSpec.timeout` after the last message that could come from there.
The keep-alives behind that are not sent one by one; they are taken to be frequent. A node that comes up
before that is known by its first word to have forgotten everything.

Who notices ends the flows that he serves along what is down, tells their other nodes by messages, and refuses
requests along it until it is up again. Nobody else learns of it. A flow whose window is still to come is not
ended before that, but for one whose promise a node has forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from protocols.flow import Fault
from qsim.units import to_ps

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from hardware.node import QuantumNode
    from hardware.outages import Element, Outages
    from protocols.flow import Flow
    from protocols.grown import Grown
    from protocols.network.network_view import NetworkView
    from protocols.network.reservation_kind import NodeReservation
    from qsim.kernel import Simulator
    from qsim.model.fault_spec import FaultsSpec


class Noticing(Protocol):
    """The network in which outages are noticed, a `protocols.runtime.network.NetworkRuntime`.

    Attributes:
        sim: the simulator.
        outages: what is down.
        view: the network as routing sees it.
        reservations: reservation protocol of each node that has taken part.
    """

    sim: Simulator
    outages: Outages
    view: NetworkView
    reservations: Grown[QuantumNode, NodeReservation]

    @property
    def nodes(self) -> Mapping[str, QuantumNode]:
        """Nodes by name."""
        ...


class Notices:
    """Lets the nodes concerned notice the outages of one live network.

    Args:
        network: the network.
        spec: the times that it takes.
    """

    def __init__(self, network: Noticing, spec: FaultsSpec) -> None:
        self._network = network
        self._detection = to_ps(spec.detection)
        self._timeout = network.outages.patience = to_ps(spec.timeout)
        # Flows that a node forgot when it went down and that a neighbour has not noticed yet.
        self._forgotten: dict[tuple[Element, QuantumNode], dict[int, Flow]] = {}
        network.outages.watch(self._changed)

    def _changed(self, element: Element) -> None:
        for node, wait in self._witnesses(element):
            if element.down:
                if element.kind == "node":
                    self._forgotten.setdefault((element, node), {}).update(self._served(element, node))
                self._network.sim.post(wait, self._notice, element, node, element.times)
            else:
                self._recover(element, node)
        if element.kind == "node" and not element.down:
            self._look_around(element.nodes[0])

    def _look_around(self, node: QuantumNode) -> None:
        """A node that has come up has to find out what is down beside it."""
        for element in self._network.outages.down:
            for witness, wait in self._witnesses(element):
                if witness is node:
                    self._network.sim.post(wait, self._notice, element, node, element.times)

    def _served(self, element: Element, node: QuantumNode) -> dict[int, Flow]:
        """The flows at a node that depend on an element beside it."""
        reservations = self._network.reservations
        known = reservations[node].flows if node in reservations else {}
        return {number: flow for number, flow in known.items() if self._concerns(element, node, flow)}

    def _witnesses(self, element: Element) -> Iterator[tuple[QuantumNode, int]]:
        """The nodes that notice an outage of an element, each with how long that takes, ps."""
        if element.kind == "link":
            ends = dict.fromkeys(end for link in element.links for end in (link.first, link.second))
            yield from ((end, self._detection) for end in ends)
        elif element.kind == "bank":
            yield element.nodes[0], self._detection
        elif element.kind == "channel":
            one, other = element.nodes
            delay = one.delay_to(other)
            yield from ((end, delay + self._timeout) for end in (one, other))
        else:
            node = element.nodes[0]
            for other in self._beside(node):
                yield other, node.delay_to(other) + self._timeout

    def _beside(self, node: QuantumNode) -> Iterable[QuantumNode]:
        """The nodes next to one on any route."""
        found: dict[QuantumNode, None] = {}
        for link in self._network.view.links:
            if node in link.nodes:
                place = link.nodes.index(node)
                beside = (*link.nodes[max(place - 1, 0) : place], *link.nodes[place + 1 : place + 2])
                found.update(dict.fromkeys(beside))
        return found

    def _notice(self, element: Element, node: QuantumNode, times: int) -> None:
        """A node has waited long enough; the outage may be over, or another one be under way."""
        if not element.down or element.times != times or self._network.outages.is_down(node):
            return
        fault = self._fault(element)
        reservation = self._network.reservations[node]
        for thing in self._things(element, node):
            reservation.noticed(thing, fault)
        self._forgotten.pop((element, node), None)
        for flow in self._served(element, node).values():
            # A node has forgotten its promise. What else is down may be up again as the window begins: all
            # nodes of a flow look then.
            if element.kind == "node" or flow.request.start <= self._network.sim.now:
                reservation.broken(flow, fault)

    def _recover(self, element: Element, node: QuantumNode) -> None:
        """It is up again: requests may pass, and who has forgotten a flow says so with its first word."""
        sim, reservations = self._network.sim, self._network.reservations
        if node in reservations:
            for thing in self._things(element, node):
                reservations[node].noticed(thing, None)
        forgotten = self._forgotten.pop((element, node), None)
        if forgotten:
            sim.post(element.nodes[0].delay_to(node), self._hear_again, element, node, forgotten)

    def _hear_again(self, element: Element, node: QuantumNode, forgotten: Mapping[int, Flow]) -> None:
        for flow in forgotten.values():
            self._network.reservations[node].broken(flow, self._fault(element))

    def _fault(self, element: Element) -> Fault:
        """What those who notice take to be at fault, and what a path without it keeps away from."""
        if element.kind == "link":
            avoid: frozenset[Hashable] = frozenset(element.links)
        elif element.kind == "channel":
            avoid = frozenset(self._network.view.between(*element.nodes))
        else:
            avoid = frozenset(element.nodes)
        return Fault(str(element), avoid, outage=element)

    def _things(self, element: Element, node: QuantumNode) -> Iterator[Hashable]:
        """What a node takes to be at fault."""
        if element.kind == "link":
            yield from (link for link in element.links if node in (link.first, link.second))
        elif element.kind == "channel":
            yield from (other for other in element.nodes if other is not node)
        else:
            yield from (thing for thing in element.things if thing not in element.links)

    def _concerns(self, element: Element, node: QuantumNode, flow: Flow) -> bool:
        """Whether a flow depends, beside a node, on what is down."""
        if node not in flow.route:
            return False
        if element.kind == "link":
            return any(link in flow.links and node in (link.first, link.second) for link in element.links)
        if element.kind == "bank":
            bank = node.banks[element.name.rpartition("/")[2]]
            return bank in flow.places.get(node, ())
        place = flow.route.index(node)
        beside = (*flow.route[max(place - 1, 0) : place], *flow.route[place + 1 : place + 2])
        return any(other in beside for other in element.nodes if other is not node)

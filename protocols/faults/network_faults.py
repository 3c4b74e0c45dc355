"""The faults of one live network: what a runtime holds of them, and what a script asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from protocols.faults.effects import Effects, Struck
from protocols.faults.elements import Elements, Parts
from protocols.faults.hits import Hits
from protocols.faults.notices import Notices, Noticing
from protocols.faults.recovery import Asked, Recovery
from protocols.faults.schedule import Schedule
from qsim.errors import NetworkError
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocols.faults.availability_row import AvailabilityRow
    from protocols.faults.hits import Hit
    from protocols.flow import Flow
    from qsim.model.fault_spec import FaultsSpec, OutageSpec


class Recorded(Protocol):
    """What is known of the flows so far."""

    @property
    def flows(self) -> Sequence[Flow]:
        """All that have been accepted."""
        ...


class Living(Parts, Struck, Noticing, Asked, Protocol):
    """A network that outages can hit, a `protocols.runtime.network.NetworkRuntime`."""

    @property
    def recorder(self) -> Recorded:
        """What has happened so far."""
        ...


class NetworkFaults:
    """What may go down in a network, who learns of it, and what becomes of the requests that it hits.

    Attributes:
        elements: what may be down, by name.
        recovery: what becomes of requests.
        hits: which flows are hit; None while nothing can be.
    """

    def __init__(self, network: Living, spec: FaultsSpec) -> None:
        self._network = network
        self._spec = spec
        self.elements = Elements(network, self._begin)
        self.recovery = Recovery(network, spec)
        self.hits: Hits | None = None
        # How many outages begin at drawn times, Hz.
        self._rate = 0.0
        for outage in spec.outages:
            self._add(outage)

    def add(self, outage: OutageSpec) -> None:
        """Let something go down, from now on.

        Raises:
            NetworkError: there is no such element, a circle hits none, or its time has passed.
        """
        now = self._network.sim.now
        if outage.down is not None and to_ps(outage.down) < now:
            raise NetworkError(f"{outage.about} cannot go down at {outage.down:g} s: that has passed")
        if not self._add(outage):
            raise NetworkError(f"{outage.about} hits nothing: no link is known to pass through it")

    def accepted(self, flow: Flow) -> None:
        """A flow has been accepted, and its request is made again no more."""
        assert self.hits is not None
        made_again = self.recovery.settled(flow.owner)
        self.hits.follow(flow, None if made_again is None else made_again.start)

    def in_doubt(self, flow: Flow) -> bool:
        """Whether something on the path of a flow is down, or was so lately that nodes may not know yet."""
        return self.hits is not None and self.hits.in_doubt(flow)

    def hit(self, flow: Flow) -> Hit | None:
        """What has been down on the path of a flow; None where nothing could be."""
        return None if self.hits is None else self.hits.hit(flow)

    def events(self, until: int) -> float:
        """About how many events outages at drawn times have up to a time in ps.

        Each begins and ends, and two nodes wait for its end before they take it for one.
        """
        return 4 * self._rate * to_s(until)

    def tables(self) -> dict[str, tuple[AvailabilityRow, ...]]:
        """The availability of elements, and of the flows that have been accepted."""
        if self.hits is None:
            return {}
        from protocols.faults.availability import availability_rows

        flows = self._network.recorder.flows
        return {"availability": tuple(availability_rows(self._network.outages, flows, self.hits.hit))}

    def changed(self, flow: Flow) -> None:
        """One of the paths of a flow has come or gone."""
        if self.hits is not None:
            self.hits.look(flow)

    def ended(self, flow: Flow) -> None:
        """A flow is over."""
        assert self.hits is not None
        self.hits.ended(flow)

    def _add(self, outage: OutageSpec) -> bool:
        """Let something go down; False where there is nothing of what is meant."""
        scenario, find = self._network.scenario, self.elements.find
        nodes = {node.name: node for node in scenario.nodes}
        found = False
        for name, parts in outage.parts(nodes, scenario.links):
            elements = [find(*part) for part in parts]
            if elements:
                found = True
                Schedule(self._network.outages, outage, name, elements)
                if outage.mean_up is not None and outage.mean_down is not None:
                    self._rate += 1 / (outage.mean_up + outage.mean_down)
        return found

    def _begin(self) -> None:
        """From now on there may be outages."""
        network = self._network
        # Neighbours are those of the flows that a node that goes down has not forgotten yet.
        Notices(network, self._spec)
        self.hits = Hits(network.outages, network.recorder.flows)
        Effects(network)

"""Which flows outages hit, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.outages import Element, Outages
    from protocols.flow import Flow


@dataclass(slots=True)
class Hit:
    """What has been down on the path of one flow in its window.

    Attributes:
        elements: what has been, in order, each once.
        down: how much of it is down now.
        since: since when something is, ps.
        lasted: for how long something was, outages that are over, ps.
        times: how often something went down while nothing was.
    """

    elements: dict[Element, None] = field(default_factory=dict)
    down: int = 0
    since: int = 0
    lasted: int = 0
    times: int = 0

    def down_ps(self, now: int) -> int:
        """For how long something has been down by a time in ps."""
        return self.lasted + (max(0, now - self.since) if self.down else 0)


class Hits:
    """Follows the flows of one network from their acceptance to their end."""

    def __init__(self, outages: Outages) -> None:
        self._outages = outages
        self._open: dict[int, Flow] = {}
        self._hits: dict[int, Hit] = {}
        outages.watch(self._changed)

    def follow(self, flow: Flow) -> None:
        """A flow has been accepted."""
        self._open[flow.id] = flow
        hit = self._hits[flow.id] = Hit()
        for element in self._outages.down:
            if concerns(element, flow):
                self._count(flow, hit, element)

    def ended(self, flow: Flow) -> None:
        """A flow is over."""
        if self._open.pop(flow.id, None) is not None:
            hit = self._hits[flow.id]
            hit.lasted, hit.down = hit.down_ps(self._outages.sim.now), 0

    def hit(self, flow: Flow) -> Hit:
        """What has hit a flow so far."""
        return self._hits.get(flow.id) or Hit()

    def is_hit(self, flow: Flow) -> bool:
        """Whether anything on the path of a flow that is not over is down now.

        The flow may be one of several of a request, which are not followed one by one.
        """
        return flow.closed is None and any(concerns(element, flow) for element in self._outages.down)

    def _changed(self, element: Element) -> None:
        now = self._outages.sim.now
        for flow in self._open.values():
            if not concerns(element, flow):
                continue
            hit = self._hits[flow.id]
            if element.down:
                self._count(flow, hit, element)
            else:
                lasted = hit.down_ps(now)
                hit.down -= 1
                if hit.down == 0:
                    hit.lasted = lasted

    def _count(self, flow: Flow, hit: Hit, element: Element) -> None:
        """One more element is down."""
        hit.elements[element] = None
        if hit.down == 0:
            # Before its window a flow misses nothing.
            hit.since = max(self._outages.sim.now, flow.request.start)
            hit.times += 1
        hit.down += 1


def concerns(element: Element, flow: Flow) -> bool:
    """Whether a flow needs an element."""
    if element.kind == "link":
        return any(link in flow.links for link in element.links)
    if element.kind == "bank":
        node = element.nodes[0]
        return node.banks[element.name.rpartition("/")[2]] in flow.places.get(node, ())
    if element.kind == "channel":
        return all(node in flow.path for node in element.nodes)
    return element.nodes[0] in flow.route

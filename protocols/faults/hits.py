"""Which flows outages hit, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hardware.outages import Element, Outages
    from protocols.flow import Flow


@dataclass(slots=True)
class Hit:
    """What has been down on the path of one flow in its window, or on its paths if it has several.

    Attributes:
        window: when the window of its request was to begin as it was first made, ps.
        elements: what has been, in order, each once.
        down: whether no path of it is up now.
        since: since when, ps.
        lasted: for how long none was, as far as that is over, ps.
        times: how often the last path that was up went down.
    """

    window: int = 0
    elements: dict[Element, None] = field(default_factory=dict)
    down: bool = False
    since: int = 0
    lasted: int = 0
    times: int = 0

    def down_ps(self, now: int) -> int:
        """For how long no path has been up by a time in ps."""
        return self.lasted + (max(0, now - self.since) if self.down else 0)


class Hits:
    """Follows the flows of one network from their acceptance to their end.

    Args:
        outages: what is down.
        accepted: the flows that have been accepted before anything could go down.
    """

    def __init__(self, outages: Outages, accepted: Iterable[Flow] = ()) -> None:
        self._outages = outages
        self._open: dict[int, Flow] = {}
        self._hits: dict[int, Hit] = {}
        outages.watch(self._changed)
        for flow in accepted:
            if flow.closed is None:
                self.follow(flow)

    def follow(self, flow: Flow, window: int | None = None) -> None:
        """A flow has been accepted.

        Args:
            flow: the flow.
            window: when the window of its request was to begin, ps; left out, when that of the flow does.
        """
        self._open[flow.id] = flow
        self._hits[flow.id] = Hit(flow.request.start if window is None else window)
        self.look(flow)

    def ended(self, flow: Flow) -> None:
        """A flow is over."""
        if self._open.pop(flow.id, None) is not None:
            hit = self._hits[flow.id]
            hit.lasted, hit.down = hit.down_ps(self._outages.sim.now), False

    def hit(self, flow: Flow) -> Hit:
        """What has hit a flow so far."""
        return self._hits.get(flow.id) or Hit(flow.request.start)

    def is_hit(self, flow: Flow) -> bool:
        """Whether anything on the path of a flow that is not over is down now.

        The flow may be one of several of a request.
        """
        return flow.closed is None and any(concerns(element, flow) for element in self._outages.down)

    def in_doubt(self, flow: Flow) -> bool:
        """Whether something on the path of a flow is down, or was so lately that nodes may not know yet.

        What is lost with it is missed after some silence, and so along the path.
        """
        if self.is_hit(flow):
            return True
        latest = self._outages.sim.now - len(flow.path) * self._outages.patience
        elements = self._outages.elements.values()
        return any(
            element.went_down >= 0 and element.since > latest and concerns(element, flow)
            for element in elements
        )

    def look(self, flow: Flow) -> None:
        """Something has gone down or come up on a path of a flow, or a path has come or gone."""
        hit = self._hits.get(flow.id)
        if hit is None or flow.id not in self._open:
            return
        found = [self._down_on(path) for path in _paths(flow)]
        for elements in found:
            hit.elements.update(dict.fromkeys(elements))
        down = all(found)
        if down and not hit.down:
            # Before its window a flow misses nothing.
            hit.since = max(self._outages.sim.now, flow.request.start)
            hit.times += 1
        elif hit.down and not down:
            hit.lasted = hit.down_ps(self._outages.sim.now)
        hit.down = down

    def _down_on(self, path: Flow) -> list[Element]:
        return [element for element in self._outages.down if concerns(element, path)]

    def _changed(self, element: Element) -> None:
        for flow in self._open.values():
            if any(concerns(element, path) for path in _paths(flow)):
                self.look(flow)


def _paths(flow: Flow) -> Sequence[Flow]:
    """The flows on the paths of a request that no fault has ended: itself, where it goes by one."""
    return [part for part in flow.parts if part.fault is None] if flow.parts else (flow,)


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

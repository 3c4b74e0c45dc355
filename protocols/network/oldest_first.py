"""Reservation in which the older of two requests that meet half-way goes first.

Requests that set out from both ends of a path at one time promise memories at their own ends and then
refuse each other in the middle: under hop-by-hop reservation none is served, however often they are
repeated, as long as they are repeated together. Here a request that finds too few memories waits, if those
that are missing are promised to younger requests not yet confirmed; a younger one is refused at once and
gives back what it has on its way. Waiting leads from older to younger requests only, so it never closes a
circle, and of the requests that compete the oldest is served unless memories that are confirmed to others
stand in its way.

References:
    Rosenkrantz, Stearns and Lewis, ACM Trans. Database Syst. 3, 178 (1978), the scheme "wait-die".
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocols.network.reservation import HopByHopReservation
from protocols.network.reservation_kind import NodeReservation
from protocols.network.reservation_messages import Refuse
from qsim.parameters import Declared
from qsim.registry import register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocols.flow import Flow
    from protocols.network.network_view import NetworkView
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack


@register("reservation", "oldest-first")
@dataclass(frozen=True)
class OldestFirst(Declared):
    """Hop by hop; a request waits for memories that a younger, unconfirmed one holds."""

    def build(self, stack: NodeStack, routing: Routing, view: NetworkView) -> NodeReservation:
        return OldestFirstReservation(stack, routing, view)


class OldestFirstReservation(HopByHopReservation):
    """An `OldestFirst` at work at one node."""

    def __init__(self, stack: NodeStack, routing: Routing, view: NetworkView) -> None:
        super().__init__(stack, routing, view)
        self._waiting: list[Flow] = []

    def _claim(self, flow: Flow) -> bool:
        """As hop by hop; or let the flow wait, which is no refusal."""
        # What is free now is kept for those that have waited: a large request would never get it else.
        kept = any(age(other) < age(flow) and self._compete(flow, other) for other in self._waiting)
        if not kept and super()._claim(flow):
            return True
        hopes = self._may_hope(flow)
        if hopes:
            insort(self._waiting, flow, key=age)
        return hopes

    def _may_hope(self, flow: Flow) -> bool:
        """Whether the memories are there but for promises to younger flows that are not confirmed."""
        if self.fault_of(flow, self.faults) is not None:
            return False
        younger = {known for known, other in self._half_made.items() if age(other) > age(flow)}
        start, end = flow.request.start, flow.request.end
        return bool(younger) and self.calendar.fits(
            start, end, self._wanted(flow), younger, self._shares(flow)
        )

    def _compete(self, one: Flow, other: Flow) -> bool:
        """Whether two flows want the same places here at the same time."""
        a, b = one.request, other.request
        overlap = a.start <= b.end and b.start <= a.end
        return overlap and not self._wanted(one).keys().isdisjoint(self._wanted(other))

    @property
    def flows(self) -> Mapping[int, Flow]:
        return {**self._promised, **{flow.id: flow for flow in self._waiting}}

    def reset(self) -> None:
        waiting, self._waiting = self._waiting, []
        for flow in waiting:
            if flow.request.initiator is self._node:
                self._give_up(flow, self._own_fault)
        super().reset()

    def _take_back(self, flow: Flow) -> bool:
        if flow in self._waiting:
            self._waiting.remove(flow)
        freed = super()._take_back(flow)
        self._review()
        return freed

    def _prepare(self, flow: Flow) -> None:
        super()._prepare(flow)
        self._review()

    def _review(self) -> None:
        """Let those that wait have what has come free, the oldest first; refuse those without hope."""
        waiting, self._waiting = self._waiting, []
        hopeless = [flow for flow in waiting if not self._claim(flow)]
        for flow in hopeless:
            self._turn_down(Refuse(flow, self._node, self._contested(flow)))


def age(flow: Flow) -> tuple[int, int]:
    """What orders flows from old to young: when the application first asked, then the number of the flow."""
    return flow.request.issued, flow.id

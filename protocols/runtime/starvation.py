"""Requests that are refused again and again, and what a reader of the result is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.flow import Flow, FlowOwner, Request
    from protocols.network.reservation_kind import NodeReservation

#: Requests that crossed, for each that was served, from which on the way of reserving is at fault.
_OFTEN = 10
#: Refusals of one request from which on it counts as one that starves.
_MANY = 100


@dataclass(slots=True)
class _Refused:
    """A request that has been refused and not served yet."""

    owner: FlowOwner
    request: Request
    at: QuantumNode
    times: int = 0


class Refusals:
    """Keeps the requests that have been refused until they are accepted.

    A request that is repeated is known by its application and the instant when it was first asked.
    """

    def __init__(self) -> None:
        self._refused: dict[tuple[int, int], _Refused] = {}
        self._served = 0

    def refused(self, owner: FlowOwner, request: Request, at: QuantumNode) -> None:
        """A node has refused a request."""
        known = self._refused.setdefault((id(owner), request.issued), _Refused(owner, request, at))
        known.at = at
        known.times += 1

    def accepted(self, owner: FlowOwner, flow: Flow) -> None:
        """A request will be served."""
        self._served += 1
        self._refused.pop((id(owner), flow.request.issued), None)

    def notes(self, reservations: Iterable[NodeReservation]) -> Iterator[str]:
        """One sentence for the requests between two ends that starve, and one that tells why, if known.

        Args:
            reservations: the reservation protocol of each node.
        """
        ends: dict[tuple[str, str], list[_Refused]] = {}
        for known in self._refused.values():
            if known.times >= _MANY:
                request = known.request
                ends.setdefault((request.initiator.name, request.responder.name), []).append(known)
        for (initiator, responder), starved in ends.items():
            times = sum(known.times for known in starved)
            requests = "one request" if len(starved) == 1 else f"{len(starved)} requests"
            yield (
                f"{requests} {initiator}-{responder} had not been served by the end, after {times} refusals, "
                f"the last by {starved[-1].at.name}: too few free memories"
            )
        crossed = sum(protocol.crossed for protocol in reservations)
        if self._refused and crossed > _OFTEN * self._served:
            yield (
                f"{crossed} times a request was refused where one from elsewhere had a promise without a "
                f"confirmation, and {self._served} were served: requests that meet half-way refuse "
                "each other; with `protocols.reservation: oldest-first` the older of two goes first"
            )

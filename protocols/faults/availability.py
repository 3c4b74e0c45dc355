"""How available elements and flows were: the rows of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from protocols.faults.availability_row import AvailabilityRow
from qsim.statistics import half_width, mean
from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.outages import Element, Outages
    from protocols.faults.hits import Hit
    from protocols.flow import Flow


def availability_rows(
    outages: Outages, flows: Iterable[Flow], hit: Callable[[Flow], Hit]
) -> Iterator[AvailabilityRow]:
    """One row for each element that may go down, one for all together, and one for the flows of two ends.

    Args:
        outages: what is down.
        flows: those that have been accepted.
        hit: what has hit a flow.
    """
    now = outages.sim.now
    elements = list(outages.elements.values())
    yield from (_element_row(element, now) for element in elements)
    if len(elements) > 1:
        yield _element_row(outages.any, now)
    yield from _flow_rows(flows, hit, now)


def interval(cycles: Iterable[tuple[int, int]]) -> tuple[float, float] | None:
    """The 95 % confidence interval of an availability, from times up and down that followed each other.

    It is that of a ratio of means over independent cycles, by the delta method; None for fewer than two.

    References:
        Cochran, Sampling Techniques, 3rd ed., Wiley (1977), chapter 6.
    """
    known = list(cycles)
    if len(known) < 2:
        return None
    length = mean([up + down for up, down in known])
    share = mean([up for up, _ in known]) / length
    half = half_width([(up - share * (up + down)) / length for up, down in known])
    assert half is not None
    return max(0.0, share - half), min(1.0, share + half)


def _element_row(element: Element, now: int) -> AvailabilityRow:
    down, cycles = element.down_ps(now), element.cycles
    bounds = interval(cycles)
    return AvailabilityRow(
        kind=element.kind,
        element=element.name,
        outages=element.times,
        down_s=to_s(down),
        availability=1 - down / now if now else None,
        low=None if bounds is None else bounds[0],
        high=None if bounds is None else bounds[1],
        mean_up_s=to_s(round(mean([up for up, _ in cycles]))) if cycles else None,
        mean_down_s=to_s(round(mean([down for _, down in cycles]))) if cycles else None,
    )


def _flow_rows(flows: Iterable[Flow], hit: Callable[[Flow], Hit], now: int) -> Iterator[AvailabilityRow]:
    """The share of the windows of requests in which a flow served them with all of a path of it up."""
    requests: dict[object, list[Flow]] = {}
    for flow in flows:
        requests.setdefault(flow.owner, []).append(flow)
    totals: dict[tuple[str, str], list[int]] = {}
    for served in requests.values():
        request = served[0].request
        total = totals.setdefault((request.initiator.name, request.responder.name), [0, 0, 0])
        window = max(0, _until(served[-1], now) - hit(served[0]).window)
        up = sum(
            max(0, _served_until(flow, now) - flow.request.start - hit(flow).down_ps(now)) for flow in served
        )
        total[0] += window
        total[1] += window - min(up, window)
        total[2] += sum(hit(flow).times for flow in served)
    for (initiator, responder), (window, lost, times) in totals.items():
        share = 1 - lost / window if window else None
        yield AvailabilityRow("flow", f"{initiator} → {responder}", times, to_s(lost), share)


def _until(flow: Flow, now: int) -> int:
    """When the window of a request was over, by its last flow; one that a fault has ended waits for that."""
    closed = flow.request.end if flow.closed is None or flow.fault is not None else flow.closed
    return min(closed, now)


def _served_until(flow: Flow, now: int) -> int:
    return min(flow.request.end if flow.closed is None else flow.closed, now)

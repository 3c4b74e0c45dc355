"""How many events a run is going to have, roughly, told before it begins.

The size of a run is hidden in a file: a link of no length heralds twenty million pairs a second, and nobody
who reads ``duration: 1 h`` sees that. The estimate counts heralds alone. A path makes no more pairs than its
slowest link, and a link no more than its station passes; a request that is refused makes none. So the
estimate is of the right order where memories are the limit, and too high where something else is.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Final

from protocols.network.weights import fibre_length
from qsim.errors import NoRouteError, ParameterError
from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from protocols.flow import Request
    from protocols.network.network_view import NetworkView

#: Events that come of a herald: the herald at both ends, a swap, its news, and the next attempt.
PER_HERALD: Final = 3.0
#: Events of an attempt at photon detail: emissions, flights, windows and messages.
PER_ATTEMPT: Final = 10.0


def expected_events(requests: Iterable[Request], view: NetworkView, detail: str, until: int) -> float:
    """About how many events come of requests.

    Args:
        requests: the requests, with their windows.
        view: the network.
        detail: level of detail of the run.
        until: end of the stretch that is run, ps.
    """
    return sum(_of_request(request, view, detail, until) for request in requests)


def _of_request(request: Request, view: NetworkView, detail: str, until: int) -> float:
    seconds = to_s(max(0, min(request.end, until) - request.start))
    try:
        path = view.shortest(request.initiator, request.responder, fibre_length)
        links = [view.between(near, far)[0] for near, far in pairwise(path)]
        rate = min(heralds_a_second(link, request.memories) for link in links)
    except (NoRouteError, ParameterError):
        return 0.0  # the run itself tells what is wrong
    if rate == 0:
        return 0.0  # a link that never heralds: its attempts are not foreseen by its heralds
    heralds = rate * seconds
    if request.pairs is not None:
        heralds = min(heralds, float(request.pairs))
    # A link that never heralds has no number of attempts to a herald.
    return heralds * sum(_of_herald(link, detail) for link in links) if heralds else 0.0


def heralds_a_second(link: Link, memories: int) -> float:
    """Heralds that a link has a second at most, with so many memories at each end."""
    success = link.profile.success
    wait = link.expected_wait_s() if success > 0 else inf
    rate = memories / wait if wait > 0 else inf
    place = to_s(link.station.place_ps()) if link.ends_at_station else 0.0
    return min(rate, success / place) if place > 0 else rate


def _of_herald(link: Link, detail: str) -> float:
    return PER_HERALD + (PER_ATTEMPT / link.profile.success if detail == "photon" else 0.0)

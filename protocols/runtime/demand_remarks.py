"""What a network has to say before a run: demands that it can hardly meet, and hardware without flaws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from protocols.apps.request import RequestApp
from protocols.runtime.approximations import ideal_notes
from protocols.runtime.prospects import NO_TRAFFIC, shortcomings
from qsim.errors import QsimError
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from protocols.apps.base import Network
    from protocols.runtime.foresight import Foresight
    from qsim.model.specs import ScenarioSpec

#: Requests that are looked at.
_MOST: Final = 200


def remarks(
    scenario: ScenarioSpec, network: Network, links: Sequence[Link], foresight: Foresight
) -> Iterator[str]:
    """Sentences on a network that has not run yet.

    Args:
        scenario: what it is made of.
        network: the network, as scripts see it.
        links: its links.
        foresight: looks ahead by its routing.
    """
    if not scenario.traffic:
        yield NO_TRAFFIC
    for app in islice((app for app in scenario.traffic if isinstance(app, RequestApp)), _MOST):
        if causes := "; ".join(_of_request(scenario, network, foresight, app)):
            yield f"request {app.initiator}-{app.responder}: {causes}"
    yield from ideal_notes(network.nodes.values(), links)


def _of_request(
    scenario: ScenarioSpec, network: Network, foresight: Foresight, app: RequestApp
) -> Iterator[str]:
    try:
        request = app.request(network, network.sim.now)
        path = foresight.only_path(request)
        links = foresight.links_of(path, request) if path is not None else ()
    except QsimError:
        return  # What is wrong is told when it is made.
    if app.start is not None and request.start > to_ps(app.start):
        yield (
            f"it is to begin at {app.start:g} s, and cannot before {to_s(request.start):g} s, when its path "
            "has confirmed"
        )
    if request.end <= request.start:
        yield f"the run ends at {to_s(network.horizon):g} s, before its path has confirmed"
    elif path is not None:  # Several paths at once bring more than any of them.
        window = replace(request, end=min(request.end, network.horizon))
        yield from shortcomings(window, path, links, scenario.protocols)

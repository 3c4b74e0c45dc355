"""What paths are compared by: costs of links."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log
from typing import TYPE_CHECKING, Annotated, Final

from qsim.parameters import Param

if TYPE_CHECKING:
    from hardware.link import Link


def fibre_length(link: Link) -> float:
    """Length of a link in metres."""
    return link.length


def one_hop(_link: Link) -> float:
    """One, for every link."""
    return 1.0


def expected_wait(link: Link) -> float:
    """Mean time to a heralded pair on one pair of memories, in seconds; the inverse of the link's rate."""
    return link.expected_wait_s()


def lost_fidelity(link: Link) -> float:
    """Minus the logarithm of the Werner parameter (4F - 1)/3 of a fresh pair.

    A swap multiplies Werner parameters, so the path of least sum has the best pairs, storage apart. Infinite
    where a link's pairs are no better than noise.
    """
    werner = (4 * link.state.fidelity() - 1) / 3
    return -log(min(werner, 1.0)) if werner > 0 else inf


WEIGHTS: Final[dict[str, Callable[[Link], float]]] = {
    "length": fibre_length,
    "hops": one_hop,
    "rate": expected_wait,
    "fidelity": lost_fidelity,
}

#: The parameter of a routing policy that names one of them.
Weight = Annotated[
    str,
    Param(
        "what is minimised: fibre 'length', number of 'hops', summed expected waiting time of the links "
        "('rate'), or the noise of their fresh pairs ('fidelity')",
        choices=tuple(WEIGHTS),
    ),
]

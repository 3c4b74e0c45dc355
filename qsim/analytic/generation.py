"""Links at work: completion times and rates, under the timing conventions of published simulators.

Lengths in metres, times in seconds.
"""

from __future__ import annotations

from math import ceil
from typing import Final, NamedTuple

from qsim.analytic import arguments as check

#: Speed of light in fibre as QuISP has it, m/s.
QUISP_SPEED: Final = 208_189_206.944


def quisp_completion_time(
    pairs: int,
    success: float,
    length: float,
    longer_arm: float,
    memories: int = 1,
    speed: float = QUISP_SPEED,
) -> float:
    """Time to make pairs on a midpoint link whose attempts follow each other in trains, as QuISP makes them.

    ``(2L + d)/c + ceil(N/(m p)) · (2d/c + 10 ns + (m-1) ns)``: a set-up, then rounds of one attempt with each
    memory, as far apart as the longer arm needs for light and news, plus an overhead.

    Args:
        pairs: N, at least 1.
        success: p of an attempt, in (0, 1].
        length: L of fibre between the nodes, m.
        longer_arm: d from the station to the farther node, m, at least L/2.
        memories: m at each node.
        speed: c in the fibre, m/s.

    References:
        Chung, Hajdušek et al., arXiv 2504.01290, and the authors' scripts.

    Example:
        >>> round(quisp_completion_time(1000, 0.5 * 10**-0.4, 20e3, 10e3), 6)
        0.482928
    """
    check.count("pairs", pairs)
    check.positive_probability(success=success)
    check.within("length", length, 0)
    check.within("longer_arm", longer_arm, length / 2, length)
    check.count("memories", memories)
    check.within("speed", speed, 0, above=True)
    rounds = ceil(pairs / (memories * success))
    apart = 2 * longer_arm / speed + 10e-9 + (memories - 1) * 1e-9
    return (2 * length + longer_arm) / speed + rounds * apart


def sequence_completion_time(
    pairs: int, success: float, length: float, memories: int = 1, speed: float = 2e8
) -> float:
    """Mean time to make pairs on a midpoint link that negotiates each attempt, as SeQUeNCe does.

    ``N/(m p) · 4L/c``. Where the station stands does not matter: the negotiation crosses the whole link.

    Args:
        pairs, success, length, memories: as in `quisp_completion_time`.
        speed: c, m/s.

    References:
        Chung, Hajdušek et al., arXiv 2504.01290, and the authors' notebooks.
    """
    check.count("pairs", pairs)
    check.positive_probability(success=success)
    check.within("length", length, 0)
    check.count("memories", memories)
    check.within("speed", speed, 0, above=True)
    return pairs / (memories * success) * 4 * length / speed


class Negotiated(NamedTuple):
    """A link that negotiates each attempt of two rounds.

    Attributes:
        first: time from free memories to the result of round one, s.
        second: time that round two adds, s.
        success: probability of an attempt.
        first_round_success: probability that round two is tried.
    """

    first: float
    second: float
    success: float
    first_round_success: float

    @property
    def rate(self) -> float:
        """Pairs per second of one memory pair: p/(T1 + P2 T2)."""
        return self.success / (self.first + self.first_round_success * self.second)


def negotiated_barrett_kok(
    efficiency: float, delay: float, flight: float, responder_leads: bool
) -> Negotiated:
    """Two-round Barrett-Kok with the hand-shake of SeQUeNCe of 2020, on photons that do not bunch.

    The initiator asks the responder for a partner and is answered (d each way); the node that leads, the one
    with the lexicographically greater name, proposes (d), the other sets the time of emission one more d
    ahead; light flies for q and the result takes d/2. So T1 = 3.5 d + q when the responder leads and 4.5 d +
    q when the initiator does; round two needs no question, T2 = 2.5 d + q. Attempts succeed with p = η²/2;
    round two is tried with P2 = η/2 + ¼[2η(1-η) + η²/2], where two photons in one detector count as one
    click.

    Args:
        efficiency: η from memory to click, in (0, 1].
        delay: d, one-way classical delay between the nodes, s; half of it to the station.
        flight: q of light to the station, s.
        responder_leads: whether the responder has the greater name.

    References:
        Wu et al., arXiv 2009.12000; derived from its source of July 2020.

    Example:
        >>> link = negotiated_barrett_kok(0.75 * 0.8 * 10**-0.2, 0.3975e-3, 50e-6, True)
        >>> round(link.rate, 4)
        40.2514
    """
    check.positive_probability(efficiency=efficiency)
    check.within("delay", delay, 0)
    check.within("flight", flight, 0)
    two = 2 * efficiency * (1 - efficiency) + efficiency**2 / 2
    return Negotiated(
        first=(3.5 if responder_leads else 4.5) * delay + flight,
        second=2.5 * delay + flight,
        success=efficiency**2 / 2,
        first_round_success=efficiency / 2 + two / 4,
    )

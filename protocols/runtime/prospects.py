"""What is to be expected of a request, where that is less than it wants.

A path makes no more pairs than the slowest of its links, times the probability that all swaps succeed; it
needs the memories of its nodes, and pairs that live until both ends have heard of them. The bounds are from
above: a request of which nothing is said here may still get less than it wants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING, Final

from protocols.entanglement.cutoff import AgeCutoff
from protocols.runtime.expectation import heralds_a_second
from qsim.errors import ParameterError
from qsim.model.plausible import LIGHT
from qsim.units import PS_PER_S, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.flow import Flow, Request
    from qsim.model.specs import ProtocolsSpec

#: What is said of a network of which nothing is asked.
NO_TRAFFIC: Final = "there is no traffic: nothing is asked of the network, and nothing happens"
#: A share of light that gets through fibre below which the fibre is why a link is silent.
_DARK: Final = 1e-6
#: Flows of which causes are looked for.
_FEW: Final = 20


def shortcomings(
    request: Request, path: Sequence[QuantumNode], links: Sequence[Link], protocols: ProtocolsSpec
) -> Iterator[str]:
    """Why a request will most likely get less than it wants on a path.

    Args:
        request: with its window.
        path: nodes with memories from initiator to responder.
        links: the links between them.
        protocols: those of the scenario.

    Yields:
        One sentence for each cause, without the name of the request.
    """
    yield from _memories(request, path, links)
    silent = [link for link in links if link.profile.success <= 0]
    if silent:
        yield f"link {silent[0].name} never heralds a pair{darkness(silent[0])}"
    swaps = [(node.name, _swap_success(node, protocols)) for node in path[1:-1]]
    never = [name for name, success in swaps if success <= 0]
    if never:
        yield f"swaps at {never[0]} never succeed"
    if not silent and not never:
        yield from _too_slow(request, links, prod(success for _, success in swaps))
    yield from _too_old(path, links, protocols)


def darkness(link: Link) -> str:
    """What keeps the light of a silent link from its station, in brackets; nothing if it is not the fibre."""
    hardware = link.hardware
    ways = zip((hardware.transmission_first, hardware.transmission_second), hardware.wavelengths, strict=True)
    passing, wavelength = min(ways)
    if passing > _DARK:
        return ""
    return (
        f" (of its light of {wavelength * 1e9:g} nm a share of {passing:.1g} gets through an arm: shorten "
        "it, or give a `converter` to a wavelength that fibre carries)"
    )


def _memories(request: Request, path: Sequence[QuantumNode], links: Sequence[Link]) -> Iterator[str]:
    """Nodes that have too few memories for the request, whatever else is asked of them."""
    for node in path:
        if getattr(node.spec, "transfer", None) is not None:
            continue  # One bank serves both sides in turn.
        wanted: Counter[range] = Counter()
        for link in links:
            if node in link.places:
                wanted[link.places[node]] += node.spec.demand(request.memories)
        for places, count in wanted.items():
            if count > len(places):
                yield f"the path takes {count} memories of '{node.name}', which has {len(places)} for it"


def _swap_success(node: QuantumNode, protocols: ProtocolsSpec) -> float:
    policy = getattr(node.spec, "swapping", None) or protocols.swapping
    return float(getattr(policy, "success_probability", 1.0))


def _too_slow(request: Request, links: Sequence[Link], swapped: float) -> Iterator[str]:
    """That the window has room for fewer pairs than are wanted, on average."""
    try:
        rates = {link: heralds_a_second(link, request.memories) for link in links}
    except ParameterError:
        return  # The run itself tells what is wrong.
    slowest = min(rates, key=rates.__getitem__)
    window = to_s(max(0, request.end - request.start))
    expected, wanted = rates[slowest] * swapped * window, request.pairs or 1
    if not window or expected >= wanted:
        return
    often = f"{1 / rates[slowest]:.3g} s" if rates[slowest] > 0 else "longer than can be said"
    yield (
        f"at most about {expected:.2g} pairs are to be expected in {window:.6g} s, and "
        f"{'one is' if wanted == 1 else f'{wanted} are'} wanted: link {slowest.name} takes {often} a pair"
        + (f", and all swaps succeed with probability {swapped:.3g}" if swapped < 1 else "")
    )


def _too_old(path: Sequence[QuantumNode], links: Sequence[Link], protocols: ProtocolsSpec) -> Iterator[str]:
    """That pairs are given up before both ends can have heard of them."""
    ages = []
    for node in path:
        policy = getattr(node.spec, "cutoff", None) or protocols.cutoff
        if isinstance(policy, AgeCutoff):
            ages.append((policy.after, node.name))
    if not ages:
        return
    age, name = min(ages)
    news = _news(path, links) / PS_PER_S
    if age < news:
        yield (
            f"'{name}' gives pairs up {age:g} s after the start of their storage, and both ends hear of one "
            f"{news:.3g} s after it at the earliest"
        )


def _news(path: Sequence[QuantumNode], links: Sequence[Link]) -> float:
    """From the start of storage until both ends can have heard of a pair, ps, from below."""
    delays = [min(near.delay_to(far), far.delay_to(near)) for near, far in pairwise(path)]
    heralds = [
        min(delay, link.length / LIGHT * PS_PER_S)
        + (link.handshake.between_rounds(link) if link.model.rounds > 1 else 0)
        for delay, link in zip(delays, links, strict=True)
    ]
    along = list(accumulate(delays, initial=0))
    last = max(heralds[0], heralds[-1]) if len(links) == 1 else 0.0
    for place in range(1, len(path) - 1):
        ready = max(heralds[place - 1], heralds[place])
        last = max(last, ready + max(along[place], along[-1] - along[place]))
    return last


def shortfalls(flows: Sequence[Flow], now: int, protocols: ProtocolsSpec) -> Iterator[str]:
    """What a reader is told of flows that are over and got less than they wanted, or nothing.

    Flows alike are told once, with their number.
    """
    alike: dict[tuple[bool, bool], list[str]] = {}
    looked_at = 0
    for flow in flows:
        if (
            flow.stalled
            or flow.fault is not None
            or flow.pairs >= (flow.request.pairs or 1)
            or not flow.over(now)
        ):
            continue
        looked_at += 1
        # The first few tell what is to be told; after them flows are counted.
        look = looked_at <= _FEW and not flow.parts
        causes = list(shortcomings(flow.request, flow.path, flow.links, protocols)) if look else []
        alike.setdefault((flow.request.pairs is not None, bool(causes)), []).append(_told(flow, causes))
    for found in alike.values():
        yield found[0] + (f" (and {len(found) - 1} more fell short too)" if found[1:] else "")


def _told(flow: Flow, causes: Sequence[str]) -> str:
    wanted = flow.request.pairs
    got = "no pair" if wanted is None else f"{flow.pairs} of {wanted} pairs"
    ends = f"{flow.request.initiator.name}-{flow.request.responder.name}"
    return f"the flow {ends} got {got}{': ' if causes else ''}{'; '.join(causes)}"

"""Faults of requests that only the whole scenario shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qsim.errors import nearest

if TYPE_CHECKING:
    from qsim.model.check_context import CheckContext


def request_faults(
    context: CheckContext,
    initiator: str,
    responder: str,
    memories: int,
    fidelity: float,
    start: float | None,
) -> Iterator[tuple[str, str]]:
    """Check one request against the scenario.

    Yields:
        Key path and message of each fault.
    """
    ends = {"initiator": initiator, "responder": responder}
    unknown = {key: name for key, name in ends.items() if name not in context.nodes}
    for key, name in unknown.items():
        yield key, f"unknown node '{name}'{nearest(name, context.nodes)}"
    if start is not None and start >= context.run.duration:
        yield "start", f"must lie before the end of the run at {context.run.duration:g} s, got {start:g} s"
    if unknown:
        return
    for name in dict.fromkeys(ends.values()):
        count, meaning = _offered(context, name)
        if count < memories:
            yield "memories", f"must be at most {count}, {meaning}, got {memories}"
    if initiator == responder:
        yield "responder", f"must differ from the initiator, got '{responder}' for both"
    elif not context.connected(initiator, responder):
        yield "responder", f"there is no path from '{initiator}' to '{responder}'"
    else:
        yield from _unreachable_fidelity(context, initiator, responder, memories, fidelity)


def _offered(context: CheckContext, name: str) -> tuple[int, str]:
    """The most memories of a node that one link can use, and what that number is."""
    node = context.nodes[name]
    links = context.links if len(node.banks) > 1 else ()
    used = [link.bank(link.between.index(name), node.banks) for link in links if name in link.between]
    if not used:
        return node.count, f"all that '{name}' has"
    return max(node.banks[bank].count for bank in used), f"the largest bank of '{name}' that a link uses"


def _unreachable_fidelity(
    context: CheckContext, initiator: str, responder: str, memories: int, fidelity: float
) -> Iterator[tuple[str, str]]:
    if fidelity <= 0:
        return
    from protocols.apps.fidelity_bound import best_fidelity

    best = best_fidelity(context, initiator, responder, memories)
    if best < fidelity:
        yield (
            "fidelity",
            f"no protocol of this scenario brings a pair between '{initiator}' and '{responder}' "
            f"above {best:.6g} with {memories} {'memory' if memories == 1 else 'memories'} at each end, "
            f"got {fidelity:g}",
        )

"""The best fidelity that a scenario's protocols can reach between two nodes, memory decay apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from math import inf, log
from typing import TYPE_CHECKING, Any

from hardware.segments import segments

if TYPE_CHECKING:
    from protocols.entanglement.purification import Purification
    from qsim.model.check_context import CheckContext
    from qsim.quantum.state import PairState

#: Rounds after which a recurrence has converged to the last digit.
_ROUNDS = 60


def best_fidelity(context: CheckContext, initiator: str, responder: str, memories: int) -> float:
    """An upper bound on what purification and swapping make of the heralded pairs of a scenario.

    Every link's pair is purified to the limit of the recurrence, the pairs of the best path are swapped, and
    the result is purified to the limit again.

    Args:
        context: the scenario.
        initiator, responder: names of two connected nodes.
        memories: memories that a request has at each end. Purification needs two, and pairs of equal history
            one more for every round.
    """
    nodes: Mapping[str, Any] = context.nodes
    # Halves that nodes have moved away wait beside those that are made.
    stored = [node.transfer.memories or memories for node in nodes.values() if node.transfer is not None]
    memories += max(stored, default=0)
    best: dict[tuple[str, str], PairState] = {}
    for segment in segments(nodes, context.links):
        heralded = context.formalism.from_density_matrix(segment.model.profile(segment.hardware).rho)
        a, b = segment.nodes[0], segment.nodes[-1]
        there = _limit(context, heralded, a, b, memories)
        back = there if _alike(context, a, b) else _limit(context, heralded, b, a, memories)
        for way, state in (((a, b), there), ((b, a), back)):
            if way not in best or state.fidelity() > best[way].fidelity():
                best[way] = state
    path = _best_path(best, initiator, responder)
    state = best[path[0], path[1]]
    for way in pairwise(path[1:]):
        node = context.nodes[way[0]]
        policy = node.swapping or context.protocols.swapping
        state = state.swapped(best[way], replace(node.processor.swap_noise, degradation=policy.degradation))
    return _limit(context, state, initiator, responder, memories).fidelity()


def _alike(context: CheckContext, a: str, b: str) -> bool:
    """Whether two nodes purify alike, so that it does not matter which of them is nearer the responder."""
    first, second = context.nodes[a], context.nodes[b]
    return bool(first.purification == second.purification and first.processor == second.processor)


def _rounds(purification: Purification, memories: int) -> int:
    """How many rounds of the recurrence a pair can go through."""
    if purification.recipe is None or memories < 2:
        return 0
    if purification.policy == "once":
        return 1
    return min(memories - 1, _ROUNDS) if purification.match == "equal" else _ROUNDS


def _limit(
    context: CheckContext, state: PairState, upstream: str, downstream: str, memories: int
) -> PairState:
    """The best of a state and what repeated purification of equal pairs makes of it."""
    ends = context.nodes[upstream], context.nodes[downstream]
    purification: Purification = ends[1].purification or context.protocols.purification
    first, second = (end.processor.gate_noise for end in ends)
    best = state
    for _ in range(_rounds(purification, memories)):
        assert purification.recipe is not None
        probability, state = purification.recipe(state, state, first, second)
        if probability <= 0:
            break
        if state.fidelity() > best.fidelity():
            best = state
    return best


def _best_path(best: dict[tuple[str, str], PairState], source: str, target: str) -> list[str]:
    """The path with the greatest product of Werner parameters."""
    import networkx as nx

    graph = nx.Graph()
    for (a, b), state in best.items():
        werner = (4 * state.fidelity() - 1) / 3
        graph.add_edge(a, b, cost=-log(werner) if 0 < werner < 1 else 0.0 if werner >= 1 else inf)
    path: list[str] = nx.dijkstra_path(graph, source, target, weight="cost")
    return path

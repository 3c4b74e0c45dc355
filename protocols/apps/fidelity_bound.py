"""The best fidelity that a scenario's protocols can reach between two nodes, memory decay apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any

from hardware.segments import segments
from qsim.model.shortest_paths import LinkGraph

if TYPE_CHECKING:
    from protocols.entanglement.purification import Purification
    from qsim.model.check_context import CheckContext
    from qsim.quantum.noise import OperationNoise
    from qsim.quantum.state import PairState

    _Purify = Callable[[PairState, PairState], tuple[float, PairState]]

#: Rounds after which a recurrence has converged to the last digit.
_ROUNDS = 60
#: States of different histories that are kept in the search for the best one.
_HISTORIES = 4
#: Fidelities nearer than this are the same.
_SAME = 1e-12
#: Cost of a link whose pairs are no better than noise: above that of any path without one, and still finite.
_HOPELESS = 1e300


def best_fidelity(context: CheckContext, initiator: str, responder: str, memories: int) -> float:
    """What purification and swapping make of the heralded pairs of a scenario at best.

    Every link's pair is purified as far as it goes, and so is every pair that the swaps along the best path
    leave, in the order of the network's swapping policy.

    Args:
        context: the scenario.
        initiator, responder: names of two connected nodes.
        memories: memories that a request has at each end. Purification needs two, and pairs of equal history
            one more for every round.
    """
    nodes: Mapping[str, Any] = context.nodes
    # Halves that nodes have moved away wait beside those that are made.
    stored = [node.transfer.memories or memories for node in nodes.values() if node.transfer is not None]
    limits = _Limits(context, memories + max(stored, default=0))
    best: dict[tuple[str, str], PairState] = {}
    for segment in segments(nodes, context.links):
        heralded = context.formalism.from_density_matrix(segment.model.profile(segment.hardware).rho)
        a, b = segment.nodes[0], segment.nodes[-1]
        there = limits.of(heralded, a, b, 0)
        back = there if _alike(context, a, b) else limits.of(heralded, b, a, 0)
        for way, state in (((a, b), there), ((b, a), back)):
            if way not in best or state.fidelity() > best[way].fidelity():
                best[way] = state
    path = _best_path(best, initiator, responder)
    return _joined(context, limits, path, [best[way] for way in pairwise(path)]).fidelity()


def _joined(context: CheckContext, limits: _Limits, path: list[str], links: list[PairState]) -> PairState:
    """What the swaps along a path leave of the pairs of its links, each purified as far as it goes."""
    ranks = context.protocols.swapping.ranks(len(path))
    left = list(range(len(path)))
    pairs = [(state, 0) for state in links]
    for place in sorted(left[1:-1], key=ranks.__getitem__):
        here = left.index(place)
        (near, nearer), (far, farther) = pairs[here - 1 : here + 1]
        node = context.nodes[path[place]]
        policy = node.swapping or context.protocols.swapping
        noise = replace(node.processor.swap_noise, degradation=policy.degradation)
        level = 1 + max(nearer, farther)
        ends = path[left[here - 1]], path[left[here + 1]]
        pairs[here - 1 : here + 1] = [(limits.of(near.swapped(far, noise), *ends, level), level)]
        del left[here]
    return pairs[0][0]


def _alike(context: CheckContext, a: str, b: str) -> bool:
    """Whether two nodes purify alike, so that it does not matter which of them is nearer the responder."""
    first, second = context.nodes[a], context.nodes[b]
    return bool(first.purification == second.purification and first.processor == second.processor)


class _Limits:
    """How far purification takes pairs, for requests of so many memories."""

    def __init__(self, context: CheckContext, memories: int) -> None:
        self._context = context
        self._memories = memories
        self._known: dict[Any, PairState] = {}

    def of(self, state: PairState, upstream: str, downstream: str, level: int) -> PairState:
        """The best that purification makes of pairs in a state; with stated `rounds`, what it makes.

        Args:
            state: of fresh pairs.
            upstream, downstream: the ends; the policy of the one nearer the responder holds.
            level: swaps, one after the other, that have made the pairs.
        """
        nodes = self._context.nodes
        policy: Purification = nodes[downstream].purification or self._context.protocols.purification
        if policy.recipe is None or self._memories < 2:
            return state
        noises = [nodes[end].processor.gate_noise for end in (upstream, downstream)]
        # States of equal links are equal; not every formalism compares them.
        key = (id(policy), *noises, state.density_matrix().tobytes(), level)
        if key not in self._known:
            purify = partial(_purified, policy, *noises)
            if policy.rounds is None and (policy.policy, policy.match) == ("until-target", "nearest"):
                self._known[key] = _best_history(purify, state)
            else:
                self._known[key] = self._ladder(policy, purify, state, level)
        return self._known[key]

    def _ladder(self, policy: Purification, purify: _Purify, state: PairState, level: int) -> PairState:
        """What rounds of pairs of equal history make; with stated rounds the last, otherwise the best."""
        stated = policy.rounds is not None
        rounds = 1 if policy.policy == "once" else min(self._memories - 1, _ROUNDS)
        best = state
        for _ in range(policy.rounds_at(level) if stated else rounds):
            probability, state = purify(state, state)
            if probability <= 0:
                break
            if stated or state.fidelity() > best.fidelity():
                best = state
        return best


def _purified(
    policy: Purification, first: OperationNoise, second: OperationNoise, kept: PairState, lost: PairState
) -> tuple[float, PairState]:
    return policy.purified(kept, lost, first, second)


def _best_history(purify: _Purify, fresh: PairState) -> PairState:
    """The best pair that any of the best histories leads to, a fresh pair always at hand."""
    found = [fresh]
    for _ in range(_ROUNDS):
        grown = [fresh, *found]
        grown += (state for kept in found for lost in found if (state := _kept(purify, kept, lost)))
        grown.sort(key=lambda state: -state.fidelity())
        distinct = [grown[0]] + [b for a, b in pairwise(grown) if a.fidelity() - b.fidelity() > _SAME]
        best = distinct[:_HISTORIES]
        settled = len(best) == len(found) and all(
            abs(a.fidelity() - b.fidelity()) <= _SAME for a, b in zip(best, found, strict=True)
        )
        found = best
        if settled:
            break
    return found[0]


def _kept(purify: _Purify, kept: PairState, lost: PairState) -> PairState | None:
    probability, state = purify(kept, lost)
    return state if probability > 0 else None


def _best_path(best: dict[tuple[str, str], PairState], source: str, target: str) -> list[str]:
    """The path with the greatest product of Werner parameters."""
    costs = {frozenset(way): (*way, _cost(state)) for way, state in best.items()}
    graph = LinkGraph(costs.values())
    # From the end, so that of paths that cost the same a search from the source finds its first.
    path = [target]
    while path[-1] != source:
        before = graph.following(path[-1], source)
        assert before is not None
        path.append(before)
    return path[::-1]


def _cost(state: PairState) -> float:
    werner = (4 * state.fidelity() - 1) / 3
    return -log(werner) if 0 < werner < 1 else 0.0 if werner >= 1 else _HOPELESS

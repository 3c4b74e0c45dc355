"""Swapping as soon as possible: chains of any number of links whose swaps can fail.

All free links attempt in step. After each attempt every node with a pair on either side swaps; a failed swap
frees both spans at once. Memories keep for ever, and news takes no time. What remains to be said is what
nodes know that swap at the same instant, as two do whenever the link between them comes last:

- ``"global"``: nodes act in turn, from left to right, and each knows the results of those before it. A swap
  that fails leaves the spans beyond its own two alone.
- ``"local"``: nodes act at once, as they must when any news takes time, however little. All swaps of an
  instant go ahead, and one that fails loses the whole run of spans that they would have joined. This is how
  `qsim` swaps.

The two agree for a single repeater and for swaps that never fail.

References:
    Shchukin, Schmidt, van Loock, Phys. Rev. A 100, 032322 (2019), for the method of Markov chains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from qsim.analytic import arguments as check
from qsim.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What a node knows of swaps of the same instant.
Knowledge = Literal["global", "local"]

#: More links make the chain of 2^n states unwieldy.
_MOST_LINKS = 10


def asap_mean(links: int, success: float, swap_success: float, knowledge: Knowledge = "global") -> float:
    """Mean attempts until the ends of a chain share a pair.

    Args:
        links, success, swap_success, knowledge: as in `transition_matrix`.

    Example:
        >>> round(asap_mean(3, 0.5, 0.5), 8)
        10.29059829
    """
    import numpy as np

    moves = transition_matrix(links, success, swap_success, knowledge)
    transient = moves[:-1, :-1]
    identity = np.eye(len(transient))
    return float(np.linalg.solve(identity - transient, np.ones(len(transient)))[0])


def asap_survival(
    links: int, success: float, swap_success: float, length: int, knowledge: Knowledge = "global"
) -> NDArray[np.float64]:
    """Survival function of the attempts until the ends of a chain share a pair.

    Args:
        links, success, swap_success, knowledge: as in `transition_matrix`.
        length: how many values.

    Returns:
        S[t] = P(T > t), shape (length,).
    """
    import numpy as np

    check.count("length", length)
    transient = transition_matrix(links, success, swap_success, knowledge)[:-1, :-1]
    where = np.zeros(len(transient))
    where[0] = 1
    survival = np.empty(length)
    for attempt in range(length):
        survival[attempt] = where.sum()
        where = where @ transient
    return survival


def transition_matrix(
    links: int, success: float, swap_success: float, knowledge: Knowledge = "global"
) -> NDArray[np.float64]:
    """Probabilities of moving from one state of the chain to another in one attempt.

    A state is the set of links covered by pairs, as a bit mask with the leftmost link in bit 0. Two spans
    never touch once the swaps of an instant are done, so the mask tells the spans too. The last state, all
    links covered, is the end.

    Args:
        links: at least 1, at most 10.
        success: p of an attempt, in (0, 1].
        swap_success: a of a swap, in (0, 1].
        knowledge: what nodes know of swaps of the same instant, see the module.

    Returns:
        Shape (2^links, 2^links), row to column; rows sum to 1.
    """
    import numpy as np

    check.count("links", links, most=_MOST_LINKS)
    check.positive_probability(success=success, swap_success=swap_success)
    if knowledge not in ("global", "local"):
        raise ParameterError(f"`knowledge` must be 'global' or 'local', got {knowledge!r}")
    everything = (1 << links) - 1
    matrix = np.zeros((everything + 1, everything + 1))
    matrix[everything, everything] = 1
    for state in range(everything):
        idle = everything & ~state
        for fresh in _subsets(idle):
            weight = success ** fresh.bit_count() * (1 - success) ** (idle ^ fresh).bit_count()
            for after, share in _swapped(_spans(state, fresh), swap_success, knowledge).items():
                matrix[state, after] += weight * share
    return matrix


def _subsets(mask: int) -> Iterator[int]:
    """All subsets of a bit mask."""
    subset = mask
    while subset:
        yield subset
        subset = (subset - 1) & mask
    yield 0


def _spans(state: int, fresh: int) -> list[int]:
    """Spans before swapping, from left to right: runs of the state, and each fresh link by itself."""
    spans: list[int] = []
    rest = state | fresh
    while rest:
        span = rest & -rest
        if not span & fresh:
            while (span << 1) & state & ~span:
                span |= span << 1
        spans.append(span)
        rest &= ~span
    return spans


def _swapped(spans: list[int], success: float, knowledge: Knowledge) -> dict[int, float]:
    """Masks after all swaps of an instant, with their probabilities."""
    # Kept so far, the span (or run of spans) just left of the node in hand, and whether that run is lost.
    outcomes: dict[tuple[int, int, bool], float] = {(0, 0, False): 1.0}
    for span in spans:
        step: defaultdict[tuple[int, int, bool], float] = defaultdict(float)
        for (kept, left, lost), weight in outcomes.items():
            if not (left << 1) & ~left & span:
                step[kept if lost else kept | left, span, False] += weight
            elif lost:
                step[kept, left | span, True] += weight
            else:
                failed = (kept, 0, False) if knowledge == "global" else (kept, left | span, True)
                step[kept, left | span, False] += weight * success
                step[failed] += weight * (1 - success)
        outcomes = step
    masks: defaultdict[int, float] = defaultdict(float)
    for (kept, left, lost), weight in outcomes.items():
        masks[kept if lost else kept | left] += weight
    return masks

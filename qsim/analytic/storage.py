"""Storage at one repeater: how long the older of its two links waits, and what a cut-off changes.

Both links attempt in step, each attempt succeeding with p; q = 1-p. The first to be there is stored; its age
at the swap is the number of attempts that the other took longer, N = |N1 - N2|. Noise that shrinks a Werner
parameter by a factor x in each attempt leaves the mean E[x^N] of it.
"""

from __future__ import annotations

from math import exp

from qsim.analytic import arguments as check


def storage_factor(success: float, decay: float) -> float:
    """Mean of x^|N1-N2|: p/(2-p) · (1+qx)/(1-qx).

    The pair that a repeater makes of two Werner pairs of parameter w, one memory decaying by x in each
    attempt, has the mean fidelity ¼ + ¾ w² E[x^|N1-N2|].

    Args:
        success: p, in (0, 1].
        decay: x, in [0, 1].

    Example:
        >>> round(storage_factor(0.1, 0.99), 8)
        0.91308547
    """
    check.positive_probability(success=success)
    check.probability(decay=decay)
    missed = (1 - success) * decay
    return success / (2 - success) * (1 + missed) / (1 - missed)


def disturbed_factor(success: float, attempts: float, decay: float = 1.0) -> float:
    """Mean coherence of a half that is stored while its node makes the next pair: p y / (1 - (1-p) y).

    It is held for n attempts, n geometric with the success probability p of one, and loses e^(-1/N) of its
    coherence to each of them beside what passing time takes: y = x e^(-1/N).

    Args:
        success: p, in (0, 1].
        attempts: N, after how many the coherence is 1/e (`AtomicMemory.dephasing_attempts`), positive.
        decay: x, what is left after the time of one attempt, in [0, 1].

    Example:
        >>> round(disturbed_factor(0.125, 10.0), 8)
        0.54307469
    """
    check.positive_probability(success=success)
    check.within("attempts", attempts, 0, above=True)
    check.probability(decay=decay)
    kept = decay * exp(-1 / attempts)
    return success * kept / (1 - (1 - success) * kept)


def cutoff_mean(success: float, patience: int, swap_success: float = 1.0) -> float:
    """Mean attempts until a repeater with a cut-off has joined its two links.

    The stored link is given up when the other has failed `patience` more times, and both begin anew. A cycle,
    from both free to a swap or a give-up, lasts 1/(1-q²) attempts until the first link, and then, unless both
    came together, the least of a geometric number and m more, on average (1-q^m)/p. It ends in a swap with
    the probability s = [p² + 2pq(1-q^m)]/(1-q²), so the mean is the length of a cycle over a s.

    Args:
        success: p, in (0, 1].
        patience: m, at least 0; at 0 both links must come at the same attempt.
        swap_success: a of a swap, in (0, 1].

    Example:
        >>> round(cutoff_mean(0.1, 5), 8)
        20.75117248
    """
    both, one, rest = _cycle(success, patience)
    check.positive_probability(swap_success=swap_success)
    length = 1 + one * rest / success
    return length / (swap_success * (both + one * rest))


def cutoff_storage_factor(success: float, decay: float, patience: int) -> float:
    """Mean of x^age over the pairs that are swapped, with a cut-off after m further attempts.

    Args:
        success: p, in (0, 1].
        decay: x, in [0, 1].
        patience: m, at least 0.

    Example:
        >>> round(cutoff_storage_factor(0.1, 0.99, 5), 8)
        0.97573487
    """
    both, one, rest = _cycle(success, patience)
    check.probability(decay=decay)
    missed = (1 - success) * decay
    # Sum over ages d = 1..m of p q^(d-1) x^d.
    aged = success * decay * (1 - missed**patience) / (1 - missed)
    return (both + one * aged) / (both + one * rest)


def _cycle(success: float, patience: int) -> tuple[float, float, float]:
    """Of weight 1-q²: both links come at once, one comes first; chance that the other follows in time."""
    check.positive_probability(success=success)
    check.count("patience", patience, least=0)
    failure = 1 - success
    return success**2, 2 * success * failure, 1 - failure**patience

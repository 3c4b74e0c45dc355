"""Nested doubling: chains of 2^m links whose swaps can fail.

Two neighbouring stretches of 2^(m-1) links grow independently; when both are there they are swapped. A failed
swap loses both, and both begin anew. So the time to a chain is a geometric number of rounds, each as long as
the slower of two copies of the level below. News of swaps takes no time.

References:
    Brand, Coopmans, Elkouss, IEEE J. Sel. Areas Commun. 38, 619 (2020), arXiv 1912.07688.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.analytic import arguments as check
from qsim.analytic.waiting import geometric_survival, maximum_survival, pmf, three_over_two

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def nested_survival(
    success: float, swap_success: float, levels: int, tolerance: float = 1e-12
) -> NDArray[np.float64]:
    """Survival function of the attempts until a chain of 2^m links is there.

    Args:
        success: p of an attempt, in (0, 1].
        swap_success: a of a swap, in (0, 1].
        levels: m, at least 0.
        tolerance: probability that may be left beyond the end of the array, at least 1e-13.

    Returns:
        S[t] = P(T > t), shape (length,), as long as `tolerance` wants; about 100 times the mean at the
        default.

    Raises:
        ParameterError: an argument out of its range.
    """
    bound = three_over_two(success, swap_success, levels)
    check.within("tolerance", tolerance, 1e-13, 1)
    length = 1 << int(16 * bound).bit_length()
    while True:
        survival = geometric_survival(success, length)
        for _ in range(levels):
            survival = repeated_survival(maximum_survival(survival, 2), swap_success)
        if survival[-1] < tolerance:
            return survival
        length *= 2


def nested_mean(success: float, swap_success: float, levels: int) -> float:
    """Mean attempts until a chain of 2^m links is there.

    Args:
        success, swap_success, levels: as in `nested_survival`.

    Example:
        >>> round(nested_mean(0.5, 0.5, 2), 6)
        15.093907
    """
    return float(nested_survival(success, swap_success, levels).sum())


def repeated_survival(survival: NDArray[np.float64], success: float) -> NDArray[np.float64]:
    """Survival function of the time to the first success of rounds that each succeed with a probability.

    With g the generating function of a round's time and S that of its survival, the sum of a geometric number
    of rounds survives as ``S / (1 - (1-a) g)``.

    Args:
        survival: of the time of one round, shape (length,).
        success: a of a round, in (0, 1].

    Returns:
        Shape (length,).
    """
    check.positive_probability(success=success)
    if success == 1:
        return survival
    denominator = -(1 - success) * pmf(survival)
    denominator[0] += 1
    return _product(survival, _reciprocal(denominator))


def _product(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Product of two power series, as many terms as the longer has."""
    import numpy as np

    length = max(len(one), len(other))
    size = 1 << (2 * length - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(one, size) * np.fft.rfft(other, size), size)[:length]


def _reciprocal(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reciprocal of a power series by Newton's iteration, which doubles the right terms at each step."""
    import numpy as np

    inverse = np.array([1 / series[0]])
    while len(inverse) < len(series):
        known = min(2 * len(inverse), len(series))
        correction = -_product(series[:known], inverse)
        correction[0] += 2
        inverse = _product(correction, inverse)
    return inverse

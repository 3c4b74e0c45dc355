"""Times from one herald of a link to its next, when its memories are put to work again at once.

Every attempt but the last fails. A failed attempt takes the time of one round, or of two when its second
round was tried; the last one takes all its rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsim.analytic import arguments as check
from qsim.units import to_ps

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class HeraldInterval:
    """The law of a time ``lead + F again + S second``.

    F, the number of attempts that fail, is geometric: P(F = f) = p (1-p)^f. Of these, S have a second round,
    each with the probability q = (P2 - p)/(1 - p).

    Attributes:
        success: p of an attempt, in (0, 1].
        first_round_success: P2, the probability that the second round is tried, in [p, 1].
        lead_s: time that an interval without failures takes, s.
        again_s: time that a failure adds, s.
        second_s: time that it adds beside when its second round was tried, s; 0 for attempts of one round.

    Raises:
        ParameterError: a probability or a time outside its bounds.

    Example:
        >>> law = HeraldInterval(0.1, first_round_success=0.1, lead_s=1e-3, again_s=1e-3, second_s=0.0)
        >>> round(law.mean_s, 9)
        0.01
    """

    success: float
    first_round_success: float
    lead_s: float
    again_s: float
    second_s: float

    def __post_init__(self) -> None:
        check.positive_probability(success=self.success)
        check.within("first_round_success", self.first_round_success, self.success, 1)
        check.within("lead_s", self.lead_s, 0)
        check.within("again_s", self.again_s, 0, above=True)
        check.within("second_s", self.second_s, 0)

    @property
    def mean_s(self) -> float:
        """The mean, s: ``lead + ((1-p) again + (P2-p) second)/p``."""
        failing = 1 - self.success
        extra = failing * self.again_s + (self.first_round_success - self.success) * self.second_s
        return self.lead_s + extra / self.success

    def survival(self, times_s: ArrayLike) -> NDArray[Any]:
        """P(T > t), exact to about 1e-12; times are taken to the picosecond.

        Args:
            times_s: any shape, s.

        Returns:
            The same shape.
        """
        import numpy as np

        lead, again, second = (to_ps(time) for time in (self.lead_s, self.again_s, self.second_s))
        times = np.asarray(times_s, dtype=np.float64)
        spare = [round(time * 1e12) - lead for time in times.ravel().tolist()]
        return np.array([self._above(left, again, second) for left in spare]).reshape(times.shape)

    def _above(self, spare: int, again: int, second: int) -> float:
        """P(F again + S second > spare), in picoseconds."""
        import numpy as np
        from scipy.special import bdtr

        if spare < 0:
            return 1.0
        if self.success == 1:
            return 0.0
        failing = 1 - self.success
        share = (self.first_round_success - self.success) / failing
        if share == 0 or second == 0:
            return float(failing ** (spare // again + 1))
        # Up to `sure` failures always fit, beyond `most` never; what is too far from the middle between them
        # is certain to 1e-14.
        sure, most = spare // (again + second), spare // again
        middle = spare / (again + share * second)
        room = (8 * (middle * share * (1 - share)) ** 0.5 + 40) * (1 + second / again)
        low, high = max(sure + 1, int(middle - room)), min(most, int(middle + room) + 1)
        failures = np.arange(low, high + 1)
        longest = (spare - failures * again) // second
        too_long = 1 - bdtr(np.minimum(longest, failures), failures, share)
        return float(failing ** (high + 1) + (self.success * failing**failures * too_long).sum())

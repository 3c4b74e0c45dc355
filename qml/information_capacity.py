"""Information processing capacity: which functions of past inputs can be read linearly of a reservoir."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, groupby, islice
from math import comb

import numpy as np
import numpy.typing as npt
from numpy.polynomial import legendre

from qml.inputs import check_washout, series, whole
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]
#: A product of Legendre polynomials: pairs (delay, degree), delays rising.
Function = tuple[tuple[int, int], ...]

#: Functions that are computed together, and how many are taken at all.
_TOGETHER, _MOST = 256, 10**6
#: Probability below which inputs are not taken for even ones.
_UNEVEN = 1e-9


@dataclass(frozen=True, eq=False)
class ProcessingCapacity:
    """Capacities of products of Legendre polynomials of past inputs.

    Attributes:
        functions: all that were tried, by degree.
        capacities: of each, in [0, 1]; 0 where it is not significant.
        threshold: the least squared correlation that counts.
        rank: linearly independent features, which bound the total.
        rows: steps that were used.
    """

    functions: tuple[Function, ...]
    capacities: Array
    threshold: float
    rank: int
    rows: int

    @property
    def total(self) -> float:
        """The sum over all functions that were tried; at most `rank` up to what a finite sample adds."""
        return float(self.capacities.sum())

    @property
    def by_degree(self) -> Array:
        """Sums over the functions of each degree, the first of degree 1."""
        degrees = [sum(power for _, power in each) for each in self.functions]
        return np.bincount(degrees, self.capacities).astype(np.float64)[1:]

    @property
    def significant(self) -> dict[Function, float]:
        """Functions that count, the most capable first."""
        order = np.argsort(-self.capacities, kind="stable")
        return {self.functions[k]: float(self.capacities[k]) for k in order if self.capacities[k] > 0}


def processing_capacity(
    inputs: npt.ArrayLike,
    features: npt.ArrayLike,
    delays: tuple[int, ...] = (40, 16, 8),
    *,
    washout: int = 0,
    false_alarm: float = 1e-4,
) -> ProcessingCapacity:
    """Capacities by degree, of all products of Legendre polynomials of delayed inputs.

    For each product y of polynomials of total degree d, of inputs up to ``delays[d - 1]`` steps ago, the
    capacity is the squared multiple correlation C of y with the features. An unrelated y has a C that follows
    the beta law with ``rank / 2`` and ``(rows - 1 - rank) / 2``; a function counts where C is beyond the
    quantile of that law. What a finite sample adds is taken off: ``1 - (1 - C) (rows - 1) / (rows - 1 -
    rank)``.

    Args:
        inputs: (steps,), independent numbers drawn evenly from [-1, 1], for these make products orthogonal.
        features: (steps, features); row t was read after input t.
        delays: the longest delay for each degree, from degree 1 on.
        washout: first steps to leave out; as many as the longest delay are left out anyway.
        false_alarm: probability that an unrelated function counts, for each function.

    Raises:
        ParameterError: numbers of steps that differ, inputs that are not spread evenly over [-1, 1], features
            that are all constant, too few steps, or more than a million functions.

    Example:
        >>> inputs = np.random.default_rng(0).uniform(-1, 1, 2000)
        >>> line = np.stack([inputs, np.roll(inputs, 1), np.roll(inputs, 2) ** 2], axis=1)
        >>> processing_capacity(inputs, line, (5, 5)).by_degree.round(9)
        array([2., 1.])

    References:
        Dambre, Verstraeten, Schrauwen and Massar, Scientific Reports 2, 514 (2012), who compare with the
        chi-square law, to which the beta law tends, and leave the correlation as it is. The correction is
        the adjusted R^2 of Ezekiel, Methods of Correlation Analysis (1930).
    """
    from scipy.stats import beta

    given, read = _checked(inputs, features, delays, false_alarm)
    start = max(washout, *delays)
    check_washout(start, len(given))
    left = _directions(read[start:])
    rows, rank = left.shape
    if rows < 2 * rank + 2:
        raise ParameterError(
            f"{rows} steps after the washout and the longest delay are too few for {rank} independent"
            f" features: at least {2 * rank + 2} are needed"
        )
    threshold = float(beta.isf(false_alarm, rank / 2, (rows - 1 - rank) / 2))
    raised = _polynomials(given, len(delays))
    functions = tuple(_functions(delays))
    found = np.concatenate([_correlations(left, part, raised, start) for part in _parts(functions)])
    adjusted = 1 - (1 - found) * (rows - 1) / (rows - 1 - rank)
    # Round-off of a function that is read exactly would go beyond 1.
    counted = np.where(found > threshold, np.clip(adjusted, 0.0, 1.0), 0.0)
    return ProcessingCapacity(functions, counted, threshold, rank, rows)


def _checked(
    inputs: npt.ArrayLike, features: npt.ArrayLike, delays: tuple[int, ...], false_alarm: float
) -> tuple[Array, Array]:
    from scipy.stats import kstest, uniform

    given, read = series("inputs", inputs, 1)[:, 0], series("features", features)
    if len(given) != len(read):
        raise ParameterError(f"features must have a row for each of the {len(given)} inputs, not {len(read)}")
    outside = np.abs(given) > 1
    if outside.any() or kstest(given, uniform(-1, 2).cdf).pvalue < _UNEVEN:
        seen = f"{given.min():g} to {given.max():g}"
        raise ParameterError(
            f"inputs must be drawn evenly from [-1, 1], got numbers from {seen}"
            f"{'' if outside.any() else ' that are not spread evenly'}: scale them for this; the reservoir"
            " may be driven by what they were scaled from"
        )
    if not delays:
        raise ParameterError("delays must hold the longest delay for each degree, such as (40, 16)")
    for degree, longest in enumerate(delays, start=1):
        whole(f"delays[{degree - 1}]", longest, 0)
    many = sum(comb(longest + degree, degree) for degree, longest in enumerate(delays, start=1))
    if many > _MOST:
        raise ParameterError(f"delays {delays} ask for {many} functions, and at most {_MOST} are taken")
    if not 0 < false_alarm < 1:
        raise ParameterError(f"false_alarm must be in (0, 1), got {false_alarm!r}")
    return given, read


def _directions(features: Array) -> Array:
    """Orthonormal columns that span the centred features, without those of round-off."""
    centred = features - features.mean(axis=0)
    deviation = centred.std(axis=0)
    varies = deviation > 1e-13 * np.abs(features).max(axis=0)
    if not varies.any():
        raise ParameterError("no feature varies: there is nothing to read")
    left, singular, _ = np.linalg.svd(centred[:, varies] / deviation[varies], full_matrices=False)
    floor = np.finfo(np.float64).eps * max(features.shape) * singular[0]
    return np.asarray(left[:, singular > floor])


def _polynomials(inputs: Array, degree: int) -> Array:
    """Legendre polynomials of variance 1, shape (degrees from 0, steps)."""
    norms = np.sqrt(2 * np.arange(degree + 1) + 1)
    return np.asarray(norms[:, None] * legendre.legvander(inputs, degree).T)


def _functions(delays: tuple[int, ...]) -> Iterator[Function]:
    for degree, longest in enumerate(delays, start=1):
        for chosen in combinations_with_replacement(range(longest + 1), degree):
            yield tuple((delay, len(tuple(same))) for delay, same in groupby(chosen))


def _parts(functions: tuple[Function, ...]) -> Iterator[tuple[Function, ...]]:
    left = iter(functions)
    while part := tuple(islice(left, _TOGETHER)):
        yield part


def _correlations(left: Array, functions: tuple[Function, ...], raised: Array, start: int) -> Array:
    """Squared multiple correlations with the directions."""
    steps = raised.shape[1]
    targets = np.ones((steps - start, len(functions)))
    for column, function in enumerate(functions):
        for delay, power in function:
            targets[:, column] *= raised[power, start - delay : steps - delay]
    targets -= targets.mean(axis=0)
    return np.asarray(((left.T @ targets) ** 2).sum(axis=0) / (targets**2).sum(axis=0))

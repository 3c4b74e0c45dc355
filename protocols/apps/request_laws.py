"""Laws that the sizes, durations and fidelities of requests follow, whatever the nodes have.

A law is written as a number, which is then always meant, or as a mapping with one key, such as
``{exponential: 5 s}``, ``{uniform: [1, 4]}`` or ``{choice: [0.8, 0.9], weights: [3, 1]}``.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Annotated, Any

from qsim.errors import ParameterError
from qsim.parameters import Declared, Param, declarations


class Law(Declared):
    """Base of laws: one of the fields says which law it is, and `weights` belongs to `choice`.

    Raises:
        ParameterError: none or several laws are given, or one that cannot be.
    """

    #: What draws give: numbers of any size, or whole ones.
    whole = False
    uniform: Any
    choice: Any
    weights: Any

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        names = [each.name for each in declarations(type(self)) if each.name != "weights"]
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ParameterError(f"a law is one of {', '.join(names)}; got {found}")
        if self.uniform is not None and not self.uniform[0] <= self.uniform[1]:
            low, high = self.uniform
            raise ParameterError(f"`Law.uniform` must have its lower end first, got {low:g} and {high:g}")
        if self.choice is not None and not self.choice:
            raise ParameterError("`Law.choice` must have a value to choose")
        self._check_weights()

    def _check_weights(self) -> None:
        if self.weights is None:
            return
        if self.choice is None:
            raise ParameterError("`Law.weights` belongs to `choice`, which is not given")
        if len(self.weights) != len(self.choice):
            count = len(self.choice)
            raise ParameterError(f"`Law.weights` must have one for each of {count}, got {len(self.weights)}")
        if not sum(self.weights) > 0:
            raise ParameterError("`Law.weights` must have one above 0")

    @property
    def mean(self) -> float:
        """The mean."""
        if self.uniform is not None:
            return math.fsum(self.uniform) / 2
        if self.choice is not None:
            total = self._cumulated[-1]
            parts = (value * weight for value, weight in zip(self.choice, self._weights, strict=True))
            return math.fsum(parts) / total
        return self._unbounded()

    @property
    def least(self) -> float:
        """The least value that a draw may give."""
        if self.uniform is not None:
            return float(self.uniform[0])
        if self.choice is not None:
            return float(min(v for v, w in zip(self.choice, self._weights, strict=True) if w > 0))
        return 1.0 if self.whole else 0.0

    def quantile(self, share: float) -> float:
        """The value that a share in [0, 1) of the draws stays below."""
        if self.uniform is not None:
            low, high = self.uniform
            span = math.floor(share * (high - low + 1)) if self.whole else share * (high - low)
            return float(low + span)
        if self.choice is not None:
            place = bisect_right(self._cumulated, share * self._cumulated[-1])
            return float(self.choice[min(place, len(self.choice) - 1)])
        mean = self._unbounded()
        if not self.whole:
            return -mean * math.log1p(-share)
        return 1.0 if mean == 1 else 1.0 + math.floor(math.log1p(-share) / math.log1p(-1 / mean))

    def _unbounded(self) -> float:
        """The mean of the law without an upper end that the class has."""
        raise NotImplementedError

    @cached_property
    def _weights(self) -> tuple[float, ...]:
        return self.weights or (1.0,) * len(self.choice)

    @cached_property
    def _cumulated(self) -> list[float]:
        return list(accumulate(self._weights))


@dataclass(frozen=True)
class DurationLaw(Law):
    """A law of lengths of time."""

    uniform: Annotated[
        tuple[float, float] | None, Param("alike over this range", unit="s", ge=0, le=1e12)
    ] = None
    exponential: Annotated[float | None, Param("without memory, of this mean", unit="s", gt=0, le=1e12)] = (
        None
    )
    choice: Annotated[tuple[float, ...] | None, Param("one of these values", unit="s", ge=0, le=1e12)] = None
    weights: Annotated[tuple[float, ...] | None, Param("how often each of `choice`, relatively", ge=0)] = None

    def _unbounded(self) -> float:
        assert self.exponential is not None
        return self.exponential


@dataclass(frozen=True)
class CountLaw(Law):
    """A law of whole numbers from 1."""

    whole = True

    uniform: Annotated[tuple[int, int] | None, Param("alike over this range, both ends included", ge=1)] = (
        None
    )
    geometric: Annotated[float | None, Param("tries to a first success, of this mean", ge=1)] = None
    choice: Annotated[tuple[int, ...] | None, Param("one of these values", ge=1)] = None
    weights: Annotated[tuple[float, ...] | None, Param("how often each of `choice`, relatively", ge=0)] = None

    def _unbounded(self) -> float:
        assert self.geometric is not None
        return self.geometric


@dataclass(frozen=True)
class FidelityLaw(Law):
    """A law of fidelities."""

    uniform: Annotated[tuple[float, float] | None, Param("alike over this range", ge=0, le=1)] = None
    choice: Annotated[tuple[float, ...] | None, Param("one of these values", ge=0, le=1)] = None
    weights: Annotated[tuple[float, ...] | None, Param("how often each of `choice`, relatively", ge=0)] = None


def drawn(law: Law | float, stream: random.Random) -> float:
    """A draw from a law; a number stands for itself and draws nothing."""
    return law.quantile(stream.random()) if isinstance(law, Law) else law


def mean_of(law: Law | float) -> float:
    """The mean of a law."""
    return law.mean if isinstance(law, Law) else law


def least_of(law: Law | float) -> float:
    """The least value of a law."""
    return law.least if isinstance(law, Law) else law

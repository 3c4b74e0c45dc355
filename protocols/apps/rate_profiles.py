"""How the rate of requests varies in time and from pair to pair, registered under the kind "rate-profile".

A profile gives a factor for every pair of ends and every instant. Arrivals are drawn at the greatest rate
that there can be and kept with the share that the factor is of its greatest value, which is exact for any
profile.

References:
    Lewis and Shedler, Naval Research Logistics Quarterly 26, 403 (1979), on thinning.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Protocol, Self

from qsim.documents.csv_table import read_csv
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    from qsim.model.check_context import CheckContext


class RateProfile(Protocol):
    """What every registered profile offers.

    Attributes:
        absolute: whether its factors are rates of their own, in Hz, beside which the application states none.
    """

    absolute: ClassVar[bool]

    @property
    def greatest(self) -> float:
        """The greatest factor."""
        ...

    def factor(self, initiator: str, responder: str, time: float) -> float:
        """What the mean rate of a pair of ends is multiplied by at a time in seconds; at most `greatest`."""
        ...


define_kind("rate-profile", RateProfile, "how-to/open-traffic.md")


@register("rate-profile", "constant")
@dataclass(frozen=True)
class Constant(Declared):
    """The same rate at all times."""

    absolute: ClassVar[bool] = False
    greatest: ClassVar[float] = 1.0

    def factor(self, initiator: str, responder: str, time: float) -> float:
        return 1.0


@register("rate-profile", "sinusoid")
@dataclass(frozen=True)
class Sinusoid(Declared):
    """The mean rate times 1 + amplitude sin(2 pi t / period + phase), and nothing where that is below 0."""

    absolute: ClassVar[bool] = False

    period: Annotated[float, Param("from one crest to the next", unit="s", gt=0)]
    amplitude: Annotated[float, Param("of the factor round 1; above 1 there are pauses", ge=0)] = 1.0
    phase: Annotated[float, Param("of the sine at the beginning of the run", unit="rad")] = 0.0

    @property
    def greatest(self) -> float:
        return 1.0 + self.amplitude

    def factor(self, initiator: str, responder: str, time: float) -> float:
        return max(0.0, 1.0 + self.amplitude * math.sin(math.tau * time / self.period + self.phase))


@register("rate-profile", "steps")
@dataclass(frozen=True)
class Steps(Declared):
    """The mean rate times a factor that changes at stated times; 1 before the first of them."""

    absolute: ClassVar[bool] = False

    times: Annotated[tuple[float, ...], Param("when the factor changes, ascending", unit="s", ge=0)]
    factors: Annotated[tuple[float, ...], Param("what it is from each of these times on", ge=0)]

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        _check_series("Steps", "times", self.times, "factors", self.factors)

    @property
    def greatest(self) -> float:
        return max(self.factors) if self.times[0] == 0 else max(1.0, *self.factors)

    def factor(self, initiator: str, responder: str, time: float) -> float:
        place = bisect_right(self.times, time)
        return self.factors[place - 1] if place else 1.0


@register("rate-profile", "hot-spot")
@dataclass(frozen=True)
class HotSpot(Declared):
    """One node after the other is in demand: pairs with it among their ends ask more often than the rest."""

    absolute: ClassVar[bool] = False

    nodes: Annotated[tuple[str, ...], Param("the nodes that are hot, one after the other and round again")]
    dwell: Annotated[float, Param("time for which each of them is", unit="s", gt=0)]
    hot: Annotated[float, Param("factor of pairs with the hot node", ge=0)] = 5.0
    elsewhere: Annotated[float, Param("factor of all other pairs", ge=0)] = 1.0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if not self.nodes:
            raise ParameterError("`HotSpot.nodes` must name a node")

    @property
    def greatest(self) -> float:
        return max(self.hot, self.elsewhere)

    def factor(self, initiator: str, responder: str, time: float) -> float:
        node = self.nodes[int(time // self.dwell) % len(self.nodes)]
        return self.hot if node in (initiator, responder) else self.elsewhere

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Nodes that do not exist."""
        yield from _unknown(self.nodes, context)


@register("rate-profile", "wave")
@dataclass(frozen=True)
class Wave(Declared):
    """A smooth hot spot: a crest of demand that runs round a list of nodes.

    The rate of a pair whose initiator is number k of n is the mean one times 1 + amplitude cos(2 pi (t /
    period - k / n)), and nothing where that is below 0; other initiators ask at the mean rate.
    """

    absolute: ClassVar[bool] = False

    nodes: Annotated[tuple[str, ...], Param("the nodes that the crest visits, in order")]
    period: Annotated[float, Param("time for one round", unit="s", gt=0)]
    amplitude: Annotated[float, Param("of the factor round 1; above 1 there are pauses", ge=0)] = 1.0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if not self.nodes:
            raise ParameterError("`Wave.nodes` must name a node")

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.nodes)}

    @property
    def greatest(self) -> float:
        return 1.0 + self.amplitude

    def factor(self, initiator: str, responder: str, time: float) -> float:
        place = self._places.get(initiator)
        if place is None:
            return 1.0
        angle = math.tau * (time / self.period - place / len(self.nodes))
        return max(0.0, 1.0 + self.amplitude * math.cos(angle))

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Nodes that do not exist, or are named twice."""
        yield from _unknown(self.nodes, context)
        for place, name in enumerate(self.nodes):
            if name in self.nodes[:place]:
                yield f"nodes[{place}]", f"the crest comes to each node once a round, got '{name}' again"


@register("rate-profile", "csv")
@dataclass(frozen=True)
class RatesFile(Declared):
    """Rates of all pairs together from a CSV file with the columns ``time`` and ``rate``.

    Each rate holds from its time to that of the next row, the first one from the beginning and the last one
    to the end.
    """

    absolute: ClassVar[bool] = True

    path: Annotated[str | None, Param("the file, relative to the scenario file")] = None
    times: Annotated[
        tuple[float, ...] | None, Param("the column of times, in place of a file", unit="s", ge=0)
    ] = None
    rates: Annotated[
        tuple[float, ...] | None, Param("the column of rates, in place of a file", unit="Hz", ge=0)
    ] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if (self.times is None) != (self.rates is None) or (self.path is None) == (self.times is None):
            raise ParameterError("rates come from a `path`, or from `times` and `rates`")
        if self.times is not None and self.rates is not None:
            _check_series("RatesFile", "times", self.times, "rates", self.rates)

    def with_files(self, base: Path | None) -> Self:
        """With the columns of the file in its place.

        Raises:
            NetworkError: the file cannot be read or is no such table.
            LimitError: it lies outside the folder `base` and those that may be read.
        """
        if self.path is None:
            return self
        table = read_csv(self.path, base, {"time": "s", "rate": "Hz"}, ("time", "rate"))
        times, rates = table.numbers("time", ge=0), table.numbers("rate", ge=0)
        table.ascending("time", times)
        return replace(self, path=None, times=times, rates=rates)

    @property
    def greatest(self) -> float:
        return max(self.rates or (0.0,))

    def factor(self, initiator: str, responder: str, time: float) -> float:
        assert self.times is not None
        assert self.rates is not None
        return self.rates[max(0, bisect_right(self.times, time) - 1)]


def _check_series(
    owner: str, key: str, times: tuple[float, ...], other: str, values: tuple[float, ...]
) -> None:
    """Refuse a series that is empty, not ascending, or not as long as what belongs to it."""
    if not times:
        raise ParameterError(f"`{owner}.{key}` must have one time or more")
    if len(values) != len(times):
        raise ParameterError(f"`{owner}.{other}` must have one for each of {len(times)}, got {len(values)}")
    for before, after in pairwise(times):
        if not before < after:
            raise ParameterError(f"`{owner}.{key}` must ascend, got {after:g} after {before:g}")


def _unknown(nodes: tuple[str, ...], context: CheckContext) -> Iterable[tuple[str, str]]:
    for place, name in enumerate(nodes):
        if name not in context.nodes:
            yield f"nodes[{place}]", f"unknown node '{name}'{nearest(name, context.nodes)}"

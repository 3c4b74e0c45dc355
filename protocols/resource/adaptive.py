"""Allocations that follow a load: what was measured, or what an oracle says is to come."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Annotated

from protocols.network.in_touch import out_of_touch
from protocols.resource.accounts import MEMORIES
from protocols.resource.allocation_kinds import BudgetAllocation
from qsim.errors import nearest
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from protocols.resource.allocation_kinds import Allotment
    from protocols.resource.allocator import AllocationNetwork, Foresight
    from qsim.model.check_context import CheckContext


@dataclass(frozen=True)
class FollowingAllocation(BudgetAllocation):
    """What all allocations that move something have in common."""

    weights: Annotated[
        Mapping[str, float] | None,
        Param(
            "what the limits are in proportion to before anything is known, of each node, or of each link of "
            "a node as 'node:link'; left out, all are equal",
            ge=0,
        ),
    ] = None
    controller: Annotated[
        str | None,
        Param("node where reports go and decisions come from; left out, the first that has memories"),
    ] = None
    delay: Annotated[
        float, Param("reconfiguration: from a decision until it takes effect", unit="s", ge=0)
    ] = 0.0
    outage: Annotated[
        float,
        Param("the last part of the delay, in which a memory that moves serves nobody", unit="s", ge=0),
    ] = 0.0
    threshold: Annotated[int, Param("fewer memories than these are not worth a change", ge=1)] = 1

    def build(self, network: AllocationNetwork) -> Allotment:
        allocator = self.allocator(network, self.weights)
        home = next(
            node
            for node in network.nodes.values()
            if (node.name == self.controller if self.controller is not None else node.memories)
        )
        delay, outage = to_ps(self.delay), to_ps(self.outage)
        allocator.follow(self.foresight(network), home, delay, outage, self.threshold)
        return allocator

    @abstractmethod
    def foresight(self, network: AllocationNetwork) -> Foresight:
        """What says by which loads to divide."""

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        yield from super().check(context)
        yield from self.weights_at_fault(context, "weights", self.weights)
        if self.moves == MEMORIES and self.budget is None:
            yield "budget", "is missing: while all memories that are installed are active, none can move"
        if self.outage > self.delay:
            yield "outage", f"must be at most the delay of {self.delay:g} s, got {self.outage:g} s"
        if self.controller is not None and self.controller not in context.nodes:
            hint = nearest(self.controller, context.nodes)
            yield "controller", f"unknown node '{self.controller}'{hint}"
            return
        names = [name for name in context.nodes if context.nodes[name].count]
        home = names[0] if self.controller is None and names else self.controller
        if home is not None:
            yield from (("controller", fault) for fault in out_of_touch(context, home, names))


class Smoothed:
    """Loads as they were measured, averaged with those before.

    Args:
        share: of what was measured last; the rest is the average so far.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._average: list[float] | None = None

    def loads(self, measured: Sequence[float]) -> Sequence[float]:
        """The exponential average, which begins with the first epoch."""
        before = self._average or measured
        self._average = [old + self._share * (new - old) for old, new in zip(before, measured, strict=True)]
        return self._average

    def findings(self) -> Mapping[str, float]:
        return {}


@register("allocation", "reactive")
@dataclass(frozen=True)
class ReactiveAllocation(FollowingAllocation):
    """In proportion to the load that was measured last, smoothed."""

    share: Annotated[
        float,
        Param("weight of the last epoch in the average; 1 forgets all that was before", gt=0, le=1),
    ] = 0.3

    def foresight(self, network: AllocationNetwork) -> Foresight:
        return Smoothed(self.share)


class Ahead:
    """Which epochs the limits decided upon now will serve, and how much of each.

    Args:
        lead: from the end of an epoch until the limits decided upon then serve, in epochs.

    Attributes:
        steps: epochs from now to the last that they serve.
    """

    def __init__(self, lead: float) -> None:
        first = floor(lead + 1e-9)
        late = max(lead - first, 0.0)
        self._weights = [(first, 1.0 - late)] + ([(first + 1, late)] if late > 1e-9 else [])
        self.steps = self._weights[-1][0] + 1

    def mean(self, coming: Sequence[Sequence[float]]) -> list[float]:
        """The mean load of that time, for each account.

        Args:
            coming: loads of the next epochs, (at least `steps`, accounts).
        """
        return [
            sum(weight * coming[step][place] for step, weight in self._weights)
            for place in range(len(coming[0]))
        ]


@dataclass(frozen=True)
class AheadAllocation(FollowingAllocation):
    """What the allocations that look ahead have in common."""

    lead: Annotated[
        float | None,
        Param("how far ahead of a decision the load is that counts; left out, the delay", unit="s", ge=0),
    ] = None

    def ahead(self) -> Ahead:
        """Which of the coming epochs count."""
        return Ahead((self.delay if self.lead is None else self.lead) / self.epoch)


class Told:
    """Loads that somebody knows beforehand.

    Args:
        table: (epochs, accounts), from the beginning of the run; the last stands for all that follow.
        ahead: which of them to divide by.
    """

    def __init__(self, table: Sequence[Sequence[float]], ahead: Ahead) -> None:
        self._table, self._ahead = table, ahead
        self._over = 0

    def loads(self, measured: Sequence[float]) -> Sequence[float]:
        """The load that is to come, whatever was measured."""
        self._over += 1
        last = len(self._table) - 1
        coming = [self._table[min(self._over + step, last)] for step in range(self._ahead.steps)]
        return self._ahead.mean(coming)

    def findings(self) -> Mapping[str, float]:
        return {}


@register("allocation", "oracle")
@dataclass(frozen=True)
class OracleAllocation(AheadAllocation):
    """In proportion to a load that is known beforehand: the most that any forecast could bring.

    The loads of a run with the same traffic stand in its table ``allocation``, in the column ``offered``.
    """

    loads: Annotated[
        Mapping[str, tuple[float, ...]] | None,
        Param(
            "memories wanted in each epoch from the beginning of the run on, by node, or by link of a node "
            "as 'node:link'; the last value stands for all that follow",
            ge=0,
        ),
    ] = None

    def foresight(self, network: AllocationNetwork) -> Foresight:
        assert self.loads is not None
        accounts, _ = self.accounts(network)
        return Told(list(zip(*(self.loads[account.name] for account in accounts), strict=True)), self.ahead())

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        yield from super().check(context)
        if self.loads is None:
            yield "loads", "is missing: an oracle has to be told what is to come"
            return
        yield from self.weights_at_fault(context, "loads", self.loads)
        if len({len(series) for series in self.loads.values()}) > 1 or not all(self.loads.values()):
            yield "loads", "must have the same number of epochs for all, at least one"

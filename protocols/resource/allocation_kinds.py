"""The kind ``allocation``: how many memories may be promised at once, and `even` and `static` of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol

from hardware.segments import segments
from protocols.resource.accounts import LINKS, MEMORIES, account_name, link_pools, node_pool
from protocols.resource.allocator import Allocator
from qsim.errors import nearest
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register
from qsim.units import to_ps

if TYPE_CHECKING:
    from protocols.flow import Flow, FlowOwner
    from protocols.resource.accounts import Account, Pool
    from protocols.resource.allocator import AllocationNetwork
    from qsim.model.check_context import CheckContext
    from qsim.model.rows import MetricRow, Row


#: Most epochs of a run: each has a row for every account.
_MOST_EPOCHS: Final = 100_000


class Allotment(Protocol):
    """An allocation at work on a network."""

    def offered(self, owner: FlowOwner, flow: Flow) -> None:
        """A request has been issued, and its flow has set out on a path or been refused at once."""
        ...

    def tables(self) -> Mapping[str, Sequence[Row]]:
        """Limits and loads so far, as rows of tables by name."""
        ...

    def metrics(self) -> Sequence[MetricRow]:
        """What it has to tell of itself."""
        ...


class Allocation(Protocol):
    """How the promises of nodes are limited, registered under the kind "allocation"."""

    def build(self, network: AllocationNetwork) -> Allotment:
        """Put limits into the calendars (`Calendar.limits`) before the first request is issued."""
        ...


define_kind("allocation", Allocation, "how-to/load-aware-memories.md")


@dataclass(frozen=True)
class BudgetAllocation(Declared):
    """What all allocations of a budget have in common."""

    moves: Annotated[
        str,
        Param(
            "what is divided: the 'memories' that are active in the network, among its nodes; or those of "
            "each node, among its 'links'",
            choices=(MEMORIES, LINKS),
        ),
    ] = MEMORIES
    budget: Annotated[
        int | None,
        Param("memories that are active at once in the network; left out, all that are installed", ge=1),
    ] = None
    least: Annotated[
        int, Param("active memories that every node, or link of a node, has at the least", ge=0)
    ] = 2
    exponent: Annotated[
        float,
        Param(
            "limits are in proportion to this power of weight or load; below 1, small ones get more than "
            "their share, which they need against chance",
            gt=0,
            le=2,
        ),
    ] = 1.0
    epoch: Annotated[
        float, Param("time over which offered load is averaged, recorded and reported", unit="s", gt=0)
    ] = 10.0

    def build(self, network: AllocationNetwork) -> Allotment:
        return self.allocator(network)

    def allocator(self, network: AllocationNetwork, weights: Mapping[str, float] | None = None) -> Allocator:
        """The limits at work.

        Args:
            network: the network.
            weights: by name of the account, what the limits are in proportion to; None for equal ones.
        """
        accounts, pools = self.accounts(network)
        proportions = [1.0 if weights is None else weights[account.name] for account in accounts]
        epoch = to_ps(self.epoch)
        return Allocator(network, accounts, pools, proportions, self.least, self.exponent, epoch)

    def accounts(self, network: AllocationNetwork) -> tuple[list[Account], list[Pool]]:
        """What has limits, and what shares a budget."""
        nodes = network.nodes.values()
        if self.moves == MEMORIES:
            return node_pool(nodes, self.budget)
        return link_pools(nodes, network.links)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        counts = [context.nodes[name].count for name in context.nodes]
        installed, floors = sum(counts), sum(min(self.least, count) for count in counts)
        if self.budget is not None and self.moves == LINKS:
            yield "budget", "is of memories that move between nodes; those of a node are what its links share"
        elif self.budget is not None and self.budget > installed:
            yield "budget", f"must be at most the {installed} memories that are installed, got {self.budget}"
        elif self.budget is not None and self.budget < floors:
            yield (
                "budget",
                f"must be at least {floors}: every node has `least` = {self.least} memories active; "
                f"got {self.budget}",
            )
        epochs = context.run.duration / self.epoch
        if epochs > _MOST_EPOCHS:
            yield "epoch", f"makes {epochs:.2g} epochs of the run, and {_MOST_EPOCHS} is the most"

    def account_names(self, context: CheckContext) -> list[str]:
        """The names of all accounts, as `protocols.resource.accounts` gives them to those at work."""
        if self.moves == MEMORIES:
            return [name for name in context.nodes if context.nodes[name].count]
        nodes: Mapping[str, Any] = context.nodes
        parts = segments(nodes, context.links)
        names = []
        for node in nodes:
            own = [part.name for part in parts if node in (part.nodes[0], part.nodes[-1])]
            names += [account_name(node, link) for link in own if len(own) > 1]
        return names

    def weights_at_fault(
        self, context: CheckContext, field: str, weights: Mapping[str, Any] | None
    ) -> Iterable[tuple[str, str]]:
        """Names that no account has, and accounts without a name."""
        known = self.account_names(context)
        for name in weights or ():
            if name not in known:
                what = (
                    "node with memories"
                    if self.moves == MEMORIES
                    else "'node:link' of a node with several links"
                )
                yield (
                    f"{field}.{name}" if name.isidentifier() else field,
                    (f"there is no {what} called '{name}'{nearest(name, known)}"),
                )
        missing = [name for name in known if weights is not None and name not in weights]
        if missing:
            yield field, f"has none for {', '.join(missing)}"


@register("allocation", "even")
@dataclass(frozen=True)
class EvenAllocation(BudgetAllocation):
    """The same for every node, or for every link of a node, as far as it is installed."""


@register("allocation", "static")
@dataclass(frozen=True)
class StaticAllocation(BudgetAllocation):
    """In proportion to stated weights, once and for all."""

    weights: Annotated[
        Mapping[str, float] | None,
        Param("weight of each node, or of each link of a node as 'node:link'; left out, all are equal", ge=0),
    ] = None

    def build(self, network: AllocationNetwork) -> Allotment:
        return self.allocator(network, self.weights)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        yield from super().check(context)
        yield from self.weights_at_fault(context, "weights", self.weights)

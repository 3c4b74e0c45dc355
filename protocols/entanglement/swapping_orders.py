"""The swapping policies that come with the package: orders in which the nodes of a path swap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from protocols.entanglement.swapping import Swapping
from qsim.parameters import Param
from qsim.registry import register


@register("swapping", "nested")
@dataclass(frozen=True)
class NestedSwapping(Swapping):
    """Binary-tree order: every other node first, then every other of those left, and so on.

    With `consent` this is the order and the exchange of messages of SeQUeNCe.
    """

    def ranks(self, nodes: int) -> list[int]:
        ranks = [0] * nodes
        left = list(range(nodes))
        rank = 0
        while len(left) > 2:
            kept = [index for place, index in enumerate(left) if place % 2 == 0 or place == len(left) - 1]
            for index in set(left) - set(kept):
                ranks[index] = rank
            left = kept
            rank += 1
        ranks[0] = ranks[-1] = rank
        return ranks


@register("swapping", "sequential")
@dataclass(frozen=True)
class SequentialSwapping(Swapping):
    """Endpoint-directed order: pairs grow from the initiator outwards, node by node.

    Every swap extends a pair that reaches back to the initiator, so pairs never cross and a chain with
    several memories a link cannot dead-lock.
    """

    def ranks(self, nodes: int) -> list[int]:
        return [nodes, *range(1, nodes - 1), nodes]


@register("swapping", "asap")
@dataclass(frozen=True)
class AsapSwapping(Swapping):
    """Swap as soon as possible: a node joins any pair on its left to any on its right.

    Results of crossing swaps are passed on. Taking the oldest pairs of either side keeps the pairs of a chain
    in their order. Taking them as they stand in the array, as other simulators do, lets the pairs of
    neighbouring nodes cross, and with several memories a link they can block each other for ever. A cut-off
    or another policy cures that.
    """

    order: Annotated[
        str,
        Param(
            "which of several pairs on one side is taken: the 'oldest', or the first by its memory's 'index'",
            choices=("oldest", "index"),
        ),
    ] = "oldest"

    concurrent: ClassVar[bool] = True

    @property
    def oldest_first(self) -> bool:
        return self.order == "oldest"

    def ranks(self, nodes: int) -> list[int]:
        return [1, *([0] * (nodes - 2)), 1]

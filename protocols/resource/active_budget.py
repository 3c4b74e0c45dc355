"""Moving memories within a budget: limits shrink as promises end, and grow by what has been given up.

The controller never hands out what is still in use. It tells some nodes to shrink; each answers at once when
how many of its memories come free, for it knows the ends of all its promises; and the controller passes that
on to the nodes that are to grow. So every node knows its limit ahead of time, requests for the future are
checked against it, and the limits add up to no more than the budget at any instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.network.limit import Limit
    from protocols.resource.accounts import Account, Pool


@dataclass(slots=True)
class Shrink:
    """Give up memories from a time on, or as soon after as promises end.

    Attributes:
        place: number of the account.
        count: how many.
        since: ps.
    """

    place: int
    count: int
    since: int


@dataclass(slots=True)
class Drained:
    """What an account gives up, and when: pairs of a time in ps and a count."""

    place: int
    given: Sequence[tuple[int, int]]


@dataclass(slots=True)
class Grow:
    """Memories that an account may promise from a time on: pairs of a time in ps and a count."""

    place: int
    gained: Sequence[tuple[int, int]]


class NodeLimits:
    """Carries out at one node what the controller says.

    Args:
        node: the node.
        controller: where it is told from.
        limits: by number of the account; those of this node are touched.
        names: of the accounts.
    """

    def __init__(
        self, node: QuantumNode, controller: QuantumNode, limits: Sequence[Limit], names: Sequence[str]
    ) -> None:
        self._node = node
        self._controller = controller
        self._limits, self._names = limits, names
        node.on(Shrink, self.on_shrink)
        node.on(Grow, self.on_grow)

    def on_shrink(self, _source: Node, message: Shrink) -> None:
        """Lower the limit, and say what that gives."""
        since = max(message.since, self._node.sim.now)
        given = self._limits[message.place].shrink(message.count, since)
        if self._node.sim.trace is not None:
            name = self._names[message.place]
            self._node.emit("limit_lowered", place=name, count=message.count, since_ps=since)
        self._node.send(self._controller, Drained(message.place, given))

    def on_grow(self, _source: Node, message: Grow) -> None:
        """Raise the limit."""
        for since, count in message.gained:
            at = max(since, self._node.sim.now)
            self._limits[message.place].grow(count, at)
            if self._node.sim.trace is not None:
                name = self._names[message.place]
                self._node.emit("limit_raised", place=name, count=count, since_ps=at)


class BudgetControl:
    """The controller: brings the limits of all accounts to where they are wanted.

    Args:
        home: its node.
        accounts: all accounts.
        pools: who shares with whom.
        levels: the limits to begin with.
        delay: from a decision until it takes effect, ps.
        outage: for how long a memory that moves serves nobody, ps; the last part of the delay.

    Attributes:
        moved: memories that have been told to move so far.
    """

    def __init__(
        self,
        home: QuantumNode,
        accounts: Sequence[Account],
        pools: Sequence[Pool],
        levels: Sequence[int],
        delay: int,
        outage: int,
    ) -> None:
        self._home = home
        self._accounts = accounts
        self._pools = pools
        self._delay, self._outage = delay, outage
        self._pool_of: Mapping[int, Pool] = {place: pool for pool in pools for place in pool.places}
        # What each will have once all that was said is done, and what it is to have.
        self._arranged = list(levels)
        self._wanted = list(levels)
        self._spare: dict[Pool, list[tuple[int, int]]] = {pool: [] for pool in pools}
        self.moved = 0
        home.on(Drained, self.on_drained)

    def aim(self, levels: Sequence[int]) -> None:
        """Want these limits from now on, one for each account."""
        self._wanted = list(levels)
        since = self._home.sim.now + self._delay - self._outage
        for place, account in enumerate(self._accounts):
            excess = self._arranged[place] - levels[place]
            if excess > 0:
                self._arranged[place] -= excess
                self.moved += excess
                self._home.send(account.node, Shrink(place, excess, since))
        for pool in self._pools:
            self._hand_out(pool)

    def on_drained(self, _source: Node, message: Drained) -> None:
        """Pass on what has been given up."""
        pool = self._pool_of[message.place]
        self._spare[pool] += [(time + self._outage, count) for time, count in message.given]
        self._hand_out(pool)

    def _hand_out(self, pool: Pool) -> None:
        """Give what is spare to the accounts that lack most, the earliest first."""
        spare = sorted(self._spare[pool])
        gained: dict[int, list[tuple[int, int]]] = {}
        while spare:
            place = max(pool.places, key=lambda place: self._wanted[place] - self._arranged[place])
            lack = self._wanted[place] - self._arranged[place]
            if lack <= 0:
                break
            since, count = spare.pop(0)
            part = min(count, lack)
            gained.setdefault(place, []).append((since, part))
            self._arranged[place] += part
            if part < count:
                spare.insert(0, (since, count - part))
        self._spare[pool] = spare
        for place, parts in gained.items():
            self._home.send(self._accounts[place].node, Grow(place, parts))

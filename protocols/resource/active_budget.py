"""Moving memories within a budget: limits shrink as promises end, and grow by what has been given up.

The controller never hands out what is still in use. It tells some nodes to shrink; each answers at once when
how many of its memories come free, for it knows the ends of all its promises; and the controller passes that
on to the nodes that are to grow. So every node knows its limit ahead of time, requests for the future are
checked against it, and the limits add up to no more than the budget at any instant.

Nodes keep their limits through an outage, and the controller its books. What was said meanwhile may be lost,
so every command has a number and stands open until it is answered; whoever comes up has it repeated, and one
that has been carried out is answered as it was. So no memory is lost to the budget, and none is given twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from hardware.outages import Element, Outages
    from protocols.network.limit import Limit
    from protocols.resource.accounts import Account, Pool


@dataclass(slots=True)
class Shrink:
    """Give up memories from a time on, or as soon after as promises end.

    Attributes:
        number: of the command.
        place: number of the account.
        count: how many.
        since: ps.
    """

    number: int
    place: int
    count: int
    since: int


@dataclass(slots=True)
class Drained:
    """What an account gives up by a command, and when: pairs of a time in ps and a count."""

    number: int
    place: int
    given: Sequence[tuple[int, int]]


@dataclass(slots=True)
class Grow:
    """Memories that an account may promise from a time on: pairs of a time in ps and a count."""

    number: int
    place: int
    gained: Sequence[tuple[int, int]]


@dataclass(slots=True)
class Raised:
    """That has been done; said where what is said may be lost."""

    number: int


@dataclass(slots=True)
class Again:
    """I have been down: what did you say that I have not answered?"""


@dataclass(slots=True)
class Settled:
    """All commands below this number have been answered, so that the answers need not be kept."""

    number: int


class NodeLimits:
    """Carries out at one node what the controller says.

    Args:
        node: the node.
        controller: where it is told from.
        limits: by number of the account; those of this node are touched.
        names: of the accounts.
        outages: what is down.
    """

    def __init__(
        self,
        node: QuantumNode,
        controller: QuantumNode,
        limits: Sequence[Limit],
        names: Sequence[str],
        outages: Outages,
    ) -> None:
        self._node = node
        self._controller = controller
        self._limits, self._names = limits, names
        self._outages = outages
        # What has been answered to which command, as long as the controller may ask again.
        self._answers: dict[int, Drained | Raised] = {}
        node.on(Shrink, self.on_shrink)
        node.on(Grow, self.on_grow)
        node.on(Settled, self._on_settled)
        outages.watch(self._changed)

    def _changed(self, element: Element) -> None:
        """The node asks with its first word for what it may have missed."""
        if element.kind == "node" and not element.down and self._node in element.nodes:
            self._node.send(self._controller, Again())

    def _on_settled(self, _source: Node, message: Settled) -> None:
        self._answers = {number: said for number, said in self._answers.items() if number >= message.number}

    def _known(self, number: int) -> bool:
        """Whether a command is one that has been carried out; it is answered as it was."""
        if number not in self._answers:
            return False
        self._node.send(self._controller, self._answers[number])
        return True

    def _answer(self, said: Drained | Raised) -> None:
        if self._outages.in_play:
            self._answers[said.number] = said
        self._node.send(self._controller, said)

    def on_shrink(self, _source: Node, message: Shrink) -> None:
        """Lower the limit, and say what that gives."""
        if self._known(message.number):
            return
        since = max(message.since, self._node.sim.now)
        given = self._limits[message.place].shrink(message.count, since)
        if self._node.sim.trace is not None:
            name = self._names[message.place]
            self._node.emit("limit_lowered", place=name, count=message.count, since_ps=since)
        self._answer(Drained(message.number, message.place, given))

    def on_grow(self, _source: Node, message: Grow) -> None:
        """Raise the limit."""
        if self._known(message.number):
            return
        for since, count in message.gained:
            at = max(since, self._node.sim.now)
            self._limits[message.place].grow(count, at)
            if self._node.sim.trace is not None:
                name = self._names[message.place]
                self._node.emit("limit_raised", place=name, count=count, since_ps=at)
        if self._outages.in_play:
            self._answer(Raised(message.number))


class BudgetControl:
    """The controller: brings the limits of all accounts to where they are wanted.

    Args:
        home: its node.
        accounts: all accounts.
        pools: who shares with whom.
        levels: the limits to begin with.
        delay: from a decision until it takes effect, ps.
        outage: for how long a memory that moves serves nobody, ps; the last part of the delay.
        outages: what is down.

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
        outages: Outages,
    ) -> None:
        self._home = home
        self._outages = outages
        self._accounts = accounts
        self._pools = pools
        self._delay, self._outage = delay, outage
        self._pool_of: Mapping[int, Pool] = {place: pool for pool in pools for place in pool.places}
        # What each will have once all that was said is done, and what it is to have.
        self._arranged = list(levels)
        self._wanted = list(levels)
        self._spare: dict[Pool, list[tuple[int, int]]] = {pool: [] for pool in pools}
        self.moved = 0
        # Commands without an answer, by number.
        self._open: dict[int, Shrink | Grow] = {}
        self._next = 0
        home.on(Drained, self.on_drained)
        home.on(Raised, self._on_raised)
        home.on(Again, self._on_again)
        outages.watch(self._changed)

    def aim(self, levels: Sequence[int]) -> None:
        """Want these limits from now on, one for each account."""
        self._wanted = list(levels)
        since = self._home.sim.now + self._delay - self._outage
        for place, level in enumerate(levels):
            excess = self._arranged[place] - level
            if excess > 0:
                self._arranged[place] -= excess
                self.moved += excess
                self._command(Shrink(self._number(), place, excess, since))
        for pool in self._pools:
            self._hand_out(pool)

    def on_drained(self, _source: Node, message: Drained) -> None:
        """Pass on what has been given up."""
        if self._open.pop(message.number, None) is None:
            return  # It has been told of twice.
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
            self._command(Grow(self._number(), place, parts))

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _command(self, said: Shrink | Grow) -> None:
        """Say what a node is to do, and keep it until it is answered, if it ever is to be."""
        if isinstance(said, Shrink) or self._outages.in_play:
            self._open[said.number] = said
        self._home.send(self._accounts[said.place].node, said)

    def _on_raised(self, _source: Node, message: Raised) -> None:
        self._open.pop(message.number, None)

    def _on_again(self, source: Node, _message: Again) -> None:
        self._repeat(source)

    def _changed(self, element: Element) -> None:
        """The controller comes up: answers may have been lost."""
        if element.kind == "node" and not element.down and self._home in element.nodes:
            for node in dict.fromkeys(account.node for account in self._accounts):
                self._repeat(node)

    def _repeat(self, node: Node) -> None:
        """Say once more to a node what it has not answered."""
        self._home.send(node, Settled(min(self._open, default=self._next + 1)))
        for said in tuple(self._open.values()):
            if self._accounts[said.place].node is node:
                self._home.send(node, said)

"""What has a limit, and what shares a budget with what.

Two things can move. *Memories*: all nodes share one budget of active memories, fewer than are installed; a
memory that is not active serves nobody. *Links*: each node divides its own memories among its links, and one
that is given to a link serves flows over that link alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocols.network.calendar import WHOLE

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.flow import Flow

#: What an account is that is no link's.
MEMORIES: Final = "memories"
LINKS: Final = "links"


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """Something with a limit of its own.

    Attributes:
        node: whose memories they are.
        link: the link that they are for; None for all of the node.
        installed: how many there are, more than which can never be active.
    """

    node: QuantumNode
    link: Link | None
    installed: int

    @property
    def name(self) -> str:
        """The node, and the link after a colon where there is one."""
        return account_name(self.node.name, None if self.link is None else self.link.name)

    @property
    def key(self) -> Hashable:
        """What its limit goes by in the calendar of the node."""
        return WHOLE if self.link is None else self.link


@dataclass(frozen=True, slots=True)
class Pool:
    """Accounts that share a budget.

    Attributes:
        places: their numbers among all accounts.
        budget: the sum of their limits.
    """

    places: range
    budget: int


def account_name(node: str, link: str | None) -> str:
    """The name of an account, of the names of its node and link."""
    return node if link is None else f"{node}:{link}"


def node_pool(nodes: Iterable[QuantumNode], budget: int | None) -> tuple[list[Account], list[Pool]]:
    """All nodes with memories under one budget; left out, everything installed is active."""
    accounts = [Account(node, None, len(node.memories)) for node in nodes if node.memories]
    installed = sum(account.installed for account in accounts)
    return accounts, [Pool(range(len(accounts)), installed if budget is None else budget)]


def link_pools(nodes: Iterable[QuantumNode], links: Sequence[Link]) -> tuple[list[Account], list[Pool]]:
    """For each node with several links, these; what they share is what the node has for them."""
    accounts: list[Account] = []
    pools = []
    for node in nodes:
        own = [link for link in links if node in (link.first, link.second)] if node.memories else []
        if len(own) > 1:
            first = len(accounts)
            accounts += [Account(node, link, len(link.places[node])) for link in own]
            shared = len({place for link in own for place in link.places[node]})
            pools.append(Pool(range(first, len(accounts)), shared))
    return accounts, pools


class AccountBook:
    """All accounts of a network, and what a flow takes of each.

    Args:
        accounts: the accounts.

    Attributes:
        accounts: likewise.
    """

    def __init__(self, accounts: Sequence[Account]) -> None:
        self.accounts = accounts
        self._places = {(each.node, each.key): place for place, each in enumerate(accounts)}

    def charges(self, flow: Flow) -> Iterator[tuple[int, int]]:
        """The numbers of the accounts along a flow's path, and the memories that it takes of each."""
        memories = flow.request.memories
        for node, used in flow.places.items():
            place = self._places.get((node, WHOLE))
            if place is not None:
                yield place, node.spec.demand(memories) * len(used)
        for link in flow.links:
            for node in (link.first, link.second):
                place = self._places.get((node, link))
                if place is not None:
                    yield place, node.spec.demand(memories)

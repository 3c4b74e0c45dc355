"""What the controller of a budget says to whom, and what a node does when it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from protocols.network.limit import Limit
from protocols.resource.accounts import Account, Pool
from protocols.resource.active_budget import (
    Again,
    BudgetControl,
    Drained,
    Grow,
    NodeLimits,
    Raised,
    Settled,
    Shrink,
)


class Site:
    """A node that keeps what it is asked to send."""

    def __init__(self, name: str, now: int = 0) -> None:
        self.name = name
        self.sim = SimpleNamespace(now=now, trace=object())
        self.takes: dict[type, Callable[..., None]] = {}
        self.sent: list[tuple[str, Any]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []

    def on(self, kind: type, take: Callable[..., None]) -> None:
        self.takes[kind] = take

    def send(self, to: Site, message: Any) -> None:
        self.sent.append((to.name, message))

    def emit(self, event: str, **fields: Any) -> None:
        self.told.append((event, fields))

    def hear(self, message: Any) -> list[tuple[str, Any]]:
        """What it sends on a message."""
        self.sent.clear()
        self.takes[type(message)](self, message)
        return list(self.sent)


def outages(in_play: bool = False) -> Any:
    """Where nothing has been down so far."""
    return SimpleNamespace(in_play=in_play, watch=lambda _: None)


def office(
    levels: Sequence[int], pools: Sequence[range], delay: int, outage: int, *, in_play: bool = False
) -> tuple[Any, BudgetControl]:
    """A controller of accounts a, b, c, ... at 1,000 ps; whether anything may go down."""
    home: Any = Site("home", now=1000)
    sites: list[Any] = [Site(name) for name, _ in zip("abcdef", levels, strict=False)]
    accounts = [Account(site, None, 100) for site in sites]
    shared = [Pool(places, sum(levels[place] for place in places)) for places in pools]
    return home, BudgetControl(home, accounts, shared, levels, delay, outage, outages(in_play))


def test_who_has_too_many_gives_up_and_nobody_grows_before_that() -> None:
    home, control = office([10, 10, 10], [range(3)], delay=70, outage=20)
    control.aim([4, 10, 16])
    # The outage is the last part of the delay: memories go out of service that much before it is over.
    assert home.sent == [("a", Shrink(1, 0, 6, 1050))]
    assert control.moved == 6
    assert home.hear(Drained(1, 0, [(1050, 2), (1300, 4)])) == [("c", Grow(2, 2, [(1070, 2), (1320, 4)]))]
    # Told twice, it is given once.
    assert home.hear(Drained(1, 0, [(1050, 2), (1300, 4)])) == []


def test_who_lacks_most_is_served_first_with_what_comes_free_first() -> None:
    home, control = office([20, 3, 3], [range(3)], delay=0, outage=5)
    control.aim([10, 7, 9])
    assert home.sent == [("a", Shrink(1, 0, 10, 995))]
    # c lacks 6 and b 4. Once c has the first 4, b lacks more; the last 3 are for both.
    assert home.hear(Drained(1, 0, [(2000, 3), (1500, 4), (3000, 3)])) == [
        ("c", Grow(2, 2, [(1505, 4), (3005, 2)])),
        ("b", Grow(3, 1, [(2005, 3), (3005, 1)])),
    ]


def test_what_is_spare_waits_until_somebody_lacks() -> None:
    home, control = office([8, 2], [range(2)], delay=0, outage=0)
    control.aim([5, 2])
    assert home.sent == [("a", Shrink(1, 0, 3, 1000))]
    assert home.hear(Drained(1, 0, [(1000, 3)])) == []
    home.sent.clear()
    control.aim([5, 4])
    assert home.sent == [("b", Grow(2, 1, [(1000, 2)]))]
    home.sent.clear()
    control.aim([5, 5])
    assert home.sent == [("b", Grow(3, 1, [(1000, 1)]))]
    # All is arranged: the same aim again says nothing.
    home.sent.clear()
    control.aim([5, 5])
    assert home.sent == []
    assert control.moved == 3


def test_a_single_memory_moves_too() -> None:
    home, control = office([5, 2], [range(2)], delay=0, outage=0)
    control.aim([4, 3])
    assert home.sent == [("a", Shrink(1, 0, 1, 1000))]
    assert home.hear(Drained(1, 0, [(1000, 1)])) == [("b", Grow(2, 1, [(1000, 1)]))]


def test_a_node_that_asks_again_is_told_what_it_has_not_answered() -> None:
    home, control = office([5, 2], [range(2)], delay=0, outage=0, in_play=True)
    control.aim([4, 3])
    a, b = (account.node for account in control._accounts)
    shrink, grow = Shrink(1, 0, 1, 1000), Grow(2, 1, [(1000, 1)])

    def again(node: Any) -> list[tuple[str, Any]]:
        home.sent.clear()
        home.takes[Again](node, Again())
        return list(home.sent)

    assert again(a) == [("a", Settled(1)), ("a", shrink)]
    assert home.hear(Drained(1, 0, [(1000, 1)])) == [("b", grow)]
    assert again(a) == [("a", Settled(2))]
    assert again(b) == [("b", Settled(2)), ("b", grow)]
    assert home.hear(Raised(2)) == []
    assert again(b) == [("b", Settled(3))]


def test_budgets_are_not_mixed() -> None:
    home, control = office([5, 5, 5, 5], [range(2), range(2, 4)], delay=0, outage=0)
    control.aim([2, 8, 5, 6])
    assert home.sent == [("a", Shrink(1, 0, 3, 1000))]
    assert home.hear(Drained(1, 0, [(1000, 3)])) == [("b", Grow(2, 1, [(1000, 3)]))]


@pytest.mark.parametrize("traced", [True, False])
def test_a_node_shrinks_as_its_promises_end_and_says_when(traced: bool) -> None:
    node: Any = Site("n", now=50)
    controller: Any = Site("home")
    if not traced:
        node.sim.trace = None
    limits = [Limit(9), Limit(4)]
    NodeLimits(node, controller, limits, ["m", "n"], outages())
    limits[1].hold(7, 0, 80, 3, now=0)
    # What is asked for a time that is over counts from now on.
    assert node.hear(Shrink(1, 1, 2, 30)) == [("home", Drained(1, 1, [(50, 1), (81, 1)]))]
    assert [limits[1].level(time) for time in (49, 50, 80, 81)] == [4, 3, 3, 2]
    assert node.hear(Shrink(2, 1, 1, 90)) == [("home", Drained(2, 1, [(90, 1)]))]
    assert node.hear(Grow(3, 1, [(40, 2), (95, 5)])) == []
    assert [limits[1].level(time) for time in (49, 50, 81, 90, 95)] == [4, 5, 4, 3, 8]
    assert limits[0].final == 9
    lowered = [
        ("limit_lowered", {"place": "n", "count": count, "since_ps": since})
        for count, since in ((2, 50), (1, 90))
    ]
    raised = [
        ("limit_raised", {"place": "n", "count": count, "since_ps": since})
        for count, since in ((2, 50), (5, 95))
    ]
    assert node.told == ([*lowered, *raised] if traced else [])

"""A switch: a hub that joins the pairs of any so many of its users into GHZ states, whoever has pairs first.

References:
    Nain, Vardoyan, Guha and Towsley, Proc. ACM Meas. Anal. Comput. Syst. 4, 29 (2020).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit, QubitLost
from protocols.programs.hub_ghz import joined
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.parameters import Param
from qsim.units import to_s


@program("ghz-switch")
def ghz_switch(
    node: ProgramNode,
    *,
    users: Annotated[tuple[str, ...], Role("roles of the users")] = (),
    parties: Annotated[int, Param("users of a state, the first of all that have pairs", ge=2)] = 2,
    keep: Annotated[bool, Param("whether pairs of the others are kept for the next state")] = True,
) -> Generator[Any, Any, dict[str, float]]:
    """Makes one state, and tells every user whether it has a part in it.

    Returns:
        What was waited for: from the first wish to the last pair, what a half waits at the switch for the
        last one in the mean, and whose pair was the last.
    """
    asked = node.now
    stock: dict[str, list[Qubit]] = node.kept.setdefault("stock", {user: [] for user in users})
    ready = _ready(stock)
    while len(ready) < parties:
        user, half = yield from node.epr_any(*users)
        stock[user].append(half)
        ready = _ready(stock)
    waited = node.now - asked
    chosen = sorted(ready, key=lambda user: stock[user][0].since)[:parties]
    halves = [stock[user].pop(0) for user in chosen]
    came = [to_s(half.since) for half in halves]
    left = dict.fromkeys(users, 0)
    if not keep:
        for user in users:
            left[user] = len(stock[user])
            for half in stock[user]:
                node.release(half)
            stock[user].clear()
    flips = [0]
    for half in halves[1:]:
        flips += ((yield from joined(node, halves[0], half)),)
    phase = yield from node.measure(halves[0], "x")
    corrections = {user: (0, flip) for user, flip in zip(chosen, flips, strict=True)}
    corrections[chosen[0]] = (phase, 0)
    for user in users:
        node.send(user, (corrections.get(user), left[user]))
    return {
        "waiting time [s]": waited,
        "storage at the hub [s]": max(came) - sum(came) / parties,
        **{f"waited for {user}": float(user == chosen[-1]) for user in users},
    }


def _ready(stock: dict[str, list[Qubit]]) -> list[str]:
    """The users with a pair at hand; those that have been given up meanwhile are forgotten."""
    for user, halves in stock.items():
        stock[user] = [half for half in halves if half.held]
    return [user for user, halves in stock.items() if halves]


@program("ghz-switch-user")
def ghz_switch_user(
    node: ProgramNode, *, hub: Annotated[str, Role("role of the switch")] = "hub"
) -> Generator[Any, Any, Qubit | None]:
    """Waits for the word of the switch; returns a qubit of the state if it has a part in it."""
    bits, left = yield from node.receive(hub)
    half = None
    if bits is not None:
        half = yield from _next_half(node, hub)
        yield from node.correct(half, bits)
    for _ in range(left):
        node.release((yield from _next_half(node, hub)))
    return half


def _next_half(node: ProgramNode, hub: str) -> Generator[Any, Any, Qubit]:
    """The next half that has not been given up."""
    while True:
        try:
            half: Qubit = yield from node.epr(hub)
        except QubitLost:
            continue
        return half

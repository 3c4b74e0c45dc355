"""Whether classical messages reach a controller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsim.model.check_context import CheckContext


def out_of_touch(context: CheckContext, home: str, names: Iterable[str]) -> Iterator[str]:
    """One sentence where some of these nodes have neither fibre nor a stated delay to a controller.

    Args:
        context: the scenario.
        home: the node of the controller.
        names: the nodes that it has to hear of.
    """
    reached = _in_touch(context, home)
    apart = [name for name in names if name not in reached]
    if apart:
        yield f"'{home}' hears nothing of {', '.join(apart)}: no fibre and no channel leads there"


def _in_touch(context: CheckContext, home: str) -> set[str]:
    """The nodes from which classical messages reach a node, itself included."""
    beside: dict[str, set[str]] = {name: set() for name in context.nodes}
    for link in context.links:
        a, b = link.between
        beside[a].add(b)
        beside[b].add(a)
    reached, left = {home}, [home]
    while left:
        new = beside[left.pop()] - reached
        reached |= new
        left += new
    classical = context.classical
    told = {name for channel in classical.channels if home in channel.between for name in channel.between}
    for table in (classical.one_way, classical.round_trip):
        told |= set(table.nodes) if table is not None and home in table.nodes else set()
    return reached | told

"""The table of an allocation: limits of memories and the offered load in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.model.rows import Cell, Row
from qsim.registry import register


@register("table", "allocation")
@dataclass(frozen=True, slots=True)
class AllocationRow(Row):
    """What a node, or a node for one of its links, could promise in one epoch, and what was asked of it."""

    start_s: Annotated[float, Cell("when the epoch began", "s")]
    end_s: Annotated[float, Cell("when it ended", "s")]
    node: Annotated[str, Cell("name of the node")]
    link: Annotated[str, Cell("link that the memories are for; empty for all links of the node")]
    limit: Annotated[
        float, Cell("most memories that could be promised at once, its mean over the epoch", "1")
    ]
    offered: Annotated[
        float,
        Cell("memories that requests wanted for windows in the epoch, refused ones included, its mean", "1"),
    ]

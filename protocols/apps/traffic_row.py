"""The table of open traffic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.model.rows import Cell, Row
from qsim.registry import register


@register("table", "traffic")
@dataclass(frozen=True, slots=True)
class TrafficRow(Row):
    """What became of the requests between two ends that arrived after the warm-up."""

    source: Annotated[str, Cell("the application, as in the table of metrics")]
    initiator: Annotated[str, Cell("names of the two ends")]
    responder: Annotated[str, Cell("names of the two ends")]
    offered: Annotated[int, Cell("requests that arrived", "1")]
    accepted: Annotated[int, Cell("those for which memories were reserved", "1")]
    refused: Annotated[int, Cell("refusals, of which one request may have several", "1")]
    blocked: Annotated[int, Cell("requests turned away for good", "1")]
    expired: Annotated[int, Cell("requests whose patience ended first", "1")]
    undecided: Annotated[int, Cell("requests of which it was not known when the run ended", "1")]
    completed: Annotated[int, Cell("accepted ones served to their end, or with all the pairs wanted", "1")]
    short: Annotated[int, Cell("accepted ones whose window ended before they had the pairs wanted", "1")]
    failed: Annotated[int, Cell("accepted ones that a fault has ended", "1")]
    pairs: Annotated[int, Cell("pairs delivered to those that are over", "1")]
    wait_mean_s: Annotated[
        float | None, Cell("mean time from arrival to window of the accepted; None without any", "s")
    ]

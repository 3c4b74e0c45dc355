"""The table of availability: elements that could go down, and flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.model.rows import Cell, Row
from qsim.registry import register


@register("table", "availability")
@dataclass(frozen=True, slots=True)
class AvailabilityRow(Row):
    """How available something was that could go down, or the flows between two nodes."""

    kind: Annotated[
        str,
        Cell(
            '"link", "node", "bank", "channel", "network" for all of them together, or "flow" for the '
            "requests between two nodes"
        ),
    ]
    element: Annotated[str, Cell("its name")]
    outages: Annotated[int, Cell("how often it went down", "1")]
    down_s: Annotated[
        float,
        Cell("how long it was down; of requests, for how long of their windows they were not served", "s"),
    ]
    availability: Annotated[
        float | None, Cell("share of the run, or of the windows of requests, for which it was not", "1")
    ]
    low: Annotated[
        float | None,
        Cell("lower end of the 95 % confidence interval of it; None below two outages that are over", "1"),
    ] = None
    high: Annotated[float | None, Cell("upper end of that interval", "1")] = None
    mean_up_s: Annotated[float | None, Cell("mean time from coming up to going down", "s")] = None
    mean_down_s: Annotated[float | None, Cell("mean time from going down to coming up", "s")] = None

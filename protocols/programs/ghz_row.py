"""The table of requests for GHZ states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.model.rows import Cell, Row
from qsim.registry import register


@register("table", "ghz-requests")
@dataclass(frozen=True, slots=True)
class GhzRow(Row):
    """One request for GHZ states."""

    hub: Annotated[str, Cell("node that joins the pairs")]
    users: Annotated[tuple[str, ...], Cell("nodes that hold the states")]
    states: Annotated[int, Cell("states made: all users have corrected their qubits", "1")]
    wanted: Annotated[int | None, Cell("states asked for; None for as many as the run gives", "1")]
    rate_hz: Annotated[float | None, Cell("states a second, up to the last; None without any", "Hz")]
    fidelity_mean: Annotated[
        float | None, Cell("mean fidelity, every qubit as of its own use; None without any", "1")
    ]
    wait_mean_s: Annotated[
        float | None, Cell("mean time from the hub's wish to its last pair; None without any", "s")
    ]
    storage_mean_s: Annotated[
        float | None, Cell("mean time that a half waits at the hub for the last; None without any", "s")
    ]
    waited_for: Annotated[str, Cell("user whose pair was the last most often; empty without any")]
    lost: Annotated[int, Cell("states begun and lost with a half that was given up", "1")]
    status: Annotated[str, Cell('"completed" with all states that were asked for, "open", or "refused"')]

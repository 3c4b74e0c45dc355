"""What one run gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from qsim.results.rows import FlowRow, LinkRow, MemoryRow, PairRow, Stall

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run of a scenario.

    Attributes:
        name: the scenario's name.
        seed: root seed.
        simulated_s: simulated time covered.
        wall_s: wall-clock seconds of the event loop.
        cpu_s: CPU seconds of the event loop.
        setup_s: wall-clock seconds to build the network.
        events: kernel events run.
        flows: reservations served to their end, grouped by initiator in node order, then by start.
        unfinished: reservations still open when the run ended.
        completed: number of `flows`.
        rejected: reservation attempts that were turned down.
        links: one row a link.
        memories: one row a node.
        pairs: delivered pairs, when the run records them.
        stalls: requests that could no longer progress.
        interrupted: whether the run was stopped before its time.
        document: the scenario's document.
    """

    name: str
    seed: int
    simulated_s: float
    wall_s: float
    cpu_s: float
    setup_s: float
    events: int
    flows: tuple[FlowRow, ...]
    unfinished: tuple[FlowRow, ...]
    rejected: int
    links: tuple[LinkRow, ...]
    memories: tuple[MemoryRow, ...]
    pairs: tuple[PairRow, ...] = ()
    stalls: tuple[Stall, ...] = ()
    interrupted: bool = False
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def completed(self) -> int:
        """Reservations served to their end."""
        return len(self.flows)

"""Recording: what a run leaves behind, as rows."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from protocols.flow import ErrorSums
from protocols.runtime.pair_log import PairLog
from qsim.analytic.qkd import pair_fraction
from qsim.model.rows import FlowRow, LinkRow, MemoryRow, PairRow, Stall
from qsim.units import PS_PER_S, to_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.faults.hits import Hit
    from protocols.flow import Flow
    from qsim.quantum.pair import EntangledPair


class Recorder:
    """Collects flows and, if wanted, every delivered pair.

    Args:
        record_pairs: whether to keep a row for every delivered pair.
        error_rates: whether to tell what key the pairs of each flow give.

    Attributes:
        flows: accepted flows, in the order of acceptance.
        stalls: flows found unable to progress.
    """

    def __init__(self, record_pairs: bool, error_rates: bool = False) -> None:
        self._error_rates = error_rates
        self._pairs = PairLog() if record_pairs else None
        self.flows: list[Flow] = []
        self.stalls: list[Stall] = []
        # What a reader of the figures should know: the first note of each kind, and how many there were.
        self._notes: dict[Hashable, tuple[str, int]] = {}

    @property
    def notes(self) -> list[str]:
        """What a reader of the figures should know; notes alike are told once, with their number."""
        return [
            text if times == 1 else f"{text} (and {times - 1} more like it)"
            for text, times in self._notes.values()
        ]

    def note(self, text: str, like: Hashable = None) -> None:
        """Keep a sentence; `like` says which others it stands for, left out those of the same text."""
        first, times = self._notes.get(text if like is None else like, (text, 0))
        self._notes[text if like is None else like] = first, times + 1

    def accepted(self, flow: Flow) -> None:
        """A flow has been accepted."""
        if self._error_rates:
            flow.errors = ErrorSums()
        self.flows.append(flow)

    def delivered(self, flow: Flow, pair: EntangledPair, fidelity: float, used: tuple[int, int]) -> None:
        """Both ends of a flow, the initiator and the responder, have used a pair, at these times in ps."""
        request = flow.request
        if request.initiator.sim.trace is not None:
            later = request.responder if used[1] > used[0] else request.initiator
            later.emit("pair_delivered", pair=pair.id, flow=flow.id, fidelity=fidelity)
        if self._pairs is not None:
            self._pairs.add(flow.id, used, fidelity, pair.born)

    def flow_rows(
        self, now: int, hit: Callable[[Flow], Hit | None]
    ) -> tuple[tuple[FlowRow, ...], tuple[FlowRow, ...], Sequence[PairRow]]:
        """Rows of the flows that are over, of those still open, and of the recorded pairs.

        Flows are grouped by initiator in node order, then in the order of their windows. A pair's row points
        to its flow's place in the two lists of flows taken together. `hit` tells what has hit a flow.
        """
        ordered = sorted(
            self.flows, key=lambda flow: (flow.request.initiator.index, flow.request.start, flow.id)
        )
        over = [flow for flow in ordered if flow.over(now)]
        still_open = [flow for flow in ordered if not flow.over(now)]
        place = {flow.id: index for index, flow in enumerate(over + still_open)}
        return (
            tuple(flow_row(flow, now, hit(flow)) for flow in over),
            tuple(flow_row(flow, now, hit(flow)) for flow in still_open),
            self._pairs.table(place) if self._pairs is not None else (),
        )


def flow_row(flow: Flow, now: int, hit: Hit | None = None) -> FlowRow:
    """The row of one flow as of a time in picoseconds, and what has hit it where anything could."""
    request = flow.request
    # What ends before its window begins has an empty one.
    end = request.end if flow.closed is None else max(flow.closed, request.start)
    served = max(0, min(end, now) - request.start)
    waited = None if flow.last_delivery is None else flow.last_delivery - request.start
    rate = flow.pairs / to_s(served) if served else 0.0
    row = FlowRow(
        initiator=request.initiator.name,
        responder=request.responder.name,
        path=tuple(node.name for node in flow.path),
        start_s=to_s(request.start),
        end_s=to_s(end),
        memories=request.memories,
        target_fidelity=request.fidelity,
        wait_s=to_s(request.start - request.wanted),
        pairs=flow.pairs,
        throughput_hz=rate,
        fidelity_mean=flow.fidelity_sum / flow.pairs if flow.pairs else None,
        latency_mean_s=None if waited is None else to_s(waited) / flow.pairs,
        status=_status(flow, now),
        wanted=request.pairs,
        fault=None if flow.fault is None else str(flow.fault),
        hit_by=None if hit is None else ", ".join(map(str, hit.elements)),
        down_s=None if hit is None else to_s(hit.down_ps(min(end, now))),
    )
    if flow.errors is None or not flow.pairs:
        return row
    # Rounding may take a sum of probabilities a hair out of [0, 1].
    error_z, error_x = (min(1.0, max(0.0, total / flow.pairs)) for total in (flow.errors.z, flow.errors.x))
    fraction = pair_fraction(error_z, error_x)
    return replace(row, error_z=error_z, error_x=error_x, key_fraction=fraction, key_rate_hz=fraction * rate)


def _status(flow: Flow, now: int) -> str:
    """How a flow has ended, if it has."""
    if flow.fault is not None:
        return "failed"
    if flow.stalled:
        return "stalled"
    if not flow.over(now):
        return "open"
    lacking = flow.request.pairs is not None and not flow.satisfied
    return "short" if lacking else "completed"


def link_rows(links: Iterable[Link], under_way: Mapping[Link, int]) -> Iterator[LinkRow]:
    """The rows of links; `under_way` are attempts of the memories at work, which they do not count yet."""
    # Most links of a large network are alike.
    known: dict[int, tuple[float, float]] = {}
    for link in links:
        wait, worked = link.mean_wait_ps, link.worked
        stated = known.get(id(worked))
        if stated is None:
            stated = known[id(worked)] = float(worked.profile.success), worked.state.fidelity()
        yield LinkRow(
            link=link.name,
            a=link.first.name,
            b=link.second.name,
            length_m=link.length,
            attempts=link.attempts + under_way.get(link, 0),
            heralds=link.heralds,
            mean_wait_s=None if wait is None else wait / PS_PER_S,
            success_probability=stated[0],
            fidelity=stated[1],
        )


def memory_row(node: QuantumNode, now: int, reserved_ps: int) -> MemoryRow:
    """The row of one node as of a time in picoseconds; `reserved_ps` is the memory-time reserved so far."""
    entangled = sum(
        memory.entangled_ps + (now if memory.pair_id else 0) for memory in node.memories.made.values()
    )
    available = now * len(node.memories)
    return MemoryRow(
        node=node.name,
        memories=len(node.memories),
        utilisation=reserved_ps / available if available else 0.0,
        entangled=entangled / available if available else 0.0,
        expired=node.expired,
    )

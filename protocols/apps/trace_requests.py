"""Traffic from a trace: requests that arrive at recorded times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from protocols.apps.demand import DemandedPairs
from protocols.apps.open_runner import Arrival
from protocols.apps.open_traffic import OpenTraffic, values_of
from protocols.flow import Request
from qsim.documents.csv_table import read_csv
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, Param, declarations
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext

#: Requests of a trace of which `check` and the estimate of a run's size look at each; more are sampled.
_LOOKED_AT: Final = 64
#: Columns of a trace, with their units.
_COLUMNS: Final = {
    "time": "s",
    "initiator": "",
    "responder": "",
    "memories": "1",
    "pairs": "1",
    "duration": "s",
    "fidelity": "1",
}


@dataclass(frozen=True)
class TraceColumns(Declared):
    """The columns of a trace, all of one length."""

    time: Annotated[tuple[float, ...], Param("when each request arrives", unit="s", ge=0)] = ()
    initiator: Annotated[tuple[str, ...] | None, Param("node that asks")] = None
    responder: Annotated[tuple[str, ...] | None, Param("node at the other end")] = None
    memories: Annotated[tuple[int, ...] | None, Param("memories at each end", ge=1)] = None
    pairs: Annotated[tuple[int, ...] | None, Param("pairs wanted", ge=1)] = None
    duration: Annotated[tuple[float, ...] | None, Param("length of the window", unit="s", gt=0, le=1e12)] = (
        None
    )
    fidelity: Annotated[tuple[float, ...] | None, Param("least fidelity of a pair", ge=0, le=1)] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        for declared in declarations(type(self)):
            column = getattr(self, declared.name)
            if column is not None and len(column) != len(self.time):
                raise ParameterError(
                    f"`TraceColumns.{declared.name}` must have one for each of {len(self.time)} times, got "
                    f"{len(column)}"
                )
        if (self.initiator is None) != (self.responder is None):
            raise ParameterError("`initiator` and `responder` come together, or both from `demand`")


@register("app", "trace-requests")
@dataclass(frozen=True)
class TraceRequestsApp(OpenTraffic):
    """Requests arrive at the times of a CSV file, whatever is served; one entry for the whole network.

    The file has a column ``time`` and may have ``initiator`` and ``responder``, ``memories``, ``pairs``,
    ``duration`` and ``fidelity``. What it does not have follows the laws of this entry.
    """

    path: Annotated[str | None, Param("the file, relative to the scenario file")] = None
    trace: Annotated[TraceColumns | None, Param("the columns, in place of a file")] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if (self.path is None) == (self.trace is None):
            raise ParameterError("requests come from a `path` or from the columns of a `trace`")

    def with_files(self, base: Path | None) -> Self:
        """With the columns of the file in its place.

        Raises:
            NetworkError: the file cannot be read or is no such table.
            LimitError: it lies outside the folder `base` and those that may be read.
        """
        whole = super().with_files(base)
        return whole if self.path is None else replace(whole, path=None, trace=_read(self.path, base))

    def arrivals(self, network: Network) -> Iterator[Arrival]:
        """The arrivals of the trace by time, what it leaves open drawn in the order of its rows."""
        yield from sorted(self._rows(network), key=lambda arrival: arrival.time)

    def expected(self, horizon: float) -> float:
        return sum(time < horizon for time in self._trace.time)

    @property
    def stated(self) -> frozenset[str]:
        return frozenset(name for name in _COLUMNS if getattr(self._trace, name) is not None)

    def samples(self, context: CheckContext) -> Sequence[tuple[str, str]]:
        trace = self._trace
        if trace.initiator is None or trace.responder is None:
            return super().samples(context)
        ends = list(dict.fromkeys(zip(trace.initiator, trace.responder, strict=True)))
        known = [pair for pair in ends if all(name in context.nodes for name in pair) and pair[0] != pair[1]]
        return [pair for pair in known[:_LOOKED_AT] if context.connected(*pair)]

    def workload(self, network: Network) -> Iterator[Request]:
        """Some of the requests, each standing for several."""
        rows = list(self._rows(network))
        each = max(1, len(rows) // _LOOKED_AT)
        for arrival in rows[::each]:
            ends = network.node(arrival.initiator), network.node(arrival.responder)
            window = network.horizon if arrival.duration is None else to_ps(arrival.duration) * each
            total = None if arrival.pairs is None else arrival.pairs * each
            yield Request(*ends, 0, window, arrival.memories, 0.0, total, 0)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        trace = self._trace
        for key, names in (("initiator", trace.initiator), ("responder", trace.responder)):
            for name in dict.fromkeys(names or ()):
                if name not in context.nodes:
                    yield f"trace.{key}", f"unknown node '{name}'{nearest(name, context.nodes)}"
                elif not context.nodes[name].count:
                    yield f"trace.{key}", f"'{name}' has no memories to hold entanglement in"
        ends = dict.fromkeys(zip(trace.initiator or (), trace.responder or (), strict=True))
        for a, b in ends:
            if a == b:
                yield "trace.responder", f"must differ from the initiator, got '{a}' for both"
            elif a in context.nodes and b in context.nodes and not context.connected(a, b):
                yield "trace.responder", f"there is no path from '{a}' to '{b}'"
        if self.demand is not None and "initiator" in self.stated:
            yield (
                "demand",
                "stands beside a trace that names initiators and responders; leave one of them out",
            )
        if not any(time < context.run.duration for time in trace.time):
            yield "", f"no request arrives before the run ends at {context.run.duration:g} s"
        yield from super().check(context)

    @property
    def _trace(self) -> TraceColumns:
        return self.trace or TraceColumns()

    def _rows(self, network: Network) -> Iterator[Arrival]:
        trace = self._trace
        ends: Iterable[tuple[str, str]]
        if trace.initiator is not None and trace.responder is not None:
            ends = zip(trace.initiator, trace.responder, strict=True)
        else:
            demanded, stream = DemandedPairs(self.asked, network), network.sim.stream(f"{self.title}/ends")
            ends = (demanded.at(stream.random()) for _ in trace.time)
        stated: Any = (trace.memories, trace.pairs, trace.duration, trace.fidelity)
        for row, (time, (initiator, responder), laws) in enumerate(
            zip(trace.time, ends, values_of(self, network), strict=False)
        ):
            values: list[Any] = [
                law if column is None else column[row] for column, law in zip(stated, laws, strict=True)
            ]
            yield Arrival(to_ps(time), initiator, responder, *values)


def _read(path: str, base: Path | None) -> TraceColumns:
    table = read_csv(path, base, _COLUMNS, ("time",))
    read: dict[str, Any] = {"time": table.numbers("time", ge=0)}
    for key in ("initiator", "responder"):
        if key in table:
            read[key] = table.texts(key)
    for key in ("memories", "pairs"):
        if key in table:
            read[key] = table.whole(key, ge=1)
    if "duration" in table:
        read["duration"] = table.numbers("duration", gt=0, le=1e12)
    if "fidelity" in table:
        read["fidelity"] = table.numbers("fidelity", ge=0, le=1)
    return TraceColumns(**read)

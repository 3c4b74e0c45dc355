"""Open traffic: requests that arrive whatever is served, and what becomes of them.

All that is drawn of an arrival (when, between whom, how large) comes from streams of its own that nothing
else draws from, in the order of the arrivals, so that two runs with one seed are offered the same requests
whatever their protocols make of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from protocols.apps.demand import Demand, DemandedPairs, UniformDemand, taking_part
from protocols.apps.open_runner import Arrival, OpenTrafficRunner
from protocols.apps.request import RequestApp
from protocols.apps.request_laws import CountLaw, DurationLaw, FidelityLaw, drawn, least_of, mean_of
from protocols.flow import Request
from qsim import limits, registry
from qsim.errors import LimitError
from qsim.parameters import Declared, OfKind, Param, held
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext

_T = TypeVar("_T")

#: Pairs of a demand of which `check` and the estimate of a run's size look at each; more are sampled.
_LOOKED_AT = 16


@dataclass(frozen=True)
class OpenTraffic(Declared):
    """What all sorts of open traffic have in common; one entry speaks for the whole network."""

    demand: Annotated[
        Any | None,
        OfKind(
            "demand",
            "between which nodes requests are, and how often; left out, between all nodes alike",
            usual="uniform",
        ),
    ] = None
    memories: Annotated[
        int | CountLaw, Param("memories at each end, a number or a law; independent of the node's own", ge=1)
    ] = 1
    pairs: Annotated[
        int | CountLaw | None,
        Param("pairs wanted, a number or a law; left out, as many as the window gives", ge=1),
    ] = None
    duration: Annotated[
        float | DurationLaw | None,
        Param(
            "length of the window, a quantity or a law; left out, until the request has its pairs",
            unit="s",
            gt=0,
            le=1e12,
        ),
    ] = None
    fidelity: Annotated[
        float | FidelityLaw, Param("least fidelity of a delivered pair, a number or a law", ge=0, le=1)
    ] = 0.0
    retry: Annotated[
        float | None,
        Param("time after a refusal at which to ask again; left out, a refused request goes", unit="s", gt=0),
    ] = None
    queue: Annotated[
        int | None,
        Param(
            "most requests that wait in line for each initiator and responder, first come, first served; the "
            "first of a line also asks again when a flow ends. Left out, nobody stands in line",
            ge=1,
        ),
    ] = None
    patience: Annotated[
        float | None,
        Param("time after its arrival at which a request that was refused gives up", unit="s", ge=0),
    ] = None
    warm_up: Annotated[
        float,
        Param("requests that arrive before are served and not counted in the metrics", unit="s", ge=0),
    ] = 0.0
    name: Annotated[
        str, Param("of the metrics and random streams; left out, the kind of the application")
    ] = ""

    def arrivals(self, network: Network) -> Iterator[Arrival]:
        """The requests, in the order in which they come."""
        raise NotImplementedError

    def expected(self, horizon: float) -> float:
        """About how many requests arrive in a run of so many seconds."""
        raise NotImplementedError

    @property
    def stated(self) -> frozenset[str]:
        """What is stated of each request, and follows no law."""
        return frozenset()

    @property
    def asked(self) -> Demand:
        """Between which nodes requests are drawn."""
        asked: Demand = UniformDemand() if self.demand is None else self.demand
        return asked

    @property
    def title(self) -> str:
        """What metrics and streams are named by."""
        return self.name or registry.name_of(type(self))

    def install(self, network: Network) -> OpenTrafficRunner:
        return OpenTrafficRunner(network, self)

    def with_files(self, base: Path | None) -> Self:
        """With the contents of the files that its parts name in their place."""
        parts = {name: getattr(self, name) for name in held(type(self))}
        read = {name: part.with_files(base) for name, part in parts.items() if hasattr(part, "with_files")}
        return replace(self, **read) if read else self

    def workload(self, network: Network) -> Iterator[Request]:
        """Requests that make about as many events as all that will come."""
        looked_at = _some(DemandedPairs(self.asked, network).pairs)
        horizon, memories = to_s(network.horizon), mean_of(self.memories)
        each = horizon if self.duration is None else min(mean_of(self.duration), horizon)
        arrivals = self.expected(horizon) / max(1, len(looked_at))
        for ends in looked_at:
            initiator, responder = map(network.node, ends)
            held_at_once = min(arrivals * each / horizon, max(1.0, len(initiator.memories) / memories))
            window = to_ps(horizon * min(1.0, held_at_once))
            wanted = max(1, round(memories * max(1.0, held_at_once)))
            total = None if self.pairs is None else max(1, round(arrivals * mean_of(self.pairs)))
            yield Request(initiator, responder, 0, window, wanted, 0.0, total, 0)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        ends = (self.duration, self.pairs) != (None, None) or not self.stated.isdisjoint(
            ("duration", "pairs")
        )
        if not ends:
            yield "duration", "is missing, and so is `pairs`: no request would ever end"
        if self.queue is not None and self.retry is None:
            yield (
                "queue",
                "needs `retry` beside it: requests that meet half-way refuse each other, and then no end of "
                "a flow calls those who wait",
            )
        if self.patience is not None and self.retry is None:
            yield "patience", "needs `retry` beside it: without it a refused request goes at once"
        if self.warm_up and self.warm_up >= context.run.duration:
            end = f"{context.run.duration:g} s"
            yield "warm_up", f"must end before the run does at {end}, got {self.warm_up:g} s"
        titles = [app.title for app in context.traffic if isinstance(app, OpenTraffic)]
        if titles.count(self.title) > 1:
            yield "name", f"several entries of `traffic` are named '{self.title}': give each its own `name`"
        arrivals = self.expected(context.run.duration)
        try:
            limits.current().check(events=int(min(arrivals, 1e300)))
        except LimitError as error:
            yield "", f"about {arrivals:.3g} requests would arrive: {error}"
        if self.demand is None and "initiator" not in self.stated:
            yield from (("demand", message) for _, message in UniformDemand().check(context))
        yield from self._never_served(context)

    def samples(self, context: CheckContext) -> Sequence[tuple[str, str]]:
        """Some pairs of ends that are asked for."""
        named = self.asked.named()
        if any(name not in context.nodes for name in named or ()):
            return ()
        having = [name for name in context.nodes if context.nodes[name].count]
        names = _some(taking_part(self.asked, having))
        return [(a, b) for a, b in pairwise(names) if context.connected(a, b)]

    def _never_served(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """What stands in the way of even the smallest request between some pairs of ends."""
        least, fidelity = int(least_of(self.memories)), float(least_of(self.fidelity))
        told = set()
        for initiator, responder in self.samples(context):
            smallest = RequestApp(initiator, responder, memories=least, fidelity=fidelity)
            for key, message in smallest.check(context):
                if key in ("memories", "fidelity") and key not in told:
                    told.add(key)
                    yield key, f"between '{initiator}' and '{responder}': {message}"


def _some(things: Sequence[_T]) -> Sequence[_T]:
    """A few of many."""
    return things[:: max(1, len(things) // _LOOKED_AT)]


def values_of(laws: OpenTraffic, network: Network) -> Iterator[tuple[int, int | None, float | None, float]]:
    """Memories, pairs, duration and fidelity of one request after the other, from a stream for each."""
    streams = {
        key: network.sim.stream(f"{laws.title}/{key}")
        for key in ("memories", "pairs", "duration", "fidelity")
    }
    while True:
        yield (
            int(drawn(laws.memories, streams["memories"])),
            None if laws.pairs is None else int(drawn(laws.pairs, streams["pairs"])),
            None if laws.duration is None else drawn(laws.duration, streams["duration"]),
            float(drawn(laws.fidelity, streams["fidelity"])),
        )

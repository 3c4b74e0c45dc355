"""Key distribution over an untrusted station: two nodes send pulses, a third says which of them counted.

Example::

    traffic:
      - kind: mdi
        initiator: alice
        responder: bob
        station: charlie
        source: {kind: mdi-polarisation, lengths: [10 km, 10 km]}
        block: 1e10
        finite: false
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from protocols.apps.block_runner import BlockRunner
from protocols.apps.own_fibre import laid, other_way, unsaid
from protocols.qkd.key_delivery import shared
from protocols.qkd.station_sessions import StationAnalysis, StationSessions
from protocols.qkd.terms import KeyTerms
from qsim.errors import nearest
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext


@dataclass(frozen=True)
class StationLink(Declared):
    """Where pulses meet."""

    initiator: Annotated[str, Param("node of the first transmitter")]
    responder: Annotated[str, Param("node of the second transmitter")]
    station: Annotated[str, Param("node of the station")]
    source: Annotated[Any, OfKind("mdi-station", "both transmitters, fibres and the station")]


@register("app", "mdi")
@dataclass(frozen=True)
class MdiApp(KeyTerms, StationLink):
    """Makes keys that do not hang on detectors: the station may be anybody's.

    The analysis is asymptotic, of a signal, a decoy and the vacuum at either end. Light takes to the station
    what a classical message takes.
    """

    block: Annotated[float, Param("slots of one session", ge=1, le=1e15)] = 1e10
    sessions: Annotated[int | None, Param("how many sessions; left out, until the end of the run", ge=1)] = (
        None
    )

    @property
    def ways(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The ends of the ways of light: either transmitter and the station."""
        return (self.initiator, self.station), (self.responder, self.station)

    def install(self, network: Network) -> MdiRunner:
        return MdiRunner(network, self)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        places = {"initiator": self.initiator, "responder": self.responder, "station": self.station}
        for key, name in places.items():
            if name not in context.nodes:
                yield key, f"unknown node '{name}'{nearest(name, context.nodes)}"
        if len(set(places.values())) < len(places):
            yield "station", "initiator, responder and station must be three nodes"
        yield from unsaid(self.source, context, *self.ways)
        if self.finite:
            yield "finite", "error rates over a station are taken for exact: say `finite: false`"
        photons = self.source.intensities
        if len(photons) != 3 or not photons[0] > photons[1] > photons[2] == 0:
            yield (
                "source",
                f"the analysis takes a signal, a weaker decoy and 0, got {', '.join(map(str, photons))}",
            )
        if self.block * self.source.slot_period_s > context.run.duration:
            most = context.run.duration / self.source.slot_period_s
            yield "block", f"its slots must end before the run does: at most {most:.3g}, got {self.block:g}"


class MdiRunner(BlockRunner):
    """A `MdiApp` at work.

    Attributes:
        sessions: its sessions; the initiator is the keeper.
    """

    sessions: StationSessions

    def __init__(self, network: Network, parameters: MdiApp) -> None:
        ends = network.node(parameters.initiator), network.node(parameters.responder)
        station = network.node(parameters.station)
        label = f"mdi {ends[0].name}-{ends[1].name}"
        # The block is known at the responder when its last slot has been announced there.
        news = max(end.delay_to(station) for end in ends) + station.delay_to(ends[1])
        source = laid(parameters.source, network.scenario.links, *parameters.ways)
        self.parameters = parameters = replace(parameters, source=source)
        super().__init__(network, parameters, label, news)
        signal, weak, vacuum = parameters.source.intensities
        self.sessions = StationSessions(
            self.sim,
            label,
            ends,
            parameters.rules(StationAnalysis((signal, weak, vacuum))),
            shared(network.context.keys, ends, label, parameters.share),
            network.note,
            network.stop_if_done,
        )
        lengths = getattr(parameters.source, "lengths", (0.0, 0.0))
        for place, (end, length) in enumerate(zip(ends, lengths, strict=True)):
            between = f"from '{end.name}' to '{station.name}'"
            for remark in other_way(
                parameters.source, length, f"lengths[{place}]", end.delay_to(station), between
            ):
                network.note(f"{label}: {remark}")
        self.begin(0)

    def known(self, sent: int) -> None:
        block = self.parameters.source.block(self._slots, self._rng)
        self.begin(sent + self._lasts)
        self.sessions.announced(sent, block)

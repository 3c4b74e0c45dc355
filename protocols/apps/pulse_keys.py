"""Key distribution by pulses over fibre of its own: a transmitter at one node, a receiver at another.

Example::

    traffic:
      - kind: bb84
        initiator: alice
        responder: bob
        source: {kind: bb84-polarisation}
        block: 1e9
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from hardware.optics.entangled_keys import EntangledKeys
from protocols.apps.block_runner import BlockRunner
from protocols.apps.own_fibre import laid, other_way, unsaid
from protocols.qkd.key_delivery import shared
from protocols.qkd.pulse_sessions import PulseSessions, Received
from protocols.qkd.security import PairAnalysis, pulse_analysis
from protocols.qkd.terms import KeyTerms
from qsim.errors import NoRouteError, nearest
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    import numpy as np

    from hardware.optics.raw_block import RawBlock
    from hardware.optics.walk import Walk
    from protocols.apps.base import Network
    from protocols.qkd.counts import Analysis
    from qsim.model.check_context import CheckContext


@dataclass(frozen=True)
class PulseLink(Declared):
    """Where pulses go."""

    initiator: Annotated[str, Param("node of the transmitter")]
    responder: Annotated[str, Param("node of the receiver")]
    source: Annotated[Any, OfKind("key-source", "transmitter, fibre and receiver")]


@dataclass(frozen=True)
class PulseKeys(KeyTerms, PulseLink):
    """What every application says that makes keys of pulses."""

    #: What it is called in labels, ahead of the names of its ends.
    protocol: ClassVar[str]
    #: Its sessions.
    rounds: ClassVar[type[PulseSessions]] = PulseSessions

    block: Annotated[float, Param("slots of one session", ge=1, le=1e15)] = 1e9
    start: Annotated[float, Param("when the first slot is sent", unit="s", ge=0)] = 0.0
    sessions: Annotated[int | None, Param("how many sessions; left out, until the end of the run", ge=1)] = (
        None
    )

    @abstractmethod
    def analysis(self) -> Analysis:
        """What the counts of a block tell."""

    @abstractmethod
    def received(self, block: RawBlock, stream: Callable[[str], np.random.Generator]) -> Received:
        """What the sessions make a key of, from what a source has sent.

        Args:
            block: of the source.
            stream: gives the stream of random numbers of a use, named by one word.
        """

    @abstractmethod
    def source_faults(self) -> Iterable[tuple[str, str]]:
        """What makes the source one whose pulses give no key here."""

    def install(self, network: Network) -> PulseRunner:
        return PulseRunner(network, self)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        ends = {"initiator": self.initiator, "responder": self.responder}
        for key, name in ends.items():
            if name not in context.nodes:
                yield key, f"unknown node '{name}'{nearest(name, context.nodes)}"
        if self.initiator == self.responder:
            yield "responder", f"must differ from the initiator, got '{self.responder}' for both"
        yield from self.source_faults()
        yield from unsaid(self.source, context, (self.initiator, self.responder))
        lasts = self.start + self.block * self.source.slot_period_s
        if lasts > context.run.duration:
            yield (
                "block",
                f"its slots must end before the run does at {context.run.duration:g} s, which leaves "
                f"{max(0.0, context.run.duration - self.start) / self.source.slot_period_s:.3g} of them, got "
                f"{self.block:g}",
            )


@register("app", "bb84")
@dataclass(frozen=True)
class BB84App(PulseKeys):
    """Makes keys of weak pulses: bits in the basis Z make the key, those in X are compared.

    One intensity is plain BB84, whose pulses of several photons all count as read; three are a signal and two
    decoys. Light takes from the initiator to the responder what a classical message takes. Polarisation that
    wanders is where it is set as the first slot is sent, and wanders on through all blocks.
    """

    protocol = "bb84"

    attack: Annotated[Any | None, OfKind("attack", "eavesdropper on the pulses; left out, there is none")] = (
        None
    )

    def analysis(self) -> Analysis:
        """What the counts of a block tell: of measured pairs something else than of weak pulses."""
        if isinstance(self.source, EntangledKeys):
            return PairAnalysis(self.secrecy, self.correctness, self.finite)
        return pulse_analysis(tuple(self.source.intensities), self.secrecy, self.correctness, self.finite)

    def received(self, block: RawBlock, stream: Callable[[str], np.random.Generator]) -> Received:
        if self.attack is None:
            return Received(block)
        return Received(*self.attack.pulses(block, tuple(self.source.intensities), stream("attack")))

    def source_faults(self) -> Iterable[tuple[str, str]]:
        if getattr(self.source, "bases", 2) < 2:
            yield (
                "source",
                "this application compares bits of one basis to make keys of another, and the source has one "
                "basis alone: no session would give a key; differential phases are the application `dps`",
            )
        photons = self.source.intensities
        if len(photons) not in (1, 2, 3):
            yield "source", f"keys are known for one, two or three intensities, got {len(photons)}"
        elif len(photons) == 2 and self.finite:
            yield (
                "finite",
                "a finite key takes three intensities (signal, decoy, and one weaker or nothing) or one; "
                "with two, say `finite: false`",
            )
        elif photons[0] <= 0 or any(weak >= strong for strong, weak in pairwise(photons)):
            yield "source", f"intensities must fall, the signal first, got {', '.join(map(str, photons))}"
        elif len(photons) == 3 and photons[0] <= photons[1] + photons[2]:
            yield (
                "source",
                f"the signal must have more photons than both decoys together, got {photons[0]:g} for "
                f"{photons[1] + photons[2]:g}",
            )


class PulseRunner(BlockRunner):
    """A `PulseKeys` at work.

    Attributes:
        sessions: its sessions; the transmitter is the keeper.
    """

    sessions: PulseSessions

    def __init__(self, network: Network, parameters: PulseKeys) -> None:
        ends = network.node(parameters.initiator), network.node(parameters.responder)
        label = f"{parameters.protocol} {ends[0].name}-{ends[1].name}"
        try:
            flight = ends[0].delay_to(ends[1])
        except NoRouteError:
            raise NoRouteError(
                f"'{ends[0].name}' and '{ends[1].name}' make keys, and no message gets from one to the "
                "other: give them a link or a delay under `classical.channels`"
            ) from None
        way = parameters.initiator, parameters.responder
        source = laid(parameters.source, network.scenario.links, way)
        self.parameters = parameters = replace(parameters, source=source)
        super().__init__(network, parameters, label, flight)
        bench = getattr(source, "bench", None)
        # Blocks follow each other without a pause, and what wanders goes on from one to the next.
        self._along: tuple[Walk, ...] = ()
        if bench is not None and bench.wanders:
            self._along = (bench.walk(self.sim.array_stream(f"qkd/{label}/walk")),)
        self.sessions = parameters.rounds(
            self.sim,
            label,
            ends,
            parameters.rules(parameters.analysis()),
            shared(network.context.keys, ends, label, parameters.share),
            network.note,
            network.stop_if_done,
        )
        own = sum(getattr(source, "lengths", None) or (getattr(source, "length", 0.0),))
        key = "lengths" if hasattr(source, "lengths") else "length"
        for remark in other_way(source, own, key, flight):
            network.note(f"{label}: {remark}")
        self.begin(to_ps(parameters.start))

    def known(self, sent: int) -> None:
        block = self.parameters.source.block(self._slots, self._rng, *self._along)
        received = self.parameters.received(block, self._stream)
        self.begin(sent + self._lasts)
        self.sessions.received(sent, received)

    def _stream(self, use: str) -> np.random.Generator:
        return self.sim.array_stream(f"{use}/{self.sessions.source}")

"""Key distribution over delivered pairs of any network: both ends measure every half, and distil the bits.

Example::

    traffic:
      - {kind: bbm92, initiator: alice, responder: bob, memories: 8, block: 20000}
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np

from hardware.memory import MemoryState
from hardware.processor import LocalProcessor
from protocols.apps.request import RequestApp, RequestRunner
from protocols.qkd.counts import Counts
from protocols.qkd.key_delivery import shared
from protocols.qkd.pair_sessions import BellSessions, Measured, PairSessions, Settings, bbm92, e91
from protocols.qkd.security import BellAnalysis, PairAnalysis, needed
from protocols.qkd.terms import KeyTerms
from qsim.errors import StateError
from qsim.parameters import OfKind, Param
from qsim.quantum.directions import bit_of, direction
from qsim.registry import register

if TYPE_CHECKING:
    import random

    from hardware.classical import Node
    from hardware.memory import Memory
    from protocols.apps.base import Network
    from protocols.flow import Flow
    from protocols.qkd.counts import Analysis
    from qsim.model.check_context import CheckContext
    from qsim.model.rows import MetricRow, Row
    from qsim.quantum.directions import Direction
    from qsim.quantum.pair import EntangledPair


@dataclass(frozen=True)
class PairKeyApp(KeyTerms, RequestApp):
    """Makes keys of pairs between two nodes, a session for every block of pairs."""

    block: Annotated[int, Param("pairs that the responder measures for one session", ge=1, le=10**8)] = (
        100_000
    )
    attack: Annotated[
        Any | None,
        OfKind("attack", "eavesdropper that touches the responder's halves; left out, there is none"),
    ] = None

    #: What the application is called in tables.
    called: ClassVar[str]
    sessions: ClassVar[type[PairSessions]] = PairSessions
    #: Share of the compared bits that even Φ+ has wrong.
    ideal: ClassVar[float] = 0.0

    @abstractmethod
    def settings(self) -> Settings:
        """The bases of both ends."""

    @abstractmethod
    def analysis(self) -> Analysis:
        """What the counts of a block tell."""

    def install(self, network: Network) -> PairKeyRunner:
        return PairKeyRunner(network, self)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        yield from super().check(context)
        for key, name in (("initiator", self.initiator), ("responder", self.responder)):
            if name in context.nodes and not isinstance(context.nodes[name].processor, LocalProcessor):
                yield key, f"the processor of '{name}' makes no measurements"
        try:
            context.formalism.werner(1.0).measured(0, direction("z"), 0.0)
        except StateError as error:
            yield "", f"the formalism '{context.run.formalism}' cannot follow measurements: {error}"
        settings, analysis = self.settings(), self.analysis()
        made = self.block * settings.chance(*settings.key)
        test = tuple(self.block * settings.chance(pair) for pair in settings.test)
        counts = Counts((made,), test, tuple(self.ideal * one for one in test))
        if analysis.length(counts, 0.0) <= 0:
            # Two digits, rounded up.
            least = needed(analysis, counts) * self.block / made * 1.05
            yield (
                "block",
                f"must be at least about {float(f'{least:.1e}'):.0f} pairs for a key at this `secrecy`, "
                f"even if all go well, got {self.block}; or take error rates for exact by `finite: false`",
            )


@register("app", "bbm92")
@dataclass(frozen=True)
class BBM92App(PairKeyApp):
    """Makes keys of bits measured in Z; bits measured in X are compared, and bound what others may know."""

    z_share: Annotated[float, Param("probability that an end measures in Z", gt=0, lt=1)] = 0.5

    called: ClassVar[str] = "bbm92"

    def settings(self) -> Settings:
        return bbm92(self.z_share)

    def analysis(self) -> Analysis:
        return PairAnalysis(self.secrecy, self.correctness, self.finite)


@register("app", "e91")
@dataclass(frozen=True)
class E91App(PairKeyApp):
    """Makes keys of bits measured in equal bases; the CHSH value of the others bounds what anybody knows."""

    called: ClassVar[str] = "e91"
    sessions: ClassVar[type[PairSessions]] = BellSessions
    ideal: ClassVar[float] = (1 - sqrt(0.5)) / 2

    def settings(self) -> Settings:
        return e91()

    def analysis(self) -> Analysis:
        return BellAnalysis(self.secrecy, self.correctness, self.finite)


class PairKeyRunner(RequestRunner):
    """A `PairKeyApp` at work.

    Attributes:
        sessions: its sessions; the initiator is the keeper.
    """

    parameters: PairKeyApp

    def __init__(self, network: Network, parameters: PairKeyApp) -> None:
        super().__init__(network, parameters)
        ends = network.node(parameters.initiator), network.node(parameters.responder)
        label = f"{parameters.called} {ends[0].name}-{ends[1].name}"
        self.sessions = parameters.sessions(
            self.sim,
            label,
            ends,
            parameters.rules(parameters.analysis()),
            shared(network.context.keys, ends, label, parameters.share),
            network.note,
            network.stop_if_done,
        )
        self.sessions.settings = settings = parameters.settings()
        self.sessions.patience = network.stacks[ends[0]].tracker.horizon
        self._processors: dict[Node, Any] = {end: end.processor for end in ends}
        self._bases: dict[Node, tuple[Direction, ...]] = dict(
            zip(ends, (settings.keeper, settings.mender), strict=True)
        )
        self._sums: dict[Node, tuple[float, ...]] = {
            end: tuple(accumulate(chances)) for end, chances in zip(ends, settings.chances, strict=True)
        }
        self._draws: dict[Node, random.Random] = {
            end: self.sim.stream(f"qkd/{label}/{end.name}/measured") for end in ends
        }
        self._responder = ends[1]
        self._block: list[tuple[int, int, int]] = []
        self._began = 0

    @property
    def done(self) -> bool:
        return super().done and not self.sessions.under_way

    def metrics(self) -> list[MetricRow]:
        """What the sessions have come to."""
        return self.sessions.metrics()

    def tables(self) -> dict[str, list[Row]]:
        """A row for each session."""
        return self.sessions.tables()

    def deliver(self, flow: Flow, memory: Memory) -> None:
        readout = self._processors[memory.node].readout_ps()
        if readout:
            memory.move(MemoryState.HELD)
            self.sim.post(readout, self._read_out, flow, memory, memory.pair_id)
        else:
            self._measure(flow, memory)

    def _read_out(self, flow: Flow, memory: Memory, number: int) -> None:
        """A measurement is over, unless the half was given up meanwhile."""
        if memory.pair_id == number and memory.state is MemoryState.HELD:
            self._measure(flow, memory)

    def _measure(self, flow: Flow, memory: Memory) -> None:
        """Measure a half, and use it up as any application does."""
        pair, node, number = memory.pair, memory.node, memory.pair_id
        assert pair is not None
        if pair.taken is not None or pair.intact:
            draws, sums = self._draws[node], self._sums[node]
            drawn = draws.random()
            basis = next((place for place, sum_ in enumerate(sums) if drawn < sum_), len(sums) - 1)
            bit = self._bit(pair, memory, basis)
            wrong = self._processors[node].gate_noise.readout_errors[bit]
            self._note(node, number, basis, bit ^ (wrong > 0 and draws.random() < wrong))
        super().deliver(flow, memory)

    def _bit(self, pair: EntangledPair, memory: Memory, basis: int) -> int:
        node, attack = memory.node, self.parameters.attack
        along, draws = self._bases[node][basis], self._draws[node]
        if attack is not None and node is self._responder:
            sent_on = attack.half(
                pair, memory, self.sim.now, self.sim.stream("attack/" + self.sessions.source)
            )
            if sent_on is not None:
                return bit_of(sent_on, along, draws.random())
        return pair.measure(memory, along, self.sim.now, draws.random())

    def _note(self, node: Node, number: int, basis: int, bit: int) -> None:
        if node is not self._responder:
            self.sessions.note_bit(number, basis, bit)
            return
        if not self._block:
            self._began = self.sim.now
        self._block.append((number, basis, bit))
        if len(self._block) < self.parameters.block:
            return
        table = np.array(self._block, dtype=np.int64)
        self._block = []
        measured = Measured(table[:, 0], table[:, 1].astype(np.uint8), table[:, 2].astype(np.uint8))
        told = measured.pair, measured.basis
        self.sessions.begin(self._began, measured, told, 34 * len(table))

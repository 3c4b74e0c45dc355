"""The sessions of one application: blocks that are sifted and distilled, and their figures.

What is measured and how it is sifted is a subclass's; from there on all key distribution goes alike. The next
block is measured while the last one is still distilled.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import isinf
from typing import TYPE_CHECKING, Any

import numpy as np

from protocols.qkd.authentication import tag_bits
from protocols.qkd.distillation import Keeper, Letter, Mender, Rules, Verdict
from protocols.qkd.security import needed
from protocols.qkd.session_row import KeySessionRow
from qsim.model.rows import MetricRow
from qsim.statistics import RatioTally, Tally
from qsim.units import to_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.classical import Node
    from protocols.qkd.counts import Counts
    from protocols.qkd.key_store import KeyStore
    from qsim.kernel import Simulator
    from qsim.model.rows import Row

__all__ = ["Session", "Sessions"]

_NOTHING: NDArray[np.uint8] = np.zeros(0, dtype=np.uint8)


@dataclass(slots=True, eq=False)
class Session:
    """One block on its way to a key.

    Attributes:
        number: from 0 on.
        began: when the first of it was measured, ps.
        seen: what the mender has measured, as the subclass keeps it.
        keeper, mender: the two ends at work; None before they have sifted.
        sent: bits of messages to the keeper and to the mender.
        key: the keeper's, until the mender has its own.
    """

    number: int
    began: int
    seen: Any = None
    keeper: Keeper | None = None
    mender: Mender | None = None
    sent: list[int] = field(default_factory=lambda: [0, 0])
    key: NDArray[np.uint8] = field(default_factory=lambda: _NOTHING)

    def traffic(self) -> tuple[int, int]:
        """Bits of messages so far, to the keeper and to the mender."""
        return self.sent[0], self.sent[1]


@dataclass(slots=True)
class _Line:
    """The way from one end of a session to the other."""

    sessions: Sessions
    session: Session
    to_mender: bool

    def send(self, content: Any, bits: int) -> None:
        """Send something of a size."""
        sessions = self.sessions
        self.session.sent[self.to_mender] += bits
        ends = sessions.keeper, sessions.mender
        source, target = ends if self.to_mender else ends[::-1]
        source.send(target, Letter(sessions, self.session.number, content))


class Sessions(ABC):
    """The sessions between two ends.

    Args:
        sim: the simulator.
        source: what the table of metrics calls the application.
        ends: the keeper, whose bits stay, and the mender, which corrects its own.
        rules: what both have agreed upon.
        stores: where each puts its keys.
        note: leaves a sentence for the readers of the result.
        over: called when a session is over at both ends.

    Attributes:
        keeper, mender: the two ends.
        done: sessions that both ends have finished.
        bits: secret bits so far.
    """

    #: What the two error rates are called in the table of metrics.
    errors = ("QBER z", "QBER x")

    def __init__(
        self,
        sim: Simulator,
        source: str,
        ends: tuple[Node, Node],
        rules: Rules,
        stores: tuple[KeyStore, KeyStore],
        note: Callable[..., None],
        over: Callable[[], object],
    ) -> None:
        self.sim, self.source, self.rules = sim, source, rules
        self.keeper, self.mender = ends
        self.done = self.bits = 0
        self._stores = stores
        self._note, self._over = note, over
        self._open: dict[int, Session] = {}
        self._begun = 0
        self._expected: float | None = None
        self._failed = self._without = self._different = 0
        self._first: int | None = None
        self._start = self._ended = sim.now
        self._rate = RatioTally()
        names = (*self.errors, *_FIGURES)
        self._tallies = {name: Tally() for name in names}
        self._rows: list[Row] = []
        self._rng = {end: sim.array_stream(f"qkd/{source}/{end.name}") for end in ends}
        self.keeper.on(Letter, self._at_keeper, key=self)
        self.mender.on(Letter, self._at_mender, key=self)

    @property
    def under_way(self) -> bool:
        """Whether a session is not over."""
        return bool(self._open)

    @abstractmethod
    def sift(self, session: Session, seen: Any) -> tuple[NDArray[np.uint8], Any, int] | None:
        """The keeper hears what the mender has measured.

        Returns:
            Its bits of the key, what it answers, and the size of that in bits; None to answer later by
            `answer`.
        """

    @abstractmethod
    def sifted(self, session: Session, answer: Any) -> tuple[NDArray[np.uint8], Counts]:
        """The mender hears what was kept: its bits of the key, and the counts of the block."""

    def expected(self, counts: Counts) -> float:
        """Share of wrong bits to be expected in the key of a first block: as many as among those compared."""
        return (sum(counts.wrong) + 1) / (sum(counts.test) + 2)

    def figures(self, counts: Counts) -> tuple[float | None, float | None]:
        """What the table of metrics tells of a block under `errors`."""
        return counts.error_key, counts.error_test

    def begin(self, began: int, seen: Any, told: Any, bits: int) -> None:
        """The mender has measured a block.

        Args:
            began: when its first was, ps.
            seen: what it keeps.
            told: what it tells the keeper.
            bits: size of that.
        """
        if not self._begun:
            self._ended = began
        session = Session(self._begun, began, seen)
        self._begun += 1
        self._open[session.number] = session
        _Line(self, session, to_mender=False).send(told, bits)

    def answer(self, session: Session, found: tuple[NDArray[np.uint8], Any, int]) -> None:
        """The keeper answers with what was kept."""
        bits, told, size = found
        line = _Line(self, session, to_mender=True)
        session.keeper = Keeper(
            line, bits, self.rules, self._rng[self.keeper], session.traffic, partial(self._kept, session)
        )
        line.send(told, size)

    def _at_keeper(self, _source: Node, letter: Letter) -> None:
        session, content = self._open[letter.session], letter.content
        if isinstance(content, Verdict):
            self._kept(session, content, _NOTHING)
        elif session.keeper is not None:
            session.keeper.take(content)
        elif (found := self.sift(session, content)) is not None:
            self.answer(session, found)

    def _at_mender(self, _source: Node, letter: Letter) -> None:
        session, content = self._open[letter.session], letter.content
        if session.mender is not None:
            session.mender.take(content)
            return
        bits, counts = self.sifted(session, content)
        line = _Line(self, session, to_mender=False)
        if not len(bits) or self.rules.analysis.length(counts, 0) <= 0:
            # No correction can make a key of it: none is begun.
            spent = sum(tag_bits(sent, self.rules.forgery) for sent in session.traffic())
            verdict = Verdict(counts, 0, None, 0, spent, None)
            line.send(verdict, 64)
            self._finished(session, verdict, _NOTHING)
            return
        expected = self.expected(counts) if self._expected is None else self._expected
        session.mender = Mender(
            line,
            bits,
            counts,
            min(0.5, expected),
            self.rules,
            self._rng[self.mender],
            partial(self._finished, session),
        )

    def _kept(self, session: Session, verdict: Verdict, key: NDArray[np.uint8]) -> None:
        """The keeper is through with a session."""
        session.key = key
        self._stores[0].put(session.number, key, verdict.spent)
        if verdict.verified is None:
            del self._open[session.number]
            self._over()

    def _finished(self, session: Session, verdict: Verdict, key: NDArray[np.uint8]) -> None:
        """The mender is through with a session, and both with its key."""
        self._stores[1].put(session.number, key, verdict.spent)
        if verdict.verified is not None:
            del self._open[session.number]
            self._different += not np.array_equal(key, session.key)
        counts = verdict.counts
        if verdict.verified:
            self._expected = (counts.corrected + 1) / (sum(counts.key) + 2)
        if len(key) and self._first is None:
            self._first = self.sim.now
        self.bits += len(key)
        self._count(session, verdict)
        if not len(key):
            self._say_why(verdict)
        self._over()

    def _count(self, session: Session, verdict: Verdict) -> None:
        counts, now = verdict.counts, self.sim.now
        self.done += 1
        self._failed += verdict.verified is False
        self._without += not verdict.length
        self._rows.append(_row(self.source, session, verdict, now))
        self._rate.add(verdict.length, to_s(now - self._ended))
        self._ended = now
        found: dict[str, float | None] = dict.fromkeys(self.errors)
        found.update(zip(self.errors, self.figures(counts), strict=True))
        if not verdict.verified:
            # Errors are known only of what was corrected.
            found[self.errors[0]] = None
        found |= {
            "sifted bits": sum(counts.key),
            "compared bits": sum(counts.test),
            "reconciled bits": sum(counts.key) if verdict.verified else 0,
            "leaked bits": verdict.leaked,
            "secret key bits": verdict.length,
            "authentication bits": verdict.spent,
            "duration of a session": to_s(now - session.began),
        }
        for name, value in found.items():
            if value is not None:
                self._tallies[name].add(value)

    def _say_why(self, verdict: Verdict) -> None:
        counts = verdict.counts
        if verdict.verified is False:
            text = "its bits differed after reconciliation, and were thrown away"
        else:
            bits = needed(self.rules.analysis, counts)
            error = counts.error_test
            told = "nothing was compared" if error is None else f"{error:.2%} of the bits compared were wrong"
            if isinf(bits):
                text = f"{told}, and a block of any length would give none"
            else:
                text = (
                    f"its block of {sum(counts.key)} sifted bits is too short: {told}, with which a key "
                    f"takes at least {bits:.3g} sifted bits"
                )
        self._note(f"{self.source}: a session gave no key: {text}", (self.source, verdict.verified))

    def tables(self) -> dict[str, list[Row]]:
        """The rows of tables beside that of metrics, by table: one a session."""
        return {"key-sessions": self._rows}

    def metrics(self) -> list[MetricRow]:
        """The rows of the table of metrics: means over sessions."""
        rows = [
            MetricRow(self.source, name, _FIGURES.get(name, "1"), tally.n, tally.mean, tally.sd)
            for name, tally in self._tallies.items()
        ]
        first = None if self._first is None else to_s(self._first - self._start)
        rate = self._rate
        rows.append(MetricRow(self.source, "key rate", "Hz", rate.n, rate.ratio, rate.sd))
        rows.append(MetricRow(self.source, "time to first key", "s", int(first is not None), first, None))
        for name, number in (
            ("sessions without a key", self._without),
            ("failed verifications", self._failed),
            ("keys that differ", self._different),
        ):
            share = number / self.done if self.done else None
            rows.append(MetricRow(self.source, name, "1", number, share, None))
        return rows


def _row(source: str, session: Session, verdict: Verdict, now: int) -> KeySessionRow:
    """The row of a session that is over."""
    counts = verdict.counts
    return KeySessionRow(
        application=source,
        began_s=to_s(session.began),
        ended_s=to_s(now),
        sifted=int(sum(counts.key)),
        compared=int(sum(counts.test)),
        error_key=counts.error_key if verdict.verified else None,
        error_compared=counts.error_test,
        leaked=verdict.leaked,
        secret=verdict.length,
        authentication=verdict.spent,
        status="differed" if verdict.verified is False else "key" if verdict.length else "no key",
    )


#: What is told of every session beside its error rates, and its unit.
_FIGURES = {
    "sifted bits": "1",
    "compared bits": "1",
    "reconciled bits": "1",
    "leaked bits": "1",
    "secret key bits": "1",
    "authentication bits": "1",
    "duration of a session": "s",
}

"""From the sifted bits of one block to a key at both ends, by messages.

One end, the mender, corrects its bits by asking the other for parities, tells the errors that it has found
and a tag of its bits; the other, the keeper, compares the tag, works out how much of the block is secret, and
names the matrix that hashes the rest to the key. The keeper has its key when it says so, the mender when it
hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil, log2
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from protocols.qkd.authentication import tag_bits
from protocols.qkd.counts import Analysis, Counts
from protocols.qkd.reconciliation import Correction, Question, Reconciliation
from protocols.qkd.toeplitz import diagonals, toeplitz

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Check", "Keeper", "Letter", "Mender", "Rules", "Verdict"]


class End(Protocol):
    """Where one end is: what it sends goes to the other end."""

    def send(self, content: Any, bits: int) -> None:
        """Send something of a size to the other end of the session."""
        ...


@dataclass(slots=True)
class Letter:
    """A message of a session.

    Attributes:
        key: the application that it is of.
        session: number of the session.
        content: what is said.
    """

    key: Hashable
    session: int
    content: Any


@dataclass(frozen=True, slots=True)
class Rules:
    """What both ends have agreed upon before.

    Attributes:
        analysis: tells how much is secret.
        correctness: probability with which keys may differ though their tags agree.
        forgery: probability with which another message may be taken for one of a session.
        reconciliation: corrects bits.
    """

    analysis: Analysis
    correctness: float
    forgery: float
    reconciliation: Reconciliation

    @property
    def tag(self) -> int:
        """Length in bits of the tag that verifies a correction."""
        return ceil(-log2(self.correctness))


@dataclass(frozen=True, slots=True)
class Check:
    """The mender has corrected its bits.

    Attributes:
        counts: of the block.
        told: parities that it was told.
        matrix, tag: the tag of its bits and the matrix that it was made by.
    """

    counts: Counts
    told: int
    matrix: NDArray[np.uint8]
    tag: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the keeper makes of a block.

    Attributes:
        counts: of the block.
        leaked: parities told.
        verified: whether the tags agree; None of a block that was given up before it was corrected.
        length: bits of key.
        spent: bits of key that authentication of the session has used up.
        matrix: what hashes the bits to the key; None without one.
    """

    counts: Counts
    leaked: int
    verified: bool | None
    length: int
    spent: int
    matrix: NDArray[np.uint8] | None


class Keeper:
    """The end whose bits stay as they are.

    Args:
        end: where it is.
        bits: its sifted bits in the basis of the key.
        rules: what was agreed upon.
        rng: draws the matrix of the key.
        traffic: gives the bits that both ends have sent so far in this session.
        done: takes the verdict and the key.
    """

    def __init__(
        self,
        end: End,
        bits: NDArray[np.uint8],
        rules: Rules,
        rng: np.random.Generator,
        traffic: Callable[[], tuple[int, int]],
        done: Callable[[Verdict, NDArray[np.uint8]], object],
    ) -> None:
        self._end, self._bits, self._rules, self._rng = end, bits, rules, rng
        self._traffic, self._done = traffic, done
        self._parities = rules.reconciliation.answers(bits)

    def take(self, content: Question | Check) -> None:
        """Take what the mender says."""
        if isinstance(content, Check):
            self._conclude(content)
        else:
            answer = self._parities.answer(content)
            self._end.send(answer, len(answer))

    def _conclude(self, check: Check) -> None:
        own = toeplitz(self._bits, check.matrix)
        verified = bool((own == check.tag).all())
        leaked = self._parities.told
        found = self._rules.analysis.length(check.counts, leaked) if verified else 0.0
        length = min(int(found), len(self._bits))
        matrix = diagonals(len(self._bits), length, self._rng) if length else None
        spent = sum(tag_bits(sent, self._rules.forgery) for sent in self._traffic())
        verdict = Verdict(check.counts, leaked, verified, length, spent, matrix)
        self._end.send(verdict, 64 + 64 + 1)
        self._done(verdict, hashed(self._bits, matrix))


class Mender:
    """The end that corrects its bits.

    Args:
        end: where it is.
        bits: its sifted bits in the basis of the key, at least one.
        counts: of the block, but for the errors in the key.
        error_rate: share of wrong bits to be expected.
        rules: what was agreed upon.
        rng: draws the orders of reconciliation and the matrix of the tag.
        done: takes the verdict and the key.
    """

    def __init__(
        self,
        end: End,
        bits: NDArray[np.uint8],
        counts: Counts,
        error_rate: float,
        rules: Rules,
        rng: np.random.Generator,
        done: Callable[[Verdict, NDArray[np.uint8]], object],
    ) -> None:
        self._end, self._bits, self._counts = end, bits, counts
        self._rules, self._rng, self._done = rules, rng, done
        self._asking = rules.reconciliation.correct(bits, error_rate, rng)
        self._ask(next(self._asking))

    def take(self, content: NDArray[np.uint8] | Verdict) -> None:
        """Take what the keeper says."""
        if isinstance(content, Verdict):
            self._done(content, hashed(self._bits, content.matrix))
            return
        try:
            self._ask(self._asking.send(content))
        except StopIteration as stop:
            self._corrected(stop.value)

    def _ask(self, question: Question) -> None:
        self._end.send(question, question.bits)

    def _corrected(self, found: Correction) -> None:
        self._bits = found.bits
        counts = Counts(
            self._counts.key, self._counts.test, self._counts.wrong, found.changed, self._counts.sent
        )
        matrix = diagonals(len(self._bits), self._rules.tag, self._rng)
        tag = toeplitz(self._bits, matrix)
        self._end.send(Check(counts, found.told, matrix, tag), 64 * (2 + len(counts.test)) + len(tag))


def hashed(bits: NDArray[np.uint8], matrix: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """The key of a block; empty without a matrix."""
    return np.zeros(0, dtype=np.uint8) if matrix is None else toeplitz(bits, matrix)

"""Sessions on pulses from a transmitter to a receiver: BB84, with decoys or without.

The receiver, which is the mender, tells in which slots it saw something and in which basis; the transmitter
says which of them were sent in that basis, at which intensity, and the bits of those that are compared.

References:
    Bennett, Brassard (1984); Lo, Ma, Chen, Phys. Rev. Lett. 94, 230504 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hardware.optics.raw_block import RawBlock
from protocols.qkd.counts import Counts
from protocols.qkd.sessions import Session, Sessions
from qsim.model.rows import MetricRow
from qsim.statistics import RatioTally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PulseSessions", "Received"]

#: The basis of the key; clicks in any other that was sent too are compared.
_KEY = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A block, and which of its clicks an eavesdropper knows.

    Attributes:
        block: the transmitter looks at what was sent alone, and the receiver at what it saw alone.
        known: by click; None without an eavesdropper.
    """

    block: RawBlock
    known: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """What the transmitter says of a block.

    Attributes:
        same: for each click whether it was sent in the basis in which it was seen.
        intensity: of those that were, in order.
        bit: sent bits of those of them that are compared.
        sent: slots of each intensity in the basis of the key and in others.
    """

    same: NDArray[np.bool_]
    intensity: NDArray[np.int8]
    bit: NDArray[np.int8]
    sent: tuple[tuple[float, float], ...]


class PulseSessions(Sessions):
    """Sessions on pulses; see `Sessions` for the arguments."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._doubles = RatioTally()
        self._read = RatioTally()

    def received(self, began: int, received: Received) -> None:
        """The receiver has seen a block that began at a time in ps."""
        block = received.block
        places = max(1, int(block.sent.sum()).bit_length())
        self._doubles.add(int(np.count_nonzero(block.double)), len(block.slot))
        self.begin(began, received, received, (places + 1) * len(block.slot))

    def sift(self, session: Session, seen: Received) -> tuple[NDArray[np.uint8], Any, int]:
        block = seen.block
        same = block.sent_basis == block.seen_basis
        key = same & (block.seen_basis == _KEY)
        sent = block.sent.astype(float)
        matched = Matched(
            same,
            block.sent_intensity[same],
            block.sent_bit[same & ~key],
            tuple((float(row[_KEY]), float(row.sum() - row[_KEY])) for row in sent),
        )
        if seen.known is not None:
            self._read.add(int(np.count_nonzero(seen.known & key)), int(np.count_nonzero(key)))
        size = len(same) + 2 * len(matched.intensity) + len(matched.bit)
        return block.sent_bit[key].astype(np.uint8), matched, size

    def sifted(self, session: Session, answer: Matched) -> tuple[NDArray[np.uint8], Counts]:
        block: RawBlock = session.seen.block
        basis, bit = block.seen_basis[answer.same], block.seen_bit[answer.same]
        key = basis == _KEY
        wrong = bit[~key] != answer.bit
        levels = len(answer.sent)

        def count(which: NDArray[np.int8]) -> tuple[float, ...]:
            return tuple(map(int, np.bincount(which, minlength=levels)))

        compared = answer.intensity[~key]
        counts = Counts(count(answer.intensity[key]), count(compared), count(compared[wrong]), 0, answer.sent)
        return bit[key].astype(np.uint8), counts

    def metrics(self) -> list[MetricRow]:
        rows = super().metrics()
        found = [("double clicks", self._doubles)]
        if self._read.n:
            found.append(("known to the attacker", self._read))
        return rows + [
            MetricRow(self.source, name, "1", tally.n, tally.ratio, tally.sd) for name, tally in found
        ]

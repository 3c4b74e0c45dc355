"""Sessions over an untrusted station: both ends send, and the station says which slots counted.

The station announces slots and Bell states to both ends. The second end, the mender, tells its bases; the
first says which agree, at which intensities it sent, and its bits in X. In Z the bits of either Bell state
are unlike; in X those of Ψ+ alike and of Ψ- unlike: the mender flips its own where they are unlike.

References:
    Lo, Curty, Qi, Phys. Rev. Lett. 108, 130503 (2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np

from protocols.qkd.counts import Counts
from protocols.qkd.sessions import Session, Sessions
from qsim.analytic.mdi_decoys import both_single
from qsim.analytic.qkd import Detected, binary_entropy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.optics.mdi_station import MdiBlock

__all__ = ["StationAnalysis", "StationSessions"]


@dataclass(frozen=True, slots=True)
class StationAnalysis:
    """Pairs of weak pulses with a decoy and the vacuum at either end; shares are taken for exact.

    Counts are by the pair of intensities, the second end's running faster; `Counts.sent` likewise.

    Attributes:
        photons: mean photon numbers of signal, decoy and vacuum, alike at both ends.
    """

    photons: tuple[float, float, float]

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key of a block: those of single photons from both ends, with any intensities."""
        key = both_single(self._seen(counts, 0), self.photons)
        phase = both_single(self._seen(counts, 1), self.photons).error_rate
        levels = len(self.photons)
        single = sum(
            slots[0] * key.detected * here * there * exp(-here - there)
            for place, slots in enumerate(counts.sent)
            for here, there in [(self.photons[place // levels], self.photons[place % levels])]
        )
        return max(0.0, single * (1 - binary_entropy(phase)) - leaked)

    def _seen(self, counts: Counts, basis: int) -> list[list[Detected]]:
        """Gains and error rates by intensities; errors of the key are not told by intensity, nor needed."""
        clicks = counts.test if basis else counts.key
        wrong = counts.wrong if basis else (0.0,) * len(clicks)
        found = [
            Detected(count / slots[basis] if slots[basis] else 0.0, errors / count if count else 0.5)
            for count, errors, slots in zip(clicks, wrong, counts.sent, strict=True)
        ]
        levels = len(self.photons)
        return [found[place * levels : (place + 1) * levels] for place in range(levels)]


@dataclass(frozen=True, slots=True)
class Matched:
    """What the first end says of a block: as `protocols.qkd.pulse_sessions.Matched`, with its intensities."""

    same: NDArray[np.bool_]
    intensity: NDArray[np.int8]
    bit: NDArray[np.int8]


class StationSessions(Sessions):
    """Sessions over a station; see `Sessions` for the arguments."""

    def announced(self, began: int, block: MdiBlock) -> None:
        """The station has announced a block that began at a time in ps."""
        self.begin(began, block, block, len(block.slot))

    def sift(self, session: Session, seen: MdiBlock) -> tuple[NDArray[np.uint8], Any, int]:
        same = seen.basis[:, 0] == seen.basis[:, 1]
        compared = same & (seen.basis[:, 0] == 1)
        matched = Matched(same, seen.intensity[same, 0], seen.bit[compared, 0])
        size = len(same) + 2 * len(matched.intensity) + len(matched.bit)
        return seen.bit[same & ~compared, 0].astype(np.uint8), matched, size

    def sifted(self, session: Session, answer: Matched) -> tuple[NDArray[np.uint8], Counts]:
        block: MdiBlock = session.seen
        basis, state = block.basis[answer.same, 1], block.state[answer.same]
        unlike = (basis == 0) | (state == 1)
        bit = block.bit[answer.same, 1] ^ unlike
        levels = block.sent.shape[0]
        pair = answer.intensity.astype(np.int64) * levels + block.intensity[answer.same, 1]
        compared = basis == 1
        wrong = bit[compared] != answer.bit

        def count(which: NDArray[np.int64]) -> tuple[float, ...]:
            return tuple(map(int, np.bincount(which, minlength=levels**2)))

        sent = [block.sent[:, basis, :, basis].ravel().tolist() for basis in (0, 1)]
        counts = Counts(
            count(pair[~compared]),
            count(pair[compared]),
            count(pair[compared][wrong]),
            0,
            tuple(zip(*sent, strict=True)),
        )
        return bit[~compared].astype(np.uint8), counts

    def expected(self, counts: Counts) -> float:
        """In Z few are wrong: in X a quarter is, of pulses of several photons, which says nothing of Z."""
        return 0.02

"""Sessions on measured halves of pairs: BBM92 and E91.

Each end measures every half that it gets in one of its bases, drawn at random. When the mender has a block,
it tells which pairs it has measured in which bases; the keeper says what each of them is for.

References:
    Bennett, Brassard, Mermin, Phys. Rev. Lett. 68, 557 (1992); Ekert, Phys. Rev. Lett. 67, 661 (1991).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from protocols.qkd.counts import Counts
from protocols.qkd.security import BellAnalysis
from protocols.qkd.sessions import Session, Sessions
from qsim.quantum.directions import DIRECTIONS, Direction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["BellSessions", "Measured", "PairSessions", "Settings", "bbm92", "e91"]


@dataclass(frozen=True)
class Settings:
    """The bases of both ends, and what bits measured in them are for.

    Attributes:
        keeper, mender: directions of the keeper and of the mender.
        chances: with which probability each end takes each of them.
        key: the pairs of bases that make the key.
        test: the pairs of bases whose bits are compared, and whether unequal bits are right there.
    """

    keeper: tuple[Direction, ...]
    mender: tuple[Direction, ...]
    chances: tuple[tuple[float, ...], tuple[float, ...]]
    key: tuple[tuple[int, int], ...]
    test: Mapping[tuple[int, int], bool]

    @property
    def roles(self) -> NDArray[np.uint8]:
        """For each pair of bases 0 for nothing, 1 for the key, 2 and on for what is compared."""
        table = np.zeros((len(self.keeper), len(self.mender)), dtype=np.uint8)
        for pair in self.key:
            table[pair] = 1
        for place, pair in enumerate(self.test):
            table[pair] = 2 + place
        return table

    def chance(self, *pairs: tuple[int, int]) -> float:
        """Probability that the bases are one of some pairs."""
        first, second = self.chances
        return sum(first[here] * second[there] for here, there in pairs)


def bbm92(z_share: float) -> Settings:
    """Both ends measure in Z, which makes the key, or in X, which is compared."""
    both = (DIRECTIONS["z"], DIRECTIONS["x"])
    chances = (z_share, 1 - z_share)
    return Settings(both, both, (chances, chances), ((0, 0),), {(1, 1): False})


def e91() -> Settings:
    """Three bases a quarter of a right angle apart at each end; bits of two equal ones make the key."""
    z, x, between = DIRECTIONS["z"], DIRECTIONS["x"], (sqrt(0.5), 0.0, sqrt(0.5))
    across = (sqrt(0.5), 0.0, -sqrt(0.5))
    alike = (1 / 3, 1 / 3, 1 / 3)
    test = {(0, 0): False, (0, 2): True, (2, 0): False, (2, 2): False}
    return Settings((z, between, x), (between, x, across), (alike, alike), ((1, 0), (2, 1)), test)


@dataclass(frozen=True, slots=True)
class Measured:
    """Halves measured at one end, a column a quantity.

    Attributes:
        pair: numbers of the pairs.
        basis: in which basis each half was measured.
        bit: what was found.
    """

    pair: NDArray[np.int64]
    basis: NDArray[np.uint8]
    bit: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the keeper makes of the mender's pairs.

    Attributes:
        role: what each is for, see `Settings.roles`.
        bit: the keeper's bits of those that are compared, in order.
    """

    role: NDArray[np.uint8]
    bit: NDArray[np.uint8]


class PairSessions(Sessions):
    """Sessions on measured halves; see `Sessions` for the arguments.

    Attributes:
        settings: the bases; set before the first block.
        patience: for how long the keeper waits for pairs of which it has not heard, ps.
    """

    settings: Settings
    patience: int = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._own: dict[int, tuple[int, int]] = {}
        self._waiting: list[tuple[Session, Any, set[int]]] = []

    def note_bit(self, pair: int, basis: int, bit: int) -> None:
        """The keeper has measured its half of a pair."""
        self._own[pair] = basis, bit
        for entry in list(self._waiting):
            missing = entry[2]
            missing.discard(pair)
            if not missing:
                self._late(entry)

    def sift(self, session: Session, seen: Any) -> tuple[NDArray[np.uint8], Any, int] | None:
        missing = set(seen[0].tolist()) - self._own.keys()
        if not missing:
            return self._sorted(seen)
        entry = session, seen, missing
        self._waiting.append(entry)
        self.sim.post(self.patience, self._late, entry)
        return None

    def sifted(self, session: Session, answer: Sorted) -> tuple[NDArray[np.uint8], Counts]:
        measured: Measured = session.seen
        compared = answer.role > 1
        tests = range(2, 2 + len(self.settings.test))
        roles, wrong = answer.role[compared], measured.bit[compared] != answer.bit
        right = np.array([False, False, *self.settings.test.values()])
        wrong ^= right[roles]
        counts = Counts(
            (int(np.count_nonzero(answer.role == 1)),),
            tuple(int(np.count_nonzero(roles == role)) for role in tests),
            tuple(int(np.count_nonzero(wrong[roles == role])) for role in tests),
        )
        return measured.bit[answer.role == 1], counts

    def _late(self, entry: tuple[Session, Any, set[int]]) -> None:
        """Answer with what there is: the rest has come, or will not come any more."""
        if entry in self._waiting:
            self._waiting.remove(entry)
            self.answer(entry[0], self._sorted(entry[1]))

    def _sorted(self, seen: Any) -> tuple[NDArray[np.uint8], Sorted, int]:
        pairs, bases = seen
        own = [self._own.pop(pair, None) for pair in pairs.tolist()]
        there = np.array([one is not None for one in own], dtype=bool)
        basis, bit = np.array([one or (0, 0) for one in own], dtype=np.uint8).reshape(-1, 2).T
        role = np.where(there, self.settings.roles[basis, bases], 0).astype(np.uint8)
        # Of older pairs the mender will not speak any more.
        oldest = int(pairs.min()) if len(pairs) else 0
        for pair in [pair for pair in self._own if pair < oldest]:
            del self._own[pair]
        answer = Sorted(role, bit[role > 1])
        return bit[role == 1], answer, 3 * len(role) + len(answer.bit)


class BellSessions(PairSessions):
    """Sessions whose security rests on the CHSH value."""

    errors = ("QBER", "S")

    def expected(self, counts: Counts) -> float:
        """A Werner pair's error rate with this CHSH value."""
        value = BellAnalysis.chsh(counts) or 0.0
        return min(0.5, max(0.01, (1 - value / (2 * sqrt(2))) / 2))

    def figures(self, counts: Counts) -> tuple[float | None, float | None]:
        return counts.error_key, BellAnalysis.chsh(counts)

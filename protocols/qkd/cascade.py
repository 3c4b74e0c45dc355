"""Cascade: one end corrects its bits by asking the other for parities.

Each pass cuts the block, in an order of its own, into pieces twice as long as the pass before; the first
pieces hold 0.73 errors in the mean. A piece whose parities differ is halved until an error is found. An
error that is mended changes the parity of a piece in every earlier pass, so that these are searched again,
the shortest first. Pieces of one pass are disjoint: they are searched side by side, a question for all.

References:
    Brassard, Salvail, EUROCRYPT '93, LNCS 765, 410 (1994).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Annotated

import numpy as np

from protocols.qkd.reconciliation import Asking, Correction
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cascade", "Parities", "Question"]

#: Errors that a piece of the first pass holds in the mean.
_FIRST = 0.73


@dataclass(frozen=True, slots=True)
class Question:
    """Parities that one end asks of the other.

    Attributes:
        number: of the pass.
        order: places of the bits in the order of the pass, in its first question; None later.
        starts, stops: the pieces, each from a place of that order to before another.
    """

    number: int
    order: NDArray[np.int64] | None
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    @property
    def bits(self) -> int:
        """Size of the message: a number of 64 bits from which the order follows, and two places a piece."""
        return 64 + 2 * 32 * len(self.starts)


class Parities:
    """The end that answers: its bits stay as they are.

    Args:
        bits: 0 or 1 each.

    Attributes:
        told: parities told so far.
    """

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        self._bits = bits
        self._sums: list[NDArray[np.uint8]] = []
        self.told = 0

    def answer(self, question: Question) -> NDArray[np.uint8]:
        """The parities asked for, one a piece."""
        if question.order is not None:
            self._sums.append(_running(self._bits, question.order))
        self.told += len(question.starts)
        return parities(self._sums[question.number], question.starts, question.stops)


class _Pass:
    """The pieces of one pass, and which of them are known to differ."""

    def __init__(self, order: NDArray[np.int64], size: int) -> None:
        self.order = order
        self.size = size
        self.edges = np.append(np.arange(0, len(order), size), len(order))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        self.piece = place // size
        self.odd = np.zeros(len(self.edges) - 1, dtype=np.uint8)

    def flip(self, bits: NDArray[np.int64]) -> None:
        """Some bits have changed, and with them the parities of their pieces."""
        np.bitwise_xor.at(self.odd, self.piece[bits], 1)


@register("reconciliation", "cascade")
@dataclass(frozen=True)
class Cascade(Declared):
    """Cascade as published, with pieces of a pass searched side by side."""

    passes: Annotated[int, Param("how many, 4 as published", ge=2, le=20)] = 4

    def answers(self, bits: NDArray[np.uint8]) -> Parities:
        return Parities(bits)

    def correct(self, bits: NDArray[np.uint8], error_rate: float, rng: np.random.Generator) -> Asking:
        """Draws the orders of all passes but the first, which takes the bits as they come."""
        return _correct(bits, error_rate, rng, self.passes)


def _correct(bits: NDArray[np.uint8], error_rate: float, rng: np.random.Generator, passes: int) -> Asking:
    own, count = bits.copy(), len(bits)
    told = questions = changed = 0
    made: list[_Pass] = []
    for number in range(passes):
        order = rng.permutation(count) if number else np.arange(count)
        now = _Pass(order, _size(count, error_rate, number))
        made.append(now)
        answer = yield Question(number, order, now.edges[:-1], now.edges[1:])
        told, questions = told + len(answer), questions + 1
        now.odd ^= answer ^ parities(_running(own, order), now.edges[:-1], now.edges[1:])
        while (found := next((one for one in made if one.odd.any()), None)) is not None:
            wrong, asked, rounds = yield from _search(own, found, made.index(found))
            own[wrong] ^= 1
            for one in made:
                one.flip(wrong)
            changed, told, questions = changed + len(wrong), told + asked, questions + rounds
    return Correction(own, changed, told, questions)


def _search(
    own: NDArray[np.uint8], now: _Pass, number: int
) -> Generator[Question, NDArray[np.uint8], tuple[NDArray[np.int64], int, int]]:
    """Halve all odd pieces of a pass until each has given an error.

    Returns:
        The places of the errors, how many parities were asked for, and in how many questions.
    """
    sums = _running(own, now.order)
    (odd,) = now.odd.nonzero()
    low, high = now.edges[odd], now.edges[odd + 1]
    told = questions = 0
    while len(left := (high - low > 1).nonzero()[0]):
        start, middle = low[left], (low[left] + high[left]) // 2
        answer = yield Question(number, None, start, middle)
        differs = (answer ^ parities(sums, start, middle)).astype(bool)
        high[left[differs]] = middle[differs]
        low[left[~differs]] = middle[~differs]
        told, questions = told + len(left), questions + 1
    return now.order[low], told, questions


def parities(
    sums: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Parities of pieces, from the running parity of all bits before each place."""
    return sums[stops] ^ sums[starts]


def _running(bits: NDArray[np.uint8], order: NDArray[np.int64]) -> NDArray[np.uint8]:
    sums = np.zeros(len(bits) + 1, dtype=np.uint8)
    np.bitwise_xor.accumulate(bits[order], out=sums[1:])
    return sums


def _size(count: int, error_rate: float, number: int) -> int:
    """Length of the pieces of a pass: at most half the block, for the parity of all of it says little."""
    half = ceil(count / 2)
    # Compared first: of hardly any errors the pieces would be longer than any number.
    if error_rate * half <= _FIRST:
        return half
    return min(half, ceil(_FIRST / error_rate) << number)

"""Reconciliation by low-density parity checks, decoded by the library `ldpc` (the extra ``ldpc``).

The keeper tells the parities of a sparse matrix, all in one message, from which belief propagation finds the
errors. A frame that it does not find them in asks for the bits that it is the least sure of, and tries again.

References:
    Gallager, Low-Density Parity-Check Codes, MIT Press (1963); Elkouss, Leverrier, Alléaume, Boutros,
    ISIT 2009, 1879; Kiktenko et al., Phys. Rev. Applied 8, 044017 (2017).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from scipy.sparse import csr_matrix

from protocols.qkd.reconciliation import Asking, Correction
from qsim.analytic.qkd import binary_entropy
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LowDensity"]

#: Checks that each bit is in, and how often bands are mended so that no two bits share two of them.
_WEIGHT, _MENDS = 3, 100
#: Bits asked for at once after a failure, as a share of the checks; probability that a known bit is wrong.
_MORE, _KNOWN = 0.02, 1e-9
_ITERATIONS: Final = 60
#: What messages of the minimum are scaled by: about what the sum of products has in their place.
_SCALE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Checks:
    """The first question: parities of a sparse matrix, the same for each frame.

    Attributes:
        matrix: shape (checks, bits of a frame).
    """

    matrix: csr_matrix

    @property
    def bits(self) -> int:
        """Size of the message: a number of 64 bits, from which the matrix follows, and its two sides."""
        return 3 * 64


@dataclass(frozen=True, slots=True)
class Places:
    """A later question: single bits.

    Attributes:
        places: which.
    """

    places: NDArray[np.int64]

    @property
    def bits(self) -> int:
        """Size of the message: 32 bits a place."""
        return 32 * len(self.places)


class Syndromes:
    """The end that answers.

    Attributes:
        told: parities told so far.
    """

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        self._bits = bits
        self.told = 0

    def answer(self, question: Checks | Places) -> NDArray[np.uint8]:
        """The parities asked for: those of the first frame first."""
        if isinstance(question, Checks):
            told = _syndromes(question.matrix, _framed(self._bits, question.matrix.shape[1])).ravel()
        else:
            told = self._bits[question.places]
        self.told += len(told)
        return told


@register("reconciliation", "ldpc")
@dataclass(frozen=True)
class LowDensity(Declared):
    """Low-density parity checks: few messages, more of them told than by Cascade.

    Raises:
        ParameterError: the library `ldpc` is not installed.
    """

    efficiency: Annotated[
        float, Param("checks of the first message over the Shannon limit of the errors expected", ge=1, le=10)
    ] = 1.25
    frame: Annotated[int, Param("bits that are corrected together, at most", ge=100, le=1_000_000)] = 10_000
    rounds: Annotated[int, Param("messages that ask for single bits, at most", ge=0, le=1000)] = 40

    def __post_init__(self) -> None:
        super().__post_init__()
        _decoder_class()

    def answers(self, bits: NDArray[np.uint8]) -> Syndromes:
        return Syndromes(bits)

    def correct(self, bits: NDArray[np.uint8], error_rate: float, rng: np.random.Generator) -> Asking:
        size = ceil(len(bits) / ceil(len(bits) / self.frame))
        rate = min(0.5, max(error_rate, 1 / size))
        checks = min(size, ceil(self.efficiency * binary_entropy(rate) * size))
        matrix = _drawn(checks, size, rng)
        answer = yield Checks(matrix)
        own = _framed(bits, size)
        syndromes = answer.reshape(len(own), -1) ^ _syndromes(matrix, own)
        frames = [_Frame(matrix, one, rate) for one in syndromes]
        padding = own.size - len(bits)
        if padding:
            # Both ends know of the bits that fill up the last frame.
            frames[-1].learn(np.arange(size - padding, size), np.zeros(padding, dtype=np.uint8))
        told = yield from self._asked(frames, bits)
        wrong = np.concatenate([frame.errors for frame in frames])[: len(bits)]
        return Correction(bits ^ wrong, int(wrong.sum()), len(answer) + told[0], 1 + told[1])

    def _asked(
        self, frames: list[_Frame], bits: NDArray[np.uint8]
    ) -> Generator[Places, NDArray[np.uint8], tuple[int, int]]:
        """Decode, and ask for bits of those frames that fail; how many bits, in how many questions."""
        told = questions = 0
        left = [(place, frame) for place, frame in enumerate(frames) if not frame.solved()]
        while left and questions < self.rounds:
            unsure = [(place, frame, frame.unsure()) for place, frame in left]
            asked = np.concatenate([place * frame.size + mine for place, frame, mine in unsure])
            errors = (yield Places(asked)) ^ bits[asked]
            told, questions = told + len(asked), questions + 1
            for _, frame, mine in unsure:
                frame.learn(mine, errors[: len(mine)])
                errors = errors[len(mine) :]
            left = [(place, frame) for place, frame in left if not frame.solved()]
        return told, questions


class _Frame:
    """The errors of one frame, as far as they are known.

    Args:
        matrix: the checks.
        syndrome: parities of the errors.
        rate: share of wrong bits to be expected.

    Attributes:
        size: number of bits.
        errors: as found last, 0 or 1 each; none where they do not fit the checks.
    """

    def __init__(self, matrix: csr_matrix, syndrome: NDArray[np.uint8], rate: float) -> None:
        self.size = matrix.shape[1]
        self.errors = np.zeros(self.size, dtype=np.uint8)
        self._matrix, self._syndrome = matrix, syndrome
        self._chances = np.full(self.size, rate)
        self._known = np.zeros(self.size, dtype=np.bool_)
        self._sureness = np.zeros(self.size)

    def learn(self, places: NDArray[np.int64], errors: NDArray[np.uint8]) -> None:
        """Some bits are known to be wrong or right."""
        self._known[places] = True
        self._chances[places] = np.where(errors, 1 - _KNOWN, _KNOWN)
        self.errors[places] = errors

    def unsure(self) -> NDArray[np.int64]:
        """Places of the bits that are the least sure, ascending."""
        number = ceil(_MORE * self._matrix.shape[0])
        order = np.argsort(np.where(self._known, np.inf, self._sureness), kind="stable")
        return np.sort(order[: min(number, self.size - int(self._known.sum()))])

    def solved(self) -> bool:
        """Look for the errors; whether some were found that fit all checks."""
        decoder = _decoder_class()(
            self._matrix,
            error_channel=self._chances.tolist(),
            max_iter=_ITERATIONS,
            bp_method="minimum_sum",
            ms_scaling_factor=_SCALE,
        )
        found = np.asarray(decoder.decode(self._syndrome), dtype=np.uint8)
        fits = bool((_syndromes(self._matrix, found[None])[0] == self._syndrome).all())
        self._sureness = np.abs(np.asarray(decoder.log_prob_ratios))
        if fits:
            self.errors = found
        return fits or bool(self._known.all())


def _framed(bits: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Bits in frames of a size, the last filled up with zeros; shape (frames, size)."""
    return np.pad(bits, (0, -len(bits) % size)).reshape(-1, size)


def _syndromes(matrix: csr_matrix, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Parities of each frame, shape (frames, checks)."""
    sums = matrix.astype(np.int64) @ frames.T.astype(np.int64)
    return np.asarray(sums.T & 1, dtype=np.uint8)


def _drawn(checks: int, size: int, rng: np.random.Generator) -> csr_matrix:
    """A sparse matrix after Gallager: in each of three bands of checks every bit is in one of them.

    Bits that share two checks mislead the decoder: one of them changes places with another in a band.
    """
    each = max(1, ceil(checks / _WEIGHT))
    bands = [rng.permutation(np.arange(size) % each) for _ in range(_WEIGHT)]
    for _ in range(_MENDS):
        twins = 0
        for later in range(1, _WEIGHT):
            for earlier in range(later):
                _, first = np.unique(bands[earlier] * each + bands[later], return_index=True)
                again = np.setdiff1d(np.arange(size), first)
                twins += len(again)
                for one, other in zip(again, rng.integers(size, size=len(again)), strict=True):
                    bands[later][[one, other]] = bands[later][[other, one]]
        if not twins:
            break
    rows = np.concatenate([number * each + band for number, band in enumerate(bands)])
    columns = np.tile(np.arange(size), _WEIGHT)
    ones = np.ones(len(rows), dtype=np.uint8)
    return csr_matrix((ones, (rows, columns)), shape=(_WEIGHT * each, size))


def _decoder_class() -> Any:
    try:
        from ldpc.bp_decoder import BpDecoder
    except ImportError:
        raise ParameterError(
            "reconciliation `ldpc` needs the package ldpc (pip install 'qsim-net[ldpc]'); `cascade` "
            "needs none"
        ) from None
    return BpDecoder

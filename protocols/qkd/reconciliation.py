"""What corrects the bits of one end towards those of the other: the kind `reconciliation`.

The mender asks, the keeper answers with parities of its bits, each of which an eavesdropper hears and is
counted as told. Whether all errors are gone is not known before the tag of the bits has been compared.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qsim.registry import define_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Answers", "Asking", "Correction", "Question", "Reconciliation", "reconcile"]


class Question(Protocol):
    """Parities that one end asks of the other."""

    @property
    def bits(self) -> int:
        """Size of the message."""
        ...


@dataclass(frozen=True, slots=True)
class Correction:
    """What has come of it.

    Attributes:
        bits: the corrected bits.
        changed: how many were changed.
        told: parities that the other end has told.
        questions: how often it was asked, a round trip each.
    """

    bits: NDArray[np.uint8]
    changed: int
    told: int
    questions: int


Asking = Generator[Any, "NDArray[np.uint8]", Correction]


class Answers(Protocol):
    """The end that answers: its bits stay as they are."""

    @property
    def told(self) -> int:
        """Parities told so far."""
        ...

    def answer(self, question: Any) -> NDArray[np.uint8]:
        """The parities asked for, 0 or 1 each."""
        ...


class Reconciliation(Protocol):
    """A way to correct bits."""

    def answers(self, bits: NDArray[np.uint8]) -> Answers:
        """The end whose bits stay."""
        ...

    def correct(self, bits: NDArray[np.uint8], error_rate: float, rng: np.random.Generator) -> Asking:
        """Correct bits by questions: yields each, takes its answer, returns what has come of it.

        Args:
            bits: at least one, 0 or 1 each; not changed.
            error_rate: share of wrong bits to be expected.
            rng: what is drawn at random.
        """
        ...


define_kind("reconciliation", Reconciliation, "how-to/how-much-key.md")


def reconcile(
    by: Reconciliation,
    own: NDArray[np.uint8],
    other: NDArray[np.uint8],
    error_rate: float,
    rng: np.random.Generator,
) -> Correction:
    """Correct bits towards those of another end, both at hand.

    Example:
        >>> from protocols.qkd.cascade import Cascade
        >>> other = np.random.default_rng(1).integers(0, 2, 1000, dtype=np.uint8)
        >>> own = other.copy()
        >>> own[::50] ^= 1
        >>> found = reconcile(Cascade(), own, other, 0.02, np.random.default_rng(2))
        >>> found.changed, bool((found.bits == other).all())
        (20, True)
    """
    side, asking = by.answers(other), by.correct(own, error_rate, rng)
    try:
        question = next(asking)
        while True:
            question = asking.send(side.answer(question))
    except StopIteration as stop:
        done: Correction = stop.value
        return done

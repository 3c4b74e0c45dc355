"""What the ends of a session have told each other about one block: counts, which give a key's length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Analysis", "Counts"]

_Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one block, by intensity where there are several.

    Attributes:
        key: sifted bits in the basis of the key.
        test: sifted bits in the other basis, all compared.
        wrong: how many of the latter differ.
        corrected: bits of the key that reconciliation has changed.
        sent: slots sent in the basis of the key and in the other one, for each intensity; empty for pairs.
    """

    key: _Numbers
    test: _Numbers
    wrong: _Numbers
    corrected: float = 0
    sent: tuple[tuple[float, float], ...] = ()

    @property
    def error_key(self) -> float | None:
        """Share of wrong bits in the key before correction; None without any."""
        return self.corrected / sum(self.key) if sum(self.key) else None

    @property
    def error_test(self) -> float | None:
        """Share of wrong bits among those compared; None without any."""
        return sum(self.wrong) / sum(self.test) if sum(self.test) else None

    def scaled(self, factor: float) -> Counts:
        """Counts of a block so many times as long."""

        def by(numbers: _Numbers) -> _Numbers:
            return tuple(factor * number for number in numbers)

        return Counts(
            by(self.key),
            by(self.test),
            by(self.wrong),
            factor * self.corrected,
            tuple((factor * key, factor * test) for key, test in self.sent),
        )


class Analysis(Protocol):
    """What is known of an eavesdropper, from counts."""

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key that a block gives, before rounding down; 0 where there is none.

        Args:
            counts: of the block.
            leaked: bits that reconciliation has told.
        """
        ...

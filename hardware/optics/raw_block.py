"""What one block of slots between a transmitter and a receiver of a key leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qsim.registry import define_kind

__all__ = ["RawBlock", "RawKeySource"]


@dataclass(frozen=True, slots=True)
class RawBlock:
    """Columns over the slots in which the receiver saw something; nothing is kept of the others.

    A slot in which both detectors of a basis click has a bit drawn at random by the receiver and is
    marked in `double`.
    """

    sent: NDArray[np.int64]
    """Slots sent, shape (intensities, bases)."""
    slot: NDArray[np.int64]
    """Index of the slot within the block, ascending, shape (clicks,)."""
    sent_intensity: NDArray[np.int8]
    sent_basis: NDArray[np.int8]
    sent_bit: NDArray[np.int8]
    seen_basis: NDArray[np.int8]
    seen_bit: NDArray[np.int8]
    double: NDArray[np.bool_]


class RawKeySource(Protocol):
    """A transmitter, its channel and its receiver, as a session of key distribution sees them."""

    @property
    def slot_period_s(self) -> float:
        """Time from one slot to the next."""
        ...

    @property
    def intensities(self) -> tuple[float, ...]:
        """Mean photon number of each intensity at the transmitter's output, signal first."""
        ...

    def block(self, slots: int, rng: np.random.Generator) -> RawBlock:
        """Run a block of `slots` slots."""
        ...


define_kind("key-source", RawKeySource, "how-to/optical-bench.md")

"""What memories with many modes say beside what all memories say: modes, and how well a half comes out.

`hardware.multimode.MultimodeMemory` says it of itself; a memory of a user's own may have the same attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.memory import MemoryModel


def modes_of(memory: MemoryModel) -> int:
    """Attempts that a memory may have under way at once."""
    modes: int = getattr(memory, "temporal_modes", 1)
    return modes


def spectral_modes(first: MemoryModel, second: MemoryModel) -> int:
    """Modes that every attempt between two memories uses at once."""
    return min(getattr(memory, "spectral_modes", 1) for memory in (first, second))


def retrieval_of(memory: MemoryModel) -> Callable[[float], float] | None:
    """Probability that a half comes out after a time in s; None for a memory that always gives it back."""
    told: Callable[[float], float] | None = getattr(memory, "retrieval", None)
    if told is None or (told(0.0) == 1 and getattr(memory, "retrieval_time", None) is None):
        return None
    return told

"""What an engine does: drive a bank of cells through inputs and hand back what is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.cells.bank import Bank
from qml.cells.base import Cell
from qml.maps.base import Evaluator, Noise

#: Told how many steps of rows were finished since the last time.
Advance = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class State:
    """Where a drive stands, to go on from.

    Attributes:
        parts: the cells' state, arrays of shape (cells, batch, size).
        noise: generators of sampling noise, in JAX keys, for each cell and row; empty without shots.
    """

    parts: tuple[NDArray[np.float64], ...]
    noise: Noise = ()


@dataclass(frozen=True, eq=False)
class Driven:
    """What a drive gives.

    Attributes:
        features: shape (cells, batch, features), or (cells, batch, steps, features) where every step is kept.
        state: after the last step.
    """

    features: NDArray[np.float64]
    state: State


@dataclass(frozen=True)
class Engine(ABC):
    """A way to drive a bank.

    Attributes:
        evaluator: computes the maps; by default the fastest that the cell knows.
        single: single precision.
    """

    evaluator: Evaluator | None = None
    single: bool = False

    @abstractmethod
    def run(
        self,
        bank: Bank,
        inputs: NDArray[np.float64],
        readout: tuple[str, ...],
        *,
        every: bool,
        state: State | None = None,
        advance: Advance | None = None,
    ) -> Driven:
        """Drive all cells through all inputs.

        Args:
            bank: the cells.
            inputs: shape (cells or 1, batch, steps, channels).
            readout: what is read, by name.
            every: keep the features of every step, or of the last alone.
            state: to go on from; the zero state by default.
            advance: told of progress, in steps of rows.

        Raises:
            ParameterError: the circuits need more memory than there is.
        """


def zero_state(cell: Cell, cells: int, batch: int) -> tuple[NDArray[np.float64], ...]:
    """All parts of the state at zero, where every drive begins."""
    return tuple(np.zeros((cells, batch, size)) for size in cell.state_sizes)


def mix(old: tuple[Any, ...], new: tuple[Any, ...], leak: Any) -> tuple[Any, ...]:
    """A leaky cell keeps the share 1 - leak of each part of its state; leak has shape (cells, 1, 1)."""
    return tuple((1 - leak) * before + leak * after for before, after in zip(old, new, strict=True))

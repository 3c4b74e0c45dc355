"""Many cells of one kind, each with frozen weights of its own, driven together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.cells.base import Cell
from qml.maps.base import Evaluator, Weights
from qsim.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Bank:
    """Cells that share their equations and sizes.

    Attributes:
        cell: the equations and sizes.
        weights: frozen numbers; the leading axis of each array runs over cells.
        leak: share of the new state that replaces the old one at each step, in (0, 1], for each cell.

    Raises:
        ParameterError: arrays of different numbers of cells, or a leak out of range.
    """

    cell: Cell
    weights: Weights
    leak: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not np.all((self.leak > 0) & (self.leak <= 1)):
            raise ParameterError(f"leak must lie in (0, 1], not {self.leak.tolist()}")
        for name, array in self.weights.items():
            if len(array) != len(self.leak):
                raise ParameterError(f"{name} holds {len(array)} cells and leak {len(self.leak)}")

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.leak)

    def prepared(self, evaluator: Evaluator) -> list[list[NDArray[Any]]]:
        """The arrays with which an evaluator computes these cells' maps; frozen weights are prepared once."""
        if evaluator not in self._prepared:
            self._prepared[evaluator] = evaluator.prepare(self.weights, self.cell.stages)
        return self._prepared[evaluator]

    @cached_property
    def _prepared(self) -> dict[Evaluator, list[list[NDArray[Any]]]]:
        return {}

    @property
    def fingerprint(self) -> str:
        """A hash of everything that the features depend on."""
        digest = hashlib.blake2b(repr(self.cell).encode(), digest_size=16)
        for name, array in sorted([*self.weights.items(), ("leak", self.leak)]):
            digest.update(f"{name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
        return digest.hexdigest()


def draw_bank(
    cell: Cell, seeds: Sequence[np.random.SeedSequence | int], leak: float | NDArray[np.float64] = 1.0
) -> Bank:
    """A bank with one cell for each seed; a cell depends on its own seed alone."""
    drawn = [cell.draw(np.random.default_rng(seed)) for seed in seeds]
    weights = {name: np.stack([one[name] for one in drawn]) for name in drawn[0]}
    return Bank(cell, weights, np.broadcast_to(np.asarray(leak, dtype=float), (len(drawn),)).copy())

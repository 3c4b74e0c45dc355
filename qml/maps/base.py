"""The maps inside a cell: from a vector to the numbers that a gate or a readout uses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

#: Frozen numbers of a bank of cells, by name; the leading axis of each array runs over cells.
Weights = dict[str, NDArray[np.float64]]
#: A generator of sampling noise for each cell and row; empty where nothing is sampled.
Noise = tuple[tuple[np.random.Generator, ...], ...]
#: Keeps sampling apart from series and weights, which are drawn from the same seeds.
_SAMPLING = 0x5A17


def generators(seed: int, cells: int, rows: int) -> Noise:
    """A generator of sampling noise for each cell and row, of a stream that nothing else draws from."""
    return tuple(
        tuple(
            np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_SAMPLING, cell, row)))
            for row in range(rows)
        )
        for cell in range(cells)
    )


class Evaluator(ABC):
    """One way to compute a cell's maps; hashable, for it is part of what a compiled program depends on."""

    #: Whether a row costs nothing to pad: a batch is then computed in tiles of fixed size.
    tiled: ClassVar[bool] = True

    @abstractmethod
    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """The arrays of each stage, computed once for frozen weights.

        Args:
            weights: of the bank.
            stages: number of maps in each stage; the maps of a stage have the same input.
        """

    def noise(self, cells: int, batch: int) -> Noise:
        """Sources of sampling noise for each cell and row; none where nothing is sampled."""
        return ()

    @abstractmethod
    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Compute the maps of one stage.

        Args:
            xp: NumPy or jax.numpy.
            arrays: of `prepare`, for this stage.
            values: shape (cells, batch, inputs).
            order: for circuits, the largest number of Z in an observable; 1 gives <Z> of each wire.
            rows: rows of the batch in one matrix product; divides the batch.
            noise: as `noise` gives it, for the rows of this batch that are not padding.

        Returns:
            shape (cells, batch, maps, outputs).
        """


def tiled_product(values: Any, matrix: Any, rows: int) -> Any:
    """Product of rows (cells, batch, inputs) with (cells, inputs, outputs), `rows` of them at a time."""
    cells, batch, inputs = values.shape
    product = values.reshape(cells, batch // rows, rows, inputs) @ matrix[:, None]
    return product.reshape(cells, batch, matrix.shape[-1])


def split_stages(array: NDArray[Any], stages: tuple[int, ...]) -> list[NDArray[Any]]:
    """Cut an array (cells, maps, ...) into one array for each stage."""
    bounds = np.cumsum((0, *stages))
    return [array[:, start:stop] for start, stop in pairwise(bounds)]

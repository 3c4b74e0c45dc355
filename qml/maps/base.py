"""The maps inside a cell: from a vector to the numbers that a gate or a readout uses.

What a user may bring here is a `Circuit`, registered under the kind ``circuit``, and the `Evaluator` that
computes it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from qsim.registry import define_kind

#: How-to page with parts of one's own, in ``docs``.
PAGE = "how-to/reservoir-parts.md"
#: Frozen numbers of a bank of cells, by name; the leading axis of each array runs over cells.
Weights = dict[str, NDArray[np.float64]]
#: A generator of sampling noise for each cell and row, in JAX a key; empty where nothing is sampled.
Noise = tuple[tuple[Any, ...], ...]
#: Keeps sampling apart from series and weights, which are drawn from the same seeds.
_SAMPLING = 0x5A17


def generators(seed: int, cells: int, rows: int) -> Noise:
    """A generator of sampling noise for each cell and row, of a stream that nothing else draws from."""
    return tuple(tuple(map(np.random.default_rng, of_cell)) for of_cell in _streams(seed, cells, rows))


def jax_keys(seed: int, cells: int, rows: int) -> Noise:
    """A key of JAX for each cell and row, two numbers of 32 bits, of the same streams as `generators`."""
    return tuple(tuple(one.generate_state(2) for one in of_cell) for of_cell in _streams(seed, cells, rows))


def _streams(seed: int, cells: int, rows: int) -> tuple[tuple[np.random.SeedSequence, ...], ...]:
    return tuple(
        tuple(np.random.SeedSequence(seed, spawn_key=(_SAMPLING, cell, row)) for row in range(rows))
        for cell in range(cells)
    )


class Evaluator(ABC):
    """One way to compute a cell's maps; hashable, for it is part of what a compiled program depends on.

    It says itself what it carries out of a `Computation`: a choice that asks for anything else is refused.
    """

    #: The engine that it belongs to: ``compiled``, ``qnode`` or ``trainable``.
    engine: ClassVar[str] = "compiled"
    #: Whether `evaluate` is written for any `xp`, so that JAX can trace it.
    traceable: ClassVar[bool] = True
    #: Whether a row costs nothing to pad: a batch is then computed in tiles of fixed size.
    tiled: ClassVar[bool] = True

    @abstractmethod
    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """The arrays of each stage, computed once for frozen weights.

        Args:
            weights: of the bank.
            stages: number of maps in each stage; the maps of a stage have the same input.
        """

    def axes(self, wires: int) -> int:
        """Two-valued axes of a state of so many wires, for the memory that it takes."""
        return wires

    @property
    def sampled(self) -> int | None:
        """Measurements that it takes of each circuit; None where its numbers are exact."""
        return None

    def noise(self, cells: int, batch: int) -> Noise:
        """Sources of sampling noise for each cell and row; none where nothing is sampled."""
        return ()

    def keys(self, cells: int, batch: int) -> Noise:
        """The same for JAX."""
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
            order: for circuits, the largest number of Z in an observable; 0 asks for what is fed back alone,
                <Z> of each wire. Otherwise observables of the circuit's own come behind the products of Z.
            rows: rows of the batch in one matrix product; divides the batch.
            noise: as `noise` gives it, for the rows of this batch that are not padding; in JAX keys (cells,
                batch, 2), others at each call.

        Returns:
            shape (cells, batch, maps, outputs).
        """


@dataclass(frozen=True)
class Computation:
    """How maps are to be computed, as `qml.engines.choice.EngineChoice` asks for it.

    Attributes:
        engine: ``auto`` (the fastest there is), ``compiled``, ``qnode`` or ``trainable``.
        device: PennyLane's name of the device that runs QNodes, or that device.
        shots: measurements of each circuit at each step; None for exact expectation values.
        seed: of the sampling noise.
        single: whether in single precision.
    """

    engine: str = "auto"
    device: Any = "default.qubit"
    shots: int | None = None
    seed: int = 0
    single: bool = False


class Circuit(Protocol):
    """The circuits of a quantum cell, or what stands in their place; a frozen dataclass, for it is hashed."""

    def draw(self, rng: np.random.Generator, wires: int, maps: int) -> Weights:
        """Frozen weights of one cell.

        Args:
            rng: where they are drawn from.
            wires: numbers that each circuit encodes, and at least so many that it returns.
            maps: how many circuits.

        Returns:
            arrays by name, without the axis over cells; ``gain`` and ``shift`` are the cell's own.
        """
        ...

    def evaluator(self, wires: int, how: Computation) -> Evaluator:
        """What computes these circuits as is asked, or as nearly so as they can be."""
        ...


define_kind("circuit", Circuit, PAGE)


def tiled_product(values: Any, matrix: Any, rows: int) -> Any:
    """Product of rows (cells, batch, inputs) with (cells, inputs, outputs), `rows` of them at a time."""
    cells, batch, inputs = values.shape
    product = values.reshape(cells, batch // rows, rows, inputs) @ matrix[:, None]
    return product.reshape(cells, batch, matrix.shape[-1])


def split_stages(array: NDArray[Any], stages: tuple[int, ...]) -> list[NDArray[Any]]:
    """Cut an array (cells, maps, ...) into one array for each stage."""
    bounds = np.cumsum((0, *stages))
    return [array[:, start:stop] for start, stop in pairwise(bounds)]

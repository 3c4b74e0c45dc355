"""Variational circuits with frozen weights, and their compiled evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.execution import expectations
from qml.circuits.lowering import FUSED_WIRES, lower
from qml.circuits.shape import CircuitShape
from qml.maps.base import Evaluator, Noise, Weights, split_stages
from qsim.errors import ParameterError, nearest

_DRAWS = ("normal", "uniform")


@dataclass(frozen=True)
class CircuitUnits:
    """The circuits of a cell and how their angles are drawn.

    Attributes:
        layers: variational layers of each circuit.
        reupload: whether values are encoded again before each layer.
        init: ``normal`` for scale * standard normal (near the identity; the authors' code has scale 0.01),
            ``uniform`` for scale * U(0, 2 pi).
        scale: see `init`; by default 0.01 for ``normal`` and 1 for ``uniform``.

    Raises:
        ParameterError: an unknown `init`, no layer, or a scale that is negative.
    """

    layers: int = 2
    reupload: bool = False
    init: str = "normal"
    scale: float | None = None

    def __post_init__(self) -> None:
        CircuitShape(1, self.layers, self.reupload)
        if self.init not in _DRAWS:
            raise ParameterError(f"unknown init '{self.init}'{nearest(self.init, _DRAWS)}")
        if self.scale is not None and not 0 <= self.scale < np.inf:
            raise ParameterError(f"scale must be a number of at least 0, not {self.scale!r}")

    def shape(self, wires: int) -> CircuitShape:
        """Shape of the circuits on so many wires."""
        return CircuitShape(wires, self.layers, self.reupload)

    def draw(self, rng: np.random.Generator, wires: int, maps: int) -> Weights:
        """Angles of one cell (radians), shape (maps, layers, wires, 3)."""
        size = (maps, *self.shape(wires).weights)
        if self.init == "normal":
            return {"angles": (0.01 if self.scale is None else self.scale) * rng.standard_normal(size)}
        return {"angles": (1.0 if self.scale is None else self.scale) * rng.uniform(0.0, 2 * pi, size)}


@dataclass(frozen=True)
class CompiledCircuits(Evaluator):
    """Circuits lowered to products and permutations.

    Attributes:
        shape: of the circuits.
        fused: one dense matrix for everything behind the encoding; by default on few wires.
        single: whether in single precision.
    """

    shape: CircuitShape
    fused: bool
    single: bool = False

    @staticmethod
    def of(shape: CircuitShape, single: bool = False) -> CompiledCircuits:
        """The faster of the two lowerings for this shape."""
        return CompiledCircuits(shape, shape.wires <= FUSED_WIRES and not shape.reupload, single)

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Gains and shifts of the encoding, and lowered circuits, of each stage."""
        dtype = np.complex64 if self.single else np.complex128
        prepared = []
        for stage, angles in enumerate(split_stages(weights["angles"], stages)):
            lowered = [array.astype(dtype) for array in lower(np, self.shape, angles, self.fused)]
            encoding = np.stack([weights["gain"][:, stage, None], weights["shift"][:, stage, None]])
            prepared.append([encoding.astype(np.float32 if self.single else np.float64), *lowered])
        return prepared

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Expectation values of all circuits of the stage."""
        (gain, shift), *lowered = arrays
        return expectations(xp, self.shape, self.fused, lowered, gain * values + shift, order, rows)

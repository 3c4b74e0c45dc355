"""Affine maps and random tanh units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.observables import z_products
from qml.maps.base import Computation, Evaluator, Noise, Weights, split_stages, tiled_product
from qsim.parameters import Declared, Param
from qsim.registry import register


@dataclass(frozen=True)
class AffineMaps(Evaluator):
    """Maps v -> M v + b.

    Its weights are ``matrix`` (cells, maps, outputs, inputs) and ``bias`` (cells, maps, outputs).
    """

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """One matrix for all maps of a stage, and their biases."""
        prepared = []
        for matrix, bias in zip(
            split_stages(weights["matrix"], stages), split_stages(weights["bias"], stages), strict=True
        ):
            cells, maps, outputs, inputs = matrix.shape
            joined = np.ascontiguousarray(matrix.transpose(0, 3, 1, 2)).reshape(cells, inputs, maps * outputs)
            prepared.append([joined, bias[:, None]])
        return prepared

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Compute the maps; `order` means nothing here."""
        matrix, bias = arrays
        cells, _, maps, outputs = bias.shape
        return tiled_product(values, matrix, rows).reshape(cells, -1, maps, outputs) + bias


@dataclass(frozen=True)
class TanhMaps(AffineMaps):
    """Random tanh units in the place of circuits: v -> tanh(M (gain v + shift) + b), with as many outputs."""

    wires: int

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Fold the gains and shifts of each stage into its matrix and bias."""
        gain, shift = (np.repeat(weights[name], stages, axis=1)[:, :, None, :] for name in ("gain", "shift"))
        matrix = weights["matrix"]
        bias = weights["bias"] + (matrix * shift).sum(axis=-1)
        return super().prepare({"matrix": matrix * gain, "bias": bias}, stages)

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Compute as many units as a circuit has observables of that order."""
        units = super().evaluate(xp, arrays, values, order, rows)
        return xp.tanh(units[..., : len(z_products(self.wires, order))])


@register("circuit", "tanh")
@dataclass(frozen=True)
class TanhUnits(Declared):
    """The classical control: the same wiring with random tanh units instead of circuits.

    Attributes:
        scale: standard deviation of the matrix elements.
        bias_scale: standard deviation of the biases.

    Raises:
        ParameterError: a scale that is negative.
    """

    scale: Annotated[float, Param("standard deviation of the matrix elements", ge=0)] = 1.0
    bias_scale: Annotated[float, Param("standard deviation of the biases", ge=0)] = 0.5

    def draw(self, rng: np.random.Generator, wires: int, maps: int) -> Weights:
        """Weights of one cell, without the axis over cells, for observables up to three Z."""
        outputs = len(z_products(wires, min(3, wires)))
        return {
            "matrix": self.scale * rng.standard_normal((maps, outputs, wires)),
            "bias": self.bias_scale * rng.standard_normal((maps, outputs)),
        }

    def evaluator(self, wires: int, how: Computation) -> TanhMaps:
        """The units themselves, exactly."""
        return TanhMaps(wires)

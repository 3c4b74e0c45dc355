"""Circuits read through a finite number of shots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from qml.circuits.execution import probabilities_of, z_expectations
from qml.maps.base import Evaluator, Noise, Weights, generators
from qml.maps.circuit import CompiledCircuits


@dataclass(frozen=True)
class SampledCircuits(Evaluator):
    """Expectation values estimated from `shots` measurements of all wires in the computational basis.

    Every <Z>, <ZZ>, ... of a circuit comes from the same shots. What is fed back is sampled too. Each cell
    and each row has a generator of its own, so the noise of a row does not depend on the rest of the batch.

    Attributes:
        exact: the circuits.
        shots: measurements of each circuit at each step.
        seed: of the noise.
    """

    exact: CompiledCircuits
    shots: int
    seed: int

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """As for exact circuits."""
        return self.exact.prepare(weights, stages)

    def noise(self, cells: int, batch: int) -> Noise:
        """A generator for each cell and row."""
        return generators(self.seed, cells, batch)

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Sample every circuit of every row, and average."""
        (gain, shift), *lowered = arrays
        exact = self.exact
        shares = probabilities_of(xp, exact.shape, exact.fused, lowered, gain * values + shift, rows)
        shares = shares / shares.sum(axis=-1, keepdims=True)
        for cell, of_rows in enumerate(noise):
            for row, generator in enumerate(of_rows):
                shares[cell, row] = generator.multinomial(self.shots, shares[cell, row]) / self.shots
        return z_expectations(xp, shares, order, rows)

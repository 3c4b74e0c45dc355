"""The published circuits with frozen weights, and their compiled evaluation: exact, or from shots."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import pi
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.blocks import CircuitShape, circuit, encoding_angles
from qml.circuits.execution import expectations, probabilities_of, z_expectations
from qml.circuits.lowering import FUSED_WIRES, lower
from qml.circuits.sampling import sampled
from qml.maps.base import Computation, Evaluator, Noise, Weights, generators, jax_keys, split_stages
from qml.maps.pennylane_circuit import PennyLaneCircuit
from qsim.parameters import Param
from qsim.registry import register


@register("circuit", "ring")
@dataclass(frozen=True)
class CircuitUnits(PennyLaneCircuit):
    """The circuits of arXiv:2211.02612, with rings of CNOT, and how their angles are drawn.

    Attributes:
        layers: variational layers of each circuit.
        reupload: whether values are encoded again before each layer.
        init: ``normal`` for scale * standard normal (near the identity; the authors' code has scale 0.01),
            ``uniform`` for scale * U(0, 2 pi).
        scale: see `init`; by default 0.01 for ``normal`` and 1 for ``uniform``.

    Raises:
        ParameterError: an unknown `init`, no layer, or a scale that is negative.
    """

    layers: Annotated[int, Param("variational layers of each circuit", ge=1)] = 2
    reupload: Annotated[bool, Param("encode values again before each layer")] = False
    init: Annotated[
        str, Param("how angles are drawn: around zero, or evenly", choices=("normal", "uniform"))
    ] = "normal"
    scale: Annotated[
        float | None, Param("of that draw; left out, 0.01 for normal and 1 (of 2 pi) for uniform", ge=0)
    ] = None

    @property
    def lowered(self) -> bool:
        """Whether the compiled evaluation is of these gates, and not of those that a subclass replaced."""
        kind = type(self)
        return kind.gates is CircuitUnits.gates and kind.observables is CircuitUnits.observables

    def shape(self, wires: int) -> CircuitShape:
        """Shape of the circuits on so many wires."""
        return CircuitShape(wires, self.layers, self.reupload)

    def angles(self, wires: int) -> tuple[int, int, int]:
        """Layers, wires, three Euler angles."""
        return self.shape(wires).weights

    def gates(self, values: Any, angles: Any) -> None:
        """The circuit of `qml.circuits.blocks`."""
        import pennylane as qp

        circuit(self.shape(values.shape[-1]), *encoding_angles(qp.math, values), angles)

    def draw(self, rng: np.random.Generator, wires: int, maps: int) -> Weights:
        """Angles of one cell (radians), shape (maps, layers, wires, 3)."""
        size = (maps, *self.angles(wires))
        if self.init == "normal":
            return {"angles": (0.01 if self.scale is None else self.scale) * rng.standard_normal(size)}
        return {"angles": (1.0 if self.scale is None else self.scale) * rng.uniform(0.0, 2 * pi, size)}

    def evaluator(self, wires: int, how: Computation) -> Evaluator:
        """Lowered circuits, exact or sampled, unless QNodes are asked for or a subclass has other gates."""
        if how.engine not in ("auto", "compiled") or not self.lowered:
            return super().evaluator(wires, how)
        compiled = CompiledCircuits.of(self.shape(wires), how.single and how.shots is None)
        return compiled if how.shots is None else SampledCircuits(compiled, how.shots, how.seed)


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
    # No part of what a compiled program depends on: it is told keys.
    seed: int = field(default=0, compare=False)

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """As for exact circuits."""
        return self.exact.prepare(weights, stages)

    @property
    def sampled(self) -> int | None:
        """The shots."""
        return self.shots

    def noise(self, cells: int, batch: int) -> Noise:
        """A generator for each cell and row."""
        return generators(self.seed, cells, batch)

    def keys(self, cells: int, batch: int) -> Noise:
        """The same for JAX."""
        return jax_keys(self.seed, cells, batch)

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Sample every circuit of every row, and average."""
        (gain, shift), *lowered = arrays
        exact = self.exact
        shares = probabilities_of(xp, exact.shape, exact.fused, lowered, gain * values + shift, rows)
        return z_expectations(xp, sampled(xp, shares, self.shots, noise), order, rows)

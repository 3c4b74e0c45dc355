"""The circuit, written once, as PennyLane code.

Encoding: a Hadamard gate on each wire, then RY(arctan x) and RZ(arctan x^2). Each variational layer: CNOT
from every wire i to i+1, then from every wire i to i+2 (modulo the number of wires), then a general rotation
on every wire. From the public code of the authors of arXiv 2211.02612; also Chen et al., arXiv 2009.01783.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qsim.errors import ParameterError


@dataclass(frozen=True)
class CircuitShape:
    """What all circuits of a cell have in common.

    Attributes:
        wires: number of qubits, which is also the number of values that are encoded.
        layers: number of variational layers.
        reupload: whether the values are encoded again before every layer but the first
            (Perez-Salinas et al., Quantum 4, 226 (2020)); the published circuit encodes once.

    Raises:
        ParameterError: no wire or no layer.

    Example:
        >>> CircuitShape(wires=4, layers=2).weights
        (2, 4, 3)
    """

    wires: int
    layers: int
    reupload: bool = False

    def __post_init__(self) -> None:
        for name in ("wires", "layers"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ParameterError(f"{name} must be a whole number of at least 1, not {value!r}")

    @property
    def weights(self) -> tuple[int, int, int]:
        """Shape of the angles of one circuit: layers, wires, three Euler angles (radians)."""
        return self.layers, self.wires, 3


def encoding_angles(xp: Any, values: Any) -> tuple[Any, Any]:
    """Angles of RY and RZ (radians) that encode values of any shape; `xp` is NumPy or jax.numpy."""
    return xp.arctan(values), xp.arctan(values * values)


def rotations(y_angles: Any, z_angles: Any) -> None:
    """Turn each wire by its RY and RZ angle; the last axis runs over wires, an axis before it broadcasts."""
    import pennylane as qp

    for wire in range(y_angles.shape[-1]):
        qp.RY(y_angles[..., wire], wires=wire)
    for wire in range(z_angles.shape[-1]):
        qp.RZ(z_angles[..., wire], wires=wire)


def entangling_ring(wires: int, stride: int) -> None:
    """CNOT from every wire i to i + stride modulo `wires`; nothing where both are the same wire."""
    import pennylane as qp

    if stride % wires == 0:
        return
    for wire in range(wires):
        qp.CNOT(wires=[wire, (wire + stride) % wires])


def variational_layer(weights: Any) -> None:
    """Both rings of CNOT, then Rot(phi, theta, omega) on each wire; `weights` has shape (wires, 3)."""
    import pennylane as qp

    wires = weights.shape[0]
    entangling_ring(wires, 1)
    entangling_ring(wires, 2)
    for wire in range(wires):
        qp.Rot(weights[wire, 0], weights[wire, 1], weights[wire, 2], wires=wire)


def circuit(shape: CircuitShape, y_angles: Any, z_angles: Any, weights: Any) -> None:
    """The whole circuit, without its measurement.

    Args:
        shape: wires, layers, re-uploading.
        y_angles: RY angles, last axis over wires; an axis before it is a parameter broadcast.
        z_angles: RZ angles, of the same shape.
        weights: shape (layers, wires, 3).
    """
    import pennylane as qp

    for wire in range(shape.wires):
        qp.Hadamard(wires=wire)
    for layer in range(shape.layers):
        if layer == 0 or shape.reupload:
            rotations(y_angles, z_angles)
        variational_layer(weights[layer])

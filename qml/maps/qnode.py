"""Circuits run by PennyLane, one QNode call for each: the reference that the other engines are held to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qml.circuits.blocks import circuit, encoding_angles
from qml.circuits.observables import z_products
from qml.circuits.shape import CircuitShape
from qml.maps.base import Evaluator, Noise, Weights, split_stages
from qsim.errors import ParameterError, nearest


@dataclass(frozen=True)
class QNodeCircuits(Evaluator):
    """Circuits as QNodes on a PennyLane device.

    Attributes:
        shape: of the circuits.
        device: PennyLane's name of the device.
        shots: measurements of each circuit, sampled by the device; None for exact expectation values.
        seed: of the device's sampling, where it takes one.
    """

    shape: CircuitShape
    device: str = "default.qubit"
    shots: int | None = None
    seed: int = 0

    tiled: ClassVar[bool] = False

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Gains, shifts and angles; also makes sure that the device exists."""
        qnode(self.shape, self.device, 1, self.shots, self.seed)
        return [
            [weights["gain"][:, stage, None], weights["shift"][:, stage, None], angles]
            for stage, angles in enumerate(split_stages(weights["angles"], stages))
        ]

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """One call for each cell and circuit, broadcast over the batch."""
        gain, shift, angles = arrays
        run = qnode(self.shape, self.device, order, self.shots, self.seed)
        encoded = encoding_angles(np, gain * values + shift)
        batch = values.shape[1]

        def one(y_angles: Any, z_angles: Any, weights: Any) -> NDArray[np.float64]:
            # A device that samples drops the axis of a batch of one.
            read = run(y_angles, z_angles, weights)
            return np.stack([np.reshape(number, batch) for number in read], axis=-1)

        return np.stack(
            [
                np.stack([one(y, z, weights) for weights in circuits], axis=-2)
                for y, z, circuits in zip(*encoded, angles, strict=True)
            ]
        )


@lru_cache(maxsize=64)
def qnode(shape: CircuitShape, device: str, order: int, shots: int | None = None, seed: int = 0) -> Any:
    """A QNode (RY angles, RZ angles, weights) -> expectation values of products of up to `order` Z.

    Raises:
        ParameterError: PennyLane knows no device of that name, or cannot start it.
    """
    import pennylane as qp

    measured = z_products(shape.wires, order)

    def run(y_angles: Any, z_angles: Any, weights: Any) -> Any:
        circuit(shape, y_angles, z_angles, weights)
        return [qp.expval(qp.prod(*(qp.Z(wire) for wire in wires))) for wires in measured]

    node = qp.QNode(run, open_device(device, shape.wires, None if shots is None else seed))
    return node if shots is None else qp.set_shots(node, shots=shots)


def open_device(name: str, wires: int, seed: int | None = None) -> Any:
    """A PennyLane device by its own name.

    Raises:
        ParameterError: PennyLane knows no device of that name, or cannot start it.
    """
    import pennylane as qp

    known = qp.plugin_devices
    if name not in known:
        raise ParameterError(f"PennyLane knows no device '{name}'{nearest(name, known)}")
    options = {} if seed is None else {"seed": seed}
    try:
        return qp.device(name, wires=wires, **options)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ParameterError(f"PennyLane's device '{name}' does not start: {reason}") from error

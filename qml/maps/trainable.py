"""Circuits as differentiable QNodes on default.qubit, to be traced by JAX.

``diff_method="backprop"`` keeps the whole simulation inside the traced program. Without it PennyLane hands
each call back to Python, which is two orders of magnitude slower and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from numpy.typing import NDArray

from qml.circuits.blocks import circuit, encoding_angles
from qml.circuits.observables import z_products
from qml.circuits.shape import CircuitShape
from qml.maps.base import Evaluator, Noise, Weights, split_stages


@dataclass(frozen=True)
class TrainableCircuits(Evaluator):
    """Circuits whose weights can be differentiated.

    Attributes:
        shape: of the circuits.
    """

    shape: CircuitShape

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Gains, shifts and angles, as they are."""
        return [
            [weights["gain"][:, stage, None], weights["shift"][:, stage, None], angles]
            for stage, angles in enumerate(split_stages(weights["angles"], stages))
        ]

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """One traced call, mapped over cells and circuits and broadcast over the batch."""
        import jax

        gain, shift, angles = arrays
        y_angles, z_angles = encoding_angles(xp, gain * values + shift)
        over_circuits = jax.vmap(_qnode(self.shape, order), in_axes=(None, None, 0))
        expectations = xp.stack(jax.vmap(over_circuits)(y_angles, z_angles, angles), axis=-1)
        return xp.swapaxes(expectations, 1, 2)


@lru_cache(maxsize=64)
def _qnode(shape: CircuitShape, order: int) -> Any:
    import pennylane as qp

    measured = z_products(shape.wires, order)

    def run(y_angles: Any, z_angles: Any, weights: Any) -> Any:
        circuit(shape, y_angles, z_angles, weights)
        return [qp.expval(qp.prod(*(qp.Z(wire) for wire in wires))) for wires in measured]

    return qp.QNode(
        run, qp.device("default.qubit", wires=shape.wires), interface="jax", diff_method="backprop"
    )

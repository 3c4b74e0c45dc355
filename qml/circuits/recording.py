"""The circuit's tape, with its parameters traced back to the values and weights that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qml.circuits.blocks import CircuitShape, circuit


@dataclass(frozen=True)
class Gate:
    """One operation of the tape.

    Attributes:
        name: PennyLane's name of the operation.
        wires: the wires that it acts on.
        inputs: for each parameter that encodes, its flat index into (RY angles, RZ angles).
        weights: for each parameter that is frozen, its flat index into the weights.
    """

    name: str
    wires: tuple[int, ...]
    inputs: tuple[int, ...]
    weights: tuple[int, ...]


@lru_cache(maxsize=256)
def record(shape: CircuitShape) -> tuple[Gate, ...]:
    """Run the circuit's PennyLane code once and read its tape.

    The parameters are given as numbers that no two share, so that each number on the tape tells where it
    came from. The recording depends on the shape alone: all weights of a shape have one recording.
    """
    import pennylane as qp

    layers, wires, angles = shape.weights
    count = 2 * wires + layers * wires * angles
    marks = np.arange(1, count + 1) / (count + 1)
    source = {float(mark): index for index, mark in enumerate(marks)}
    encoded = 2 * wires
    script = qp.tape.make_qscript(circuit)(
        shape, marks[:wires], marks[wires:encoded], marks[encoded:].reshape(shape.weights)
    )
    gates = []
    for operation in script.operations:
        slots = [source[float(value)] for value in operation.data]
        gates.append(
            Gate(
                operation.name,
                tuple(operation.wires.tolist()),
                tuple(slot for slot in slots if slot < encoded),
                tuple(slot - encoded for slot in slots if slot >= encoded),
            )
        )
    return tuple(gates)

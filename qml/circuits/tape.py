"""PennyLane code of anyone's, as a list of small operations with their matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from qsim.errors import ParameterError

#: Largest number of wires of an operation that is taken as one matrix; larger ones are decomposed.
LARGEST = 3

#: Circuits as code: (values, angles) -> None, applying gates.
Gates = Callable[[Any, Any], None]


class NotLoweredError(ParameterError):
    """An operation that only a device of PennyLane can carry out."""


def operations(gates: Gates, values: Any, angles: Any) -> list[Any]:
    """What the code applies, decomposed into gates on few wires and channels of noise.

    Args:
        gates: as `qml.maps.pennylane_circuit.PennyLaneCircuit.gates`.
        values: shape (batch, wires).
        angles: of one circuit.

    Raises:
        NotLoweredError: an operation that is neither a gate, nor a channel, nor made of them.
    """
    import pennylane as qp

    # A classical choice of gates after a measurement shows as a measurement too.
    script = qp.tape.make_qscript(gates)(values, angles)
    return [small for one in script.operations for small in _small(one)]


def _small(operation: Any) -> Iterator[Any]:
    import pennylane as qp

    if isinstance(operation, qp.operation.Channel) or (
        operation.has_matrix and 0 < len(operation.wires) <= LARGEST
    ):
        yield operation
    elif isinstance(operation, qp.GlobalPhase | qp.Identity):
        return
    elif operation.has_decomposition:
        for part in operation.decomposition():
            yield from _small(part)
    else:
        raise NotLoweredError(
            f"{operation.name} has neither a matrix nor a decomposition: engine='qnode' runs it on a device"
        )


def matrix(xp: Any, operation: Any) -> Any:
    """The matrix of a gate, shape (2**wires, 2**wires), an axis before it for a broadcast."""
    return xp.asarray(operation.matrix(wire_order=operation.wires))


def superoperator(xp: Any, operation: Any) -> Any:
    """What a gate or channel does to a density matrix with flattened indices (row, column)."""
    import pennylane as qp

    if isinstance(operation, qp.operation.Channel):
        return sum(_kron(one, one.conj()) for one in map(xp.asarray, operation.kraus_matrices()))
    unitary = matrix(xp, operation)
    return _kron(unitary, unitary.conj())


def _kron(left: Any, right: Any) -> Any:
    size = left.shape[-1] * right.shape[-1]
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    return product.reshape(*product.shape[:-4], size, size)

"""Circuits of PennyLane, or in OpenQASM 2, for the application that runs them over a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from qsim.errors import ParameterError

if TYPE_CHECKING:
    from pennylane.tape import QuantumScript

#: PennyLane's names of the gates that a circuit may have, and ours.
_GATES: Final = {
    "Identity": "i",
    "PauliX": "x",
    "PauliY": "y",
    "PauliZ": "z",
    "Hadamard": "h",
    "S": "s",
    "Adjoint(S)": "sdg",
    "T": "t",
    "Adjoint(T)": "tdg",
    "SX": "sx",
    "Adjoint(SX)": "sxdg",
    "CNOT": "cx",
    "CZ": "cz",
    "RX": "rx",
    "RY": "ry",
    "RZ": "rz",
}
_IGNORED: Final = ("Barrier", "Snapshot", "GlobalPhase")


def distribute(circuit: Any, placement: Mapping[Any, str]) -> dict[str, Any]:
    """A circuit and the nodes of its qubits, as parameters of the application ``circuit``.

    ``net.add_traffic("circuit", **qsim.distribute(circuit, {0: "alice", 1: "bob"}), rounds=100)`` runs it
    over a network: gates between nodes are teleported, and the table of metrics has the fidelity with what
    the circuit makes without errors, and the time and the pairs that a run takes.

    Args:
        circuit: a QNode or a function of PennyLane without arguments, a tape, or text in OpenQASM 2
            (PennyLane reads it with the package pennylane-qiskit). Gates that a node does not have are
            decomposed by PennyLane; what the circuit measures at its end is left out.
        placement: the node of each of its wires.

    Raises:
        ParameterError: it is no circuit, it measures before its end, or a wire has no node.
    """
    wires = {str(wire): node for wire, node in placement.items()}
    steps = []
    for operation in _decomposed(_tape(circuit)):
        if operation.name in _IGNORED:
            continue
        names = [str(wire) for wire in operation.wires]
        for name in names:
            if name not in wires:
                raise ParameterError(f"`placement` says no node for the wire {name} of the circuit")
        steps.append([_GATES[operation.name], *names, *(float(angle) for angle in operation.parameters)])
    return {"circuit": steps, "placement": wires}


def _tape(circuit: Any) -> QuantumScript:
    import pennylane as qp

    if isinstance(circuit, qp.tape.QuantumScript):
        return circuit
    if isinstance(circuit, str):
        circuit = _from_qasm(circuit)
    if isinstance(circuit, qp.QNode):
        circuit = circuit.func
    if not isinstance(circuit, Callable):  # type: ignore[arg-type]
        raise ParameterError(
            f"a circuit is a QNode, a function or a tape of PennyLane, or text in OpenQASM 2, got {circuit!r}"
        )
    return qp.tape.make_qscript(circuit)()


def _from_qasm(text: str) -> Any:
    import pennylane as qp

    try:
        return qp.from_qasm(text)
    except RuntimeError as error:
        raise ParameterError(
            "PennyLane reads OpenQASM 2 with the package pennylane-qiskit, which is not installed: "
            "pip install pennylane-qiskit"
        ) from error


def _without_last_measurements(operations: Sequence[Any]) -> list[Any]:
    """Operations without the measurements after which nothing happens to their wires, nor hangs on them."""
    kept: list[Any] = []
    touched: set[Any] = set()
    conditional = False
    for operation in reversed(operations):
        measures = operation.name == "MidMeasureMP"
        if measures and not conditional and touched.isdisjoint(operation.wires):
            continue
        kept.append(operation)
        touched.update(operation.wires)
        conditional |= operation.name.startswith("Conditional")
    return kept[::-1]


def _decomposed(tape: QuantumScript) -> list[Any]:
    """The operations of a tape in gates that a node has."""
    import pennylane as qp
    from pennylane.exceptions import DecompositionUndefinedError

    tape = tape.copy(operations=_without_last_measurements(tape.operations))
    try:
        (found,), _ = qp.devices.preprocess.decompose(
            tape, stopping_condition=lambda operation: operation.name in (*_GATES, *_IGNORED), name="a node"
        )
    except (DecompositionUndefinedError, qp.exceptions.DeviceError) as error:
        raise ParameterError(
            f"nodes make gates alone, and the circuit has something else: {error}"
        ) from error
    return list(found.operations)

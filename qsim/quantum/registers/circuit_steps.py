"""Circuits as plain data: a list of steps, each a gate's name, its qubits and, for a turn, its angle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qsim.errors import ParameterError, nearest
from qsim.quantum.registers.gates import GATES, Gate, rotation
from qsim.quantum.registers.ket import KetRegister

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TURNS: Final = ("rx", "ry", "rz")
_NAMES: Final = (*(name for name, gate in GATES.items() if gate.qubits <= 2), *_TURNS)


@dataclass(frozen=True, slots=True)
class Step:
    """One gate of a circuit.

    Attributes:
        gate: the gate.
        qubits: names of its qubits, a control before its target.
    """

    gate: Gate
    qubits: tuple[str, ...]


def read_steps(given: Any, qubits: Sequence[str]) -> list[Step]:
    """The steps of a circuit that is written as lists, such as ``[h, 0]``, ``[cx, 0, 1]``, ``[rz, 1, 0.3]``.

    Args:
        given: the lists; qubits by name, or by number where names are numbers; angles in rad.
        qubits: names of all qubits.

    Raises:
        ParameterError: a step is none, says which.
    """
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ParameterError(f"`circuit` must be a list of steps such as [cx, 0, 1], got {given!r}")
    return [_step(step, f"`circuit[{place}]`", qubits) for place, step in enumerate(given)]


def _step(given: Any, where: str, known: Sequence[str]) -> Step:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise ParameterError(f"{where} must be a list such as [cx, 0, 1], got {given!r}")
    name, *rest = given
    if name not in _NAMES:
        raise ParameterError(
            f"{where}: unknown gate {name!r}{nearest(str(name), _NAMES)}; {', '.join(_NAMES)}"
        )
    if name in _TURNS:
        *rest, angle = rest or [None]
        if (
            len(rest) != 1
            or isinstance(angle, bool)
            or not isinstance(angle, int | float)
            or not isfinite(angle)
        ):
            raise ParameterError(
                f"{where}: `{name}` takes a qubit and an angle in rad, got {list(given[1:])}"
            )
        gate = rotation(name[1], float(angle))
    else:
        gate = GATES[name]
    qubits = tuple(str(qubit) for qubit in rest)
    if len(qubits) != gate.qubits or len(set(qubits)) != len(qubits):
        plural = "different qubits" if gate.qubits > 1 else "qubit"
        raise ParameterError(f"{where}: `{name}` acts on {gate.qubits} {plural}, got {list(qubits)}")
    for qubit in qubits:
        if qubit not in known:
            raise ParameterError(
                f"{where}: unknown qubit '{qubit}'{nearest(qubit, known)}; {', '.join(known)}"
            )
    return Step(gate, qubits)


def ideal_ket(steps: Iterable[Step], qubits: Sequence[str]) -> NDArray[np.complex128]:
    """What the circuit makes of qubits that start in |0>, shape (2**n,), in the order of `qubits`.

    Raises:
        StateError: more qubits than a ket holds.
    """
    register, zero = KetRegister(_Nothing()), np.diag([1.0, 0.0]).astype(np.complex128)
    for _ in qubits:
        register.append(zero)
    order = {name: place for place, name in enumerate(qubits)}
    for step in steps:
        register.gate(step.gate, [order[name] for name in step.qubits])
    return register.ket.reshape(-1)


class _Nothing:
    """Draws for a register that has nothing to draw."""

    def random(self) -> float:
        raise AssertionError("a circuit of gates draws nothing")

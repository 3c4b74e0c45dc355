"""Processors: what a node does to the qubits that its memories hold, how well and how fast.

Every node has one. Protocols say when a swap or a purification takes place; how noisy it is and how long it
takes is a matter of the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Protocol, runtime_checkable

from qsim.parameters import Declared, Param
from qsim.quantum.noise import OperationNoise
from qsim.registry import define_kind, register
from qsim.units import to_ps


class Processor(Protocol):
    """What the protocols ask of a node's processor."""

    @property
    def gate_noise(self) -> OperationNoise:
        """Imperfections of a gate between two memories and of the measurement of one of them."""
        ...

    @property
    def swap_noise(self) -> OperationNoise:
        """Imperfections of a Bell measurement."""
        ...

    def duration_ps(self) -> int:
        """How long a swap takes, or one node's part in a purification, picoseconds."""
        ...


@runtime_checkable
class TransferringProcessor(Protocol):
    """A processor that can move a half from one memory of its node to another."""

    @property
    def transfer_kept(self) -> float:
        """The part of the moved half's Bloch vector that is left, in [0, 1]."""
        ...

    def transfer_ps(self) -> int:
        """How long it takes, picoseconds."""
        ...


@runtime_checkable
class LocalProcessor(Protocol):
    """A processor that makes single gates and measurements, for programs."""

    @property
    def gate_noise(self) -> OperationNoise:
        """Imperfections of a gate on two qubits and of a measurement."""
        ...

    def gate_ps(self, qubits: int) -> int:
        """How long a gate on one or two qubits takes, picoseconds."""
        ...

    def readout_ps(self) -> int:
        """How long a measurement takes, picoseconds."""
        ...


def parallel(processor: Processor) -> int | None:
    """How many operations a processor does at a time; None for any number, as where it says nothing."""
    stated: int | None = getattr(processor, "parallel", None)
    return stated


@register("processor", "gates")
@dataclass(frozen=True)
class GateProcessor(Declared):
    """Two-qubit gates and measurements, with errors and durations.

    A swap is a gate and two measurements at once; a purification is a gate and one measurement at each of
    two nodes. A subclass registered under another name is a new processor: override `swap_noise`,
    `gate_noise` or the durations, or give it parameters of its own.

    References:
        The error of a gate as in Briegel et al., Phys. Rev. Lett. 81, 5932 (1998), with reliability
        p = 1 - 16/15 gate_error.
    """

    gate_error: Annotated[
        float,
        Param(
            "probability that a two-qubit gate is followed by a random non-identity Pauli pair",
            ge=0,
            le=0.9375,
        ),
    ] = 0.0
    readout_error: Annotated[
        float | tuple[float, float],
        Param(
            "probability that a measurement reports the wrong bit; two numbers where a 0 and a 1 differ",
            ge=0,
            le=0.5,
        ),
    ] = 0.0
    gate_time: Annotated[float, Param("duration of a two-qubit gate", unit="s", ge=0)] = 0.0
    rotation_time: Annotated[
        float,
        Param(
            "duration of a one-qubit gate: a swap or purification has one beside its others", unit="s", ge=0
        ),
    ] = 0.0
    readout_time: Annotated[float, Param("duration of a measurement", unit="s", ge=0)] = 0.0
    parallel: Annotated[
        int | None,
        Param("operations at a time, the others wait their turn; left out, any number", ge=1),
    ] = None
    transfer_gates: Annotated[
        int,
        Param(
            "two-qubit gates that move a half to another memory of the node: 2 where that one is in a known "
            "state, 3 for a SWAP",
            ge=0,
        ),
    ] = 2
    transfer_time: Annotated[
        float | None,
        Param("duration of such a move; left out, that of its gates", unit="s", ge=0),
    ] = None
    swap_gate_error: Annotated[
        float | None,
        Param(
            "`gate_error` of the Bell measurement of a swap, where that is a device of its own; left out, "
            "that of any gate",
            ge=0,
            le=0.9375,
        ),
    ] = None
    swap_readout_error: Annotated[
        float | tuple[float, float] | None,
        Param(
            "`readout_error` of the Bell measurement of a swap; left out, that of any measurement",
            ge=0,
            le=0.5,
        ),
    ] = None

    @cached_property
    def gate_noise(self) -> OperationNoise:
        return OperationNoise(self.gate_error, self.readout_error)

    @cached_property
    def swap_noise(self) -> OperationNoise:
        gate, readout = self.swap_gate_error, self.swap_readout_error
        return OperationNoise(
            self.gate_error if gate is None else gate, self.readout_error if readout is None else readout
        )

    def duration_ps(self) -> int:
        """How long a rotation, a gate and the measurement after it take, picoseconds."""
        return to_ps(self.rotation_time) + to_ps(self.gate_time) + to_ps(self.readout_time)

    def gate_ps(self, qubits: int) -> int:
        """How long a gate on one or two qubits takes, picoseconds."""
        return to_ps(self.rotation_time if qubits == 1 else self.gate_time)

    def readout_ps(self) -> int:
        """How long a measurement takes, picoseconds."""
        return to_ps(self.readout_time)

    def transfer_ps(self) -> int:
        """How long it takes to move a half to another memory, picoseconds."""
        if self.transfer_time is None:
            return self.transfer_gates * to_ps(self.gate_time)
        return to_ps(self.transfer_time)

    @property
    def transfer_kept(self) -> float:
        """The part of the moved half's Bloch vector that is left.

        After each gate a random non-identity Pauli pair with probability `gate_error` leaves 1 - 16/15
        gate_error of it, on whichever of the two qubits the half ends up.
        """
        return self.gate_noise.reliability**self.transfer_gates


define_kind("processor", Processor, "how-to/processor.md")

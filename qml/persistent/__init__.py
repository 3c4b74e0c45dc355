"""Reservoirs whose hidden qubits keep their quantum state from step to step, under noise."""

from qml.persistent.draw import persistent as persistent
from qml.persistent.dynamics import CircuitDynamics as CircuitDynamics
from qml.persistent.dynamics import IsingDynamics as IsingDynamics
from qml.persistent.noise import StepNoise as StepNoise
from qml.persistent.reservoir import PersistentReservoir as PersistentReservoir
from qml.persistent.reservoir import PersistentState as PersistentState

__all__ = [
    "CircuitDynamics",
    "IsingDynamics",
    "PersistentReservoir",
    "PersistentState",
    "StepNoise",
    "persistent",
]

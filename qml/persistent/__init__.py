"""Reservoirs whose hidden qubits keep their quantum state from step to step, under noise."""

from qml.persistent.draw import persistent as persistent
from qml.persistent.dynamics import CircuitDynamics as CircuitDynamics
from qml.persistent.dynamics import IsingDynamics as IsingDynamics
from qml.persistent.dynamics import RydbergDynamics as RydbergDynamics
from qml.persistent.measurement import Measurement as Measurement
from qml.persistent.persistent_reservoir import PersistentReservoir as PersistentReservoir
from qml.persistent.persistent_reservoir import PersistentState as PersistentState
from qml.persistent.step_noise import StepNoise as StepNoise

"""Joint states of several qubits behind one interface: exact, along a trajectory, or as stabilizers."""

from qsim.quantum.registers.auto import AutoRegister as AutoRegister
from qsim.quantum.registers.base import Draws as Draws
from qsim.quantum.registers.base import Register as Register
from qsim.quantum.registers.channel import Channel as Channel
from qsim.quantum.registers.dense import DenseRegister as DenseRegister
from qsim.quantum.registers.gates import GATES as GATES
from qsim.quantum.registers.gates import Gate as Gate
from qsim.quantum.registers.gates import rotation as rotation
from qsim.quantum.registers.ket import KetRegister as KetRegister
from qsim.quantum.registers.stabilizer import StabilizerRegister as StabilizerRegister

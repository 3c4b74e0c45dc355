"""Quantum states of pairs: formalisms behind one interface, noise laws, conversions."""

from qsim.quantum.bell_diagonal import BellDiagonalState as BellDiagonalState
from qsim.quantum.density import DensityMatrixState as DensityMatrixState
from qsim.quantum.noise import PERFECT as PERFECT
from qsim.quantum.noise import DecayLaw as DecayLaw
from qsim.quantum.noise import MemoryNoise as MemoryNoise
from qsim.quantum.noise import OperationNoise as OperationNoise
from qsim.quantum.pair import EntangledPair as EntangledPair
from qsim.quantum.pair import Holder as Holder
from qsim.quantum.pair import Owed as Owed
from qsim.quantum.qutip_conversion import from_qutip as from_qutip
from qsim.quantum.qutip_conversion import to_qutip as to_qutip
from qsim.quantum.recipes import bbpssw as bbpssw
from qsim.quantum.recipes import dejmps as dejmps
from qsim.quantum.recipes import epl as epl
from qsim.quantum.scalar import ScalarFidelity as ScalarFidelity
from qsim.quantum.state import PairState as PairState
from qsim.quantum.state import Recipe as Recipe
from qsim.quantum.state import teleportation_fidelity as teleportation_fidelity
from qsim.registry import announce as _announce

_announce("qsim.quantum.registers", "register")

"""Quantum states of pairs: formalisms behind one interface, noise laws, conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.first_use import offered
from qsim.registry import announce as _announce

if TYPE_CHECKING:
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
else:
    __getattr__, __dir__, __all__ = offered(
        __name__,
        {
            "bell_diagonal": ("BellDiagonalState",),
            "density": ("DensityMatrixState",),
            "noise": ("PERFECT", "DecayLaw", "MemoryNoise", "OperationNoise"),
            "pair": ("EntangledPair", "Holder", "Owed"),
            "qutip_conversion": ("from_qutip", "to_qutip"),
            "recipes": ("bbpssw", "dejmps", "epl"),
            "scalar": ("ScalarFidelity",),
            "state": ("PairState", "Recipe", "teleportation_fidelity"),
        },
    )

_announce("qsim.quantum.state", "formalism")  # the contract
_announce("qsim.quantum.bell_diagonal", "formalism", "bell-diagonal")
_announce("qsim.quantum.density", "formalism", "density-matrix")
_announce("qsim.quantum.scalar", "formalism", "scalar-fidelity")
_announce("qsim.quantum.registers.auto", "register", "auto")
_announce("qsim.quantum.registers.dense", "register", "dense")
_announce("qsim.quantum.registers.ket", "register", "ket")
_announce("qsim.quantum.registers.stabilizer", "register", "stabilizer")

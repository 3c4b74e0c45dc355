"""What turns the qubits of a persistent reservoir: a frozen circuit, or a Hamiltonian with random numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Annotated, Protocol

import numpy as np
from numpy.typing import NDArray

from qml.circuits.lowering import lower
from qml.maps.circuit import CircuitUnits
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, Param


class Dynamics(Protocol):
    """A way to draw a unitary."""

    def unitary(self, rng: np.random.Generator, wires: int, nodes: int) -> NDArray[np.complex128]:
        """The unitary of one virtual node out of `nodes`, shape (2**wires, 2**wires); wire 0 leads."""


@dataclass(frozen=True)
class CircuitDynamics:
    """The variational layers of the published circuit on all wires, run once for every virtual node.

    Attributes:
        units: layers, and how angles are drawn; by default two layers, angles uniform in [0, 2 pi).

    Raises:
        ParameterError: circuits that encode again before each layer: hidden wires hold no value to encode.
    """

    units: CircuitUnits = field(default_factory=lambda: CircuitUnits(init="uniform"))

    def __post_init__(self) -> None:
        if self.units.reupload:
            raise ParameterError(
                "reupload must be False: hidden wires hold no value that could be encoded again"
            )

    def unitary(self, rng: np.random.Generator, wires: int, nodes: int) -> NDArray[np.complex128]:
        """The whole circuit behind the encoding; see `Dynamics.unitary`."""
        angles = self.units.draw(rng, wires, 1)["angles"]
        # The lowering is made for rows of states times a matrix: the transpose of the unitary.
        return np.ascontiguousarray(lower(np, self.units.shape(wires), angles[None], fused=True)[0][0].T)


@dataclass(frozen=True)
class IsingDynamics(Declared):
    """Evolution under H = sum_{i<j} J_ij X_i X_j + h sum_i Z_i, every pair coupled at random.

    J_ij is uniform in [-coupling/2, coupling/2]; the time between inputs is shared out among virtual nodes.
    Units: hbar = 1, so only coupling * time and field * time matter.

    References:
        Fujii and Nakajima, Phys. Rev. Applied 8, 024030 (2017).
    """

    coupling: Annotated[float, Param("width of the couplings' distribution", ge=0)] = 1.0
    field: Annotated[float, Param("transverse field h, in units of energy")] = 0.5
    time: Annotated[float, Param("time from input to input", ge=0)] = 4.0

    def unitary(self, rng: np.random.Generator, wires: int, nodes: int) -> NDArray[np.complex128]:
        """exp(-i H time / nodes); see `Dynamics.unitary`."""
        pairs = list(combinations(range(wires), 2))
        couplings = self.coupling * rng.uniform(-0.5, 0.5, len(pairs))
        basis, masks = np.arange(2**wires), _masks(wires)
        hamiltonian = np.diag(self.field * (1.0 - 2.0 * _excited(wires)).sum(axis=1))
        for (i, j), strength in zip(pairs, couplings, strict=True):
            hamiltonian[basis, basis ^ masks[i] ^ masks[j]] += strength
        return _evolution(hamiltonian, self.time / nodes)


@dataclass(frozen=True)
class RydbergDynamics(Declared):
    """Atoms in a row, H = Omega/2 sum_i X_i - Delta sum_i n_i + sum_{i<j} V / |r_i - r_j|^6 n_i n_j.

    n = (1 - Z)/2 counts excited atoms, |1> being the Rydberg state. Atom i stands at i plus a number drawn
    evenly from [-disorder/2, disorder/2], in units of the spacing. Units: hbar = 1.

    References:
        Bravo, Najafi, Gao and Yelin, PRX Quantum 3, 030325 (2022).
    """

    rabi: Annotated[float, Param("Rabi frequency Omega, in units of energy")] = 2.0
    detuning: Annotated[float, Param("detuning Delta of the drive, in units of energy")] = 0.5
    interaction: Annotated[float, Param("V between atoms at the distance of the spacing")] = 2.0
    disorder: Annotated[float, Param("width of the distribution of an atom's place", ge=0, lt=1)] = 0.5
    time: Annotated[float, Param("time from input to input", ge=0)] = 4.0

    def unitary(self, rng: np.random.Generator, wires: int, nodes: int) -> NDArray[np.complex128]:
        """exp(-i H time / nodes); see `Dynamics.unitary`."""
        places = np.arange(wires) + self.disorder * rng.uniform(-0.5, 0.5, wires)
        basis, excited = np.arange(2**wires), _excited(wires)
        energies = -self.detuning * excited.sum(axis=1)
        for i, j in combinations(range(wires), 2):
            energies += self.interaction / (places[j] - places[i]) ** 6 * excited[:, i] * excited[:, j]
        hamiltonian = np.diag(energies)
        for mask in _masks(wires):
            hamiltonian[basis, basis ^ mask] += self.rabi / 2
        return _evolution(hamiltonian, self.time / nodes)


def _masks(wires: int) -> NDArray[np.int64]:
    """The number whose only binary digit is that of each wire; wire 0 leads."""
    return np.asarray(1 << np.arange(wires - 1, -1, -1))


def _excited(wires: int) -> NDArray[np.float64]:
    """The bit of each wire in each basis state, shape (2**wires, wires)."""
    return ((np.arange(2**wires)[:, None] & _masks(wires)) > 0).astype(np.float64)


def _evolution(hamiltonian: NDArray[np.float64], time: float) -> NDArray[np.complex128]:
    """exp(-i H time) of a real symmetric matrix."""
    energies, states = np.linalg.eigh(hamiltonian)
    return np.ascontiguousarray((states * np.exp(-1j * energies * time)) @ states.T)


_BY_NAME: dict[str, Callable[[], Dynamics]] = {
    "circuit": CircuitDynamics,
    "ising": IsingDynamics,
    "rydberg": RydbergDynamics,
}


def dynamics_of(given: str | Dynamics) -> Dynamics:
    """Dynamics by name, with default settings, or those given.

    Raises:
        ParameterError: an unknown name.
    """
    if not isinstance(given, str):
        return given
    if given not in _BY_NAME:
        raise ParameterError(f"unknown dynamics '{given}'{nearest(given, _BY_NAME)}")
    return _BY_NAME[given]()

"""Circuits on density matrices, gate by gate: what the closed forms of `qsim.quantum` are held to.

Nothing here uses the Pauli algebra of the package: gates are unitaries, errors are sums over Kraus operators,
measurements are projectors, and storage is a Lindblad equation that QuTiP solves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qsim.quantum import MemoryNoise, OperationNoise, Recipe, bbpssw

Matrix = NDArray[np.complex128]

I2 = np.eye(2, dtype=np.complex128)
X = np.array([[0, 1], [1, 0]], dtype=np.complex128)
Y = np.array([[0, -1j], [1j, 0]], dtype=np.complex128)
Z = np.array([[1, 0], [0, -1]], dtype=np.complex128)
H = np.array([[1, 1], [1, -1]], dtype=np.complex128) / np.sqrt(2)
S = np.array([[1, 0], [0, 1j]], dtype=np.complex128)
PAULIS = (I2, X, Y, Z)

#: Kets of the Bell states in the order Φ+, Φ−, Ψ+, Ψ−, shape (4, 4): one a row.
BELL_KETS = np.array(
    [[1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0]], dtype=np.complex128
) / np.sqrt(2)


def bell_state(index: int) -> Matrix:
    """Density matrix of a Bell state."""
    return np.outer(BELL_KETS[index], BELL_KETS[index].conj())


def mixture(weights: Sequence[float]) -> Matrix:
    """Mixture of the Bell states."""
    return sum(
        (weight * bell_state(index) for index, weight in enumerate(weights)), np.zeros((4, 4), complex)
    )


def overlaps(rho: Matrix) -> NDArray[np.float64]:
    """Overlap with each Bell state."""
    return np.real([ket.conj() @ rho @ ket for ket in BELL_KETS])


def random_state(rng: np.random.Generator, rank: int = 4) -> Matrix:
    """A random density matrix of two qubits."""
    root = rng.normal(size=(4, rank)) + 1j * rng.normal(size=(4, rank))
    rho = root @ root.conj().T
    return rho / np.trace(rho)


def on(qubits: int, gates: dict[int, Matrix]) -> Matrix:
    """The operator that applies gates to single qubits of several; qubit 0 is the leftmost factor."""
    operator = np.eye(1, dtype=np.complex128)
    for qubit in range(qubits):
        operator = np.kron(operator, gates.get(qubit, I2))
    return operator


def cnot(qubits: int, control: int, target: int) -> Matrix:
    """A CNOT between two qubits of several."""
    zero, one = np.diag([1, 0]).astype(complex), np.diag([0, 1]).astype(complex)
    return on(qubits, {control: zero}) + on(qubits, {control: one, target: X})


def apply(operator: Matrix, rho: Matrix) -> Matrix:
    """An operator on a state."""
    return operator @ rho @ operator.conj().T


def noisy_cnot(rho: Matrix, control: int, target: int, error: float) -> Matrix:
    """A CNOT followed, with this probability, by one of the 15 non-identity Paulis on its two qubits."""
    qubits = int(np.log2(len(rho)))
    rho = apply(cnot(qubits, control, target), rho)
    faulty = sum(
        apply(on(qubits, {control: first, target: second}), rho)
        for first, second in list(product(PAULIS, repeat=2))[1:]
    )
    return (1 - error) * rho + error / 15 * faulty


def measured(
    rho: Matrix, qubits: Sequence[int], noises: Sequence[OperationNoise]
) -> dict[tuple[int, ...], Matrix]:
    """Measure qubits in the computational basis, each with the readout of its node.

    Returns:
        For each tuple of reported bits, the state of the other qubits, whose trace is the probability.
    """
    count = int(np.log2(len(rho)))
    reports: dict[tuple[int, ...], Matrix] = {}
    for true in product((0, 1), repeat=len(qubits)):
        bras = dict(zip(qubits, (np.eye(2, dtype=complex)[[bit]] for bit in true), strict=True))
        branch = apply(on(count, bras), rho)
        for reported in product((0, 1), repeat=len(qubits)):
            weight = 1.0
            for bit, said, noise in zip(true, reported, noises, strict=True):
                given = noise.readout_error
                error = given[bit] if isinstance(given, tuple) else given
                weight *= 1 - error if said == bit else error
            reports[reported] = reports.get(reported, 0) + weight * branch
    return reports


def swap(first: Matrix, second: Matrix, noise: OperationNoise) -> Matrix:
    """Swap pairs AB and CD by a Bell measurement of BC, and correct D by the reported bits."""
    rho = noisy_cnot(np.kron(first, second), 1, 2, noise.gate_error)
    rho = apply(on(4, {1: H}), rho)
    return sum(
        apply(
            np.kron(I2, np.linalg.matrix_power(Z, phase) @ np.linalg.matrix_power(X, parity)),
            branch,
        )
        for (phase, parity), branch in measured(rho, (1, 2), (noise, noise)).items()
    )


def cliffords() -> list[Matrix]:
    """The 24 single-qubit Clifford gates, up to phase, grown from H and S."""
    found = [I2]
    for gate in found:
        for other in (H @ gate, S @ gate):
            if not any(abs(abs(np.trace(known.conj().T @ other)) - 2) < 1e-9 for known in found):
                found.append(other)
    return found


def twirl(rho: Matrix) -> Matrix:
    """Average over U ⊗ U* for the Clifford gates, which leaves Φ+ alone and makes all else white."""
    gates = cliffords()
    return sum(apply(np.kron(gate, gate.conj()), rho) for gate in gates) / len(gates)


def purify(
    kept: Matrix, lost: Matrix, recipe: Recipe, near: OperationNoise, far: OperationNoise
) -> tuple[float, Matrix]:
    """One round: the probability that the reported bits agree, and the kept pair's state then."""
    if recipe is bbpssw:
        kept, lost = twirl(kept), twirl(lost)
    else:
        quarter = (I2 - 1j * X) / np.sqrt(2)
        kept, lost = (apply(np.kron(quarter, quarter.conj().T), rho) for rho in (kept, lost))
    return cnots_and_selection(kept, lost, near, far)


def cnots_and_selection(
    kept: Matrix, lost: Matrix, near: OperationNoise, far: OperationNoise
) -> tuple[float, Matrix]:
    """The common part of both recipes: qubits 0, 1 are the kept pair, 2, 3 the sacrificed one."""
    rho = noisy_cnot(np.kron(kept, lost), 0, 2, near.gate_error)
    rho = noisy_cnot(rho, 1, 3, far.gate_error)
    reports = measured(rho, (2, 3), (near, far))
    agreed = reports[0, 0] + reports[1, 1]
    probability = float(np.trace(agreed).real)
    return probability, agreed / probability if probability > 1e-12 else agreed


def jumps(
    t1: float | None = None,
    t2: float | None = None,
    depolarising: float | None = None,
    dephasing: float | None = None,
    pauli: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> list[Matrix]:
    """Lindblad operators of one stored qubit, from the physical meaning of each parameter."""
    found = [np.sqrt(rate) * gate for rate, gate in zip(pauli, (X, Y, Z), strict=True)]
    decay = 0.0 if t1 is None else 1 / t1
    found.append(np.sqrt(decay) * np.array([[0, 1], [0, 0]], dtype=complex))
    if t2 is not None:
        found.append(np.sqrt((1 / t2 - decay / 2) / 2) * Z)
    if depolarising is not None:
        # Each Bloch component shrinks at the rate of the two Paulis that anticommute with it, twice each.
        found += [np.sqrt(1 / (4 * depolarising)) * gate for gate in (X, Y, Z)]
    if dephasing is not None:
        found.append(np.sqrt(1 / (2 * dephasing)) * Z)
    return found


def law(
    t1: float | None = None,
    t2: float | None = None,
    depolarising: float | None = None,
    dephasing: float | None = None,
    pauli: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> MemoryNoise:
    """The package's law for the same parameters."""
    noise = MemoryNoise.thermal(t1, t2).plus(MemoryNoise.pauli(*pauli))
    if depolarising is not None:
        noise = noise.plus(MemoryNoise.depolarising(depolarising))
    if dephasing is not None:
        noise = noise.plus(MemoryNoise.dephasing(dephasing))
    return noise


def stored(rho: Matrix, first: Sequence[Matrix], second: Sequence[Matrix], seconds: float) -> Matrix:
    """The Lindblad evolution of a pair, solved by QuTiP as a matrix exponential."""
    import qutip

    dims = [[2, 2], [2, 2]]
    operators = [np.kron(jump, I2) for jump in first] + [np.kron(I2, jump) for jump in second]
    generator = qutip.liouvillian(None, [qutip.Qobj(operator, dims=dims) for operator in operators])
    vector = (generator * seconds).expm() * qutip.operator_to_vector(qutip.Qobj(rho, dims=dims))
    return qutip.vector_to_operator(vector).full()


def assert_state(rho: Matrix, tolerance: float = 1e-9) -> None:
    """Normalised, Hermitian, positive."""
    assert np.isfinite(rho).all()
    assert abs(np.trace(rho) - 1) < tolerance
    assert np.abs(rho - rho.conj().T).max() < tolerance
    assert np.linalg.eigvalsh(rho).min() > -tolerance

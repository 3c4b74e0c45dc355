"""Ising dynamics and many noisy steps with virtual nodes, computed by QuTiP from operators."""

from itertools import combinations

import numpy as np
import pytest
import qutip
from scipy.linalg import expm, fractional_matrix_power

from qml.circuits.observables import z_products
from qml.persistent import IsingDynamics, RydbergDynamics
from tests.qml.persistent.build import KERNELS, NOISE, inputs, kernel, reservoir
from tests.qml.persistent.test_noise import kraus


def on(wires, operators):
    """A product of single-qubit operators on the wires that they are given for."""
    return qutip.tensor(*(operators.get(wire, qutip.qeye(2)) for wire in range(wires)))


def hamiltonian(wires, couplings, field):
    pairs = combinations(range(wires), 2)
    total = sum(field * on(wires, {wire: qutip.sigmaz()}) for wire in range(wires))
    for (i, j), strength in zip(pairs, couplings, strict=True):
        total = total + strength * on(wires, {i: qutip.sigmax(), j: qutip.sigmax()})
    return total


@pytest.mark.parametrize("nodes", [1, 5])
def test_ising_evolution_is_the_exponential_of_its_hamiltonian(nodes):
    made = IsingDynamics(coupling=2.0, field=0.7, time=3.0).unitary(np.random.default_rng(5), 4, nodes)
    couplings = 2.0 * np.random.default_rng(5).uniform(-0.5, 0.5, 6)
    energy = hamiltonian(4, couplings, 0.7)
    np.testing.assert_allclose(made, (-1j * energy * 3.0 / nodes).expm().full(), atol=1e-12)
    np.testing.assert_allclose(made, expm(-3j / nodes * energy.full()), atol=1e-12)


@pytest.mark.parametrize("kind", KERNELS)
def test_steps_with_virtual_nodes(kind):
    wires, nodes, values = 3, 3, inputs(4)
    drawn = reservoir(dynamics="ising", virtual_nodes=nodes, readout=("z", "zz", "zzz"))
    share = qutip.Qobj(fractional_matrix_power(kraus(NOISE).full(), 1 / nodes), dims=kraus(NOISE).dims)
    operators = qutip.to_kraus(share)
    dims = [[2] * wires] * 2
    unitary = qutip.Qobj(drawn.unitaries[0], dims=dims)
    observables = [on(wires, dict.fromkeys(chosen, qutip.sigmaz())) for chosen in z_products(wires, 3)]
    kept, expected = qutip.tensor(*[qutip.fock_dm(2, 0)] * 2), []
    for x in values[:, 0]:
        turned = (-0.5j * np.arctan(x * x) * qutip.sigmaz()).expm() * (
            -0.5j * np.arctan(x) * qutip.sigmay()
        ).expm()
        joint = qutip.tensor(qutip.ket2dm(turned * (qutip.basis(2, 0) + qutip.basis(2, 1)).unit()), kept)
        read = []
        for _ in range(nodes):
            joint = unitary * joint * unitary.dag()
            for wire in range(wires):
                full = [on(wires, {wire: operator}) for operator in operators]
                joint = sum(operator * joint * operator.dag() for operator in full)
            read += [qutip.expect(observable, joint) for observable in observables]
        kept = joint.ptrace(range(1, wires))
        expected.append(read)
    with kernel(kind):
        features, state = drawn.go_on(values)
    np.testing.assert_allclose(features, np.real(expected), atol=1e-12)
    np.testing.assert_allclose(state.hidden[0, 0], kept.full(), atol=1e-12)


@pytest.mark.parametrize("nodes", [1, 4])
def test_rydberg_evolution_is_the_exponential_of_its_hamiltonian(nodes):
    settings = {"rabi": 1.3, "detuning": 0.4, "interaction": 3.0, "disorder": 0.6, "time": 2.0}
    made = RydbergDynamics(**settings).unitary(np.random.default_rng(8), 4, nodes)
    places = np.arange(4) + 0.6 * np.random.default_rng(8).uniform(-0.5, 0.5, 4)
    excited = [(1 - on(4, {wire: qutip.sigmaz()})) / 2 for wire in range(4)]
    energy = sum(0.65 * on(4, {wire: qutip.sigmax()}) - 0.4 * excited[wire] for wire in range(4))
    for i, j in combinations(range(4), 2):
        energy = energy + 3.0 / abs(places[i] - places[j]) ** 6 * excited[i] * excited[j]
    np.testing.assert_allclose(made, (-1j * energy * 2.0 / nodes).expm().full(), atol=1e-11)


def test_an_atom_blocks_its_neighbour():
    # Far above the Rabi frequency two atoms share one excitation, which turns sqrt(2) times as fast.
    atoms = RydbergDynamics(rabi=1.0, detuning=0.0, interaction=1e4, disorder=0.0, time=1.7)
    shares = np.abs(atoms.unitary(np.random.default_rng(0), 2, 1)[:, 0]) ** 2
    one = np.sin(2**0.5 * 1.7 / 2) ** 2
    np.testing.assert_allclose(shares, [1 - one, one / 2, one / 2, 0.0], atol=1e-3)

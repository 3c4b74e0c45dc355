"""A few steps unrolled into one PennyLane circuit on default.mixed, with channels as operations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.circuits.blocks import encoding_angles, rotations, variational_layer
from qml.circuits.observables import z_products
from qml.maps.circuit import CircuitUnits
from qml.persistent import CircuitDynamics, StepNoise
from qml.persistent.persistent_reservoir import PersistentReservoir
from tests.qml.persistent.build import NUMPY, kernel


def unrolled(values, angles, noise, nodes):
    """Expectation values after each virtual node of the last step; `values` is (steps, input wires)."""
    import pennylane as qp

    layers, wires, _ = angles.shape
    measured = z_products(wires, min(3, wires))
    damping = 1 - (1 - noise.amplitude_damping) ** (1 / nodes)
    flip = (1 - (1 - 2 * noise.dephasing) ** (1 / nodes)) / 2
    mixed = 1 - (1 - noise.depolarising) ** (1 / nodes)

    def node():
        for layer in range(layers):
            variational_layer(angles[layer])
        for wire in range(wires):
            qp.AmplitudeDamping(damping, wires=wire)
            qp.PhaseFlip(flip, wires=wire)
            qp.DepolarizingChannel(3 * mixed / 4, wires=wire)

    def run(last):
        for step, now in enumerate(values):
            for wire in range(len(now)):
                qp.ResetError(1.0, 0.0, wires=wire)
                qp.Hadamard(wires=wire)
            rotations(*encoding_angles(np, now))
            for _ in range(nodes if step < len(values) - 1 else last):
                node()
        return [qp.expval(qp.prod(*(qp.Z(wire) for wire in chosen))) for chosen in measured]

    circuit = qp.QNode(run, qp.device("default.mixed", wires=wires))
    return np.concatenate([np.array(circuit(last)) for last in range(1, nodes + 1)])


noises = st.one_of(
    st.builds(StepNoise, amplitude_damping=st.floats(0, 0.9), dephasing=st.floats(0, 0.5)),
    st.builds(StepNoise, dephasing=st.floats(0, 0.5), depolarising=st.floats(0, 0.9)),
)


@settings(max_examples=12, deadline=None)
@given(
    channels=st.integers(1, 2),
    hidden=st.integers(1, 2),
    layers=st.integers(1, 2),
    nodes=st.integers(1, 2),
    noise=noises,
    seed=st.integers(0, 2**32 - 1),
)
def test_both_kernels_are_the_circuit(channels, hidden, layers, nodes, noise, seed):
    wires = channels + hidden
    units = CircuitUnits(layers=layers, init="uniform")
    angles = units.draw(np.random.default_rng(seed), wires, 1)["angles"][0]
    rng = np.random.default_rng(seed + 1)
    gain, shift = rng.uniform(-2, 2, (2, 1, channels))
    made = [
        PersistentReservoir(
            CircuitDynamics(units).unitary(np.random.default_rng(seed), wires, nodes)[None],
            gain,
            shift,
            noise,
            nodes,
            ("z", "zz", "zzz")[:wires],
            NUMPY,
        )
        for _ in range(2)
    ]
    inputs = rng.normal(size=(3, channels))
    expected = [unrolled(gain * inputs[:steps] + shift, angles, noise, nodes) for steps in (1, 2, 3)]
    for kind, reservoir in zip(("mapped", "density"), made, strict=True):
        with kernel(kind):
            np.testing.assert_allclose(reservoir.features(inputs), expected, atol=1e-12)


def test_all_three_channels_together_in_one_step():
    noise = StepNoise(amplitude_damping=0.3, dephasing=0.1, depolarising=0.2)
    units = CircuitUnits(init="uniform")
    angles = units.draw(np.random.default_rng(8), 3, 1)["angles"][0]
    unitary = CircuitDynamics(units).unitary(np.random.default_rng(8), 3, 1)
    ones = np.ones((1, 1))
    reservoir = PersistentReservoir(
        unitary[None], ones, 0 * ones, noise, readout=("z", "zz", "zzz"), engine=NUMPY
    )
    inputs = np.array([[0.3], [-1.2], [0.8]])
    expected = [unrolled(inputs[:steps], angles, noise, 1) for steps in (1, 2, 3)]
    np.testing.assert_allclose(reservoir.features(inputs), expected, atol=1e-12)


def test_circuits_do_not_encode_again():
    with pytest.raises(ValueError, match="reupload must be False"):
        CircuitDynamics(CircuitUnits(reupload=True))

"""What must hold of any such reservoir: closed forms, limits of noise, states stay states, forgetting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.persistent import PersistentState, StepNoise, persistent
from qml.persistent.mapped_kernel import basis, norms, pack, unpack
from qml.persistent.persistent_reservoir import PersistentReservoir
from tests.qml.persistent.build import KERNELS, NOISE, NUMPY, delay_line, encoded_z, inputs, kernel, reservoir

dynamics = st.sampled_from(["circuit", "ising"])


@pytest.mark.parametrize("kind", KERNELS)
@pytest.mark.parametrize("noise", [StepNoise(), NOISE])
def test_a_delay_line_reads_old_inputs_through_their_decays(kind, noise):
    wires, values = 4, inputs(12)
    with kernel(kind):
        features = delay_line(wires, noise).features(values)
    decay = noise.decay
    z = np.zeros((len(values), wires))
    for t in range(len(values)):
        for age in range(wires):
            level = encoded_z(values[t - age, 0]) if age <= t else 1.0
            # A hidden wire that began in |0> has decayed since the beginning.
            for _ in range(min(age, t) + 1):
                level = decay.keep * level + decay.shift
            z[t, (age + 1) % wires] = level
    pairs = [z[:, i] * z[:, j] for i in range(wires) for j in range(i + 1, wires)]
    np.testing.assert_allclose(features, np.column_stack([z, *pairs]), atol=1e-13)


@pytest.mark.parametrize("kind", KERNELS)
def test_the_first_step_without_noise_is_a_pure_state(kind):
    drawn = reservoir(noise=StepNoise(), hidden=3, readout=("z",))
    x = 0.4
    y, z = np.arctan(x), np.arctan(x * x)
    plus = np.array([1.0, 1.0]) / np.sqrt(2)
    turn = np.array([[np.cos(y / 2), -np.sin(y / 2)], [np.sin(y / 2), np.cos(y / 2)]])
    qubit = np.diag(np.exp([-0.5j * z, 0.5j * z])) @ turn @ plus
    amplitudes = drawn.unitaries[0] @ np.kron(qubit, np.eye(8)[0])
    shares = (np.abs(amplitudes) ** 2).reshape(2, 2, 2, 2)
    expected = [shares.sum(axis=tuple(w for w in range(4) if w != wire)) @ [1.0, -1.0] for wire in range(4)]
    with kernel(kind):
        features, state = drawn.go_on([[x]])
    np.testing.assert_allclose(features[0], expected, atol=1e-14)
    split = amplitudes.reshape(2, 8)
    np.testing.assert_allclose(state.hidden[0, 0], split.T @ split.conj(), atol=1e-14)


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(KERNELS),
    dynamics=dynamics,
    channels=st.integers(1, 2),
    hidden=st.integers(1, 3),
    nodes=st.integers(1, 3),
    noise=st.builds(StepNoise, st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 1)),
    seed=st.integers(0, 2**32 - 1),
)
def test_states_stay_states(kind, dynamics, channels, hidden, nodes, noise, seed):
    drawn = persistent(
        seed=seed, channels=channels, hidden=hidden, dynamics=dynamics, noise=noise,
        virtual_nodes=nodes, input_gain=(-3.0, 3.0), input_shift=(-1.0, 1.0), engine=NUMPY,
    )  # fmt: skip
    with kernel(kind):
        features, state = drawn.go_on(inputs(30, channels, seed))
    matrix = state.hidden[0, 0]
    assert np.trace(matrix).real == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(matrix, matrix.conj().T, atol=1e-13)
    assert np.linalg.eigvalsh(matrix).min() > -1e-12
    assert np.abs(features).max() <= 1 + 1e-12
    assert features.shape == (30, drawn.size)


@pytest.mark.parametrize("kind", KERNELS)
@pytest.mark.parametrize("nodes", [1, 3])
def test_limits_of_noise(kind, nodes):
    options = {"virtual_nodes": nodes, "readout": ("z", "zz", "zzz"), "hidden": 3}
    values = inputs(8)
    with kernel(kind):
        mixed, state = reservoir(noise=StepNoise(depolarising=1.0), **options).go_on(values)
        np.testing.assert_allclose(mixed, 0.0, atol=1e-14)
        np.testing.assert_allclose(state.hidden[0, 0], np.eye(8) / 8, atol=1e-14)
        ground, state = reservoir(noise=StepNoise(amplitude_damping=1.0), **options).go_on(values)
        np.testing.assert_allclose(ground, 1.0, atol=1e-14)
        np.testing.assert_allclose(state.hidden[0, 0], np.diag(np.eye(8)[0]), atol=1e-14)
        _, state = reservoir(noise=StepNoise(dephasing=0.5), **options).go_on(values)
        matrix = state.hidden[0, 0]
        np.testing.assert_allclose(matrix, np.diag(np.diag(matrix)), atol=1e-14)


def test_noise_of_a_step_is_shared_out_among_its_virtual_nodes():
    # Where the unitary does nothing, as many virtual nodes as one likes decay as much as one.
    one, many = (
        PersistentReservoir(
            np.eye(8, dtype=complex)[None], np.ones((1, 1)), np.zeros((1, 1)), NOISE, nodes, engine=NUMPY
        )
        for nodes in (1, 4)
    )
    values = inputs(6)
    (few, before), (all_of_them, after) = one.go_on(values), many.go_on(values)
    np.testing.assert_allclose(all_of_them[:, -one.size :], few, atol=1e-14)
    np.testing.assert_allclose(before.hidden, after.hidden, atol=1e-14)


def random_state(size, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    matrix = root @ root.conj().T
    return matrix / np.trace(matrix)


def trace_distance(first, second):
    return np.abs(np.linalg.eigvalsh(first - second)).sum() / 2


@settings(max_examples=10, deadline=None)
@given(dynamics=dynamics, seed=st.integers(0, 2**32 - 1))
def test_initial_states_are_forgotten_at_least_as_fast_as_noise_says(dynamics, seed):
    # With probability p a wire is replaced, with p^hidden all of them: distances shrink by 1 - p^hidden.
    chance = 0.4
    drawn = reservoir(seed=seed, dynamics=dynamics, noise=StepNoise(depolarising=chance))
    states = [PersistentState(random_state(4, seed + more)[None, None]) for more in (0, 1)]
    distance = trace_distance(*(state.hidden[0, 0] for state in states))
    for now in inputs(40, seed=seed):
        features, states = zip(*(drawn.go_on([now], state) for state in states), strict=True)
        # Expectation values of observables between -1 and 1 differ by at most twice the distance.
        np.testing.assert_allclose(features[0], features[1], atol=2 * distance + 1e-12)
        closer = trace_distance(*(state.hidden[0, 0] for state in states))
        assert closer <= distance * (1 - chance**2) + 1e-14
        distance = closer
    assert distance < 2e-3


def test_without_noise_and_coupling_nothing_is_forgotten():
    drawn = PersistentReservoir(
        np.eye(8, dtype=complex)[None], np.ones((1, 1)), np.zeros((1, 1)), engine=NUMPY
    )
    start = PersistentState(random_state(4, 1)[None, None])
    _, after = drawn.go_on(inputs(50), start)
    np.testing.assert_allclose(after.hidden, start.hidden, atol=1e-13)


def test_damping_makes_a_closed_reservoir_forget():
    # Hidden wires turned among themselves alone: only noise makes two histories meet.
    turned = reservoir(hidden=2).unitaries[0][:4, :4]
    unitary = np.kron(np.eye(2), np.linalg.qr(turned)[0])[None]
    distances = []
    for damping in (0.0, 0.03, 0.3):
        drawn = PersistentReservoir(
            unitary, np.ones((1, 1)), np.zeros((1, 1)), StepNoise(amplitude_damping=damping), engine=NUMPY
        )
        ends = [
            drawn.go_on(inputs(60), PersistentState(random_state(4, seed)[None, None]))[1] for seed in (1, 2)
        ]
        distances.append(trace_distance(*(end.hidden[0, 0] for end in ends)))
    before = trace_distance(random_state(4, 1), random_state(4, 2))
    assert distances[0] == pytest.approx(before, abs=1e-12)
    assert distances[1] < 0.5 * before
    assert distances[2] < 1e-4 * before


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_hermitian_matrices_go_there_and_back_without_a_rounding(size, seed):
    matrix = random_state(size, seed)
    matrix = np.triu(matrix, 1) + np.triu(matrix, 1).conj().T + np.diag(np.diag(matrix).real)
    np.testing.assert_array_equal(unpack(pack(matrix)), matrix)
    np.testing.assert_allclose(np.einsum("p,pij->ij", pack(matrix), basis(size)), matrix, atol=1e-15)
    gram = np.einsum("pij,qji->pq", basis(size), basis(size))
    np.testing.assert_array_equal(gram, np.diag(norms(size)))

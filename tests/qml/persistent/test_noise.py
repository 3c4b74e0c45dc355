"""Noise of a step: channels against Kraus operators, and the same law as the network half's memories."""

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.persistent import StepNoise
from qml.persistent.wire_decay import Decay, act
from qsim.errors import ParameterError
from qsim.quantum.noise import MemoryNoise

PAULIS = [qutip.qeye(2), qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
noises = st.builds(
    StepNoise,
    amplitude_damping=st.floats(0, 1),
    dephasing=st.floats(0, 0.5),
    depolarising=st.floats(0, 1),
)
times = st.floats(1e-6, 1e3)
#: Steps in units of a coherence time. In longer ones so little is left that 1 - damping loses its digits.
shares = st.floats(0, 5)


def kraus(noise):
    """The three channels as QuTiP superoperators, written from their Kraus operators, one after another."""
    damping, flip, mixed = noise.amplitude_damping, noise.dephasing, noise.depolarising
    damped = [qutip.Qobj([[1, 0], [0, np.sqrt(1 - damping)]]), qutip.Qobj([[0, np.sqrt(damping)], [0, 0]])]
    dephased = [np.sqrt(1 - flip) * PAULIS[0], np.sqrt(flip) * PAULIS[3]]
    weights = [1 - 3 * mixed / 4, mixed / 4, mixed / 4, mixed / 4]
    depolarised = [np.sqrt(weight) * pauli for weight, pauli in zip(weights, PAULIS, strict=True)]
    channel = qutip.to_super(qutip.qeye(2))
    for operators in (damped, dephased, depolarised):
        channel = qutip.kraus_to_super(operators) * channel
    return channel


def transfer(channel):
    """Pauli transfer matrix of a QuTiP superoperator."""
    after = [qutip.vector_to_operator(channel * qutip.operator_to_vector(pauli)) for pauli in PAULIS]
    return np.array([[(row * column).tr().real / 2 for column in after] for row in PAULIS])


def of_decay(decay):
    matrix = np.diag([1.0, decay.coherence, decay.coherence, decay.keep])
    matrix[3, 0] = decay.shift
    return matrix


@settings(max_examples=40, deadline=None)
@given(noises)
def test_a_decay_is_the_three_channels_in_order(noise):
    np.testing.assert_allclose(of_decay(noise.decay), transfer(kraus(noise)), atol=1e-14)


@settings(max_examples=60, deadline=None)
@given(noises, st.integers(1, 12))
def test_roots_multiply_up_to_the_whole_and_are_channels(noise, parts):
    root = noise.decay.root(parts)
    whole = np.linalg.matrix_power(of_decay(root), parts)
    np.testing.assert_allclose(whole, of_decay(noise.decay), atol=1e-12)
    # Choi matrix of a phase-covariant channel: populations of both inputs, and one pair of coherences.
    (zero, up), (down, one) = root.transfer
    assert min(zero, up, down, one) >= -1e-15
    assert zero * one - root.coherence**2 >= -1e-12


@settings(max_examples=30, deadline=None)
@given(noises, st.integers(0, 2**32 - 1))
def test_acting_on_two_wires_is_the_tensor_product(noise, seed):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, 4, 4)) + 1j * rng.normal(size=(2, 4, 4))
    both = qutip.super_tensor(kraus(noise), kraus(noise))
    vector = qutip.operator_to_vector(qutip.Qobj(first, dims=[[2, 2], [2, 2]]))
    expected = qutip.vector_to_operator(both * vector).full()
    states = act(first[None, None], noise.decay.masks())[0, 0]
    np.testing.assert_allclose(states, expected, atol=1e-13)
    observables = act(second[None, None], noise.decay.masks(adjoint=True))[0, 0]
    np.testing.assert_allclose(np.trace(second @ states), np.trace(observables @ first), atol=1e-12)
    seen = noise.decay.seen_through(np.diag(second).real[:, None])[:, 0]
    np.testing.assert_allclose(seen, np.diag(observables).real, atol=1e-13)


@settings(max_examples=80, deadline=None)
@given(times, st.floats(0.01, 1.0), shares)
def test_coherence_times_give_the_law_of_the_memories(t1, ratio, share):
    t2, step = 2 * t1 * ratio, share * t1
    noise = StepNoise.from_times(t1, t2, step)
    assert noise.amplitude_damping == pytest.approx(-np.expm1(-step / t1), abs=1e-15)
    assert noise.depolarising == 0.0
    decay = noise.decay
    np.testing.assert_allclose(
        of_decay(decay), MemoryNoise.thermal(t1, t2).transfer_matrix(0.0, step), atol=1e-12
    )
    assert decay.coherence == pytest.approx(np.exp(-step / t2), abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(times, times, times, st.floats(1.0, 2.0), shares)
def test_every_memory_of_these_channels_has_its_step(damping, dephasing, mixing, ratio, share):
    step = share * min(damping, dephasing, mixing)
    law = MemoryNoise.thermal(damping, damping * ratio)
    law = law.plus(MemoryNoise.dephasing(dephasing)).plus(MemoryNoise.depolarising(mixing))
    decay = StepNoise.from_memory(law, step).decay
    np.testing.assert_allclose(of_decay(decay), law.transfer_matrix(0.0, step), atol=1e-12)


def test_times_that_limit_nothing():
    assert StepNoise.from_times(None, None, 1.0) == StepNoise()
    assert StepNoise.from_times(1.0, None, 0.0) == StepNoise()
    assert StepNoise.from_times(1.0, None, 0.5).dephasing == 0.0
    assert StepNoise.from_times(None, 1.0, 0.5).amplitude_damping == 0.0
    assert StepNoise.from_memory(MemoryNoise.depolarising(1e-3), 1e3) == StepNoise(depolarising=1.0)
    assert StepNoise().decay.ideal
    assert StepNoise().decay.root(7) == Decay()
    assert not StepNoise(dephasing=0.1).decay.ideal


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: StepNoise(amplitude_damping=1.2),
            r"`StepNoise.amplitude_damping` must be in \[0, 1\], got 1.2",
        ),
        (lambda: StepNoise(dephasing=0.6), r"dephasing` must be in \[0, 0.5\]"),
        (lambda: StepNoise(depolarising=-0.1), "depolarising"),
        (lambda: StepNoise(depolarising=float("nan")), "depolarising"),
        (lambda: StepNoise.from_times(1.0, 2.1, 1.0), "t2 must be at most 2 t1 = 2 s"),
        (lambda: StepNoise.from_times(0.0, None, 1.0), "t1 must be a positive number"),
        (lambda: StepNoise.from_times(1.0, -1.0, 1.0), "t2 must be a positive number"),
        (lambda: StepNoise.from_times(1.0, 1.0, -1.0), "step must be"),
        (lambda: StepNoise.from_times(1.0, 1.0, float("nan")), "step must be"),
        (lambda: StepNoise.from_memory(MemoryNoise.pauli(0.1, 0.0, 0.0), 1.0), "rates 0, 0.2, 0.2"),
        (lambda: StepNoise.from_memory(MemoryNoise.pauli(0.1, 0.1, 0.0), 1.0), "rates 0.2, 0.2, 0.4"),
    ],
)
def test_noise_that_is_none_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()

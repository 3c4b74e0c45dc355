"""Feedback: against the steps taken one by one, with and without hidden wires, exact and from shots."""

from dataclasses import replace

import numpy as np
import pytest

from qml.engines.choice import EngineChoice
from qml.persistent import Measurement, PersistentState, persistent
from tests.qml.persistent.build import JAX, KERNELS, NUMPY, encoded_z, inputs, kernel, reservoir


@pytest.mark.parametrize("shots", [None, 20])
@pytest.mark.parametrize("kind", KERNELS)
def test_fed_wires_encode_sums_of_what_was_read(kind, shots):
    # A reservoir without feedback whose further channels are given what the other one reads.
    drawn = reservoir(
        hidden=2,
        feedback=2,
        feedback_gain=(0.5, 2.0),
        virtual_nodes=2,
        engine=EngineChoice(backend="numpy", shots=shots, seed=6),
    )
    open_loop = replace(drawn, feedback=None, gain=np.ones((1, 3)), shift=np.zeros((1, 3)))
    values, read, state, expected = inputs(15), np.zeros(drawn.size), None, []
    for x in values[:, 0]:
        now = np.concatenate([drawn.gain[0] * x + drawn.shift[0], drawn.feedback[0] @ read])
        with kernel(kind):
            features, state = open_loop.go_on(now[None], state)
        read = features[0]
        expected.append(read)
    with kernel(kind):
        found, after = drawn.go_on(values)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(after.hidden, state.hidden, atol=1e-12)
    np.testing.assert_array_equal(after.read[0, 0], found[-1])


def test_without_hidden_wires_the_memory_is_in_what_is_read():
    # One wire takes the input, one what was read of it: swapped, the second reads the input of a step ago.
    swap = np.eye(4)[[0, 2, 1, 3]].astype(complex)
    one = np.ones((1, 1))
    back = np.array([[[0.0, 1.0]]])
    drawn = persistent(seed=0, hidden=0, feedback=1, readout=("z",), engine=NUMPY)
    line = replace(drawn, unitaries=swap[None], gain=one, shift=0 * one, feedback=back)
    values = inputs(9)
    # <Z> of a wire is -sin(arctan x); fed back and swapped, it is encoded once more.
    now = encoded_z(values[:, 0])
    before = encoded_z(np.concatenate([[0.0], now[:-1]]))
    np.testing.assert_allclose(line.features(values), np.column_stack([before, now]), atol=1e-14)


@pytest.mark.parametrize("shots", [None, 20])
def test_rows_cuts_and_cells_do_not_matter(shots):
    drawn = reservoir(
        hidden=1, feedback=2, cells=2, measurement=Measurement(), engine=EngineChoice(shots=shots, seed=2)
    )
    values = inputs(12)
    alone = drawn.features(values)
    np.testing.assert_array_equal(drawn.features_of_many(np.stack([values, -values]))[0], alone)
    head, state = drawn.go_on(values[:5])
    tail, _ = drawn.go_on(values[5:], state)
    np.testing.assert_array_equal(np.concatenate([head, tail]), alone)
    np.testing.assert_array_equal(drawn.window_features(values[None])[0], alone[-1])


def test_strong_feedback_through_all_wires_remembers_and_none_forgets():
    # All wires are prepared anew: without feedback nothing is left of the input one step ago.
    values = inputs(400, seed=5)
    other = values.copy()
    other[100] += 0.5
    for gain, remembers in ((0.0, False), (2.0, True)):
        drawn = persistent(seed=4, hidden=0, feedback=3, feedback_gain=gain, engine=NUMPY)
        change = np.abs(drawn.features(other) - drawn.features(values)).max(axis=1)
        assert change[:100].max() == 0.0
        assert change[100] > 1e-2
        assert (change[101] > 1e-3) == remembers


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="hidden must be a whole number of at least 1"):
        persistent(seed=1, hidden=0)
    with pytest.raises(ValueError, match="feedback is computed step by step in NumPy"):
        reservoir(feedback=1, engine=JAX)
    drawn = reservoir(feedback=1)
    with pytest.raises(ValueError, match=r"feedback must have shape \(1 cells, fed wires, 10 features"):
        replace(drawn, feedback=np.zeros((1, 1, 3)))
    with pytest.raises(ValueError, match="at least 1 channel of input and 1 hidden wire"):
        replace(drawn, feedback=np.zeros((1, 4, 10)))
    state = PersistentState(drawn.rest().hidden)
    with pytest.raises(ValueError, match=r"another reservoir.*not fed back"):
        drawn.go_on(inputs(3), state)

"""Circuits lowered inside a traced program equal those lowered once for frozen weights."""

from __future__ import annotations

import numpy as np
import pytest

from qml.circuits.blocks import CircuitShape
from qml.circuits.lowering import lower
from qml.engines import jax_support

jax = pytest.importorskip("jax")


@pytest.mark.parametrize(
    ("shape", "fused"),
    [
        (CircuitShape(1, 1), True),
        (CircuitShape(4, 2), True),
        (CircuitShape(5, 3), True),
        (CircuitShape(3, 2, reupload=True), False),
        (CircuitShape(6, 2), False),
    ],
)
def test_equal_to_the_lowering_of_frozen_weights(shape, fused):
    angles = np.random.default_rng(shape.wires).uniform(-7, 7, (2, 3, *shape.weights))
    with jax_support.double_precision(jax):
        traced = [np.asarray(array) for array in lower(jax.numpy, shape, angles, fused)]
    frozen = lower(np, shape, angles, fused)
    assert [array.shape for array in traced] == [array.shape for array in frozen]
    for one, other in zip(traced, frozen, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)

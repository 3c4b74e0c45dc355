"""Reservoirs and other pieces that several tests use."""

from __future__ import annotations

from contextlib import contextmanager
from unittest import mock

import numpy as np

from qml.engines import jax_support
from qml.engines.choice import EngineChoice
from qml.persistent import StepNoise, persistent
from qml.persistent.persistent_reservoir import PersistentReservoir

NOISE = StepNoise(amplitude_damping=0.05, dephasing=0.02, depolarising=0.03)
NUMPY = EngineChoice(backend="numpy")
JAX = EngineChoice(backend="jax")
#: Where JAX is not installed it is not tested.
BACKENDS = [NUMPY, JAX] if jax_support.installed() else [NUMPY]
KERNELS = ["mapped", "density"]


def reservoir(**settings):
    return persistent(**{"seed": 3, "hidden": 2, "noise": NOISE, "engine": NUMPY, **settings})


def inputs(steps, channels=1, seed=0):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (steps, channels))


@contextmanager
def kernel(kind):
    """Compute by one of the kernels, whatever the number of wires."""
    with mock.patch("qml.persistent.persistent_reservoir.MAPPED_WIRES", {"mapped": 99, "density": 0}[kind]):
        yield


def delay_line(wires, noise=None, **settings):
    """Every qubit moves one wire on, the last to the front: at each virtual node all is a shift register."""
    basis = np.arange(2**wires)
    moved = (basis >> 1) | ((basis & 1) << (wires - 1))
    unitary = np.zeros((2**wires, 2**wires), dtype=complex)
    unitary[moved, basis] = 1.0
    return PersistentReservoir(
        unitary[None],
        np.ones((1, 1)),
        np.zeros((1, 1)),
        noise or StepNoise(),
        engine=settings.pop("engine", NUMPY),
        **settings,
    )


def encoded_z(values):
    """<Z> of a wire that encodes a value: RY turns |+> by arctan(x)."""
    return -np.sin(np.arctan(values))

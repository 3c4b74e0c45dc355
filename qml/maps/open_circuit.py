"""Circuits of anyone's, lowered: gates, channels of noise, observables, shots, in NumPy or JAX."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.circuit_plan import Code, Plan, plan_of
from qml.circuits.execution import z_expectations
from qml.circuits.observables import signs_of
from qml.circuits.open_execution import frozen_arrays, input_arrays, probabilities, rotated, states
from qml.circuits.pauli import TURNS, Setting, Sum, expectations_of, pauli_sums, settings
from qml.circuits.sampling import sampled
from qml.maps.base import Evaluator, Noise, Weights, generators, jax_keys, split_stages


@dataclass(frozen=True)
class OpenCircuits(Evaluator):
    """Circuits of PennyLane code, whatever it is, as matrices on the axes of a state.

    Attributes:
        circuit: whose gates are run.
        wires: of each circuit.
        single: whether in single precision.
        shots: measurements of each circuit and each setting of its observables; None for exact numbers.
        seed: of the sampling.

    Raises:
        NotLoweredError: the circuit holds what only a device of PennyLane can do.
    """

    circuit: Code
    wires: int
    single: bool = False
    shots: int | None = None
    # No part of what a compiled program depends on: it is told keys.
    seed: int = field(default=0, compare=False)

    @property
    def plan(self) -> Plan:
        """How the circuit is computed."""
        return plan_of(self.circuit, self.wires)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Observables of the circuit's own."""
        return pauli_sums(self.circuit.observables(self.wires), self.wires)

    @property
    def sampled(self) -> int | None:
        """The shots."""
        return self.shots

    def axes(self, wires: int) -> int:
        """Twice the wires where there is noise, for a density matrix."""
        return self.plan.axes

    def noise(self, cells: int, batch: int) -> Noise:
        """A generator for each cell and row where there are shots."""
        return () if self.shots is None else generators(self.seed, cells, batch)

    def keys(self, cells: int, batch: int) -> Noise:
        """The same for JAX."""
        return () if self.shots is None else jax_keys(self.seed, cells, batch)

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Gains and shifts, angles, and what is frozen, of each stage."""
        real, imaginary = (np.float32, np.complex64) if self.single else (np.float64, np.complex128)
        prepared = []
        for stage, angles in enumerate(split_stages(weights["angles"], stages)):
            encoding = np.stack([weights["gain"][:, stage, None], weights["shift"][:, stage, None]])
            frozen = frozen_arrays(self.circuit, self.plan, angles)
            prepared.append(
                [encoding.astype(real), angles.astype(real), *(one.astype(imaginary) for one in frozen)]
            )
        return prepared

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """Products of Z of all circuits of the stage, and behind them their own observables."""
        (gain, shift), angles, *frozen = arrays
        encoded, plan = gain * values + shift, self.plan
        inputs = input_arrays(xp, self.circuit, plan, encoded, angles)
        shape = (*values.shape[:2], angles.shape[1])
        dtype = np.complex64 if self.single else np.complex128
        state = states(xp, plan, frozen, inputs, shape, dtype)
        own = self.sums if order else ()
        if self.shots is not None:
            return self._measured(xp, state, own, order, rows, noise)
        read = z_expectations(xp, probabilities(xp, plan, state), order, rows)
        if not own:
            return read
        return xp.concatenate([read, expectations_of(xp, own, state, self.wires, plan.mixed)], axis=-1)

    def _measured(
        self, xp: Any, state: Any, own: tuple[Sum, ...], order: int, rows: int, noise: Noise
    ) -> Any:
        """All that one setting tells comes from the same shots."""
        assert self.shots is not None
        plan, chosen = self.plan, settings(own)
        exact = []
        for setting in chosen:
            turned = state
            for wire, letter in setting.letters:
                if letter != "Z":
                    turned = rotated(xp, plan, turned, wire, TURNS[letter])
            exact.append(probabilities(xp, plan, turned))
        circuits = state.shape[2]
        shares = sampled(xp, xp.concatenate(exact, axis=2), self.shots, noise)
        read = z_expectations(xp, shares[:, :, :circuits], order, rows)
        if not own:
            return read
        total: Any = 0.0
        for place, setting in enumerate(chosen):
            part = shares[:, :, place * circuits : (place + 1) * circuits]
            table = xp.asarray(_table(setting, self.wires, len(own)), dtype=shares.dtype)
            total = total + (part[..., None, :] @ table)[..., 0, :]
        return xp.concatenate([read, total], axis=-1)


def _table(setting: Setting, wires: int, observables: int) -> NDArray[np.float64]:
    """What each outcome of a setting adds to each observable, shape (2**wires, observables)."""
    table = np.zeros((2**wires, observables))
    for place, on, coefficient in setting.words:
        table[:, place] += coefficient * signs_of(wires, on)
    return table

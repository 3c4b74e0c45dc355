"""PennyLane circuits drawn at random: gates with and without angles, encodings of all kinds, noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pennylane as qp
from scipy.stats import unitary_group

from qml.maps.pennylane_circuit import PennyLaneCircuit
from qsim import Param

FIXED: dict[Any, int] = {
    qp.Hadamard: 1, qp.X: 1, qp.Y: 1, qp.S: 1, qp.T: 1, qp.SX: 1, qp.CNOT: 2, qp.CZ: 2, qp.CY: 2, qp.SWAP: 2,
    qp.ISWAP: 2, qp.Toffoli: 3, qp.CSWAP: 3, qp.CCZ: 3,
}  # fmt: skip
TURNED: dict[Any, int] = {
    qp.RX: 1, qp.RY: 1, qp.RZ: 1, qp.PhaseShift: 1, qp.CRX: 2, qp.CRY: 2, qp.CRZ: 2,
    qp.ControlledPhaseShift: 2, qp.IsingXX: 2, qp.IsingYY: 2, qp.IsingZZ: 2, qp.IsingXY: 2,
    qp.SingleExcitation: 2, qp.DoubleExcitation: 4,
}  # fmt: skip
CHANNELS: tuple[Any, ...] = (qp.AmplitudeDamping, qp.PhaseDamping, qp.BitFlip, qp.DepolarizingChannel)


@dataclass(frozen=True)
class RandomCircuit(PennyLaneCircuit):
    """A circuit that its seed decides."""

    seed: Annotated[int, Param("of the draw")] = 0
    length: Annotated[int, Param("number of gates")] = 14
    channels: Annotated[int, Param("of noise, among the gates")] = 0
    order: Annotated[int, Param("largest number of letters in a word")] = 3

    def angles(self, wires: int) -> tuple[int, ...]:
        return (self.length,)

    def observables(self, wires: int) -> tuple[Any, ...]:
        rng = np.random.default_rng((self.seed, 1))
        words = []
        for _ in range(4):
            on = rng.permutation(wires)[: rng.integers(1, self.order + 1)]
            letters = rng.choice(np.array([qp.X, qp.Y, qp.Z]), len(on))
            words.append(qp.prod(*(letter(int(wire)) for letter, wire in zip(letters, on, strict=True))))
        return (*words, 0.3 * words[0] - 2.0 * words[1], qp.Projector([1], wires=[wires - 1]))

    def gates(self, values: Any, angles: Any) -> None:
        rng = np.random.default_rng((self.seed, 2))
        for place in range(self.length):
            _gate(rng, values, angles[place])
        for _ in range(self.channels):
            rng.choice(np.array(CHANNELS))(rng.uniform(0, 0.4), wires=int(rng.integers(values.shape[-1])))
            _gate(rng, values, angles[0])


def _gate(rng: np.random.Generator, values: Any, angle: Any) -> None:
    wires = values.shape[-1]
    on = [int(wire) for wire in rng.permutation(wires)]
    kind, which = rng.integers(6), int(rng.integers(wires))
    value = values[..., which]
    turn = (angle, qp.math.arctan(value), value * values[..., 0] ** 2, qp.math.sin(value) * angle)[
        rng.integers(4)
    ]
    fixed = [gate for gate, size in FIXED.items() if size <= wires]
    turned = [gate for gate, size in TURNED.items() if size <= wires]
    if kind == 0:
        gate = fixed[rng.integers(len(fixed))]
        gate(wires=on[: FIXED[gate]])
    elif kind <= 2:
        gate = turned[rng.integers(len(turned))]
        gate(turn, wires=on[: TURNED[gate]])
    elif kind == 3:
        qp.Rot(turn, angle, 0.3, wires=on[0])
    elif kind == 4:
        size = int(rng.integers(1, min(wires, 2) + 1))
        qp.QubitUnitary(unitary_group.rvs(2**size, random_state=rng), wires=on[:size])
    elif wires > 3:
        qp.MultiControlledX(wires=on[:4])
    elif wires > 1:
        # More controls on an angle with a batch axis are more than default.mixed can do.
        qp.ctrl(qp.adjoint(qp.RY(turn, wires=on[0])), control=on[1:2])
    else:
        qp.Hadamard(wires=0)

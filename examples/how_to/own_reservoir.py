"""A circuit, a cell and a readout of one's own, used from an estimator.

python own_reservoir.py
qsim forecast own_reservoir.yaml --plugin own_reservoir.py
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import pennylane as qp

import qsim
from qml import ReservoirForecaster, read_series
from qml.cells.base import sigmoid
from qml.cells.quantum_cells import QuantumCell
from qml.maps.pennylane_circuit import PennyLaneCircuit


@qsim.register("circuit", "brickwork")
@dataclass(frozen=True)
class Brickwork(PennyLaneCircuit):
    """Values as angles, then layers of rotations and of controlled Z on neighbours, laid like bricks."""

    layers: Annotated[int, qsim.Param("rows of rotations and bricks", ge=1)] = 2

    def angles(self, wires):
        return self.layers, wires

    def gates(self, values, angles):
        wires = values.shape[-1]
        for wire in range(wires):
            qp.Hadamard(wires=wire)
            qp.RY(values[..., wire], wires=wire)
        for layer in range(self.layers):
            for wire in range(wires):
                qp.RY(angles[layer, wire], wires=wire)
            for wire in range(layer % 2, wires - 1, 2):
                qp.CZ(wires=[wire, wire + 1])


@qsim.register("cell", "minimal-gated")
@dataclass(frozen=True)
class MinimalGated(QuantumCell):
    """One gate in the place of the two of a GRU: f = s C1([x, h]); h = (1 - f) h + f tanh C2([x, f h])."""

    # One circuit in each of two stages, both of which encode the input and the hidden vector.
    stages: ClassVar = (1, 1)
    encoding_stages: ClassVar = (0, 1)

    @property
    def state_sizes(self):
        return (self.hidden,)

    def step(self, xp, maps, state, inputs):
        (hidden,) = state
        gate = sigmoid(xp, maps(0, xp.concatenate([inputs, hidden], axis=-1), False)[..., 0, : self.hidden])
        observed = maps(1, xp.concatenate([inputs, gate * hidden], axis=-1), True)[..., 0, :]
        hidden = (1 - gate) * hidden + gate * xp.tanh(observed[..., : self.hidden])
        return (hidden,), {"observed": observed}


@qsim.register("readout", "nearest")
@dataclass(eq=False)
class Nearest(qsim.Declared):
    """Answers with the mean of the targets whose features are nearest."""

    neighbours: Annotated[int, qsim.Param("rows that are averaged", ge=1)] = 3

    def fit(self, features, targets):
        self.features_, self.targets_ = np.asarray(features), np.asarray(targets)
        return self

    def predict(self, features):
        apart = np.linalg.norm(np.asarray(features)[:, None] - self.features_, axis=-1)
        return self.targets_[np.argsort(apart, axis=1)[:, : self.neighbours]].mean(axis=1)


def main():
    load = read_series(Path(__file__).with_name("load.csv"), ["load"]).values[:, 0]
    for regressor in ("ridge", {"kind": "nearest", "neighbours": 5}):
        model = ReservoirForecaster(
            "minimal-gated", hidden=2, units={"kind": "brickwork", "layers": 3}, readout=("hidden", "z"),
            regressor=regressor, washout=20,
        )  # fmt: skip
        model.fit(load[:200])
        print(f"{regressor}: R2 one step ahead {model.score(load[200:]):.2f}")
    sampled = ReservoirForecaster("minimal-gated", units="brickwork", hidden=2, shots=200, washout=20)
    print(f"with 200 shots: R2 {sampled.fit(load[:200]).score(load[200:]):.2f}")


if __name__ == "__main__":
    main()

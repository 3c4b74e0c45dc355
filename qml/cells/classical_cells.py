"""Classical twins: RNN, LSTM and GRU in PyTorch's conventions, and the leaky echo-state network.

Weights of the first three are drawn evenly within 1/sqrt(hidden), as PyTorch does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from qml.cells.base import Cell, Maps, Parts, Stepped, sigmoid, uniform
from qml.maps.affine import AffineMaps
from qml.maps.base import Computation, Evaluator, Weights
from qsim.parameters import Param
from qsim.registry import register


@dataclass(frozen=True)
class ClassicalCell(Cell):
    """A cell whose maps are affine maps of v = [x, h] to `hidden` numbers."""

    @property
    def state_sizes(self) -> tuple[int, ...]:
        """The hidden vector."""
        return (self.hidden,)

    @property
    def readable(self) -> dict[str, int]:
        """What can be read, with lengths."""
        return {"hidden": self.hidden}

    def draw(self, rng: np.random.Generator) -> Weights:
        """Matrices and biases of one cell; the two biases of PyTorch's cells are drawn apart and added."""
        maps, bound = sum(self.stages), self.hidden**-0.5
        return {
            "matrix": uniform(rng, bound, maps, self.hidden, self.channels + self.hidden),
            "bias": uniform(rng, bound, maps, self.hidden) + uniform(rng, bound, maps, self.hidden),
        }

    def evaluator(self, how: Computation) -> Evaluator:
        """Affine maps, exactly."""
        return AffineMaps()


@register("cell", "rnn")
@dataclass(frozen=True)
class RNN(ClassicalCell):
    """h = tanh(W x + U h + b) (Elman)."""

    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step."""
        return (xp.tanh(maps(0, xp.concatenate([inputs, state[0]], axis=-1), True)[..., 0, :]),), {}


@register("cell", "lstm")
@dataclass(frozen=True)
class LSTM(ClassicalCell):
    """i, f, o = s(...), g = tanh(...), c = f c + i g, h = o tanh c (Hochreiter and Schmidhuber)."""

    stages: ClassVar[tuple[int, ...]] = (4,)

    @property
    def state_sizes(self) -> tuple[int, ...]:
        """The hidden vector and the cell vector."""
        return self.hidden, self.hidden

    @property
    def readable(self) -> dict[str, int]:
        """What can be read, with lengths."""
        return {"hidden": self.hidden, "cell": self.hidden}

    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step."""
        hidden, memory = state
        gates = maps(0, xp.concatenate([inputs, hidden], axis=-1), True)
        write, forget = sigmoid(xp, gates[..., 0, :]), sigmoid(xp, gates[..., 1, :])
        memory = forget * memory + write * xp.tanh(gates[..., 2, :])
        return (sigmoid(xp, gates[..., 3, :]) * xp.tanh(memory), memory), {}


@register("cell", "gru")
@dataclass(frozen=True)
class GRU(ClassicalCell):
    """r, z = s(...), n = tanh(W x + b + r (U h + b')), h = (1 - z) n + z h (Cho et al.)."""

    stages: ClassVar[tuple[int, ...]] = (4,)

    def draw(self, rng: np.random.Generator) -> Weights:
        """As for the other cells; the third map sees x alone, the fourth h alone."""
        bound = self.hidden**-0.5
        matrix = uniform(rng, bound, 4, self.hidden, self.channels + self.hidden)
        bias, second = uniform(rng, bound, 4, self.hidden), uniform(rng, bound, 2, self.hidden)
        matrix[2, :, self.channels :] = 0.0
        matrix[3, :, : self.channels] = 0.0
        bias[:2] += second
        return {"matrix": matrix, "bias": bias}

    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step."""
        (hidden,) = state
        gates = maps(0, xp.concatenate([inputs, hidden], axis=-1), True)
        reset, keep = sigmoid(xp, gates[..., 0, :]), sigmoid(xp, gates[..., 1, :])
        fresh = xp.tanh(gates[..., 2, :] + reset * gates[..., 3, :])
        return ((1 - keep) * fresh + keep * hidden,), {}


@register("cell", "esn")
@dataclass(frozen=True)
class ESN(RNN):
    """h = tanh(W x + U h + b) with U scaled to a spectral radius (Jaeger); the leak is the bank's.

    Attributes:
        channels: numbers that come in at each step.
        hidden: units.
        radius: spectral radius of the recurrent matrix.
        input_scale: incoming weights are drawn evenly within it.
        bias_scale: biases are drawn evenly within it.
        density: share of the recurrent matrix that is not zero.

    Raises:
        ParameterError: a scale that is negative, or a density outside (0, 1].
    """

    radius: Annotated[float, Param("spectral radius of the recurrent matrix", ge=0)] = 0.9
    input_scale: Annotated[float, Param("bound of the incoming weights", ge=0)] = 1.0
    bias_scale: Annotated[float, Param("bound of the biases", ge=0)] = 0.1
    density: Annotated[float, Param("share of the recurrent matrix that is not zero", gt=0, le=1)] = 1.0

    def draw(self, rng: np.random.Generator) -> Weights:
        """Incoming, recurrent and bias weights of one network."""
        recurrent = rng.standard_normal((self.hidden, self.hidden))
        recurrent *= rng.uniform(size=recurrent.shape) < self.density
        largest = float(np.abs(np.linalg.eigvals(recurrent)).max())
        if largest > 0:
            recurrent *= self.radius / largest
        incoming = uniform(rng, self.input_scale, self.hidden, self.channels)
        return {
            "matrix": np.concatenate([incoming, recurrent], axis=1)[None],
            "bias": uniform(rng, self.bias_scale, 1, self.hidden),
        }

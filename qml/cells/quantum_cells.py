"""The quantum cells QRNN, QLSTM and QGRU.

The equations of QLSTM are those of the public code of the authors of arXiv 2211.02612; QRNN is as a tutorial
that cites the paper gives it; QGRU is the form that public repositories share and is not verified against the
paper. s is the logistic function, C_k the k-th circuit's <Z>, v the joined vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qml.cells.base import Cell, Maps, Parts, Stepped, sigmoid
from qml.circuits.observables import ORDERS, OWN
from qml.maps.base import PAGE, Circuit, Computation, Evaluator, Weights
from qml.maps.circuit import CircuitUnits
from qsim.contracts import Contract
from qsim.errors import ParameterError
from qsim.parameters import OfKind, Param
from qsim.registry import register


@dataclass(frozen=True)
class QuantumCell(Cell):
    """A cell whose maps are variational circuits on channels + hidden wires.

    Attributes:
        channels: numbers that come in at each step.
        hidden: numbers that are fed back.
        units: the circuits, or what stands in their place, such as random tanh units as a classical control.
        input_gain: factor on incoming numbers before they are encoded.
        hidden_gain: factor on the hidden vector before it is encoded.
        input_shift: added to incoming numbers, after the factor, before they are encoded.

    What can be read: ``hidden`` (the hidden vector), ``z``, ``zz``, ``zzz`` (expectation values of one, two,
    three Pauli Z of the circuit that is measured), ``observables`` where the circuits have their own, and
    ``cell`` for a QLSTM.

    Raises:
        ParameterError: no channel, no hidden number, or units that are no `Circuit`.
    """

    units: Annotated[Circuit, OfKind("circuit", "circuits or what stands for them", default="ring")] = field(
        default_factory=CircuitUnits
    )
    input_gain: Annotated[float, Param("factor on incoming numbers before they are encoded")] = 1.0
    hidden_gain: Annotated[float, Param("factor on the hidden vector before it is encoded")] = 1.0
    input_shift: Annotated[float, Param("added to incoming numbers before they are encoded")] = 0.0

    #: The stages that encode incoming and hidden numbers.
    encoding_stages: ClassVar[tuple[int, ...]] = (0,)

    def __post_init__(self) -> None:
        super().__post_init__()
        lacks = Contract("circuit", Circuit, PAGE).missing(type(self.units))
        if lacks:
            raise ParameterError(f"`units` is a {type(self.units).__name__}, which lacks {'; '.join(lacks)}")

    @property
    def wires(self) -> int:
        """Qubits of each circuit."""
        return self.channels + self.hidden

    @property
    def state_sizes(self) -> tuple[int, ...]:
        """The hidden vector."""
        return (self.hidden,)

    @property
    def readable(self) -> dict[str, int]:
        """What can be read, with lengths."""
        products = {name: comb(self.wires, order) for name, order in ORDERS.items() if order <= self.wires}
        observables = getattr(self.units, OWN, None)
        own = 0 if observables is None else len(observables(self.wires))
        return {"hidden": self.hidden, **products, **({OWN: own} if own else {})}

    def draw(self, rng: np.random.Generator) -> Weights:
        """Angles of the circuits (or weights of the units), and the encoding's gains and shifts."""
        return {
            **self.units.draw(rng, self.wires, sum(self.stages)),
            "gain": self.encoding(self.input_gain, self.hidden_gain, rest=1.0),
            "shift": self.encoding(self.input_shift, 0.0, rest=0.0),
        }

    def encoding(
        self, incoming: float | NDArray[np.float64], fed_back: float, rest: float
    ) -> NDArray[np.float64]:
        """Numbers for the wires that encode incoming and fed back values, shape (stages, wires).

        Args:
            incoming: one for all channels, or one for each.
            fed_back: for the wires of the hidden vector.
            rest: for stages that encode neither.
        """
        table = np.full((len(self.stages), self.wires), rest)
        for stage in self.encoding_stages:
            table[stage, self._incoming()] = incoming
            table[stage, self._fed_back()] = fed_back
        return table

    def evaluator(self, how: Computation) -> Evaluator:
        """That of the circuits."""
        return self.units.evaluator(self.wires, how)

    def order(self, readout: tuple[str, ...]) -> int:
        """Largest number of Z in what is read."""
        return max((ORDERS[name] for name in readout if name in ORDERS), default=1)

    def _incoming(self) -> slice:
        return slice(0, self.channels)

    def _fed_back(self) -> slice:
        return slice(self.channels, self.wires)

    def _part(self, name: str, state: Parts, seen: dict[str, Any]) -> Any:
        if name == OWN:
            return seen["observed"][..., -self.readable[name] :]
        if name not in ORDERS:
            return super()._part(name, state, seen)
        start = sum(comb(self.wires, size) for size in range(1, ORDERS[name]))
        return seen["observed"][..., start : start + self.readable[name]]


@register("cell", "qrnn")
@dataclass(frozen=True)
class QRNN(QuantumCell):
    """h = tanh C(v), v = [h, x]; the circuit that is measured is C.

    Attributes:
        input_first: v = [x, h] instead, as in the other cells. The order matters: the first wires are read,
            and near the identity a circuit is little more than its rings of CNOT, which carry the first
            wire's value to the others. With [h, x] and angles near zero the input is then never seen.
    """

    input_first: Annotated[bool, Param("encode the incoming numbers on the first wires")] = False

    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step."""
        (hidden,) = state
        values = [inputs, hidden] if self.input_first else [hidden, inputs]
        observed = maps(0, xp.concatenate(values, axis=-1), True)[..., 0, :]
        return (xp.tanh(observed[..., : self.hidden]),), {"observed": observed}

    def _incoming(self) -> slice:
        return super()._incoming() if self.input_first else slice(self.hidden, self.wires)

    def _fed_back(self) -> slice:
        return super()._fed_back() if self.input_first else slice(0, self.hidden)


@register("cell", "qlstm")
@dataclass(frozen=True)
class QLSTM(QuantumCell):
    """f, i, o = s C1(v), s C2(v), s C4(v); g = tanh C3(v); c = f c + i g; h = C5(o tanh c); v = [x, h].

    The circuit that is measured is C6(o tanh c).
    """

    stages: ClassVar[tuple[int, ...]] = (4, 2)
    default_readout: ClassVar[tuple[str, ...]] = ("z",)

    @property
    def state_sizes(self) -> tuple[int, ...]:
        """The hidden vector and the cell vector, which has one number for each wire."""
        return self.hidden, self.wires

    @property
    def readable(self) -> dict[str, int]:
        """What can be read, with lengths."""
        return {**super().readable, "cell": self.wires}

    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step."""
        hidden, memory = state
        gates = maps(0, xp.concatenate([inputs, hidden], axis=-1), False)
        forget, write = sigmoid(xp, gates[..., 0, :]), sigmoid(xp, gates[..., 1, :])
        memory = forget * memory + write * xp.tanh(gates[..., 2, :])
        both = maps(1, sigmoid(xp, gates[..., 3, :]) * xp.tanh(memory), True)
        return (both[..., 0, : self.hidden], memory), {"observed": both[..., 1, :]}


@register("cell", "qgru")
@dataclass(frozen=True)
class QGRU(QuantumCell):
    """r, z = s C1(v), s C2(v); h' = tanh C3([x, r h]); h = z h + (1 - z) h'; v = [x, h].

    The circuit that is measured is C3.
    """

    stages: ClassVar[tuple[int, ...]] = (2, 1)
    encoding_stages: ClassVar[tuple[int, ...]] = (0, 1)

    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step."""
        (hidden,) = state
        gates = sigmoid(xp, maps(0, xp.concatenate([inputs, hidden], axis=-1), False)[..., : self.hidden])
        reset, keep = gates[..., 0, :], gates[..., 1, :]
        observed = maps(1, xp.concatenate([inputs, reset * hidden], axis=-1), True)[..., 0, :]
        hidden = keep * hidden + (1 - keep) * xp.tanh(observed[..., : self.hidden])
        return (hidden,), {"observed": observed}

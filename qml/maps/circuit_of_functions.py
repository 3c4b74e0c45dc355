"""Circuits put together from functions, and circuits under a noise model of PennyLane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qml.maps.pennylane_circuit import PennyLaneCircuit
from qsim.errors import ParameterError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class FunctionCircuit(PennyLaneCircuit):
    """An encoding, an ansatz and observables, each a function that holds PennyLane code.

    Attributes:
        encoding: (values) -> None applies gates; the last axis of the values runs over wires.
        ansatz: (angles, wires) -> None applies gates; the angles are those of one layer.
        shape: of the angles of one layer, or a function of the number of wires that gives it.
        measured: observables that are read besides <Z>, or a function of the number of wires that gives them.
        layers: how often the ansatz comes, each time with angles of its own.
        reupload: whether the encoding comes before each of them, not before the first alone.

    Raises:
        ParameterError: no layer, or what is no function.
    """

    encoding: Callable[[Any], None]
    ansatz: Callable[[Any, int], None]
    shape: Shape | Callable[[int], Shape]
    measured: tuple[Any, ...] | Callable[[int], tuple[Any, ...]] = ()
    layers: int = 1
    reupload: bool = False

    def __post_init__(self) -> None:
        for name in ("encoding", "ansatz"):
            if not callable(getattr(self, name)):
                raise ParameterError(f"`{name}` must be a function that applies gates, not {self.encoding!r}")
        if isinstance(self.layers, bool) or not isinstance(self.layers, int) or self.layers < 1:
            raise ParameterError(f"layers must be a whole number of at least 1, not {self.layers!r}")
        if not callable(self.measured):
            object.__setattr__(self, "measured", tuple(self.measured))
        if not callable(self.shape):
            object.__setattr__(self, "shape", tuple(self.shape))

    def angles(self, wires: int) -> Shape:
        """Layers, then the shape of one."""
        return (self.layers, *(self.shape(wires) if callable(self.shape) else self.shape))

    def gates(self, values: Any, angles: Any) -> None:
        """Encoding, then layers."""
        for layer in range(self.layers):
            if layer == 0 or self.reupload:
                self.encoding(values)
            self.ansatz(angles[layer], values.shape[-1])

    def observables(self, wires: int) -> tuple[Any, ...]:
        """Those that were given."""
        return tuple(self.measured(wires)) if callable(self.measured) else self.measured


@dataclass(frozen=True, eq=False, repr=False)
class NoisyCircuit(PennyLaneCircuit):
    """A circuit whose gates are followed by the noise that a noise model of PennyLane attaches to them.

    Each object is equal to itself alone, for noise models cannot be compared safely.

    Attributes:
        circuit: without noise.
        model: `pennylane.NoiseModel`, which says what follows which gate. Noise that it attaches to
            measurements is not taken: put a channel at the end of the circuit.

    Raises:
        ParameterError: what is no noise model, or one with noise of measurements.
    """

    circuit: PennyLaneCircuit
    model: Any

    def __post_init__(self) -> None:
        import pennylane as qp

        if not isinstance(self.model, qp.NoiseModel):
            raise ParameterError(
                f"`model` must be a noise model, pennylane.NoiseModel({{...}}), not {self.model!r}"
            )
        if getattr(self.model, "meas_map", None):
            raise ParameterError(
                "the noise model has noise of measurements, which is not attached: put a channel at the end"
                " of the circuit"
            )

    def angles(self, wires: int) -> Shape:
        """Those of the circuit."""
        return self.circuit.angles(wires)

    def draw(self, rng: Any, wires: int, maps: int) -> Any:
        """As the circuit draws them."""
        return self.circuit.draw(rng, wires, maps)

    def observables(self, wires: int) -> tuple[Any, ...]:
        """Those of the circuit."""
        return self.circuit.observables(wires)

    def gates(self, values: Any, angles: Any) -> None:
        """The gates of the circuit, each with its noise behind it."""
        import pennylane as qp

        script = qp.tape.make_qscript(self.circuit.gates)(values, angles)
        (noisy,), _ = qp.add_noise(script, self.model)
        for operation in noisy.operations:
            qp.apply(operation)

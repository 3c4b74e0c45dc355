"""Circuits as PennyLane code, and their QNodes: the reference that all else is held to, and a user's door.

A QNode runs on any device of PennyLane. A traced one is differentiable and part of the program that JAX
compiles: ``diff_method="backprop"`` keeps the whole simulation inside. Without it PennyLane hands each call
back to Python, which is two orders of magnitude slower and says nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qml.circuits.circuit_plan import plan_of
from qml.circuits.observables import z_products
from qml.circuits.pauli import pauli_sums
from qml.circuits.tape import NotLoweredError
from qml.maps.base import Computation, Evaluator, Noise, Weights, generators, split_stages
from qml.maps.open_circuit import OpenCircuits
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared


class PennyLaneCircuit(Declared, ABC):
    """Base of circuits that are written as PennyLane code.

    A subclass is a frozen dataclass whose fields carry a `Param`. Its circuits are lowered
    (``engine="compiled"``), or run as QNodes (``engine="qnode"``) on any device, exactly or with shots, or as
    QNodes traced by JAX (``engine="trainable"``). ``auto`` lowers what can be lowered.
    """

    __slots__ = ()

    @abstractmethod
    def angles(self, wires: int) -> tuple[int, ...]:
        """Shape of the frozen angles of one circuit on so many wires."""

    @abstractmethod
    def gates(self, values: Any, angles: Any) -> None:
        """Apply the circuit, without its measurement.

        Args:
            values: what is encoded, last axis over wires; an axis before it is a parameter broadcast.
            angles: radians, of the shape that `angles` says.
        """

    def observables(self, wires: int) -> tuple[Any, ...]:
        """Observables of PennyLane that are read as ``observables``, besides products of Z; none by default.

        What is fed back is <Z> of each wire all the same.
        """
        return ()

    def draw(self, rng: np.random.Generator, wires: int, maps: int) -> Weights:
        """Angles of one cell (radians), shape (maps, ...), even in [0, 2 pi)."""
        return {"angles": rng.uniform(0.0, 2 * pi, (maps, *self.angles(wires)))}

    def evaluator(self, wires: int, how: Computation) -> Evaluator:
        """The lowered circuits, or QNodes, traced by JAX or called.

        Raises:
            ParameterError: ``engine="compiled"`` for what only a device of PennyLane can do; observables that
                are none.
        """
        pauli_sums(self.observables(wires), wires)
        mixed = False
        try:
            mixed = plan_of(self, wires).mixed
            if how.engine in ("auto", "compiled"):
                return OpenCircuits(self, wires, how.single and how.shots is None, how.shots, how.seed)
        except NotLoweredError as error:
            if how.engine == "compiled":
                raise ParameterError(f"engine='compiled': {type(self).__name__}: {error}") from None
        if how.engine == "trainable":
            return TracedQNodes(self, wires, mixed)
        # Only the names of ours are exchanged: states under noise are density matrices.
        device = "default.mixed" if mixed and how.device == "default.qubit" else how.device
        return QNodes(self, wires, device, how.shots, how.seed)


@dataclass(frozen=True)
class _AnyQNodes(Evaluator):
    """What both ways to run QNodes share.

    Attributes:
        circuit: whose gates are run.
        wires: of each circuit.
    """

    circuit: PennyLaneCircuit
    wires: int

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Gains, shifts and angles, as they are."""
        return [
            [weights["gain"][:, stage, None], weights["shift"][:, stage, None], angles]
            for stage, angles in enumerate(split_stages(weights["angles"], stages))
        ]


@dataclass(frozen=True)
class QNodes(_AnyQNodes):
    """QNodes on a PennyLane device, called one by one.

    A named device that samples is opened anew for each call, with a seed drawn for it, for a device keeps its
    generator: the same seed gives the same samples, and a series that is cut goes on as if it were not. A
    device that is handed in is used as it is, with its own generator.

    Attributes:
        device: PennyLane's name of the device, or a device of PennyLane.
        shots: measurements of each circuit, sampled by the device; None for exact expectation values.
        seed: of the sampling of a named device.
    """

    device: Any = "default.qubit"
    shots: int | None = None
    seed: int = 0

    engine: ClassVar[str] = "qnode"
    tiled: ClassVar[bool] = False
    traceable: ClassVar[bool] = False

    @property
    def sampled(self) -> int | None:
        """The shots."""
        return self.shots

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[NDArray[Any]]]:
        """Gains, shifts and angles; also makes sure that the device exists."""
        open_device(self.device, self.wires)
        return super().prepare(weights, stages)

    def noise(self, cells: int, batch: int) -> Noise:
        """A generator for each cell and row where a named device samples; those of the first row are used."""
        return () if self.shots is None else generators(self.seed, cells, batch)

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """One call for each cell and circuit, broadcast over the batch."""
        gain, shift, angles = arrays
        batch = values.shape[1]

        def one(cell: int, encoded: Any, weights: Any) -> NDArray[np.float64]:
            run = self._qnode(order, noise[cell][0] if noise else None)
            # A device that samples drops the axis of a batch of one, and what no value reaches has none.
            found = [np.broadcast_to(np.reshape(number, -1), batch) for number in run(encoded, weights)]
            return np.stack(found, axis=-1)

        return np.stack(
            [
                np.stack([one(cell, encoded, weights) for weights in circuits], axis=-2)
                for cell, (encoded, circuits) in enumerate(zip(gain * values + shift, angles, strict=True))
            ]
        )

    def _qnode(self, order: int, noise: np.random.Generator | None) -> Any:
        if noise is None or not isinstance(self.device, str):
            return qnode(self.circuit, self.wires, order, self.device, self.shots)
        opened = open_device(self.device, self.wires, int(noise.integers(2**31)))
        return _qnode_on(opened, self.circuit, self.wires, order, self.shots)


@dataclass(frozen=True)
class TracedQNodes(_AnyQNodes):
    """QNodes on default.qubit, traced by JAX and differentiable in their angles.

    Attributes:
        mixed: on default.mixed instead, for circuits with noise.
    """

    mixed: bool = False

    engine: ClassVar[str] = "trainable"

    def evaluate(
        self, xp: Any, arrays: list[Any], values: Any, order: int, rows: int, noise: Noise = ()
    ) -> Any:
        """One traced call, mapped over cells and circuits and broadcast over the batch."""
        import jax

        gain, shift, angles = arrays
        device = "default.mixed" if self.mixed else "default.qubit"
        node = qnode(self.circuit, self.wires, order, device, traced=True)
        over_circuits = jax.vmap(node, in_axes=(None, 0))
        expectations = xp.stack(jax.vmap(over_circuits)(gain * values + shift, angles), axis=-1)
        return xp.swapaxes(expectations, 1, 2)


@lru_cache(maxsize=64)
def qnode(
    circuit: PennyLaneCircuit,
    wires: int,
    order: int,
    device: Any = "default.qubit",
    shots: int | None = None,
    traced: bool = False,
) -> Any:
    """A QNode (values, angles) -> expectation values of products of up to `order` Z, then of its own.

    Raises:
        ParameterError: PennyLane knows no device of that name, or cannot start it.
    """
    return _qnode_on(open_device(device, wires), circuit, wires, order, shots, traced)


def _qnode_on(
    opened: Any, circuit: PennyLaneCircuit, wires: int, order: int, shots: int | None, traced: bool = False
) -> Any:
    import pennylane as qp

    measured = [qp.prod(*(qp.Z(wire) for wire in on)) for on in z_products(wires, order)]
    if order:
        measured += circuit.observables(wires)

    def run(values: Any, angles: Any) -> Any:
        circuit.gates(values, angles)
        return [qp.expval(one) for one in measured]

    if traced:
        return qp.QNode(run, opened, interface="jax", diff_method="backprop")
    node = qp.QNode(run, opened)
    return node if shots is None else qp.set_shots(node, shots=shots)


def open_device(device: Any, wires: int, seed: int | None = None) -> Any:
    """A PennyLane device by its own name; a device as it is.

    Raises:
        ParameterError: PennyLane knows no device of that name, or cannot start it; what was handed in is no
            device, or has too few wires.
    """
    import pennylane as qp

    if not isinstance(device, str):
        return _checked(device, wires)
    name = device
    known = qp.plugin_devices
    if name not in known:
        raise ParameterError(f"PennyLane knows no device '{name}'{nearest(name, known)}")
    options = {} if seed is None else {"seed": seed}
    try:
        return qp.device(name, wires=wires, **options)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ParameterError(f"PennyLane's device '{name}' does not start: {reason}") from error


def _checked(device: Any, wires: int) -> Any:
    import pennylane as qp

    if not isinstance(device, qp.devices.Device):
        raise ParameterError(
            f"a device is PennyLane's name of one, or what `pennylane.device(...)` gives, not {device!r}"
        )
    missing = () if device.wires is None else [wire for wire in range(wires) if wire not in device.wires]
    if missing:
        raise ParameterError(
            f"the device has the wires {device.wires.tolist()}, and the circuits need 0 to {wires - 1}:"
            f" pennylane.device('{device.name}', wires={wires})"
        )
    return device

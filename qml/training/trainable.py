"""What of a cell is trained, and its maps prepared inside the traced program, where they have a gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qml.cells.base import Cell
from qml.cells.classical_cells import ClassicalCell
from qml.cells.quantum_cells import QuantumCell
from qml.circuits.lowering import lower
from qml.maps.affine import AffineMaps
from qml.maps.base import Evaluator, Weights, split_stages
from qml.maps.circuit import CircuitUnits, CompiledCircuits
from qml.maps.pennylane_circuit import TracedQNodes
from qsim.errors import ParameterError


@dataclass(frozen=True)
class TracedCircuits(CompiledCircuits):
    """Circuits lowered inside the traced program, in double precision: the lowering can be differentiated.

    A minibatch uses each circuit for all its windows and all their steps. Gathering the gates into one matrix
    is done once for it; simulating gate by gate is done once for every step.
    """

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[Any]]:
        """Gains and shifts of the encoding, and lowered circuits, of each stage."""
        import jax.numpy as jnp

        return [
            [
                jnp.stack([weights["gain"][:, stage, None], weights["shift"][:, stage, None]]),
                *lower(jnp, self.shape, angles, self.fused),
            ]
            for stage, angles in enumerate(split_stages(weights["angles"], stages))
        ]


@dataclass(frozen=True)
class TracedAffine(AffineMaps):
    """Affine maps whose matrices stay zero where they were drawn so: a GRU has two maps of x or h alone."""

    def prepare(self, weights: Weights, stages: tuple[int, ...]) -> list[list[Any]]:
        """One matrix for all maps of a stage, and their biases."""
        import jax.numpy as jnp

        prepared = []
        for matrix, bias in zip(
            split_stages(weights["matrix"] * weights["kept"], stages),
            split_stages(weights["bias"], stages),
            strict=True,
        ):
            cells, maps, outputs, inputs = matrix.shape
            joined = jnp.transpose(matrix, (0, 3, 1, 2)).reshape(cells, inputs, maps * outputs)
            prepared.append([joined, bias[:, None]])
        return prepared


def check_trainable(cell: Cell, engine: str) -> None:
    """Refuse what is not trained here.

    Args:
        cell: any.
        engine: see `qml.training.Training`.

    Raises:
        ParameterError: a cell without circuits that is no classical twin, or PennyLane's gates asked for a
            cell without them.
    """
    if _circuits(cell) is None and not isinstance(cell, ClassicalCell):
        raise ParameterError(
            "only cells with circuits and their classical twins (rnn, lstm, gru) are trained here, not"
            f" {cell!r}"
        )
    if engine == "trainable" and _circuits(cell) is None:
        raise ParameterError(f"engine='trainable' is PennyLane's, and a cell '{cell.name}' has no circuits")


def parts(cell: Cell, weights: Weights, engine: str) -> tuple[Evaluator, Weights, Weights]:
    """What computes the maps of a cell, which of its weights are trained, and what stays.

    Args:
        cell: one that `check_trainable` lets through.
        weights: of a bank of such cells.
        engine: see `qml.training.Training`.
    """
    units = _circuits(cell)
    if units is None:
        # Where a matrix is masked its gradient is zero, so what was drawn as zero stays zero.
        kept = {"kept": (weights["matrix"] != 0).astype(np.float64)}
        return TracedAffine(), {name: weights[name] for name in ("matrix", "bias")}, kept
    wires, fixed = cell.channels + cell.hidden, {name: weights[name] for name in ("gain", "shift")}
    shape = units.shape(wires)
    circuits = (
        TracedQNodes(units, wires)
        if engine == "trainable"
        else TracedCircuits(shape, CompiledCircuits.of(shape).fused)
    )
    return circuits, {"angles": weights["angles"]}, fixed


def _circuits(cell: Cell) -> CircuitUnits | None:
    """The circuits of a cell, where they are those that the lowering knows."""
    units = cell.units if isinstance(cell, QuantumCell) else None
    return units if isinstance(units, CircuitUnits) and units.lowered else None

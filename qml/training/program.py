"""The traced program of training: the loss of one minibatch, its RMSprop step, one epoch of them.

A model is a dictionary of arrays whose leading axis runs over seeds: ``angles`` of the circuits, ``head``
(seeds, features, outputs) and ``bias`` (seeds, outputs) of the linear layer. Seeds share nothing but the
windows. Numbers of windows and rates are arguments of the program, not part of it: one compiled program
serves all tasks that fit its capacity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from qml.cells.base import Cell
from qml.circuits.lowering import lower
from qml.engines import jax_support
from qml.engines.base import zero_state
from qml.engines.jax_engine import drive
from qml.maps.base import Evaluator, Weights, split_stages
from qml.maps.circuit import CompiledCircuits

#: Windows that one pass of the answers takes.
ROWS = 128

Model = dict[str, Any]
Loss = Callable[[Model, Model, Any, Any, Any], Any]


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


def answers(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], rows: int) -> Any:
    """A traceable function of (model, fixed weights, windows) -> answers.

    Windows have the shape (seeds, batch, length, channels), answers (seeds, batch, outputs); `rows` of the
    batch enter one matrix product and divide the batch.
    """
    xp = jax_support.load().numpy
    run = drive(cell, evaluator, readout, False, rows)

    def answer(model: Model, fixed: Model, windows: Any) -> Any:
        seeds, batch, length, _ = windows.shape
        arrays = evaluator.prepare({"angles": model["angles"], **fixed}, cell.stages)
        start = zero_state(cell, seeds, batch)
        features, _ = run(arrays, None, start, xp.moveaxis(windows, 2, 0), np.ones(length, bool))
        # A sum, not a matrix product: its rounding does not depend on how many seeds there are.
        return (features[..., None] * model["head"][:, None]).sum(axis=2) + model["bias"][:, None]

    return answer


def loss(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], rows: int) -> Loss:
    """A traceable function of (model, fixed weights, windows, targets, which count) -> loss.

    The loss is the sum over seeds of the mean squared error over the windows that count, so that its gradient
    holds each seed's own.
    """
    answer = answers(cell, evaluator, readout, rows)

    def compute(model: Model, fixed: Model, windows: Any, targets: Any, counted: Any) -> Any:
        squares = (answer(model, fixed, windows) - targets) ** 2 * counted[:, None]
        return squares.sum() / (counted.sum() * targets.shape[-1])

    return compute


def rmsprop(rates: Any, model: Model, squares: Model, gradient: Model) -> tuple[Model, Model]:
    """One step; `rates` holds learning rate, alpha and epsilon (see `qml.training.Training`)."""
    xp = jax_support.load().numpy
    rate, keep, epsilon = rates
    squares = {name: keep * squares[name] + (1 - keep) * gradient[name] ** 2 for name in model}
    stepped = {
        name: model[name] - rate * gradient[name] / (xp.sqrt(squares[name]) + epsilon) for name in model
    }
    return stepped, squares


def epoch(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], batch: int) -> Any:
    """A traceable function: one pass over the training windows, then the answers to all windows.

    Of (model, squares, fixed weights, order, windows, targets, training windows, all windows, rates of
    `rmsprop`) -> (model, squares, answers). `order` (seeds, at least the training windows, a multiple of the
    batch) holds the numbers of the training windows in the order in which each seed takes them; windows and
    targets are padded to a multiple of `ROWS`.
    """
    jax = jax_support.load()
    xp = jax.numpy
    gradient = jax.grad(loss(cell, evaluator, readout, batch))
    answer = answers(cell, evaluator, readout, ROWS)

    def run(model: Model, squares: Model, fixed: Model, order: Any, windows: Any, targets: Any,
            train: Any, total: Any, rates: Any) -> tuple[Model, Model, Any]:  # fmt: skip
        def step(number: Any, carry: tuple[Model, Model]) -> tuple[Model, Model]:
            start = number * batch
            chosen = jax.lax.dynamic_slice_in_dim(order, start, batch, axis=1)
            counted = start + xp.arange(batch) < train
            slope = gradient(carry[0], fixed, windows[chosen], targets[chosen], counted)
            return rmsprop(rates, *carry, slope)

        def fill(number: Any, table: Any) -> Any:
            part = jax.lax.dynamic_slice_in_dim(windows, number * ROWS, ROWS)
            found = answer(model, fixed, xp.broadcast_to(part, (len(order), *part.shape)))
            return jax.lax.dynamic_update_slice_in_dim(table, found, number * ROWS, axis=1)

        model, squares = jax.lax.fori_loop(0, -(-train // batch), step, (model, squares))
        blank = xp.zeros((len(order), *targets.shape))
        return model, squares, jax.lax.fori_loop(0, -(-total // ROWS), fill, blank)

    return run


@lru_cache(maxsize=32)
def compiled(
    cell: Cell,
    evaluator: Evaluator,
    readout: tuple[str, ...],
    batch: int,
    shapes: tuple[tuple[str, tuple[int, ...]], ...],
) -> Any:
    """`epoch` compiled for arrays of these shapes; to be called in double precision.

    Args:
        cell: equations and sizes.
        evaluator: of the circuits.
        readout: what the linear layer sees.
        batch: windows to a step.
        shapes: of angles, head, bias, gain, shift, order, windows and targets, by name.
    """
    jax = jax_support.load()
    given = dict(shapes)
    array = {name: jax.ShapeDtypeStruct(shape, np.float64) for name, shape in shapes}
    model = {name: array[name] for name in ("angles", "head", "bias")}
    fixed = {name: array[name] for name in ("gain", "shift")}
    order = jax.ShapeDtypeStruct(given["order"], np.int32)
    count = jax.ShapeDtypeStruct((), np.int32)
    rates = jax.ShapeDtypeStruct((3,), np.float64)
    program = jax.jit(epoch(cell, evaluator, readout, batch))
    return program.lower(
        model, model, fixed, order, array["windows"], array["targets"], count, count, rates
    ).compile()

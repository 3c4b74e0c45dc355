"""The traced program of training: the loss of one minibatch, one step down it, one epoch of them.

A model is a dictionary of arrays whose leading axis runs over seeds: what is trained of the cells (``angles``
of circuits, or ``matrix`` and ``bias``), and ``head`` (seeds, features, outputs) and ``offset`` (seeds,
outputs) of the linear layer. Seeds share nothing but the windows. Numbers of windows and rates are arguments
of the program, not part of it: one compiled program serves all tasks that fit its capacity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from qml.cells.base import Cell
from qml.engines import jax_support
from qml.engines.base import zero_state
from qml.engines.jax_engine import drive
from qml.maps.base import Evaluator
from qml.training.optimisers import RULES, Model

#: Windows that one pass of the answers takes.
ROWS = 128
#: What a model calls its linear layer.
LAYER = ("head", "offset")

Loss = Callable[[Model, Model, Any, Any, Any], Any]


def answers(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], rows: int) -> Any:
    """A traceable function of (model, fixed weights, windows) -> answers.

    Windows have the shape (seeds, batch, length, channels), answers (seeds, batch, outputs); `rows` of the
    batch enter one matrix product and divide the batch.
    """
    xp = jax_support.load().numpy
    run = drive(cell, evaluator, readout, False, rows)

    def answer(model: Model, fixed: Model, windows: Any) -> Any:
        seeds, batch, length, _ = windows.shape
        trained = {name: array for name, array in model.items() if name not in LAYER}
        arrays = evaluator.prepare({**trained, **fixed}, cell.stages)
        start = zero_state(cell, seeds, batch)
        features, _ = run(arrays, None, start, xp.moveaxis(windows, 2, 0), np.ones(length, bool))
        # A sum, not a matrix product: its rounding does not depend on how many seeds there are.
        return (features[..., None] * model["head"][:, None]).sum(axis=2) + model["offset"][:, None]

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


def epoch(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], batch: int, rule: str) -> Any:
    """A traceable function: one pass over the training windows, then the answers to all windows.

    Of (model, memory of the rule, fixed weights, order, windows, targets, training windows, all windows,
    rates of the rule) -> (model, memory, answers). `order` (seeds, at least the training windows, a multiple
    of the batch) holds the numbers of the training windows in the order in which each seed takes them;
    windows and targets are padded to a multiple of `ROWS`.
    """
    jax = jax_support.load()
    xp = jax.numpy
    gradient = jax.grad(loss(cell, evaluator, readout, batch))
    answer = answers(cell, evaluator, readout, ROWS)
    descend = RULES[rule][0]

    def run(model: Model, memory: Any, fixed: Model, order: Any, windows: Any, targets: Any,
            train: Any, total: Any, rates: Any) -> tuple[Model, Any, Any]:  # fmt: skip
        def step(number: Any, carry: tuple[Model, Any]) -> tuple[Model, Any]:
            start = number * batch
            chosen = jax.lax.dynamic_slice_in_dim(order, start, batch, axis=1)
            counted = start + xp.arange(batch) < train
            slope = gradient(carry[0], fixed, windows[chosen], targets[chosen], counted)
            return descend(rates, *carry, slope)

        def fill(number: Any, table: Any) -> Any:
            part = jax.lax.dynamic_slice_in_dim(windows, number * ROWS, ROWS)
            found = answer(model, fixed, xp.broadcast_to(part, (len(order), *part.shape)))
            return jax.lax.dynamic_update_slice_in_dim(table, found, number * ROWS, axis=1)

        model, memory = jax.lax.fori_loop(0, -(-train // batch), step, (model, memory))
        blank = xp.zeros((len(order), *targets.shape))
        return model, memory, jax.lax.fori_loop(0, -(-total // ROWS), fill, blank)

    return run


#: Names and shapes of the arrays of a dictionary.
Shapes = tuple[tuple[str, tuple[int, ...]], ...]


@lru_cache(maxsize=32)
def compiled(
    cell: Cell,
    evaluator: Evaluator,
    readout: tuple[str, ...],
    batch: int,
    rule: str,
    device: Any,
    shapes: tuple[Shapes, Shapes, Shapes],
) -> Any:
    """`epoch` compiled for arrays of these shapes; to be called in double precision.

    Args:
        cell: equations and sizes.
        evaluator: of the maps.
        readout: what the linear layer sees.
        batch: windows to a step.
        rule: of descent.
        device: of JAX, that the program is compiled for.
        shapes: of the model, of the fixed weights, and of order, windows and targets.
    """
    jax = jax_support.load()
    place = jax.sharding.SingleDeviceSharding(device)

    def blank(shape: tuple[int, ...], kind: Any = np.float64) -> Any:
        return jax.ShapeDtypeStruct(shape, kind, sharding=place)

    model, fixed, data = ({name: blank(shape) for name, shape in group} for group in shapes)
    memory = jax.tree_util.tree_map(
        lambda array: blank(np.shape(array)), RULES[rule][1]({name: np.empty(s) for name, s in shapes[0]})
    )
    order, count = blank(data["order"].shape, np.int32), blank((), np.int32)
    program = jax.jit(epoch(cell, evaluator, readout, batch, rule))
    return program.lower(
        model, memory, fixed, order, data["windows"], data["targets"], count, count, blank((4,))
    ).compile()

"""Rules of descent: RMSprop and Adam, each a step of a whole model.

A model is a dictionary of arrays. A rule has a memory that begins at zero and is carried from step to step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qml.engines import jax_support

Model = dict[str, Any]
#: (rates, model, memory, gradient) -> (model, memory).
Rule = Callable[[Any, Model, Any, Model], tuple[Model, Any]]


def rmsprop(rates: Any, model: Model, squares: Model, gradient: Model) -> tuple[Model, Model]:
    """RMSprop as in PyTorch, without momentum.

    Args:
        rates: learning rate, share of the mean squared gradient kept, epsilon; more is not looked at.
        model: before the step.
        squares: running means of squared gradients.
        gradient: of the loss.
    """
    xp = jax_support.load().numpy
    rate, keep, epsilon = rates[:3]
    squares = {name: keep * squares[name] + (1 - keep) * gradient[name] ** 2 for name in model}
    stepped = {
        name: model[name] - rate * gradient[name] / (xp.sqrt(squares[name]) + epsilon) for name in model
    }
    return stepped, squares


def adam(
    rates: Any, model: Model, memory: tuple[Model, Model, Any], gradient: Model
) -> tuple[Model, tuple[Model, Model, Any]]:
    """Adam with its corrections of the first steps.

    Args:
        rates: learning rate, share of the mean squared gradient kept, epsilon, and share of the mean gradient
            kept.
        model: before the step.
        memory: running means of gradients and of squared gradients, and the number of steps taken.
        gradient: of the loss.

    References:
        Kingma and Ba, arXiv:1412.6980, algorithm 1.
    """
    xp = jax_support.load().numpy
    rate, keep, epsilon, momentum = rates
    means, squares, steps = memory
    steps = steps + 1
    means = {name: momentum * means[name] + (1 - momentum) * gradient[name] for name in model}
    squares = {name: keep * squares[name] + (1 - keep) * gradient[name] ** 2 for name in model}
    stepped = {
        name: model[name]
        - rate
        * (means[name] / (1 - momentum**steps))
        / (xp.sqrt(squares[name] / (1 - keep**steps)) + epsilon)
        for name in model
    }
    return stepped, (means, squares, steps)


def _still(model: Model) -> Model:
    return {name: np.zeros_like(array) for name, array in model.items()}


#: By name, the rule and what makes its memory for a model.
RULES: dict[str, tuple[Rule, Callable[[Model], Any]]] = {
    "rmsprop": (rmsprop, _still),
    "adam": (adam, lambda model: (_still(model), _still(model), np.float64(0.0))),
}

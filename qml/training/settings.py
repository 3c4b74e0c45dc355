"""How a model is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.parameters import Declared, Param

ENGINES = ("compiled", "trainable")


@dataclass(frozen=True)
class Training(Declared):
    """RMSprop on the mean squared error of the answer after the last step of each window.

    The rule is that of `qml.readouts.GradientReadout`, and so are its defaults, those of the public code of
    the authors of arXiv:2211.02612. The last batch of an epoch takes the windows that are left.

    Args:
        epochs: passes over the training windows.
        batch: windows to a step.
        shuffle: whether each seed draws a new order of the windows for every epoch.
        learning_rate: the step size.
        alpha: what is kept of the running mean of squared gradients at every step; in [0, 1).
        epsilon: added to the root of that mean.
        engine: ``compiled`` differentiates the circuits as lowered to one matrix each; ``trainable``
            differentiates default.qubit, gate by gate. The gradients are the same to round-off; ``compiled``
            trains two to three times faster and compiles three to five times faster.

    Raises:
        ParameterError: on construction, for a setting out of its bounds.
    """

    epochs: Annotated[int, Param("passes over the training windows", ge=1)] = 100
    batch: Annotated[int, Param("windows to a step", ge=1)] = 10
    shuffle: Annotated[bool, Param("draw a new order of the windows for every epoch")] = False
    learning_rate: Annotated[float, Param("step size", gt=0)] = 0.01
    alpha: Annotated[float, Param("share of the mean squared gradient kept at a step", ge=0, lt=1)] = 0.99
    epsilon: Annotated[float, Param("added to the root of the mean squared gradient", gt=0)] = 1e-8
    engine: Annotated[str, Param("how the circuits are computed", choices=ENGINES)] = "compiled"

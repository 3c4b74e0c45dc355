"""Tasks that ask for the past: short-term memory and temporal parity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.baselines.taps import delayed
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Memory(Declared):
    """Say what the input was 1, 2, ..., `max_delay` steps ago; u uniform in [-1, 1].

    Score it with `qml.scores.memory_capacity`. Before the first step inputs count as zero, which the washout
    hides.

    References:
        Jaeger, Short term memory in echo state networks, GMD report 152 (2001).
    """

    max_delay: Annotated[int, Param("longest delay, in steps", ge=1)] = 40

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs (steps, 1) and targets (steps, max_delay); column k - 1 is the input k steps ago."""
        inputs = rng.uniform(-1.0, 1.0, (steps, 1))
        return inputs, delayed(inputs, range(1, self.max_delay + 1))


@dataclass(frozen=True)
class Parity(Declared):
    """Say whether the last 2, 3, ..., `max_delay` + 1 bits hold an odd number of ones.

    For delay k the target is ``(u[t] + u[t-1] + ... + u[t-k]) mod 2``: no linear map of the bits correlates
    with it. Before the first step bits count as zero, which the washout hides.

    References:
        Fujii and Nakajima, Phys. Rev. Applied 8, 024030 (2017), the parity check task.
    """

    max_delay: Annotated[int, Param("longest delay, in steps", ge=1)] = 10

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs (steps, 1) and targets (steps, max_delay), all 0 or 1."""
        bits = rng.integers(0, 2, (steps, 1)).astype(np.float64)
        ones = np.cumsum(delayed(bits, range(self.max_delay + 1)), axis=1)
        return bits, ones[:, 1:] % 2

"""Circuits lowered inside the traced program, so that the lowering itself can be differentiated.

A minibatch uses each circuit for all its windows and all their steps. Gathering the gates into one matrix is
done once for it; simulating gate by gate is done once for every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qml.circuits.lowering import lower
from qml.maps.base import Weights, split_stages
from qml.maps.circuit import CompiledCircuits


@dataclass(frozen=True)
class TracedCircuits(CompiledCircuits):
    """`CompiledCircuits` whose angles may be traced by JAX; in double precision."""

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

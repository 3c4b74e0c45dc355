"""A source of raw key that draws clicks from closed forms, for tests of what comes after it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Annotated

import numpy as np

import qsim
from hardware.optics.raw_block import RawBlock
from qsim.parameters import Declared, Param


@qsim.register("key-source", "test-pulses")
@dataclass(frozen=True)
class Pulses(Declared):
    """Weak pulses over a channel: gain Y0 + 1 - e^(-µT), errors of ½ Y0 + m (1 - e^(-µT)), no memory."""

    photons: Annotated[tuple[float, ...], Param("of each intensity")] = (0.48, 0.1, 0.0)
    chosen: Annotated[tuple[float, ...], Param("probability of each")] = (0.8, 0.15, 0.05)
    transmission: Annotated[float, Param("from source to click", ge=0, le=1)] = 0.05
    background: Annotated[float, Param("of an empty pulse", ge=0, le=1)] = 1e-5
    misalignment: Annotated[float, Param("wrong detector", ge=0, le=1)] = 0.01
    z_share: Annotated[float, Param("at both ends", ge=0, le=1)] = 0.7
    period: Annotated[float, Param("of slots", unit="s", gt=0)] = 1e-8

    @property
    def slot_period_s(self) -> float:
        return self.period

    @property
    def intensities(self) -> tuple[float, ...]:
        return self.photons

    def block(self, slots: int, rng: np.random.Generator) -> RawBlock:
        """Draw how many slots of each sort there are, and which of them click."""
        share = np.outer(self.chosen, (self.z_share, 1 - self.z_share))
        sent = rng.multinomial(slots, share.ravel()).reshape(share.shape)
        light = np.array([1 - exp(-mean * self.transmission) for mean in self.photons])
        gain = self.background + light
        wrong = (self.background / 2 + self.misalignment * light) / np.where(gain > 0, gain, 1)
        clicks = rng.binomial(sent, gain[:, None])
        level = np.repeat(np.arange(len(light)), clicks.sum(axis=1))
        basis = np.concatenate([np.repeat((0, 1), row) for row in clicks])
        count = len(level)
        order = rng.permutation(count)
        level, basis = level[order], basis[order]
        seen = (rng.random(count) >= self.z_share).astype(np.int8)
        bit = rng.integers(0, 2, count)
        flipped = rng.random(count) < np.where(seen == basis, wrong[level], 0.5)
        return RawBlock(
            sent,
            np.sort(rng.choice(slots, count, replace=False)),
            level.astype(np.int8),
            basis.astype(np.int8),
            bit.astype(np.int8),
            seen,
            (bit ^ flipped).astype(np.int8),
            np.zeros(count, dtype=bool),
        )

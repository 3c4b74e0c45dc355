"""What an eavesdropper does to pulses on their way, or to halves of pairs before they are measured.

An attack changes what the receiver sees, and tells which sifted bits it knows; the two ends know only what
their counts say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log1p
from typing import TYPE_CHECKING, Annotated, Protocol

import numpy as np

from hardware.optics.raw_block import RawBlock
from qsim.analytic.eavesdropping import split
from qsim.errors import SimulationError
from qsim.parameters import Declared, Param
from qsim.quantum.directions import DIRECTIONS
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

    from qsim.quantum.directions import Bloch
    from qsim.quantum.pair import EntangledPair, Holder

__all__ = ["Attack", "DetectorBlinding", "InterceptResend", "PhotonNumberSplitting"]


class Attack(Protocol):
    """An eavesdropper on the quantum channel."""

    def pulses(
        self, block: RawBlock, photons: tuple[float, ...], rng: np.random.Generator
    ) -> tuple[RawBlock, NDArray[np.bool_]]:
        """What the receiver sees of a block in the place of what it would have seen.

        Args:
            block: without the attack.
            photons: mean photon number of each intensity.
            rng: draws.

        Returns:
            The block, and for each of its clicks whether the eavesdropper knows the bit once bases are told.
        """
        ...

    def half(self, pair: EntangledPair, holder: Holder, now: int, rng: random.Random) -> Bloch | None:
        """Touch half of a pair just before it is measured.

        Returns:
            The qubit that is sent on in its place; None where the half is left alone.
        """
        ...


define_kind("attack", Attack, "how-to/how-much-key.md")


@register("attack", "intercept-resend")
@dataclass(frozen=True)
class InterceptResend(Declared):
    """Measures in Z or X at random and sends on what it has found: a quarter of the sifted bits is wrong."""

    fraction: Annotated[float, Param("share of the pulses or halves that are attacked", ge=0, le=1)] = 1.0

    def pulses(
        self, block: RawBlock, photons: tuple[float, ...], rng: np.random.Generator
    ) -> tuple[RawBlock, NDArray[np.bool_]]:
        """As many clicks as before: the attacker makes good the losses behind it."""
        count = len(block.slot)
        attacked = rng.random(count) < self.fraction
        basis = rng.integers(0, 2, count)
        right = basis == block.sent_basis
        found = np.where(right, block.sent_bit, rng.integers(0, 2, count))
        sent_on = np.where(basis == block.seen_basis, found, rng.integers(0, 2, count))
        bits = np.where(attacked, sent_on, block.seen_bit).astype(np.int8)
        return replace(block, seen_bit=bits, double=block.double & ~attacked), attacked & right

    def half(self, pair: EntangledPair, holder: Holder, now: int, rng: random.Random) -> Bloch | None:
        """Measure the half, and send a fresh qubit on."""
        if rng.random() >= self.fraction:
            return None
        along = DIRECTIONS["x" if rng.random() < 0.5 else "z"]
        sign = 1 - 2 * pair.measure(holder, along, now, rng.random())
        return sign * along[0], sign * along[1], sign * along[2]


@register("attack", "photon-number-splitting")
@dataclass(frozen=True)
class PhotonNumberSplitting(Declared):
    """Keeps a photon of every pulse of several, and stops single photons until the signal's gain is right.

    Line and receiver are taken for lossless and free of noise while the attacker is at work.

    References:
        Brassard, Lütkenhaus, Mor, Sanders, Phys. Rev. Lett. 85, 1330 (2000).
    """

    def pulses(
        self, block: RawBlock, photons: tuple[float, ...], rng: np.random.Generator
    ) -> tuple[RawBlock, NDArray[np.bool_]]:
        """New clicks, for another channel."""
        sent, signal = block.sent, block.sent[0].sum()
        gain = np.count_nonzero(block.sent_intensity == 0) / max(1, signal)
        if gain in (0, 1):
            return block, np.zeros(len(block.slot), dtype=bool)
        attack = split(photons[0], min(1.0, -log1p(-gain) / photons[0]))
        parts = [
            (level, basis, several, rng.binomial(sent[level, basis], chance))
            for level, mean in enumerate(photons)
            for basis in range(sent.shape[1])
            for several, chance in enumerate(attack.chances(mean))
        ]
        table = np.repeat([part[:3] for part in parts], [part[3] for part in parts], axis=0)
        rng.shuffle(table)
        count = len(table)
        seen = rng.permutation(np.resize(block.seen_basis, count)).astype(np.int8)
        bits = rng.integers(0, 2, count)
        read = np.where(seen == table[:, 1], bits, rng.integers(0, 2, count))
        made = RawBlock(
            sent,
            np.sort(rng.choice(int(sent.sum()), count, replace=False)),
            table[:, 0].astype(np.int8),
            table[:, 1].astype(np.int8),
            bits.astype(np.int8),
            seen,
            read.astype(np.int8),
            np.zeros(count, dtype=bool),
        )
        return made, table[:, 2] == 1

    def half(self, pair: EntangledPair, holder: Holder, now: int, rng: random.Random) -> Bloch | None:
        """There are no numbers of photons to split."""
        raise SimulationError("photon-number splitting attacks weak pulses; measured pairs have none")


@register("attack", "detector-blinding")
@dataclass(frozen=True)
class DetectorBlinding(Declared):
    """Blinds the receiver's detectors and makes them click by bright light, where bases agree only.

    The receiver then has what the attacker has measured, and no errors: nothing in the counts tells. An
    untrusted station (`qsim.analytic.mdi`) is what helps.

    References:
        Lydersen, Wiechers, Wittmann, Elser, Skaar, Makarov, Nat. Photonics 4, 686 (2010).
    """

    def pulses(
        self, block: RawBlock, photons: tuple[float, ...], rng: np.random.Generator
    ) -> tuple[RawBlock, NDArray[np.bool_]]:
        """As many clicks as before, each in the basis in which the attacker has measured."""
        right = block.seen_basis == block.sent_basis
        bits = np.where(right, block.sent_bit, rng.integers(0, 2, len(right))).astype(np.int8)
        return replace(block, seen_bit=bits, double=np.zeros_like(block.double)), right

    def half(self, pair: EntangledPair, holder: Holder, now: int, rng: random.Random) -> Bloch | None:
        """Memories have no detectors that light could blind."""
        raise SimulationError("detector blinding attacks the receivers of pulses; measured pairs have none")

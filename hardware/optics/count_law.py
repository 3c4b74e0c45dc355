"""The law of one slot where detectors count photons: how many each outlet sees, and in which setting.

A bench without such detectors needs none of it; one with them says by its clicks where anything was seen,
and by this law how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hardware.optics.slot_law import SlotLaw
from qsim.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.light import Light

#: Greatest number that is told of an outlet.
MOST = 15
#: Share of slots with greater numbers that is left out without a word.
_LOST = 1e-6
#: Most outlets whose photons are counted together; each makes the law 16 times as large.
_OUTLETS = 3


class Counts(NamedTuple):
    """The slots of a block in which something was seen.

    Attributes:
        slot: index in the block, ascending, shape (n,).
        setting: index of the setting, shape (n,).
        photons: seen at each outlet of the bench, shape (n, outlets); 1 for a click where none are counted.
    """

    slot: NDArray[np.int64]
    setting: NDArray[np.int64]
    photons: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CountLaw:
    """Joint law of the setting of a slot and of what each outlet sees.

    Attributes:
        chances: probability of each setting, shape (s,).
        numbers: probability of the numbers given the setting, shape (s, n1, n2, ...): an axis for each
            outlet, of 16 entries where photons are counted and of two, nothing and a click, elsewhere.
    """

    chances: NDArray[np.float64]
    numbers: NDArray[np.float64]

    def __post_init__(self) -> None:
        beyond = 1 - self.numbers.reshape(len(self.chances), -1).sum(axis=1).min()
        if beyond > _LOST:
            raise ParameterError(
                f"more than {MOST} photons come to a detector that counts in {beyond:.2g} of the slots of a "
                f"setting, and no greater number is told: attenuate the light, to {_LOST:g} at most"
            )

    @cached_property
    def _flat(self) -> SlotLaw:
        return SlotLaw(self.chances, self.numbers.reshape(len(self.chances), -1))

    def draw(self, slots: int, rng: np.random.Generator) -> Counts:
        """A block of slots, at the cost of those in which something is seen."""
        slot, cell = self._flat.draw(slots, rng)
        setting, *photons = np.unravel_index(cell, self.numbers.shape)
        return Counts(slot, np.asarray(setting), np.stack(photons, axis=1))


def counted(
    light: Light,
    weights: NDArray[np.complex128],
    counts: NDArray[np.bool_],
    dark: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Joint probability of what outlets see of light, averaged over a block of it.

    Args:
        light: the light.
        weights: efficiencies W on its modes, shape (outlets, n, n).
        counts: whether each outlet counts, shape (outlets,); at most three do.
        dark: mean number of dark counts in a window of each, shape (outlets,).

    Returns:
        An axis for each outlet, as in `CountLaw.numbers`.
    """
    number, clicking = int(counts.sum()), np.flatnonzero(~counts)
    if number > _OUTLETS:
        raise ParameterError(
            f"photons are counted at {number} outlets of the bench, and numbers are told of {_OUTLETS} "
            "together at most: let the other detectors be of the kind `threshold`"
        )
    parts = []
    for asked in np.ndindex((2,) * len(clicking)):
        silent = np.tensordot(np.array(asked, dtype=float), weights[clicking], axes=1)
        table = light.numbers(weights[counts], MOST, np.asarray(silent, dtype=np.complex128))
        table = table.reshape(-1, *(MOST + 1,) * number).mean(axis=0)
        parts.append(table * np.exp(-dark[clicking] @ np.array(asked, dtype=float)))
    law = np.array(parts).reshape((2,) * len(clicking) + (MOST + 1,) * number)
    for axis in range(len(clicking)):
        free, still = np.split(law, 2, axis=axis)
        law = np.concatenate([still, free - still], axis=axis)
    for axis, mean in enumerate(dark[counts], start=len(clicking)):
        law = _with_dark(law, axis, float(mean))
    order = [*clicking, *np.flatnonzero(counts)]
    return np.asarray(np.maximum(np.moveaxis(law, range(len(order)), order), 0.0))


def _with_dark(law: NDArray[np.float64], axis: int, mean: float) -> NDArray[np.float64]:
    """Numbers along an axis with a Poisson number added to them."""
    poisson = np.exp(-mean) * np.cumprod([1.0, *(mean / np.arange(1, MOST + 1))])
    shifted = [np.concatenate([np.zeros(k), poisson[: MOST + 1 - k]]) for k in range(MOST + 1)]
    return np.asarray(np.moveaxis(np.tensordot(law, np.array(shifted), axes=(axis, 0)), -1, axis))

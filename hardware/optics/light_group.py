"""The joint light of pulses that have met, and what has been seen of it so far.

What a detector is likely to see next depends on what others saw of the same light. A group keeps these
findings; the next one is drawn given them all. Light of lasers alone keeps none: its detectors are
independent.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qsim.errors import ParameterError
from qsim.quantum.light import CoherentLight, joined

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

    from qsim.quantum.light import Light

#: Most clicks in one group; each doubles the terms of a probability.
_MOST = 10


class SentMode(NamedTuple):
    """One mode that a source has sent: the slot, the source, the family, and its place in the slot."""

    slot: int
    source: str
    family: int
    place: int


class LightGroup:
    """Light of one or more pulses.

    Args:
        light: its state.
        modes: what identifies each mode.
    """

    __slots__ = ("_clicks", "_silent", "_succeeded", "light", "modes")

    def __init__(self, light: Light, modes: tuple[SentMode, ...]) -> None:
        self.light = light
        self.modes = modes
        self._silent = np.zeros((light.modes, light.modes), dtype=np.complex128)
        self._clicks: list[NDArray[np.complex128]] = []
        self._succeeded: LightGroup | None = None

    def current(self) -> LightGroup:
        """The group that this one has become a part of, or itself."""
        group = self
        while group._succeeded is not None:
            group = group._succeeded
        return group

    def merged(self, other: LightGroup) -> LightGroup:
        """This light and other light as one group; that of lasers is joined for one look only."""
        whole = LightGroup(joined([self.light, other.light]), self.modes + other.modes)
        if isinstance(whole.light, CoherentLight):
            return whole
        here = slice(0, self.light.modes), slice(self.light.modes, whole.light.modes)
        for part, place in zip((self, other), here, strict=True):
            whole._silent[place, place] += part._silent
            for click in part._clicks:
                wide = np.zeros_like(whole._silent)
                wide[place, place] = click
                whole._clicks.append(wide)
            part._succeeded = whole
        return whole

    def clicks(self, weight: NDArray[np.complex128], rng: random.Random) -> bool:
        """Draw whether a detector of efficiency W on the modes sees light, given all that was seen.

        Args:
            weight: W, shape (n, n).
            rng: source of randomness.

        Raises:
            ParameterError: more has been seen of the group than is followed.
        """
        still = self._probability(weight) / self._probability()
        clicked = rng.random() >= still
        if not isinstance(self.light, CoherentLight):
            if not clicked:
                self._silent += weight
            elif len(self._clicks) == _MOST:
                raise ParameterError(
                    f"more than {_MOST} clicks of light that has met across slots and is not a laser's are "
                    "not followed pulse by pulse; let the delays be shorter than the slots"
                )
            else:
                self._clicks.append(weight)
        return clicked

    def _probability(self, silent: NDArray[np.complex128] | None = None) -> float:
        """That all is as it was seen, and, if asked for, another detector sees nothing."""
        base = self._silent if silent is None else self._silent + silent
        terms = np.array(list(product((0, 1), repeat=len(self._clicks))), dtype=np.float64)
        forms = base + np.einsum("tc,cij->tij", terms, np.array(self._clicks).reshape(-1, *base.shape))
        return float((self.light.silence(forms).real * (-1.0) ** terms.sum(axis=1)).sum())

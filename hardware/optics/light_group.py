"""The joint light of pulses that have met, and what has been seen of it so far.

What a detector is likely to see next depends on what others saw of the same light. A group keeps these
findings; the next one is drawn given them all. Light of lasers alone keeps none: its detectors are
independent.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hardware.optics.count_law import MOST
from qsim.errors import ParameterError
from qsim.quantum.light import CoherentLight, joined

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

    from qsim.quantum.light import Light

#: Most clicks in one group; each doubles the terms of a probability.
_MOST = 10


class _Terms(NamedTuple):
    """Something seen by a detector W, as a sum of ``c <:exp(-f a† W a):>``: c and f, shape (t,)."""

    coefficients: NDArray[Any]
    factors: NDArray[Any]


class _Finding(NamedTuple):
    """What a detector of a weight has seen."""

    weight: NDArray[np.complex128]
    terms: _Terms


#: All there may be less nothing.
_CLICK = _Terms(np.array([1.0, -1.0]), np.array([0.0, 1.0]))
#: Arguments of the generating function of photon numbers; those beyond 31 would be taken for fewer.
_CIRCLE = np.exp(2j * np.pi * np.arange(32) / 32)


def _of(number: int) -> _Terms:
    """A number of photons, a coefficient of the generating function (Cauchy)."""
    return _Terms(_CIRCLE**-number / len(_CIRCLE), 1 - _CIRCLE)


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

    __slots__ = ("_findings", "_silent", "_succeeded", "light", "modes")

    def __init__(self, light: Light, modes: tuple[SentMode, ...]) -> None:
        self.light = light
        self.modes = modes
        self._silent = np.zeros((light.modes, light.modes), dtype=np.complex128)
        self._findings: list[_Finding] = []
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
            for finding in part._findings:
                wide = np.zeros_like(whole._silent)
                wide[place, place] = finding.weight
                whole._findings.append(finding._replace(weight=wide))
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
        still = self._probability(weight).real / self._probability().real
        clicked = rng.random() >= still
        self._found(weight, _CLICK if clicked else None)
        return clicked

    def counts(self, weight: NDArray[np.complex128], rng: random.Random) -> int:
        """As `clicks`, by a detector that counts: how many photons it sees.

        Raises:
            ParameterError: more has been seen of the group than is followed, or more than 15 photons.
        """
        whole, place = self._probability().real, rng.random()
        seen, number = self._probability(weight).real / whole, 0
        if place >= seen:
            circle = [self._probability((1 - z) * weight) for z in _CIRCLE]
            while place >= seen:
                number += 1
                if number > MOST:
                    raise ParameterError(f"a detector that counts sees more than {MOST} photons at once")
                seen += float((_of(number).coefficients @ circle).real) / whole
        self._found(weight, _of(number) if number else None)
        return number

    def _found(self, weight: NDArray[np.complex128], terms: _Terms | None) -> None:
        """Keep what a detector has seen; None for nothing."""
        if isinstance(self.light, CoherentLight):
            return
        if terms is None:
            self._silent += weight
            return
        if prod(len(each.terms.factors) for each in self._findings) * len(terms.factors) > 1 << _MOST:
            raise ParameterError(
                f"more than {_MOST} clicks, or two counts, of light that has met across slots and is not a "
                "laser's are not followed pulse by pulse; let the delays be shorter than the slots"
            )
        self._findings.append(_Finding(weight, terms))

    def _probability(self, silent: NDArray[np.complex128] | None = None) -> complex:
        """That all is as it was seen, and, if asked for, another detector sees nothing."""
        base = self._silent if silent is None else self._silent + silent
        found = self._findings
        factors = np.array(list(product(*(each.terms.factors for each in found))))
        signs = np.array([prod(one) for one in product(*(each.terms.coefficients for each in found))])
        weights = np.array([each.weight for each in found]).reshape(-1, *base.shape)
        forms = base + np.einsum("tc,cij->tij", factors, weights)
        terms = self.light.silence(forms) * signs
        return complex(terms.real.sum(), terms.imag.sum())

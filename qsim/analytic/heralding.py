"""Heralded entanglement at a midpoint station: probability and fidelity of one attempt, with equal arms.

Threshold detectors; η is the probability that a photon of a bright memory is detected, all losses included,
and d the probability of a dark count in each detector and window. The photons are indistinguishable and
bunch. Written from the counting of clicks, not from density matrices as the link models are.
"""

from __future__ import annotations

from typing import NamedTuple

from qsim.analytic import arguments as check


class Heralded(NamedTuple):
    """One heralded attempt.

    Attributes:
        probability: that it succeeds.
        fidelity: of the pair, given success.
    """

    probability: float
    fidelity: float


def barrett_kok(efficiency: float, dark: float = 0.0) -> Heralded:
    """Two rounds with a spin flip between, one click in each.

    With g = η(1-d) one photon seen, b = 2(1-η)d(1-d) a dark count instead, and P2 the single clicks of two
    photons, ``P = ½(g+b)² + ½·2d(1-d) P2`` and ``F = [½g² + ¼((g+b)² - g²)]/P``; without dark counts P =
    η²/2, F = 1.

    Args:
        efficiency: η, in [0, 1].
        dark: d, in [0, 1).

    Raises:
        ParameterError: an argument out of its range, or no attempt ever succeeds.

    References:
        Barrett and Kok, Phys. Rev. A 71, 060310(R) (2005).

    Example:
        >>> barrett_kok(1.0)
        Heralded(probability=0.5, fidelity=1.0)
    """
    seen, mistaken, empty, both = _single_clicks(efficiency, dark)
    one = seen + mistaken
    probability = 0.5 * one**2 + 0.5 * empty * both
    return Heralded(probability, (0.5 * seen**2 + 0.25 * (one**2 - seen**2)) / probability)


def single_click(bright: float, efficiency: float, dark: float = 0.0) -> Heralded:
    """One round, exactly one click: rate linear in η, fidelity limited by the bright population.

    Without dark counts P = 2αη - α²η² and F = (1-α)/(1 - αη/2).

    Args:
        bright: α, population of the state that emits, in (0, 1).
        efficiency: η, in [0, 1].
        dark: d, in [0, 1).

    Raises:
        ParameterError: an argument out of its range, or no attempt ever succeeds.

    References:
        Cabrillo, Cirac, García-Fernández, Zoller, Phys. Rev. A 59, 1025 (1999).

    Example:
        >>> round(single_click(0.1, 1.0).fidelity, 10)
        0.9473684211
    """
    check.within("bright", bright, 0, 1, above=True, below=True)
    seen, mistaken, empty, both = _single_clicks(efficiency, dark)
    one_bright = 2 * bright * (1 - bright)
    probability = (1 - bright) ** 2 * empty + one_bright * (seen + mistaken) + bright**2 * both
    return Heralded(probability, one_bright * (seen + mistaken / 2) / probability)


def _single_clicks(efficiency: float, dark: float) -> tuple[float, float, float, float]:
    """Probabilities of exactly one clicking detector: one photon seen, one missed, no photon, two photons.

    A photon that was missed leaves the click to a dark count, whose detector tells nothing of the state.
    """
    check.probability(efficiency=efficiency)
    check.within("dark", dark, 0, 1, below=True)
    if efficiency == 0:
        check.within("dark", dark, 0, 1, above=True, below=True)
    quiet = 1 - dark
    empty = 2 * dark * quiet
    missed = (1 - efficiency) ** 2
    seen = efficiency * (2 - efficiency)
    return efficiency * quiet, (1 - efficiency) * empty, empty, seen * quiet + missed * empty

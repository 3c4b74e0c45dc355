"""Heralded entanglement at a midpoint station: probability and fidelity of one attempt.

Equal arms, except for what laboratories report. Threshold detectors; η is the probability that a photon of a
bright memory is detected, all losses included, and d the probability of a dark count in each detector and
window. The photons are indistinguishable and bunch. Written from the counting of clicks, not from density
matrices as the link models are.
"""

from __future__ import annotations

from math import exp, sqrt
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


def laboratory_single_click(
    bright: tuple[float, float],
    efficiency: tuple[float, float],
    dark: float = 0.0,
    *,
    visibility: float = 1.0,
    phase_deviation: float = 0.0,
    double_excitation: float = 0.0,
    depolarised: float = 0.0,
) -> Heralded:
    """One round, exactly one click, with what a laboratory reports of a link; every effect by itself.

    The coherence is ``sqrt(α₁(1-α₁) α₂(1-α₂) η₁η₂V) e^(-σ²/2) (1 - p₂)(1 - d)``. Double excitation takes
    sqrt(1 - p₂) of the amplitude of each emitter, as a second photon that is never seen does; a convention
    that takes (1 - p₂)² of the coherence (half a phase flip at each node) is had with 1 - (1 - p₂)² in the
    place of p₂.

    Args:
        bright: α, populations of the states that emit at the two ends, in (0, 1).
        efficiency: η of the two arms, detectors included, in [0, 1].
        dark: d, in [0, 1).
        visibility: V, in [0, 1].
        phase_deviation: σ, standard deviation of the optical phase, rad.
        double_excitation: p₂, of both emitters, in [0, 1).
        depolarised: probability that an initialisation that failed leaves a half depolarised, of each end.

    Raises:
        ParameterError: an argument out of its range, or no attempt ever succeeds.

    References:
        Humphreys et al., Nature 558, 268 (2018), and its supplement.

    Example:
        >>> found = laboratory_single_click((0.05, 0.05), (2.8e-4, 4.2e-4), 5e-7, visibility=0.9)
        >>> round(found.fidelity, 4)
        0.8924
    """
    for population in bright:
        check.within("bright", population, 0, 1, above=True, below=True)
    check.probability(visibility=visibility, depolarised=depolarised)
    check.within("phase_deviation", phase_deviation, 0)
    check.within("double_excitation", double_excitation, 0, 1, below=True)
    for eta in efficiency:
        check.probability(efficiency=eta)
    check.within("dark", dark, 0, 1, above=not any(efficiency), below=True)
    (first, second), (alpha, beta) = efficiency, bright
    quiet, empty = 1 - dark, 2 * dark * (1 - dark)
    one_of_second = (1 - alpha) * beta * (second * quiet + (1 - second) * empty)
    one_of_first = alpha * (1 - beta) * (first * quiet + (1 - first) * empty)
    seen_one = first * (1 - second) + second * (1 - first)
    both = (
        seen_one * quiet + (1 - first) * (1 - second) * empty + first * second * (1 + visibility) / 2 * quiet
    )
    probability = (1 - alpha) * (1 - beta) * empty + one_of_second + one_of_first + alpha * beta * both
    amplitudes = sqrt(alpha * (1 - alpha) * beta * (1 - beta) * first * second * visibility)
    coherence = amplitudes * exp(-(phase_deviation**2) / 2) * (1 - double_excitation) * quiet
    fidelity = ((one_of_second + one_of_first) / 2 + coherence) / probability
    weight = (1 - depolarised) ** 2
    return Heralded(probability, weight * fidelity + (1 - weight) / 4)


def two_photon_laboratory(
    efficiency: tuple[float, float],
    *,
    visibility: float = 1.0,
    emitter_photon_fidelity: tuple[float, float] = (1.0, 1.0),
) -> Heralded:
    """Two clicks without dark counts: ``η₁η₂/2``, and two emitter-photon states joined by a Bell measurement.

    Emitter-photon states are Werner states of weights (4F - 1)/3; their product w is that of the pair, and
    ``F = w (1 + V)/2 + (1 - w)/4``.

    Args:
        efficiency: η of the two arms, detectors included, in (0, 1].
        visibility: V, in [0, 1].
        emitter_photon_fidelity: of the two emitters and their photons, in [1/4, 1].

    Raises:
        ParameterError: an argument out of its range.

    References:
        Stephenson et al., Phys. Rev. Lett. 124, 110501 (2020).

    Example:
        >>> round(two_photon_laboratory((0.02, 0.02), emitter_photon_fidelity=(0.979, 0.979)).fidelity, 4)
        0.9586
    """
    weight = 1.0
    for eta, fidelity in zip(efficiency, emitter_photon_fidelity, strict=True):
        check.positive_probability(efficiency=eta)
        check.within("emitter_photon_fidelity", fidelity, 0.25, 1)
        weight *= (4 * fidelity - 1) / 3
    check.probability(visibility=visibility)
    return Heralded(efficiency[0] * efficiency[1] / 2, weight * (1 + visibility) / 2 + (1 - weight) / 4)


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

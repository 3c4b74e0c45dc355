"""Photons with an exponential shape in a detection window: capture, visibility, coincidences.

Two emitters are excited at the same instant; a photon comes after a delay with density e^(-t/τ)/τ. The window
opens `start` after the excitation and is `width` wide. A transition whose coherence time T2 is shorter than
2τ dephases at the rate γ = 1/T2 - 1/(2τ); the emitters' frequencies may differ by `detuning`. Times in s,
frequencies in Hz.

References:
    Legero, Wilk, Kuhn, Rempe, Appl. Phys. B 77, 797 (2003); Bylander, Robert-Philip, Abram, Eur. Phys. J. D
    22, 295 (2003), V = T2/(2τ) without a window.
"""

from __future__ import annotations

from cmath import exp as complex_exp
from math import exp, inf, pi

from qsim.analytic import arguments as check


def capture(lifetime: float, width: float, start: float = 0.0) -> float:
    """Probability that a photon comes within the window: e^(-start/τ) - e^(-(start + width)/τ).

    Without a delay 1 - e^(-W/τ); a window that opens before the excitation gains nothing.

    Args:
        lifetime: τ, s.
        width: W, s; infinity for all photons after the start.
        start: when the window opens after the excitation, s.

    Raises:
        ParameterError: an argument out of its range.

    Example:
        >>> round(capture(12e-9, 25e-9), 6)
        0.875486
    """
    _check(lifetime, width, start)
    opens, closes = max(start, 0.0), max(start + width, 0.0)
    return exp(-opens / lifetime) - exp(-closes / lifetime)


def visibility(
    lifetime: float,
    width: float = inf,
    coherence_time: float | None = None,
    detuning: float = 0.0,
    start: float = 0.0,
) -> float:
    """Two-photon visibility of photons of two like emitters that are both within the window.

    With κ = 1/τ, γ the dephasing of both emitters together and ω = 2π detuning,
    ``V = Re[ (1 - e^(-2κW))/(2κ) - (e^(-(κ+z)W) - e^(-2κW))/(κ - z) ] / (κ+z) · 2κ²/(1 - e^(-κW))²`` with
    z = γ + iω; κ/(κ + γ) = T2/(2τ) for all photons without a detuning. It does not depend on the start.

    Args:
        lifetime: τ of both, s.
        width: W, s.
        coherence_time: T2 of both transitions, s; None for 2τ.
        detuning: difference of their frequencies, Hz.
        start: when the window opens after the excitation, s.

    Raises:
        ParameterError: an argument out of its range.

    Example:
        >>> round(visibility(12e-9, coherence_time=18e-9), 6)
        0.75
    """
    _check(lifetime, width, start)
    kappa, fading = 1 / lifetime, 2 * _dephasing(lifetime, coherence_time) + 2j * pi * detuning
    kept = max(start + width - max(start, 0.0), 0.0)
    if kept == 0:
        return 1.0
    total, difference = kappa + fading, kappa - fading
    both = (1 - exp(-2 * kappa * kept)) / (2 * kappa)
    if kept == inf:
        mixed: complex = 0.0
    elif abs(difference) < 1e-9 * kappa:
        mixed = kept * exp(-2 * kappa * kept)
    else:
        mixed = (complex_exp(-total * kept) - exp(-2 * kappa * kept)) / difference
    inside = ((both - mixed) / total).real
    return 2 * kappa**2 * inside / (1 - exp(-kappa * kept)) ** 2


def coherence(
    lifetime: float,
    width: float = inf,
    coherence_time: float | None = None,
    detuning: float = 0.0,
    start: float = 0.0,
) -> float:
    """What one click within the window keeps of the coherence of two like emitters, one of them excited.

    The modulus of the mean of e^(-(γ - iω)t) over the delays within the window, γ of both emitters together;
    a phase that is the same in each attempt is corrected. Two clicks, of two rounds or time bins, keep its
    square.

    Args:
        lifetime, width, coherence_time, detuning, start: as for `visibility`.

    Raises:
        ParameterError: an argument out of its range.

    Example:
        >>> round(coherence(12e-9, coherence_time=18e-9), 6)
        0.75
    """
    _check(lifetime, width, start)
    kappa, fading = 1 / lifetime, 2 * _dephasing(lifetime, coherence_time) - 2j * pi * detuning
    opens, closes = max(start, 0.0), max(start + width, 0.0)
    if closes == opens:
        return 1.0
    rate = kappa + fading
    late = complex_exp(-rate * closes) if closes < inf else 0.0
    whole = kappa / rate * (complex_exp(-rate * opens) - late)
    return abs(whole) / (exp(-kappa * opens) - exp(-kappa * closes))


def coincidence(
    lifetime: float,
    width: float = inf,
    coherence_time: float | None = None,
    detuning: float = 0.0,
    start: float = 0.0,
) -> float:
    """Probability that two photons leave a balanced beam splitter by both outputs, within the window.

    ``capture² (1 - V)/2``, of perfect detectors.

    Args:
        lifetime, width, coherence_time, detuning, start: as for `visibility`.

    Raises:
        ParameterError: an argument out of its range.

    Example:
        >>> round(coincidence(12e-9, 25e-9, coherence_time=18e-9), 6)
        0.066558
    """
    seen = capture(lifetime, width, start)
    return seen**2 * (1 - visibility(lifetime, width, coherence_time, detuning, start)) / 2


def _check(lifetime: float, width: float, start: float) -> None:
    check.within("lifetime", lifetime, 0, above=True)
    if width != inf:
        check.within("width", width, 0, above=True)
    check.within("start", start, -inf)


def _dephasing(lifetime: float, coherence_time: float | None) -> float:
    """Pure dephasing rate of one emitter, 1/s."""
    if coherence_time is None:
        return 0.0
    check.within("coherence_time", coherence_time, 0, 2 * lifetime * (1 + 1e-12), above=True)
    return max(1 / coherence_time - 1 / (2 * lifetime), 0.0)

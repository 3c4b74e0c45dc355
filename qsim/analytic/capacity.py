"""Bounds on what a lossy channel can carry, without repeaters and with them.

Rates per use of the channel (per optical mode): secret bits or, equally, ebits.
"""

from __future__ import annotations

from math import inf, log, log1p

from qsim.analytic import arguments as check


def transmission(length: float, attenuation: float = 0.2e-3) -> float:
    """Share of light that passes a fibre: 10^(-αL/10).

    Args:
        length: L, m.
        attenuation: α, dB/m.

    Example:
        >>> round(transmission(50e3), 12)
        0.1
    """
    check.within("length", length, 0)
    check.within("attenuation", attenuation, 0)
    return float(10 ** (-attenuation * length / 10))


def repeaterless_bound(transmissivity: float) -> float:
    """Capacity of a lossy channel without repeaters, the PLOB bound: -log2(1-η), near 1.44 η when η is small.

    Args:
        transmissivity: η, in [0, 1]; infinite at 1.

    References:
        Pirandola, Laurenza, Ottaviani, Banchi, Nat. Commun. 8, 15043 (2017).

    Example:
        >>> repeaterless_bound(0.5)
        1.0
    """
    return repeater_bound(transmissivity, 0)


def repeater_bound(transmissivity: float, repeaters: int) -> float:
    """Capacity of a lossy channel with ideal repeaters that divide it equally: -log2(1 - η^(1/(n+1))).

    Args:
        transmissivity: η of the whole channel, in [0, 1]; infinite at 1.
        repeaters: n.

    References:
        Pirandola, Commun. Phys. 2, 51 (2019).
    """
    check.probability(transmissivity=transmissivity)
    check.count("repeaters", repeaters, least=0)
    if transmissivity == 1:
        return inf
    return abs(log1p(-(transmissivity ** (1 / (repeaters + 1)))) / log(2))


def direct_rate(
    length: float, source_rate: float, attenuation: float = 0.2e-3, efficiency: float = 1.0
) -> float:
    """Photons that arrive by direct transmission: what a repeater has to beat in practice.

    Args:
        length: of fibre, m.
        source_rate: photons sent, Hz.
        attenuation: dB/m.
        efficiency: of source and detector together, in [0, 1].

    Returns:
        Photons detected per second.
    """
    check.within("source_rate", source_rate, 0)
    check.probability(efficiency=efficiency)
    return source_rate * efficiency * transmission(length, attenuation)

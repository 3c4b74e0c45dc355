"""What lengths, losses and delays of networks can be, for remarks on those that are hardly meant."""

from __future__ import annotations

from typing import Final

#: Speed of light in vacuum, m/s: no message is faster.
LIGHT: Final = 299_792_458.0
#: Losses above 10 dB/km, in dB/m, are no fibre's.
MOST_ATTENUATION: Final = 0.01
#: A way is at most so many times as long as its ends are apart, a message so many times as slow as light.
WINDING: Final = 20.0
SLOW: Final = 100.0
#: The rounding of the globe to a sphere.
ROUNDING: Final = 0.01
#: By how much a distance of coordinates in hundredths of a degree, as published maps have them, is wrong, m.
DEGREES: Final = 1500.0


def odd_attenuation(attenuation: float) -> str:
    """What is odd about a loss in dB/m; "" if nothing is."""
    return "above 10 dB/km" if attenuation > MOST_ATTENUATION else ""


def odd_delay(delay: float, length: float) -> str:
    """What is odd about a delay in seconds along so many metres; "" if nothing is."""
    if length > 0 and delay < length / LIGHT:
        return "faster than light along the link"
    if length > 0 and delay > SLOW * length / LIGHT:
        return f"over {SLOW:g} times as long as light takes along the link"
    return ""


def too_short(length: float, apart: float, *, globe: bool) -> bool:
    """Whether a length in metres is below the distance of its ends, as far as that is known."""
    return length < (1 - ROUNDING) * apart - (DEGREES if globe else 0.0)

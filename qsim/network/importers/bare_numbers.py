"""Numbers without a unit, under names that state none either: in which unit do they make sense?

One unit is chosen for all numbers under a name. The first candidate is the usual reading; another is taken
where the usual one makes no sense of most numbers, and the other does: lengths shorter than the ends are
apart, losses above 10 dB/km, delays far from the time that light takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Final, NamedTuple

from qsim import units
from qsim.model.plausible import LIGHT, MOST_ATTENUATION, ROUNDING, SLOW, WINDING

#: Names that state no unit, and the units in which a bare number under each may be meant, the usual first.
CANDIDATES: Final = {
    "length": ("m", "km"),
    "distance": ("m", "km"),
    "linklength": ("km", "m"),
    "linkdistance": ("km", "m"),
    "dist": ("km", "m"),
    "delay": ("s", "ms", "us"),
    "latency": ("s", "ms", "us"),
    "attenuation": ("dB/m", "dB/km"),
}
#: The units as a reader would say them.
WORDS: Final = {
    "m": "metres",
    "km": "kilometres",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "dB/m": "dB/m",
    "dB/km": "dB/km",
}


class Sense(NamedTuple):
    """A bare number, and between which bounds it makes sense, SI."""

    value: float
    least: float
    most: float


def length_sense(value: float, apart: float) -> Sense:
    """A length between places that are so far apart, m."""
    return Sense(value, (1 - ROUNDING) * apart, WINDING * apart)


def delay_sense(value: float, length: float) -> Sense:
    """A delay along so many metres."""
    return Sense(value, length / LIGHT, SLOW * length / LIGHT)


def attenuation_sense(value: float) -> Sense:
    """A loss of fibre."""
    return Sense(value, 0.0, MOST_ATTENUATION)


def best_unit(units_of: Sequence[str], senses: Iterable[Sense]) -> str:
    """The first unit, unless it makes sense of less than half of the numbers and another of more of them.

    Example:
        >>> best_unit(("m", "km"), [length_sense(125, 95e3)])
        'km'
    """
    known = [sense for sense in senses if 0 < sense.most < inf]
    made = {unit: _made(known, units.parse(f"1 {unit}", _SI[unit])) for unit in units_of}
    best = max(units_of, key=made.__getitem__)
    return best if 2 * made[units_of[0]] < len(known) < 2 * made[best] + 1 else units_of[0]


def _made(senses: Sequence[Sense], size: float) -> int:
    """Of how many numbers a unit of this size makes sense."""
    return sum(sense.least <= sense.value * size <= sense.most for sense in senses)


_SI: Final = {
    "m": "m",
    "km": "m",
    "s": "s",
    "ms": "s",
    "us": "s",
    "dB/m": "dB/m",
    "dB/km": "dB/m",
}

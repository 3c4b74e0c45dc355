"""Units: SI floats at the Python surface, integer picoseconds inside the kernel.

A person may write a quantity as a number (already SI) or as a string with a unit
(``"20 km"``, ``"0.2 dB/km"``, ``"1.3 s"``, ``"200 kHz"``). The table of units is closed and small on
purpose: general unit libraries refuse ``dB/km`` or evaluate arithmetic found in a file.
Scripts can also write ``20 * km`` with the constants below.
"""

from __future__ import annotations

import math
import numbers
import re
from typing import Final

from qsim.errors import UnitError, nearest

#: Picoseconds in a second: the kernel's clock tick is 1 ps.
PS_PER_S: Final = 1_000_000_000_000

# lengths in metres, times in seconds, frequencies in hertz
mm: Final = 1e-3
m: Final = 1.0
km: Final = 1e3
nm: Final = 1e-9
um: Final = 1e-6
s: Final = 1.0
ms: Final = 1e-3
us: Final = 1e-6
ns: Final = 1e-9
ps: Final = 1e-12
Hz: Final = 1.0
kHz: Final = 1e3
MHz: Final = 1e6
GHz: Final = 1e9

#: Speed of light in vacuum, m/s (exact, SI).
SPEED_OF_LIGHT: Final = 299_792_458.0

_TIME = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "ps": 1e-12, "min": 60.0, "h": 3600.0}
_LENGTH = {"m": 1.0, "km": 1e3, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "µm": 1e-6, "nm": 1e-9}
_RATE = {
    **{"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9, "/s": 1.0, "1/s": 1.0, "cps": 1.0},
    **{f"{one}/{word}": 1 / seconds for one in ("", "1") for word, seconds in (("min", 60), ("h", 3600))},
}

# For each dimension, named by its SI unit: the accepted spellings and their factors to SI.
_TABLE: Final[dict[str, dict[str, float]]] = {
    "s": _TIME,
    "m": _LENGTH,
    "Hz": _RATE,
    "dB": {"dB": 1.0},
    "dB/m": {"dB/m": 1.0, "dB/km": 1e-3},
    "m/s": {"m/s": 1.0, "km/s": 1e3, "m/us": 1e6, "c": SPEED_OF_LIGHT},
    "rad": {"rad": 1.0, "deg": math.pi / 180.0},
    "W": {"W": 1.0, "mW": 1e-3, "uW": 1e-6, "µW": 1e-6, "nW": 1e-9, "pW": 1e-12},
    "1/m2": {"1/m2": 1.0, "/(m m)": 1.0, "/(km nm)": 1e6},
    "1": {"%": 1e-2, "": 1.0},
}

_EXAMPLES: Final = {
    "s": "1.3 s",
    "m": "20 km",
    "Hz": "2 kHz",
    "dB": "1.5 dB",
    "dB/m": "0.2 dB/km",
    "m/s": "2e8 m/s",
    "rad": "90 deg",
    "W": "1 mW",
    "1/m2": "2e-9 /(km nm)",
}

_QUANTITY = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S(?:.*\S)?)?\s*\Z")


def parse(value: object, unit: str) -> float:
    """Read a quantity.

    Args:
        value: a number, taken as SI, or a string of a number and a unit.
        unit: the SI unit wanted: ``"s"``, ``"m"``, ``"Hz"``, ``"dB/m"``, ``"m/s"``, ``"rad"``, ``"W"``,
            ``"1/m2"``, or ``"1"`` for a pure number (percentages allowed).

    Returns:
        The value in the SI unit.

    Raises:
        UnitError: not a number, not finite, unknown unit, or a unit of another dimension.

    Example:
        >>> parse("20 km", "m"), parse("0.2 dB/km", "dB/m"), parse(5, "s")
        (20000.0, 0.0002, 5.0)
    """
    if type(value) is float:
        return _finite(value, value)
    if isinstance(value, bool):
        raise UnitError(f"expected {wanted(unit)}, got {value!r}")
    # numbers.Real takes in the scalars of NumPy, which sweeps are made of.
    if isinstance(value, numbers.Real):
        try:
            return _finite(float(value), value)
        except OverflowError:
            raise UnitError(f"expected {wanted(unit)}, got a number too large to compute with") from None
    if not isinstance(value, str):
        raise UnitError(f"expected {wanted(unit)}, got {type(value).__name__} {value!r}")
    match = _QUANTITY.match(value)
    if match is None:
        raise UnitError(f"expected {wanted(unit)}, got {value!r}")
    # The Greek letter and the micro sign look alike, and keyboards have one or the other.
    number, suffix = _finite(float(match[1]), value), (match[2] or "").replace("\u03bc", "\u00b5")
    factors = _TABLE[unit]
    if suffix in factors:
        return _finite(_scaled(match[1], factors[suffix]), value)
    if suffix == "":
        return number
    for other, spellings in _TABLE.items():
        if suffix in spellings and other != "1":
            raise UnitError(f"{value!r} is in {suffix}, which cannot be read as {wanted(unit)}")
    raise UnitError(f"unknown unit {suffix!r} in {value!r}{nearest(suffix, filter(None, factors))}")


def to_ps(seconds: float) -> int:
    """Convert seconds to the kernel's integer picoseconds, rounding to the nearest.

    Raises:
        UnitError: the value is not finite, or too large to be counted in picoseconds.

    Example:
        >>> to_ps(1.5e-6)
        1500000
    """
    if not math.isfinite(seconds):
        raise UnitError(f"a time must be finite, got {seconds!r}")
    try:
        return round(seconds * PS_PER_S)
    except OverflowError:
        raise UnitError(f"a time of {seconds:g} s is too long to be counted in picoseconds") from None


def as_ps(value: int | str) -> int:
    """A time as the kernel counts it: picoseconds as they are, text with a unit converted.

    Raises:
        UnitError: text without a unit, which would be seconds where a number is picoseconds; text that is no
            time; or no whole number.

    Example:
        >>> as_ps("10 ms"), as_ps(5)
        (10000000000, 5)
    """
    if type(value) is int:
        return value
    if not isinstance(value, str):
        raise UnitError(f"expected whole picoseconds or text such as '10 ms', got {value!r}")
    match = _QUANTITY.match(value)
    if match is not None and not match[2]:
        raise UnitError(f"{value!r} needs a unit, as in '{value.strip()} ms'")
    return to_ps(parse(value, "s"))


def to_s(picoseconds: int) -> float:
    """Convert the kernel's picoseconds to seconds."""
    return picoseconds / PS_PER_S


def dimensions() -> tuple[str, ...]:
    """The SI units that `parse` can be asked for, one for each dimension."""
    return tuple(_TABLE)


def accepted(unit: str) -> tuple[str, ...]:
    """Spellings of a unit that `parse` accepts, for documentation and messages."""
    return tuple(name for name in _TABLE[unit] if name)


def wanted(unit: str) -> str:
    """What a value of this unit looks like, for messages.

    Example:
        >>> wanted("m")
        "a quantity in m such as '20 km'"
    """
    if unit == "1":
        return "a number"
    return f"a quantity in {unit} such as '{_EXAMPLES[unit]}'"


def _scaled(number: str, factor: float) -> float:
    # In decimal, so that "1550 nm" is 1550e-9 to the last bit; a product of floats need not be.
    from decimal import Decimal

    return float(Decimal(number) * Decimal(repr(factor)))


def _finite(number: float, shown: object) -> float:
    if not math.isfinite(number):
        raise UnitError(f"expected a finite number, got {shown!r}")
    return number

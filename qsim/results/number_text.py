"""Numbers for people: a handful of digits, and the unit that fits."""

from __future__ import annotations

_SCALES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"), (1e-12, "ps"))
#: What stands in the place of a figure that there is none of.
NONE = "-"


def number(value: float | None, digits: int = 4) -> str:
    """A number to a few significant digits, in millions where it is large.

    Example:
        >>> number(0.93721), number(1234.5), number(1_234_500), number(2.5e-7), number(None)
        ('0.9372', '1 234', '1.234 M', '2.5e-07', '-')
    """
    if value is None or value != value:
        return NONE
    if 1e6 <= abs(value) < 1e12:
        scale, letter = (1e9, "G") if abs(value) >= 1e9 else (1e6, "M")
        return f"{value / scale:.{digits}g} {letter}"
    if 1e3 <= abs(value) < 1e6:
        return _grouped(round(value))
    return f"{value:.{digits}g}"


def seconds(value: float | None) -> str:
    """A time in the unit that fits.

    Example:
        >>> seconds(0.00125), seconds(0.0), seconds(1000.0)
        ('1.25 ms', '0 s', '1 000 s')
    """
    if value is None or value != value:
        return NONE
    scale, unit = next(((scale, unit) for scale, unit in _SCALES if abs(value) >= scale), (1.0, "s"))
    return f"{number(value / scale)} {unit}"


def span(start: float, end: float) -> str:
    """A window of time in seconds, one decimal at least as fine as a tenth of its length.

    Example:
        >>> span(1.3, 15.3), span(0.0012, 0.0034)
        ('1.3-15.3 s', '0.0012-0.0034 s')
    """
    decimals = 1
    while decimals < 12 and 0.0 < end - start < 10.0 ** (2 - decimals) / 10.0:
        decimals += 1
    return f"{start:.{decimals}f}-{end:.{decimals}f} s"


def fidelity(value: float | None) -> str:
    """A fidelity to four decimals."""
    return NONE if value is None or value != value else f"{value:.4f}"


def per_cent(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def count(amount: int, noun: str) -> str:
    """An amount and its noun in the right number.

    Example:
        >>> count(1, "event"), count(20, "memory"), count(1_200_000, "pair")
        ('1 event', '20 memories', '1 200 000 pairs')
    """
    if amount == 1:
        return f"1 {noun}"
    return f"{_grouped(amount)} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", " ")

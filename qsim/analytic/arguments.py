"""Checks on the arguments of closed forms."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from operator import index
from typing import SupportsIndex

from qsim.errors import ParameterError


def within(
    name: str, value: float, low: float, high: float = inf, *, above: bool = False, below: bool = False
) -> None:
    """Refuse a value outside an interval, NaN included.

    Args:
        name: of the argument.
        value: given for it.
        low, high: ends of the interval.
        above: whether `low` itself is refused.
        below: whether `high` itself is refused; infinity always is.

    Raises:
        ParameterError: the value lies outside.
    """
    below = below or high == inf
    if low <= value <= high and not (above and value == low) and not (below and value == high):
        return
    interval = f"{'(' if above else '['}{low:g}, {high:g}{')' if below else ']'}"
    raise ParameterError(f"`{name}` must be in {interval}, got {value!r}")


def probability(**values: float) -> None:
    """Refuse what is no probability in [0, 1], each by the name of its argument."""
    for name, value in values.items():
        within(name, value, 0, 1)


def positive_probability(**values: float) -> None:
    """Refuse what is no probability in (0, 1]: nothing would ever happen at 0."""
    for name, value in values.items():
        within(name, value, 0, 1, above=True)


def count(name: str, value: SupportsIndex, least: int = 1, most: float = inf) -> None:
    """Refuse what is no whole number of at least `least` and at most `most`; NumPy's integers are welcome."""
    whole = index(value) if hasattr(value, "__index__") and not isinstance(value, bool) else None
    if whole is None or not least <= whole <= most:
        limit = "" if most == inf else f" and at most {most:g}"
        raise ParameterError(f"`{name}` must be a whole number of at least {least}{limit}, got {value!r}")


def distribution(**distributions: Iterable[float]) -> None:
    """Refuse probabilities that are negative or do not sum to 1."""
    for name, values in distributions.items():
        given = tuple(values)
        if not all(value >= -1e-9 for value in given) or not abs(sum(given) - 1) <= 1e-9:
            raise ParameterError(f"`{name}` must be non-negative and sum to 1, got {given}")

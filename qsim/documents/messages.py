"""How messages speak of values and of what is wanted instead."""

from __future__ import annotations

from typing import Any, Final, get_args, get_origin

from qsim import units
from qsim.parameters import Declaration, Declared, OfKind, Param

_UNIT_NAMES: Final = {
    "s": "seconds",
    "m": "metres",
    "Hz": "hertz",
    "dB/m": "decibels per metre",
    "m/s": "metres per second",
    "rad": "radians",
}
#: Longer values are cut off.
LONGEST: Final = 60


def shown(value: object) -> str:
    """A value as the author of a file would recognise it.

    Example:
        >>> shown(None), shown(True), shown("5 kg"), shown([1, 2])
        ('nothing', 'true', "'5 kg'", 'a list')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def a_kind(kind: str) -> str:
    """A kind with its article."""
    return f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"


def in_unit(about: Param) -> str:
    """``in metres`` for a parameter with a unit, otherwise empty."""
    return f"in {_UNIT_NAMES[about.unit]}" if about.unit in _UNIT_NAMES else ""


def unit_note(about: Param, value: object) -> str:
    """What a bare number was taken for, appended to a message about bounds."""
    bare = isinstance(value, int | float) and about.unit in _UNIT_NAMES
    return f" (unit: {_UNIT_NAMES[about.unit]})" if bare else ""


def wanted(type_: Any, about: Param) -> str:
    """What a parameter accepts, for a message that something else was given."""
    if about.choices:
        return " or ".join(about.choices)
    if get_origin(type_) is tuple:
        members = get_args(type_)
        return "a list" if Ellipsis in members else f"a list of {len(members)} items"
    if type_ is float:
        return units.wanted(about.unit)
    simple = {int: "a whole number", bool: "true or false", str: "text"}
    return simple.get(type_, "a mapping")


def missing(declared: Declaration) -> str:
    """The message for a key that must be given."""
    about = declared.about
    if isinstance(about, OfKind):
        return f"is missing ({about.doc}: the name of {a_kind(about.kind)}, or a mapping with its `kind`)"
    unit = in_unit(about)
    return f"is missing ({about.doc}{', ' if unit else ''}{unit})"


def summary(cls: type[Declared]) -> str:
    """First line of a class's documentation."""
    return (cls.__doc__ or "").strip().partition("\n")[0]

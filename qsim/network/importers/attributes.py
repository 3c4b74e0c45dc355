"""Attributes of graph nodes and edges, under the many names that people give them.

Names are compared without case, spaces, hyphens and underscores, so ``Link_Length`` and ``linkLength`` are
one. Whatever nobody asks for is reported once for each name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any, Final

from qsim import units
from qsim.errors import UnitError
from qsim.network.importers.bare_numbers import CANDIDATES, WORDS
from qsim.network.importers.places import Position
from qsim.network.loss_report import LossReport

#: Names of a length, and the unit of a bare number under each.
LENGTHS: Final = {
    "length": "m",
    "lengthm": "m",
    "lengthkm": "km",
    "distance": "m",
    "distancem": "m",
    "distancekm": "km",
    "linklengthm": "m",
    "linklengthkm": "km",
    # Those of published maps name no unit.
    "linklength": "km",
    "linkdistance": "km",
    "dist": "km",
}
#: Names of a delay.
DELAYS: Final = {
    f"{word}{suffix}": suffix or "s"
    for word in ("delay", "latency")
    for suffix in ("", "s", "ms", "us", "ns", "ps")
}
#: Names of an attenuation.
ATTENUATIONS: Final = {
    "attenuation": "dB/m",
    "attenuationdbperm": "dB/m",
    "attenuationdbm": "dB/m",
    "attenuationdbperkm": "dB/km",
    "attenuationdbkm": "dB/km",
}
_COUNTS: Final = ("memories", "memosize", "memorysize", "memorycount", "nummemories")


def label(attributes: Mapping[str, Any]) -> tuple[str, str]:
    """The name that a node's attributes give it, and which of them does; both empty when none does."""
    for key in ("label", "name"):
        value = attributes.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip(), key
    return "", ""


def memory(attributes: Attributes) -> Any:
    """The memories of a node as a scenario document has them; None when nothing is said."""
    value = attributes.take("memory")
    if isinstance(value, Mapping) or (isinstance(value, str) and not value.strip().isdigit()):
        return value
    count = attributes.whole("memory", value) if value is not None else None
    for name in _COUNTS:
        if (other := attributes.take(name)) is not None and count is None:
            count = attributes.whole(name, other)
    return None if count is None else {"count": count}


def coordinates(attributes: Attributes) -> list[float] | None:
    """Latitude and longitude of a node, degrees; None when it has none that can be used."""
    place = attributes.pair("coordinates")
    latitude = attributes.quantity("1", {"latitude": "", "lat": ""})
    longitude = attributes.quantity("1", {"longitude": "", "lon": "", "lng": "", "long": ""})
    if place is None and latitude is not None and longitude is not None:
        place = [latitude, longitude]
    elif (latitude is None) != (longitude is None):
        half = "latitude" if longitude is None else "longitude"
        attributes.unreadable(
            half, latitude if longitude is None else longitude, "the other coordinate is missing"
        )
    if place is not None and not (-90 <= place[0] <= 90 and -360 <= place[1] <= 360):
        attributes.unreadable(
            "coordinates", place, "expected a latitude in [-90, 90] and a longitude in degrees"
        )
        return None
    return place


def position(attributes: Attributes) -> Position | None:
    """Planar place of a node; None when it has none."""
    place = attributes.pair("position", "pos")
    bare = attributes.bare("x") is not None and attributes.bare("y") is not None
    x, y = attributes.quantity("m", {"x": "m"}), attributes.quantity("m", {"y": "m"})
    if place is not None:
        return Position(place[0], place[1], True)
    if x is None or y is None:
        if x is not None or y is not None:
            half, value = ("x", x) if y is None else ("y", y)
            attributes.unreadable(half, value, "the other coordinate is missing")
        return None
    if bare and all(attributes.bare(colour) is not None for colour in _COLOURS):
        attributes.report.harmless(
            f"{attributes.path}.x", x, "the place of a symbol in a drawing is no place of a node", "left out"
        )
        return None
    return Position(x, y, bare)


def labelled_length(attributes: Attributes) -> float | None:
    """The length that the label of an edge says, m; None when it says none."""
    said = attributes.text("label")
    if said is None or not _LENGTH.fullmatch(said):
        return None
    length = attributes.quantity("m", {"label": "m"}, least=0)
    attributes.report.assumed(
        f"{attributes.path}.label", "a length stands in the label of the link", said.strip()
    )
    return length


#: Attributes of a symbol beside its place, as Gephi writes them.
_COLOURS: Final = ("r", "g", "b")
#: A label that is a length with its unit, as people write beside the lines of a drawing.
_LENGTH: Final = re.compile(r"\s*\d+(\.\d+)?\s*(m|km)\s*")
_NOISE = re.compile(r"[\s_\-]+")


class Attributes:
    """The attributes of one node or edge.

    Args:
        given: the attributes as the graph holds them.
        path: where they belong, such as ``edges[a, b]``, for the report.
        report: takes note of values that cannot be read.
    """

    def __init__(self, given: Mapping[Any, Any], path: str, report: LossReport) -> None:
        self._original = {plain_name(str(key)): str(key) for key in given}
        self._values = {plain_name(str(key)): _plain(value) for key, value in given.items()}
        self._refused: dict[str, str] = {}
        self.path = path
        self.report = report

    def take(self, *names: str) -> Any:
        """The value of the first of some names that is there, and not empty; None when there is none."""
        found = None
        for name in names:
            value = self._values.get(name)
            if found is None and value is not None and value != "":
                found = self._values.pop(name)
        return found

    def text(self, name: str) -> str | None:
        """The value under a name, if it is text; it may still be taken."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def bare(self, name: str) -> float | None:
        """The value under a name as it stands, if it is a number without a unit; None otherwise."""
        value = self._values.get(name)
        return float(value) if value is not None and _is_bare(value) else None

    def peek(self, unit: str, names: Mapping[str, str]) -> float | None:
        """The value that `quantity` would give, without a report; None where it would be none."""
        aside = Attributes(self._values, self.path, LossReport(self.report.source))
        return aside.quantity(unit, names, least=0)

    def refused(self, names: Iterable[str]) -> str:
        """What stood under one of some names and could not be read, with the reason; "" if nothing."""
        return next((self._refused[name] for name in names if name in self._refused), "")

    def quantity(self, unit: str, names: Mapping[str, str], least: float = -inf) -> float | None:
        """The value of the first of some names that is there, as a quantity.

        Args:
            unit: SI unit of the result.
            names: the names, and the unit of a bare number under each.
            least: the least value that makes sense.

        Returns:
            The quantity in SI; None when there is none, or when it cannot be read (which is reported).
        """
        for name, bare in names.items():
            if name not in self._values or (value := self.take(name)) is None:
                continue
            try:
                number = units.parse(f"{value} {bare}" if _is_bare(value) else value, unit)
            except UnitError as error:
                self.unreadable(name, value, str(error))
                continue
            if number >= least:
                if name in CANDIDATES and _is_bare(value):
                    self._tell_unit(name, value, bare)
                return number
            self.unreadable(name, value, f"expected {least:g} or more")
        return None

    def _tell_unit(self, name: str, value: Any, unit: str) -> None:
        """Report in which unit a bare number was read."""
        where, usual = f"{self.path}.{self.original(name)}", CANDIDATES[name][0]
        if unit == usual:
            self.report.assumed(where, "the source names no unit", f"read as {WORDS[unit]}")
        else:
            why = f"the source names no unit, and in {WORDS[usual]} it makes no sense"
            self.report.changed(where, value, why, f"read as {WORDS[unit]}")

    def pair(self, *names: str) -> list[float] | None:
        """The first of some names that holds two numbers, or more of which the first two are taken."""
        for name in names:
            value = self.take(name)
            if value is None:
                continue
            try:
                numbers = [units.parse(part, "1") for part in _parts(value)]
            except UnitError as error:
                self.unreadable(name, value, str(error))
                continue
            if len(numbers) < 2:
                self.unreadable(name, value, "expected two numbers")
                continue
            if len(numbers) > 2:
                self.report.changed(
                    f"{self.path}.{self.original(name)}",
                    value,
                    "positions are planar",
                    "took the first two numbers",
                )
            return numbers[:2]
        return None

    def whole(self, name: str, value: Any) -> int | None:
        """A value as a whole number of at least one; None when it is none, which is reported."""
        try:
            number = units.parse(value, "1")
        except UnitError as error:
            self.unreadable(name, value, str(error))
            return None
        if number < 1 or number != int(number):
            self.unreadable(name, value, "expected a whole number, at least 1")
            return None
        return int(number)

    def unreadable(self, name: str, value: Any, why: str) -> None:
        """Report a value that cannot be read."""
        self._refused[name] = f"{self.original(name)} = {_shown(value)}, which cannot be read: {why}"
        self.report.dropped(f"{self.path}.{self.original(name)}", value, why, "left out")

    def original(self, name: str) -> str:
        """The name as the graph writes it."""
        return self._original.get(name, name)

    def rest(self) -> dict[str, Any]:
        """What nobody has taken, under the graph's own names."""
        return {self._original[name]: value for name, value in self._values.items()}


def plain_name(name: str) -> str:
    """A name without case, spaces, hyphens and underscores.

    Example:
        >>> plain_name("Link_Length km")
        'linklengthkm'
    """
    return _NOISE.sub("", name).lower()


def _plain(value: Any) -> Any:
    """A value without NumPy's wrapping."""
    return value.tolist() if hasattr(value, "tolist") else value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _is_bare(value: Any) -> bool:
    """Whether a quantity is a number without a unit."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        float(value)
    except (ValueError, OverflowError):
        return False
    return True


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, str):
        return value.strip("()[] ").replace(",", " ").split()
    if isinstance(value, Sequence):
        return value
    return ()

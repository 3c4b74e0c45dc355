"""Faults of a scenario, collected in one pass and reported together."""

from __future__ import annotations

from typing import NamedTuple

from qsim.documents.paths import KeyPath, format_path
from qsim.errors import ScenarioError, printable

OVERRIDE = "--set "
#: What a value is called that a sweep puts in.
SWEPT = "sweep "


class Place(NamedTuple):
    """Where a value was written.

    Attributes:
        source: the file, ``<script>``, or the override as it was given (``--set run.seed=5``, or
            ``sweep run.seed=5`` for one of a sweep's values).
        path: key path in that source.
        line, column: counted from 1; 0 where there are none.
    """

    source: str
    path: KeyPath = ()
    line: int = 0
    column: int = 0

    @property
    def overridden(self) -> bool:
        """Whether the value came from an override or a sweep."""
        return self.source.startswith((OVERRIDE, SWEPT))

    def below(self, *steps: str | int) -> Place:
        """The same position, said of a key further down."""
        return Place(self.source, self.path + steps, self.line, self.column)


class Faults:
    """A growing list of faults; the same fault found twice counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[Place, str], None] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, place: Place, message: str) -> None:
        """Note a fault."""
        self._found.setdefault((place, message))

    def lines(self) -> list[str]:
        """One line for each fault, in the order of the file; overrides come last."""

        def order(fault: tuple[Place, str]) -> tuple[bool, int, int]:
            place, _ = fault
            return place.line == 0, place.line, place.column

        return [_line(place, message) for place, message in sorted(self._found, key=order)]

    def error(self) -> ScenarioError:
        """All that has been found, as an error."""
        return ScenarioError(self.lines())


def fail(place: Place, message: str) -> ScenarioError:
    """The error for a fault after which nothing more can be read."""
    return ScenarioError([_line(place, message)])


def _line(place: Place, message: str) -> str:
    where = f"{place.source}:{place.line}:{place.column}" if place.line else place.source
    path = format_path(place.path)
    if path and not place.source.startswith((f"{OVERRIDE}{path}=", f"{SWEPT}{path}=")):
        where += f": {path}"
    # One line each, and nothing that a terminal would obey: names in a file may hold anything.
    return printable(f"{where}: {message}").replace("\n", "\\n").replace("\t", "\\t")

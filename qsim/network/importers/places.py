"""Where the nodes of a map are: on the globe, in a plane, or nowhere but on the canvas of an editor.

Latitudes and longitudes say what they are. Bare numbers x and y may be anything: lengths of links tell which
reading is right; without them, numbers that all lie within +-1 are taken for a drawing's layout, those within
+-180 and +-90 for degrees, and others for metres. Whatever is chosen is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from qsim.errors import NetworkError
from qsim.model.distance import great_circle, planar
from qsim.model.plausible import ROUNDING, WINDING
from qsim.network.loss_report import LossReport

_Plane = Mapping[str, Sequence[float]]
#: Links by which a reading of positions is judged.
_ENOUGH: Final = 1000


class Position(NamedTuple):
    """Planar coordinates of a node, and whether they are bare numbers; those that are not are metres."""

    x: float
    y: float
    bare: bool


def settle(
    nodes: Mapping[str, dict[str, Any]],
    positions: Mapping[str, Position],
    lengths: Iterable[tuple[str, str, float]],
    report: LossReport,
) -> None:
    """Put the places of nodes into their entries.

    Args:
        nodes: entries by name, with `coordinates` where the map has them.
        positions: planar positions by name.
        lengths: two nodes and the length between them, m, of the links whose unit is known.
        report: takes note of how bare numbers were read.
    """
    bare = {name: (place.x, place.y) for name, place in positions.items() if place.bare}
    for name, place in positions.items():
        if not place.bare:
            nodes[name]["position"] = [place.x, place.y]
    if not bare:
        return
    if all("coordinates" in nodes[name] for name in bare):
        report.harmless("nodes[*].position", None, "latitude and longitude say where a node is", "left out")
        return
    plain = any("coordinates" in entry or "position" in entry for entry in nodes.values())
    unit, shown = _unit(bare, list(islice(lengths, _ENOUGH)), plain)
    _tell(report, unit, shown, next(iter(bare.values())))
    for name, (x, y) in bare.items():
        if unit == "degrees":
            nodes[name]["coordinates"] = [y, x]
        elif unit:
            size = 1e3 if unit == "kilometres" else 1.0
            nodes[name]["position"] = [x * size, y * size]


def _unit(bare: _Plane, lengths: Sequence[tuple[str, str, float]], plain: bool) -> tuple[str, bool]:
    """How to read bare positions, "" for not at all; and whether lengths show it."""
    degrees = all(abs(x) <= 180 and abs(y) <= 90 for x, y in bare.values())
    known = [(bare[a], bare[b], length) for a, b, length in lengths if a in bare and b in bare]
    readings = ["metres", "kilometres", *(["degrees"] if degrees else [])]
    made = {unit: sum(_sensible(unit, *one) for one in known) for unit in readings}
    best = max(readings, key=made.__getitem__)
    if 2 * made[best] > sum(length > 0 for *_, length in known) > 0:
        return best, True
    if plain or not degrees:
        return "metres", False
    small = len(bare) > 1 and all(abs(x) <= 1 and abs(y) <= 1 for x, y in bare.values())
    return ("" if small else "degrees"), False


def _sensible(unit: str, a: Sequence[float], b: Sequence[float], length: float) -> bool:
    apart = distance(unit, a, b)
    return 0 < (1 - ROUNDING) * apart <= length <= WINDING * apart


def distance(unit: str, a: Sequence[float], b: Sequence[float]) -> float:
    """The distance of two positions (x, y) read in a unit, m."""
    if unit == "degrees":
        return great_circle(a[::-1], b[::-1])
    return planar(a, b) * (1e3 if unit == "kilometres" else 1.0)


def apart(a: Mapping[str, Any], b: Mapping[str, Any]) -> float | None:
    """The distance between two nodes, m; None unless both entries say where they are."""
    if "coordinates" in a and "coordinates" in b:
        try:
            return great_circle(a["coordinates"], b["coordinates"])
        except NetworkError:
            return None
    if "position" in a and "position" in b:
        return planar(a["position"], b["position"])
    return None


def _tell(report: LossReport, unit: str, shown: bool, first: Sequence[float]) -> None:
    where, value = "nodes[*].position", f"{first[0]:g}, {first[1]:g}"
    if not unit:
        report.dropped(where, value, "all lie within +-1, as in the layout of a drawing", "left out")
    elif shown:
        words = "degrees of longitude and latitude" if unit == "degrees" else unit
        report.assumed(
            where, "the source names no unit, and the lengths of its links tell it", f"read as {words}"
        )
    elif unit == "degrees":
        report.changed(
            where,
            value,
            "all lie within +-180 and +-90, as degrees do",
            "read as degrees of longitude (x) and latitude (y); a unit, as in x = '50 m', makes it a plane",
        )
    else:
        report.assumed(where, "the source names no unit", f"read as {unit}")

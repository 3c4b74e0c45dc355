"""Which attributes of graph nodes and edges are read, and under which names.

Names are compared without regard to case, spaces, hyphens and underscores; any quantity may carry its unit.

Nodes:

- ``label`` or ``name``: the name of the node, when unique; otherwise its identifier.
- ``memory``: a kind, a mapping of parameters, or a number of memories; ``memories``, ``memo_size``: a number.
- ``kind`` or ``type``: a kind of node, such as router or end-node.
- ``coordinates``, or ``Latitude`` and ``Longitude``: degrees.
- ``position``, ``pos``, or ``x`` and ``y``: m.

Edges:

- ``length``, ``distance``: m; ``length_km``, ``distance_km``; ``LinkLength``, ``dist``: km, as published maps
  have it.
- ``attenuation``: dB/m; ``attenuation_db_per_km``.
- ``delay``, ``latency``: s; ``delay_ms``, ``delay_us``, ``delay_ps``: one-way delay of the classical channel.
- ``midpoint``, ``fibre``, ``detector``, ``link_model`` or ``generation``: as in a scenario file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from qsim.network.importers.attributes import Attributes

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
}
#: Lengths of published maps, which name no unit.
MAP_LENGTHS: Final = {"linklength": "km", "linkdistance": "km", "dist": "km"}
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


def position(attributes: Attributes) -> list[float] | None:
    """Planar place of a node, m; None when it has none."""
    place = attributes.pair("position", "pos")
    x, y = attributes.quantity("m", {"x": "m"}), attributes.quantity("m", {"y": "m"})
    return [x, y] if place is None and x is not None and y is not None else place

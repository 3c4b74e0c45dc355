"""What a notebook shows of an object: facts, small tables and a small map, as HTML without scripts.

Colours come from the notebook, so that a card is readable on light and dark pages alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from qsim.errors import printable

if TYPE_CHECKING:
    from qsim.model.layout import Place

#: Rows of a table and nodes of a map that a card shows.
ROWS, NODES = 8, 400
#: Most characters of one text.
_LONG = 300
#: Width and greatest height of a map, and room at its edges, pixels.
_WIDTH, _HEIGHT, _ROOM = 320, 190, 26
#: Nodes up to which a map bears their names.
_NAMED = 12


def card(title: str, facts: Iterable[str], *parts: str) -> str:
    """A card: a title, a line for each fact, then tables and pictures that are HTML already."""
    lines = "".join(f"<div>{_text(fact)}</div>" for fact in facts)
    head = f'<div style="font-weight:600">{_text(title)}</div>'
    return f'<div style="line-height:1.5">{head}{lines}{"".join(parts)}</div>'


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first rows of a table, of which the others are counted; nothing where there is none."""
    if not rows:
        return ""
    cell = 'style="text-align:left;padding:1px 12px 1px 0"'
    head = "".join(f"<th {cell}>{escape(text)}</th>" for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td {cell}>{_text(text)}</td>" for text in row) + "</tr>" for row in rows[:ROWS]
    )
    more = f"<div>... and {len(rows) - ROWS} more</div>" if len(rows) > ROWS else ""
    title = f'<div style="margin-top:6px">{escape(title)}</div>'
    return f"{title}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def small_map(
    places: Mapping[str, Place], links: Iterable[tuple[str, str]], shares: Mapping[str, float] | None = None
) -> str:
    """The network as a small picture; nothing where it has no nodes, or too many to be seen.

    Args:
        places: x to the right and y upwards, in any unit, by name.
        links: names of the two ends of each.
        shares: how full each node is drawn, 0 to 1.
    """
    if not 0 < len(places) <= NODES:
        return ""
    spots, height = _scaled(places)
    lines = "".join(
        f'<line x1="{spots[a][0]:.1f}" y1="{spots[a][1]:.1f}" x2="{spots[b][0]:.1f}" y2="{spots[b][1]:.1f}"/>'
        for a, b in links
    )
    radius = 5 if len(places) <= 60 else 2.5
    dots = "".join(_dot(name, spot, radius, (shares or {}).get(name, 0.0)) for name, spot in spots.items())
    names = "".join(_name(name, spot) for name, spot in spots.items()) if len(places) <= _NAMED else ""
    return (
        f'<svg role="img" aria-label="Map of the network" width="{_WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {_WIDTH} {height:.0f}">'
        f'<g stroke="currentColor" stroke-opacity="0.45" stroke-width="1.5">{lines}</g>{dots}'
        f'<g fill="currentColor" font-size="11" text-anchor="middle">{names}</g></svg>'
    )


def _text(said: str) -> str:
    """Text that is no markup, cut where it is too long to be looked at."""
    plain = printable(said)
    return escape(plain if len(plain) <= _LONG else f"{plain[: _LONG - 1]}…")


def _dot(name: str, spot: tuple[float, float], radius: float, share: float) -> str:
    place = f'cx="{spot[0]:.1f}" cy="{spot[1]:.1f}" r="{radius}" fill="#2f7fc1"'
    return (
        f'<circle {place} fill-opacity="{0.2 + 0.8 * min(max(share, 0.0), 1.0):.2f}" stroke="#2f7fc1">'
        f"<title>{escape(printable(name))}</title></circle>"
    )


def _name(name: str, spot: tuple[float, float]) -> str:
    short = name if len(name) <= 12 else f"{name[:11]}…"
    return f'<text x="{spot[0]:.1f}" y="{spot[1] + 17:.1f}">{escape(printable(short))}</text>'


def _scaled(places: Mapping[str, Place]) -> tuple[dict[str, tuple[float, float]], float]:
    """Pixels of every node, y downwards, and the height of the picture."""
    lows, highs = ([end(place[axis] for place in places.values()) for axis in (0, 1)] for end in (min, max))
    spans: list[Any] = [high - low for low, high in zip(lows, highs, strict=True)]
    scales = [(room - 2 * _ROOM) / span for room, span in zip((_WIDTH, _HEIGHT), spans, strict=True) if span]
    scale = min(scales, default=0.0)
    height = 2 * _ROOM + scale * spans[1]
    left = (_WIDTH - scale * spans[0]) / 2
    return {
        name: (left + scale * (x - lows[0]), height - _ROOM - scale * (y - lows[1]))
        for name, (x, y) in places.items()
    }, height

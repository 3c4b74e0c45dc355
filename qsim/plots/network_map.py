"""The network of a run as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.model.label_sides import SIDES, label_sides
from qsim.model.layout import layout
from qsim.plots.style import COLUMN, canvas, label_axis, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.model.layout import Layout
    from qsim.results.result import Result

_WORDS = {"utilisation": "memories reserved (%)", "entangled": "memories entangled (%)"}
#: Nodes up to which their names are written unless told otherwise.
_NAMED = 40
#: Areas of the smallest and largest node, points².
_AREAS = (30.0, 140.0)
#: Half the width of the map, in distances from the first to the last node across it.
_ROOM = 0.65
#: Widths of links without and with the highest rate, points.
_WIDTHS = (1.0, 5.0)


def draw(result: Result, ax: Axes | None, colour: str, labels: bool | None, colour_bars: bool) -> Axes:
    """See `ResultPlots.network_map`."""
    one_of("colour", colour, _WORDS)
    if not result.memories:
        raise ResultError("the run has no nodes, so there is no map to draw")
    found = layout(result)
    with canvas(ax, COLUMN, 3.4) as axes:
        links = _draw_links(axes, result, found)
        nodes = _draw_nodes(axes, result, found, colour)
        if labels or (labels is None and len(result.memories) <= _NAMED):
            _write_names(axes, result, found)
        _frame(axes, found)
        if colour_bars:
            bar: dict[str, Any] = {"location": "bottom", "fraction": 0.05, "pad": 0.03, "aspect": 32}
            axes.figure.colorbar(nodes, ax=axes, label=_WORDS[colour], **bar)
            if links is not None:
                axes.figure.colorbar(links, ax=axes, label="heralded pairs (1/s)", **bar)
    return axes


def _draw_links(axes: Axes, result: Result, found: Layout) -> Any:
    """Lines, widest where most is heralded; None where there are no links."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    if not result.links:
        return None
    rates = [link.heralds / result.simulated_s if result.simulated_s > 0 else 0.0 for link in result.links]
    greatest = max(rates) or 1.0
    thin, thick = _WIDTHS
    lines = LineCollection(
        [[found.places[link.a], found.places[link.b]] for link in result.links],
        array=rates,
        cmap=_truncated("YlOrRd", 0.25, 1.0),
        norm=Normalize(0, greatest),
        linewidths=[thin + (thick - thin) * rate / greatest for rate in rates],
        linestyles=["-" if rate > 0 else ":" for rate in rates],
        capstyle="round",
        zorder=1,
        label="links",
    )
    axes.add_collection(lines)
    return lines


def _draw_nodes(axes: Axes, result: Result, found: Layout, colour: str) -> Any:
    most = max(row.memories for row in result.memories) or 1
    shares = [100 * getattr(row, colour) for row in result.memories]
    small, large = _AREAS
    scale = min(1.0, (60 / len(result.memories)) ** 0.5)
    return axes.scatter(
        [found.places[row.node][0] for row in result.memories],
        [found.places[row.node][1] for row in result.memories],
        s=[scale * (small + (large - small) * row.memories / most) for row in result.memories],
        c=shares,
        cmap=_truncated("Blues", 0.0, 0.95),
        vmin=0,
        # Memories hold pairs for a small part of the time that they are reserved.
        vmax=100 if colour == "utilisation" else max(shares) or 1.0,
        edgecolors="black",
        linewidths=0.8 * scale,
        zorder=2,
        label="nodes",
    )


def _truncated(name: str, low: float, high: float) -> Any:
    """A part of a colour map, so that its palest colours stand out from the paper."""
    import numpy as np
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"{name} in part", colormaps[name](np.linspace(low, high, 256)))


def _write_names(axes: Axes, result: Result, found: Layout) -> None:
    from matplotlib.patheffects import withStroke

    sides = _sides(result, found)
    for row in result.memories:
        across, up = SIDES[sides[row.node]]
        axes.annotate(
            row.node,
            found.places[row.node],
            xytext=(8 * across, 8 * up),
            textcoords="offset points",
            ha={0: "center", 1: "left", -1: "right"}[across],
            va={0: "center", 1: "bottom", -1: "top"}[up],
            fontsize="small",
            path_effects=[withStroke(linewidth=2, foreground="white")],
            zorder=3,
        )


def _sides(result: Result, found: Layout) -> dict[str, str]:
    """A side for each name, by how large names are on a map of this width."""
    columns = list(zip(*found.places.values(), strict=True))
    span = max(max(column) - min(column) for column in columns) or 1.0
    # Colour bars and the words of the axes leave little more than half of the column for the map.
    point = 2 * _ROOM * span / (72 * 0.6 * COLUMN)
    sizes = {row.node: (3.6 * point * len(row.node), 8 * point) for row in result.memories}
    places = {row.node: found.places[row.node] for row in result.memories}
    links = [(link.a, link.b) for link in result.links if link.a in places and link.b in places]
    return label_sides(places, links, sizes, 7 * point)


def _frame(axes: Axes, found: Layout) -> None:
    columns = list(zip(*found.places.values(), strict=True))
    spans = [max(column) - min(column) for column in columns]
    for which, column, span in zip("xy", columns, spans, strict=True):
        # A row of nodes has no height of its own.
        half = _ROOM * max(span, 0.4 * max(spans), 1e-3)
        middle = (max(column) + min(column)) / 2
        getattr(axes, f"set_{which}lim")(middle - half, middle + half)
    if found.axes is None:
        axes.set_axis_off()
        return
    axes.set_aspect("equal")
    for which, words, column in zip("xy", found.axes, columns, strict=True):
        label_axis(axes, which, words, "m", column)

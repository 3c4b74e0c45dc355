"""Reserved memories of nodes against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qsim.errors import ResultError, nearest
from qsim.plots.style import COLOURS, COLUMN, canvas, label_axis
from qsim.results.occupancy import Occupancy, occupancy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.results.result import Result

#: Nodes shown when none are named.
_SHOWN = 12
#: Height of a full lane, in lanes.
_FULL = 0.8


def draw(result: Result, ax: Axes | None, nodes: Sequence[str] | None) -> Axes:
    """See `ResultPlots.memory_timeline`."""
    known = occupancy(result)
    if not known:
        raise ResultError("the run has no nodes, so there are no memories to show")
    if nodes is None:
        nodes = _busiest(known)
    for name in nodes:
        if name not in known:
            raise ResultError(f"the run has no node '{name}'{nearest(name, known)}")
    if not nodes:
        raise ResultError("`nodes` names no node; name at least one")
    shown = [known[name] for name in nodes]
    height = 2.1 if len(shown) == 1 else 0.7 + 0.28 * len(shown)
    with canvas(ax, COLUMN, height) as axes:
        if len(shown) == 1:
            _draw_count(axes, shown[0])
        else:
            _draw_lanes(axes, shown)
        axes.set_xlim(0, result.simulated_s or 1.0)
        label_axis(axes, "x", "simulated time", "s", [result.simulated_s])
    return axes


def _busiest(known: dict[str, Occupancy]) -> list[str]:
    """The nodes that are used most, in the order of the run."""
    ranked = sorted(known, key=lambda name: -known[name].utilisation)[:_SHOWN]
    return [name for name in known if name in ranked]


def _draw_count(axes: Axes, node: Occupancy) -> None:
    from matplotlib.ticker import MaxNLocator

    times, reserved = _corners(node)
    axes.fill_between(times, reserved, step="post", color=COLOURS[0], alpha=0.35, linewidth=0)
    axes.step(times, reserved, where="post", color=COLOURS[0], label="reserved")
    axes.axhline(node.memories, color=COLOURS[6], linestyle="--", linewidth=0.8)
    axes.annotate(
        f"all {node.memories}",
        (1.0, node.memories),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 2),
        textcoords="offset points",
        ha="right",
        fontsize="small",
    )
    axes.set_ylim(0, 1.18 * max(node.memories, *node.reserved))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(node.node)
    axes.set_ylabel("reserved memories")


def _draw_lanes(axes: Axes, nodes: list[Occupancy]) -> None:
    for lane, node in enumerate(nodes):
        floor = len(nodes) - 1 - lane
        times, reserved = _corners(node)
        heights = [floor + _FULL * count / node.memories if node.memories else floor for count in reserved]
        axes.fill_between(times, heights, floor, step="post", color=COLOURS[0], alpha=0.35, linewidth=0)
        axes.step(times, heights, where="post", color=COLOURS[0], linewidth=0.8)
        axes.axhline(floor, color=COLOURS[7], linewidth=0.4)
        axes.axhline(floor + _FULL, color=COLOURS[7], linewidth=0.4, linestyle=":")
    floors = range(len(nodes) - 1, -1, -1)
    axes.set_yticks(
        [floor + _FULL / 2 for floor in floors], [f"{node.node} ({node.memories})" for node in nodes]
    )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.1, len(nodes))
    axes.set_ylabel("node (its memories)")


def _corners(node: Occupancy) -> tuple[list[float], list[int]]:
    """Times and counts, with the last step drawn to its end."""
    return [*node.times_s, node.end_s], [*node.reserved, node.reserved[-1]]

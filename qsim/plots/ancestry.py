"""The ancestry of a pair as a picture: what it was made of, against time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.plots.style import COLOURS, COLUMN, canvas, label_axis
from qsim.trace.memory_names import node_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.trace.lineage import Lineage


def draw_ancestry(lineage: Lineage, pair: int, ax: Axes | None = None) -> Axes:
    """Draw what a pair was made of: a line from each parent's making to that of what it went into.

    Heralded pairs are circles, swapped ones squares; each is named by its number and the nodes that share it.

    Args:
        lineage: of the trace.
        pair: number of the pair.
        ax: axes to draw in; None makes a figure.

    Raises:
        ResultError: there was no such pair.
    """
    records = {record.pair: record for record in lineage.ancestry(pair)}
    leaves = [record.pair for record in records.values() if not record.parents]
    heights = {number: float(place) for place, number in enumerate(leaves)}
    # What stands last has no children left: parents are placed before what they went into.
    for record in reversed(records.values()):
        if record.parents:
            heights[record.pair] = sum(heights[number] for number in record.parents) / len(record.parents)
    with canvas(ax, COLUMN, 0.9 + 0.32 * len(leaves)) as axes:
        for record in records.values():
            for number in record.parents:
                parent = records[number]
                axes.plot(
                    [parent.made_s, record.made_s, record.made_s],
                    [heights[number], heights[number], heights[record.pair]],
                    color=COLOURS[7],
                    linewidth=0.8,
                    zorder=1,
                )
        for record in records.values():
            swapped = record.how == "swapped"
            at = record.made_s, heights[record.pair]
            axes.scatter(*at, s=22, marker="s" if swapped else "o", color=COLOURS[swapped], zorder=2)
            said = f"{record.pair}: {' – '.join(map(node_of, record.ends))}"
            axes.annotate(said, at, xytext=(0, 4), textcoords="offset points", ha="center", fontsize="small")
        axes.set_yticks([])
        axes.margins(x=0.18, y=0.25)
        label_axis(axes, "x", "simulated time", "s", [record.made_s for record in records.values()])
    return axes

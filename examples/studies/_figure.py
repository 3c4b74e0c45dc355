"""How the figures of the studies look: one width, error bars, a note below that says what is shown."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qsim.plots.style import curve

#: Dots per inch, and inches across.
DPI, WIDTH = 150, 9.6
_LOOK = {
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
}


@contextmanager
def panels(path: Path, title: str, note: str, shape: tuple[int, int], height: float) -> Iterator[Any]:
    """Axes to draw in, row by row; the figure is written when the block ends.

    Args:
        path: the PNG file.
        title: one line above all panels.
        note: what is shown, below all panels.
        shape: rows and columns of panels.
        height: of the figure, inches.
    """
    with mpl.rc_context(_LOOK):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(*shape, squeeze=False)
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        yield [each for row in axes for each in row]
        figure.supxlabel(fill(note, 150), x=0.01, ha="left", fontsize=8.5, color="0.25")
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=DPI)


def with_intervals(ax: Axes, x: Sequence[float], rows: pd.DataFrame, number: int, **looks: Any) -> None:
    """One curve of means with their intervals.

    Args:
        ax: where.
        x: positions.
        rows: of a summary, in the same order: mean, low, high.
        number: of the curve, for its colour and marker.
        looks: more keywords of ``Axes.errorbar``.
    """
    mean = rows["mean"].to_numpy()
    bars = [(mean - rows["low"]).fillna(0), (rows["high"] - mean).fillna(0)]
    ax.errorbar(x, mean, bars, **{**curve(number), **looks})

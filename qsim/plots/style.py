"""How figures look: colours for people of all colour visions, sizes for one column of a paper, units on axes.

References:
    Okabe and Ito, Color Universal Design (2008), for the colours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Any

from qsim.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def one_of(name: str, value: str, choices: Collection[str]) -> None:
    """Refuse a word that is none of the choices.

    Raises:
        ParameterError: it is none of them.
    """
    if value not in choices:
        *others, last = (f"'{choice}'" for choice in choices)
        raise ParameterError(f"`{name}` must be {', '.join(others)} or {last}, got {value!r}")


#: Colours of Okabe and Ito, with black and a grey behind them.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F")
#: A marker and a line for each colour, so that curves differ without colour too.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (7, 3)))
#: Width of one column of a paper, inches.
COLUMN = 3.4
#: Ratio of greatest to least value below which powers of ten are too few ticks.
_FEW = 100.0
#: Room for a legend, and what a handle and a letter take of it, inches.
_LEGEND, _HANDLE, _LETTER = 2.7, 0.4, 0.055

#: SI units with their multiples, the greatest first.
_PREFIXED = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"), (1e-12, "ps")),
    "m": ((1e3, "km"), (1.0, "m"), (1e-3, "mm"), (1e-6, "µm"), (1e-9, "nm")),
    "Hz": ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz")),
    "dB/m": ((1e-3, "dB/km"),),
}

_LOOK: dict[Any, Any] = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "legend.fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.5,
    "figure.dpi": 200,
    # Text stays text in PDF and SVG files.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
}


def curve(number: int) -> dict[str, Any]:
    """Colour, marker and caps of the curve of that number, as keywords of ``Axes.errorbar``."""
    colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
    return {"color": colour, "marker": marker, "markersize": 5, "capsize": 3}


@contextmanager
def canvas(ax: Axes | None, width: float = COLUMN, height: float = 2.5) -> Iterator[Axes]:
    """The axes to draw in: those given, in their own style, or new ones in the style of this module.

    Args:
        ax: axes to draw in; None makes a figure of its own.
        width, height: of that figure, inches.
    """
    if ax is not None:
        yield ax
        return
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    with mpl.rc_context(_LOOK):
        _, own = plt.subplots(figsize=(width, height), layout="constrained")
        # The first figure in a notebook switches interactive drawing on; that must outlast this style.
        interactive = mpl.is_interactive()
        yield own
    mpl.interactive(interactive)


def prefixed(unit: str, values: Iterable[float]) -> tuple[float, str]:
    """The unit that fits a range of values.

    Args:
        unit: their SI unit.
        values: some values; the greatest decides.

    Returns:
        What one of that unit is in SI, and its name.

    Example:
        >>> prefixed("m", [2_000.0, 66_000.0]), prefixed("s", [0.004]), prefixed("1", [5.0])
        ((1000.0, 'km'), (0.001, 'ms'), (1.0, ''))
    """
    greatest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    choices = _PREFIXED.get(unit, ((1.0, "" if unit == "1" else unit),))
    fitting = [choice for choice in choices if greatest >= choice[0]]
    if greatest == 0.0:
        return next((choice for choice in choices if choice[0] == 1.0), choices[0])
    return fitting[0] if fitting else choices[-1]


def label_axis(ax: Axes, which: str, words: str, unit: str, values: Iterable[float]) -> None:
    """Label an axis with a quantity and the unit that fits: data stay in SI units, ticks are in that unit.

    A logarithmic axis (set it so before) has ticks at 1, 2 and 5 where values span less than two decades.

    Args:
        ax: the axes.
        which: "x" or "y".
        words: the quantity.
        unit: SI unit of the data.
        values: the data.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    found = list(values)
    scale, name = prefixed(unit, found)
    getattr(ax, f"set_{which}label")(f"{words} ({name})" if name else words)
    axis = getattr(ax, f"{which}axis")
    positive = [value for value in found if value > 0]
    short = axis.get_scale() == "log" and positive and max(positive) < _FEW * min(positive)
    if short:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    if scale != 1.0 or short:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / scale:.6g}"))
        axis.set_minor_formatter(NullFormatter())


def legend(ax: Axes, handles: Sequence[Any] | None = None, title: str | None = None) -> None:
    """A legend above the axes, where it covers no data; none where nothing has a label.

    Args:
        ax: the axes.
        handles: artists with labels; None takes those of the axes.
        title: of the legend.
    """
    shown = ax.get_legend_handles_labels()[0] if handles is None else handles
    if not shown:
        return
    longest = max(len(str(handle.get_label())) for handle in shown)
    columns = max(1, int(_LEGEND / (_HANDLE + longest * _LETTER)))
    ax.legend(
        handles=shown,
        title=title,
        alignment="left",
        loc="lower left",
        bbox_to_anchor=(0.0, 1.01),
        borderaxespad=0.0,
        frameon=False,
        ncols=min(len(shown), columns),
    )

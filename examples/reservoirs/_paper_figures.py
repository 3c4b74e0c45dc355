"""The figures of experiment `paper`: answers beside the truth, and losses against epochs."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from _paper_models import PaperSettings, Part
from _paper_reference import INPUT_FIRST

from qml.tasks import paper_task
from qsim.errors import ParameterError
from qsim.files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Parts = Mapping[tuple[str, str], Part]

_TITLES = {
    "damped-shm": "Damped oscillation",
    "bessel-j2": "Bessel function J2",
    "delayed-quantum-control": "Delayed quantum control",
    "narma-2": "NARMA-2",
    "narma-5": "NARMA-5",
    "narma-10": "NARMA-10",
}
#: Colours that people with a colour-vision deficiency tell apart (Okabe and Ito 2008).
_BLUE, _ORANGE, _GREEN, _PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
_FAMILIES = {"RNN": _BLUE, "LSTM": _ORANGE, "GRU": _GREEN}
_COLUMNS = 2
_INPUT_FIRST = "QRNN reservoir" + INPUT_FIRST
#: A line so many times below the panel's lower edge is told in words.
_REACH = 30.0


def require_matplotlib() -> None:
    """Make sure that figures can be drawn, before anything is computed.

    Raises:
        ParameterError: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise ParameterError("the figures of this experiment need matplotlib: pip install matplotlib")


def draw(parts: Parts, tasks: Sequence[str], settings: PaperSettings, folder: Path) -> list[Path]:
    """Write ``paper-losses.png`` and, for each family of cells, ``paper-answers-*.png``.

    Raises:
        ResultError: the folder cannot be written to.
    """
    figures = {"paper-losses": _losses(parts, tasks)}
    for family in _FAMILIES:
        figures[f"paper-answers-{family.lower()}"] = _answers(parts, tasks, settings, family)
    return [
        write_whole(folder / f"{name}.png", partial(figure.savefig, dpi=150))
        for name, figure in figures.items()
    ]


def _panels(tasks: Sequence[str], height: float) -> tuple[Figure, list[Axes]]:
    """A panel for each task, and one more for the legend."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-(len(tasks) + 1) // _COLUMNS)
    figure = Figure(figsize=(11, height * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = list(figure.subplots(rows, _COLUMNS, squeeze=False).flat)
    for spare in axes[len(tasks) :]:
        spare.axis("off")
    return figure, axes


def _legend(axes: list[Axes], tasks: Sequence[str], title: str) -> None:
    handles, labels = axes[0].get_legend_handles_labels()
    axes[len(tasks)].legend(handles, labels, loc="center", title=title, frameon=False)


def _losses(parts: Parts, tasks: Sequence[str]) -> Figure:
    figure, axes = _panels(tasks, 3.6)
    for panel, task in zip(axes, tasks, strict=False):
        for family, colour in _FAMILIES.items():
            for model, style in (
                (f"Q{family} reservoir", "-"),
                (f"Q{family} trained", "--"),
                (f"{family} reservoir", ":"),
            ):
                _loss(panel, parts[task, model], style, colour)
            if family == "RNN":
                _loss(panel, parts[task, _INPUT_FIRST], "-", _PURPLE)
        panel.set(title=_TITLES[task], xlabel="epoch", ylabel="test MSE", xscale="log", yscale="log")
        panel.grid(color="0.9", linewidth=0.6)
        panel.set_axisbelow(True)
        for model, line, label in (
            ("persistence", "-.", "persistence"),
            ("linear taps", "-", "linear taps, ridge"),
        ):
            _level(panel, parts[task, model], line, label)
    _legend(axes, tasks, "mean over seeds; faint: every epoch,\nstrong: geometric mean of near epochs")
    return figure


def _loss(panel: Axes, part: Part, style: str, colour: str) -> None:
    """The loss after every epoch, and its trend: late epochs of RMSprop jump too much to be told apart."""
    means = np.mean(part.test_loss, axis=0)
    epochs = np.arange(1, len(means) + 1)
    bins = np.unique(np.geomspace(1, len(means) + 1, 26).round().astype(int))
    cuts = list(itertools.pairwise(bins))
    centres = [np.exp(np.log(epochs[low - 1 : high - 1]).mean()) for low, high in cuts]
    trend = [np.exp(np.log(means[low - 1 : high - 1]).mean()) for low, high in cuts]
    panel.plot(epochs, means, color=colour, linewidth=0.5, alpha=0.25)
    panel.plot(centres, trend, style, color=colour, linewidth=1.7, label=part.model)


def _level(panel: Axes, part: Part, line: str, label: str) -> None:
    """A line across the panel; where it would squeeze the curves together, a word at the lower edge."""
    level, (low, high) = float(np.mean(part.closed)), panel.get_ylim()
    if level > low / _REACH:
        panel.axhline(level, color="0.35", linestyle=line, linewidth=1.2, label=label)
        return
    panel.axhline(np.nan, color="0.35", linestyle=line, linewidth=1.2, label=label)
    panel.set_ylim(low, high)
    panel.text(0.02, 0.03, f"{label}: {level:.1e} (below)", transform=panel.transAxes, color="0.25")


def _answers(parts: Parts, tasks: Sequence[str], settings: PaperSettings, family: str) -> Figure:
    figure, axes = _panels(tasks, 3.1)
    for panel, task_name in zip(axes, tasks, strict=False):
        task = paper_task(task_name, settings.scaling)
        count = len(task.targets)
        steps = np.arange(count)
        panel.axvspan(task.train, count - 1, color="0.93", zorder=0, label="test range")
        panel.plot(steps, task.targets[:, 0], color="0.65", linewidth=3.5, label="truth")
        lines = [(f"Q{family} reservoir", "-", _BLUE), (f"Q{family} trained", "--", _ORANGE)]
        lines += [(_INPUT_FIRST, "-", _PURPLE)] if family == "RNN" else []
        for model, style, colour in (*lines, (f"{family} reservoir", ":", "black")):
            given = parts[task_name, model].answers
            panel.plot(steps, given, style, color=colour, linewidth=1.3, label=model)
        panel.set(title=_TITLES[task_name], xlabel="window", ylabel="target", xlim=(0, count - 1))
    _legend(axes, tasks, f"after {settings.epochs} epochs, first seed")
    return figure

"""Colours, units on axes, legends, and whose style holds."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from qsim.errors import ParameterError
from qsim.plots import style
from qsim.plots.style import one_of


def lightness(colour: str) -> float:
    """CIE lightness of a colour, 0 to 100."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    luminance = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def test_curves_differ_in_colour_marker_and_line() -> None:
    assert len(set(style.COLOURS)) == len(set(style.MARKERS)) == len(set(style.LINES)) == len(style.COLOURS)
    assert style.curve(0) == style.curve(len(style.COLOURS))
    assert style.curve(1)["color"] == style.COLOURS[1]


def test_colours_stand_out_from_paper() -> None:
    assert all(lightness(colour) < 75 for colour in style.COLOURS)


@pytest.mark.parametrize(
    ("unit", "values", "expected"),
    [
        ("m", [2e3, 66e3], (1e3, "km")),
        ("m", [0.5, 30.0], (1.0, "m")),
        ("s", [0.004, float("nan")], (1e-3, "ms")),
        ("s", [1000.0], (1.0, "s")),
        ("s", [3e-13], (1e-12, "ps")),
        ("Hz", [2e5], (1e3, "kHz")),
        ("Hz", [0.2], (1.0, "Hz")),
        ("dB/m", [2e-4], (1e-3, "dB/km")),
        ("1", [5.0], (1.0, "")),
        ("rad", [3.0], (1.0, "rad")),
        ("s", [], (1.0, "s")),
        ("m", [0.0], (1.0, "m")),
    ],
)
def test_the_unit_that_fits(unit: str, values: list[float], expected: tuple[float, str]) -> None:
    assert style.prefixed(unit, values) == expected


def ticks(axes: Any, which: str) -> dict[float, str]:
    """Ticks within the limits of an axis, as they are written."""
    axes.figure.canvas.draw()
    axis = getattr(axes, f"{which}axis")
    low, high = sorted(axis.get_view_interval())
    found = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
    return {float(place): label.get_text() for place, label in found if low <= place <= high}


def test_ticks_tell_si_data_in_the_unit_of_the_label() -> None:
    _, axes = plt.subplots()
    axes.plot([0.0, 40e3], [0.0, 0.004])
    style.label_axis(axes, "x", "length", "m", [0.0, 40e3])
    style.label_axis(axes, "y", "wait", "s", [0.0, 0.004])
    assert axes.get_xlabel() == "length (km)"
    assert axes.get_ylabel() == "wait (ms)"
    assert ticks(axes, "x")[20e3] == "20"
    assert {
        place: float(text.replace("−", "-")) for place, text in ticks(axes, "y").items()
    } == pytest.approx({place: place * 1e3 for place in ticks(axes, "y")})


def test_short_logarithmic_axes_have_more_ticks_than_powers_of_ten() -> None:
    _, axes = plt.subplots()
    axes.plot([2e3, 40e3], [1.0, 2.0])
    axes.set_xscale("log")
    style.label_axis(axes, "x", "length", "m", [2e3, 40e3])
    assert {"2", "5", "10", "20"} <= set(ticks(axes, "x").values())


def test_new_figures_are_one_column_wide_and_leave_the_settings_alone() -> None:
    before = dict(mpl.rcParams)
    with style.canvas(None, height=2.0) as axes:
        assert axes.get_figure(root=True).get_size_inches().tolist() == [3.4, 2.0]  # type: ignore[union-attr]
        assert mpl.rcParams["font.size"] == 8
    assert dict(mpl.rcParams) == before


def test_axes_that_are_given_keep_their_style() -> None:
    _, own = plt.subplots()
    size = mpl.rcParams["font.size"]
    with style.canvas(own) as axes:
        assert axes is own
        assert mpl.rcParams["font.size"] == size


def test_legends_stand_above_the_data() -> None:
    with style.canvas(None) as axes:
        for number in range(5):
            axes.plot([0, 1], [0, number], label=f"line {number}")
        style.legend(axes, title="lines")
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    shown = axes.get_legend()
    assert shown is not None
    box = shown.get_window_extent()
    assert box.y0 >= axes.get_window_extent().y1
    assert box.x1 <= figure.bbox.x1
    assert box.y1 <= figure.bbox.y1


def test_no_legend_without_labels() -> None:
    _, axes = plt.subplots()
    axes.plot([0, 1])
    style.legend(axes)
    assert axes.get_legend() is None


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ParameterError, match="`by` must be 'a', 'b' or 'c', got 'd'"):
        one_of("by", "d", ("a", "b", "c"))


def test_a_notebook_goes_on_drawing_after_its_first_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its backend switches interactive drawing on as it makes the first figure."""
    make = plt.subplots

    def first(*args: Any, **settings: Any) -> Any:
        mpl.interactive(True)
        return make(*args, **settings)

    monkeypatch.setattr(plt, "subplots", first)
    was = mpl.is_interactive()
    try:
        with style.canvas(None):
            pass
        assert mpl.is_interactive()
    finally:
        mpl.interactive(was)

"""A run as a moving picture: each frame shows what holds at its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

from qsim.errors import ParameterError, ResultError
from qsim.model.rows import PairRow
from qsim.results import Result
from tests.report.specimens import network
from tests.results.specimens import result


def shown(made: Result, frame: int, frames: int = 100) -> tuple[dict[str, float], list[float], str]:
    """Shares of the nodes, widths of the links, and the title of one frame."""
    moving = made.plot.animation(length=frames / 10, rate=10)
    moving._func(frame)
    (axes,) = [axes for axes in moving._fig.axes if axes.get_title()]
    drawn: Any = {artist.get_label(): artist for artist in axes.collections}
    shares = dict(zip((row.node for row in made.memories), drawn["nodes"].get_array() / 100, strict=True))
    moving._draw_was_started = True
    return shares, list(drawn["links"].get_linewidths()), axes.get_title()


def test_frames_show_what_is_reserved_and_under_way_at_their_time() -> None:
    # Of 100 s: alice - middle - bob from 10 s to 40 s with 5, middle - carol from 30 s to 60 s with 10.
    shares, widths, title = shown(network(), 34)
    assert shares == pytest.approx({"alice": 5 / 20, "middle": 20 / 50, "bob": 5 / 20, "carol": 10 / 20})
    assert len(set(widths)) == 1
    assert title.startswith("35 s")
    shares, widths, _ = shown(network(), 69)
    assert set(shares.values()) == {0.0}
    assert max(widths) == 1.0


def test_recorded_pairs_widen_the_links_of_their_path() -> None:
    pairs = [PairRow(0, 15.5, 0.9, 0.1)] * 3 + [PairRow(1, 35.5, 0.9, 0.1), PairRow(1, 100.0, 0.9, 0.1)]
    made = network(pairs=tuple(pairs))
    wide = {frame: np.array(shown(made, frame)[1]) > 1 for frame in (14, 15, 35, 99)}
    assert [list(row) for row in wide.values()] == [
        [False] * 3, [True, True, False], [False, False, True], [False, False, True],
    ]  # fmt: skip


def test_it_is_stored_as_a_file(tmp_path: Path) -> None:
    moving = network().plot.animation(length=0.3, rate=10)
    moving.save(tmp_path / "run.gif", writer="pillow", dpi=40)
    from PIL import Image

    with Image.open(tmp_path / "run.gif") as picture:
        assert getattr(picture, "n_frames", 1) == 3


@pytest.mark.parametrize(
    ("length", "rate"), [(0, 10), (-1, 10), (1e9, 10), (1, 0), (1, 1000), (float("nan"), 10), (0.001, 1)]
)
def test_lengths_that_cannot_be_are_refused(length: float, rate: float) -> None:
    with pytest.raises(ParameterError, match="an animation has 1 to 2000 frames"):
        network().plot.animation(length=length, rate=rate)


def test_a_run_without_time_or_nodes_is_refused() -> None:
    with pytest.raises(ResultError, match="no time"):
        network(simulated_s=0.0).plot.animation()
    with pytest.raises(ResultError, match="no nodes"):
        result(memories=(), links=()).plot.animation()
    plt.close("all")

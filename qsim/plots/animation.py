"""A run as a moving picture: the map, with what is reserved and delivered as time goes by."""

from __future__ import annotations

import bisect
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qsim.errors import ParameterError, ResultError
from qsim.model.pair_table import PairTable
from qsim.plots.network_map import draw as draw_map
from qsim.plots.style import COLOURS
from qsim.results.number_text import seconds
from qsim.results.occupancy import occupancy

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from qsim.results.result import Result

#: Frames at most: a picture of more is no longer looked at, and takes minutes to write.
_MOST = 2000
#: Widths of a link without and with the most that happens on a link, points.
_THIN, _THICK = 1.0, 6.0


def animate(result: Result, ax: Axes | None, length: float, rate: float) -> FuncAnimation:
    """See `ResultPlots.animation`."""
    from matplotlib.animation import FuncAnimation

    if not (0 < length < float("inf") and 0 < rate <= 100 and 1 <= round(length * rate) <= _MOST):
        raise ParameterError(
            f"an animation has 1 to {_MOST} frames, at up to 100 a second; got {length!r} s at {rate!r} each"
        )
    frames = round(length * rate)
    if result.simulated_s <= 0:
        raise ResultError("the run covers no time, so that nothing moves")
    axes = draw_map(result, ax, "utilisation", None, colour_bars=False)
    drawn: Any = {artist.get_label(): artist for artist in axes.collections}
    shares, busy, said = _shares(result, frames), _busy(result, frames), axes.set_title("")
    scale = max(float(busy.max()), 1.0)
    recorded = len(result.pairs) > 0
    what = "pairs delivered" if recorded else "flows under way"

    def show(frame: int) -> list[Any]:
        drawn["nodes"].set_array(100 * shares[frame])
        if "links" in drawn:
            widths = _THIN + (_THICK - _THIN) * busy[frame] / scale
            drawn["links"].set_linewidths(widths)
            drawn["links"].set_linestyles(["-"] * len(widths))
            drawn["links"].set_array(None)
            drawn["links"].set_color([COLOURS[1] if value > 0 else COLOURS[7] for value in busy[frame]])
        said.set_text(f"{seconds(_time(result, frame, frames))}: nodes memories reserved, links {what}")
        return [said, *drawn.values()]

    figure = axes.get_figure(root=True)
    assert figure is not None
    return FuncAnimation(figure, show, frames=frames, interval=1000 / rate, blit=False, repeat=True)


def _time(result: Result, frame: int, frames: int) -> float:
    """The simulated time that a frame stands for: its end, s."""
    return result.simulated_s * (frame + 1) / frames


def _shares(result: Result, frames: int) -> NDArray[Any]:
    """The share of each node's memories that is reserved in each frame."""
    import numpy as np

    held = occupancy(result)
    shares = np.zeros((frames, len(result.memories)))
    for column, row in enumerate(result.memories):
        steps = held[row.node]
        for frame in range(frames):
            # The middle of a frame: at its end a window may just be over.
            time = result.simulated_s * (frame + 0.5) / frames
            count = steps.reserved[bisect.bisect_right(steps.times_s, time) - 1]
            shares[frame, column] = count / row.memories if row.memories else 0.0
    return shares


def _busy(result: Result, frames: int) -> NDArray[Any]:
    """What happens on each link in each frame: pairs delivered over it, or else flows under way."""
    import numpy as np

    numbers = {frozenset((link.a, link.b)): place for place, link in enumerate(result.links)}
    busy = np.zeros((frames, len(result.links)))
    flows = (*result.flows, *result.unfinished)
    paths = [
        [numbers[hop] for hop in map(frozenset, pairwise(flow.path)) if hop in numbers] for flow in flows
    ]
    if len(result.pairs):
        pairs = PairTable.of(result.pairs)
        at = np.minimum((pairs.column("time_s") / result.simulated_s * frames).astype(int), frames - 1)
        counts = np.zeros((frames, len(flows)))
        np.add.at(counts, (at, pairs.column("flow")), 1)
        for place, path in enumerate(paths):
            busy[:, path] += counts[:, [place]]
        return busy
    middles = result.simulated_s * (np.arange(frames) + 0.5) / frames
    for flow, path in zip(flows, paths, strict=True):
        under_way = (flow.start_s <= middles) & (middles < flow.end_s)
        busy[:, path] += under_way[:, None]
    return busy

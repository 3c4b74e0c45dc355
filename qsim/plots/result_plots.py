"""The figures of one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation
    from matplotlib.axes import Axes

    from qsim.results.result import Result


class ResultPlots:
    """The figures of one run: ``result.plot.network_map()`` and so on.

    Every method draws into the axes that it is given, or makes a figure of its own at the width of one column
    of a paper, and returns the axes. ``axes.figure.savefig("map.pdf")`` stores it.

    Args:
        result: the run.
    """

    def __init__(self, result: Result) -> None:
        self._result = result

    def network_map(
        self,
        ax: Axes | None = None,
        *,
        colour: str = "utilisation",
        labels: bool | None = None,
        colour_bars: bool = True,
    ) -> Axes:
        """The network: nodes coloured by the use of their memories, links by their rate.

        Nodes stand at their planar or geographic positions when all of them have one, otherwise where a
        layout puts them. The area of a node grows with its memories. Links are coloured, and the wider, by
        heralded pairs per second of simulated time; a link without any is dotted.

        Args:
            ax: axes to draw in; None makes a figure.
            colour: what colours the nodes: "utilisation", the share of memory-time reserved, or "entangled",
                the share that held a half of a pair.
            labels: whether to write names; None writes them for up to 40 nodes.
            colour_bars: whether to explain the colours beside the map.

        Raises:
            ParameterError: an unknown `colour`.
            ResultError: the run has no nodes.
        """
        from qsim.plots.network_map import draw

        return draw(self._result, ax, colour, labels, colour_bars)

    def waiting_times(
        self, ax: Axes | None = None, *, flow: int | None = None, log: bool = True, theory: bool = True
    ) -> Axes:
        """How long a flow waited from one delivery to the next: P(waiting time > t), with its closed form.

        The closed form is drawn where it is exact: one link, one memory at each end, attempt detail, the
        hand-shake states its law, and an application of the scenario that uses pairs at once. Elsewhere an
        exponential of the same mean stands in as a guide, and is called so. The band is the 95 % interval of
        each probability on its own (Clopper and Pearson).

        Args:
            ax: axes to draw in; None makes a figure.
            flow: index of the flow among the finished ones, followed by the unfinished ones; None takes the
                one with the most pairs.
            log: whether probabilities are on a logarithmic axis, where an exponential is a straight line.
            theory: whether to draw the closed form or the guide.

        Raises:
            ResultError: the run recorded no pairs, there is no such flow, or it has fewer than two pairs.
        """
        from qsim.plots.waiting_times import draw

        return draw(self._result, ax, flow, log, theory)

    def memory_timeline(self, nodes: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
        """Reserved memories against time, a lane for each node; the top of a lane is the node's total.

        With one node the axis counts memories.

        Args:
            nodes: names of the nodes, from top to bottom; None takes all, or the twelve of the highest
                utilisation where there are more.
            ax: axes to draw in; None makes a figure.

        Raises:
            ResultError: an unknown node, or a run without nodes.
        """
        from qsim.plots.memory_timeline import draw

        return draw(self._result, ax, nodes)

    def gantt(self, ax: Axes | None = None, *, colour: str = "status", by: str | None = None) -> Axes:
        """The windows of all flows as bars against time.

        Bars of flows that the end of the run cut off are hatched and end in an arrow; those of stalled flows
        are cross-hatched and end in a cross.

        Args:
            ax: axes to draw in; None makes a figure.
            colour: what colours the bars: "status", "throughput_hz" or "fidelity_mean"; bars without a
                fidelity stay white.
            by: rows: "flow", "ends" (a row for each pair of initiator and responder) or "initiator"; None
                takes "flow" for up to 30 flows and "initiator" beyond. Flows of one row that overlap in time
                are stacked.

        Raises:
            ParameterError: an unknown `colour` or `by`.
            ResultError: the run served no flows.
        """
        from qsim.plots.gantt import draw

        return draw(self._result, ax, colour, by)

    def animation(self, ax: Axes | None = None, *, length: float = 8.0, rate: float = 12.0) -> FuncAnimation:
        """The run as a moving picture: the map, its memories and links as time goes by.

        Nodes are coloured by the share of their memories that is reserved. Links are the wider the more pairs
        are delivered over them in a frame, when the run recorded its pairs, and otherwise the more flows are
        under way. In a notebook ``IPython.display.HTML(animation.to_jshtml())`` shows it with a slider;
        ``animation.save("run.gif")`` stores it.

        Args:
            ax: axes to draw in; None makes a figure.
            length: how long it takes to watch, s.
            rate: pictures a second.

        Raises:
            ParameterError: more than 2000 pictures or more than 100 a second.
            ResultError: the run has no nodes, or covers no time.
        """
        from qsim.plots.animation import animate

        return animate(self._result, ax, length, rate)

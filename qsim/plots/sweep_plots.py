"""The figures of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.sweeps.sweep_result import SweepResult
    from qsim.sweeps.sweep_runs import Value


class SweepPlots:
    """The figures of a sweep: ``sweep.plot.against("links[0].length")`` and so on.

    Every method draws into the axes that it is given, or makes a figure of its own at the width of one column
    of a paper, and returns the axes. The numbers are those of `SweepResult.summary` and
    `SweepResult.difference`. Data are in SI units; the ticks tell them in the unit that fits.

    Args:
        sweep: the sweep.
    """

    def __init__(self, sweep: SweepResult) -> None:
        self._sweep = sweep

    def against(
        self,
        parameter: str | None = None,
        metric: str = "throughput_hz",
        *,
        by: str | Sequence[str] | None = None,
        ax: Axes | None = None,
        xscale: str = "linear",
        yscale: str = "linear",
        join: bool = True,
        method: str = "student",
        bounds: Mapping[str, Callable[[float], float]] | None = None,
    ) -> Axes:
        """A metric of the runs against a varied parameter: means with their 95 % intervals.

        Text and truth values are places side by side, numbers are on a scale. Where a point has a single
        replicate there is a mean without an interval.

        Args:
            parameter: path of the parameter across; None takes the first that is a number.
            metric: as in `qsim.results.run_metrics`.
            by: parameter or parameters with a line for each of their values; None takes all others that vary
                independently of the one across, ``()`` averages over them.
            ax: axes to draw in; None makes a figure.
            xscale, yscale: "linear" or "log".
            join: whether lines join the means of neighbouring numbers.
            method: of the interval: "student" or "bca".
            bounds: lines to lay over the means, by their names in the legend: each gives the metric at a
                value of the parameter across, both in SI units. Where it is infinite there is no line.

        Raises:
            ResultError: an unknown parameter, metric or method, no finished runs, or more lines than can be
                told apart.
            ParameterError: an unknown scale, or a logarithmic one for what is not positive, or bounds
                over what is no number.
        """
        from qsim.plots.sweep_lines import draw

        return draw(self._sweep, parameter, metric, by, ax, xscale, yscale, join, method, bounds or {})

    def rate(
        self,
        parameter: str | None = None,
        *,
        by: str | Sequence[str] | None = None,
        ax: Axes | None = None,
        xscale: str = "linear",
        yscale: str = "linear",
    ) -> Axes:
        """Delivered pairs per second against a varied parameter; see `against`."""
        return self.against(parameter, "throughput_hz", by=by, ax=ax, xscale=xscale, yscale=yscale)

    def fidelity(
        self,
        parameter: str | None = None,
        *,
        by: str | Sequence[str] | None = None,
        ax: Axes | None = None,
        xscale: str = "linear",
        yscale: str = "linear",
    ) -> Axes:
        """Mean fidelity of the delivered pairs against a varied parameter; see `against`."""
        return self.against(parameter, "fidelity_mean", by=by, ax=ax, xscale=xscale, yscale=yscale)

    def key_rate(
        self,
        parameter: str | None = None,
        metric: str | None = None,
        *,
        source_rate: float | None = None,
        attenuation: float = 0.2e-3,
        fibres: int = 1,
        by: str | Sequence[str] | None = None,
        ax: Axes | None = None,
        xscale: str = "linear",
        yscale: str = "log",
    ) -> Axes:
        """Secret bits per second against a length, under the bound without repeaters; see `against`.

        The bound is the source's rate times -log2(1 - η) of the fibre between the ends
        (`qsim.analytic.capacity.repeaterless_bound`).

        Args:
            parameter: path of the length of a fibre; None takes the first length that varies.
            metric: a key rate; None takes that of flows (`run.error_rates`), else the first of
                an application.
            source_rate: how often a second the channel is used, Hz; None draws no bound.
            attenuation: of the fibre, dB/m.
            fibres: how many fibres of that length lie between the ends: 2 where the source, the station or a
                repeater stands in the middle.
            by, ax, xscale, yscale: as in `against`.

        Raises:
            ResultError: as `against`; or no length varies, or no run tells a key rate.
            ParameterError: as `against`, or a source rate or a number of fibres that is not positive.
        """
        from qsim.plots.key_rates import chosen, repeaterless

        across, rate = chosen(self._sweep, parameter, metric)
        bounds = {}
        if source_rate is not None:
            bounds["repeaterless bound"] = repeaterless(source_rate, attenuation, fibres)
        return self.against(across, rate, by=by, ax=ax, xscale=xscale, yscale=yscale, bounds=bounds)

    def heatmap(
        self,
        x: str | None = None,
        y: str | None = None,
        metric: str = "throughput_hz",
        *,
        ax: Axes | None = None,
        numbers: bool | None = None,
    ) -> Axes:
        """The mean of a metric over two varied parameters, as a table of colours.

        Other parameters are averaged over. Fields of points that have no runs are hatched.

        Args:
            x: path of the parameter across; None takes the first.
            y: path of the parameter upwards; None takes the first other one.
            metric: as in `qsim.results.run_metrics`.
            ax: axes to draw in; None makes a figure.
            numbers: whether to write the means into the fields; None writes them into up to 36.

        Raises:
            ResultError: an unknown parameter or metric, one parameter twice, or no finished runs.
        """
        from qsim.plots.sweep_heatmap import draw

        return draw(self._sweep, x, y, metric, ax, numbers)

    def differences(
        self,
        between: Mapping[str, tuple[Value, Value]],
        columns: str | Sequence[str] | None = None,
        *,
        ax: Axes | None = None,
    ) -> Axes:
        """What a change of setting does to metrics: paired differences with 95 % intervals, in per cent.

        Differences are relative to the mean under the first setting. One whose interval does not reach zero
        has a filled marker. A metric without a value, or of mean 0, under the first setting is left out.

        Args:
            between: a parameter, or several that change together, each with its first and its second value.
            columns: metrics; None takes the usual ones.
            ax: axes to draw in; None makes a figure.

        Raises:
            ResultError: as `SweepResult.difference`, or nothing is left to draw.
        """
        from qsim.plots.sweep_differences import draw

        return draw(self._sweep, between, columns, ax)

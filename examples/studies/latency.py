"""Latency: what classical messages cost the metropolitan network, for memories of three speeds.

The second use case of Wu et al., arXiv 2009.12000 (figure 9), with photon slots that do not overlap. Its
"low delay" gives every message between routers 17 us, which over 66 km is faster than light; a third
setting, light in fibre and 12 us of processing, is as low as delays can be.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _figure import panels, with_intervals
from _script import EXAMPLES, Study, interval, main, markdown
from matplotlib.axes import Axes

import qsim
from qsim.plots.style import curve
from qsim.results.intervals import student
from qsim.sweeps import SweepResult

FILE = EXAMPLES / "metro_even.yaml"
FREQUENCY = "defaults.memory.frequency"
FREQUENCIES = {"200 Hz": 200.0, "2 kHz": 2e3, "20 kHz": 20e3}
MEASURED, FIBRE, LOW = "measured", "light in fibre", "17 us everywhere"

# From the authors' data: github.com/sequence-toolbox/Chicago-metropolitan-quantum-network, seed 0.
#: Pairs a second of a flow, mean over the flows, by memory frequency.
PUBLISHED = {
    MEASURED: (108.8438, 402.2393, 419.9756),
    LOW: (160.2742, 1399.7488, 4800.6957),
}
#: Simulated time and seeds.
FULL, QUICK = ("150 s", 4), ("25 s", 2)


def run(out: Path, workers: int, quick: bool) -> Study:
    """Run the study."""
    duration, replicates = QUICK if quick else FULL
    sweep = qsim.sweep(
        FILE,
        {FREQUENCY: list(FREQUENCIES.values())},
        list=[{"label": label, "classical": delays} for label, delays in delays().items()],
        replicates=replicates,
        duration=duration,
        # Fewer pairs are fewer events.
        overrides=["defaults.detector.efficiency=0.3"] if quick else [],
        out=out / "runs",
        workers=workers,
    )
    figure = out / "study-latency.png"
    note = (
        f"{replicates} seeds, {duration} simulated, examples/metro_even.yaml. Means over the completed "
        "flows with 95 % intervals (Student). Messages between routers take as long as measured, as light "
        "takes through the fibre (+ 12 us), or 17 us whatever the distance: the published 'low delay', "
        "faster than light over 66 km. Crosses: published (Wu et al., arXiv 2009.12000), too high since "
        "one click was credited to several memories (10 ps photon slots within detector windows of 100 "
        "ps); here slots do not overlap."
    )
    with panels(figure, "What classical latency costs", note, (1, 2), 4.8) as (a, b):
        _throughput(a, sweep)
        _by_hops(b, sweep)
    tables = {
        "Pairs per second of a flow": _table(sweep),
        "By number of hops, memories of 20 kHz": _hops_table(sweep),
        "Low delays over measured ones, run by run": _ratios(sweep),
    }
    return Study(tables, (sweep,), figure)


def delays() -> dict[str, dict[str, Any]]:
    """Three classical networks for the scenario."""
    measured = dict(qsim.load(FILE).document["classical"])
    nodes = measured["round_trip"]["nodes"]
    added = {"processing": "4 us", "transmission": "8 us", "station": "fibre"}
    # Between routers 1 km of fibre is assumed, whatever the distance: 5 us, and 12 us are added.
    near = [[0 if one == other else "5 us" for one in nodes] for other in nodes]
    return {
        MEASURED: measured,
        FIBRE: added,
        LOW: {**added, "one_way": {"nodes": nodes, "table": near}},
    }


def _throughput(ax: Axes, sweep: SweepResult) -> None:
    sweep.plot.against(FREQUENCY, "flow_throughput_hz", by="label", ax=ax, xscale="log", yscale="log")
    for label, rates in PUBLISHED.items():
        look = {"color": curve((MEASURED, FIBRE, LOW).index(label))["color"], "linestyle": "none"}
        ax.plot(list(FREQUENCIES.values()), rates, marker="x", label=f"published, {label}", **look)
    ax.set_title("a  All flows")
    ax.legend(loc="upper left")


def _by_hops(ax: Axes, sweep: SweepResult) -> None:
    rates = _hops(sweep)
    for number, label in enumerate((MEASURED, FIBRE, LOW)):
        rows = rates.loc[(label, FREQUENCIES["20 kHz"])]
        with_intervals(ax, list(rows.index + 0.06 * (number - 1)), rows, number, label=f"delays: {label}")
    ax.set(yscale="log", xlabel="links on the path", ylabel="pairs per second of a flow")
    ax.set_xticks([1, 2, 3])
    ax.set_title("b  Memories of 20 kHz, by links on the path")


def _hops(sweep: SweepResult) -> pd.DataFrame:
    """Throughput by delays, frequency and number of links; four links are too few flows to show."""
    by = ["label", FREQUENCY, "hops"]
    rates = sweep.summary(by, "throughput_hz", table="flows").set_index(by)
    points = [(MEASURED, FIBRE, LOW), FREQUENCIES.values(), (1, 2, 3)]
    return rates.reindex(pd.MultiIndex.from_product(points, names=by)).sort_index()


def _table(sweep: SweepResult) -> str:
    rates = sweep.summary(columns="flow_throughput_hz").set_index(["label", FREQUENCY])
    rows = []
    for label in (MEASURED, FIBRE, LOW):
        rows.append([label, *(interval(rates.loc[(label, speed)]) for speed in FREQUENCIES.values())])
        if label in PUBLISHED:
            rows.append([f"published, {label}", *(f"{rate:,.0f}" for rate in PUBLISHED[label])])
    return markdown(("delays", *FREQUENCIES), rows)


def _hops_table(sweep: SweepResult) -> str:
    rates = _hops(sweep)
    rows = [
        [label, *(interval(row) for _, row in rates.loc[(label, FREQUENCIES["20 kHz"])].iterrows())]
        for label in (MEASURED, FIBRE, LOW)
    ]
    return markdown(("delays", "1 link", "2 links", "3 links"), rows)


def _ratios(sweep: SweepResult) -> str:
    """Geometric means over the seeds of the ratio to the run with measured delays, with intervals."""
    by = ["label", FREQUENCY, "replicate"]
    runs = sweep.frame("runs").set_index(by).sort_index()["flow_throughput_hz"]
    rows = []
    for label in (FIBRE, LOW):
        cells = []
        for speed in FREQUENCIES.values():
            one = student(list(np.log(runs[label, speed] / runs[MEASURED, speed])))
            cells.append(f"{np.exp(one.mean):.2f} ({np.exp(one.low):.2f} to {np.exp(one.high):.2f})")
        rows.append([f"{label} / {MEASURED}", *cells])
    return markdown(("", *FREQUENCIES), rows)


if __name__ == "__main__":
    sys.exit(main(run, __doc__))

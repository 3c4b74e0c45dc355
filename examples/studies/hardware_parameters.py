"""Hardware: throughput of the metropolitan network against memory efficiency and initial fidelity.

The grid of the first use case of Wu et al., arXiv 2009.12000 (figure 8), with photon slots that do not
overlap. Published slots were 10 ps long and detector windows 100 ps, so that one click was credited to
several memories; published rates are too high for it, and a figure that agreed with them would be wrong.
"""

import sys
from pathlib import Path

import pandas as pd
from _figure import panels, with_intervals
from _script import EXAMPLES, Study, interval, main, markdown
from matplotlib.axes import Axes

import qsim
from qsim.plots.style import curve
from qsim.results.intervals import student
from qsim.sweeps import SweepResult

EFFICIENCY, FIDELITY = "defaults.memory.efficiency", "defaults.memory.initial_fidelity"
EFFICIENCIES = (0.01, 0.10, 0.50, 0.75)
#: Fidelity of a fresh pair, from the cooperativity of the cavity.
COOPERATIVITIES = {50: 0.9211213248656829, 100: 0.9576357620380831, 500: 0.9909987775181183}

# From the authors' data: github.com/sequence-toolbox/Chicago-metropolitan-quantum-network, seed 0.
#: Pairs a second of a flow, mean over 220 flows, by cooperativity.
PUBLISHED = {
    50: (0.2934, 16.4965, 203.4730, 319.4046),
    100: (0.3233, 18.6394, 235.4844, 367.9614),
    500: (0.3709, 20.2888, 262.8453, 402.2393),
}
#: Share of flows without a pair.
PUBLISHED_EMPTY = {
    50: (0.773, 0.482, 0.227, 0.173),
    100: (0.686, 0.268, 0.136, 0.118),
    500: (0.532, 0.059, 0.036, 0.027),
}
#: Simulated time and seeds.
FULL, QUICK = ("1000 s", 3), ("30 s", 2)


def run(out: Path, workers: int, quick: bool) -> Study:
    """Run the study."""
    duration, replicates = QUICK if quick else FULL
    sweep = qsim.sweep(
        EXAMPLES / "metro_even.yaml",
        {EFFICIENCY: EFFICIENCIES, FIDELITY: list(COOPERATIVITIES.values())},
        replicates=replicates,
        duration=duration,
        overrides=["defaults.memory.frequency=2 kHz"],
        out=out / "runs",
        workers=workers,
    )
    rates = sweep.summary(columns="flow_throughput_hz").set_index([FIDELITY, EFFICIENCY])
    empty = _shares(sweep)
    ratios = _published_over_ours(sweep)
    figure = out / "study-hardware-parameters.png"
    note = (
        f"{replicates} seeds, {duration} simulated, examples/metro_even.yaml with memories of 2 kHz. Marks: "
        "means over the completed flows with 95 % intervals (Student). Crosses: published (Wu et al., "
        "arXiv 2009.12000, one run). Its photon slots of 10 ps lie within detector windows of 100 ps, so "
        "that one click was credited to several memories: its rates are too high by the factors in c (same "
        "seed, same requests). Here slots do not overlap."
    )
    with panels(figure, "What better memories are worth", note, (1, 3), 4.5) as (a, b, c):
        for number, (cooperativity, fidelity) in enumerate(COOPERATIVITIES.items()):
            name = f"C = {cooperativity}, F = {fidelity:.3f}"
            # Side by side, so that bars do not cover each other.
            places = [efficiency * (1 + 0.06 * (number - 1)) for efficiency in EFFICIENCIES]
            with_intervals(a, places, rates.loc[fidelity], number, label=name)
            with_intervals(b, places, 100 * empty.loc[fidelity], number)
            look = {**curve(number), "marker": "x", "linestyle": "none", "alpha": 0.55}
            look.pop("capsize")
            a.plot(places, PUBLISHED[cooperativity], **look)
            b.plot(places, [100 * share for share in PUBLISHED_EMPTY[cooperativity]], **look)
            look["alpha"] = 1
            c.plot(places, ratios.loc[fidelity], **{**look, "marker": curve(number)["marker"]})
        _dress(a, b, c)
    tables = {
        "Pairs per second of a flow": _table(rates, PUBLISHED, 1),
        "Flows without a pair, %": _table(100 * empty, PUBLISHED_EMPTY, 100),
        "Published over ours, seed 0, per second of a flow": _ratios(ratios),
    }
    return Study(tables, (sweep,), figure)


def _shares(sweep: SweepResult) -> pd.DataFrame:
    """Share of completed flows that got no pair, with its interval over the seeds."""
    flows = sweep.frame("flows")
    by_run = (flows["pairs"] == 0).groupby([flows[FIDELITY], flows[EFFICIENCY], flows["replicate"]]).mean()
    estimates = {key: student(list(group)) for key, group in by_run.groupby(level=[0, 1])}
    rows = [{"mean": one.mean, "low": one.low, "high": one.high} for one in estimates.values()]
    return pd.DataFrame(rows, index=pd.MultiIndex.from_tuples(estimates, names=[FIDELITY, EFFICIENCY]))


def _published_over_ours(sweep: SweepResult) -> pd.Series:
    """Ratio of the published throughput to that of the run with the same requests."""
    ours = sweep.frame("runs").query("replicate == 0").set_index([FIDELITY, EFFICIENCY])["flow_throughput_hz"]
    published = {
        (fidelity, efficiency): PUBLISHED[cooperativity][place]
        for cooperativity, fidelity in COOPERATIVITIES.items()
        for place, efficiency in enumerate(EFFICIENCIES)
    }
    return (pd.Series(published) / ours.sort_index()).rename_axis([FIDELITY, EFFICIENCY])


def _dress(a: Axes, b: Axes, c: Axes) -> None:
    for ax in (a, b, c):
        ax.set(xscale="log", xlabel="memory efficiency")
        ax.set_xticks(EFFICIENCIES, [f"{efficiency:g}".lstrip("0") for efficiency in EFFICIENCIES])
        ax.minorticks_off()
    a.set(yscale="log", ylabel="pairs per second of a flow", title="a  Throughput")
    b.set(ylabel="flows without a pair (%)", ylim=(0, 100), title="b  Flows that get nothing")
    c.set(ylabel="published / ours, seed 0", ylim=(0, None), title="c  What the artefact adds")
    c.axhline(1, color="0.4", linewidth=0.8)
    a.legend(loc="upper left")


def _table(rows: pd.DataFrame, published: dict[int, tuple[float, ...]], scale: float) -> str:
    lines = []
    for cooperativity, fidelity in COOPERATIVITIES.items():
        ours = [interval(rows.loc[(fidelity, efficiency)]) for efficiency in EFFICIENCIES]
        lines.append([f"C = {cooperativity} (F = {fidelity:.4f})", *ours])
        said = [f"{scale * value:.3g}" for value in published[cooperativity]]
        lines.append([f"published, C = {cooperativity}", *said])
    return markdown(("efficiency", *EFFICIENCIES), lines)


def _ratios(ratios: pd.Series) -> str:
    lines = [
        [f"C = {cooperativity}", *(f"{ratios[fidelity, efficiency]:.2f}" for efficiency in EFFICIENCIES)]
        for cooperativity, fidelity in COOPERATIVITIES.items()
    ]
    return markdown(("efficiency", *EFFICIENCIES), lines)


if __name__ == "__main__":
    sys.exit(main(run, __doc__))

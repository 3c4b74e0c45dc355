"""Repeater chain: rate and fidelity against distance, with 0, 1, 3 and 7 repeaters.

Beside them stand direct transmission of single photons and the repeaterless (PLOB) bound. Rates per second
hang on a clock, so the bound is drawn a second time for each use of the fibre, where there is no clock to
choose.
"""

import sys
from math import log2
from pathlib import Path

import numpy as np
import pandas as pd
from _figure import panels, with_intervals
from _script import Study, interval, main, markdown
from matplotlib.axes import Axes

import qsim
from qsim.analytic.capacity import direct_rate, repeaterless_bound, transmission
from qsim.results.intervals import student
from qsim.sweeps import SweepResult
from qsim.units import km

SCENARIO = Path(__file__).with_name("repeater_chain.yaml")
REPEATERS = (0, 1, 3, 7)
_NAMES = {0: "no repeater", 1: "1 repeater", 3: "3 repeaters", 7: "7 repeaters"}
DISTANCES = [distance * km for distance in (25, 50, 100, 150, 200, 250, 300, 400, 500, 600)]
#: Uses of the fibre a second, for the lines of direct transmission and of the bound: a choice.
CLOCK = 10e6
#: Efficiencies of memory and detector in the scenario: what direct transmission has at its two ends.
ENDS = 0.5 * 0.9
#: A time-bin photon takes two modes of the fibre.
MODES = 2
#: Points of fewer pairs are not shown.
FEWEST = 20
#: Pairs and seeds.
FULL, QUICK = (1000, 10), (100, 2)


def run(out: Path, workers: int, quick: bool) -> Study:
    """Run the study."""
    pairs, replicates = QUICK if quick else FULL
    sweep = qsim.sweep(
        SCENARIO,
        list=[point(repeaters, distance, pairs) for repeaters in REPEATERS for distance in DISTANCES],
        replicates=replicates,
        out=out / "runs",
        workers=workers,
    )
    points = _points(sweep)
    figure = out / "study-repeater-chain.png"
    note = (
        f"{replicates} seeds of {pairs} pairs each (or 1000 s), means with 95 % intervals (Student); 10 "
        "memories for each link of a node, 0.2 dB/km, T2 = 1 s, cut-off 100 ms, gate error 0.2 %, no "
        "purification: examples/studies/repeater_chain.yaml. Lines in a: pairs that arrive by direct "
        "transmission and the repeaterless (PLOB) bound, for 10 million uses of the fibre a second: a "
        "choice, another clock shifts both. In c there is no clock: ebits (hashing bound, from below) for "
        f"each optical mode sent over the busiest link. Points of fewer than {FEWEST} pairs are left out."
    )
    with panels(figure, "A chain of repeaters", note, (1, 3), 4.9) as (a, b, c):
        _rates(a, points)
        _fidelities(b, points)
        _per_use(c, points)
    tables = {
        "Pairs per second": _table(points, "rate"),
        "Fidelity": _table(points, "fidelity"),
        "Ebits per mode (at least), over the repeaterless bound": _against_bound(points),
    }
    return Study(tables, (sweep,), figure)


def point(repeaters: int, distance: float, pairs: int) -> dict[str, object]:
    """The values of one point of the sweep; `distance` in metres."""
    return {
        "topology.nodes": repeaters + 2,
        "topology.length": distance / (repeaters + 1),
        "traffic[0].responder": f"n{repeaters + 1}",
        "traffic[0].pairs": pairs,
    }


def hashing_bound(fidelity: float) -> float:
    """Ebits that one-way distillation takes at least from a pair of this fidelity: 1 - S of the Werner state.

    No Bell-diagonal state of the same fidelity is more mixed than the Werner state.

    References:
        Bennett, DiVincenzo, Smolin, Wootters, Phys. Rev. A 54, 3824 (1996).
    """
    rest = 1 - fidelity
    entropy = -fidelity * log2(fidelity) - (rest * log2(rest / 3) if rest > 0 else 0)
    return max(0.0, 1 - entropy)


def _points(sweep: SweepResult) -> pd.DataFrame:
    """Rate, fidelity, and pairs and ebits for each mode, with intervals, by repeaters and distance."""
    runs = sweep.frame("runs").set_index(["point", "replicate"])
    busiest = sweep.frame("links").groupby(["point", "replicate"])["attempts"].max()
    runs["rate"] = runs["throughput_hz"]
    runs["fidelity"] = runs["fidelity_mean"]
    runs["ebits"] = (
        runs["pairs"] / (MODES * busiest) * runs["fidelity"].map(hashing_bound, na_action="ignore")
    )
    rows = []
    for _, group in runs.groupby("point"):
        first = group.iloc[0]
        repeaters = int(first["topology.nodes"]) - 2
        distance = float(first["topology.length"]) * (repeaters + 1)
        for name in ("rate", "fidelity", "ebits"):
            shown = group[name] if group["pairs"].sum() >= FEWEST else group[name][:0]
            one = student(list(shown.dropna()))
            rows.append((name, repeaters, round(distance), one.mean, one.low, one.high))
    columns = ["quantity", "repeaters", "distance", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns).set_index(columns[:3]).sort_index()


def _curves(ax: Axes, points: pd.DataFrame, quantity: str) -> None:
    for number, repeaters in enumerate(REPEATERS):
        rows = points.loc[(quantity, repeaters)]
        rows = rows[rows["mean"] > 0]
        with_intervals(ax, list(rows.index / km), rows, number, label=_NAMES[repeaters])
    ax.set(xlabel="distance (km)", xlim=(0, 620))


def _rates(ax: Axes, points: pd.DataFrame) -> None:
    _curves(ax, points, "rate")
    distances = np.linspace(20, 600, 60) * km
    direct = [direct_rate(distance, CLOCK, efficiency=ENDS) for distance in distances]
    bound = [CLOCK * repeaterless_bound(transmission(distance)) for distance in distances]
    ax.plot(distances / km, bound, "k-", linewidth=1.1, label="PLOB bound, 10 MHz")
    ax.plot(distances / km, direct, "k:", linewidth=1.3, label="direct, 10 MHz")
    ax.set(yscale="log", ylim=(3e-3, 3e7), ylabel="pairs per second", title="a  Rate")
    ax.legend(loc="upper right", fontsize=8)


def _fidelities(ax: Axes, points: pd.DataFrame) -> None:
    _curves(ax, points, "fidelity")
    ax.axhline(0.5, color="0.4", linewidth=0.8)
    ax.text(610, 0.503, "not entangled below", fontsize=8, color="0.3", ha="right", va="bottom")
    ax.set(ylim=(0.48, 1), ylabel="fidelity at delivery", title="b  Fidelity")


def _per_use(ax: Axes, points: pd.DataFrame) -> None:
    _curves(ax, points, "ebits")
    distances = np.linspace(20, 600, 60) * km
    ax.plot(distances / km, [repeaterless_bound(transmission(distance)) for distance in distances], "k-")
    ax.text(135, 8e-3, "PLOB", fontsize=9)
    ax.set(
        yscale="log",
        ylim=(1e-8, 1),
        ylabel="ebits per mode of the fibre, at least",
        title="c  Per use of the fibre",
    )


def _table(points: pd.DataFrame, quantity: str) -> str:
    rows = [
        [
            f"{distance / km:.0f} km",
            *(interval(points.loc[(quantity, each, round(distance))]) for each in REPEATERS),
        ]
        for distance in DISTANCES
    ]
    return markdown(("distance", *_NAMES.values()), rows)


def _against_bound(points: pd.DataFrame) -> str:
    rows = []
    for distance in DISTANCES:
        bound = repeaterless_bound(transmission(distance))
        means = [points.loc[("ebits", each, round(distance)), "mean"] for each in REPEATERS]
        rows.append(
            [f"{distance / km:.0f} km", *("none" if pd.isna(m) else f"{m / bound:.3g}" for m in means)]
        )
    return markdown(("distance", *_NAMES.values()), rows)


if __name__ == "__main__":
    sys.exit(main(run, __doc__))

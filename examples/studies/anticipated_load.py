"""Anticipated load: what it is worth to move memories before the load does, and who can tell it best.

Demand of three districts of the metropolitan network rises and falls in turn. 450 memories are active, and a
decision to move some takes time. Compared are shares that stay, shares that follow what was measured, what
forecasters expect, and what nobody can know; all are offered the same requests. Whether a request is granted
depends on memories and messages, never on light, so these runs are in the dark. What granted requests deliver
is told by what each route gives with light.
"""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _delivered import delivered, lit, rates
from _figure import panels, with_intervals
from _load_policies import (
    BUDGET,
    FORECASTERS,
    POLICIES,
    POWERS,
    SHARES,
    TRAINING,
    Cell,
    Loads,
    accepted,
    expected,
    forecast,
    mean_of,
    moving,
    offered,
    oracle,
    reactive,
    static,
)
from _script import EXAMPLES, Study, main, markdown

import qsim
from qsim.statistics import half_width
from qsim.sweeps import SweepResult

SCENARIO = Path(__file__).with_name("anticipated_load.yaml")
#: The file whose measured classical delays are taken where there is light.
MEASURED = EXAMPLES / "metro_even.yaml"
DELAYS = (0, 10, 30, 60)
CELLS = (Cell(600, 0.0), Cell(150, 0.75), Cell(600, 0.75), Cell(150, 1.5), Cell(600, 1.5))
#: First of the seeds from which means and settings are taken; those that are shown begin at 0.
OTHERS = 100
#: By part: delays, cells, seeds, and seeds for means and settings.
PARTS: dict[str, tuple[Sequence[int], Sequence[Cell], int, int]] = {
    "all": (DELAYS, CELLS, 10, 10),
    "60-seconds": ((60,), CELLS, 4, 6),
}
#: Columns that tell one mean from another, and the first of a table that has a row for each.
KEYS = ["amplitude", "period", "delay"]
PLACE = "amplitude, period, delay"


class Bench:
    """Runs policies on one cell.

    Args:
        cell: how demand varies.
        out: folder of its runs.
        workers: processes.
        time: simulated seconds of a run.
        training: seconds of it from which is learnt, and in which nothing is counted.

    Attributes:
        training: likewise.
        sweeps: all that have been run.
    """

    def __init__(
        self,
        cell: Cell,
        out: Path,
        workers: int,
        time: int,
        training: int = TRAINING,
    ) -> None:
        self.training = training
        self._cell = cell
        self._out = out / f"period-{cell.period}-amplitude-{cell.amplitude:g}"
        self._workers, self._time = workers, time
        self.sweeps: list[SweepResult] = []

    def run(self, name: str, policies: dict[str, dict[str, Any]], first: int, seeds: int = 1) -> SweepResult:
        """Run allocations by label with some seeds."""
        found = qsim.sweep(
            SCENARIO,
            list=[{"label": label, "protocols.allocation": said} for label, said in policies.items()],
            overrides=[*self._overrides(), f"run.seed={first}"],
            duration=f"{self._time} s",
            replicates=seeds,
            out=self._out / name,
            workers=self._workers,
        )
        self.sweeps.append(found)
        return found

    def measured(self, name: str, first: int, seeds: int) -> Loads:
        """The offered load, which hangs on no allocation, as the mean of some seeds."""
        even = {"even": {"kind": "even", "budget": BUDGET}}
        return offered(self.run(name, even, first, seeds).frame("allocation"))

    def best(self, name: str, policies: dict[str, dict[str, Any]], seeds: int) -> dict[str, Any]:
        """The allocation that accepts most on the seeds for settings."""
        return policies[str(accepted(self.run(name, policies, OTHERS, seeds).frame("metrics")).idxmax())]

    def _overrides(self) -> Iterator[str]:
        yield "defaults.detector.efficiency=0"
        for place in range(4):
            yield f"traffic[{place}].warm_up={self.training}"
        for place in range(3):
            profile = f"traffic[{place}].profile"
            yield f"{profile}.period={self._cell.period}"
            yield f"{profile}.amplitude={self._cell.amplitude}"
            yield f"{profile}.phase={place * math.tau / 3}"


def run(out: Path, workers: int, quick: bool, part: str) -> Study:
    """Run the study."""
    delays, cells, seeds, others = PARTS[part]
    training, counted, shown = TRAINING, TRAINING, POLICIES
    if quick:
        delays, cells, seeds, others = delays[-1:], cells[:2][-1:], 2, 1
        training, counted = 450, 150
        shown = ("static", "reactive", "linear", "oracle mean")
    light = lit(SCENARIO, MEASURED, out / "light", workers, 1 if quick else 4)
    rate = rates(light)
    rows: list[dict[str, Any]] = []
    sweeps = [light]
    for cell in cells:
        bench = Bench(cell, out, workers, training + counted, training)
        rows += _of_cell(bench, cell, delays, seeds, others, shown, rate)
        sweeps += bench.sweeps
    found = pd.DataFrame(rows)
    figure = out / f"study-anticipated-load{'' if part == 'all' else '-' + part}.png"
    _draw(figure, _gains(found, "accepted"), seeds)
    return Study(tables_of(found), tuple(sweeps), figure)


def tables_of(found: pd.DataFrame) -> dict[str, str]:
    """The tables by title."""
    tables = {"Accepted share, less that of the best static shares (points)": _gain_table(found, "accepted")}
    tables["Share of the gap between static and oracle that is closed"] = _closed_table(found)
    tables["Delivered pairs, more than with the best static shares (%)"] = _gain_table(found, "pairs")
    tables["Delivered pairs over two links or more, likewise (%)"] = _gain_table(found, "far")
    if {"QRNN", "tanh twin"} <= set(found["policy"]):
        tables["Accepted share of the QRNN, less that of its tanh twin (points)"] = _twin_table(found)
    tables["Skill of the forecasts, and runs that kept static shares"] = _skill_table(found)
    return tables


def _of_cell(
    bench: Bench,
    cell: Cell,
    delays: Sequence[int],
    seeds: int,
    others: int,
    shown: Sequence[str],
    rate: "pd.Series[float]",
) -> Iterator[dict[str, Any]]:
    """One row for each delay, seed and policy."""
    usual = expected(bench.measured("mean", OTHERS, others), cell)
    mean = mean_of(usual)
    settings = min(others, 2)
    kept = bench.best("static", {f"power {power:g}": static(mean, power) for power in POWERS}, settings)
    # What never moves is the same for all delays, and measures what is offered.
    still = {"even": {"kind": "even", "budget": BUDGET}, "static": kept}
    stood = [
        bench.run(f"still-seed-{seed}", {name: still[name] for name in shown if name in still}, seed)
        for seed in range(seeds)
    ]
    for delay in delays:
        begun = moving(kept, delay)
        choices = {f"share {share:g}": reactive(begun, share) for share in SHARES}
        followed = bench.best(f"reactive-{delay}", choices, settings)
        for seed, before in enumerate(stood):
            policies = {
                "reactive": followed,
                **{name: forecast(begun, name, bench.training) for name in FORECASTERS},
                "oracle mean": oracle(begun, usual),
                "clairvoyant": oracle(begun, offered(before.frame("allocation"))),
            }
            wanted = {name: policies[name] for name in shown if name in policies}
            where = {**cell._asdict(), "delay": delay, "seed": seed}
            for done in (before, bench.run(f"delay-{delay}-seed-{seed}", wanted, seed)):
                pairs = delivered(done.frame("flows"), rate, bench.training)
                yield from _rows(done.frame("metrics"), pairs, where)


def _rows(metrics: pd.DataFrame, pairs: pd.DataFrame, where: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is shown of each policy in one cell with one seed."""
    share = accepted(metrics)
    own = metrics[metrics["source"] == "allocation"].set_index(["label", "metric"])["mean"]
    for label in share.index:
        yield {
            **where,
            "policy": label,
            "accepted": share[label],
            **pairs.loc[label],
            "skill": own.get((label, "skill"), math.nan),
            "fallback": own.get((label, "fallback"), math.nan),
        }


def _gains(found: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Means over seeds of what each policy has more than static shares, with intervals.

    Accepted shares differ by points, pairs by per cent of what static shares deliver.
    """
    wide = found.pivot(index=[*KEYS, "seed"], columns="policy", values=measure)
    rows = []
    for place, group in wide.groupby(level=KEYS):
        unit = 1.0 if measure == "accepted" else group["static"].mean()
        for policy in (name for name in POLICIES if name in wide):
            said = _paired(100 * (group[policy] - group["static"]) / unit)
            rows.append({**dict(zip(KEYS, place, strict=True)), "policy": policy, **said})
    return pd.DataFrame(rows)


def _paired(difference: "pd.Series[float]") -> dict[str, float]:
    """The mean over seeds of a difference of two policies, with its interval."""
    half, mean = half_width(list(difference)) or 0.0, difference.mean()
    return {"mean": mean, "low": mean - half, "high": mean + half}


def _signed(row: Mapping[str, float]) -> str:
    mean = round(row["mean"], 1) or 0.0  # no minus before a nought
    return f"{mean:+.1f} ± {(row['high'] - row['low']) / 2:.1f}"


def _named(place: Sequence[float]) -> str:
    amplitude, period, delay = place
    return f"{amplitude:g}, {period:.0f} s, {delay:.0f} s"


def _gain_table(found: pd.DataFrame, measure: str) -> str:
    """A row for each place: what static shares have, and what the others have more."""
    level = found[found["policy"] == "static"].groupby(KEYS)[measure].mean()
    gains = _gains(found, measure)
    others = [name for name in gains["policy"].unique() if name != "static"]
    rows = []
    for place, group in gains.groupby(KEYS):
        named = group.set_index("policy")
        mean = level.loc[place]
        shown = f"{100 * mean:.1f} %" if measure == "accepted" else f"{mean / 1e6:.2f} million"
        rows.append([_named(place), shown, *(_signed(named.loc[name]) for name in others)])
    return markdown([PLACE, "static", *others], rows)


def _closed_table(found: pd.DataFrame) -> str:
    """Of the gap to the oracle that knows the mean; intervals by drawing seeds anew."""
    wide = found.pivot(index=[*KEYS, "seed"], columns="policy", values="accepted")
    others = [name for name in POLICIES if name in wide and name not in ("static", "oracle mean")]
    rng = np.random.default_rng(0)
    rows = []
    for place, group in wide.groupby(level=KEYS):
        gap = group["oracle mean"] - group["static"]
        if gap.mean() < 0.01:
            continue  # Of a gap of less than a point, shares mean nothing.
        drawn = rng.integers(len(group), size=(10_000, len(group)))
        cells = []
        for policy in others:
            part = (group[policy] - group["static"]).to_numpy()
            spread = part[drawn].mean(axis=1) / gap.to_numpy()[drawn].mean(axis=1)
            low, high = np.quantile(spread, [0.025, 0.975])
            cells.append(f"{part.mean() / gap.mean():.0%} ({low:.0%} to {high:.0%})")
        rows.append([_named(place), *cells])
    return markdown([PLACE, *others], rows)


def _twin_table(found: pd.DataFrame) -> str:
    wide = found.pivot(index=[*KEYS, "seed"], columns="policy", values="accepted")
    gain = 100 * (wide["QRNN"] - wide["tanh twin"])
    rows = [(_named(place), _signed(_paired(group))) for place, group in gain.groupby(level=KEYS)]
    return markdown([PLACE, "QRNN less tanh twin"], rows)


def _skill_table(found: pd.DataFrame) -> str:
    judged = found[found["policy"].isin(FORECASTERS)]
    means = judged.groupby([*KEYS, "policy"])[["skill", "fallback"]].mean()
    names = [name for name in FORECASTERS if name in set(judged["policy"])]
    rows = []
    for place, group in means.groupby(level=KEYS):
        cells = group.droplevel(KEYS)
        rows.append(
            [
                _named(place),
                *(f"{cells['skill'][name]:.2f} ({cells['fallback'][name]:.0%})" for name in names),
            ]
        )
    return markdown([PLACE, *names], rows)


def _draw(path: Path, gains: pd.DataFrame, seeds: int) -> None:
    cells = [tuple(place) for place in gains[["amplitude", "period"]].drop_duplicates().to_numpy()]
    note = (
        f"{seeds} seeds, 1800 s after 1800 s of training, {BUDGET} active memories, examples/studies/"
        "anticipated_load.yaml. Marks: means over seeds of the difference to the best static shares, which "
        "were offered the same requests, with 95 % intervals (Student)."
    )
    shape = (len(cells) + 1) // 2, min(2, len(cells))
    shown = [name for name in gains["policy"].unique() if name not in ("even", "static")]
    with panels(
        path, "What it is worth to move memories before the load", note, shape, 3.4 * shape[0]
    ) as axes:
        for ax, (amplitude, period) in zip(axes, cells, strict=False):
            here = gains[(gains["amplitude"] == amplitude) & (gains["period"] == period)]
            delays = sorted(here["delay"].unique())
            for number, policy in enumerate(shown):
                rows = here[here["policy"] == policy].sort_values("delay")
                places = [place + 0.09 * (number - len(shown) / 2) for place in range(len(delays))]
                with_intervals(ax, places, rows, number, label=policy, linestyle="none")
            ax.axhline(0, color="0.5", linewidth=0.8)
            ax.set_xticks(range(len(delays)), [f"{delay:.0f} s" for delay in delays])
            ax.set(
                xlabel="time from a decision until it takes effect",
                ylabel="accepted, points more than static",
                xlim=(-0.6, len(delays) - 0.4),
                title=f"amplitude {amplitude:g}"
                + (f", period {period:.0f} s" if amplitude else ": stationary"),
            )
        spare = axes[len(cells) :]
        for ax in spare:
            ax.set_axis_off()
        # A panel without marks is the place where names cover none.
        named = axes[0].get_legend_handles_labels()
        (spare or axes)[-1].legend(*named, loc="upper left", ncols=2)


if __name__ == "__main__":
    sys.exit(main(run, __doc__, parts=tuple(PARTS)))

"""Formalisms: the metropolitan network with a number for each pair, and with a quantum state for each pair.

The published runs keep one number a pair: a swap makes f1 f2 0.99 of two. Here the same requests are served
with Bell-diagonal states too, once with perfect gates and once with gates that lose as much fidelity as the
0.99 does.
"""

import sys
from pathlib import Path

import pandas as pd
from _figure import panels, with_intervals
from _script import EXAMPLES, Study, interval, main, markdown

import qsim
from qsim.results.intervals import student
from qsim.sweeps import SweepResult

FORMALISM, GATES = "run.formalism", "defaults.processor.swap_gate_error"
SCALAR, STATE, NOISY = "one number a pair", "state, perfect gates", "state, gate error 1.25 %"
#: A gate error p leaves 1 - 12 p / 15 of a perfect pair: 0.99 for p = 0.0125.
VARIANTS = {
    SCALAR: {FORMALISM: "scalar-fidelity", GATES: 0.0},
    STATE: {FORMALISM: "bell-diagonal", GATES: 0.0},
    NOISY: {FORMALISM: "bell-diagonal", GATES: 0.0125},
}
HOPS = (1, 2, 3)
#: Simulated time and seeds.
FULL, QUICK = ("400 s", 5), ("30 s", 2)


def run(out: Path, workers: int, quick: bool) -> Study:
    """Run the study."""
    duration, replicates = QUICK if quick else FULL
    sweep = qsim.sweep(
        EXAMPLES / "metro_even.yaml",
        list=[{"label": label, **values} for label, values in VARIANTS.items()],
        replicates=replicates,
        duration=duration,
        out=out / "runs",
        workers=workers,
    )
    by_run = {column: _by_run(sweep, column) for column in ("throughput_hz", "fidelity_mean", "empty")}
    rates, fidelities, empty = (_over_seeds(values) for values in by_run.values())
    gains = _gains(by_run["throughput_hz"])
    figure = out / "study-formalisms.png"
    note = (
        f"{replicates} seeds, {duration} simulated, examples/metro_even.yaml: the same requests for all "
        "three. Means over the completed flows with 95 % intervals (Student). One number a pair: a swap of "
        "f1 and f2 gives 0.99 f1 f2. A Bell-diagonal state keeps more, f1 f2 + (1 - f1)(1 - f2) / 3, "
        "unless gates take it: an error of 1.25 % leaves 0.99 of a perfect pair. On one link there is no "
        "swap, and nothing changes."
    )
    with panels(figure, "When the fidelity is that of a quantum state", note, (1, 3), 4.5) as (a, b, c):
        for number, label in enumerate(VARIANTS):
            places = [hops + 0.1 * (number - 1) for hops in HOPS]
            for ax, rows, scale in ((a, fidelities, 1), (b, gains, 1), (c, empty, 100)):
                with_intervals(ax, places, scale * rows.loc[label], number, label=label, linestyle="none")
        for ax in (a, b, c):
            ax.set(xlabel="links on the path", xticks=HOPS)
        a.set(ylabel="mean fidelity of the pairs of a flow", title="a  Fidelity")
        b.set(ylabel="more pairs than with one number a pair (%)", title="b  Throughput, run by run")
        c.set(ylabel="flows without a pair (%)", ylim=(0, None), title="c  Flows that get nothing")
        a.legend(loc="lower left")
    tables = {
        "Fidelity of the pairs of a flow, by links on the path": _table(fidelities),
        "Pairs per second of a flow, by links on the path": _table(rates),
        "More pairs than with one number a pair, run by run, %": _table(gains),
        "Flows without a pair, %, by links on the path": _table(100 * empty),
        "Run by run, less one number a pair": _differences(sweep),
    }
    return Study(tables, (sweep,), figure, _faults(sweep))


def _by_run(sweep: SweepResult, column: str) -> pd.Series:
    """Mean of a column of the completed flows, by variant, number of links and replicate.

    Four links, of which a run has a few flows, are left out.
    """
    flows = sweep.frame("flows")
    flows["empty"] = (flows["pairs"] == 0).astype(float)
    flows["hops"] = flows["path"].map(len) - 1
    kept = flows[flows["hops"].isin(HOPS)]
    return kept.groupby(["label", "hops", "replicate"])[column].mean().dropna()


def _over_seeds(by_run: pd.Series) -> pd.DataFrame:
    """Mean and interval over the replicates; nothing where there was no such flow."""
    estimates = {key: student(list(group)) for key, group in by_run.groupby(level=["label", "hops"])}
    rows = [{"mean": one.mean, "low": one.low, "high": one.high} for one in estimates.values()]
    found = pd.DataFrame(rows, index=pd.MultiIndex.from_tuples(estimates, names=["label", "hops"]))
    return found.reindex(pd.MultiIndex.from_product([VARIANTS, HOPS], names=["label", "hops"]))


def _gains(rates: pd.Series) -> pd.DataFrame:
    """Throughput over that of one number a pair, less 1, in per cent; run by run."""
    ratios = {label: rates[label] / rates[SCALAR] for label in VARIANTS}
    return _over_seeds(100 * (pd.concat(ratios, names=["label"]).dropna() - 1))


def _table(rows: pd.DataFrame) -> str:
    lines = [[label, *(interval(row) for _, row in rows.loc[label].iterrows())] for label in VARIANTS]
    return markdown(("", "1 link", "2 links", "3 links"), lines)


def _differences(sweep: SweepResult) -> str:
    names = {
        "completed": "completed requests",
        "completed_throughput_hz": "pairs of completed flows a second",
        "fidelity_mean": "mean fidelity of all pairs",
    }
    lines = []
    for label in (STATE, NOISY):
        for row in sweep.difference({"label": (SCALAR, label)}, list(names)).to_dict("records"):
            half, digits = (row["high"] - row["low"]) / 2, 6 if row["metric"] == "fidelity_mean" else 2
            lines.append(
                [
                    f"{label}: {names[row['metric']]}",
                    f"{row['first']:.{digits}f}",
                    f"{row['second']:.{digits}f}",
                    f"{row['difference']:+.{digits}f} ± {half:.{digits}f}",
                    "" if pd.isna(row["p_value"]) else f"{row['p_value']:.2g}",
                ]
            )
    return markdown(("", SCALAR, "with states", "difference", "p (paired t)"), lines)


def _faults(sweep: SweepResult) -> tuple[str, ...]:
    """Requests are granted without a look at states: every seed must have completed the same ones."""
    runs = sweep.frame("runs").pivot(index="replicate", columns="label", values="completed")
    if (runs.nunique(axis="columns") == 1).all():
        return ()
    return (f"the variants completed different requests: {runs.to_dict()}",)


if __name__ == "__main__":
    sys.exit(main(run, __doc__))

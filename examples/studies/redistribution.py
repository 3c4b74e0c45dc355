"""Memory redistribution: the same 450 memories of a metropolitan network, shared out evenly or by load.

The third use case of Wu et al., arXiv 2009.12000 (figures 10 and 11), and two cautions about it: how much
of the gain comes from the draw of request sizes, and how sure the gain in throughput is.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

from _figure import panels, with_intervals
from _script import EXAMPLES, Study, interval, main, markdown
from matplotlib.axes import Axes

import qsim
from qsim.sweeps import SweepResult

METRO = EXAMPLES / "metro_even.yaml"
WEIGHTED = {
    "NU": 25,
    "StarLight": 91,
    "UChicago_PME": 67,
    "UChicago_HC": 24,
    "Fermilab_1": 67,
    "Fermilab_2": 24,
    "Argonne_1": 103,
    "Argonne_2": 25,
    "Argonne_3": 24,
}
ALLOCATIONS = {"even": dict.fromkeys(WEIGHTED, 50), "weighted": WEIGHTED}
#: Upper bounds of the number of memories asked for, which are not drawn themselves.
SIZES = {
    "10 to 24 at every node": [25],
    "10 to 11 at every node": [12],
    "10 to half of a node's weighted share": [count // 2 for count in WEIGHTED.values()],
}
OWN = {"even": "10 to 24 at every node", "weighted": "10 to half of a node's weighted share"}

# The published runs, from the authors' data:
# github.com/sequence-toolbox/Chicago-metropolitan-quantum-network
PUBLISHED_SEEDS = {"even": (220, 233, 235, 217, 220), "weighted": (394, 386, 396, 393, 384)}
PUBLISHED_CAPACITY = {"even": 227.1, "weighted": 384.0}
PUBLISHED_THROUGHPUT = {"even": 857.16, "weighted": 915.18}
#: Mean reserved share of the memories of two nodes, seed 0.
PUBLISHED_USE = {
    ("even", "Argonne_3"): 0.1550,
    ("even", "StarLight"): 0.7096,
    ("weighted", "Argonne_3"): 0.6185,
    ("weighted", "StarLight"): 0.6160,
}
#: Means of ten seeds that an independent program of the requests alone gives for the other draws.
INDEPENDENT = {
    ("10 to 24 at every node", "weighted"): 334.6,
    ("10 to 11 at every node", "even"): 297.1,
    ("10 to 11 at every node", "weighted"): 443.3,
    ("10 to half of a node's weighted share", "even"): 244.8,
}
#: Simulated time and seeds.
FULL, QUICK = ("1000 s", 10), ("40 s", 2)


def run(out: Path, workers: int, quick: bool) -> Study:
    """Run the study."""
    duration, replicates = QUICK if quick else FULL
    network = qsim.sweep(
        METRO,
        duration=duration,
        list=_points(),
        replicates=replicates,
        out=out / "allocations",
        workers=workers,
    )
    requests = grant_requests(out / "sizes", workers, replicates)
    figure = out / "study-redistribution.png"
    completed = by_size(requests)
    _draw(figure, network, requests, duration, replicates)
    tables = {
        "Capacity and throughput": _against_published(network),
        "Completed requests, by seed": _by_seed(network),
        "Memories reserved": _use(network),
        "Completed requests under other draws of the request size": _sizes_table(completed),
    }
    faults = [*faults_of_requests(completed), *([] if quick else _faults_of_network(network, completed))]
    return Study(tables, (network, requests), figure, tuple(faults))


def grant_requests(out: Path | None, workers: int, replicates: int) -> SweepResult:
    """Both allocations under all draws of the request size, in the dark.

    Requests are granted whether or not there is light: they are the same, in a second a run.
    """
    return qsim.sweep(
        METRO,
        {"traffic[0].memories_max": list(SIZES.values())},
        list=_points(),
        overrides=["defaults.detector.efficiency=0"],
        replicates=replicates,
        out=out,
        workers=workers,
    )


def _points() -> list[dict[str, object]]:
    return [
        {"label": label, **{f"nodes.{node}.memory.count": count for node, count in counts.items()}}
        for label, counts in ALLOCATIONS.items()
    ]


def by_size(requests: SweepResult) -> dict[tuple[str, str], list[int]]:
    """Completed requests of every seed, by draw and allocation."""
    runs = requests.frame("runs").sort_values("replicate")
    found = runs.groupby(["traffic[0].memories_max", "label"])["completed"]
    return {(_named(draw), str(label)): list(group) for (draw, label), group in found}


def _named(uppers: str) -> str:
    """The name of a draw of sizes, from its upper bounds as they stand in a table."""
    return next(name for name, each in SIZES.items() if each == json.loads(uppers))


def faults_of_requests(completed: Mapping[tuple[str, str], list[int]]) -> list[str]:
    """What differs from the published runs, seed for seed, and from the independent program."""
    faults = []
    for label, published in PUBLISHED_SEEDS.items():
        ours = completed[OWN[label], label][: len(published)]
        if ours != list(published[: len(ours)]):
            faults.append(f"{label}: {ours} requests completed, published {published}")
    for key, mean in {
        **{(OWN[label], label): mean for label, mean in PUBLISHED_CAPACITY.items()},
        **INDEPENDENT,
    }.items():
        ours = completed[key]
        if len(ours) == 10 and sum(ours) / 10 != mean:
            faults.append(f"{key[1]}, {key[0]}: {sum(ours) / 10} requests completed, expected {mean}")
    return faults


def _faults_of_network(network: SweepResult, completed: Mapping[tuple[str, str], list[int]]) -> list[str]:
    """What differs between runs with light and in the dark, or from the published use of memories."""
    faults = []
    runs = network.frame("runs").sort_values("replicate")
    for label, draw in OWN.items():
        ours = list(runs.loc[runs["label"] == label, "completed"])
        if ours != completed[draw, label]:
            faults.append(
                f"{label}: {ours} requests completed with light, {completed[draw, label]} in the dark"
            )
    use = network.frame("memories").query("replicate == 0").set_index(["label", "node"])["utilisation"]
    for (label, node), published in PUBLISHED_USE.items():
        if abs(use[label, node] - published) > 5.1e-5:
            faults.append(
                f"{label}, {node}: {use[label, node]:.4f} of its memories reserved, published {published}"
            )
    return faults


def _against_published(network: SweepResult) -> str:
    rows = []
    for metric, name, published in (
        ("completed", "completed requests", PUBLISHED_CAPACITY),
        ("completed_throughput_hz", "pairs of completed flows a second", PUBLISHED_THROUGHPUT),
    ):
        means = network.summary("label", metric).set_index("label")
        (change,) = network.difference({"label": ("even", "weighted")}, metric).to_dict("records")
        half = (change["high"] - change["low"]) / 2
        gain = published["weighted"] / published["even"] - 1
        rows.append(
            [
                name,
                interval(means.loc["even"]),
                interval(means.loc["weighted"]),
                f"{change['difference']:+.1f} ± {half:.1f}",
                f"{change['relative']:+.2%}",
                f"{change['p_value']:.2g}",
                f"{published['even']} and {published['weighted']} ({gain:+.2%})",
            ]
        )
    header = ("", "even", "weighted", "weighted less even", "change", "p (paired t)", "published")
    return markdown(header, rows)


def _by_seed(network: SweepResult) -> str:
    runs = network.frame("runs").pivot(index="label", columns="seed", values="completed")
    rows = [
        [label, *runs.loc[label], ", ".join(map(str, published))]
        for label, published in PUBLISHED_SEEDS.items()
    ]
    return markdown(["seed", *runs.columns, "published, 0 to 4"], rows)


def _use(network: SweepResult) -> str:
    means = network.summary(["node", "label"], "utilisation", table="memories").set_index(["node", "label"])
    rows = []
    for node in WEIGHTED:
        cells: list[object] = []
        for label, counts in ALLOCATIONS.items():
            percent = 100 * means.loc[(node, label), ["mean", "low", "high"]]
            cells += [counts[node], interval(percent)]
        rows.append([node, *cells])
    return markdown(("node", "even: memories", "reserved, %", "weighted: memories", "reserved, %"), rows)


def _sizes_table(completed: Mapping[tuple[str, str], list[int]]) -> str:
    rows = []
    for draw in SIZES:
        even, weighted = (sum(completed[draw, label]) / len(completed[draw, label]) for label in ALLOCATIONS)
        rows.append([draw, f"{even:.1f}", f"{weighted:.1f}", f"{weighted / even - 1:+.1%}"])
    return markdown(("size of a request", "even", "weighted", "change"), rows)


def _draw(path: Path, network: SweepResult, requests: SweepResult, duration: str, replicates: int) -> None:
    note = (
        f"{replicates} seeds, {duration} simulated, examples/metro_even.yaml. Marks: means with 95 % "
        "intervals (Student); thin lines join runs of one seed; crosses: published (Wu et al., arXiv "
        "2009.12000, means of ten runs). As published, a node asks for 10 memories up to half of its own, "
        "so small nodes of the weighted network ask for less; in the other columns of d both networks draw "
        "alike."
    )
    with panels(path, "Memory redistribution in the metropolitan network", note, (2, 2), 8.2) as (a, b, c, d):
        _paired(a, network, "completed", PUBLISHED_CAPACITY)
        a.set(ylabel="requests completed", title=f"a  Capacity: {_change(network, 'completed')}")
        _paired(b, network, "completed_throughput_hz", PUBLISHED_THROUGHPUT)
        change = _change(network, "completed_throughput_hz")
        b.set(ylabel="pairs per second", title=f"b  Throughput: {change}")
        use = network.summary(["label", "node"], "utilisation", table="memories")
        for number, label in enumerate(ALLOCATIONS):
            rows = use[use["label"] == label].set_index("node").loc[list(WEIGHTED)]
            places = [place + 0.22 * (number - 0.5) for place in range(len(WEIGHTED))]
            with_intervals(
                c, places, 100 * rows[["mean", "low", "high"]], number, linestyle="none", label=label
            )
        c.set_xticks(
            range(len(WEIGHTED)),
            [f"{node.replace('_', ' ')} ({count})" for node, count in WEIGHTED.items()],
            rotation=35,
            ha="right",
            rotation_mode="anchor",
        )
        c.set(
            ylabel="memories reserved (%)",
            ylim=(0, 100),
            title="c  Use of memories (number when weighted; even: 50)",
        )
        c.legend(loc="upper right", ncols=2)
        _draws(d, requests)


def _change(network: SweepResult, metric: str) -> str:
    (row,) = network.difference({"label": ("even", "weighted")}, metric).to_dict("records")
    verdict = "" if row["p_value"] < 0.05 else ", not significant"
    return f"{row['relative']:+.1%}{verdict} (paired t, p = {row['p_value']:.2g})"


def _paired(ax: Axes, network: SweepResult, metric: str, published: Mapping[str, float]) -> None:
    for _, seed in network.frame("runs").groupby("replicate"):
        ax.plot([0, 1], seed.set_index("label").loc[list(ALLOCATIONS), metric], color="0.75", linewidth=0.8)
    means = network.summary("label", metric).set_index("label")
    for number, label in enumerate(ALLOCATIONS):
        with_intervals(ax, [number - 0.06], means.loc[[label]], number, markersize=8, elinewidth=2, zorder=3)
        ax.annotate(
            f"{means.loc[label, 'mean']:.1f}",
            (number - 0.06, means.loc[label, "mean"]),
            xytext=(-14, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
        )
    ax.plot([0.06, 1.06], [published[label] for label in ALLOCATIONS], "x", color="black", label="published")
    ax.set_xticks([0, 1], ["even\n50 memories at every node", "weighted\n24 to 103 memories"])
    ax.set(xlim=(-0.5, 1.5), ylim=(0, None))
    ax.legend(loc="lower right")


def _draws(ax: Axes, requests: SweepResult) -> None:
    means = requests.summary(["label", "traffic[0].memories_max"], "completed")
    means["draw"] = [_named(draw) for draw in means["traffic[0].memories_max"]]
    means = means.set_index(["draw", "label"])
    pairs = {"as published": OWN} | {draw: dict.fromkeys(ALLOCATIONS, draw) for draw in SIZES}
    for number, label in enumerate(ALLOCATIONS):
        rows = means.loc[[(draws[label], label) for draws in pairs.values()]]
        places = [place + 0.24 * (number - 0.5) for place in range(len(pairs))]
        with_intervals(ax, places, rows, number, linestyle="none", label=label)
    for place, draws in enumerate(pairs.values()):
        even, weighted = (means.loc[(draws[label], label), "mean"] for label in ALLOCATIONS)
        top = (place, max(even, weighted))
        ax.annotate(f"{weighted / even - 1:+.1%}", top, (0, 9), textcoords="offset points", ha="center")
    ax.set_xticks(range(len(pairs)), [fill(name, 16) for name in pairs])
    ax.set(ylabel="requests completed", ylim=(0, 540), title="d  Capacity when both networks draw alike")
    ax.legend(loc="lower right", ncols=2)


if __name__ == "__main__":
    sys.exit(main(run, __doc__))

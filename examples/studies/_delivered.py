"""How many pairs granted requests bring: what every route gives with light, times what was granted without.

A granted request has its memories to itself, and each of them gives as much whatever their number. So each
route is run once with light, by itself, and no policy needs light of its own.
"""

from itertools import permutations
from pathlib import Path

import pandas as pd

import qsim
from qsim.sweeps import SweepResult

MEMORIES = 8
WINDOW, GAP = 10, 1
#: Ends of a route.
ENDS = ["initiator", "responder"]


def lit(scenario: Path, classical: Path, out: Path, workers: int, seeds: int) -> SweepResult:
    """Run one request on each route, one after the other, with light.

    Args:
        scenario: file of the network.
        classical: file of a network whose classical delays are taken. Requests are granted alike with others,
            but every attempt waits for messages.
        out: folder of the runs.
        workers: processes.
        seeds: number of them.
    """
    routes = list(permutations(qsim.load(scenario).document["nodes"], 2))
    window = {"kind": "request", "memories": MEMORIES, "duration": WINDOW}
    requests = [
        {**window, **dict(zip(ENDS, route, strict=True)), "start": number * (WINDOW + GAP) + GAP}
        for number, route in enumerate(routes)
    ]
    delays = qsim.load(classical).document["classical"]
    return qsim.sweep(
        scenario,
        list=[{"label": "light", "traffic": requests, "classical": delays}],
        overrides=["run.seed=0"],
        duration=f"{len(routes) * (WINDOW + GAP) + GAP} s",
        replicates=seeds,
        out=out,
        workers=workers,
    )


def rates(done: SweepResult) -> pd.Series:
    """Pairs that a memory brings in a second, by the ends of the route."""
    flows = done.frame("flows")
    seconds = flows["memories"] * (flows["end_s"] - flows["start_s"])
    sums = flows.assign(seconds=seconds).groupby(ENDS)[["pairs", "seconds"]].sum()
    return sums["pairs"] / sums["seconds"]


def delivered(flows: pd.DataFrame, rate: pd.Series, since: float) -> pd.DataFrame:
    """Expected pairs of granted requests, by label: all, and those over two links or more.

    Args:
        flows: of a sweep.
        rate: of every route.
        since: windows that open earlier are not counted, s.
    """
    counted = flows[flows["start_s"] >= since]
    pairs = counted["memories"] * (counted["end_s"] - counted["start_s"])
    pairs = pairs * rate.reindex(pd.MultiIndex.from_frame(counted[ENDS])).to_numpy()
    far = pairs.where(counted["path"].map(len) > 2, 0.0)
    return pd.DataFrame({"pairs": pairs, "far": far}).groupby(counted["label"]).sum()

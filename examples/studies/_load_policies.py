"""What memories can follow in the study of anticipated load, and how what they may know is made."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

BUDGET = 450
#: Seconds from which policies learn; what comes later is counted.
TRAINING = 1800
#: Seconds over which loads are averaged.
EPOCH = 10
#: Powers of the mean load that a static allocation may be in proportion to.
POWERS = (1.0, 0.75, 0.5)
#: Weights of the last epoch that a reactive allocation may have.
SHARES = (0.5, 0.2, 0.05)
#: The forecasters; settings that had the best skill, of two to four tried for each, on one trial series of a
#: like demand for each period and amplitude.
FORECASTERS: Mapping[str, Mapping[str, Any]] = {
    "linear": {"kind": "linear", "lags": 24},
    "harmonic": {"kind": "harmonic"},
    "ESN": {"kind": "esn", "units": 50, "leak": 0.5, "washout": 20},
    "tanh twin": {"kind": "tanh", "delay": 30, "washout": 20},
    "QRNN": {"kind": "qrnn", "delay": 30, "washout": 20},
}
#: In the order in which they are shown.
POLICIES = ("even", "static", "reactive", *FORECASTERS, "oracle mean", "clairvoyant")

#: Loads by node, one value for each epoch.
Loads = Mapping[str, Sequence[float]]


class Cell(NamedTuple):
    """How the demand varies: period in seconds, and amplitude."""

    period: int
    amplitude: float


def static(mean: Mapping[str, float], power: float) -> dict[str, Any]:
    """Memories in proportion to a power of the mean load."""
    return {"kind": "static", "budget": BUDGET, "weights": dict(mean), "exponent": power}


def moving(best: Mapping[str, Any], delay: int) -> dict[str, Any]:
    """What all that moves has from the best static allocation: where it begins, and the power."""
    return {key: best[key] for key in ("budget", "weights", "exponent")} | {"delay": delay}


def reactive(moving: Mapping[str, Any], share: float) -> dict[str, Any]:
    """Memories in proportion to what was measured."""
    return {"kind": "reactive", "share": share, **moving}


def forecast(moving: Mapping[str, Any], name: str, training: int = TRAINING) -> dict[str, Any]:
    """Memories in proportion to what a forecaster expects after so many seconds of training."""
    return {"kind": "forecast", "forecaster": dict(FORECASTERS[name]), "training": training, **moving}


def oracle(moving: Mapping[str, Any], loads: Loads) -> dict[str, Any]:
    """Memories in proportion to loads that are known beforehand."""
    return {"kind": "oracle", "loads": {node: list(values) for node, values in loads.items()}, **moving}


def offered(frame: pd.DataFrame) -> dict[str, list[float]]:
    """The offered load of every node and epoch, the mean over the runs of a table ``allocation``."""
    means = frame.groupby(["node", "start_s"], sort=False)["offered"].mean()
    return {str(node): [float(load) for load in means[node]] for node in means.index.unique("node")}


def expected(loads: Loads, cell: Cell) -> dict[str, list[float]]:
    """The load that is to be expected in each epoch: the mean over rounds, or over all where none differs.

    The first round is left out, in which windows have to open first.
    """
    epochs = cell.period // EPOCH
    found = {}
    for node, values in loads.items():
        rounds = [values[start : start + epochs] for start in range(epochs, len(values), epochs)]
        usual = [sum(each) / len(rounds) for each in zip(*rounds, strict=True)]
        if not cell.amplitude:
            usual = [sum(usual) / epochs] * epochs
        found[node] = usual * (len(values) // epochs)
    return found


def mean_of(loads: Loads) -> dict[str, float]:
    """The mean load of every node."""
    return {node: sum(values) / len(values) for node, values in loads.items()}


def accepted(metrics: pd.DataFrame) -> "pd.Series[float]":
    """The share of decided requests that was accepted, of all districts, by label."""
    counts = metrics.pivot_table(index="label", columns="metric", values="n", aggfunc="sum")
    share: pd.Series[float] = counts["accepted"] / (counts["offered"] - counts["undecided"])
    return share

"""A reference run of the same protocol, and how far another run lies from it.

The tables of arXiv:2211.02612 could not be obtained. The figures here come from an independent run of its
protocol with other code: means of the test mean squared error over 5 seeds for reservoirs and 2 for trained
models, in shuffled batches of 10, scaled as in the authors' code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from qml.comparison.score_table import Score

if TYPE_CHECKING:
    import pandas as pd

#: Epochs at which the losses of the reference run are known.
EPOCHS = (1, 15, 30, 100)
RIDGE = "ridge"
_SEEDS, _TRAINED_SEEDS = 5, 2

#: By task and model: the loss after each of `EPOCHS`, and with ridge on the same features.
REFERENCE: dict[tuple[str, str], tuple[float | None, ...]] = {
    ("damped-shm", "QRNN reservoir"): (0.0297, 0.0055, 0.0055, 0.0054, 3.3e-4),
    ("damped-shm", "QLSTM reservoir"): (0.0283, 0.0152, 0.0181, 0.0164, 1.5e-2),
    ("damped-shm", "QGRU reservoir"): (0.0159, 0.0150, 0.0140, 0.0138, 1.1e-2),
    ("damped-shm", "RNN reservoir"): (0.0362, 0.0022, 0.0010, 0.0006, 5e-5),
    ("damped-shm", "LSTM reservoir"): (0.0388, 0.0177, 0.0120, 0.0081, 8e-4),
    ("damped-shm", "GRU reservoir"): (0.0405, 0.0115, 0.0104, 0.0087, 3e-4),
    ("damped-shm", "QRNN trained"): (0.0130, 0.0032, 6.4e-4, 2.0e-4),
    ("damped-shm", "QLSTM trained"): (0.0133, 0.0088, 7.7e-3, 2.1e-3),
    ("damped-shm", "QGRU trained"): (0.0087, 0.0025, 6.6e-4, 1.6e-4),
    ("damped-shm", "linear taps"): (None, None, None, None, 9.5e-8),
    ("damped-shm", "persistence"): (3.2e-3,),
    ("bessel-j2", "QRNN reservoir"): (0.0314, 0.0040, 0.0041, 0.0035, 2.4e-4),
    ("bessel-j2", "RNN reservoir"): (0.0213, 0.0023, 0.0012, 0.0007, 2.5e-5),
    ("bessel-j2", "linear taps"): (None, None, None, None, 1.2e-8),
    ("bessel-j2", "persistence"): (3.6e-3,),
    ("delayed-quantum-control", "QRNN reservoir"): (0.0159, 0.0075, 0.0065, 0.0040, 7.4e-5),
    ("delayed-quantum-control", "RNN reservoir"): (0.0106, 1.9e-4, 1.0e-4, 1.7e-4, 2.7e-5),
    ("delayed-quantum-control", "linear taps"): (None, None, None, None, 2.9e-12),
    ("delayed-quantum-control", "persistence"): (1.0e-4,),
    ("narma-5", "QRNN reservoir"): (4.7e-4, 6.7e-5, 3.4e-5, 5.1e-5, 6.1e-6),
    ("narma-5", "RNN reservoir"): (1.3e-3, 2.0e-4, 2.2e-4, 1.0e-4, 3.2e-6),
    ("narma-5", "linear taps"): (None, None, None, None, 5.4e-6),
    ("narma-10", "QRNN reservoir"): (4.7e-4, 1.1e-4, 1.2e-4, 1.2e-4, 3.2e-5),
    ("narma-10", "RNN reservoir"): (1.5e-3, 2.0e-4, 1.9e-4, 1.6e-4, 2.3e-5),
    ("narma-10", "linear taps"): (None, None, None, None, 1.3e-5),
}
#: What marks a QRNN whose input is on the first wire, as it was in the reference run.
INPUT_FIRST = " [x, h]"
#: The QRNN reservoir on the damped oscillation with angles drawn from U(0, 2 pi).
UNIFORM = (0.0423, 0.0270, 0.0248, 0.0278, 1.7e-3)


@dataclass(frozen=True)
class Compared:
    """A score beside that of the reference run.

    Attributes:
        score: ours.
        reference: the mean of the reference run.
    """

    score: Score
    reference: float

    @property
    def ratio(self) -> float:
        """Ours over the reference."""
        return self.score.mean / self.reference

    @property
    def distance(self) -> float | None:
        """The difference of the means in units of their combined scatter; None for a model without chance.

        Only the means of the reference run are known: its scatter between seeds is taken to be ours.
        """
        values = self.score.values
        if len(values) < 2:
            return None
        others = _TRAINED_SEEDS if self.score.model.endswith("trained") else _SEEDS
        scatter = float(np.std(values, ddof=1)) * sqrt(1 / len(values) + 1 / others)
        return (self.score.mean - self.reference) / scatter


def metric(epoch: int) -> str:
    """What the test loss after an epoch is called in tables."""
    return f"mse @ {epoch}"


def compare(scores: Iterable[Score], init: str) -> list[Compared]:
    """All scores that the reference run has, in order.

    Args:
        scores: of the table.
        init: how the circuits' angles were drawn, ``normal`` or ``uniform``.
    """
    columns = (*(metric(epoch) for epoch in EPOCHS), RIDGE)
    found = []
    for score in scores:
        known = dict(zip(columns, _known(score, init), strict=False))
        reference = known.get(score.metric)
        if reference is not None:
            found.append(Compared(score, reference))
    return found


def _known(score: Score, init: str) -> tuple[float | None, ...]:
    key = (score.task, score.model.removesuffix(INPUT_FIRST))
    if init == "normal" or not score.model.startswith("Q"):
        return REFERENCE.get(key, ())
    return UNIFORM if key == ("damped-shm", "QRNN reservoir") else ()


def comparison_frame(compared: list[Compared]) -> pd.DataFrame:
    """One line for each compared score: task, model, metric, ours, n, reference, ratio, distance."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "task": one.score.task,
                "model": one.score.model,
                "metric": one.score.metric,
                "ours": one.score.mean,
                "n": len(one.score.values),
                "reference": one.reference,
                "ratio": one.ratio,
                "distance": one.distance,
            }
            for one in compared
        ]
    )


def comparison_text(compared: list[Compared]) -> str:
    """A table for people: ours, the reference run, their ratio and distance."""
    head = ("task", "model", "metric", "ours", "n", "reference run", "ratio", "distance")
    rows = [
        (
            one.score.task,
            one.score.model,
            one.score.metric,
            f"{one.score.mean:.3g}",
            str(len(one.score.values)),
            f"{one.reference:.3g}",
            f"{one.ratio:.2f}",
            "" if one.distance is None else f"{one.distance:+.1f}",
        )
        for one in compared
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in (head, tuple("-" * width for width in widths), *rows)]  # fmt: skip
    return "\n".join(
        [
            "Against a reference run of the same protocol (the paper's own tables could not be obtained)",
            "",
            *lines,
            "",
            "distance: difference of the means in units of their combined scatter, taking the reference run",
            f"({_SEEDS} seeds, {_TRAINED_SEEDS} for trained models) to scatter between seeds as ours does.",
        ]
    )

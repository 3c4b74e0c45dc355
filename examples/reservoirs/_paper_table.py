"""The table of experiment `paper`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from _paper_models import MODELS, PaperSettings, Part
from _paper_reference import EPOCHS, RIDGE, metric

from qml.comparison.score_table import Score, ScoreTable

Parts = Mapping[tuple[str, str], Part]


def paper_table(parts: Parts, tasks: Sequence[str], settings: PaperSettings) -> ScoreTable:
    """All models on the tasks: test losses after some epochs, and with ridge on the same features.

    Args:
        parts: by task and model, all of `MODELS` for each task.
        tasks: in the order of the table.
        settings: with which the parts were run.
    """
    table = ScoreTable("Nine recurrent models on the tasks of arXiv:2211.02612: test mean squared error")
    for task in tasks:
        for model in MODELS:
            table.add(_scores(parts[task, model], settings.epochs))
    table.notes.extend(_notes(parts, tasks, settings))
    return table


def _scores(part: Part, epochs: int) -> list[Score]:
    losses = part.test_loss or [part.closed * epochs]
    rows = {metric(mark): ([own[mark - 1] for own in losses], part.seconds) for mark in _marks(epochs)}
    if part.closed:
        rows[RIDGE] = part.closed, part.closed_seconds
    return [
        Score(part.task, part.model, name, tuple(values), part.features, part.trained, seconds)
        for name, (values, seconds) in rows.items()
    ]


def _marks(epochs: int) -> list[int]:
    return [epoch for epoch in EPOCHS if epoch < epochs] + [epochs]


def _notes(parts: Parts, tasks: Sequence[str], settings: PaperSettings) -> list[str]:
    compiling = sum(part.compile_seconds for part in parts.values())
    order = "shuffled" if settings.shuffle else "in order"
    best = Counter(min(MODELS, key=lambda model: _closed_mean(parts[task, model])) for task in tasks)
    winners = ", ".join(f"{model} on {count}" for model, count in best.most_common())
    return [
        "Mean over n seeds and half its 95 % interval. mse @ k: after k epochs of RMSprop in batches of "
        f"{settings.batch}, {order}; ridge: closed form on the same features.",
        f"Scaling '{settings.scaling}', circuits drawn '{settings.init}', engine '{settings.engine}'. "
        "[x, h]: the QRNN with the input on the first wire instead of the last.",
        "Linear taps, NVAR, ESN and tanh units see the same 4 inputs; ESN and tanh units (the QRNN's wiring) "
        "have as many features as the QRNN reservoir.",
        "Persistence is not trained: one figure throughout. On NARMA it repeats the previous target, which "
        "the other models do not see.",
        "CPU s: features and all epochs, one seed's share of seeds that run side by side, without "
        f"compilation ({compiling:.1f} s in all).",
        f"Best with ridge, of {len(tasks)} tasks: {winners}. A linear regression on the 4 inputs solves "
        "these tasks: they show that a model works, not that it is good.",
        "The form of QGRU is not verified against the paper, and the paper's own tables could not be "
        "obtained: comparison is with an independent run of its protocol.",
    ]


def _closed_mean(part: Part) -> float:
    return float(np.mean(part.closed)) if part.closed else np.inf

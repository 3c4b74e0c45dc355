"""Running a forecast study: scores on the last part of the series, and forecasts beyond its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from qml.comparison.candidate_models import SeasonalPersistence, baselines
from qml.comparison.checkpoint import Checkpoint
from qml.comparison.compare import CandidateModel, Progress, ReadoutModel, compare
from qml.comparison.score_table import ScoreTable
from qml.comparison.search import real_series
from qml.comparison.statistical_models import statistical_models
from qml.forecast.ahead import ModelForecast, Plan, forecasts
from qml.forecast.document import BacktestSpec, Study, lengths_of, origins_of
from qml.forecast.study_models import study_model
from qml.tasks import SeriesTask, forecast_pairs, standard_task
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]
#: Beginnings of the names of tasks whose target is not the input at a later step.
_DRIVEN = ("narma", "memory", "parity")
#: Scores of every study.
METRICS = ("nrmse", "mse", "r2")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a study gives.

    Attributes:
        table: scores of all models on the test part.
        forecasts: forecasts beyond the end by all models and baselines; empty if none were asked for.
    """

    table: ScoreTable
    forecasts: tuple[ModelForecast, ...]


def run_study(
    study: Study,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    plugins: Sequence[str] = (),
) -> Outcome:
    """Compare the study's models with the baselines, and forecast if that is asked for.

    Args:
        study: as read from its file.
        workers: processes; the figures have the same bits for any number of them.
        progress: told of each model and seed that is finished.
        checkpoint: where finished pieces are kept.
        plugins: modules and files that the processes must import first, see `qsim.plugins.load`.

    Raises:
        ParameterError: too few features for one of the models, or a device that is not there.
    """
    study.engine.check_device()
    spec = study.spec
    seeds = range(spec.seed, spec.seed + spec.seeds)
    described = [study_model(model, spec.features, study.engine) for model in spec.models]
    task_for_seed, repeated = _task(study)
    models = [_choosing(model, study) for model in described]
    usual = [_choosing(model, study) for model in baselines(spec.features, repeated)] + _of_series(study)
    yardsticks, left_out = _that_fit(usual, task_for_seed(spec.seed))
    table = ScoreTable(title=study.title, baselines=tuple(model.name for model in yardsticks))
    table.add(
        compare(
            task_for_seed,
            [*models, *yardsticks],
            seeds,
            METRICS,
            workers=workers,
            progress=progress,
            checkpoint=checkpoint,
            plugins=plugins,
        )
    )
    table.notes += [_about(task_for_seed(spec.seed)), *left_out, *study.remarks]
    return Outcome(
        table,
        tuple(
            forecasts(
                [*models, *yardsticks],
                series_task(study),
                _target_first(study),
                _plan(study),
                seeds,
                known=study.direct(len(_target_first(study)) + spec.ahead, 1),
                workers=workers,
                progress=progress,
                checkpoint=checkpoint,
                plugins=plugins,
            )
            if spec.ahead
            else ()
        ),
    )


def _choosing(model: CandidateModel, study: Study) -> CandidateModel:
    """The model with all that validation may choose on a series of the user's own."""
    if study.series is None or not isinstance(model, ReadoutModel) or not study.spec.transforms:
        return model
    return replace(model, choices=real_series(study.spec.features, study.chains))


def _of_series(study: Study) -> list[CandidateModel]:
    """Baselines for a series of the user's own."""
    data = study.spec.data
    if data is None:
        return []
    seasonal = [] if data.season is None else [SeasonalPersistence(data.season, data.horizon)]
    return [*seasonal, *statistical_models(study.chains, data.season)]


def _plan(study: Study) -> Plan:
    spec, task = study.spec, series_task(study)
    backtest = spec.backtest or BacktestSpec()
    assert study.series is not None
    origins = origins_of(len(study.series.values), task.test, spec.ahead, backtest)
    return Plan(spec.ahead, task.washout, origins, backtest.level)


def _task(study: Study) -> tuple[Callable[[int], SeriesTask], str]:
    """The series of each seed, and what persistence repeats in it: its input, or the target before."""
    if study.series is None:
        name = study.spec.task or ""
        return partial(standard_task, name), "target" if name.startswith(_DRIVEN) else "input"
    task = series_task(study)

    def always(_seed: int) -> SeriesTask:
        return task

    return always, "input"


def series_task(study: Study) -> SeriesTask:
    """The user's series as a task: all columns come in, the target goes first and is forecast.

    Raises:
        ParameterError: the study has no series.
    """
    if study.series is None or study.spec.data is None:
        raise ParameterError(f"{study.source} names a task and has no series of its own")
    values = _target_first(study)
    inputs, later = forecast_pairs(values, study.spec.data.horizon)
    lengths = lengths_of(len(inputs), study.split, study.spec.data.horizon)
    assert lengths is not None
    horizon = study.spec.data.horizon
    direct = study.direct(len(values), horizon)[horizon:]
    seen = np.hstack([inputs, direct])
    return SeriesTask(study.title, seen, later[:, :1], *lengths, gap=horizon - 1, direct=direct.shape[1])


def _target_first(study: Study) -> Array:
    assert study.series is not None
    target = study.target
    order = [target, *(index for index in range(len(study.series.columns)) if index != target)]
    return study.series.values[:, order]


def _about(task: SeriesTask) -> str:
    return (
        f"steps: washout {task.washout}, training {task.train}, validation {task.validation},"
        f" test {task.test}; settings were chosen on validation. ± is half the 95 % interval over draws of"
        " the models (and of the series, where the task is drawn); a series of one's own is one series."
        " NRMSE is the root mean squared error over the standard deviation of the target in the steps scored"
    )


def _that_fit(models: list[CandidateModel], task: SeriesTask) -> tuple[list[CandidateModel], list[str]]:
    """The baselines that can run on a series, and a note on each that cannot."""
    fitting: list[CandidateModel] = []
    notes = []
    for model in models:
        try:
            model.check(task)
        except ParameterError as error:
            notes.append(f"the baseline {model.name} is left out: {error}")
        else:
            fitting.append(model)
    return fitting, notes

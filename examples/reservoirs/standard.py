"""Quantum reservoirs and their baselines on the standard tasks: a few minutes on two cores."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from _experiment import checkpoint_in, parser, perform

from qml.comparison.candidate_models import CELLS, QUANTUM, baselines, quantum_ensemble, single_cell
from qml.comparison.checkpoint import Checkpoint
from qml.comparison.compare import CandidateModel, Progress, ReadoutModel, compare
from qml.comparison.score_table import Score, ScoreTable
from qml.engines.choice import EngineChoice
from qml.inputs import whole
from qml.tasks import SeriesTask, standard_task
from qsim.errors import ParameterError, nearest

#: Steps of each series: washout, train, validation, test.
LENGTHS = {"washout": 200, "train": 1500, "validation": 500, "test": 1000}
QUICK_LENGTHS = {"washout": 100, "train": 300, "validation": 100, "test": 200}


@dataclass(frozen=True)
class Benchmark:
    """A standard task, and how it is scored.

    Attributes:
        title: for tables.
        metric: name of the score, see `qml.comparison.compare.METRICS`.
        persistence: what persistence repeats, see `Persistence`.
        task: name for `standard_task`.
        options: of the task.
    """

    title: str
    metric: str
    persistence: str
    task: str
    options: Mapping[str, int] = field(default_factory=dict)

    def drawn(self, lengths: Mapping[str, int]) -> Callable[[int], SeriesTask]:
        """What draws the series of a seed."""
        return partial(standard_task, self.task, **self.options, **lengths)


BENCHMARKS = {
    "narma-5": Benchmark("NARMA-5", "nrmse", "target", "narma-5"),
    "narma-10": Benchmark("NARMA-10", "nrmse", "target", "narma-10"),
    "narma-20": Benchmark("NARMA-20", "nrmse", "target", "narma-20"),
    "laser": Benchmark("laser, 1 step", "nrmse", "input", "laser"),
    "santa-fe": Benchmark("Santa Fe, 1 step", "nrmse", "input", "santa-fe"),
    "mackey-glass": Benchmark("Mackey-Glass, 84 steps", "nrmse", "input", "mackey-glass", {"horizon": 84}),
    "memory": Benchmark("memory", "memory capacity", "target", "memory"),
}
TASKS = ("narma-5", "narma-10", "narma-20", "laser", "santa-fe", "mackey-glass", "memory")
#: Most features in each part of the table, and at each point of the curve of memory capacity.
BUDGETS, SIZES = (96, 288), (12, 24, 48, 96, 192)
QUICK_BUDGETS = (12, 24)
#: Fewest features that every model can do with.
LEAST_FEATURES = 10


@dataclass(frozen=True)
class Runner:
    """How comparisons are run.

    Attributes:
        seeds: how many.
        workers: processes.
        quick: on short series.
        progress: told of every model and seed that is finished.
        checkpoint: where finished pieces are kept.

    Raises:
        ParameterError: no seed or no worker.
    """

    seeds: int
    workers: int = 1
    quick: bool = False
    progress: Progress | None = None
    checkpoint: Checkpoint = field(default_factory=Checkpoint)

    def __post_init__(self) -> None:
        whole("`seeds`", self.seeds, 1)
        whole("`workers`", self.workers, 1)

    @property
    def lengths(self) -> dict[str, int]:
        """Steps of each series."""
        return QUICK_LENGTHS if self.quick else LENGTHS

    @property
    def engine(self) -> EngineChoice:
        """How features are computed: on short series JAX would compile for longer than NumPy runs."""
        return EngineChoice(backend="numpy" if self.quick else "auto")

    def run(self, benchmark: Benchmark, models: Sequence[CandidateModel], title: str) -> list[Score]:
        """Compare models on a task, which the table calls `title`."""
        scores = compare(
            benchmark.drawn(self.lengths),
            models,
            range(self.seeds),
            (benchmark.metric,),
            workers=self.workers,
            progress=self.progress,
            checkpoint=self.checkpoint,
        )
        return [replace(score, task=title) for score in scores]

    def notes(self) -> list[str]:
        """How the scores came about, for the foot of a table."""
        steps = self.lengths
        known = steps["train"] + steps["validation"]
        return [
            "mean over seeds (series and model drawn anew for each) ± half the 95 % interval of the mean",
            "All models see the same series, scaled by its training part to [-1, 1], and have the same",
            f"kind of ridge readout. What a model may choose it chooses on {steps['validation']} validation",
            f"steps; then its weights are fitted to {known} steps and scored on the next {steps['test']}.",
            "tanh units: the wiring of the QRNN ensemble around random tanh units instead of circuits.",
            "features, trained: the largest over seeds. CPU s: choice, fit and answers of one seed on one",
            "core, compilation included.",
        ]


def settings_note(models: Sequence[CandidateModel]) -> str:
    """How many settings each model may choose from, for the foot of a table."""
    counts = [f"{one.name} {len(one.draw(0, 1))}" for one in models if isinstance(one, ReadoutModel)]
    return f"settings to choose from: {', '.join(counts)}"


def difference_note(scores: Sequence[Score], model: str, other: str) -> str:
    """How far apart two models are on the same series, for the foot of a table."""
    first, second = (next(score for score in scores if score.model == name) for name in (model, other))
    apart = tuple(one - two for one, two in zip(first.values, second.values, strict=True))
    difference = replace(first, values=apart)
    half = "" if difference.half_width is None else f" ± {difference.half_width:.2g}"
    return f"{model} less {other} on the same series, {first.task}: {difference.mean:+.2g}{half}"


@dataclass(frozen=True)
class Report:
    """What an experiment found.

    Attributes:
        tables: by the name of their files.
        files: what was written.
    """

    tables: Mapping[str, ScoreTable]
    files: tuple[Path, ...] = ()

    def text(self) -> str:
        """All tables."""
        return "\n\n\n".join(table.text() for table in self.tables.values())


def run_standard(
    seeds: int = 10,
    budgets: Sequence[int] = BUDGETS,
    tasks: Sequence[str] | None = None,
    workers: int = 2,
    out: Path | None = None,
    progress: Progress | None = None,
    quick: bool = False,
) -> Report:
    """Score all models on NARMA, two lasers and Mackey-Glass, and memory capacity against features.

    Args:
        seeds: how many; each has series and models of its own.
        budgets: most features of a model in each part of the table.
        tasks: some of `TASKS`; ``memory`` is the curve, at `SIZES` features. By default all, without the
            measured laser where ReservoirPy, which brings it, is not installed.
        workers: processes; the scores do not depend on it.
        out: folder for tables (text, CSV, Parquet), figures (PNG) and finished pieces, which are used again;
            by default nothing is written.
        progress: told of every model and seed that is finished.
        quick: a trial run: at most two seeds, short series, few features. Its scores mean nothing.

    Returns:
        The tables ``standard`` and ``standard_memory`` (those that were asked for), and the files.

    Raises:
        ParameterError: a number that is too small, or an unknown task, before anything runs.
        ResultError: the folder cannot be written to.
    """
    if tasks is None:
        tasks = [task for task in TASKS if task != "santa-fe" or find_spec("reservoirpy") is not None]
    for name, given in (("tasks", tasks), ("budgets", budgets)):
        if not given:
            raise ParameterError(f"`{name}` is empty: there is nothing to compare")
    for task in tasks:
        if task not in TASKS:
            raise ParameterError(f"unknown task {task!r}{nearest(str(task), TASKS)}")
    for budget in budgets:
        whole("`budgets`", budget, LEAST_FEATURES)
    folder = None if out is None else Path(out)
    checkpoint = checkpoint_in(folder)
    runner = Runner(min(seeds, 2) if quick else seeds, workers, quick, progress, checkpoint)
    tables = {}
    scored = [task for task in tasks if task != "memory"]
    if scored:
        tables["standard"] = _scores(runner, scored, QUICK_BUDGETS if quick else budgets)
    if "memory" in tasks:
        tables["standard_memory"] = _memory(runner, QUICK_BUDGETS if quick else SIZES)
    return Report(tables, () if folder is None else _write(tables, folder))


def _models(runner: Runner, benchmark: Benchmark, features: int) -> list[CandidateModel]:
    return [
        quantum_ensemble(features, runner.engine),
        *baselines(features, benchmark.persistence, runner.engine),
    ]


def _singles(runner: Runner) -> list[CandidateModel]:
    return [single_cell(cell, runner.engine) for cell in CELLS]


def _scores(runner: Runner, tasks: Sequence[str], budgets: Sequence[int]) -> ScoreTable:
    table = ScoreTable(f"Standard tasks, {runner.seeds} seeds", notes=runner.notes())
    for name in tasks:
        benchmark = BENCHMARKS[name]
        # Single cells have the features that they have: they run once and stand in every part.
        singles = runner.run(benchmark, _singles(runner), benchmark.title)
        for budget in budgets:
            title = part_title(benchmark, budget)
            scores = runner.run(benchmark, _models(runner, benchmark, budget), title)
            table.add([*scores, *(replace(score, task=title) for score in singles)])
            table.notes += [difference_note(scores, QUANTUM, other) for other in ("tanh units", "ESN")]
    everyone = [*_models(runner, BENCHMARKS[tasks[0]], max(budgets)), *_singles(runner)]
    table.notes.append(settings_note(everyone))
    return table


def _memory(runner: Runner, sizes: Sequence[int]) -> ScoreTable:
    table = ScoreTable(f"Memory capacity against features, {runner.seeds} seeds", notes=runner.notes())
    table.notes += [
        "memory capacity: r^2 of answer and past input, summed over delays of 1 to 40 steps, free of the",
        "floor of a finite sample. Linear taps are a delay line: what they hold they hold perfectly.",
    ]
    benchmark = BENCHMARKS["memory"]
    for size in sizes:
        models = _models(runner, benchmark, size)
        models += _singles(runner) if size == sizes[0] else []
        table.add(runner.run(benchmark, models, part_title(benchmark, size)))
    return table


def part_title(benchmark: Benchmark, features: int) -> str:
    """The name of a part of a table: the task and what its models may have."""
    return f"{benchmark.title} (up to {features} features)"


def _write(tables: Mapping[str, ScoreTable], folder: Path) -> tuple[Path, ...]:
    from _score_figures import error_figure

    files = [file for name, table in tables.items() for file in table.write(folder, name)]
    if "standard" in tables:
        files.append(error_figure(tables["standard"], folder / "standard.png"))
    if "standard_memory" in tables:
        files.append(_capacity_figure(tables["standard_memory"], folder / "standard_memory.png"))
    return tuple(files)


def _capacity_figure(table: ScoreTable, path: Path) -> Path:
    from _score_figures import Curve, Panel, curve_figure

    benchmark = BENCHMARKS["memory"]
    points: dict[str, dict[float, Score]] = {}
    for score in table.scores:
        if score.features is not None:
            points.setdefault(score.model, {})[score.features] = score
    curves = [Curve(model, of_model) for model, of_model in points.items()]
    panel = Panel("", benchmark.metric, curves, ticks={size: str(size) for size in SIZES})
    return curve_figure(
        [panel], path, "Short-term memory: mean and 95 % interval", "features that the readout sees"
    )


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=10, metavar="N", help="series and models (10)")
    options.add_argument("--quick", action="store_true", help="a trial run whose scores mean nothing")
    return perform(run_standard, vars(options.parse_args()))


if __name__ == "__main__":
    sys.exit(main())

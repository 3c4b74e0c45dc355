"""The forecast file: what may stand in it, and everything that is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt

from qml.comparison.target_chain import TRANSFORMS, Chain, chains
from qml.engines.choice import EngineChoice
from qml.forecast.known_ahead import direct_inputs, split_known, with_future
from qml.forecast.remarks import about_target, without_time
from qml.forecast.study_models import ENSEMBLE, ModelSpec, check_model, study_model
from qml.inputs import LARGEST
from qml.series_files import MISSING, NamedSeries, read_series
from qml.tasks import standard_names
from qsim import limits
from qsim.documents.faults import Faults
from qsim.documents.objects import Parts
from qsim.documents.read_document import read_document
from qsim.documents.tree import Node
from qsim.errors import LimitError, ParameterError, nearest
from qsim.parameters import Declared, Param
from qsim.registry import names

Array = npt.NDArray[np.float64]
_NEEDS: Final = "a forecast file needs at least `data` with a `file`, or the name of a `task`"
#: Steps of washout where no number is given, at most.
LONGEST_WASHOUT: Final = 100
#: Origins of a backtest where no number is given.
MOST_ORIGINS: Final = 40
#: Shortest part of a series that weights are fitted to, in steps.
_LEAST_TRAIN: Final = 20


@dataclass(frozen=True, slots=True)
class DataSpec(Declared):
    """A series of the user's own."""

    file: Annotated[str, Param("CSV, Parquet, .npy or .npz file, relative to the forecast file")]
    columns: Annotated[
        tuple[str, ...] | None,
        Param("columns that the models see; by default all but those of dates and those that count time"),
    ] = None
    target: Annotated[str | None, Param("column that is forecast, by default the first that is seen")] = None
    horizon: Annotated[int, Param("steps ahead", ge=1)] = 1
    season: Annotated[
        int | None,
        Param(
            "steps after which the series is alike, such as 12 for months: what was seen a season ago is then"
            " among the baselines",
            ge=2,
        ),
    ] = None
    known: Annotated[
        tuple[str, ...],
        Param("columns that are known ahead, such as plans and holidays; read as they are, not forecast"),
    ] = ()
    future: Annotated[
        str | None, Param("file with the known columns for the steps behind the end, as `ahead` needs them")
    ] = None
    calendar: Annotated[
        tuple[int, ...],
        Param("periods in steps, such as [24, 168] for hours, whose phases the readout sees", ge=2),
    ] = ()
    separator: Annotated[str | None, Param("between the fields of a text file; recognised if left out")] = (
        None
    )
    decimal: Annotated[
        str | None, Param("decimal mark of a text file; recognised if left out", choices=(".", ","))
    ] = None
    missing: Annotated[
        str,
        Param(
            "what is done about missing values: refuse them, repeat the previous one, interpolate, or drop"
            " the step",
            choices=MISSING,
        ),
    ] = "refuse"


@dataclass(frozen=True, slots=True)
class SplitSpec(Declared):
    """Which part of the series is for what, in time order; the rest trains."""

    washout: Annotated[
        int | None,
        Param("first steps, whose answers count for nothing; by default a fifth of all, at most 100", ge=0),
    ] = None
    validation: Annotated[float, Param("share of the steps on which settings are chosen", gt=0, lt=1)] = 0.15
    test: Annotated[float, Param("share of the steps that are scored, the last ones", gt=0, lt=1)] = 0.25

    def washed_out(self, steps: int) -> int:
        """Steps of washout in a series of so many."""
        return min(LONGEST_WASHOUT, steps // 5) if self.washout is None else self.washout


@dataclass(frozen=True, slots=True)
class BacktestSpec(Declared):
    """Forecasts from rolling origins in the test part, whose errors give the intervals of all forecasts."""

    origins: Annotated[
        int | None, Param("how many, the last of them as late as can be; by default up to 40", ge=1)
    ] = None
    step: Annotated[int, Param("steps from one origin to the next", ge=1)] = 1
    level: Annotated[float, Param("share of the truth that intervals are to hold", gt=0, lt=1)] = 0.9


@dataclass(frozen=True, slots=True)
class EngineSpec(Declared):
    """How quantum cells are computed (see `qml.engines.choice.EngineChoice`)."""

    engine: Annotated[
        str, Param("how circuits are computed", choices=("auto", "compiled", "qnode", "trainable"))
    ] = "auto"
    device: Annotated[str, Param("'cpu', 'gpu', or PennyLane's name of a device for engine 'qnode'")] = "cpu"
    backend: Annotated[str, Param("of the compiled engine", choices=("auto", "numpy", "jax"))] = "auto"
    precision: Annotated[str, Param("of the computation", choices=("double", "single"))] = "double"
    shots: Annotated[
        int | None, Param("measurements of each circuit at each step, exact by default", ge=1)
    ] = None

    def choice(self) -> EngineChoice:
        """The engine; each seed of the study samples with that seed.

        Raises:
            ParameterError: choices that exclude each other.
        """
        return EngineChoice(self.engine, self.device, self.backend, self.precision, self.shots)


@dataclass(frozen=True, slots=True)
class ForecastSpec(Declared):
    """A forecast study."""

    name: Annotated[str, Param("title of the study")] = ""
    data: Annotated[DataSpec | None, Param("a series of the user's own")] = None
    task: Annotated[str | None, Param("a named task in the place of data")] = None
    models: Annotated[
        tuple[str | ModelSpec, ...],
        Param("models beside the baselines, by name (qrnn-ensemble, or any cell) or described"),
    ] = (ENSEMBLE,)
    transforms: Annotated[
        tuple[str, ...],
        Param(
            "transformations of the series that validation may choose from, for every model; none for []",
            choices=TRANSFORMS,
        ),
    ] = TRANSFORMS
    features: Annotated[
        int,
        Param(
            "numbers that each readout sees, at most; single cells and described models have their own",
            ge=4,
        ),
    ] = 96
    seeds: Annotated[int, Param("how often every model with chance in it is drawn", ge=1)] = 5
    seed: Annotated[int, Param("first seed", ge=0)] = 0
    split: Annotated[SplitSpec | None, Param("which part of the series is for what")] = None
    engine: Annotated[EngineSpec | None, Param("how quantum cells are computed")] = None
    ahead: Annotated[int, Param("steps to forecast beyond the end of the data", ge=0)] = 0
    backtest: Annotated[
        BacktestSpec | None, Param("rolling origins on which forecasts and their intervals are tried")
    ] = None


@dataclass(frozen=True)
class Study:
    """A forecast file that has been read and found right.

    Attributes:
        spec: what it says.
        split, engine: its sections, with defaults for what was left out.
        series: the user's series with the target among its columns; None for a named task.
        source: the file.
        known: columns that are known ahead, (steps + ahead, columns).
    """

    spec: ForecastSpec
    split: SplitSpec
    engine: EngineChoice
    series: NamedSeries | None
    source: str
    known: Array = field(default_factory=lambda: np.empty((0, 0)))

    @property
    def chains(self) -> tuple[Chain, ...]:
        """Transformations of the series to choose from, from none on."""
        data = self.spec.data
        return (Chain(),) if data is None else chains(self.spec.transforms, data.season)

    def direct(self, steps: int, horizon: int) -> Array:
        """What is known ahead, (steps, inputs), each row at its own step; see `direct_inputs`."""
        calendar = self.spec.data.calendar if self.spec.data else ()
        return direct_inputs(self.known, calendar, steps, horizon)

    @property
    def target(self) -> int:
        """Which column of the series is forecast."""
        assert self.series is not None
        assert self.spec.data is not None
        wanted = self.spec.data.target
        return 0 if wanted is None else self.series.columns.index(wanted)

    @property
    def remarks(self) -> list[str]:
        """What a reader should know of the series, one sentence each."""
        if self.series is None:
            return []
        name, values = self.series.columns[self.target], self.series.values[:, self.target]
        return [*self.series.notes, *about_target(name, values)]

    @property
    def title(self) -> str:
        """What the study is called."""
        return self.spec.name or self.spec.task or Path(self.source).stem


def load_study(path: str | PathLike[str], overrides: Sequence[str] = ()) -> Study:
    """Read a forecast file and the series that it names.

    Args:
        path: a file in YAML 1.2, or in JSON when its name ends in ``.json``.
        overrides: texts ``key.path=value`` that replace or add values, such as ``seeds=10``.

    Raises:
        ScenarioError: with every fault of the file, one line each, with its place.
    """
    file, faults = Path(path), Faults()
    root = read_document(file, faults, overrides=overrides, needs=_NEEDS)
    spec = Parts(faults).of_class(ForecastSpec, root)
    if spec is None or faults:
        raise faults.error()
    split = spec.split or SplitSpec()
    engine = _engine(spec, root, faults)
    series, read = _series(spec, root, file.parent, faults), np.empty((0, 0))
    data = spec.data
    if series is not None and data is not None:
        place = root.locate(("data", "known"))
        series, read = split_known(series, data.known, data.target, place, faults)
    if engine is not None:
        _check_models(spec, engine, len(series.columns) if series else 1, root, faults)
    if spec.backtest is not None and not spec.ahead:
        faults.add(root.locate_key(("backtest",)), "needs `ahead`, the number of steps to forecast")
    if series is not None and not faults:
        _check_parts(series, spec, split, root, faults)
    if data is not None and data.known and not faults:
        place = root.locate(("data", "future" if data.future else "known"))
        future = None if data.future is None else file.parent / data.future
        read = with_future(read, future, data.known, spec.ahead, place, faults)
    if faults or engine is None:
        raise faults.error()
    return Study(spec, split, engine, series, str(path), read)


def _engine(spec: ForecastSpec, root: Node, faults: Faults) -> EngineChoice | None:
    try:
        return (spec.engine or EngineSpec()).choice()
    except ParameterError as error:
        faults.add(root.locate(("engine",)), str(error))
        return None


def _check_models(
    spec: ForecastSpec, engine: EngineChoice, channels: int, root: Node, faults: Faults
) -> None:
    known = (ENSEMBLE, *names("cell"))
    seen: list[str] = []
    for index, model in enumerate(spec.models):
        place = root.locate(("models", index))
        name = model if isinstance(model, str) else model.name
        if name in seen:
            faults.add(place, f"'{name}' is named twice")
        seen.append(name)
        if isinstance(model, str) and model not in known:
            faults.add(place, f"unknown model '{model}'{nearest(model, known)}")
            continue
        try:
            check_model(study_model(model, spec.features, engine), channels, engine)
        except ParameterError as error:
            faults.add(place, str(error))


def _series(spec: ForecastSpec, root: Node, folder: Path, faults: Faults) -> NamedSeries | None:
    if (spec.data is None) == (spec.task is None):
        found = "neither" if spec.data is None else "both"
        faults.add(root.place, f"needs either `data` or a `task`, and has {found}")
        return None
    if spec.data is None:
        known = standard_names()
        if spec.task not in known:
            faults.add(root.locate(("task",)), f"unknown task '{spec.task}'{nearest(spec.task or '', known)}")
        for key in ("split", "ahead", "backtest"):
            if root.get(key) is not None:
                faults.add(root.locate_key((key,)), "goes with `data` alone: a task has its own")
        return None
    wanted = None if spec.data.columns is None else list(spec.data.columns)
    if wanted is not None and spec.data.target is not None and spec.data.target not in wanted:
        wanted.append(spec.data.target)
    file = folder / spec.data.file
    try:
        limits.current().check_file(file, folder)
        series = read_series(
            file,
            wanted,
            separator=spec.data.separator,
            decimal=spec.data.decimal,
            missing=spec.data.missing,
        )
    except (ParameterError, LimitError) as error:
        faults.add(root.locate(("data", "file")), str(error))
        return None
    if wanted is None:
        series = without_time(series, spec.data.target)
    if spec.data.target is not None and spec.data.target not in series.columns:
        hint = nearest(spec.data.target, series.columns)
        faults.add(root.locate(("data", "target")), f"unknown column '{spec.data.target}'{hint}")
    for name, column in zip(series.columns, series.values.T, strict=True):
        if abs(column).max() > LARGEST:
            faults.add(root.locate(("data", "file")), f"column '{name}' has numbers beyond {LARGEST:g}")
        elif column.max() == column.min():
            faults.add(
                root.locate(("data", "file")), f"column '{name}' is constant: there is nothing to learn"
            )
    return series


def _check_parts(
    series: NamedSeries, spec: ForecastSpec, split: SplitSpec, root: Node, faults: Faults
) -> None:
    """See that every part of the series is long enough, and that there is something to learn and to score."""
    horizon = spec.data.horizon if spec.data else 1
    steps = len(series.values) - horizon
    lengths = lengths_of(steps, split, horizon)
    if lengths is None:
        held = split.validation + split.test
        faults.add(
            root.locate(("split",)),
            f"leaves too little to learn from: of {len(series.values)} steps, {split.washed_out(steps)} are"
            " washout,"
            f" {held:.0%} of the rest validate and test, and each part ends {horizon} early for the horizon;"
            f" at least {_LEAST_TRAIN} must be left to train",
        )
        return
    learnt, tested = sum(lengths[:2]) - (horizon - 1), len(series.values) - lengths[3]
    if spec.ahead:
        backtest = spec.backtest or BacktestSpec()
        fitting = (lengths[3] - spec.ahead) // backtest.step + 1
        if fitting < (backtest.origins or 1):
            faults.add(
                root.locate(("backtest",) if spec.backtest and spec.backtest.origins else ("ahead",)),
                f"of {backtest.origins or 1} origin(s) every {backtest.step} step(s), {max(0, fitting)} fit"
                f" into the {lengths[3]} test steps with {spec.ahead} steps ahead of each",
            )
    target = spec.data.target if spec.data and spec.data.target else series.columns[0]
    for name, column in zip(series.columns, series.values.T, strict=True):
        parts = {"washout and training": column[:learnt]}
        if name == target:
            parts["test"] = column[tested:]
        for part, values in parts.items():
            if values.max() == values.min():
                faults.add(root.locate(("data", "file")), f"column '{name}' is constant in the {part} steps")


def origins_of(steps: int, tested: int, ahead: int, backtest: BacktestSpec) -> tuple[int, ...]:
    """How many steps are known at each origin: none before the test part, the last as late as can be.

    Args:
        steps: of the series.
        tested: steps of its test part.
        ahead: steps forecast from each origin.
        backtest: what was asked for.
    """
    fitting = (tested - ahead) // backtest.step + 1
    count = min(fitting, MOST_ORIGINS) if backtest.origins is None else backtest.origins
    last = steps - ahead
    return tuple(range(last - (count - 1) * backtest.step, last + 1, backtest.step))


def lengths_of(steps: int, split: SplitSpec, horizon: int = 1) -> tuple[int, int, int, int] | None:
    """Steps of washout, training, validation and test; None where too few are left."""
    washout = split.washed_out(steps)
    rest = steps - washout
    validation, test = int(rest * split.validation), int(rest * split.test)
    train = rest - validation - test
    gap = horizon - 1
    if train - gap < _LEAST_TRAIN or min(validation - gap, test) < 2:
        return None
    return washout, train, validation, test

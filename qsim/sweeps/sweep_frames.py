"""The tables of a sweep as pandas data frames, and its metrics as an xarray data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qsim.errors import ResultError, nearest
from qsim.model.pair_table import joined
from qsim.model.rows import columns as row_columns
from qsim.model.rows import known_tables
from qsim.results.run_metrics import described_metrics, run_metrics
from qsim.results.tidy import frame as rows_frame

if TYPE_CHECKING:
    import xarray as xr

    from qsim.sweeps.sweep_runs import FailedRun, SweepOutcome, SweepRun, SweptParameter, Value


def dataset(sweep: SweepOutcome) -> xr.Dataset:
    """The metrics of all runs; see `SweepResult.to_xarray`."""
    try:
        import xarray as xr
    except ImportError:
        raise ResultError("to_xarray() needs xarray: pip install 'qsim-net[xarray]'") from None

    places = sweep.points
    points = list(places)
    seeds = {run.replicate: run.seed for run in sweep.runs}
    seeds |= {run.replicate: run.seed for run in sweep.failures}
    replicates = sorted(seeds)
    axes = _axes(sweep, [places[point] for point in points])
    coordinates: dict[str, Any] = {}
    for known in sweep.parameters:
        values = axes[known.path] if axes else [places[point].get(known.path) for point in points]
        about = _about(known.doc, known.unit)
        cells = value_series(values, known.unit).to_numpy()
        coordinates[known.path] = (known.path if axes else "point", cells, about)
    if axes:
        dimensions = [*axes, "replicate"]
        shape = tuple(len(values) for values in axes.values())
        where = {
            point: tuple(axis.index(places[point][path]) for path, axis in axes.items()) for point in points
        }
    else:
        dimensions = ["point", "replicate"]
        shape = (len(points),)
        where = {point: (index,) for index, point in enumerate(points)}
        coordinates["point"] = ("point", points, _about("number of the point in the plan of the sweep", None))
    coordinates["replicate"] = ("replicate", replicates, _about("number of the replicate", None))
    coordinates["seed"] = ("replicate", [seeds[number] for number in replicates], _about("root seed", None))

    described = described_metrics(run.result for run in sweep.runs)
    arrays = {name: np.full((*shape, len(replicates)), np.nan) for name in described}
    for run in sweep.runs:
        index = (*where[run.point], replicates.index(run.replicate))
        for name, value in run_metrics(run.result).items():
            arrays[name][index] = np.nan if value is None else value
    variables = {
        name: (dimensions, array, _about(described[name].doc, described[name].unit))
        for name, array in arrays.items()
    }
    return xr.Dataset(variables, coordinates, {"title": sweep.name, "fingerprint": sweep.fingerprint})


def _about(doc: str, unit: str | None) -> dict[str, str]:
    return {"long_name": doc} if unit is None else {"long_name": doc, "units": unit}


def _axes(sweep: SweepOutcome, places: list[Any]) -> dict[str, list[Value]]:
    """The values along each parameter when the points fill a grid, each place once; otherwise nothing."""
    paths = [known.path for known in sweep.parameters]
    if not paths or not places or any(path not in values for values in places for path in paths):
        return {}
    axes = {path: list(dict.fromkeys(values[path] for values in places)) for path in paths}
    size = int(np.prod([len(values) for values in axes.values()]))
    distinct = {tuple(values[path] for path in paths) for values in places}
    return axes if size == len(places) == len(distinct) else {}


_INT64 = range(-(2**63), 2**63)
_PLAIN: dict[type, str] = {bool: "bool", int: "int64", float: "float64", str: "str"}
_LEADING = {
    "point": "number of the point in the plan of the sweep",
    "replicate": "number of the replicate; runs of one replicate share their seed at all points",
    "seed": "root seed of the run",
}


@dataclass(frozen=True, slots=True)
class _Described:
    """A column with its cells."""

    cells: pd.Series[Any]
    doc: str
    unit: str | None


def sweep_frame(sweep: SweepOutcome, table: str) -> pd.DataFrame:
    """One table of a sweep; see `SweepResult.frame`."""
    if table in _OWN:
        return _OWN[table](sweep)
    if table not in known_tables():
        raise ResultError(f"a sweep has no table '{table}'{nearest(table, [*_OWN, *known_tables()])}")
    return _rows(sweep, table)


def _runs(sweep: SweepOutcome) -> pd.DataFrame:
    figures = [run_metrics(run.result) for run in sweep.runs]
    described = described_metrics(run.result for run in sweep.runs)
    columns = _leading(sweep.runs, sweep.parameters)
    for name, metric in described.items():
        cells = [row.get(name) for row in figures]
        whole = metric.count and None not in cells
        columns[name] = _Described(
            pd.Series(cells, dtype="int64" if whole else "float64"), metric.doc, metric.unit
        )
    return _assembled(columns)


def _timings(sweep: SweepOutcome) -> pd.DataFrame:
    columns = _leading(sweep.runs, sweep.parameters)
    meanings = {
        "cpu_s": "CPU seconds of the event loop",
        "wall_s": "wall-clock seconds of the event loop",
        "setup_s": "wall-clock seconds to build the network",
    }
    for name, doc in meanings.items():
        cells = [getattr(run.result, name) for run in sweep.runs]
        columns[name] = _Described(pd.Series(cells, dtype="float64"), doc, "s")
    return _assembled(columns)


def _failures(sweep: SweepOutcome) -> pd.DataFrame:
    columns = _leading(sweep.failures, sweep.parameters)
    for name, doc in {"error": "what was wrong", "traceback": "where in the code it happened"}.items():
        cells = [getattr(run, name) for run in sweep.failures]
        columns[name] = _Described(pd.Series(cells, dtype="str"), doc, None)
    return _assembled(columns)


_OWN: dict[str, Callable[[SweepOutcome], pd.DataFrame]] = {
    "runs": _runs,
    "timings": _timings,
    "failures": _failures,
}


def _rows(sweep: SweepOutcome, table: str) -> pd.DataFrame:
    rows = [run.result.table(table) for run in sweep.runs]
    owners = [run for run, own in zip(sweep.runs, rows, strict=True) for _ in range(len(own))]
    columns = _leading(owners, sweep.parameters)
    data = rows_frame(table, joined(rows))
    for column in row_columns(table):
        doc = column.doc
        if (table, column.name) == ("pairs", "flow"):
            doc = f"{doc}, of the same run"
        columns[column.name] = _Described(data[column.name], doc, column.unit)
    return _assembled(columns)


def _leading(
    runs: Sequence[SweepRun] | Sequence[FailedRun], parameters: Iterable[SweptParameter]
) -> dict[str, _Described]:
    columns = {
        name: _Described(_whole([getattr(run, name) for run in runs]), doc, "1")
        for name, doc in _LEADING.items()
    }
    for known in parameters:
        cells = value_series([run.values.get(known.path) for run in runs], known.unit)
        columns[known.path] = _Described(cells, known.doc, known.unit)
    return columns


def _whole(values: list[int]) -> pd.Series[Any]:
    # A seed may be any whole number, however large.
    fits = all(value in _INT64 for value in values)
    return pd.Series(values, dtype="int64" if fits else "object")


def value_series(values: Sequence[Any], unit: str | None) -> pd.Series[Any]:
    """A column of a varied parameter: whole numbers, numbers, truth values, text, or anything of these.

    Args:
        values: the cells; None where a point leaves the parameter alone.
        unit: SI unit of numbers, None for others; decides on the type of a column without cells.
    """
    kinds = {type(value) for value in values}
    large = any(isinstance(value, int) and value not in _INT64 for value in values)
    kind = "object"
    if not kinds:
        kind = "object" if unit is None else "float64"
    elif len(kinds) == 1 and kinds <= _PLAIN.keys() and not large:
        kind = _PLAIN[kinds.pop()]
    elif kinds != {type(None)} and kinds <= {int, float, type(None)} and not large:
        kind = "float64"
    return pd.Series(values, dtype=kind)


def _assembled(columns: Mapping[str, _Described]) -> pd.DataFrame:
    data = pd.DataFrame({name: column.cells for name, column in columns.items()})
    data.attrs["columns"] = {name: column.doc for name, column in columns.items()}
    data.attrs["units"] = {name: column.unit for name, column in columns.items()}
    return data

"""Summaries of tables: groups of rows as means with their intervals, one row a group and quantity."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qsim.errors import ResultError, nearest
from qsim.model.pair_table import PairTable, cells
from qsim.model.rows import TABLES, Column, columns
from qsim.results.intervals import METHODS, wilson
from qsim.statistics import mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.model.outcome import RunOutcome
    from qsim.model.rows import FlowRow

_DTYPES = {int: "int64", float: "float64", str: "str", tuple: "object"}


def _dtype(column: Column) -> str:
    """The type of a column in a frame; whole numbers that may be missing have one of their own."""
    return "Int64" if column.optional and column.type is int else _DTYPES[column.type]


def frame(table: str, rows: Sequence[Any]) -> pd.DataFrame:
    """A data frame of one table of a result, with typed columns even when there are no rows."""
    described = columns(table)
    data = pd.DataFrame(
        {column.name: pd.Series(cells(rows, column), dtype=_dtype(column)) for column in described}
    )
    data.attrs["columns"] = {column.name: column.doc for column in described}
    data.attrs["units"] = {column.name: column.unit for column in described}
    return data


#: What is summarised of each table unless something else is asked for.
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "runs": ("throughput_hz", "fidelity_mean", "latency_mean_s", "completed", "utilisation"),
    "timings": ("cpu_s", "wall_s", "setup_s"),
    "flows": ("pairs", "throughput_hz", "fidelity_mean", "latency_mean_s", "wait_s"),
    "unfinished": ("pairs", "throughput_hz", "fidelity_mean", "latency_mean_s", "wait_s"),
    "links": ("attempts", "heralds", "mean_wait_s"),
    "memories": ("utilisation", "entangled", "expired"),
    "pairs": ("fidelity", "age_s"),
}
_DERIVED = {
    "hops": "links on the path of the flow",
    "initiator": "name of the end that asked for the pair",
    "responder": "name of the other end",
}
_SUMMARY = {
    "metric": "the quantity summarised, a column of the table",
    "unit": "its SI unit",
    "n": "how many values the mean and the interval are of",
    "mean": "mean of the values",
    "sd": "standard deviation of the values",
    "low": "lower end of the confidence interval of the mean",
    "high": "upper end of the confidence interval of the mean",
}
_PROPORTION = {
    "successes": "how many succeeded",
    "trials": "out of how many",
    "share": "share that succeeded",
    "low": "lower end of Wilson's confidence interval of the share",
    "high": "upper end of Wilson's confidence interval of the share",
}
_TYPES = {"metric": "str", "unit": "object", "n": "int64", "successes": "int64", "trials": "int64"}
#: Columns of pure numbers whatever the quantity.
_PURE = frozenset({"n", "relative", "p_value", "gain"})


#: One name, several, or None for what is usual.
Names = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one run or of all runs of a sweep.

    Attributes:
        frame: gives a table by its name.
        runs: the runs.
        parameters: what a sweep varies; None for a single run.
    """

    frame: Callable[[str], pd.DataFrame]
    runs: Sequence[RunOutcome]
    parameters: Sequence[str] | None = None


def summary(
    source: Tables, by: Names, columns: Names, table: str, method: str, confidence: float
) -> pd.DataFrame:
    """Means with their intervals, a row a group and quantity; see `Result.summary`, `SweepResult.summary`."""
    if method not in METHODS:
        raise ResultError(f"there is no interval '{method}'{nearest(method, METHODS)}")
    data = _table(source, table)
    groups = chosen(by, _usual(source, data), data)
    metrics = numbers(columns, table, data)
    values = _values if source.parameters is None else by_replicate
    rows: list[tuple[Any, ...]] = []
    for key, group in split(data, groups):
        for name in metrics:
            estimate = METHODS[method](values(group, name), confidence)
            figures = estimate.n, estimate.mean, estimate.sd, estimate.low, estimate.high
            rows.append((*key, name, data.attrs["units"][name], *figures))
    return tidy(data, groups, _SUMMARY, rows)


def proportion(
    source: Tables, part: str, of: str | Sequence[str], by: Names, table: str, confidence: float
) -> pd.DataFrame:
    """Shares of things counted, a row a group; see `Result.proportion`, `SweepResult.proportion`."""
    data = _table(source, table)
    groups = chosen(by, _usual(source, data), data)
    whole = [of] if isinstance(of, str) else list(dict.fromkeys(of))
    _check_names([part, *whole], data)
    for name in (part, *whole):
        if data[name].dtype.kind != "i":
            raise ResultError(f"'{name}' is no count: a proportion takes columns of whole numbers")
    rows = []
    for key, group in split(data, groups):
        successes, trials = int(group[part].sum()), int(group[whole].to_numpy().sum())
        if successes > trials:
            total = " + ".join(whole)
            raise ResultError(
                f"'{part}' is no part of {total}: {successes} of the former, {trials} of the latter"
            )
        share = wilson(successes, trials, confidence)
        rows.append((*key, successes, trials, share.mean, share.low, share.high))
    return tidy(data, groups, _PROPORTION, rows)


def by_replicate(group: pd.DataFrame, name: str) -> list[float]:
    """One value a replicate: the mean over the points of the group of the means over the rows of each run.

    Replicates without a value at one of the points are left out, since their mean would be of other points.
    """
    runs: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    cells = (group[column].tolist() for column in ("replicate", "point", name))
    for replicate, point, value in zip(*cells, strict=True):
        if not math.isnan(value):
            runs[replicate][point].append(value)
    points = {point for own in runs.values() for point in own}
    return [
        mean([mean(rows) for _, rows in sorted(own.items())])
        for _, own in sorted(runs.items())
        if own.keys() == points
    ]


def _values(group: pd.DataFrame, name: str) -> list[float]:
    return [float(value) for value in group[name].dropna()]


def chosen(by: Names, usual: Sequence[str], data: pd.DataFrame) -> list[str]:
    """The columns to group by.

    Raises:
        ResultError: there is no such column.
    """
    asked = usual if by is None else by
    groups = [asked] if isinstance(asked, str) else list(dict.fromkeys(asked))
    _check_names(groups, data)
    return groups


def usual_columns(table: str, known: Container[Hashable]) -> tuple[str, ...]:
    """What is summarised of a table unless something else is asked for: with the key, if runs tell of it.

    Args:
        table: its name.
        known: the columns that it has.
    """
    told = ("key_rate_hz",) if table == "runs" and "key_rate_hz" in known else ()
    return (*DEFAULTS.get(table, ()), *told)


def numbers(columns: Names, table: str, data: pd.DataFrame) -> list[str]:
    """The columns to take means of.

    Raises:
        ResultError: there is no such column, or it holds no numbers.
    """
    asked = usual_columns(table, data) or _numbers(data) if columns is None else columns
    names = [asked] if isinstance(asked, str) else list(dict.fromkeys(asked))
    _check_names(names, data)
    for name in names:
        if data[name].dtype.kind not in "if":
            raise ResultError(f"'{name}' holds no numbers to take a mean of")
    return names


def _check_names(names: Iterable[str], data: pd.DataFrame) -> None:
    for name in names:
        if name not in data:
            raise ResultError(f"there is no column '{name}'{nearest(name, map(str, data.columns))}")


def _numbers(data: pd.DataFrame) -> tuple[str, ...]:
    """The columns of measured numbers."""
    return tuple(str(name) for name in data if data[name].dtype.kind == "f")


def _usual(source: Tables, data: pd.DataFrame) -> Sequence[str]:
    if source.parameters is None:
        return ["hops"] if "hops" in data else []
    return source.parameters


def _table(source: Tables, table: str) -> pd.DataFrame:
    """A table with what else its rows may be grouped by."""
    own = dict.fromkeys(name for run in source.runs for name in run.own)
    tables = [*(name for name in DEFAULTS if source.parameters is not None or name in TABLES), *own]
    if table not in tables:
        raise ResultError(f"there is nothing to summarise in a table '{table}'{nearest(table, tables)}")
    data = source.frame(table)
    if table in ("flows", "unfinished"):
        flows = [flow for run in source.runs for flow in run.table(table)]
        data["hops"] = pd.Series([len(flow.path) - 1 for flow in flows], dtype="int64")
    if table == "pairs":
        served, places = _flows_of_pairs(source.runs)
        data["hops"] = pd.Series([len(flow.path) - 1 for flow in served], dtype="int64").take(places).array
        for name in ("initiator", "responder"):
            names = pd.Series([getattr(flow, name) for flow in served], dtype="str")
            data[name] = names.take(places).array
    for name in _DERIVED.keys() & set(data.columns) - data.attrs["columns"].keys():
        data.attrs["columns"][name] = _DERIVED[name]
        data.attrs["units"][name] = "1" if name == "hops" else None
    return data


def _flows_of_pairs(runs: Iterable[RunOutcome]) -> tuple[list[FlowRow], NDArray[np.int64]]:
    """All flows of some runs, and the place of each pair's flow among them."""
    flows: list[FlowRow] = []
    places = [np.empty(0, dtype=np.int64)]
    for run in runs:
        places.append(PairTable.of(run.pairs).column("flow") + len(flows))
        flows += (*run.flows, *run.unfinished)
    return flows, np.concatenate(places)


def split(data: pd.DataFrame, groups: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame]]:
    """The groups of rows with the same values in some columns, by rising values where all are numbers."""
    if not groups:
        yield (), data
        return
    numeric = all(data[name].dtype.kind in "if" for name in groups)
    yield from data.groupby(list(groups), sort=numeric, dropna=False)


def tidy(
    source: pd.DataFrame, groups: Sequence[str], meanings: Mapping[str, str], rows: Sequence[tuple[Any, ...]]
) -> pd.DataFrame:
    """A frame of group columns, which keep their types and meanings, and of columns that are explained."""
    cells = list(zip(*rows, strict=True)) if rows else [()] * (len(groups) + len(meanings))
    types = [*(source[name].dtype for name in groups), *(_TYPES.get(name, "float64") for name in meanings)]
    names = [*groups, *meanings]
    data = pd.DataFrame(
        {name: pd.Series(list(own), dtype=kind) for name, own, kind in zip(names, cells, types, strict=True)}
    )
    known = source.attrs
    data.attrs["columns"] = {**{name: known["columns"][name] for name in groups}, **meanings}
    # Where rows are of several quantities, their own column tells the unit of means and intervals.
    pure = _PURE if "unit" in meanings else meanings.keys()
    own_units = {name: "1" if name in pure else None for name in meanings}
    data.attrs["units"] = {**{name: known["units"][name] for name in groups}, **own_units}
    return data

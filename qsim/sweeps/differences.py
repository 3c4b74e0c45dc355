"""Paired differences between two settings of a sweep under common random numbers.

References:
    A. M. Law, Simulation Modeling and Analysis, on comparing two systems by paired-t intervals and on common
    random numbers; B. L. Welch, Biometrika 34, 28 (1947), for the interval without pairing.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsim import units
from qsim.errors import ResultError, UnitError, nearest
from qsim.results.intervals import student
from qsim.results.tidy import Names, numbers, tidy
from qsim.sweeps.sweep_frames import sweep_frame

if TYPE_CHECKING:
    import pandas as pd

    from qsim.sweeps.sweep_runs import SweepOutcome, SweptParameter, Value

_MEANINGS = {
    "metric": "the quantity compared, a metric of the runs",
    "unit": "its SI unit",
    "n": "replicates that have a value under both settings",
    "first": "mean under the first setting",
    "second": "mean under the second setting",
    "difference": "mean of the second less the first, replicate by replicate",
    "low": "lower end of Student's confidence interval of the mean difference",
    "high": "upper end of Student's confidence interval of the mean difference",
    "relative": "difference over the mean under the first setting",
    "p_value": "of a two-sided paired t test: chance of so large a mean difference if there were none",
    "gain": "half width of Welch's interval, which knows of no pairs, over that of the paired one",
}


def paired_differences(
    sweep: SweepOutcome, between: Mapping[str, tuple[Value, Value]], columns: Names, confidence: float
) -> pd.DataFrame:
    """Differences by replicate; see `SweepResult.difference`."""
    data = sweep_frame(sweep, "runs")
    metrics = numbers(columns, "runs", data)
    sides = _sides(sweep, between)
    changed = _changed(sweep, sides)
    kept = [known.path for known in sweep.parameters if known.path not in {**between, **changed}]
    cells: dict[tuple[Any, ...], tuple[list[int], list[int]]] = {}
    for point, values in sweep.points.items():
        for number, side in enumerate(sides):
            if _at(values, side):
                key = tuple(values.get(path) for path in kept)
                cells.setdefault(key, ([], []))[number].append(point)
    rows: list[tuple[Any, ...]] = []
    for key, (here, there) in cells.items():
        for name in metrics:
            pairs = _pairs(data, here, there, name)
            rows.append((*key, name, data.attrs["units"][name], *compare(*pairs, confidence=confidence)))
    table = tidy(data, kept, _MEANINGS, rows)
    table.attrs["between"] = {path: (sides[0][path], sides[1][path]) for path in between}
    table.attrs["changed"] = changed
    return table


def compare(
    first: Sequence[float], second: Sequence[float], *, confidence: float = 0.95
) -> tuple[int, float, float, float, float, float, float, float, float]:
    """Compare values that come in pairs.

    Args:
        first, second: as many values each; those of one place belong together.
        confidence: of the interval.

    Returns:
        n, both means, mean difference, ends of its interval, relative difference, p-value, gain.
    """
    n = len(first)
    if n == 0:
        return (0, *(math.nan,) * 8)
    differences = [after - before for before, after in zip(first, second, strict=True)]
    paired = student(differences, confidence)
    one, other = student(first, confidence), student(second, confidence)
    relative = paired.mean / one.mean if one.mean else math.nan
    gain = math.nan
    if n > 1:
        wide = _welch((one.sd**2 / n, n), (other.sd**2 / n, n), confidence)
        gain = wide / paired.half_width if paired.half_width else math.inf if wide else math.nan
    return (
        n, one.mean, other.mean, paired.mean, paired.low, paired.high, relative,
        _p_value(paired.mean, paired.sd, n), gain,
    )  # fmt: skip


def _p_value(mean: float, deviation: float, n: int) -> float:
    if n < 2:
        return math.nan
    if deviation == 0:
        return 0.0 if mean else 1.0
    from scipy.special import stdtr

    return 2 * float(stdtr(n - 1, -abs(mean) / (deviation / math.sqrt(n))))


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one mean lies above another.

    Attributes:
        n: pairs, or values of the smaller side.
        mean: the difference.
        low, high: ends of its confidence interval; NaN where there is none.
        relative: the difference over the first mean; NaN where that is zero.
        paired: whether values were compared one by one.
    """

    n: int
    mean: float
    low: float
    high: float
    relative: float
    paired: bool


def difference_of(
    first: Mapping[int, float], second: Mapping[int, float], confidence: float = 0.95
) -> Difference:
    """The difference of two means: of pairs where all values of the smaller side have a partner.

    Args:
        first, second: values by the seed of their run.
        confidence: of the interval.
    """
    common = sorted(first.keys() & second.keys())
    paired = 0 < len(common) == min(len(first), len(second))
    if paired:
        n, _, _, middle, low, high, relative, *_ = compare(
            [first[seed] for seed in common], [second[seed] for seed in common], confidence=confidence
        )
        return Difference(n, middle, low, high, relative, True)
    one, other = (student(list(values.values()), confidence) for values in (first, second))
    n, base, middle, half = min(one.n, other.n), one.mean, other.mean - one.mean, math.nan
    if n > 1:
        errors = (one.sd**2 / one.n, one.n), (other.sd**2 / other.n, other.n)
        half = _welch(*errors, confidence)
    return Difference(n, middle, middle - half, middle + half, middle / base if base else math.nan, False)


def _welch(first: tuple[float, int], second: tuple[float, int], confidence: float) -> float:
    """Half width of the interval of a difference of means, each with its squared error and count."""
    (one, several), (other, many) = first, second
    if one + other == 0:
        return 0.0
    from scipy.special import stdtrit

    freedom = (one + other) ** 2 / (one**2 / (several - 1) + other**2 / (many - 1))
    return float(stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(one + other)


def _pairs(
    data: pd.DataFrame, here: list[int], there: list[int], name: str
) -> tuple[list[float], list[float]]:
    """The values of both sides, replicate by replicate."""
    one, other = (
        data[data["point"].isin(points)].groupby("replicate")[name].mean().dropna()
        for points in (here, there)
    )
    common = one.index.intersection(other.index).sort_values()
    return [float(value) for value in one.loc[common]], [float(value) for value in other.loc[common]]


def _sides(
    sweep: SweepOutcome, between: Mapping[str, tuple[Value, Value]]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """The two settings, with values as the runs have them."""
    if not between or not isinstance(between, Mapping):
        raise ResultError("a difference needs a parameter and two of its values: {'path': (first, second)}")
    known = {parameter.path: parameter for parameter in sweep.parameters}
    first: dict[str, Value] = {}
    second: dict[str, Value] = {}
    for path, values in between.items():
        if path not in known:
            raise ResultError(f"the sweep does not vary '{path}'{nearest(path, known)}")
        if not isinstance(values, tuple | list) or len(values) != 2:
            raise ResultError(f"a difference needs two values of '{path}', got {values!r}")
        first[path], second[path] = (_swept(sweep, known[path], value) for value in values)
    for side in (first, second):
        if not any(_at(run.values, side) for run in sweep.runs):
            wanted = ", ".join(f"{path} = {value!r}" for path, value in side.items())
            raise ResultError(f"no run of the sweep has {wanted}")
    return first, second


def _swept(sweep: SweepOutcome, parameter: SweptParameter, wanted: Value) -> Value:
    """The value of a parameter that was meant, as the runs have it."""
    path = parameter.path
    values = list(dict.fromkeys(at[path] for at in sweep.points.values() if path in at))
    wanted = _as_swept(wanted)
    read = wanted
    if parameter.unit is not None and isinstance(wanted, str) and wanted not in values:
        try:
            read = units.parse(wanted, parameter.unit)
        except UnitError as error:
            raise ResultError(f"{path}: {error}") from None
    for value in values:
        if _same(value, read):
            return value
    shown = ", ".join(map(repr, values[:12])) + (", ..." if len(values) > 12 else "")
    raise ResultError(f"the sweep has no {path} = {wanted!r} (it has: {shown})")


def _as_swept(wanted: Any) -> Value:
    """A value as the tables of a sweep have it: NumPy's scalars plain, objects as JSON."""
    if getattr(wanted, "shape", None) == ():
        wanted = wanted.item()
    if isinstance(wanted, float | int | str | bool):
        return wanted
    return json.dumps(wanted, ensure_ascii=False, default=str)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, bool | str) or isinstance(other, bool | str):
        return type(one) is type(other) and one == other
    # Room for the rounding of a product such as 3 * 0.1, which a person writes as 0.3.
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=0.0)


def _at(values: Mapping[str, Value], side: Mapping[str, Value]) -> bool:
    return all(path in values and values[path] == value for path, value in side.items())


def _changed(
    sweep: SweepOutcome, sides: Sequence[Mapping[str, Value]]
) -> dict[str, tuple[Value | None, Value | None]]:
    """The other parameters whose values follow from those compared and differ between the two settings."""
    compared = sides[0].keys()
    changed = {}
    for path in (known.path for known in sweep.parameters if known.path not in compared):
        found: dict[tuple[Any, ...], set[Value | None]] = defaultdict(set)
        for values in sweep.points.values():
            found[tuple(values.get(name) for name in compared)].add(values.get(path))
        if all(len(values) == 1 for values in found.values()):
            first, second = (next(iter(found[tuple(side.values())])) for side in sides)
            if first != second:
                changed[path] = (first, second)
    return changed

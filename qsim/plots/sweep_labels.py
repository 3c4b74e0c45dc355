"""What figures of sweeps call parameters, their values and metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError, nearest
from qsim.plots.style import label_axis, prefixed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from qsim.results.run_metrics import RunMetric
    from qsim.sweeps.sweep_result import SweepResult
    from qsim.sweeps.sweep_runs import SweptParameter

_WORDS = {
    "throughput_hz": ("throughput (pairs/s)", "1"),
    "completed_throughput_hz": ("throughput of finished flows (pairs/s)", "1"),
    "flow_throughput_hz": ("mean throughput of a flow (pairs/s)", "1"),
    "key_rate_hz": ("key rate (bits/s)", "1"),
    "fidelity_mean": ("mean fidelity", "1"),
    "latency_mean_s": ("mean time between deliveries", "s"),
    "wait_mean_s": ("mean wait for a window", "s"),
    "utilisation": ("share of memories reserved", "1"),
    "entangled": ("share of memories entangled", "1"),
    "completed": ("completed flows", "1"),
    "short": ("flows that fell short", "1"),
    "unfinished": ("unfinished flows", "1"),
    "stalled": ("stalled flows", "1"),
    "rejected": ("rejected reservations", "1"),
    "pairs": ("delivered pairs", "1"),
    "expired": ("expired pairs", "1"),
}


def parameter(sweep: SweepResult, path: str) -> SweptParameter:
    """A varied parameter by its path.

    Raises:
        ResultError: the sweep does not vary it.
    """
    known = {varied.path: varied for varied in sweep.parameters}
    if path not in known:
        raise ResultError(f"the sweep does not vary '{path}'{nearest(path, known)}")
    return known[path]


def metric(sweep: SweepResult, name: str) -> RunMetric:
    """A metric of the runs by its name.

    Raises:
        ResultError: no run has it, or there are no runs.
    """
    from qsim.results.run_metrics import described_metrics

    if not sweep.runs:
        raise ResultError("the sweep has no finished runs, so there is nothing to draw")
    known = described_metrics(run.result for run in sweep.runs)
    if name not in known:
        raise ResultError(f"a run has no metric '{name}'{nearest(name, known)}")
    return known[name]


def label_metric(axes: Axes, which: str, wanted: RunMetric, values: Iterable[float]) -> None:
    """Label an axis with a metric and its unit."""
    label_axis(axes, which, *_said(wanted.name, wanted.unit), values)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame."""
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def metric_text(wanted: RunMetric, values: Iterable[float]) -> tuple[str, float]:
    """A metric and the unit that fits its values, in words, and what one of that unit is in SI."""
    words, unit = _said(wanted.name, wanted.unit)
    scale, name = prefixed(unit, values)
    return (f"{words} ({name})" if name else words), scale


def metric_words(name: str) -> str:
    """A metric in words, without its unit."""
    return re.sub(r" \(.*\)$", "", _said(name, "")[0])


def _said(name: str, unit: str) -> tuple[str, str]:
    return _WORDS.get(name, (name.replace("_", " "), unit))


#: Entries of lists, by the name of their list.
_ENTRIES = {"links": "link", "traffic": "request", "classical.channels": "channel"}
#: Symbols that are no words.
_SYMBOLS = {"t1": "T1", "t2": "T2", "p": "p"}


def parameter_words(path: str, document: Mapping[str, Any] = MappingProxyType({})) -> str:
    """A parameter in words.

    Args:
        path: its key path.
        document: of the scenario, which tells whether there are several links and what they are called.

    Example:
        >>> parameter_words("defaults.memory.initial_fidelity"), parameter_words("links[0].length")
        ('memory initial fidelity', 'link length')
        >>> parameter_words("links[1].length", {"links": [{"between": ["a", "b"]}, {"between": ["b", "c"]}]})
        'link b-c length'
    """
    if path == "label":
        return ""
    entry = re.match(r"(links|traffic|classical\.channels)\[(\d+)\]\.?", path)
    if entry is None:
        return _words(re.sub(r"^(defaults|nodes|protocols|run)\.", "", path))
    thing = _ENTRIES[entry[1]] + _which(entry[1], int(entry[2]), document)
    return f"{thing} {_words(path[entry.end() :])}".strip()


def _which(section: str, number: int, document: Mapping[str, Any]) -> str:
    """What tells an entry of a list from the others; nothing where it is the only one."""
    entries = document.get(section)
    if not isinstance(entries, list | tuple) or len(entries) < 2:
        return f" {number + 1}" if number else ""
    entry = entries[number] if number < len(entries) else None
    between = entry.get("between") if isinstance(entry, Mapping) else None
    return f" {'-'.join(map(str, between))}" if between else f" {number + 1}"


def _words(path: str) -> str:
    return " ".join(_SYMBOLS.get(word, word) for word in re.split(r"[._]", path))


def value_text(value: Any, unit: str | None) -> str:
    """A value of a parameter with the unit that fits.

    Example:
        >>> value_text(20_000.0, "m"), value_text(True, None), value_text(0.75, "1")
        ('20 km', 'true', '0.75')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if unit is None or isinstance(value, str):
        return str(value)
    scale, name = prefixed(unit, [value])
    return f"{value / scale:.6g} {name}".rstrip()


def is_number(values: Iterable[Any]) -> bool:
    """Whether all values are numbers, truth values not counted as such."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)

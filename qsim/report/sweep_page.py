"""The page of a sweep."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from qsim.model.layout import layout
from qsim.plots.style import prefixed
from qsim.plots.sweep_labels import (
    is_number,
    metric_text,
    metric_words,
    parameter_words,
    records,
    value_text,
)
from qsim.report.key_charts import key_charts
from qsim.report.page import Page, facts, folded, notice, tiles
from qsim.report.page_tables import heading, shortened
from qsim.report.run_page import scenario_text
from qsim.results.html_cards import small_map
from qsim.results.number_text import NONE, count, number

if TYPE_CHECKING:
    from qsim.results.run_metrics import RunMetric
    from qsim.sweeps import SweepResult
    from qsim.sweeps.sweep_runs import FailedRun, SweepRun, SweptParameter, Value

#: Failures with their tracebacks, characters of one traceback, and points of the charts that the page holds.
_FAILURES, _TRACEBACK, _POINTS = 50, 6000, 4000
#: Metrics to begin with, the first that the runs have.
_FIRST = ("throughput_hz", "fidelity_mean", "pairs")

#: Comparisons of two values that the page offers.
_COMPARISONS = 16

_CHARTS = """<div class="controls" id="choices"></div>
<p class="remark" id="sweep-about"></p>
<figure id="sweep-chart"></figure>
<div id="sweep-table"></div>"""
_DIFFERENCES = """<div class="controls" id="changes"></div>
<figure id="difference-chart"></figure>"""


def sweep_page(sweep: SweepResult) -> Page:
    """What the page of a sweep shows."""
    from qsim.results.run_metrics import described_metrics

    described = described_metrics(run.result for run in sweep.runs)
    estimates = _estimates(sweep, described)
    runs = _runs_table(sweep, described)
    sections = [("overview", "Overview", _overview(sweep))]
    if estimates:
        sections.append(("figures", "Charts", _CHARTS))
    keys = key_charts(sweep, described)
    if keys:
        figures = "".join(f'<figure id="keys-{place}"></figure>' for place in range(len(keys)))
        sections.append(("keys", "Keys", figures))
    changes = _differences(sweep)
    if changes:
        sections.append(("differences", "Paired differences", _DIFFERENCES))
    picture = _network(sweep)
    if picture:
        sections.append(("network", "Network", picture))
    if sweep.runs:
        sections.append(("rows", "Runs", '<div id="tables"></div>'))
    if sweep.failures:
        sections.append(("failures", "Failed runs", _failures(sweep)))
    sections.append(("about", "About", _about(sweep)))
    scales = [_scaled(parameter, sweep)[0] for parameter in sweep.parameters]
    metrics = [
        _metric(known, [point[known.name] for _, point in estimates if known.name in point])
        for known in described.values()
        if any(known.name in point for _, point in estimates)
    ]
    units = {metric["name"]: metric["scale"] for metric in metrics}
    names = [metric["name"] for metric in metrics]
    note = ""
    if len(estimates) > _POINTS:
        note = f"The first {_POINTS} of {len(estimates)} points; summary() of the stored result has all."
    return Page(
        kind="sweep",
        title=sweep.name or "(unnamed scenario)",
        lead=f"Sweep: {count(len(sweep.parameters), 'parameter')}, {count(len(sweep.runs), 'finished run')}",
        sections=tuple(sections),
        data={
            "sweep": {
                "parameters": [_parameter(parameter, sweep) for parameter in sweep.parameters],
                "metrics": metrics,
                "metric": next((names.index(name) for name in _FIRST if name in names), 0),
                "points": [
                    {
                        "values": [_shown(value, scale) for value, scale in zip(values, scales, strict=True)],
                        "estimates": {
                            name: [_shown(figure, units[name]) for figure in figures[:3]]
                            for name, figures in point.items()
                        },
                        "counts": {name: figures[3] for name, figures in point.items()},
                    }
                    for values, point in estimates[:_POINTS]
                ],
                "note": note,
                "changes": changes,
                "keys": keys,
            },
            "tables": [runs] if sweep.runs else [],
        },
        foot=f"Written by qsim from the sweep {sweep.fingerprint}; drawn with uPlot (MIT licence).",
    )


def _estimates(
    sweep: SweepResult, described: Mapping[str, RunMetric]
) -> list[tuple[tuple[Value, ...], dict[str, tuple[float, float | None, float | None, int]]]]:
    """For each point its values, and of each metric the mean, both ends of the interval, and how many."""
    if not sweep.runs:
        return []
    paths = [parameter.path for parameter in sweep.parameters]
    summary = sweep.summary(by=paths, columns=list(described))
    found: dict[tuple[Value, ...], dict[str, tuple[float, float | None, float | None, int]]] = {
        tuple(run.values[path] for path in paths): {} for run in sweep.runs
    }
    columns = [summary[name].tolist() for name in (*paths, "metric", "mean", "low", "high", "n")]
    for *values, name, mean, low, high, amount in zip(*columns, strict=True):
        if amount:
            low, high = described[name].bounded(low, high)
            found[tuple(values)][name] = (mean, _finite(low), _finite(high), amount)
    return list(found.items())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _scaled(parameter: SweptParameter, sweep: SweepResult) -> tuple[float, str]:
    """The unit in which a parameter is shown: what one is in SI, and its name."""
    values = [run.values[parameter.path] for run in sweep.runs]
    if not is_number(values):
        return 1.0, ""
    return prefixed(parameter.unit or "1", [float(value) for value in values])


def _shown(value: Any, scale: float) -> Any:
    """A value in the unit in which it is shown, without the noise of the division."""
    if isinstance(value, bool) or not isinstance(value, int | float) or scale == 1.0:
        return value
    return float(f"{value / scale:.12g}")


def _parameter(parameter: SweptParameter, sweep: SweepResult) -> dict[str, Any]:
    unit = _scaled(parameter, sweep)[1]
    label = parameter_words(parameter.path, sweep.document) or parameter.path
    return {
        "label": label,
        "axis": f"{label} ({unit})" if unit else label,
        "unit": unit,
        "doc": f"{parameter.doc} ({parameter.path})" if parameter.doc else parameter.path,
        "numeric": is_number(run.values[parameter.path] for run in sweep.runs),
    }


def _metric(metric: RunMetric, estimates: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    axis, scale = metric_text(metric, [mean for mean, *_ in estimates])
    return {
        "name": metric.name,
        "label": metric_words(metric.name),
        "axis": axis,
        "scale": scale,
        "doc": f"{metric.doc} ({metric.name})",
    }


def _differences(sweep: SweepResult) -> list[dict[str, Any]]:
    """What changing one parameter from its first value to another does to the usual metrics."""
    found: list[dict[str, Any]] = []
    for parameter in sweep.parameters:
        values = list(dict.fromkeys(run.values[parameter.path] for run in sweep.runs))
        for value in values[1:]:
            if len(found) == _COMPARISONS:
                return found
            rows = _changed(sweep, parameter, values[0], value)
            if rows:
                ends = [value_text(end, parameter.unit) for end in (values[0], value)]
                label = parameter_words(parameter.path, sweep.document)
                found.append({"label": f"{label} from {ends[0]} to {ends[1]}".strip(), "rows": rows})
    return found


def _changed(sweep: SweepResult, parameter: SweptParameter, first: Value, second: Value) -> list[list[Any]]:
    """For each metric and setting of the others: its name, relative change and its interval, %."""
    table = sweep.difference({parameter.path: (first, second)})
    others = [known for known in sweep.parameters if known.path in table.columns]
    rows = []
    for row in records(table):
        if row["n"] == 0 or not row["first"] or not math.isfinite(row["relative"]):
            continue
        setting = ", ".join(value_text(row[known.path], known.unit) for known in others)
        name = metric_words(row["metric"]) + (f" ({setting})" if setting else "")
        base = abs(row["first"]) / 100
        rows.append([name, *(_finite(row[end] / base) for end in ("difference", "low", "high"))])
    return rows


def _network(sweep: SweepResult) -> str:
    """The network of the first run as a small picture."""
    if not sweep.runs:
        return ""
    result = sweep.runs[0].result
    links = [(link.a, link.b) for link in result.links]
    said = f"{count(len(result.memories), 'node')} and {count(len(links), 'link')}, at the first point."
    picture = small_map(layout(result).places, links)
    return f'<p class="remark">{said}</p><div class="drawn">{picture}</div>' if picture else ""


def _runs_table(sweep: SweepResult, described: Mapping[str, RunMetric]) -> dict[str, Any]:
    from qsim.results.run_metrics import run_metrics

    heads = [
        {"label": "point", "kind": "number", "doc": "number of the point in the plan"},
        {"label": "replicate", "kind": "number", "doc": "0, 1, ...; runs of one replicate share their seed"},
        {"label": "seed", "kind": "number", "doc": "root seed of the run"},
        *(
            {"label": entry["axis"], "kind": "number" if entry["numeric"] else "text", "doc": entry["doc"]}
            for entry in (_parameter(parameter, sweep) for parameter in sweep.parameters)
        ),
        *(
            {"label": heading(known.name, known.unit), "kind": "number", "doc": f"{known.doc} ({known.name})"}
            for known in described.values()
        ),
    ]
    paths = [parameter.path for parameter in sweep.parameters]
    scales = [_scaled(parameter, sweep)[0] for parameter in sweep.parameters]

    def rows() -> Iterable[list[Any]]:
        for run in sweep.runs:
            figures = run_metrics(run.result)
            yield [
                run.point,
                run.replicate,
                run.seed,
                *(_shown(run.values[path], scale) for path, scale in zip(paths, scales, strict=True)),
                *(figures.get(name) for name in described),
            ]

    kept = shortened(rows())
    note = ""
    if len(kept) < len(sweep.runs):
        note = (
            f"The first {len(kept)} of {len(sweep.runs)} runs; the table 'runs' of the stored result has all."
        )
    return {"id": "runs", "title": "Finished runs", "columns": heads, "rows": kept, "note": note}


def _overview(sweep: SweepResult) -> str:
    tried: tuple[SweepRun | FailedRun, ...] = (*sweep.runs, *sweep.failures)
    points = {run.point for run in tried}
    replicates = {run.replicate for run in tried}
    missing = sweep.planned - len(sweep.runs) - len(sweep.failures)
    simulated = sum(run.result.simulated_s for run in sweep.runs)
    entries = [
        ("Finished runs", number(len(sweep.runs)), f"of {number(sweep.planned)} planned"),
        ("Failed runs", number(len(sweep.failures)), ""),
        ("Points", number(len(points)), f"{count(len(replicates), 'replicate')} at most"),
        ("Parameters", number(len(sweep.parameters)), ""),
        ("Simulated time", f"{number(simulated)} s", "of all runs together"),
    ]
    parts = [tiles(entries)]
    if sweep.interrupted or missing > 0:
        parts.append(notice("Not finished", [f"{count(missing, 'planned run')} did not run."]))
    notes = dict.fromkeys(note for run in sweep.runs for note in run.result.notes)
    parts.append(notice("Notes of the runs", list(notes)[:20]))
    return "".join(parts)


def _failures(sweep: SweepResult) -> str:
    parts = []
    for failure in sweep.failures[:_FAILURES]:
        values = ", ".join(f"{path} = {value}" for path, value in failure.values.items())
        where = f"point {failure.point}, replicate {failure.replicate}, seed {failure.seed}"
        # The end of a traceback has the error.
        traceback = failure.traceback[-_TRACEBACK:]
        remark = "The end of it; the stored result has the whole." if traceback != failure.traceback else ""
        parts.append(
            f'<div class="failure"><h3>{escape(failure.error)}</h3><p class="remark">{escape(where)}'
            f"{escape(f': {values}' if values else '')}</p>{folded('Traceback', traceback, remark)}</div>"
        )
    if len(sweep.failures) > _FAILURES:
        parts.append(
            f"<p class=\"remark\">{_FAILURES} of {len(sweep.failures)}; the table 'failures' of the "
            "stored result has all.</p>"
        )
    return "".join(parts)


def _about(sweep: SweepResult) -> str:
    entries = [
        ("Name", sweep.name or "(unnamed)"),
        ("Seeds", _seeds(sweep)),
        ("Fingerprint", sweep.fingerprint),
        *((f"{name} version", version) for name, version in sorted(sweep.versions.items())),
        *((parameter.path, parameter.doc or "name of the listed point") for parameter in sweep.parameters),
    ]
    return facts(entries) + scenario_text(sweep.document, "scenario at the first point")


def _seeds(sweep: SweepResult) -> str:
    tried: tuple[SweepRun | FailedRun, ...] = (*sweep.runs, *sweep.failures)
    seeds = sorted({run.seed for run in tried})
    if not seeds:
        return NONE
    return str(seeds[0]) if len(seeds) == 1 else f"{len(seeds)} seeds, {seeds[0]} to {seeds[-1]}"

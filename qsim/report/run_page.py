"""The page of one run."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from qsim.report.charts import run_charts
from qsim.report.network_data import network
from qsim.report.page import Page, asset, facts, folded, notice, tiles
from qsim.report.page_tables import result_table
from qsim.report.timeline import timeline
from qsim.results.number_text import count, fidelity, number, per_cent, seconds
from qsim.results.run_metrics import run_metrics
from qsim.results.text_tables import words

if TYPE_CHECKING:
    from qsim.results import Result

#: Characters of the scenario that the page holds.
_MOST_YAML = 300_000

_TITLES = {
    "flows": "Finished flows",
    "unfinished": "Unfinished flows",
    "hops": "Finished flows by number of hops",
    "links": "Links",
    "memories": "Memories",
    "availability": "Availability",
    "metrics": "Measured by applications",
    "pairs": "Delivered pairs",
    "stalls": "Stalled requests",
}


def run_page(result: Result) -> Page:
    """What the page of a run shows."""
    numbers, drawn = network(result)
    moments, remarks = timeline(result, numbers)
    charts = run_charts(result)
    tables = [
        result_table(title, table, result.table(table))
        for table, title in {**_TITLES, **{name: words(name) for name in result.own}}.items()
        if result.table(table)
    ]
    said = "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks)
    sections = [("overview", "Overview", _overview(result))]
    if numbers:
        sections.append(("network", "Network", said + asset("picture.html").rstrip()))
    if charts:
        sections.append(("figures", "Charts", '<div class="charts" id="charts"></div>'))
    if tables:
        sections.append(("rows", "Tables", '<div id="tables"></div>'))
    sections.append(("about", "About", _about(result)))
    return Page(
        kind="run",
        title=result.name or "(unnamed scenario)",
        lead=f"One run of {seconds(result.simulated_s)} simulated time, seed {result.seed}",
        sections=tuple(sections),
        data={
            "simulated_s": result.simulated_s,
            "network": drawn,
            "timeline": moments,
            "charts": charts,
            "tables": tables,
        },
        foot=f"Written by qsim from the result {result.fingerprint}; drawn with Cytoscape.js (MIT licence).",
    )


def _others(result: Result) -> str:
    """How many flows have not been completed, by what became of them."""
    short = len(result.flows) - result.completed
    return f"{f'{short} short, ' if short else ''}{len(result.unfinished)} unfinished"


def _overview(result: Result) -> str:
    figures = run_metrics(result)
    known = {name: value for name, value in figures.items() if value is not None}
    entries = [
        ("Simulated time", seconds(result.simulated_s), count(result.events, "event")),
        ("Completed flows", number(result.completed), _others(result)),
        ("Rejected", number(result.rejected), "reservation attempts"),
        ("Pairs delivered", number(known["pairs"]), f"{number(figures['throughput_hz'])} a second"),
    ]
    if "fidelity_mean" in known:
        entries.append(("Mean fidelity", fidelity(known["fidelity_mean"]), "of delivered pairs"))
    if "utilisation" in known:
        remark = f"entangled {per_cent(known['entangled'])}"
        entries.append(("Memory time reserved", per_cent(known["utilisation"]), remark))
    stalls = [
        f"{stall.initiator} → {stall.responder} at {seconds(stall.time_s)}: {stall.cause}"
        for stall in result.stalls[:20]
    ]
    if len(result.stalls) > len(stalls):
        stalls.append(f"and {len(result.stalls) - len(stalls)} more, in the table of stalled requests")
    interrupted = f"It was stopped at {seconds(result.simulated_s)} of simulated time, before its end."
    return "".join(
        (
            tiles(entries),
            notice("Interrupted", [interrupted] if result.interrupted else []),
            notice("Requests that could no longer progress", stalls),
            notice("Notes", result.notes),
        )
    )


def _about(result: Result) -> str:
    run = result.document.get("run")
    settings: Mapping[str, Any] = run if isinstance(run, Mapping) else {}
    cpu, setup = seconds(result.cpu_s), seconds(result.setup_s)
    entries = [
        ("Name", result.name or "(unnamed)"),
        ("Seed", str(result.seed)),
        *((name.capitalize(), str(settings[name])) for name in ("detail", "formalism") if name in settings),
        ("Simulated", seconds(result.simulated_s)),
        ("Events", number(result.events)),
        ("Took", f"{seconds(result.wall_s)} ({cpu} of CPU), after {setup} of set-up"),
        ("Fingerprint", result.fingerprint),
        *([("Trace fingerprint", result.trace_fingerprint)] if result.trace_fingerprint else []),
        *((f"{name} version", version) for name, version in sorted(result.versions.items())),
    ]  # fmt: skip
    return facts(entries) + scenario_text(result.document, "scenario")


def scenario_text(document: Mapping[str, Any], name: str) -> str:
    """The scenario as YAML to unfold, shortened where it is very long."""
    from qsim.documents.yaml_writer import to_yaml

    text = to_yaml(dict(document))
    remark = "With every default filled in; numbers are in SI units."
    if len(text) > _MOST_YAML:
        text = text[:_MOST_YAML].rpartition("\n")[0] + "\n"
        remark += " It is shortened here; the manifest of the stored result has the whole."
    return folded(f"The {name} as YAML", text, remark)

"""``qsim check``: read a scenario, build its network, run nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from qsim.cli.console import USAGE, page_width, show
from qsim.cli.options import (
    AllowPath,
    Json,
    Limit,
    MaxMemory,
    MaxSeconds,
    Plugins,
    ScenarioFile,
    Settings,
    Verbose,
    bound,
    console_of,
)

if TYPE_CHECKING:
    from qsim.results import Result
    from qsim.scenario.engine import Engine
    from qsim.scenario.scenario import Scenario


def check(
    ctx: typer.Context,
    file: ScenarioFile,
    as_json: Json = False,
    settings: Settings = None,
    plugins: Plugins = None,
    allow_path: AllowPath = None,
    limit: Limit = None,
    max_seconds: MaxSeconds = None,
    max_memory: MaxMemory = None,
    verbose: Verbose = False,
) -> None:
    """Check a scenario and summarise its network; nothing runs.

    All faults are reported at once, each with its place, with exit code 2. With -v the links are shown with
    the mean time in which one memory at each end gets a pair.
    """
    console = console_of(ctx, verbose=verbose)
    bound(ctx, allow_path, limit, max_seconds, max_memory)
    # A check multiplies small matrices alone; starting a pool of threads for large ones takes as long as all
    # the rest of NumPy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from qsim import limits
    from qsim.cli.simulation import load_scenario
    from qsim.errors import LimitError, QsimError, ScenarioError

    try:
        scenario = load_scenario(file, console, plugins=plugins, overrides=settings or ())
        # The mean time to a pair may need routes through the whole network, so a plain check leaves it out.
        engine = scenario.engine()
        summary = _summary(scenario, engine, waits=as_json or verbose)
        try:
            limits.current().check(events=summary["expected_events"])
        except LimitError as error:
            console.warn(f"the run itself is refused: {error}")
        if scenario.sweep is not None:
            summary["sweep"] = _sweep(file, settings or ())
            if not summary["sweep"]["parameters"]:
                summary["remarks"].append("the sweep varies nothing: all of its runs are of one point")
    except QsimError as error:
        if not as_json:
            raise
        faults = error.lines if isinstance(error, ScenarioError) else (str(error),)
        typer.echo(json.dumps({"valid": False, "faults": list(faults)}, indent=2))
        raise typer.Exit(USAGE) from None
    if as_json:
        typer.echo(json.dumps(summary, indent=2, allow_nan=False))
    else:
        for remark in summary["remarks"]:
            console.say(f"remark: {remark}")
        show(_text(summary))


def _summary(scenario: Scenario, engine: Engine, *, waits: bool) -> dict[str, Any]:
    from qsim import registry
    from qsim.model.outcome import finite

    run, protocols, built = scenario.run_spec, scenario.protocols, engine.result()
    summary: dict[str, Any] = finite(
        {
            "valid": True,
            "name": scenario.name,
            "duration_s": run.duration,
            "expected_events": engine.expected_events(),
            "seed": run.seed,
            "detail": run.detail,
            "formalism": run.formalism,
            **{key: registry.name_of(type(getattr(protocols, key))) for key in _PROTOCOLS},
            # A runtime of somebody else's may have nothing to say.
            "remarks": list(getattr(engine, "remarks", list)()),
            "traffic": Counter(registry.name_of(type(app)) for app in scenario.traffic),
            "nodes": [{"node": row.node, "memories": row.memories} for row in built.memories],
            "links": _links(engine, built, waits),
        }
    )
    return summary


def _sweep(file: Path, overrides: Sequence[str]) -> dict[str, Any]:
    """The size of the scenario's sweep, every point of which is checked."""
    from qsim.sweeps.front_door import planned

    plan = planned(file, {}, overrides=overrides)
    return {
        "parameters": [parameter.path for parameter in plan.parameters],
        "points": len(plan.by_point()),
        "runs": len(plan.runs),
        "at_most": plan.until is not None,
    }


_PROTOCOLS = ("swapping", "purification", "routing")
#: What is known of a link before anything has run.
_MODELLED = ("link", "a", "b", "length_m", "success_probability", "fidelity")


def _links(engine: Engine, built: Result, waits: bool) -> list[dict[str, Any]]:
    """The links as modelled; with the mean time to a pair if wanted, where the runtime can calculate it."""
    from qsim.model.rows import as_mappings

    rows = [{key: row[key] for key in _MODELLED} for row in as_mappings("links", built.links)]
    for row, link in zip(rows, getattr(engine, "links", ()) if waits else (), strict=False):
        row["expected_wait_s"] = link.expected_wait_s()
    return rows


def _text(summary: dict[str, Any]) -> str:
    from qsim.results.number_text import count, fidelity, number, seconds
    from qsim.results.text_tables import SHOWN, TextTable

    nodes, links = summary["nodes"], summary["links"]
    memories = sum(node["memories"] for node in nodes)
    size = (count(len(nodes), "node"), count(len(links), "link"), count(memories, "memory"))
    traffic = ", ".join(f"{amount} {name}" for name, amount in summary["traffic"].items()) or "none"
    lines = [
        f"{summary['name'] or '(unnamed scenario)'}: {', '.join(size)}",
        f"run {seconds(summary['duration_s'])}, detail {summary['detail']}, "
        f"formalism {summary['formalism']}, seed {summary['seed']}",
        ", ".join(f"{key} {summary[key]}" for key in _PROTOCOLS),
        f"traffic: {traffic}",
    ]
    if "sweep" in summary:
        sweep = summary["sweep"]
        varied, runs = ", ".join(sweep["parameters"]) or "nothing", count(sweep["runs"], "run")
        most = "at most " if sweep["at_most"] else ""
        lines.append(f"sweep: {count(sweep['points'], 'point')} over {varied}; {most}{runs}")
    table = TextTable("Links", shown=SHOWN)
    table.column("between")
    table.column("length", right=True, keep=6)
    table.column("p(attempt)", right=True, keep=7)
    table.column("time to a pair", right=True, keep=8 * any("expected_wait_s" in link for link in links))
    table.column("fidelity", right=True, keep=5)
    for link in links:
        table.row(
            f"{link['a']} - {link['b']}",
            f"{number(link['length_m'] / 1e3)} km",
            number(link["success_probability"]),
            seconds(link.get("expected_wait_s")),
            fidelity(link["fidelity"]),
        )
    width = page_width()
    return "\n".join((*lines, "", table.text(width), "The scenario is valid.\n"))

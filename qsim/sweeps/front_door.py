"""The front door of sweeps: from what a user gives to a plan and its runs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any

from qsim import plugins as plugin_loader
from qsim.documents.faults import Faults, Place, fail
from qsim.documents.objects import Parts
from qsim.documents.overrides import apply_overrides
from qsim.documents.paths import parse_path
from qsim.documents.read_document import read_document
from qsim.documents.tree import Node, from_plain
from qsim.errors import ParameterError
from qsim.model.sweep_spec import SweepSpec, paths
from qsim.network.builder import Network
from qsim.network.script_values import document_value
from qsim.scenario.scenario import Scenario
from qsim.sweeps.plan import Plan, Shard, make_plan
from qsim.sweeps.pool import Pool
from qsim.sweeps.store import Store
from qsim.sweeps.study import Study
from qsim.sweeps.sweep_result import SweepResult

_NEEDS = "a scenario needs at least `run` with a `duration`, and `nodes`"


def sweep(
    scenario: str | PathLike[str] | Scenario | Network | Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]] | None = None,
    *,
    zip: Mapping[str, Sequence[Any]] | None = None,
    list: Sequence[Mapping[str, Any]] | None = None,
    sample: Mapping[str, Any] | None = None,
    replicates: int | None = None,
    until: Mapping[str, Any] | None = None,
    duration: float | str | None = None,
    out: str | PathLike[str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str = "1/1",
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
    force: bool = False,
) -> SweepResult:
    """Run a scenario at many points, several times each.

    What is given here stands in place of the entry of the same name in the scenario's own section ``sweep``;
    a number of replicates also in place of its stopping rule.
    Every point is checked before anything runs. Replicate r of every point has the seed ``run.seed + r``, so
    that points differ by their parameters and not by their luck. The same sweep gives the same tables, bit
    for bit, whatever the number of workers.

    Args:
        scenario: a file, a scenario, a network, or a document. A scenario has its topology spelt out, so
            parameters below ``topology`` are varied in one of the others.
        grid: values by key path, such as ``{"defaults.memory.efficiency": [0.5, 0.9]}``; every combination is
            a point.
        zip: values by key path, taken together: the first of each, the second of each, ...
        list: points one by one, each a mapping from key paths to values; ``"label"`` may name a point.
        sample: points spread over a region: ``{"method": "sobol", "points": 64, "seed": 0, "parameters":
            {path: {"low": ..., "high": ..., "scale": "linear"}}}``; the method may be ``latin-hypercube``.
        replicates: runs of each point; 1 when neither the scenario nor the call says more.
        until: a stopping rule instead of a number of replicates: ``{"metric": "throughput_hz", "half_width":
            5, "at_least": 5, "at_most": 100}``.
        duration: simulated time of every run, s, in place of the scenario's own.
        out: directory that keeps every finished run; what is there already is not run again.
        workers: processes; None takes one for each processor.
        scheduler: address of a Dask scheduler whose workers do the runs instead.
        shard: the share of the runs to do, ``"i/n"``; the result has whatever is in `out` by then.
        overrides: texts ``key.path=value`` that change the scenario first.
        plugins: modules and Python files that register kinds, imported here and by the processes that do the
            runs.
        force: write into a directory that holds other things too.

    Returns:
        The finished runs; see its `failures` for those that ended in an error.

    Raises:
        ScenarioError: with every fault of every point.
        ParameterError: an argument that cannot be.
        ResultError: the directory holds other things, or cannot be written.

    Example:
        >>> import qsim
        >>> network = qsim.Network().add_nodes("a", "b").add_link("a", "b", "1 km").request("a", "b")
        >>> lengths = {"links[0].length": ["1 km", "9 km"]}
        >>> study = sweep(network, lengths, replicates=3, duration="0.1 s", workers=1)
        >>> len(study.runs), study.parameters[0].unit, study.runs[-1].values["links[0].length"]
        (6, 'm', 9000.0)
    """
    plugin_loader.load(plugins)
    given = {
        "grid": grid,
        "zip": zip,
        "list": list,
        "sample": sample,
        "replicates": replicates,
        "until": until,
    }
    varied = {key: value for key, value in given.items() if value is not None}
    timed = [] if duration is None else [f"run.duration={duration}"]
    if isinstance(scenario, Network):
        scenario = scenario.document(duration)
    plan = planned(scenario, varied, overrides=[*timed, *overrides])
    study = Study(
        plan,
        pool_of(workers, scheduler),
        None if out is None else Store(Path(out)),
        Shard.parse(shard),
        tuple(plugins),
    )
    result = study.run(force=force, remark=lambda text: warnings.warn(text, stacklevel=5))
    if result.failures:
        first = result.failures[0].error
        warnings.warn(f"{len(result.failures)} runs failed; the first: {first}", stacklevel=2)
    return result


def pool_of(workers: int | None, scheduler: str | None) -> Pool:
    """The pool that a user asks for.

    Raises:
        ParameterError: fewer workers than one, or no whole number of them.
    """
    if workers is None:
        from joblib import cpu_count

        workers = cpu_count()
    if not isinstance(workers, Integral) or workers < 1:
        raise ParameterError(f"workers must be a whole number of at least 1, got {workers!r}")
    return Pool(int(workers), scheduler)


def planned(
    scenario: str | PathLike[str] | Scenario | Mapping[str, Any],
    varied: Mapping[str, Any],
    *,
    overrides: Sequence[str] = (),
    said_in: str = "<script>",
) -> Plan:
    """The plan of a sweep.

    Args:
        scenario: as in `sweep`.
        varied: entries that stand in place of those of the scenario's section ``sweep``.
        overrides: as in `sweep`.
        said_in: where `varied` was written, for messages.

    Raises:
        ScenarioError: with every fault of the document, the section and every point.
    """
    faults = Faults()
    root, source, base = _document(scenario, overrides, faults)
    section = root.get("sweep")
    if "replicates" in varied and "until" in varied:
        faults.add(Place(said_in, ("sweep",)), "`replicates` and `until` both say how often a point is run")
    own = section.items if section is not None else {}
    if "replicates" in varied:
        own = {key: entry for key, entry in own.items() if key != "until"}
    entries = own | {
        key: from_plain(document_value(value, key), Place(said_in, ("sweep", key)), faults)
        for key, value in varied.items()
    }
    place = section.place if section is not None else Place(source, ("sweep",))
    if section is not None and not isinstance(section.value, dict):
        faults.add(place, "must be a mapping such as {grid: {...}, replicates: 10}")
    spec = Parts(faults).of_class(SweepSpec, Node(entries, place))
    if faults or spec is None:
        raise faults.error()
    if isinstance(scenario, Scenario) and any(parse_path(path)[0] == "topology" for path in paths(spec)):
        raise fail(place, "a scenario that was loaded has its topology spelt out; give its file to vary it")
    return make_plan(root, spec, source, base)


def _document(
    scenario: str | PathLike[str] | Scenario | Mapping[str, Any],
    overrides: Sequence[str],
    faults: Faults,
) -> tuple[Node, str, Path | None]:
    """The tree of a scenario, what to call it, and the folder of its files."""
    if isinstance(scenario, str | PathLike):
        file = Path(scenario)
        return read_document(file, faults, overrides=overrides, needs=_NEEDS), str(file), file.parent
    source = scenario.source if isinstance(scenario, Scenario) else "<script>"
    document = scenario.document if isinstance(scenario, Scenario) else scenario
    root = from_plain(document_value(document, "scenario"), Place(source), faults)
    if isinstance(scenario, Scenario) and scenario.sweep is not None:
        section = from_plain(asdict(scenario.sweep), Place("<scenario>", ("sweep",)), faults)
        root = root.within({**root.items, "sweep": section})
    return apply_overrides(root, overrides, faults), source, None

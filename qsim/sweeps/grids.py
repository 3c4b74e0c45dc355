"""The metrics of a sweep as arrays over its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qsim.errors import ResultError
from qsim.results.run_metrics import described_metrics, run_metrics
from qsim.sweeps.sweep_frames import value_series

if TYPE_CHECKING:
    import xarray as xr

    from qsim.sweeps.sweep_runs import SweepOutcome, Value


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

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

from qsim.errors import ResultError
from qsim.results.run_metrics import RUN_METRICS, run_metrics
from qsim.sweeps import FailedRun
from tests.results.specimens import EFFICIENCY, LENGTH, result, sweep, sweep_of

pytest.importorskip("xarray")


def test_points_that_fill_a_grid_are_laid_out_on_it() -> None:
    data = sweep().to_xarray()
    assert dict(data.sizes) == {EFFICIENCY: 2, LENGTH: 2, "replicate": 3}
    assert data["pairs"].dims == (EFFICIENCY, LENGTH, "replicate")
    assert list(data[EFFICIENCY].values) == [0.25, 0.5]
    for run in sweep().runs:
        cell = data.sel({**run.values, "replicate": run.replicate})
        for name, value in run_metrics(run.result).items():
            assert float(cell[name]) == value


def test_everything_has_its_unit_and_meaning() -> None:
    data = sweep().to_xarray()
    assert data[LENGTH].attrs == {"long_name": "length of fibre between the two nodes", "units": "m"}
    for name, metric in RUN_METRICS.items():
        assert data[name].attrs == {"long_name": metric.doc, "units": metric.unit}
    assert data.attrs == {"title": "Three nodes", "fingerprint": sweep().fingerprint}
    assert list(data["seed"].values) == [7, 8, 9]
    assert data["seed"].dims == ("replicate",)


def test_a_missing_run_is_nan() -> None:
    (lost, *others) = sweep().runs
    failed = FailedRun(lost.point, lost.replicate, lost.values, lost.seed, "it broke", "")
    data = sweep(runs=tuple(others), failures=(failed,)).to_xarray()
    assert np.isnan(data["pairs"].values).sum() == 1
    assert np.isnan(data["pairs"].values[0, 0, 0])


def test_an_empty_figure_is_nan() -> None:
    data = sweep_of({"a": [None, 0.9]}).to_xarray()
    assert np.isnan(data["fidelity_mean"].sel(x="a", replicate=0))
    assert data["fidelity_mean"].sel(x="a", replicate=1) == 0.9


def test_points_that_fill_no_grid_lie_in_a_row() -> None:
    runs = tuple(run for run in sweep().runs if run.point != 2)
    data = sweep(runs=runs).to_xarray()
    assert dict(data.sizes) == {"point": 3, "replicate": 3}
    assert list(data["point"].values) == [0, 1, 3]
    assert data[LENGTH].dims == ("point",)
    assert list(data[EFFICIENCY].values) == [0.25, 0.25, 0.5]
    assert data["pairs"].sel(point=3, replicate=0) == 170.0


def test_the_same_place_twice_is_no_grid() -> None:
    moved = [dataclasses.replace(run, values=sweep().runs[0].values) for run in sweep().runs]
    assert dict(sweep(runs=tuple(moved)).to_xarray().sizes) == {"point": 4, "replicate": 3}


def test_words_make_an_axis() -> None:
    data = sweep_of({"weighted": [0.5], "even": [0.6]}).to_xarray()
    assert list(data["x"].values) == ["weighted", "even"]
    assert data["fidelity_mean"].sel(x="even", replicate=0) == 0.6
    assert "units" not in data["x"].attrs


def test_a_sweep_without_parameters_or_runs_is_an_empty_row() -> None:
    data = sweep(parameters=(), runs=()).to_xarray()
    assert dict(data.sizes) == {"point": 0, "replicate": 0}
    assert set(RUN_METRICS) <= set(data)


def test_without_xarray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ResultError, match=r"pip install 'qsim-net\[xarray\]'"):
        sweep().to_xarray()


def test_it_writes_as_netcdf_readers_expect() -> None:
    """Plain dictionaries hold nothing but numbers, text and lists: no objects of ours."""
    plain = sweep_of({"a": [0.5]}).to_xarray().to_dict()
    assert plain["coords"]["x"]["data"] == ["a"]
    assert plain["data_vars"]["pairs"]["data"] == [[float(result().flows[0].pairs)]]

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import qsim
from qsim.errors import ResultError
from qsim.model.rows import TABLES, columns
from qsim.results.run_metrics import run_metrics
from qsim.sweeps import FailedRun, SweepResult, SweepRun, SweptParameter
from tests.results.specimens import EFFICIENCY, LENGTH, flow, result, sweep

LEADING = ["point", "replicate", "seed", EFFICIENCY, LENGTH]
FAILED = FailedRun(3, 3, {EFFICIENCY: 0.5, LENGTH: 20_000.0}, 10, "no route from a to c", "File 'x', line 3")
EVERY_TABLE = ["runs", "timings", "failures", *TABLES]


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_every_table_leads_with_the_same_columns_and_explains_them_all(table: str) -> None:
    data = sweep(failures=(FAILED,)).frame(table)
    assert list(data.columns[:5]) == LEADING
    assert list(data.attrs["columns"]) == list(data.attrs["units"]) == list(data.columns)
    assert [name for name, doc in data.attrs["columns"].items() if not doc] == []
    assert data.attrs["units"][LENGTH] == "m"
    assert len(data) > 0


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_a_table_without_rows_has_the_types_of_one_with_rows(table: str) -> None:
    empty = sweep(runs=()).frame(table)
    full = sweep(failures=(FAILED,)).frame(table)
    assert len(empty) == 0
    # Without a run nobody knows what applications measure.
    assert list(empty.columns) == [name for name in full.columns if not name.startswith("teleportation")]
    assert {name: empty[name].dtype for name in empty} == {name: full[name].dtype for name in empty}


def test_the_table_of_runs_has_the_metrics_of_each() -> None:
    of_all = sweep()
    data = of_all.frame("runs")
    assert len(data) == 12
    assert list(data["point"]) == [point for point in range(4) for _ in range(3)]
    assert list(data["seed"]) == [7, 8, 9] * 4
    for run, row in zip(of_all.runs, data.to_dict("records"), strict=True):
        assert {name: row[name] for name in run_metrics(run.result)} == run_metrics(run.result)
        assert row[EFFICIENCY] == run.values[EFFICIENCY]
    assert data["pairs"].dtype.kind == "i"


def test_timings_stand_apart_from_what_repeats() -> None:
    of_all = sweep()
    slower = dataclasses.replace(
        of_all,
        runs=tuple(
            dataclasses.replace(
                run, result=dataclasses.replace(run.result, cpu_s=9.0, wall_s=9.0, setup_s=9.0)
            )
            for run in of_all.runs
        ),
    )
    assert list(slower.frame("timings").columns) == [*LEADING, "cpu_s", "wall_s", "setup_s"]
    assert set(slower.frame("timings")["cpu_s"]) == {9.0}
    for table in ("runs", "failures", *TABLES):
        assert_frame_equal(of_all.frame(table), slower.frame(table), check_exact=True)


def test_rows_of_all_runs_follow_each_other() -> None:
    of_all = sweep()
    data = of_all.frame("flows")
    assert list(data.columns[5:]) == [column.name for column in columns("flows")]
    assert len(data) == 24
    for (point, replicate), rows in data.groupby(["point", "replicate"]):
        (run,) = (run for run in of_all.runs if (run.point, run.replicate) == (point, replicate))
        own = run.result.frame("flows")
        assert_frame_equal(rows.reset_index(drop=True)[own.columns], own, check_exact=True)


def test_the_flow_of_a_pair_is_counted_within_its_run() -> None:
    data = sweep().frame("pairs")
    assert set(data["flow"]) == {0}
    assert data.attrs["columns"]["flow"].endswith("of the same run")


def test_failures_say_what_was_wrong() -> None:
    (row,) = sweep(failures=(FAILED,)).frame("failures").to_dict("records")
    assert (row["error"], row["seed"], row[LENGTH]) == ("no route from a to c", 10, 20_000.0)
    assert row["traceback"] == "File 'x', line 3"


@pytest.mark.parametrize(
    ("values", "unit", "kind"),
    [
        ([1, 2], "1", "i"),
        ([1, 2.5], "1", "f"),
        ([True, False], None, "b"),
        ([1.0, None], "m", "f"),
        ([2**63, 1], "1", "O"),
        (["none", 1], None, "O"),
    ],
)
def test_a_varied_parameter_has_a_column_of_its_type(values: list[Any], unit: str | None, kind: str) -> None:
    runs = tuple(
        SweepRun(point, 0, {} if value is None else {"x": value}, 0, result())
        for point, value in enumerate(values)
    )
    data = SweepResult("", (SweptParameter("x", unit, "what is varied"),), runs).frame("runs")
    assert data["x"].dtype.kind == kind
    assert [None if pd.isna(cell) else cell for cell in data["x"]] == values


def test_a_seed_may_be_any_whole_number() -> None:
    runs = (SweepRun(0, 0, {}, 2**64, result()),)
    assert list(SweepResult("", (), runs).frame("runs")["seed"]) == [2**64]


def test_an_unknown_table_is_refused_with_the_nearest() -> None:
    with pytest.raises(ResultError, match=r"a sweep has no table 'run' \(did you mean 'runs'\?\)"):
        sweep().frame("run")


def test_the_fingerprint_leaves_timings_versions_and_tracebacks_alone() -> None:
    one = sweep(failures=(FAILED,))
    moved = dataclasses.replace(FAILED, traceback="File 'y', line 4")
    runs = tuple(
        dataclasses.replace(run, result=dataclasses.replace(run.result, wall_s=1.0, versions={}))
        for run in one.runs
    )
    assert (
        sweep(failures=(moved,), runs=runs, versions={"qsim": "99"}, interrupted=True).fingerprint
        == one.fingerprint
    )
    assert len(one.fingerprint) == 32


def changed_run(**fields: Any) -> tuple[SweepRun, ...]:
    first, *others = sweep().runs
    return (dataclasses.replace(first, **fields), *others)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"parameters": sweep().parameters[:1]},
        {"parameters": tuple(dataclasses.replace(known, unit="km") for known in sweep().parameters)},
        {"runs": sweep().runs[1:]},
        {"runs": changed_run(point=9)},
        {"runs": changed_run(replicate=9)},
        {"runs": changed_run(seed=99)},
        {"runs": changed_run(values={EFFICIENCY: 0.3, LENGTH: 10_000.0})},
        {"runs": changed_run(result=result(flows=(flow(fidelity_mean=0.5),)))},
        {"failures": (FAILED,)},
        {"planned": 13},
        {"document": {"run": {"duration": 200.0}}},
    ],
)
def test_everything_else_is_in_the_fingerprint(change: dict[str, Any]) -> None:
    assert sweep(**change).fingerprint != sweep().fingerprint


def test_the_points_are_those_tried_in_order() -> None:
    extra = dataclasses.replace(FAILED, point=4, values={EFFICIENCY: 0.9, LENGTH: 1.0})
    found = sweep(failures=(extra,), runs=sweep().runs[3:]).points
    assert list(found) == [1, 2, 3, 4]
    assert found[4] == {EFFICIENCY: 0.9, LENGTH: 1.0}


def test_it_is_at_the_front_door() -> None:
    assert qsim.SweepResult is SweepResult


@pytest.mark.parametrize(
    "code",
    [
        "import qsim.results",
        "import qsim; qsim.SweepResult('', (), ()).fingerprint; qsim.Result",
        "import qsim.results.run_metrics, qsim.results.intervals, qsim.results.steady",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {
        "pandas",
        "numpy",
        "scipy",
        "scipy.stats",
        "matplotlib",
        "pyarrow",
        "xarray",
        "joblib",
        "qsim.plots",
    }
    assert heavy.intersection(done.stdout.split()) == set()


def test_a_summary_loads_pandas_but_not_the_slow_part_of_scipy() -> None:
    code = (
        "import sys; from tests.results.specimens import sweep; sweep().summary(); "
        "sweep().proportion('completed', of=['completed', 'rejected']); "
        "sweep().difference({'links[0].length': (10_000.0, 20_000.0)}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"scipy.stats", "matplotlib", "xarray"}.intersection(done.stdout.split()) == set()

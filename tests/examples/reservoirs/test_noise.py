"""Experiment `noise`: shots and decay cost what they should, beside all baselines."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from noise import KINDS, PersistentCells, run_noise

from qml.comparison.compare import ReadoutModel, compare
from qml.comparison.score_table import BASELINES
from qml.persistent import StepNoise
from qml.tasks import standard_task
from qsim.errors import ParameterError
from tests.qml.causality import assert_causal

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("noise")


@pytest.fixture(scope="module")
def report(folder):
    return run_noise(seeds=1, workers=1, out=folder, quick=True)


def test_every_noise_stands_beside_all_baselines(report) -> None:
    shots, memory = (report.tables[name].frame() for name in ("noise_shots", "noise_memory"))
    for _, part in shots.groupby("task"):
        assert set(part["model"]) == {
            "QRNN ensemble", "QRNN ensemble, 100 shots", "QRNN ensemble, 1000 shots", *BASELINES
        }  # fmt: skip
    assert [*dict.fromkeys(shots["task"])] == [
        "NARMA-10 (up to 20 features)",
        "laser, 1 step (up to 20 features)",
    ]
    noisy = {f"persistent, {kind}, 0.03" for kind in KINDS}
    still = {"persistent, no noise", "persistent, no noise, 10000 shots"}
    for _, part in memory.groupby("task"):
        assert set(part["model"]) == {*noisy, *still, *BASELINES}
    assert set(memory["metric"]) == {"nrmse", "memory capacity"}


def test_files_are_written_and_a_second_run_computes_nothing(report, folder) -> None:
    assert {file.name for file in report.files} == {
        f"{name}.{suffix}" for name in report.tables for suffix in ("txt", "csv", "parquet", "png")
    }
    again = run_noise(
        seeds=1, workers=2, out=folder, quick=True, progress=lambda *_: pytest.fail("something ran")
    )
    assert again.text() == report.text()


def test_only_the_tasks_that_are_asked_for_are_run(tmp_path) -> None:
    found = run_noise(seeds=1, workers=1, out=tmp_path, quick=True, tasks=["laser"])
    (table,) = found.tables.values()
    assert {score.task for score in table.scores} == {"laser, 1 step (up to 20 features)"}
    assert {file.name for file in found.files} == {
        f"noise_shots.{suffix}" for suffix in ("txt", "csv", "parquet", "png")
    }


def memory_of(noise: StepNoise, shots: int | None = None) -> float:
    """Memory capacity of one reservoir, its gain fixed."""
    drawn = partial(standard_task, "memory", washout=100, train=600, validation=200, test=300)
    cells = ReadoutModel("persistent", PersistentCells(40, noise, shots, gains=(0.3,)))
    (score,) = compare(drawn, [cells], [1], ("memory capacity",))
    return score.mean


@pytest.mark.parametrize("field", ["amplitude_damping", "dephasing", "depolarising"])
def test_memory_falls_with_noise(field) -> None:
    # Of a capacity of about 13, noise of 0.3 takes several delays: far more than the scatter of a few tenths.
    capacities = [memory_of(StepNoise(**{field: rate})) for rate in (0.0, 0.1, 0.3)]
    assert capacities[0] > capacities[1] + 0.5 > capacities[2] + 1.0


def test_what_is_wholly_depolarised_remembers_nothing() -> None:
    # Answers that do not vary count as r = 0, of which the correction for 300 steps makes -1 / 298.
    assert memory_of(StepNoise(depolarising=1.0)) == pytest.approx(-40 / 298)


def test_memory_grows_with_shots_towards_the_exact_one() -> None:
    capacities = [memory_of(StepNoise(), shots) for shots in (10, 1_000, 100_000, None)]
    assert np.all(np.diff(capacities) > 0.3)


def test_persistent_reservoirs_do_not_look_ahead() -> None:
    task = standard_task("narma-5", 0, washout=20, train=60, validation=20, test=30)
    cells = ReadoutModel("persistent", PersistentCells(20, StepNoise(0.1), 100))
    fitted = cells.fit(task, 0)
    assert_causal(lambda inputs: fitted.answers(inputs, task.targets), task.inputs, 90)


def test_every_seed_has_shots_of_its_own() -> None:
    inputs = np.zeros((5, 1))
    first, second = (PersistentCells(10, shots=100)(seed, 1)[0] for seed in (1, 2))
    same = [(one.engine.shots, one.engine.seed) for one in (first, second)]
    assert same == [(100, 1), (100, 2)]
    assert np.any(first.features(inputs) != second.features(inputs))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shots": (0,)}, "`shots` must be above 0, got 0"),
        ({"rates": (0.7,)}, r"`StepNoise.dephasing` must be in \[0, 0.5\], got 0.7"),
        ({"features": 5}, "`features` must be a whole number of at least"),
        ({"seeds": 0}, "`seeds` must be a whole number of at least 1"),
        ({"shots": ()}, "`shots` is empty"),
        ({"shots": (1.5,)}, "shots must be a whole number of at least 1, not 1.5"),
        ({"rates": (0.1, 0.0)}, "`rates` must be above 0, got 0"),
        ({"tasks": ()}, "`tasks` is empty; known: narma-10, laser, narma-5, memory"),
        ({"tasks": ("laser", "narma10")}, "unknown task 'narma10'.*narma-10"),
    ],
)
def test_wrong_numbers_are_refused_before_anything_runs(arguments, message) -> None:
    with pytest.raises(ParameterError, match=message):
        run_noise(progress=lambda *_: pytest.fail("something ran"), **arguments)

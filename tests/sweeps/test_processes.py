"""Several processes, a cluster, kills and interruptions: the same tables, and exit codes that are right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import qsim
from qsim import SweepResult
from tests.sweeps.scenes import (
    LENGTHS,
    SABOTEUR,
    SCENARIO,
    archives,
    begun,
    command,
    qsim_sweep,
    started,
    wait_for,
    write,
)

GRID = {"grid": LENGTHS, "replicates": 4}


def trail(tmp_path: Path) -> Path:
    folder = tmp_path / "trail"
    folder.mkdir()
    return folder


def test_one_worker_two_workers_and_a_cluster_agree_bit_for_bit(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    varied = {"grid": LENGTHS, "replicates": 3}
    file = write(tmp_path, saboteur={}, sweep=varied)
    one = qsim.sweep(file, workers=1, plugins=[str(SABOTEUR)], out=tmp_path / "one")
    two = qsim.sweep(file, workers=2, plugins=[str(SABOTEUR)], out=tmp_path / "two")
    done = qsim_sweep(file, tmp_path / "apart", "--workers", 2, "--json")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tcp://127.0.0.1:")
        cloud = qsim_sweep(file, tmp_path / "cloud", "--scheduler", address, "--json")
    assert (done.returncode, cloud.returncode) == (0, 0), cloud.stderr
    studies = [one, two, *(SweepResult.load(tmp_path / name) for name in ("apart", "cloud"))]
    assert {study.fingerprint for study in studies} == {one.fingerprint}
    assert json.loads(cloud.stdout) == json.loads(done.stdout)
    for name in ("runs", "flows", "links", "memories"):
        tables = [study.frame(name) for study in studies]
        assert all(table.equals(tables[0]) for table in tables)
        assert len(tables[0]) >= 9


def test_a_cluster_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    # How long to wait for one is a setting of Dask's own.
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    done = qsim_sweep(write(tmp_path, sweep=GRID), tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert "cannot reach a Dask scheduler at 'tcp://127.0.0.1:9'" in done.stderr
    done = qsim_sweep(write(tmp_path, sweep=GRID), tmp_path / "out", "--scheduler", "nonsense")
    assert (done.returncode, "missing port number" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    seen = trail(tmp_path)
    out = tmp_path / "out"
    deed = {"deed": "kill once", "seed": 5, "trail": str(seen), "stored": str(out / "runs"), "finished": 11}
    done = qsim_sweep(write(tmp_path, saboteur=deed, sweep=GRID), out, "--workers", 2)
    assert (done.returncode, len(archives(out))) == (0, 12), done.stderr
    # All others were finished before the kill, and are not repeated.
    assert begun(seen) == sorted([3, 4, 5, 6] * 3 + [5])


def test_a_run_that_always_kills_its_process_is_a_failed_run(tmp_path: Path) -> None:
    file = write(tmp_path, saboteur={"deed": "kill", "seed": 5}, sweep={"replicates": 4})
    done = qsim_sweep(file, tmp_path / "out", "--workers", 2)
    assert done.returncode == 3
    study = SweepResult.load(tmp_path / "out")
    assert [run.seed for run in study.runs] == [3, 4, 6]
    assert [(run.seed, run.error.partition(",")[0]) for run in study.failures] == [
        (5, "the process that ran it was killed")
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_run_gives_exit_code_3_and_the_others_go_on(tmp_path: Path, workers: int) -> None:
    file = write(tmp_path, saboteur={"deed": "fail", "seed": 4}, sweep=GRID)
    done = qsim_sweep(file, tmp_path / "out", "--workers", workers)
    assert done.returncode == 3
    assert "3 runs failed; the first: RuntimeError: sabotage in two lines" in done.stderr
    study = SweepResult.load(tmp_path / "out")
    assert (len(study.runs), len(study.failures)) == (9, 3)
    assert "saboteur.py" in study.failures[0].traceback
    assert "Two nodes" in done.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_parent_loses_no_finished_run(tmp_path: Path, workers: int) -> None:
    seen, out = trail(tmp_path), tmp_path / "out"
    file = write(tmp_path, saboteur={"deed": "wait", "trail": str(seen)}, sweep=GRID)
    process = started(file, out, "--workers", workers)
    wait_for(out, 3)
    process.kill()
    process.communicate()
    kept = archives(out)
    assert 3 <= len(kept) < 12
    done = qsim_sweep(file, out, "--workers", workers)
    assert (done.returncode, len(archives(out))) == (0, 12)
    assert kept.items() <= archives(out).items()
    # Only those under way at the kill have begun twice.
    assert len(begun(seen)) <= 12 + 2 * workers


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil")
    out = tmp_path / "out"
    file = write(tmp_path, saboteur={"deed": "wait", "wait": "60 s", "seed": 6}, sweep=GRID)
    process = started(file, out, "--workers", 2)
    wait_for(out, 6)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_finishes_what_is_under_way_and_no_more(tmp_path: Path, workers: int) -> None:
    out = tmp_path / "out"
    file = write(tmp_path, saboteur={"deed": "wait"}, sweep=GRID)
    process = started(file, out, "--workers", workers)
    wait_for(out, 3)
    # A terminal sends the signal to the workers too.
    os.killpg(process.pid, signal.SIGINT)
    shown, said = process.communicate(timeout=60)
    kept = archives(out)
    assert (process.returncode, "Two nodes" in shown) == (130, True)
    assert 3 <= len(kept) < 12
    assert "stopping after the runs under way" in said
    assert f"{len(kept)} of 12 runs are in {out}" in said
    done = qsim_sweep(file, out, "--workers", workers)
    assert (done.returncode, len(archives(out))) == (0, 12)
    assert kept.items() <= archives(out).items()


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_twice_quits_at_once(tmp_path: Path, workers: int) -> None:
    out = tmp_path / "out"
    slow = {"deed": "wait", "wait": "120 s", "seed": 5}
    process = started(write(tmp_path, saboteur=slow, sweep={"replicates": 4}), out, "--workers", workers)
    wait_for(out, 2)
    os.killpg(process.pid, signal.SIGINT)
    assert process.stderr is not None
    while "once more to quit" not in process.stderr.readline():
        pass
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert (process.returncode, len(archives(out)) in (2, 3)) == (130, True)


def test_a_full_disk_gives_exit_code_1(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = write(tmp_path, sweep=GRID)
    script = """
        import errno, sys
        from pathlib import Path
        from qsim.cli import main

        write_bytes = Path.write_bytes

        def full(path, contents):
            if len(list(path.parent.glob("*.zip"))) >= 4:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write_bytes(path, contents)

        Path.write_bytes = full
        sys.exit(main(sys.argv[1:]))
    """
    arguments = [sys.executable, "-c", textwrap.dedent(script), *command(file, out, "--workers", 2)[3:]]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, len(archives(out))) == (1, 4)
    assert "No space left on device" in done.stderr
    assert "defect" not in done.stderr


def test_classes_of_a_script_travel_to_the_workers(tmp_path: Path) -> None:
    script = tmp_path / "study.py"
    script.write_text(
        textwrap.dedent(
            f"""
            from __future__ import annotations
            from dataclasses import dataclass
            from typing import Annotated
            import qsim
            from hardware.memory import AtomicMemory

            @qsim.register("memory", "leaky")
            @dataclass(frozen=True)
            class LeakyMemory(AtomicMemory):
                '''A memory of this script's own.'''
                leak: Annotated[float, qsim.Param("share lost", ge=0, le=1)] = 0.5

            document = {SCENARIO!r}
            document["defaults"] = {{"memory": {{"kind": "leaky", "efficiency": 0.4}}}}
            lengths = {LENGTHS!r}
            prints = {{qsim.sweep(document, lengths, workers=workers).fingerprint for workers in (1, 2)}}
            print(len(prints))
            """
        )
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_a_plug_in_that_was_loaded_before_travels_to_the_workers(tmp_path: Path) -> None:
    # Its module has a name that no worker can import, and the sweep is not told of its file.
    file = write(tmp_path, saboteur={})
    script = f"""
        import qsim
        from qsim import plugins
        plugins.load([{str(SABOTEUR)!r}])
        study = qsim.sweep({str(file)!r}, replicates=2, workers=2)
        print(len(study.runs), study.failures)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "2 ()\n"), done.stderr

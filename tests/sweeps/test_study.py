"""Running, keeping, resuming: no finished run is lost or repeated, and no damaged file is believed."""

from __future__ import annotations

import errno
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import qsim
from protocols.apps.base import App
from qsim import ResultError, SweepResult
from qsim.results.run_metrics import metric_value
from qsim.scenario import from_document
from qsim.statistics import half_width
from qsim.sweeps.store import FAILED, PLAN, RUNS
from tests.sweeps.scenes import LENGTHS, SABOTEUR, SCENARIO, archives, begun, write

PLUGINS = [str(SABOTEUR)]


@pytest.fixture(autouse=True)
def _saboteur() -> None:
    from qsim import plugins

    plugins.load(PLUGINS)


def seen(tmp_path: Path, **sections: Any) -> tuple[Path, Path]:
    """A scenario whose runs leave a trail, and the folder of the trail."""
    trail = tmp_path / "trail"
    trail.mkdir()
    return write(tmp_path, saboteur={"trail": str(trail)}, **sections), trail


def test_a_run_of_a_sweep_is_the_run_of_its_scenario() -> None:
    study = qsim.sweep(SCENARIO, LENGTHS, replicates=2, workers=1)
    run = study.runs[3]
    assert (run.point, run.replicate, run.seed, dict(run.values)) == (1, 1, 4, {"links[0].length": 20000.0})
    alone = from_document(SCENARIO, overrides=["links[0].length=20 km", "run.seed=4"]).run()
    assert run.result.fingerprint == alone.fingerprint
    assert run.result.flows == alone.flows


def test_a_sweep_resumes_with_what_is_missing(tmp_path: Path) -> None:
    file, trail = seen(tmp_path)
    out = tmp_path / "out"
    first = qsim.sweep(file, LENGTHS, replicates=2, out=out, workers=1)
    before = archives(out)
    assert (len(before), begun(trail)) == (6, [3, 3, 3, 4, 4, 4])
    lost = sorted(before)[2]
    (out / RUNS / lost).unlink()
    again = qsim.sweep(file, LENGTHS, replicates=2, out=out, workers=1)
    assert len(begun(trail)) == 7
    assert {name: when for name, when in archives(out).items() if name != lost} == {
        name: when for name, when in before.items() if name != lost
    }
    assert again.fingerprint == first.fingerprint == SweepResult.load(out).fingerprint


def test_a_sweep_that_grows_keeps_what_it_has(tmp_path: Path) -> None:
    file, trail = seen(tmp_path)
    out = tmp_path / "out"
    qsim.sweep(file, LENGTHS, replicates=1, out=out, workers=1)
    grown = {"links[0].length": [*LENGTHS["links[0].length"], "60 km"]}
    study = qsim.sweep(file, grown, replicates=2, out=out, workers=1)
    assert (len(study.runs), begun(trail)) == (8, [3, 3, 3, 3, 4, 4, 4, 4])
    # A smaller plan again takes no notice of the rest.
    assert len(qsim.sweep(file, LENGTHS, replicates=1, out=out, workers=1).runs) == 3
    assert len(begun(trail)) == 8


def test_failed_runs_are_recorded_and_tried_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = write(tmp_path, saboteur={"deed": "fail", "seed": 4})
    with pytest.warns(UserWarning, match="3 runs failed; the first: RuntimeError: sabotage in two lines"):
        study = qsim.sweep(file, LENGTHS, replicates=2, out=out, workers=1)
    assert [(run.point, run.replicate) for run in study.runs] == [(0, 0), (1, 0), (2, 0)]
    assert [(run.point, run.replicate, run.seed) for run in study.failures] == [
        (0, 1, 4),
        (1, 1, 4),
        (2, 1, 4),
    ]
    assert "saboteur.py" in study.failures[0].traceback
    said = [json.loads(path.read_text()) for path in (out / FAILED).iterdir()]
    assert {(each["seed"], each["replicate"]) for each in said} == {(4, 1)}
    assert SweepResult.load(out) == study
    # The fault is mended (the key does not depend on the code), and what failed is run again.
    with pytest.MonkeyPatch.context() as patch:
        from qsim import registry

        patch.setattr(registry.lookup("app", "saboteur"), "install", _idle)
        mended = qsim.sweep(file, LENGTHS, replicates=2, out=out, workers=1)
    assert (len(mended.runs), mended.failures, list((out / FAILED).iterdir())) == (6, (), [])


def _idle(_: Any, network: Any) -> App:
    return App(network)


def test_a_full_disk_ends_the_sweep_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, trail = seen(tmp_path)
    out = tmp_path / "out"
    write_bytes = Path.write_bytes

    def full(path: Path, contents: bytes) -> int:
        if len(archives(out)) >= 2:
            write_bytes(path, contents[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, contents)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(ResultError, match=r"cannot write .*\.zip': No space left on device"):
            qsim.sweep(file, LENGTHS, replicates=2, out=out, workers=1)
    kept = archives(out)
    assert (len(kept), len(begun(trail))) == (2, 3)
    assert sorted(path.suffix for path in (out / RUNS).iterdir()) == [".zip", ".zip"]
    study = qsim.sweep(file, LENGTHS, replicates=2, out=out, workers=1)
    assert (len(study.runs), len(begun(trail))) == (6, 7)
    assert kept.items() <= archives(out).items()


def damage(path: Path, how: str, other: Path) -> None:
    contents = path.read_bytes()
    if how == "truncated":
        path.write_bytes(contents[: len(contents) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "a bit turned":
        with zipfile.ZipFile(path) as archive:
            at = archive.getinfo("tables.json").header_offset + 60
        path.write_bytes(contents[:at] + bytes([contents[at] ^ 1]) + contents[at + 1 :])
    elif how == "foreign":
        path.write_bytes(b"PK\x03\x04 not quite a zip file")
    elif how == "foreign archive":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("holiday.txt", "sunny")
    elif how == "another run":
        path.write_bytes(other.read_bytes())
    elif how == "edited":
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text.replace(b'"rejected": 0', b'"rejected": 5'))


@pytest.mark.parametrize(
    "how",
    ["truncated", "empty", "a bit turned", "foreign", "foreign archive", "another run", "edited"],
)
def test_a_damaged_or_foreign_file_is_not_believed(tmp_path: Path, how: str) -> None:
    file, trail = seen(tmp_path)
    out = tmp_path / "out"
    first = qsim.sweep(file, LENGTHS, out=out, workers=1)
    paths = sorted((out / RUNS).iterdir())
    damage(paths[0], how, paths[1])
    with pytest.raises(ResultError, match=paths[0].name):
        SweepResult.load(out)
    with pytest.warns(UserWarning, match=rf"{paths[0].name}.*; it is run again"):
        again = qsim.sweep(file, LENGTHS, out=out, workers=1)
    assert (again.fingerprint, len(begun(trail))) == (first.fingerprint, 4)
    assert SweepResult.load(out) == again


def test_a_directory_of_other_things_is_refused_before_anything_runs(tmp_path: Path) -> None:
    file, trail = seen(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("\\begin{document}")
    with pytest.raises(ResultError, match="the directory holds other things"):
        qsim.sweep(file, LENGTHS, out=out, workers=1)
    (out / PLAN.file).write_text('{"format": "something else"}')
    with pytest.raises(ResultError, match="the directory holds other things"):
        qsim.sweep(file, LENGTHS, out=out, workers=1)
    assert begun(trail) == []
    (out / PLAN.file).unlink()
    assert len(qsim.sweep(file, LENGTHS, out=out, workers=1, force=True).runs) == 3
    assert (out / "thesis.tex").read_text() == "\\begin{document}"


def test_other_files_in_a_sweep_do_no_harm(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = qsim.sweep(SCENARIO, LENGTHS, out=out, workers=1)
    (out / RUNS / "notes.txt").write_text("remember the milk")
    (out / RUNS / ".half-written.zip").write_bytes(b"PK")
    assert qsim.sweep(SCENARIO, LENGTHS, out=out, workers=1) == first == SweepResult.load(out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "holds no sweep: there is no sweep.json in it"),
        ("{", "is damaged"),
        ("[]", "was written by something else"),
        ('{"format": "qsim-sweep", "schema": 99}', "was written in schema 99"),
        ('{"format": "qsim-sweep", "schema": 1}', "the plan of .* is damaged"),
        (
            '{"format": "qsim-sweep", "schema": 1, "name": "", "parameters": [], "points": [{}], '
            '"runs": [[0, 0, {}, "key"]], "document": {}, "until": null, "versions": {}}',
            "the plan of .* is damaged: TypeError a run is a point, a replicate, a seed and a key",
        ),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / PLAN.file).write_text(text)
    with pytest.raises(ResultError, match=said):
        SweepResult.load(tmp_path)


def test_a_directory_gives_back_whatever_it_holds(tmp_path: Path) -> None:
    study = qsim.sweep(SCENARIO, LENGTHS, out=tmp_path / "sweep", workers=1)
    study.runs[0].result.save(tmp_path / "run")
    assert qsim.load_result(tmp_path / "sweep") == study
    assert qsim.load_result(tmp_path / "run") == study.runs[0].result


def test_shares_done_apart_make_the_whole(tmp_path: Path) -> None:
    file, trail = seen(tmp_path)
    out = tmp_path / "out"
    parts = [
        qsim.sweep(file, LENGTHS, replicates=3, out=out, workers=1, shard=f"{number}/2") for number in (1, 2)
    ]
    assert [len(part.runs) for part in parts] == [5, 9]
    assert (parts[0].planned, begun(trail)) == (9, [3, 3, 3, 4, 4, 4, 5, 5, 5])
    alone = qsim.sweep(file, LENGTHS, replicates=3, out=tmp_path / "alone", workers=1)
    assert parts[1].fingerprint == alone.fingerprint


def test_replicates_are_run_until_the_mean_is_known(tmp_path: Path) -> None:
    until = {"metric": "pairs", "half_width": 1.5, "at_least": 4, "at_most": 40}
    out = tmp_path / "out"
    with pytest.warns(UserWarning, match="at 2 of 3 points the half width of pairs"):
        study = qsim.sweep(SCENARIO, LENGTHS, until=until, out=out, workers=1)
    done: dict[int, list[float]] = {}
    for run in study.runs:
        value = metric_value(run.result, "pairs")
        assert value is not None
        done.setdefault(run.point, []).append(value)
    numbers = [len(each) for each in done.values()]
    # Bright links need more runs: their counts scatter more.
    assert len(set(numbers)) > 1
    for values in done.values():
        looks = range(4, len(values) + 1, 4)
        known = [half < 1.5 for look in looks if (half := half_width(values[:look])) is not None]
        assert known == [False] * (len(known) - 1) + [len(values) < 40]
    assert study.planned == len(study.runs)
    assert SweepResult.load(out) == study
    # A looser rule finds its runs there, and leaves out what it would not have run.
    looser = qsim.sweep(SCENARIO, LENGTHS, until={**until, "half_width": 1e9}, out=out, workers=1)
    assert len(looser.runs) == 12


def test_an_unbounded_rule_stops_at_most_there() -> None:
    until = {"metric": "pairs", "half_width": 1e-9, "at_least": 2, "at_most": 5}
    said = "at 3 of 3 points the half width of pairs is not below 1e-09 after 5 replicates"
    with pytest.warns(UserWarning, match=said) as caught:
        study = qsim.sweep(SCENARIO, LENGTHS, until=until, workers=1)
    assert caught[0].filename == __file__
    assert len(study.runs) == 15


def test_failed_runs_count_towards_the_rule() -> None:
    document = {**SCENARIO, "traffic": [*SCENARIO["traffic"], {"kind": "saboteur", "deed": "fail"}]}
    until = {"metric": "pairs", "half_width": 1, "at_least": 2, "at_most": 5}
    with pytest.warns(UserWarning, match="5 runs failed|the half width of pairs"):
        study = qsim.sweep(document, until=until, workers=1)
    assert (len(study.runs), len(study.failures)) == (0, 5)


def test_fewer_workers_than_one_are_refused() -> None:
    with pytest.raises(qsim.ParameterError, match="must be a whole number of at least 1, got 0"):
        qsim.sweep(SCENARIO, LENGTHS, workers=0)


def test_workers_are_a_whole_number() -> None:
    with pytest.raises(qsim.ParameterError, match="workers must be a whole number of at least 1, got '2'"):
        qsim.sweep(SCENARIO, LENGTHS, workers="2")  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [1, 2])
def test_points_with_the_same_values_share_their_runs(tmp_path: Path, workers: int) -> None:
    file, trail = seen(tmp_path)
    same = {"links[0].length": ["5 km", "5000 m", "6 km"]}
    study = qsim.sweep(file, same, replicates=2, workers=workers, plugins=PLUGINS)
    assert [(run.point, run.replicate) for run in study.runs] == [(p, r) for p in range(3) for r in range(2)]
    assert begun(trail) == [3, 3, 4, 4]
    assert list(study.summary(columns="pairs")["n"]) == [2, 2]


def test_a_metric_that_no_run_has_never_meets_the_rule(tmp_path: Path) -> None:
    # What an application measures need not be there in every run.
    until = {"metric": "app: delay", "half_width": 1, "at_least": 2, "at_most": 4}
    out = tmp_path / "out"
    with pytest.warns(UserWarning, match="at 1 of 1 points the half width of app: delay is not below 1"):
        study = qsim.sweep(SCENARIO, until=until, out=out, workers=1)
    assert len(study.runs) == 4
    assert SweepResult.load(out) == study


def test_a_stored_sweep_tells_what_made_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    qsim.sweep(SCENARIO, out=out, workers=1)
    plan = json.loads((out / PLAN.file).read_text())
    plan["versions"]["numpy"] = "0.1"
    (out / PLAN.file).write_text(json.dumps(plan))
    assert SweepResult.load(out).versions["numpy"] == "0.1"


def test_a_damaged_file_of_another_share_is_left_out(tmp_path: Path) -> None:
    out = tmp_path / "out"
    qsim.sweep(SCENARIO, LENGTHS, out=out, workers=1)
    for path in (out / RUNS).iterdir():
        path.write_bytes(path.read_bytes()[:100])
    with pytest.warns(UserWarning, match="is damaged") as caught:
        study = qsim.sweep(SCENARIO, LENGTHS, out=out, workers=1, shard="1/3")
    assert [str(each.message).rpartition("; ")[2] for each in caught] == ["it is run again"] + [
        "it is left out"
    ] * 2
    assert [run.point for run in study.runs] == [0]

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from qsim.archives import write_archive
from qsim.errors import ResultError
from qsim.model.rows import STORED, PairRow, Stall, columns
from qsim.results import Result, result_files
from qsim.results.result_files import MANIFEST, check_destination, pack, unpack
from qsim.results.stored_tables import WORDS, write_parquet
from tests.results.specimens import flow, result


def edit_manifest(place: Path, **changes: object) -> None:
    manifest = json.loads((place / MANIFEST.file).read_text())
    (place / MANIFEST.file).write_text(json.dumps({**manifest, **changes}))


def test_a_stored_result_reads_back_equal(tmp_path: Path) -> None:
    place = tmp_path / "new" / "run"
    result().save(place)
    read = Result.load(place)
    assert read == result()
    assert read.versions == result().versions
    assert read.fingerprint == result().fingerprint


def test_empty_tables_read_back_equal(tmp_path: Path) -> None:
    empty = result(
        flows=(), unfinished=(), links=(), memories=(), pairs=(), stalls=(), trace_fingerprint="12"
    )
    empty.save(tmp_path / "run")
    assert Result.load(tmp_path / "run") == empty


def test_the_manifest_says_how_the_result_came_about(tmp_path: Path) -> None:
    result().save(tmp_path / "run", overrides=["run.seed=7"])
    manifest = json.loads((tmp_path / "run" / MANIFEST.file).read_text())
    assert manifest["schema"] == MANIFEST.schema
    assert manifest["seed"] == 7
    assert manifest["events"] == 1234
    assert manifest["overrides"] == ["run.seed=7"]
    assert manifest["document"] == result().document
    assert manifest["fingerprint"] == result().fingerprint
    assert manifest["timings"] == {"wall_s": 0.25, "cpu_s": 0.2, "setup_s": 0.01}
    assert manifest["tables"] == {
        "flows": 2,
        "unfinished": 1,
        "links": 2,
        "memories": 2,
        "metrics": 1,
        "pairs": 2,
        "stalls": 1,
    }


def test_other_readers_find_the_columns_and_their_meanings(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    result().save(tmp_path / "run")
    schema = pq.read_schema(tmp_path / "run" / "flows.parquet")
    assert schema.names == [column.name for column in columns("flows")]
    described = {column.name: column.doc for column in columns("flows")}
    assert {field.name: field.metadata[b"description"].decode() for field in schema} == described


def test_nothing_but_the_result_is_left_in_the_folder(tmp_path: Path) -> None:
    result().save(tmp_path / "run")
    assert {path.name for path in tmp_path.iterdir()} == {"run"}
    stored = {MANIFEST.file, *(f"{table}.parquet" for table in STORED)}
    assert {path.name for path in (tmp_path / "run").iterdir()} == stored


def test_a_stored_result_is_replaced(tmp_path: Path) -> None:
    result().save(tmp_path)
    result(seed=8, flows=(flow(),)).save(tmp_path)
    assert Result.load(tmp_path) == result(seed=8, flows=(flow(),))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ResultError, match="the directory holds other things"):
        result().save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.tex"}


def test_a_folder_with_a_manifest_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST.file).write_text('{"name": "web app"}')
    with pytest.raises(ResultError, match="the directory holds other things"):
        result().save(tmp_path)


def test_force_adds_the_result_and_touches_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    result().save(tmp_path, force=True)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    assert Result.load(tmp_path) == result()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(ResultError, match="it is a file, not a directory"):
        result().save(tmp_path / "run", force=True)
    with pytest.raises(ResultError, match="cannot be written"):
        check_destination(tmp_path / "run" / "below")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ResultError, match="cannot be written"):
        check_destination(tmp_path / "run")


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(table: str, rows: object, where: Path) -> None:
        if table == "links":
            raise OSError(28, "No space left on device")
        write_parquet(table, rows, where)  # type: ignore[arg-type]

    monkeypatch.setattr(result_files, "write_parquet", full)
    with pytest.raises(ResultError, match="No space left on device"):
        result().save(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_earlier_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result().save(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ResultError, match="No space left on device"):
        result(seed=8).save(tmp_path)
    assert Result.load(tmp_path) == result()


def test_a_folder_without_a_manifest_holds_no_result(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ResultError, match=r"holds no result: there is no manifest.json"):
            Result.load(place)


def test_a_manifest_of_somebody_else_is_refused(tmp_path: Path) -> None:
    for text in ('{"name": "web app"}', "[1, 2]"):
        (tmp_path / MANIFEST.file).write_text(text)
        with pytest.raises(ResultError, match="was written by something else"):
            Result.load(tmp_path)


def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST.file).write_text('{"format": "qsim-res')
    with pytest.raises(ResultError, match=r"manifest.json' is damaged"):
        Result.load(tmp_path)


def test_a_later_schema_is_refused(tmp_path: Path) -> None:
    result().save(tmp_path)
    edit_manifest(tmp_path, schema=MANIFEST.schema + 1)
    with pytest.raises(
        ResultError, match=f"written in schema {MANIFEST.schema + 1} .* reads schema 1 and {MANIFEST.schema}"
    ):
        Result.load(tmp_path)


def test_a_manifest_without_a_figure_is_refused(tmp_path: Path) -> None:
    result().save(tmp_path)
    manifest = json.loads((tmp_path / MANIFEST.file).read_text())
    del manifest["events"]
    (tmp_path / MANIFEST.file).write_text(json.dumps(manifest))
    with pytest.raises(ResultError, match="is damaged: it has no 'events'"):
        Result.load(tmp_path)


def test_a_changed_figure_is_noticed(tmp_path: Path) -> None:
    result().save(tmp_path)
    edit_manifest(tmp_path, events=999)
    with pytest.raises(ResultError, match="do not match the fingerprint"):
        Result.load(tmp_path)


def test_a_table_of_another_run_is_noticed(tmp_path: Path) -> None:
    result().save(tmp_path / "one")
    result(flows=(flow(pairs=21), flow())).save(tmp_path / "two")
    os.replace(tmp_path / "two" / "flows.parquet", tmp_path / "one" / "flows.parquet")
    with pytest.raises(ResultError, match="do not match the fingerprint"):
        Result.load(tmp_path / "one")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    result().save(tmp_path)
    (tmp_path / "links.parquet").unlink()
    with pytest.raises(ResultError, match=r"incomplete: links.parquet is missing"):
        Result.load(tmp_path)


def test_a_cut_table_is_named(tmp_path: Path) -> None:
    result().save(tmp_path)
    table = tmp_path / "links.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    with pytest.raises(ResultError, match=r"links.parquet' is damaged"):
        Result.load(tmp_path)


def test_a_table_with_other_columns_is_named(tmp_path: Path) -> None:
    result().save(tmp_path)
    os.replace(tmp_path / "memories.parquet", tmp_path / "links.parquet")
    with pytest.raises(ResultError, match=r"links.parquet' is damaged: expected the columns link, a, b"):
        Result.load(tmp_path)


def test_an_archive_reads_back_equal_whatever_its_tables_are_like() -> None:
    import random

    draw = random.Random(1)
    # Long enough that it is no longer spelt out, and all alike, which shrinks a thousandfold.
    many = tuple(flow(wait_s=draw.random()) for _ in range(3000))
    alike = tuple(Stall(1.0, "a", "b", "every memory holds a pair " * 20) for _ in range(9000))
    for made in (result(), result(flows=(), pairs=()), result(flows=many, stalls=alike)):
        contents = pack(made, {"run": {"key": "k"}})
        read, manifest = unpack(contents, "a.zip", Result)
        assert read == made
        assert read.fingerprint == made.fingerprint
        assert manifest["run"] == {"key": "k"}


def test_a_run_without_recorded_pairs_is_packed_without_parquet() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(result(pairs=()), {}))) as archive:
        assert archive.namelist() == [WORDS, MANIFEST.file]


@pytest.mark.parametrize("pairs", [2, 100])
def test_what_the_first_schema_stored_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pairs: int
) -> None:
    monkeypatch.setattr("qsim.model.outcome._SPELT_OUT", 50)
    made = result(pairs=tuple(PairRow(0, float(number), 0.9, 1e-4) for number in range(pairs)))
    made.save(tmp_path)
    edit_manifest(tmp_path, schema=1, fingerprint=made.fingerprint_by(column=False))
    assert Result.load(tmp_path) == made
    # In its archives every table was Parquet.
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert unpack(write_archive(files, lambda _: 64), "a.zip", Result)[0] == made
    edit_manifest(tmp_path, schema=2)
    if pairs > 50:
        with pytest.raises(ResultError, match="do not match the fingerprint"):
            Result.load(tmp_path)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (b"[]", "tables.json' is damaged"),
        (b'{"cities": {}}', "no table 'cities'"),
        (b'{"links": {"link": ["x"]}}', "'a' is missing"),
        (b'{"stalls": {"time_s": [1], "initiator": ["a"], "responder": ["b"], "cause": ["c"]}}', "no float"),
        (b'{"stalls": {"time_s": [1.0], "initiator": [], "responder": [], "cause": []}}', "zip"),
    ],
)
def test_damaged_words_are_refused(words: bytes, why: str) -> None:
    manifest = zipfile.ZipFile(io.BytesIO(pack(result(), {}))).read(MANIFEST.file)
    contents = write_archive({WORDS: words, MANIFEST.file: manifest}, lambda _: 64)
    with pytest.raises(ResultError, match=why):
        unpack(contents, "a.zip", Result)


@pytest.mark.parametrize("flow_number", [-1, 3])
def test_pairs_of_flows_that_are_not_there_are_refused(tmp_path: Path, flow_number: int) -> None:
    result(pairs=(PairRow(2, 1.0, 0.9, 1e-4),)).save(tmp_path)
    assert len(Result.load(tmp_path).pairs) == 1
    result(pairs=(PairRow(flow_number, 1.0, 0.9, 1e-4),)).save(tmp_path)
    with pytest.raises(ResultError, match="its pairs are of flows that it has not"):
        Result.load(tmp_path)

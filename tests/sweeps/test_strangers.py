"""Stored results that strangers made, or that a disk has damaged."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import qsim
from qsim.errors import ResultError
from qsim.model.rows import PairRow
from qsim.results.parquet_reader import read_parquet
from qsim.scenario.loading import from_document
from tests.fuzz.readers import SCENARIO


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stored") / "sweep"
    qsim.sweep(SCENARIO, out=place, workers=1)
    return place


def test_a_run_with_a_bomb_in_it_is_refused_and_run_again(stored: Path) -> None:
    path = sorted((stored / "runs").glob("*.zip"))[0]
    sound = path.read_bytes()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("b.bin", "w") as member:
        for _ in range(200):
            member.write(bytes(2**20))
    with pytest.raises(ResultError, match=r"\.zip' is refused: the member 'b.bin' is none of its files"):
        qsim.load_result(stored)
    with pytest.warns(UserWarning, match="it is run again"):
        assert len(qsim.sweep(SCENARIO, out=stored, workers=1).runs) == 2
    assert len(path.read_bytes()) < 2 * len(sound)
    assert len(qsim.load_result(stored).runs) == 2


@pytest.mark.parametrize(
    ("entry", "value"),
    [("timings", 3), ("notes", 3), ("document", None), ("events", "1"), ("versions", "x")],
)
def test_an_odd_manifest_is_refused(entry: str, value: object, tmp_path: Path) -> None:
    document = {key: part for key, part in SCENARIO.items() if key != "sweep"}
    from_document(document).run().save(tmp_path / "run")
    path = tmp_path / "run" / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, entry: value}))
    with pytest.raises(ResultError, match=rf"run/manifest.json' is damaged: `{entry}` must not be a"):
        qsim.load_result(tmp_path / "run")


def test_a_manifest_of_countless_values_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[" + "[]," * 2_000_001 + "0]")
    with pytest.raises(ResultError, match="is refused: it holds more than 4000000 values"):
        qsim.load_result(tmp_path)


def parquet(table: pa.Table, **how: object) -> bytes:
    page = io.BytesIO()
    pq.write_table(table, page, **how)
    return page.getvalue()


@pytest.mark.parametrize(
    ("table", "how"),
    [
        (pa.table({"x": pa.array([1.5] * 3_000_000)}), {}),
        (pa.table({"x": pa.array(["y" * 4000] * 90_000)}), {"row_group_size": 10**6}),
        (pa.table({"x": [1, 2]}), {"compression": "zstd"}),
    ],
)
def test_tables_that_grow_out_of_proportion_are_refused(table: pa.Table, how: dict[str, object]) -> None:
    with pytest.raises(ResultError, match=r"^'t(: x)?' is refused"):
        read_parquet(io.BytesIO(parquet(table, **how)), "t")


def test_every_table_that_is_written_is_read_again() -> None:
    """The sparsest table there can be: pairs that differ by their times alone."""
    times = [index * 1e-6 for index in range(200_000)]
    row = PairRow(0, 0.0, 1.0, 0.0)
    columns = {key: [value] * len(times) for key, value in dataclasses.asdict(row).items()}
    table = pa.table({**columns, "time_s": times})
    assert read_parquet(io.BytesIO(parquet(table)), "t").num_rows == len(times)


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    labels = ("=cmd|' /C calc'!A0", "+1", "-1", "@x", "fine")
    points = [{"label": label, "links[0].length": f"{n + 1} km"} for n, label in enumerate(labels)]
    result = qsim.sweep({**SCENARIO, "sweep": {"list": points}}, workers=1)
    result.export(tmp_path / "csv", format="csv")
    text = (tmp_path / "csv" / "runs.csv").read_text()
    for label in labels[:-1]:
        assert f"'{label}" in text
    assert ",fine," in text

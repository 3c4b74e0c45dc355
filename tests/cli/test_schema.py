from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli


def test_the_schema_is_json_on_standard_output(cli: Cli) -> None:
    done = cli("schema")
    assert (done.code, done.err) == (0, "")
    schema = json.loads(done.out)
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")
    assert {"run", "nodes", "links", "traffic"} <= set(schema["properties"])


def test_the_schema_goes_to_a_file(cli: Cli, tmp_path: Path) -> None:
    done = cli("schema", "--out", tmp_path / "schema.json")
    assert (done.code, done.out) == (0, "")
    assert json.loads((tmp_path / "schema.json").read_text()) == json.loads(cli("schema").out)
    assert [path.name for path in tmp_path.iterdir()] == ["schema.json"]


def test_a_file_that_cannot_be_written_is_one_message(cli: Cli, tmp_path: Path) -> None:
    done = cli("schema", "--out", tmp_path / "missing" / "schema.json")
    assert done.code == 2
    assert "cannot write" in done.err
    assert "Traceback" not in done.err


def test_the_reference_lists_every_parameter_with_unit_and_bounds(cli: Cli) -> None:
    done = cli("schema", "--parameters")
    assert done.code == 0
    lines = done.out.splitlines()
    memory = lines.index("### `atomic`")
    rows = lines[memory : lines.index("", memory + 4)]
    (frequency,) = (row for row in rows if row.startswith("| `frequency` |"))
    assert frequency.split(" | ")[1:5] == ["number", "Hz", "8e+07", "(0, inf)"]
    assert "### `run`" in lines
    assert any(row.startswith("| `duration` | number | s | required | (0, inf) |") for row in lines)


def test_every_row_of_the_reference_has_six_cells(cli: Cli) -> None:
    rows = [line for line in cli("schema", "--parameters").out.splitlines() if line.startswith("|")]
    assert len(rows) > 20
    assert {row.replace("\\|", "").count("|") for row in rows} == {7}


def test_the_reference_names_the_keys_of_a_document(cli: Cli) -> None:
    lines = cli("schema", "--parameters").out.splitlines()
    assert "### `classical.one_way`" in lines
    assert "### `classical.round_trip`" in lines
    nodes = lines.index("### `nodes`")
    rows = lines[nodes : lines.index("", nodes + 4)]
    assert not [row for row in rows if row.startswith("| `name` |")]


def test_presets_are_printed_with_their_sources(cli: Cli) -> None:
    done = cli("schema", "--presets")
    assert done.code == 0
    lines = done.out.splitlines()
    place = lines.index("### `nv-carbon-2021`")
    rows = lines[place : lines.index("", place + 4)]
    (attempts,) = (row for row in rows if row.startswith("| `dephasing_attempts` |"))
    assert "`1400`" in attempts
    assert "arXiv:1802.05996" in attempts

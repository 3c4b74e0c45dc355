"""Series of many columns: cost that grows with them and no faster, and nothing that ends a study half way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qml.cells.quantum_cells import QRNN
from qml.comparison.candidate_models import CELLS, single_cell
from qml.ensembles import ensemble
from qml.forecast.document import load_study
from qml.presets import SETTINGS, candidates
from qml.reservoir import Reservoir
from qsim.cli import main
from qsim.errors import ParameterError, ScenarioError
from tests.qml.forecast.conftest import STATISTICAL


def table(folder: Path, columns: int, rows: int = 150) -> Path:
    """A walk in each column, of which the later follow the first."""
    rng = np.random.default_rng(3)
    walks = np.sin(np.arange(rows)[:, None] / (3 + np.arange(columns))) + 0.1 * rng.standard_normal(
        (rows, columns)
    )
    names = ",".join(f"x{column}" for column in range(columns))
    lines = (",".join(f"{value:.4f}" for value in row) for row in walks)
    (folder / "many.csv").write_text("\n".join([names, *lines]) + "\n")
    file = folder / "study.yaml"
    file.write_text("data: {file: many.csv}\nfeatures: 40\nseeds: 1\nsplit: {washout: 10}\n")
    return file


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 14])
@pytest.mark.parametrize("kind", ["quantum", "tanh"])
def test_wires_do_not_grow_with_the_columns(kind: str, channels: int) -> None:
    found = candidates(kind, 300, 0, channels)
    assert len(found) == 3 * sum(not setting.sampled for setting in SETTINGS.values())
    for reservoir in found:
        assert reservoir.bank.cell.wires <= 7
        assert reservoir.size <= 300
        assert reservoir.channels == channels


@pytest.mark.parametrize("channels", [3, 7, 10])
def test_cells_take_turns(channels: int) -> None:
    reservoir = ensemble(QRNN(2, 1), seed=0, cells=4 * channels, channels=channels, sees=2)
    assert reservoir.taps is not None
    seen = reservoir.taps[..., 0]
    counts = np.bincount(seen.ravel(), minlength=channels)
    assert counts.min() > 0
    assert np.ptp(counts) <= 4
    assert all(first != second for first, second in seen)
    assert len({frozenset(pair) for pair in seen.tolist()}) > -(-channels // 2)


def test_cells_that_cannot_see_all_columns() -> None:
    with pytest.raises(ParameterError, match="2 cells that see 2 of 6 channels each do not see all"):
        ensemble(QRNN(2, 1), seed=0, cells=2, channels=6, sees=2)
    with pytest.raises(ParameterError, match="`sees` must be at most the 2 channels of the input, not 3"):
        ensemble(QRNN(3, 1), seed=0, channels=2, sees=3)


@pytest.mark.parametrize("cell", CELLS)
def test_published_cells_share_many_columns(cell: str) -> None:
    def drawn(channels: int) -> Reservoir:
        found = single_cell(cell).draw(0, channels)[0]
        assert isinstance(found, Reservoir)
        return found

    assert (drawn(4).bank.cells, drawn(4).bank.cell.wires) == (1, 7)
    assert (drawn(14).bank.cells, drawn(14).bank.cell.wires) == (7, 5)


def test_a_baseline_that_does_not_fit_is_left_out_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forecast", str(table(tmp_path, 14)), "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    models = {row["model"] for row in said["scores"]}
    assert models == {"QRNN ensemble", "persistence", "linear taps", "ESN", "tanh units", *STATISTICAL}
    assert "the baseline NVAR is left out: NVAR: not even one fits into 40 features" in said["notes"]


def test_a_model_that_does_not_fit_is_a_fault_of_its_line(tmp_path: Path) -> None:
    file = table(tmp_path, 14)
    with pytest.raises(
        ScenarioError, match=r"models\[0\]: features must be at least 21, those of the 7 small"
    ):
        load_study(file, ["features=12"])
    file.write_text(file.read_text() + "models:\n- {name: wide, cell: qrnn, delays: [0, 3]}\n")
    with pytest.raises(ScenarioError, match=r"study.yaml:6:3: models\[0\]: circuits on 31 wires need about"):
        load_study(file)
    described = "models=[{name: wide, cell: qrnn, delays: [0, 3], cells: 7, sees: 2}]"
    assert load_study(file, [described]).spec.models

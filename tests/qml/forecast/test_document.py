"""What may stand in a forecast file, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from qml.cells.quantum_cells import QLSTM
from qml.engines.choice import EngineChoice
from qml.forecast.document import SplitSpec, lengths_of, load_study
from qml.forecast.study_models import ModelSpec
from qml.maps.affine import TanhUnits
from qml.readouts import RidgeReadout
from qsim.cli import main
from qsim.errors import ScenarioError

BROKEN = {
    "nothing": ("", "1:1: is empty: a forecast file needs at least `data`"),
    "neither": ("features: 10\n", "1:1: needs either `data` or a `task`, and has neither"),
    "both": ("task: laser\ndata: {file: load.csv}\n", "needs either `data` or a `task`, and has both"),
    "key": ("task: laser\nsedes: 3\n", r"2:1: sedes: unknown key \(did you mean 'seeds'\?\)"),
    "task": ("task: lazer\n", r"1:7: task: unknown task 'lazer' \(did you mean 'laser'\?\)"),
    "model": (
        "task: laser\nmodels: [qrn]\n",
        r"2:10: models\[0\]: unknown model 'qrn' \(",
    ),
    "twice": ("task: laser\nmodels: [qrnn, qrnn]\n", r"2:16: models\[1\]: 'qrnn' is named twice"),
    "twice described": (
        "task: laser\nmodels: [qrnn, {name: qrnn}]\n",
        r"2:16: models\[1\]: 'qrnn' is named twice",
    ),
    "nameless": ("task: laser\nmodels: [{cell: qrnn}]\n", r"models\[0\].name: is missing"),
    "cell": (
        "task: laser\nmodels: [{name: mine, cell: {kind: qrn}}]\n",
        r"2:36: models\[0\].cell.kind: unknown cell 'qrn' \(",
    ),
    "units": (
        "task: laser\nmodels: [{name: mine, cell: {kind: qrnn, units: {layers: 0}}}]\n",
        r"models\[0\].cell.units.layers: must be in \[1, inf\), got 0",
    ),
    "delays": (
        "task: laser\nmodels: [{name: mine, delays: [3, 1]}]\n",
        r"2:10: models\[0\]: delays must be \(shortest, longest\), not \(3, 1\)",
    ),
    "read": (
        "task: laser\nmodels: [{name: mine, cell: gru, readout: [z]}]\n",
        r"models\[0\]: the cell 'gru' has no readout 'z'",
    ),
    "sampled": (
        "task: laser\nmodels: [qrnn, esn]\nengine: {shots: 5}\n",
        r"2:16: models\[1\]: shots=5: nothing is sampled in ESN",
    ),
    "regressor": (
        "task: laser\nmodels: [{name: mine, regressor: rigde}]\n",
        r"models\[0\].regressor.*: unknown readout 'rigde' \(did you mean 'ridge'",
    ),
    "features": ("task: laser\nfeatures: 3\n", r"2:11: features: must be in \[4, inf\), got 3"),
    "number": ("task: laser\nseeds: many\n", "2:8: seeds: must be a whole number, got 'many'"),
    "split": ("task: laser\nsplit: {washout: 5}\n", "2:1: split: goes with `data` alone"),
    "ahead": ("task: laser\nahead: 5\n", "2:1: ahead: goes with `data` alone"),
    "share": ("data: {file: load.csv}\nsplit: {test: 1}\n", r"2:15: split.test: must be in \(0, 1\), got 1"),
    "horizon": ("data: {file: load.csv, horizon: 0}\n", r"1:33: data.horizon: must be in \[1, inf\), got 0"),
    "file": ("data: {file: none.csv}\n", "1:14: data.file: .*none.csv: no such file"),
    "no file": ("data: {horizon: 2}\n", "1:7: data.file: is missing"),
    "column": (
        "data: {file: load.csv, columns: [lod]}\n",
        r"1:14: data.file: .*load.csv: .*'lod'.*did you mean 'load'",
    ),
    "target": (
        "data: {file: load.csv, target: hours}\n",
        r"data.target: unknown column 'hours' \(did you mean 'hour'\?\)",
    ),
    "constant": (
        "data: {file: load.csv}\n",
        "data.file: column 'flat' is constant",
    ),
    "flat part": (
        "data: {file: step.csv}\n",
        "1:14: data.file: column 'late' is constant in the washout and training steps",
    ),
    "flat test": ("data: {file: step.csv, target: early}\n", "column 'early' is constant in the test steps"),
    "large": ("data: {file: large.csv}\n", r"data.file: column 'load' has numbers beyond 1e\+100"),
    "backtest alone": (
        "data: {file: load.csv, columns: [load]}\nbacktest: {origins: 3}\n",
        "2:1: backtest: needs `ahead`",
    ),
    "too far ahead": (
        "data: {file: load.csv, columns: [load]}\nahead: 53\n",
        r"2:8: ahead: of 1 origin\(s\) every 1 step\(s\), 0 fit into the 52 test steps with 53 steps ahead",
    ),
    "too many origins": (
        "data: {file: load.csv, columns: [load]}\nahead: 4\nbacktest: {origins: 11, step: 5}\n",
        r"3:11: backtest: of 11 origin\(s\) every 5 step\(s\), 10 fit into the 52 test steps with 4",
    ),
    "far": (
        "data: {file: load.csv, columns: [load], horizon: 90}\n",
        "split: leaves too little to learn from: .* each part ends 90 early for the horizon",
    ),
    "short": (
        "data: {file: load.csv, columns: [load]}\nsplit: {washout: 230}\n",
        "2:8: split: leaves too little to learn from: of 260 steps, 230 are washout",
    ),
    "engine": ("task: laser\nengine: {engine: qnod}\n", "2:18: engine.engine: must be one of auto, compiled"),
    "text": ("just text\n", "1:1: must be a mapping, got 'just text'"),
    "yaml": ("data: [\n", "study.yaml:"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_place(name: str, study: Path) -> None:
    text, message = BROKEN[name]
    study.write_text(text)
    with pytest.raises(ScenarioError, match=message):
        load_study(study)


def test_all_faults_come_at_once_and_exit_with_2(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study.write_text("data: {file: load.csv, horizon: 0}\nfeatures: many\nsedes: 3\n")
    assert main(["forecast", str(study)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 4
    assert said.err.endswith("error: the forecast file has 3 faults\n")
    assert "Traceback" not in said.err


def test_overrides_count_as_written(study: Path) -> None:
    read = load_study(study, ["seeds=7", "data.horizon=3", "models=[qgru]"])
    assert (read.spec.seeds, read.spec.models) == (7, ("qgru",))
    assert read.spec.data is not None
    assert read.spec.data.horizon == 3
    with pytest.raises(ScenarioError, match="--set seeds=0: must be in"):
        load_study(study, ["seeds=0"])


def test_a_target_that_is_not_seen_is_read_too(study: Path) -> None:
    read = load_study(study, ["data.columns=[hour]", "data.target=load"])
    assert read.series is not None
    assert read.series.columns == ("hour", "load")


def test_json_is_read_too(study: Path) -> None:
    file = study.with_suffix(".json")
    file.write_text('{"task": "narma-5", "seeds": 3}')
    assert load_study(file).title == "narma-5"


def test_lengths_add_up() -> None:
    split = SplitSpec(washout=100, validation=0.15, test=0.25)
    assert lengths_of(1100, split) == (100, 600, 150, 250)
    assert lengths_of(120, split) is None
    # By default the washout is a fifth, at most 100 steps: 60 points leave 29 to train on.
    assert lengths_of(60, SplitSpec()) == (12, 29, 7, 12)
    assert lengths_of(1100, SplitSpec()) == lengths_of(1100, split)
    assert lengths_of(1100, split, horizon=149) == (100, 600, 150, 250)
    assert lengths_of(1100, split, horizon=150) is None


def test_models_are_cells_by_name_or_described(study: Path) -> None:
    described = "{name: mine, cell: {kind: qlstm, units: tanh}, delays: [0, 4], leak: [0.2, 1]}"
    _, cell, own = load_study(study, [f"models=[qrnn, esn, {described}]"]).spec.models
    assert cell == "esn"
    assert isinstance(own, ModelSpec)
    reservoir = own.reservoir(3, 2, EngineChoice())
    assert reservoir.bank.cell == QLSTM(channels=4, units=TanhUnits())
    assert reservoir.lag == 0
    assert 0.2 <= reservoir.bank.leak[0] <= 1
    assert isinstance(own.regressor, RidgeReadout)

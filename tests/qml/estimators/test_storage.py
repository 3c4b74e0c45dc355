"""Files that hold estimators: the same answers after loading, and one sentence for every bad file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge

from qml.cells.base import Cell
from qml.cells.classical_cells import RNN
from qml.cells.quantum_cells import QGRU, QRNN
from qml.ensembles import tanh_control
from qml.estimators import (
    ReservoirFeatures,
    ReservoirForecaster,
    ReservoirRegressor,
    ReservoirSeriesRegressor,
)
from qml.readouts import GradientReadout, RidgeReadout
from qsim.errors import ResultError

RNG = np.random.default_rng(8)
ROWS, TARGETS = RNG.uniform(-1.0, 1.0, (60, 4)), RNG.uniform(-1.0, 1.0, (60, 2))
SERIES = np.stack([np.sin(0.3 * np.arange(200)), np.cos(0.2 * np.arange(200))], axis=1)


def answers(model: Any) -> list[Any]:
    if isinstance(model, ReservoirFeatures):
        return [model.transform(ROWS), model.get_feature_names_out().tolist()]
    if isinstance(model, ReservoirForecaster):
        return [model.predict(SERIES), *([model.forecast(30)] if model.horizon == 1 else [])]
    return [model.predict(ROWS)]


def fitted(model: Any) -> Any:
    if isinstance(model, ReservoirForecaster):
        return model.fit(SERIES)
    return model.fit(ROWS, TARGETS)


MODELS = [
    ReservoirFeatures("qlstm", hidden=2, cells=2, leak=[0.2, 1.0], readout=("z", "zz")),
    ReservoirFeatures("qrnn", shots=20, channels=2),
    ReservoirRegressor("qrnn", delays=(0, 2), cells=2, hidden=1, regressor=RidgeReadout(penalties=(1e-3,))),
    ReservoirRegressor("gru", regressor=GradientReadout(epochs=2)),
    ReservoirRegressor(tanh_control(QGRU(hidden=2), 1.0, 0.5), regressor="gradient"),
    ReservoirSeriesRegressor("qlstm", hidden=1, washout=5, backend="numpy"),
    ReservoirSeriesRegressor("qrnn", hidden=1, shots=20),
    ReservoirForecaster("esn", hidden=20, washout=20, random_state=4),
    ReservoirForecaster("qrnn", hidden=1, delays=(1, 4), horizon=3, scaling="standard", backend="numpy"),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_loaded_estimator_answers_with_the_same_bits(model: Any, tmp_path: Path) -> None:
    fitted(model).save(tmp_path / "model.qsim")
    again = type(model).load(tmp_path / "model.qsim")
    assert repr(again) == repr(model)
    for after, before in zip(answers(again), answers(model), strict=True):
        np.testing.assert_array_equal(after, before)
    again.save(tmp_path / "again.qsim")
    assert (tmp_path / "again.qsim").read_bytes() == (tmp_path / "model.qsim").read_bytes()
    assert fitted(again).get_params().keys() == model.get_params().keys()


def test_names_of_columns_are_kept_and_the_kind_of_output_is_not(tmp_path: Path) -> None:
    table = pd.DataFrame(ROWS, columns=list("abcd"))
    ReservoirFeatures("rnn").set_output(transform="pandas").fit(table).save(tmp_path / "model")
    again = ReservoirFeatures.load(tmp_path / "model")
    assert list(again.feature_names_in_) == ["a", "b", "c", "d"]
    assert isinstance(again.transform(table), np.ndarray)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.qsim"
    fitted(ReservoirForecaster("esn", hidden=6, washout=20, backend="numpy")).save(path)
    return path


def test_the_file_is_plain_numbers_with_a_header(saved: Path) -> None:
    import qsim

    with zipfile.ZipFile(saved) as file:
        header = json.loads(file.read("header.json"))
        arrays = [name for name in file.namelist() if name != "header.json"]
        for name in arrays:
            np.lib.format.read_array(io.BytesIO(file.read(name)), allow_pickle=False)
    assert (header["format"], header["version"], header["qsim"]) == ("qsim-estimator", 1, qsim.__version__)
    assert header["estimator"] == "ReservoirForecaster"
    with np.load(saved, allow_pickle=False) as opened:
        assert opened["regressor_.weights_"].shape == (6, 2)


class Strange(RNN):
    """A cell that qsim does not know."""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (ReservoirRegressor("rnn", regressor=Ridge()), "`regressor` is a Ridge, which cannot be saved"),
        (ReservoirRegressor(Strange()), "`cell` is a Strange, which cannot be saved"),
        (
            ReservoirRegressor("rnn", random_state=np.random.RandomState(1)),
            "`random_state` is a RandomState, which cannot be saved",
        ),
    ],
    ids=["regressor", "cell", "random state"],
)
def test_what_is_no_plain_number_is_refused_and_nothing_is_written(
    model: Any, message: str, tmp_path: Path
) -> None:
    fitted(model)
    with pytest.raises(ResultError, match=message):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_generator_goes_on_where_it_stood(tmp_path: Path) -> None:
    model = ReservoirRegressor("rnn", random_state=np.random.default_rng(1)).fit(ROWS, TARGETS)
    model.save(tmp_path / "model")
    again = ReservoirRegressor.load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(ROWS), model.predict(ROWS))
    np.testing.assert_array_equal(fitted(again).predict(ROWS), fitted(model).predict(ROWS))


def test_what_is_not_fitted_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        ReservoirFeatures().save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_sentence(saved: Path, tmp_path: Path) -> None:
    model = ReservoirForecaster.load(saved)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ResultError, match=r"^cannot write '.*folder': Is a directory$"):
        model.save(tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "model.qsim"]


def test_a_save_that_fails_keeps_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(ResultError, match="No space left on device"):
        ReservoirForecaster.load(saved).save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["model.qsim"]


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "model"
    with pytest.raises(ResultError, match="cannot be read: No such file or directory"):
        ReservoirFeatures.load(place)
    with pytest.raises(ResultError, match="cannot be read: Is a directory"):
        ReservoirFeatures.load(tmp_path)
    for content in (b"", b"model", bytes(1000)):
        place.write_bytes(content)
        with pytest.raises(ResultError, match="is no stored estimator of qsim"):
            ReservoirFeatures.load(place)
    with place.open("wb") as file:
        np.savez(file, a=np.ones(3))
    with pytest.raises(ResultError, match="is no stored estimator of qsim"):
        ReservoirFeatures.load(place)


def test_the_file_of_another_estimator_is_refused(saved: Path) -> None:
    with pytest.raises(ResultError, match=r"holds a ReservoirForecaster, not a ReservoirRegressor$"):
        ReservoirRegressor.load(saved)


def test_a_file_cut_short_anywhere_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    for length in range(0, len(content), 97):
        saved.write_bytes(content[:length])
        with pytest.raises(ResultError) as caught:
            ReservoirForecaster.load(saved)
        assert "\n" not in str(caught.value)


def test_a_flipped_byte_is_refused_or_does_not_matter(saved: Path) -> None:
    content, right = saved.read_bytes(), ReservoirForecaster.load(saved).forecast(5)
    refused = 0
    for place in range(0, len(content), 41):
        changed = bytearray(content)
        changed[place] ^= 0x15
        saved.write_bytes(changed)
        try:
            model = ReservoirForecaster.load(saved)
        except ResultError:
            refused += 1
        else:
            np.testing.assert_array_equal(model.forecast(5), right)
    assert refused > 100


def rewritten(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Change header and arrays of a file as somebody might who computes the checksums anew."""
    with zipfile.ZipFile(path) as file:
        header = json.loads(file.read("header.json"))
        arrays = {
            name: np.lib.format.read_array(io.BytesIO(file.read(name)), allow_pickle=True)
            for name in file.namelist()
            if name != "header.json"
        }
    change(header, arrays)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("header.json", json.dumps(header))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=True)
            file.writestr(name, buffer.getvalue())


def reshaped(name: str, shape: tuple[int, ...]) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """Another shape of one array, and of what the header says of it."""

    def change(header: dict[str, Any], arrays: dict[str, Any]) -> None:
        arrays[f"{name}.npy"] = np.resize(arrays[f"{name}.npy"], shape)
        text = json.dumps(header)
        found = text.index(f'"name": "{name}", "shape": ') + len(f'"name": "{name}", "shape": ')
        end = text.index("]", found) + 1
        header.clear()
        header.update(json.loads(text[:found] + json.dumps(shape) + text[end:]))

    return change


def entry(*keys: str, value: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """Another value at a place in the header."""

    def change(header: dict[str, Any], _arrays: dict[str, Any]) -> None:
        at = header
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = value

    return change


def without(name: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """One array fewer."""

    def change(_header: dict[str, Any], arrays: dict[str, Any]) -> None:
        del arrays[f"{name}.npy"]

    return change


def replaced(name: str, value: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """Other content in one array."""

    def change(_header: dict[str, Any], arrays: dict[str, Any]) -> None:
        arrays[f"{name}.npy"] = value

    return change


CELL = ("fitted", "reservoir_", "items", "bank", "items", "cell")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (entry("version", value=2), r"has layout 2 and was written by qsim .*; this qsim reads layout 1$"),
        (entry("format", value="other"), "is no stored estimator of qsim"),
        (entry("estimator", value="Pipeline"), "holds a Pipeline"),
        (
            replaced("last_", np.zeros(5)),
            "'last_' is an array <f8 of shape .5,. where <f8 of shape .6,. was stored",
        ),
        (replaced("last_", np.zeros(6, dtype=np.float32)), "'last_' is an array <f4"),
        (replaced("last_", np.full(6, np.nan)), "'last_' holds numbers that are not finite"),
        (replaced("last_", np.array([print] * 6)), "is damaged: .*pickle"),
        (without("last_"), "is damaged: 'last_' is missing"),
        (reshaped("last_", (5,)), r"is damaged: last_ is \(5,\) where \(6,\) is expected"),
        (reshaped("seen_", (1, 2)), "seen_ is"),
        (reshaped("regressor_.weights_", (5, 2)), "the features of the readout is 5 where 6 is expected"),
        (reshaped("regressor_.weights_", (6, 3)), "weights of shape"),
        (reshaped("reservoir_.bank.weights.matrix", (1, 1, 6, 7)), "the weights is"),
        (reshaped("reservoir_.bank.weights.matrix", (2, 1, 6, 8)), "matrix holds 2 cells and leak 1"),
        (reshaped("state_.cells.parts.0", (1, 1, 5)), "the state is"),
        (reshaped("state_.recent", (1, 2)), "the recent inputs is"),
        (entry(*CELL, "is", value="Popen"), "is damaged: 'Popen' is missing"),
        (entry(*CELL, "items", "hidden", value=10**9), "no weights go with 2 channels and 1000000000 hidden"),
        (entry(*CELL, "items", "channels", value=1), "is damaged"),
        (entry("fitted", "n_features_in_", value=3), "the cells' channels is 2 where 3 is expected"),
        (entry("fitted", "scaler_", "items", "unit", value=[0.0, 1.0]), "a stored Scaler is damaged"),
        (entry("fitted", "scaler_", "items", "unit", value=[1.0]), "a stored Scaler is damaged"),
        (entry("fitted", "state_", "items", "cells", "items", "noise", "items", value=[1]), "is damaged"),
        (entry("fitted", "regressor_", "items", "flat_", value=True), "the shape of its answers is True"),
        (entry("fitted", "other_", value=1), "where n_features_in_, flat_"),
        (entry("fitted", "reservoir_", value=1), "reservoir_ is <class 'int'>"),
        (entry("fitted", "state_", value=None), "state_ is <class 'NoneType'>"),
        (entry("fitted", "regressor_", value=None), "is damaged"),
        (entry("fitted", value=[1]), "is damaged"),
        (entry("parameters", "sells", value=1), "is damaged: .*sells"),
    ],
)
def test_a_changed_file_is_refused_in_one_sentence(
    change: Callable[[dict[str, Any], dict[str, Any]], None], message: str, saved: Path
) -> None:
    rewritten(saved, change)
    with pytest.raises(ResultError, match=message) as caught:
        ReservoirForecaster.load(saved)
    assert "\n" not in str(caught.value)


def test_a_header_that_never_ends_is_refused(saved: Path) -> None:
    with zipfile.ZipFile(saved) as file:
        text = file.read("header.json").decode()
    for depth in (600, 100_000):
        deep = '{"is": "list", "items": [' * depth + "1" + "]}" * depth
        with zipfile.ZipFile(saved, "w") as file:
            file.writestr("header.json", text.replace('"flat_": false', f'"flat_": {deep}'))
        with pytest.raises(ResultError, match="is damaged"):
            ReservoirForecaster.load(saved)


def test_a_changed_file_of_another_version_says_so(saved: Path) -> None:
    def newer(header: dict[str, Any], _arrays: dict[str, Any]) -> None:
        header["qsim"] = "99.0"
        header["parameters"]["new"] = 1

    rewritten(saved, newer)
    with pytest.raises(ResultError, match=r"is damaged or not for this qsim \(written by 99.0\)"):
        ReservoirForecaster.load(saved)


def test_cells_that_are_qsims_own_are_all_stored(tmp_path: Path) -> None:

    for name in ("qrnn", "qlstm", "qgru", "rnn", "lstm", "gru", "esn"):
        model = ReservoirRegressor(name).fit(ROWS, TARGETS)
        model.save(tmp_path / name)
        again = ReservoirRegressor.load(tmp_path / name)
        assert isinstance(again.reservoir_.bank.cell, Cell)
        np.testing.assert_array_equal(again.predict(ROWS), model.predict(ROWS))
    assert isinstance(ReservoirRegressor.load(tmp_path / "qrnn").reservoir_.bank.cell, QRNN)

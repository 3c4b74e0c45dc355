"""Comparisons: fair, causal, the same for any number of workers, and not lost by an interruption."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from qml.baselines import LinearTaps
from qml.cells.bank import draw_bank
from qml.cells.classical_cells import ESN
from qml.comparison import checkpoint
from qml.comparison.candidate_models import (
    CELLS,
    EchoStates,
    Lags,
    PersistenceModel,
    Products,
    baselines,
    quantum_ensemble,
    single_cell,
)
from qml.comparison.checkpoint import Checkpoint
from qml.comparison.compare import METRICS, ReadoutModel, compare
from qml.engines.choice import EngineChoice
from qml.readouts import RidgeReadout
from qml.scaling import Scaler
from qml.scores import nrmse
from qml.tasks import SeriesTask, standard_task
from qsim.errors import ParameterError, ResultError
from tests.qml.causality import assert_causal
from tests.statistics import ROOM

NUMPY = EngineChoice(backend="numpy")
MODELS = [
    quantum_ensemble(24, NUMPY),
    quantum_ensemble(12, EngineChoice(shots=50), "sampled"),
    *(single_cell(cell, NUMPY) for cell in CELLS),
    *baselines(24, "target", NUMPY),
]


def narma(seed: int) -> SeriesTask:
    return standard_task("narma-10", seed, washout=30, train=120, validation=60, test=60)


def laser(seed: int) -> SeriesTask:
    return standard_task("laser", seed, washout=30, train=120, validation=60, test=60)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_model_looks_ahead(model) -> None:
    task = narma(1)
    fitted = model.fit(task, seed=1)
    both = np.hstack([task.inputs, task.targets])
    for at in (task.train_part.stop, task.test_part.start + 5):
        assert_causal(lambda given: fitted.answers(given[:, :1], given[:, 1:]), both, at)


def test_persistence_of_the_input_does_not_look_ahead() -> None:
    task = laser(1)
    fitted = PersistenceModel("input").fit(task, 0)
    assert_causal(lambda inputs: fitted.answers(inputs, task.targets), task.inputs, 200)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_fit_sees_the_test_steps(model) -> None:
    task = narma(2)
    inputs, targets = task.inputs.copy(), task.targets.copy()
    inputs[task.test_part] = 0.1
    targets[task.test_part] = 7.0
    hidden = replace(task, inputs=inputs, targets=targets)
    answers = [model.fit(seen, 3).answers(task.inputs, task.targets) for seen in (task, hidden)]
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize("features", [12, 24, 96, 288])
@pytest.mark.parametrize("channels", [1, 2])
def test_all_that_a_model_may_choose_fits_the_features(features, channels) -> None:
    budgeted = [quantum_ensemble(features), *baselines(features, "input")[1:]]
    for model in budgeted:
        sizes = [source.size for source in model.draw(0, channels)]
        assert max(sizes) <= features, model.name
        # Equal budgets mean something only if they are used.
        assert max(sizes) > 0.5 * features, model.name


def test_scores_are_those_of_the_pipeline_written_out() -> None:
    (score,) = compare(narma, [ReadoutModel("taps", Lags(8, shares=(1.0,)))], [4])
    task = narma(4)
    inputs = Scaler().fit(task.inputs[: task.train_part.stop]).transform(task.inputs)
    features = LinearTaps(8).features(inputs)
    readout = RidgeReadout().fit(
        features[task.train_part],
        task.targets[task.train_part],
        validation=(features[task.validation_part], task.targets[task.validation_part]),
    )
    expected = nrmse(task.targets[task.test_part], readout.predict(features[task.test_part]))
    assert score.values == pytest.approx((expected,), rel=1e-12)
    assert (score.task, score.model, score.metric) == ("narma-10", "taps", "nrmse")
    assert (score.features, score.trained) == (8, 9)


@dataclass(frozen=True, eq=False)
class Delayed:
    """One tap."""

    delay: int
    size: int = 1

    def features(self, inputs):
        return LinearTaps(self.delay + 1).features(inputs)[:, self.delay :]


@pytest.mark.parametrize("order", [1, -1])
def test_the_choice_is_made_on_validation(order) -> None:
    def draw(_seed, _channels):
        return [Delayed(delay) for delay in range(4)][::order]

    inputs = np.random.default_rng(0).uniform(-1, 1, (200, 1))
    task = SeriesTask("echo", inputs, LinearTaps(3).features(inputs)[:, 2:], 10, 90, 50, 50)
    fitted = ReadoutModel("tap", draw).fit(task, 0)
    assert fitted.view.source.delay == 2
    assert fitted.tried == 4


def test_a_choice_that_validation_speaks_against_is_not_made() -> None:
    # The target is the input of the moment, but on the validation steps its negative: there the tap that is
    # right everywhere else has a larger error than the one that says nothing.
    inputs = np.random.default_rng(0).uniform(-1, 1, (200, 1))
    targets = inputs.copy()
    targets[100:150] *= -1
    task = SeriesTask("trap", inputs, targets, 10, 90, 50, 50)
    fitted = ReadoutModel("tap", lambda *_: [Delayed(0), Delayed(1)]).fit(task, 0)
    assert fitted.view.source.delay == 1


def test_a_task_without_validation_steps_holds_back_the_end_of_its_training() -> None:
    inputs = np.random.default_rng(0).uniform(-1, 1, (200, 1))
    task = SeriesTask("echo", inputs, LinearTaps(3).features(inputs)[:, 2:], 10, 140, 0, 50)
    (score,) = compare(lambda _: task, [ReadoutModel("taps", Lags(8))], [0])
    assert score.mean < 1e-6


def test_one_and_two_workers_give_the_same_bits() -> None:
    pytest.importorskip("joblib")
    # The echo states are driven by JAX where it is installed, in this process and in the others.
    models = [quantum_ensemble(24, NUMPY), *baselines(24, "input")[:-1]]
    alone = compare(laser, models, range(2), ("nrmse", "r2"), workers=1)
    shared = compare(laser, models, range(2), ("nrmse", "r2"), workers=2)
    assert [replace(score, seconds=None) for score in alone] == [
        replace(score, seconds=None) for score in shared
    ]


def test_seeds_run_independently() -> None:
    models = [quantum_ensemble(12, NUMPY), *baselines(12, "target", NUMPY)]
    together = compare(narma, models, [3, 5])
    apart = [compare(narma, models, [seed]) for seed in (3, 5)]
    for score, *single in zip(together, *apart, strict=True):
        assert score.values == tuple(one.values[0] for one in single)
        assert score.values[0] != score.values[1]


def test_a_model_without_chance_on_one_series_runs_once() -> None:
    same = laser(0)
    taps, cells = compare(lambda _: same, [baselines(12, "input")[1], quantum_ensemble(12, NUMPY)], range(3))
    assert len(taps.values) == 1
    assert taps.half_width is None
    assert len(set(cells.values)) == 3


def test_persistence_repeats_the_first_channels() -> None:
    inputs = np.random.default_rng(0).normal(size=(60, 2))
    task = SeriesTask("two columns", inputs[:-1], inputs[1:, :1], 0, 30, 9, 20)
    (score,) = compare(lambda _: task, [PersistenceModel("input")], [0])
    assert score.values == (nrmse(inputs[40:, :1], inputs[39:-1, :1]),)
    assert score.features is None
    assert score.trained == 0


def test_echo_states_are_one_draw_scaled() -> None:
    drawn = EchoStates(20, radii=(0.5, 0.9), inputs=(0.2,), biases=(0.3,), leaks=(0.4,))(7, 1)[-2:]
    assert [reservoir.bank.leak.tolist() for reservoir in drawn] == [[0.4], [0.4]]
    for reservoir, radius in zip(drawn, (0.5, 0.9), strict=True):
        cell = ESN(1, 20, radius=radius, input_scale=0.2, bias_scale=0.3)
        expected = draw_bank(cell, np.random.SeedSequence(7).spawn(1)).weights
        for name, weights in reservoir.bank.weights.items():
            np.testing.assert_allclose(weights, expected[name], rtol=1e-12, atol=1e-15)
        recurrent = reservoir.bank.weights["matrix"][0, 0, :, 1:]
        assert np.abs(np.linalg.eigvals(recurrent)).max() == pytest.approx(radius)


def test_tanh_units_have_the_wiring_of_the_ensemble() -> None:
    quantum = quantum_ensemble(96).draw(3, 1)
    control = baselines(96, "input")[-1].draw(3, 1)
    wirings = {(one.size, one.taps.tobytes(), one.readout) for one in control}
    assert wirings == {(one.size, one.taps.tobytes(), one.readout) for one in quantum}


def test_products_try_strides_and_orders() -> None:
    tried = Products(24, strides=(1, 3), orders=(2, 3))(0, 1)
    assert {(one.order, one.stride, one.lags) for one in tried} == {
        (2, 1, 5),
        (2, 3, 5),
        (3, 1, 3),
        (3, 3, 3),
    }


class Counting:
    """A model that counts its fits, or fails at one of them."""

    deterministic = False

    def __init__(self, fail_at: int = -1) -> None:
        self.fits, self.fail_at = 0, fail_at
        self.inner = ReadoutModel("counted", Lags(4))
        self.name = self.inner.name

    def __repr__(self) -> str:
        return "the settings"

    def check(self, task):
        self.inner.check(task)

    def fit(self, task, seed):
        if self.fits == self.fail_at:
            raise KeyboardInterrupt
        self.fits += 1
        return self.inner.fit(task, seed)


def test_an_interruption_loses_only_what_was_under_way(tmp_path) -> None:
    kept, told = Checkpoint(tmp_path), []
    with pytest.raises(KeyboardInterrupt):
        compare(narma, [Counting(fail_at=2)], range(4), checkpoint=kept)
    assert len(list(tmp_path.iterdir())) == 2
    again = Counting()
    (score,) = compare(narma, [again], range(4), checkpoint=kept, progress=lambda *what: told.append(what))
    assert again.fits == 2
    assert told == [(3, 4, "narma-10: counted, seed 2"), (4, 4, "narma-10: counted, seed 3")]
    (fresh,) = compare(narma, [Counting()], range(4))
    assert score.values == fresh.values


def test_a_finished_piece_is_not_used_for_other_settings_data_or_code(tmp_path, monkeypatch) -> None:
    kept = Checkpoint(tmp_path)

    def fits(task_for_seed=narma, metrics=("nrmse",), settings="the settings") -> int:
        model = Counting()
        monkeypatch.setattr(Counting, "__repr__", lambda _: settings)
        compare(task_for_seed, [model], [0], metrics, checkpoint=kept)
        return model.fits

    assert fits() == 1
    assert fits() == 0
    assert fits(metrics=("mse",)) == 1
    assert fits(settings="others") == 1
    assert fits(lambda seed: replace(narma(seed), validation=61, test=59)) == 1
    assert fits(lambda seed: narma(seed + 1)) == 1
    monkeypatch.setattr(checkpoint, "_code", lambda _: "another version")
    assert fits() == 1


@pytest.mark.parametrize("damage", [b"", b'{"scores": {"nrm', b"\xff\xfe"])
def test_a_damaged_piece_is_computed_again(tmp_path, damage) -> None:
    kept = Checkpoint(tmp_path)
    (score,) = compare(narma, [Counting()], [0], checkpoint=kept)
    (file,) = tmp_path.iterdir()
    good = json.loads(file.read_text())
    file.write_bytes(damage)
    model = Counting()
    (again,) = compare(narma, [model], [0], checkpoint=kept)
    assert model.fits == 1
    assert again.values == score.values
    assert json.loads(file.read_text()) == {**good, "seconds": json.loads(file.read_text())["seconds"]}


def test_a_checkpoint_without_a_folder_keeps_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Checkpoint().put("key", 1)
    assert Checkpoint().get("key") is None
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_cannot_be_written_is_one_sentence(tmp_path) -> None:
    (tmp_path / "taken").write_text("something")
    with pytest.raises(ResultError, match="taken"):
        Checkpoint(tmp_path / "taken").put("key", 1)


KEEP = Checkpoint()


def test_keys_tell_arrays_and_settings_apart() -> None:
    keys = [
        KEEP.key(np.zeros(3)),
        KEEP.key(np.zeros(4)),
        KEEP.key(np.zeros((3, 1))),
        KEEP.key("a", "b"),
        KEEP.key("ab"),
    ]
    assert len(set(keys)) == len(keys)
    assert KEEP.key(np.zeros(3)) == keys[0]


TAPS = ReadoutModel("taps", Lags(4))
FLAT = SeriesTask("flat", np.ones(40), np.arange(40.0), 0, 20, 10, 10)
STILL = SeriesTask("still", np.arange(40.0), np.r_[np.arange(30.0), np.ones(10)], 0, 20, 10, 10)
WIDE = SeriesTask("wide", np.arange(40.0), np.random.default_rng(0).normal(size=(40, 2)), 0, 20, 10, 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((narma, [TAPS], []), "`seeds` is empty"),
        ((narma, [], [0]), "`models` is empty"),
        ((narma, [TAPS], [0], ()), "`metrics` is empty"),
        ((narma, [TAPS], [-1]), "`seeds` must be a whole number of at least 0"),
        ((narma, [TAPS, TAPS], [0]), "two models are called 'taps'"),
        ((narma, [TAPS], [0], ("nrsme",)), "unknown metric 'nrsme' .did you mean 'nrmse'"),
        ((lambda _: FLAT, [TAPS], [0]), "must vary"),
        ((lambda _: STILL, [TAPS], [0]), "must vary"),
        (
            (lambda _: WIDE, [PersistenceModel("input")], [0]),
            "cannot answer 2 outputs with 1 channel;",
        ),
        ((narma, [ReadoutModel("NVAR", Products(1))], [0]), "NVAR: not even one fits into 1 feature"),
        ((narma, [quantum_ensemble(2)], [0]), "features must be at least 3"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(arguments, message, monkeypatch) -> None:
    monkeypatch.setattr(ReadoutModel, "fit", lambda *_: pytest.fail("something ran"))
    with pytest.raises(ParameterError, match=message):
        compare(*arguments)


def test_unknown_cells_and_no_workers_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"unknown cell 'qrnn' \(did you mean 'QRNN'"):
        single_cell("qrnn")
    with pytest.raises(ParameterError, match="`workers`"):
        compare(narma, [TAPS], [0], workers=0)


def test_memory_capacity_of_chance_is_zero() -> None:
    rng = np.random.default_rng(0)
    truth, answers = rng.normal(size=(2, 1000, 40))
    # The sum of 40 squared correlations of 1000 unrelated pairs, less its mean, has a standard error of
    # sqrt(2 * 40) / 1000 = 0.009.
    assert abs(METRICS["memory capacity"](truth, answers)) < ROOM * 0.009

"""Reservoirs: what their cells see, what they remember, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qml.cells.bank import draw_bank
from qml.cells.classical_cells import ESN
from qml.cells.quantum_cells import QLSTM, QRNN
from qml.engines.choice import EngineChoice
from qml.ensembles import ensemble, tanh_control
from qml.feature_cache import FeatureCache
from qml.maps.circuit import CircuitUnits
from qml.reservoir import Reservoir
from qsim.errors import ParameterError
from tests.qml.causality import assert_causal
from tests.statistics import ROOM

NUMPY = EngineChoice(backend="numpy")
UNITS = CircuitUnits(init="uniform")


def delayed(cells: int = 3, **given: object) -> Reservoir:
    cell = QRNN(2, 2, UNITS)
    return ensemble(cell, seed=1, cells=cells, delays=(0, 6), leak=(0.2, 1.0), engine=NUMPY, **given)  # type: ignore[arg-type]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(9).standard_normal(shape)


def test_each_cell_sees_the_input_now_and_some_steps_ago() -> None:
    reservoir, inputs = delayed(), noise(30)
    assert reservoir.taps is not None
    assert reservoir.taps[:, 1, 1].tolist() == [0, 3, 6]
    alone = Reservoir(draw_bank(QRNN(2, 2, UNITS), np.random.SeedSequence(1).spawn(3)), engine=NUMPY)
    alone = replace(alone, bank=replace(alone.bank, leak=reservoir.bank.leak))
    read = reservoir.features(inputs)
    for cell, lag in enumerate((0, 3, 6)):
        late = np.concatenate([np.zeros(lag), inputs[: len(inputs) - lag]])
        expected = alone.features(np.stack([inputs, late], axis=1))
        assert np.array_equal(read[:, 2 * cell : 2 * cell + 2], expected[:, 2 * cell : 2 * cell + 2])


@pytest.mark.parametrize("readout", [("hidden",), ("z", "zz"), ("zz", "hidden", "zzz")])
def test_size_counts_the_features(readout: tuple[str, ...]) -> None:
    reservoir = delayed(readout=readout)
    assert reservoir.features(noise(5)).shape == (5, reservoir.size)


def test_the_future_does_not_move_the_past() -> None:
    assert_causal(delayed().features, noise(40), 25)


def test_a_series_can_be_driven_in_pieces() -> None:
    reservoir, inputs = delayed(), noise(50)
    whole = reservoir.features(inputs)
    for cut in (1, 4, 30):
        first, state = reservoir.go_on(inputs[:cut])
        second, _ = reservoir.go_on(inputs[cut:], state)
        assert np.array_equal(np.concatenate([first, second]), whole)


def test_several_series_at_once_are_each_as_alone() -> None:
    reservoir, inputs = delayed(), noise(3, 20)
    together = reservoir.features_of_many(inputs, washout=4)
    for one, series in zip(together, inputs, strict=True):
        assert np.array_equal(one, reservoir.features(series, washout=4))


def test_a_window_is_a_short_series_from_rest() -> None:
    reservoir, inputs = delayed(), noise(6, 9)
    read = reservoir.window_features(inputs)
    expected = reservoir.features_of_many(inputs)[:, -1]
    assert read == pytest.approx(expected, abs=1e-13)


def test_washout_leaves_the_first_steps_out() -> None:
    reservoir, inputs = delayed(), noise(20)
    assert np.array_equal(reservoir.features(inputs, washout=7), reservoir.features(inputs)[7:])


def test_a_leaky_reservoir_forgets_where_it_began() -> None:
    reservoir = ensemble(QRNN(1, 3, UNITS), seed=3, leak=0.5, engine=NUMPY)
    _, elsewhere = reservoir.go_on(noise(10))
    steps = noise(400)[10:]
    from_rest, other = reservoir.go_on(steps)[0], reservoir.go_on(steps, elsewhere)[0]
    assert np.abs(from_rest[0] - other[0]).max() > 1e-3
    assert np.abs(from_rest[-1] - other[-1]).max() < 1e-9


def test_a_cell_of_an_ensemble_does_not_depend_on_how_many_there_are() -> None:
    few, many = (
        ensemble(
            QLSTM(1, 2, UNITS), seed=4, cells=cells, leak=(0.1, 1.0), input_gain=(0.1, 0.5), engine=NUMPY
        )
        for cells in (2, 5)
    )
    inputs = noise(12)
    assert np.array_equal(many.features(inputs)[:, : few.size], few.features(inputs))


def test_ranges_are_drawn_for_each_cell_and_channel() -> None:
    bank = delayed(400, input_gain=(0.1, 0.5), hidden_gain=2.0, input_shift=(-1.0, 0.0)).bank
    incoming, fed_back = bank.weights["gain"][:, 0, 2:], bank.weights["gain"][:, 0, :2]
    shift = bank.weights["shift"][:, 0]
    assert 0.1 <= incoming.min() < incoming.max() <= 0.5
    # 800 numbers drawn evenly: standard error width / sqrt(12 * 800).
    assert abs(incoming.mean() - 0.3) < ROOM * 0.4 / np.sqrt(12 * 800)
    assert np.all(fed_back == 2.0)
    assert np.all(shift[:, :2] == 0.0)
    assert abs(shift[:, 2:].mean() + 0.5) < ROOM / np.sqrt(12 * 800)
    assert 0.2 <= bank.leak.min() < bank.leak.max() <= 1.0


def test_the_control_has_the_same_wiring() -> None:
    quantum = delayed(readout=("z", "zz"))
    cell = quantum.bank.cell
    assert isinstance(cell, QRNN)
    control = ensemble(
        tanh_control(cell, 1.0, 0.5), seed=1, cells=3, delays=(0, 6), leak=(0.2, 1.0), readout=("z", "zz")
    )
    assert control.size == quantum.size
    assert np.array_equal(control.bank.leak, quantum.bank.leak)
    assert control.taps is not None
    assert np.array_equal(control.taps, quantum.taps)


def test_features_are_kept_and_found_again() -> None:
    cache = FeatureCache()
    reservoir, inputs = delayed(cache=cache), noise(30)
    first = reservoir.features(inputs)
    assert len(cache) == 1
    assert np.array_equal(reservoir.features(inputs, washout=10), first[10:])
    assert len(cache) == 1
    reservoir.window_features(inputs.reshape(3, 10))
    delayed(cache=cache, readout=("z",)).features(inputs)
    replace(reservoir, engine=EngineChoice(shots=5)).features(inputs)
    assert len(cache) == 4
    changed = inputs.copy()
    changed[-1] += 1e-12
    reservoir.features(changed)
    assert len(cache) == 5


def test_a_cache_forgets_what_was_used_least_recently() -> None:
    cache = FeatureCache(limit=3 * 8 * 10)
    for name in "abc":
        cache.put(name, np.zeros(10))
    assert cache.get("a") is not None
    cache.put("d", np.zeros(10))
    assert cache.get("b") is None
    assert cache.get("a") is not None
    cache.put("large", np.zeros(31))
    assert cache.get("large") is None
    assert len(cache) == 3


def test_progress_is_told_to_the_last_step() -> None:
    seen: list[int] = []
    delayed().features(noise(17), advance=seen.append)
    assert sum(seen) == 17
    seen.clear()
    delayed().window_features(noise(5, 4), advance=seen.append)
    assert sum(seen) == 20


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            np.array([1.0, np.nan, np.inf]),
            r"inputs has 2 values that are NaN or infinite, the first at \[1\]",
        ),
        (np.zeros((3, 2, 2)), r"inputs must have shape \(steps,\) or \(steps, channels\), not \(3, 2, 2\)"),
        (np.zeros((3, 2)), "inputs has 2 channels where 1 are expected"),
        (np.zeros(0), "inputs is empty"),
        (np.array([1.0, -1e200]), r"inputs has numbers beyond 1e\+100"),
        (["a"], "inputs must be an array of numbers"),
        (np.array([1j]), "inputs must be an array of numbers"),
    ],
)
def test_series_that_cannot_be_driven_are_refused(inputs: np.ndarray, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        delayed().features(inputs)


@pytest.mark.parametrize("washout", [-1, 5, 6])
def test_a_washout_as_long_as_the_series_is_refused(washout: int) -> None:
    with pytest.raises(ParameterError, match="less than the 5 steps of the series"):
        delayed().features(noise(5), washout=washout)
    with pytest.raises(ParameterError, match="less than the 5 steps of the series"):
        delayed().features_of_many(noise(2, 5), washout=washout)


def test_ensembles_that_make_no_sense_are_refused() -> None:
    cell = QRNN(2, 2)
    with pytest.raises(ParameterError, match="the cell has 2 channels where 1 come in"):
        ensemble(cell, seed=1)
    with pytest.raises(ParameterError, match=r"delays must be \(shortest, longest\), not \(5, 2\)"):
        ensemble(cell, seed=1, delays=(5, 2))
    with pytest.raises(ParameterError, match=r"input_gain must be a number or a range"):
        ensemble(cell, seed=1, delays=(0, 2), input_gain=(2.0, 1.0))
    for wrong in ("strong", (1.0, 2.0, 3.0)):
        with pytest.raises(ParameterError, match=r"leak must be a number or a range \(low, high\), not"):
            ensemble(QRNN(), seed=1, leak=wrong)  # type: ignore[arg-type]
    for delays in (3, (0, 1, 2)):
        with pytest.raises(ParameterError, match=r"delays must be \(shortest, longest\), not"):
            ensemble(cell, seed=1, delays=delays)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="cells must be a whole number of at least 1, not 0"):
        ensemble(cell, seed=1, cells=0)
    with pytest.raises(ParameterError, match="the cell 'esn' has no gains"):
        ensemble(ESN(), seed=1, input_gain=0.5)
    with pytest.raises(ParameterError, match="taps must be numbers of at least 0 of shape"):
        replace(delayed(), taps=np.zeros((1, 2, 2), dtype=int))

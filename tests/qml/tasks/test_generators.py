"""Generators of the standard tasks against independent formulas and integrators."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.signal import find_peaks

from qml.tasks import LORENZ_LYAPUNOV, forecast_pairs
from qml.tasks.lorenz import solve_lorenz
from qml.tasks.mackey_glass import mackey_glass
from qml.tasks.narma import WhiteNarma, narma, smooth_input
from qml.tasks.short_term_memory import Memory, Parity
from qml.tasks.standard import standard_task
from qsim.errors import ParameterError
from tests.qml.causality import assert_causal

Array = npt.NDArray[np.float64]
LORENZ = (10.0, 28.0, 8.0 / 3.0)
LASER = (2.0, 15.0, 0.25)


@pytest.mark.parametrize("order", [2, 5, 10, 20])
def test_narma_by_an_explicit_loop(order: int) -> None:
    u = np.random.default_rng(order).uniform(0, 0.5, 300)
    y = dict.fromkeys(range(-order, 1), 0.0)
    for t in range(300):
        before = {j: (u[t - j] if t >= j else 0.0) for j in (0, order - 1)}
        if order == 2:
            y[t + 1] = 0.4 * y[t] + 0.4 * y[t] * y[t - 1] + 0.6 * u[t] ** 3 + 0.1
        else:
            total = sum(y[t - j] for j in range(order))
            y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * total + 1.5 * before[order - 1] * before[0]
            y[t + 1] = np.tanh(y[t + 1] + 0.01) if order == 20 else y[t + 1] + 0.1
    np.testing.assert_allclose(narma(u, order), [y[t] for t in range(301)], rtol=1e-12)


@pytest.mark.parametrize("order", [2, 5, 10, 20])
def test_narma_does_not_look_ahead(order: int) -> None:
    inputs = np.random.default_rng(0).uniform(0, 0.5, 100)
    assert_causal(lambda u: narma(u, order)[1:], inputs, 60)
    assert_causal(lambda u: narma(u, order)[1:], smooth_input()[:100], 60)


@given(st.floats(0.0, 0.4))
def test_narma_settles_where_a_constant_input_holds_it(u: float) -> None:
    # y = 0.4 y + 0.4 y^2 + 0.6 u^3 + 0.1, the smaller root.
    settled = narma(np.full(500, u), 2)[-1]
    assert settled == pytest.approx((0.6 - (0.36 - 1.6 * (0.6 * u**3 + 0.1)) ** 0.5) / 0.8, rel=1e-9)


def test_narma_refuses() -> None:
    with pytest.raises(ParameterError, match="one of 2, 5, 10, 20, got 3"):
        narma([0.1], 3)
    with pytest.raises(ParameterError, match="2 channels where 1"):
        narma(np.zeros((5, 2)), 5)
    with pytest.raises(ParameterError, match="NaN"):
        narma([0.1, np.nan], 5)


def test_a_diverging_realisation_is_drawn_again_from_the_same_generator() -> None:
    # Seed 75 is the first whose first realisation of 3,200 steps diverges.
    rng = np.random.default_rng(75)
    first, second = rng.uniform(0, 0.5, 3200), rng.uniform(0, 0.5, 3200)
    with np.errstate(over="ignore"):
        assert narma(first, 10).max() > 1e6
    inputs, targets = WhiteNarma(10).draw(3200, np.random.default_rng(75))
    np.testing.assert_array_equal(inputs[:, 0], second)
    np.testing.assert_array_equal(targets[:, 0], narma(second, 10)[1:])
    assert targets.max() < 1.5


def test_when_every_realisation_diverges_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qml.tasks.narma._DIVERGING", 0.2)
    with pytest.raises(ParameterError, match="100 realisations of NARMA-10 with 50 steps diverged"):
        WhiteNarma(10).draw(50, np.random.default_rng(0))


@pytest.mark.parametrize("tau", [1, 17])
def test_mackey_glass_by_the_method_of_steps(tau: int) -> None:
    # SciPy at 1e-12 delay by delay, each reading the dense solution of the one before.
    start, pieces = 0.9, 6
    before = lambda _t: start  # noqa: E731
    samples = [start]
    for piece in range(pieces):
        begin = piece * tau
        solution = solve_ivp(
            lambda t, x, past=before: 0.2 * past(t - tau) / (1 + past(t - tau) ** 10) - 0.1 * x,
            (begin, begin + tau),
            [samples[-1]],
            "DOP853",
            rtol=1e-12,
            atol=1e-12,
            dense_output=True,
        )
        before = lambda t, s=solution.sol: float(s(t)[0])  # noqa: E731
        samples += [before(t) for t in range(begin + 1, begin + tau + 1)]
    np.testing.assert_allclose(mackey_glass(pieces * tau + 1, tau, start), samples, atol=3e-8)


def test_mackey_glass_stays_where_it_rests() -> None:
    # 0.2 / (1 + x^10) = 0.1 at x = 1.
    np.testing.assert_allclose(mackey_glass(50, start=1.0), 1.0, atol=1e-12)


@pytest.mark.parametrize(
    ("parameters", "start", "step", "until", "room"),
    [(LORENZ, (1.0, 1.0, 27.0), 0.0025, 5.0, 1e-5), (LASER, (3.0, 3.0, 14.0), 0.01, 30.0, 1e-5)],
)
def test_the_lorenz_equations_against_scipy(
    parameters: tuple[float, float, float],
    start: tuple[float, float, float],
    step: float,
    until: float,
    room: float,
) -> None:
    sigma, rho, beta = parameters
    times = np.linspace(0, until, 101)
    solution = solve_ivp(
        lambda _, s: [sigma * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - beta * s[2]],
        (0, until),
        start,
        "DOP853",
        times,
        rtol=1e-12,
        atol=1e-12,
    )
    ours = solve_lorenz(parameters, start, times[1], 101, longest_step=step)
    np.testing.assert_allclose(ours, solution.y.T, atol=room)


def test_settling_is_time_left_out() -> None:
    whole = solve_lorenz(LORENZ, (1.0, 2.0, 20.0), 0.02, 60)
    np.testing.assert_array_equal(solve_lorenz(LORENZ, (1.0, 2.0, 20.0), 0.02, 10, settling=1.0), whole[50:])


def test_the_lyapunov_exponent_by_two_neighbours() -> None:
    # Growth of a small distance, brought back to 1e-8 every unit of time; the mean over 300 units scatters by
    # about 0.03 (one start; the room is four times that).
    state = solve_lorenz(LORENZ, (1.0, 1.0, 27.0), 1.0, 1, settling=50.0, longest_step=0.01)[0]
    other = state + np.array([1e-8, 0.0, 0.0])
    grown = 0.0
    for _ in range(300):
        state, other = (
            solve_lorenz(LORENZ, path.tolist(), 1.0, 2, longest_step=0.01)[1] for path in (state, other)
        )
        distance = float(np.linalg.norm(other - state))
        grown += np.log(distance / 1e-8)
        other = state + (other - state) * (1e-8 / distance)
    assert grown / 300 == pytest.approx(LORENZ_LYAPUNOV, abs=0.12)


def test_santa_fe_is_the_measured_series_for_every_seed() -> None:
    pytest.importorskip("reservoirpy")
    one, other = (standard_task("santa-fe", seed, test=500) for seed in (1, 2))
    assert one.inputs[:10, 0].tolist() == [86, 141, 95, 41, 22, 21, 32, 72, 138, 111]
    assert np.array_equal(one.targets[:-1], one.inputs[1:])
    assert np.array_equal(one.inputs, other.inputs)
    with pytest.raises(ParameterError, match="has 10093 measured steps, and 12201 are asked for"):
        standard_task("santa-fe", test=10_000)


def test_the_laser_is_an_eight_bit_record_of_pulses() -> None:
    counts = standard_task("laser", seed=1).inputs[:, 0]
    np.testing.assert_array_equal(counts, np.floor(counts))
    assert counts.min() >= 0
    assert 150 < counts.max() <= 255
    peaks = find_peaks(counts, height=10)[0]
    assert 8 < np.diff(peaks).mean() < 10
    # Slow growth and collapse: heights of successive pulses differ widely over the record.
    assert counts[peaks].std() / counts[peaks].mean() > 0.2


@given(st.integers(1, 12), st.integers(13, 40))
def test_memory_asks_for_past_inputs(max_delay: int, steps: int) -> None:
    inputs, targets = Memory(max_delay).draw(steps, np.random.default_rng(steps))
    assert targets.shape == (steps, max_delay)
    for t in range(steps):
        for k in range(1, max_delay + 1):
            assert targets[t, k - 1] == (inputs[t - k, 0] if t >= k else 0.0)


@given(st.integers(1, 8), st.integers(9, 40))
def test_parity_by_counting(max_delay: int, steps: int) -> None:
    bits, targets = Parity(max_delay).draw(steps, np.random.default_rng(steps))
    assert set(np.unique(bits)) <= {0.0, 1.0}
    for t in range(max_delay, steps):
        for k in range(1, max_delay + 1):
            assert targets[t, k - 1] == int(bits[t - k : t + 1].sum()) % 2


@pytest.mark.parametrize("horizon", [1, 7])
def test_forecast_pairs_look_exactly_as_far_ahead_as_the_horizon(horizon: int) -> None:
    series = np.random.default_rng(6).normal(size=(50, 2))
    inputs, targets = forecast_pairs(series, horizon)
    np.testing.assert_array_equal(inputs[horizon:], targets[:-horizon])
    assert_causal(lambda s: np.concatenate([s[:horizon], forecast_pairs(s, horizon)[1]]), series, 20)
    with pytest.raises(ParameterError, match="at least 51 steps of series, got 50"):
        forecast_pairs(series, 50)

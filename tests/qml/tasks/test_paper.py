"""The tasks of the papers: sizes, yardsticks, independent formulas, and no leak."""

from __future__ import annotations

from math import exp, pi, sin

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import jv

from qml.tasks import paper_names, paper_task
from qml.tasks.narma import narma, smooth_input
from qml.tasks.paper import bessel_j2, damped_oscillation, delayed_quantum_control
from qsim.errors import ParameterError
from tests.qml.tasks.regression import persistence_error, windowed_error

FUNCTIONS = ["damped-shm", "bessel-j2", "delayed-quantum-control"]
SIZES = {
    "damped-shm": (235, 157),
    "bessel-j2": (251, 168),
    "delayed-quantum-control": (2195, 1470),
    "narma-2": (295, 197),
    "narma-5": (295, 197),
    "narma-10": (295, 197),
}


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("scaling", ["authors", "train", "none"])
def test_sizes(name: str, scaling: str) -> None:
    task = paper_task(name, scaling)
    windows, train = SIZES[name]
    assert task.name == name
    assert task.windows.shape == (windows, 4, 1)
    assert task.targets.shape == (windows, 1)
    assert (task.train, len(task.train_windows), len(task.test_windows)) == (train, train, windows - train)
    assert (len(task.train_targets), len(task.test_targets)) == (train, windows - train)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("damped-shm", 9.5e-8),
        ("bessel-j2", 1.2e-8),
        ("delayed-quantum-control", 2.9e-12),
        ("narma-5", 5.4e-6),
        ("narma-10", 1.3e-5),
    ],
)
def test_a_linear_regression_errs_as_it_does_on_the_authors_data(name: str, expected: float) -> None:
    # Known to two figures; windows or targets shifted by one step miss them.
    assert f"{windowed_error(paper_task(name, 'authors')):.1e}" == f"{expected:.1e}"


@pytest.mark.parametrize(
    ("name", "expected"), [("damped-shm", 3.2e-3), ("bessel-j2", 3.6e-3), ("delayed-quantum-control", 1.0e-4)]
)
def test_persistence_errs_as_it_does_on_the_authors_data(name: str, expected: float) -> None:
    assert f"{persistence_error(paper_task(name, 'authors')):.1e}" == f"{expected:.1e}"


def test_the_damped_oscillation_is_the_damped_shm() -> None:
    one, other = paper_task("damped-oscillation"), paper_task("damped-shm")
    assert one.name == "damped-shm"
    np.testing.assert_array_equal(one.windows, other.windows)


def test_the_oscillation_solves_its_equation() -> None:
    # LSODA at 1.5e-8 against Dormand-Prince at 1e-12.
    solution = solve_ivp(
        lambda _, state: [state[1], -0.15 * state[1] - 9.81 * sin(state[0])],
        (0, 20),
        [0.0, 3.0],
        "DOP853",
        np.linspace(0, 20, 240),
        rtol=1e-12,
        atol=1e-12,
    )
    np.testing.assert_allclose(damped_oscillation(), solution.y[1], atol=2e-6)


def test_the_oscillation_loses_the_energy_that_friction_takes() -> None:
    # E = v^2 / 2 + g (1 - cos theta), dE/dt = -b v^2; where theta' peaks after a quarter swing, sin(theta) is
    # -b v / g, so E follows from v alone: compare the loss with the integral of b v^2 between two such peaks.
    velocity = damped_oscillation()
    times = np.linspace(0, 20, 240)
    peaks = [i for i in range(1, 239) if velocity[i - 1] < velocity[i] >= velocity[i + 1]]
    first, last = peaks[0], peaks[-1]

    def energy(v: float) -> float:
        return v * v / 2 + 9.81 * (1 - (1 - (0.15 * v / 9.81) ** 2) ** 0.5)

    lost = energy(velocity[first]) - energy(velocity[last])
    taken = np.trapezoid(0.15 * velocity[first : last + 1] ** 2, times[first : last + 1])
    assert lost == pytest.approx(taken, rel=0.02)


def test_bessel_by_its_own_recurrence_and_by_scipy() -> None:
    x = np.linspace(2, 100, 256)
    np.testing.assert_allclose(bessel_j2(), 2 * jv(1, x) / x - jv(0, x), atol=1e-13)
    assert len(bessel_j2()) == 256


def test_delayed_control_by_an_explicit_loop() -> None:
    values = delayed_quantum_control()
    assert len(values) == 2200
    for index in range(0, 2200, 37):
        x = -2 + 0.01 * index
        expected = sum(exp(-10 * (x - 2 * n) ** 2) for n in range(11)) * exp(-x / 16)
        assert values[index] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("order", [2, 5, 10])
def test_smooth_narma_by_an_explicit_loop(order: int) -> None:
    u = [
        0.1 * (sin(2 * pi * 2.11 * t / 300) * sin(2 * pi * 3.73 * t / 300) * sin(2 * pi * 4.11 * t / 300) + 1)
        for t in range(300)
    ]
    y = [0.196]
    for t in range(299):
        if order == 2:
            y.append(0.4 * y[t] + 0.4 * y[t] * (y[t - 1] if t else 0.0) + 0.6 * u[t] ** 3 + 0.1)
            continue
        memory = sum(y[t - j] for j in range(order) if t - j >= 0)
        far = u[t - order + 1] if t - order + 1 >= 0 else 0.0
        y.append(0.3 * y[t] + 0.05 * y[t] * memory + 1.5 * far * u[t] + 0.1)
    task = paper_task(f"narma-{order}", "authors")
    np.testing.assert_allclose(task.windows[:, :, 0], [u[i : i + 4] for i in range(295)], rtol=1e-13)
    np.testing.assert_allclose(task.targets[:, 0], [y[i + 4] for i in range(295)], rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_windows_of_a_function_are_followed_by_their_targets(name: str) -> None:
    task = paper_task(name, "none")
    whole = {"damped-shm": damped_oscillation, "bessel-j2": bessel_j2}.get(name, delayed_quantum_control)()
    for index in range(0, len(task.windows), 13):
        np.testing.assert_array_equal(task.windows[index, :, 0], whole[index : index + 4])
        assert task.targets[index, 0] == whole[index + 4]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_authors_scaling_spans_the_whole_series(name: str) -> None:
    scaled, raw = paper_task(name, "authors"), paper_task(name, "none")
    whole = {"damped-shm": damped_oscillation, "bessel-j2": bessel_j2}.get(name, delayed_quantum_control)()
    low, high = whole.min(), whole.max()
    np.testing.assert_allclose(scaled.windows, 2 * (raw.windows - low) / (high - low) - 1, atol=1e-12)
    np.testing.assert_allclose(scaled.target_scaler.inverse(scaled.targets), raw.targets, atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_that_fade_are_scaled_alike_with_and_without_the_leak(name: str) -> None:
    one, other = paper_task(name, "train"), paper_task(name, "authors")
    np.testing.assert_array_equal(one.windows, other.windows)
    np.testing.assert_array_equal(one.targets, other.targets)


def test_the_leak_free_scaling_of_narma_spans_what_trains() -> None:
    task = paper_task("narma-10")
    assert task.train_windows.min() == pytest.approx(-1)
    assert task.train_windows.max() == pytest.approx(1)
    assert task.train_targets.min() == pytest.approx(-1)
    assert task.train_targets.max() == pytest.approx(1)
    raw = narma(smooth_input(), 10, 0.196)[4:299]
    np.testing.assert_allclose(task.target_scaler.inverse(task.targets)[:, 0], raw, rtol=1e-12)


def test_names_and_refusals() -> None:
    assert set(SIZES) < set(paper_names())
    for name in paper_names():
        paper_task(name)
    with pytest.raises(ParameterError, match="did you mean 'narma-10'"):
        paper_task("narma10")
    with pytest.raises(ParameterError, match="did you mean 'authors'"):
        paper_task("bessel-j2", "author")
    with pytest.raises(ParameterError, match="one of train, authors, none"):
        paper_task("bessel-j2", "whole")

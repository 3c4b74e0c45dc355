"""NumPy and JAX, both kernels, batches, pieces of time: one result, to the bit wherever it is promised."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.engines import jax_support
from qml.engines.choice import EngineChoice
from qml.persistent import persistent
from qml.persistent.drive import SEGMENT
from tests.qml.persistent.build import BACKENDS, JAX, KERNELS, NOISE, inputs, kernel, reservoir

SHOTS = EngineChoice(backend="numpy", shots=50, seed=4)

cases = pytest.mark.parametrize(
    ("kind", "engine"), [(kind, choice) for kind in KERNELS for choice in (*BACKENDS, SHOTS)]
)


@settings(max_examples=8, deadline=None)
@given(
    dynamics=st.sampled_from(["circuit", "ising"]),
    channels=st.integers(1, 2),
    hidden=st.integers(1, 3),
    cells=st.integers(1, 3),
    nodes=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_kernels_and_backends_agree(dynamics, channels, hidden, cells, nodes, seed):
    options = {
        "seed": seed, "channels": channels, "hidden": hidden, "cells": cells, "dynamics": dynamics,
        "virtual_nodes": nodes, "noise": NOISE, "input_gain": (-1.0, 1.0),
    }  # fmt: skip
    values = inputs(25, channels, seed)
    results = []
    for kind in KERNELS:
        for engine in BACKENDS:
            with kernel(kind):
                results.append(persistent(**options, engine=engine).features(values))
    for other in results[1:]:
        np.testing.assert_allclose(other, results[0], atol=1e-12)


def test_large_reservoirs_have_kernels_of_their_own():
    values = inputs(6)
    for hidden, kind in ((4, "mapped"), (5, "density")):
        drawn = reservoir(hidden=hidden, virtual_nodes=2)
        own = drawn.features(values)
        with kernel(kind):
            np.testing.assert_array_equal(reservoir(hidden=hidden, virtual_nodes=2).features(values), own)
        other = KERNELS[1 - KERNELS.index(kind)]
        with kernel(other):
            np.testing.assert_allclose(
                reservoir(hidden=hidden, virtual_nodes=2).features(values), own, atol=1e-12
            )


@cases
def test_time_may_be_cut_anywhere(kind, engine):
    drawn = reservoir(engine=engine, cells=2, virtual_nodes=2)
    values = inputs(SEGMENT + 70)
    with kernel(kind):
        whole = drawn.features(values)
        for cuts in ([1, 2, 40], [SEGMENT], [500, SEGMENT + 1]):
            state, parts = None, []
            for piece in np.split(values, cuts):
                features, state = drawn.go_on(piece, state)
                parts.append(features)
            np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(drawn.features(values, washout=100), whole[100:])


@cases
def test_series_side_by_side_are_as_alone(kind, engine):
    drawn = reservoir(engine=engine, cells=2)
    many = np.random.default_rng(1).normal(size=(5, 30, 1))
    with kernel(kind):
        together = drawn.features_of_many(many)
        np.testing.assert_array_equal(drawn.features(many[0]), together[0])
        np.testing.assert_array_equal(drawn.features_of_many(many[:3], washout=4), together[:3, 4:])
        if engine.shots is None:
            for one, features in zip(many, together, strict=True):
                np.testing.assert_array_equal(drawn.features(one), features)


@cases
def test_windows_do_not_depend_on_their_company(kind, engine):
    drawn = reservoir(engine=engine, cells=2)
    many = np.random.default_rng(1).normal(size=(300, 4))
    with kernel(kind):
        together = drawn.window_features(many)
        np.testing.assert_array_equal(drawn.window_features(many[:7]), together[:7])
        np.testing.assert_array_equal(drawn.window_features(many[:1]), together[:1])
        if engine.shots is None:
            np.testing.assert_array_equal(drawn.window_features(many[200:]), together[200:])
            last = np.stack([drawn.features(window)[-1] for window in many[:9]])
            np.testing.assert_allclose(together[:9], last, atol=1e-13)


@pytest.mark.parametrize("kind", KERNELS)
def test_passes_of_few_rows_or_cells_change_no_bit(kind):
    many = np.random.default_rng(1).normal(size=(11, 5))
    with kernel(kind):
        drawn = reservoir(cells=6)
        whole = drawn.features_of_many(many), drawn.window_features(many)
        for limits in ({"_ELEMENTS": 1}, {"_CACHE": 1}, {"_CACHE": 2**15, "_ROWS": 4}):
            with mock.patch.multiple("qml.persistent.drive", **limits):
                np.testing.assert_array_equal(drawn.features_of_many(many), whole[0])
                np.testing.assert_array_equal(drawn.window_features(many), whole[1])


@cases
def test_the_future_never_moves_the_past(kind, engine):
    drawn = reservoir(engine=engine, virtual_nodes=2)
    values = inputs(40)
    with kernel(kind):
        before = drawn.features(values)
        for now in (0, 1, 17, 38):
            changed = values.copy()
            changed[now + 1 :] += 3.0
            np.testing.assert_array_equal(drawn.features(changed)[: now + 1], before[: now + 1])
            np.testing.assert_array_equal(drawn.features(values[: now + 1]), before[: now + 1])
            changed = values.copy()
            changed[now] += 3.0
            assert np.any(drawn.features(changed)[now] != before[now])


def test_cells_are_as_alone_and_do_not_depend_on_how_many_there_are():
    values, few, many = inputs(20), reservoir(cells=2), reservoir(cells=5)
    of_many = many.features(values)
    np.testing.assert_array_equal(few.features(values), of_many[:, : few.size])
    assert len({array.tobytes() for array in many.unitaries}) == 5


@pytest.mark.parametrize("engine", BACKENDS)
@pytest.mark.parametrize("kind", KERNELS)
def test_single_precision_is_close(kind, engine):
    values = inputs(200)
    with kernel(kind):
        double = reservoir(engine=engine).features(values)
        single = reservoir(engine=EngineChoice(backend=engine.backend, precision="single"))
        rough, state = single.go_on(values)
        pieces = [single.go_on(values[:90])]
        pieces.append(single.go_on(values[90:], pieces[0][1]))
    assert rough.dtype == np.float64
    assert 0 < np.abs(rough - double).max() < 1e-5
    np.testing.assert_array_equal(np.concatenate([features for features, _ in pieces]), rough)
    np.testing.assert_array_equal(pieces[1][1].hidden, state.hidden)


@pytest.mark.parametrize("engine", BACKENDS)
def test_progress_adds_up(engine):
    drawn, seen = reservoir(engine=engine, cells=3), []
    drawn.features(inputs(SEGMENT + 5), advance=seen.append)
    assert sum(seen) == SEGMENT + 5
    seen.clear()
    drawn.window_features(np.zeros((600, 3)), advance=seen.append)
    assert sum(seen) == 1800
    seen.clear()
    drawn.features_of_many(np.zeros((3, 10)), advance=seen.append)
    assert sum(seen) == 30


def test_auto_takes_jax_for_series_where_it_is_installed():
    values = inputs(50)
    auto = reservoir(engine=EngineChoice())
    with mock.patch("qml.engines.jax_support.installed", return_value=False):
        np.testing.assert_array_equal(auto.features(values), reservoir().features(values))
        with pytest.raises(ValueError, match="needs JAX, which is not installed"):
            reservoir(engine=JAX).features(values)
    if jax_support.installed():
        np.testing.assert_array_equal(auto.features(values), reservoir(engine=JAX).features(values))
    np.testing.assert_array_equal(auto.window_features(values), reservoir().window_features(values))
    with kernel("density"):
        large = reservoir(engine=EngineChoice()).features(values)
        np.testing.assert_array_equal(large, reservoir().features(values))

"""One half of a pair measured in closed form: against projectors, and with each half at its own instant."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qsim.errors import StateError
from qsim.quantum import BellDiagonalState, DensityMatrixState, MemoryNoise, ScalarFidelity
from qsim.quantum.directions import DIRECTIONS, Direction, bit_of, bras, direction
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY
from tests.quantum.test_pair import S, made
from tests.statistics import ROOM, share_of

ANGLES = st.tuples(st.floats(0, np.pi), st.floats(0, 2 * np.pi))
UNIT = ANGLES.map(
    lambda given: (
        float(np.sin(given[0]) * np.cos(given[1])),
        float(np.sin(given[0]) * np.sin(given[1])),
        float(np.cos(given[0])),
    )
)


def projected(rho: oracle.Matrix, end: int, along: Direction, bit: int) -> tuple[float, tuple[float, ...]]:
    """Probability of a bit, and the Bloch vector of the other qubit then, by projectors."""
    sign = 1 - 2 * bit
    axis = sum(value * pauli for value, pauli in zip(along, oracle.PAULIS[1:], strict=True))
    projector = (oracle.I2 + sign * axis) / 2
    left = oracle.apply(oracle.on(2, {end: projector}), rho)
    weight = float(np.trace(left).real)
    seen = [np.trace(oracle.on(2, {1 - end: pauli}) @ left).real / weight for pauli in oracle.PAULIS[1:]]
    return weight, tuple(seen)


@given(st.one_of(BELL_DIAGONAL, DENSITY), st.integers(0, 1), UNIT, st.floats(0, 1, exclude_max=True))
def test_a_measured_half_is_a_projection(state: Any, end: int, along: Direction, draw: float) -> None:
    bit, bloch = state.measured(end, along, draw)
    weight, expected = projected(state.density_matrix(), end, along, bit)
    # The draw picks the bit by its probability.
    zero = weight if bit == 0 else 1 - weight
    assert (draw < zero) == (bit == 0) or abs(draw - zero) < 1e-9
    if weight > 1e-6:
        assert bloch == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("formalism", [BellDiagonalState, DensityMatrixState])
def test_each_half_decays_until_its_own_measurement(formalism: Any, end: int) -> None:
    laws = MemoryNoise.dephasing(2.0), MemoryNoise.depolarising(4.0)
    pair = made(formalism.werner(0.9), *laws)
    first, second = (pair.first, pair.second) if end == 0 else (pair.second, pair.first)
    bit = pair.measure(first, DIRECTIONS["x"], 1 * S, 0.7)
    times = (1 * S, 3 * S) if end == 0 else (3 * S, 1 * S)
    expected = made(formalism.werner(0.9), *laws).state_at(*times)
    assert pair.remainder(3 * S) == pytest.approx(
        expected.measured(end, DIRECTIONS["x"], float(bit))[1], abs=1e-12
    )
    # The state of the pair is still the one that the two measurements see.
    assert pair.state_at(*times).fidelity() == pytest.approx(expected.fidelity(), abs=1e-12)
    chance = (1 + pair.remainder(3 * S)[0]) / 2
    assert pair.measure(second, DIRECTIONS["x"], 3 * S, chance - 1e-9) == 0
    assert pair.measure(second, DIRECTIONS["x"], 3 * S, chance + 1e-9) == 1


def test_error_rates_are_those_of_the_closed_form() -> None:
    """A Werner pair of fidelity F errs with probability 2 (1 - F)/3 in every basis."""
    rng = random.Random(5)
    runs = 20_000
    for along in DIRECTIONS.values():
        wrong = 0
        for _ in range(runs):
            pair = made(BellDiagonalState.werner(0.9))
            one = pair.measure(pair.second, along, 0, rng.random())
            other = pair.measure(pair.first, along, 0, rng.random())
            wrong += (one ^ other) != (along == DIRECTIONS["y"])
        expected = 2 * 0.1 / 3
        assert share_of(wrong, runs, expected).sigmas(expected) < ROOM


def test_refusals() -> None:
    pair = made(BellDiagonalState.werner(0.9))
    with pytest.raises(StateError, match="neither half of pair 7"):
        pair.remainder(0)
    pair.measure(pair.first, DIRECTIONS["z"], 0, 0.1)
    with pytest.raises(StateError, match="first half of pair 7 was measured before"):
        pair.measure(pair.first, DIRECTIONS["z"], 0, 0.1)
    with pytest.raises(StateError, match="scalar-fidelity has no directions"):
        made(ScalarFidelity(0.9)).measure(pair.first, DIRECTIONS["z"], 0, 0.1)


@pytest.mark.parametrize("basis", ["w", (1.0, 1.0, 0.0), (1.0, 0.0), (float("nan"), 0.0, 0.0)])
def test_no_basis(basis: Any) -> None:
    with pytest.raises(StateError, match="'x', 'y', 'z' or a unit vector"):
        direction(basis)


@given(UNIT)
def test_a_qubit_measured_along_itself_gives_0(along: Direction) -> None:
    assert direction(along) == along
    assert bit_of(along, along, 1 - 1e-6) == 0


@given(UNIT)
@example((5e-324, 5e-324, 1.0))
def test_bras_are_those_of_the_direction(along: Direction) -> None:
    """Row 0 is certain for a qubit along the direction, row 1 for one against it."""
    given = bras(along)
    if isinstance(given, str):
        assert DIRECTIONS[given] == along
        return
    axis = sum(value * pauli for value, pauli in zip(along, oracle.PAULIS[1:], strict=True))
    seen = given.conj() @ given.T
    assert np.abs(seen - np.eye(2)).max() < 1e-12
    for row, sign in zip(given, (1, -1), strict=True):
        rho = (oracle.I2 + sign * axis) / 2
        assert (row @ rho @ row.conj()).real == pytest.approx(1, abs=1e-12)

"""The circuit, gate by gate, and in the cases where its expectation values are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from qml.circuits.blocks import CircuitShape
from qml.circuits.execution import expectations
from qml.circuits.lowering import lower, outline
from qml.circuits.observables import signs, split_signs, z_products
from qml.circuits.recording import record
from qsim.errors import ParameterError


def test_the_published_circuit_has_the_published_gates() -> None:
    gates = [(gate.name, gate.wires) for gate in record(CircuitShape(wires=4, layers=1))]
    column = [(wire,) for wire in range(4)]
    rings = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3), (2, 0), (3, 1)]
    assert gates == [
        *(("Hadamard", wire) for wire in column),
        *(("RY", wire) for wire in column),
        *(("RZ", wire) for wire in column),
        *(("CNOT", pair) for pair in rings),
        *(("Rot", wire) for wire in column),
    ]


def test_angles_are_traced_back_to_where_they_come_from() -> None:
    gates = record(CircuitShape(wires=3, layers=2))
    assert [gate.inputs for gate in gates if gate.name == "RY"] == [(0,), (1,), (2,)]
    assert [gate.inputs for gate in gates if gate.name == "RZ"] == [(3,), (4,), (5,)]
    rotations = [slot for gate in gates if gate.name == "Rot" for slot in gate.weights]
    assert rotations == list(range(2 * 3 * 3))


@pytest.mark.parametrize(("wires", "pairs"), [(1, []), (2, [(0, 1), (1, 0)])])
def test_rings_skip_a_wire_that_would_control_itself(wires: int, pairs: list[tuple[int, int]]) -> None:
    gates = record(CircuitShape(wires, layers=1))
    assert [gate.wires for gate in gates if gate.name == "CNOT"] == pairs


def test_reuploading_encodes_before_every_layer() -> None:
    names = [gate.name for gate in record(CircuitShape(wires=2, layers=3, reupload=True))]
    assert names.count("RY") == names.count("RZ") == 6
    assert names.count("Hadamard") == 2


def test_one_wire_without_rotation_reads_the_encoding() -> None:
    # RY(arctan x) turns |+> so that <Z> = -sin(arctan x); RZ does not show in <Z>.
    shape = CircuitShape(wires=1, layers=1)
    values = np.linspace(-5, 5, 11)[None, :, None]
    read = expectations(np, shape, True, lower(np, shape, np.zeros((1, 1, 1, 1, 3)), True), values, 1, 1)
    assert read[0, :, 0, 0] == pytest.approx(-values[0, :, 0] / np.sqrt(1 + values[0, :, 0] ** 2), abs=1e-15)


def test_wires_at_rest_carry_parities_around_the_rings() -> None:
    # With x = 0 on all wires the state is |+...+>, which no CNOT changes: then RY(pi/2) turns it to |1...1>.
    wires = 5
    weights = np.zeros((1, 1, 1, wires, 3))
    weights[..., 1] = np.pi / 2
    shape = CircuitShape(wires, layers=1)
    read = expectations(np, shape, False, lower(np, shape, weights, False), np.zeros((1, 1, wires)), 2, 1)
    expected = [(-1.0) ** len(product) for product in z_products(wires, 2)]
    assert read[0, 0, 0] == pytest.approx(np.array(expected), abs=1e-14)


def test_products_of_z_are_ordered_by_size_then_wire() -> None:
    assert z_products(3, 3) == ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))
    # Basis state |01>: wire 0 reads +1, wire 1 reads -1, their product -1.
    assert signs(2, 2)[1].tolist() == [1.0, -1.0, -1.0]


@pytest.mark.parametrize(("wires", "order"), [(2, 1), (5, 3), (6, 2), (6, 3), (9, 1)])
def test_signs_of_two_halves_equal_the_table_of_signs(wires: int, order: int) -> None:
    probabilities = np.random.default_rng(5).dirichlet(np.ones(2**wires), size=3)
    left, right, places = split_signs(wires, order)
    outer = left @ probabilities.reshape(3, left.shape[1], right.shape[0]) @ right
    assert outer.reshape(3, -1)[:, places] == pytest.approx(probabilities @ signs(wires, order), abs=1e-14)


def test_a_recording_belongs_to_a_shape_not_to_weights() -> None:
    assert outline(CircuitShape(4, 2)) is outline(CircuitShape(4, 2))


@pytest.mark.parametrize(("field", "value"), [("wires", 0), ("layers", 0), ("wires", 2.0), ("layers", True)])
def test_a_shape_without_wires_or_layers_is_refused(field: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"{field} must be a whole number of at least 1"):
        CircuitShape(**{"wires": 2, "layers": 1, field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("cells", [1, 20])
def test_a_row_on_many_wires_has_the_same_bits_in_any_batch(cells: int) -> None:
    # One cell: all rows of a piece fit the cache. Twenty: a piece is smaller than a tile of 16 rows.
    shape = CircuitShape(wires=9, layers=1)
    rng = np.random.default_rng(3)
    arrays = lower(np, shape, rng.uniform(-3, 3, (cells, 2, *shape.weights)), False)
    values = rng.standard_normal((cells, 48, 9))
    whole = expectations(np, shape, False, arrays, values, 2, 16)
    for rows in (16, 32):
        assert np.array_equal(
            expectations(np, shape, False, arrays, values[:, :rows], 2, 16), whole[:, :rows]
        )

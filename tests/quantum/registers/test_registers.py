"""Random circuits on every register against QuTiP, and what registers refuse.

False alarms: sampled comparisons hold means of 400 trajectories to 6 standard errors, each at one fixed seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import pi, sqrt

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.errors import StateError
from qsim.quantum import MemoryNoise
from qsim.quantum.registers import (
    GATES,
    AutoRegister,
    Channel,
    DenseRegister,
    Gate,
    KetRegister,
    Register,
    StabilizerRegister,
    rotation,
)

pytest.importorskip("stim")
ALL = (DenseRegister, KetRegister, StabilizerRegister, AutoRegister)
ZERO = np.diag([1.0, 0.0]).astype(np.complex128)
CLIFFORD = ("x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap")


def zeros(cls: type[Register], qubits: int, seed: int = 1) -> Register:
    register = cls(random.Random(seed))
    for _ in range(qubits):
        register.append(ZERO)
    return register


def spread(matrix: np.ndarray, qubits: Sequence[int], size: int) -> qutip.Qobj:
    """QuTiP's operator on all qubits."""
    operator = qutip.Qobj(matrix, dims=[[2] * len(qubits)] * 2)
    return qutip.expand_operator(operator, dims=[2] * size, targets=list(qubits))


@st.composite
def circuits(draw: st.DrawFn, names: Sequence[str]) -> tuple[int, list[tuple[str, tuple[int, ...]]]]:
    size = draw(st.integers(2, 6))
    steps = []
    for _ in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from([name for name in names if GATES[name].qubits <= size]))
        qubits = draw(st.permutations(range(size)))[: GATES[name].qubits]
        steps.append((name, tuple(qubits)))
    return size, steps


def by_qutip(size: int, steps: list[tuple[str, tuple[int, ...]]]) -> np.ndarray:
    ket = qutip.tensor([qutip.basis(2, 0)] * size)
    for name, qubits in steps:
        ket = spread(GATES[name].matrix, qubits, size) * ket
    return np.asarray(ket.full()).reshape(-1)


@settings(max_examples=40, deadline=None)
@given(circuits(tuple(GATES)))
def test_dense_and_ket_follow_any_circuit(made: tuple[int, list[tuple[str, tuple[int, ...]]]]) -> None:
    size, steps = made
    expected = by_qutip(size, steps)
    for cls in (DenseRegister, KetRegister):
        register = zeros(cls, size)
        for name, qubits in steps:
            register.gate(name, qubits)
        assert register.fidelity(expected) == pytest.approx(1.0, abs=1e-12)
        assert np.abs(register.rho(range(size)) - np.outer(expected, expected.conj())).max() < 1e-12


@settings(max_examples=40, deadline=None)
@given(circuits(CLIFFORD), st.integers(0, 2**31))
def test_stabilizer_follows_clifford_circuits(
    made: tuple[int, list[tuple[str, tuple[int, ...]]]], seed: int
) -> None:
    size, steps = made
    expected = by_qutip(size, steps)
    register = zeros(StabilizerRegister, size)
    for name, qubits in steps:
        register.gate(name, qubits)
    assert register.fidelity(expected) == pytest.approx(1.0, abs=1e-9)
    # All registers that share a stream measure alike, one qubit after the other.
    draws = [zeros(cls, size, seed) for cls in ALL]
    for name, qubits in steps:
        for each in draws:
            each.gate(name, qubits)
    bases = [random.Random(seed + k).choice("xyz") for k in range(size)]
    outcomes = [[each.measure(0, basis) for basis in bases] for each in draws]
    assert outcomes[0] == outcomes[1] == outcomes[2] == outcomes[3]


@pytest.mark.parametrize("cls", [DenseRegister, AutoRegister])
def test_channels_act_as_their_kraus_operators(cls: type[Register]) -> None:
    rng = np.random.default_rng(5)
    law = MemoryNoise.thermal(2.0, 1.5)
    channels = [
        Channel.stored(law, 0.0, 0.7),
        Channel.stored(law.relaxing_to_one(), 0.0, 0.3),
        Channel.depolarising(0.1),
        Channel.pauli([0.7, 0.1, 0.15, 0.05]),
    ]
    for channel in channels:
        vectors = rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8))
        rho = vectors @ vectors.conj().T
        rho /= np.trace(rho)
        register = cls(random.Random(0))
        register.append(rho)
        register.channel(channel, [1])
        expected = sum(
            np.kron(np.kron(np.eye(2), kraus), np.eye(2))
            @ rho
            @ np.kron(np.kron(np.eye(2), kraus), np.eye(2)).conj().T
            for kraus in channel.kraus
        )
        assert np.abs(register.rho([0, 1, 2]) - expected).max() < 1e-12
        assert np.abs(Channel.from_kraus(channel.kraus).transfer - channel.transfer).max() < 1e-12


def noisy(register: Register) -> list[float]:
    """Means after a GHZ state of noisy pairs, storage and a measurement: fed forward."""
    w = (4 * 0.9 - 1) / 3
    ket = np.array([1, 0, 0, 1]) / sqrt(2)
    werner = w * np.outer(ket, ket) + (1 - w) * np.eye(4) / 4
    register.append(werner)
    register.append(werner)
    register.channel(Channel.stored(MemoryNoise.thermal(None, 1.0), 0.0, 0.2), [3])
    register.channel(Channel.depolarising(0.05, 2), [1, 2])
    register.gate("cx", [1, 2])
    if register.measure(2):
        register.gate("x", [2])
    return [
        register.fidelity("ghz", [0, 1, 2]),
        register.expect("ZZI", [0, 1, 2]),
        register.expect("XXX", [0, 1, 2]),
    ]


@pytest.mark.parametrize("cls", [KetRegister, StabilizerRegister])
def test_trajectories_agree_with_the_density_matrix_in_the_mean(cls: type[Register]) -> None:
    # Both outcomes of the one measurement leave the same state after the correction.
    exact = noisy(DenseRegister(random.Random(1)))
    assert exact == pytest.approx(noisy(DenseRegister(random.Random(2))), abs=1e-12)
    draws, many = random.Random(8), 400
    sampled = np.array([noisy(cls(draws)) for _ in range(many)])
    errors = sampled.std(axis=0, ddof=1) / sqrt(many)
    assert (abs(sampled.mean(axis=0) - exact) < 6 * errors).all()
    assert errors.max() < 0.06


def test_relaxation_is_exact_in_the_mean_of_kets() -> None:
    draws, many, law = random.Random(3), 400, MemoryNoise.thermal(1.0, 1.2)
    means = []
    for _ in range(many):
        register = KetRegister(draws)
        register.append(np.diag([0.2, 0.8]).astype(np.complex128))
        register.gate("h", [0])
        register.channel(Channel.stored(law, 0.0, 0.5), [0])
        means.append(register.expect("Z", [0]))
    # A qubit on the equator relaxes to 1 - e^{-t/T1}.
    expected, error = 1 - np.exp(-0.5), np.std(means, ddof=1) / sqrt(many)
    assert abs(np.mean(means) - expected) < 6 * error


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (2, 3), (3, 2)])
def test_a_grid_is_named_by_its_rows_and_columns(cls: type[Register], rows: int, columns: int) -> None:
    register = zeros(cls, rows * columns)
    for k in range(rows * columns):
        register.gate("h", [k])
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column:
                register.gate("cz", [here - 1, here])
            if row:
                register.gate("cz", [here - columns, here])
    assert register.fidelity(f"grid-{rows}x{columns}") == pytest.approx(1.0, abs=1e-12)
    if rows > 1:
        assert register.fidelity("cluster") < 0.9
        register.gate("z", [0])
        assert register.fidelity(f"grid-{rows}x{columns}") == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("qubits", [2, 3, 5])
def test_named_targets(cls: type[Register], qubits: int) -> None:
    register = zeros(cls, qubits)
    for k in range(qubits):
        register.gate("h", [k])
    for k in range(qubits - 1):
        register.gate("cz", [k, k + 1])
    assert register.fidelity("cluster") == pytest.approx(1.0, abs=1e-12)
    if qubits > 2:
        register.gate("cz", [qubits - 1, 0])
        assert register.fidelity("ring") == pytest.approx(1.0, abs=1e-12)
    ghz = zeros(cls, qubits)
    ghz.gate("h", [0])
    for k in range(1, qubits):
        ghz.gate("cx", [0, k])
    assert ghz.fidelity("ghz") == pytest.approx(1.0, abs=1e-12)
    assert ghz.fidelity("w") == pytest.approx(0.0, abs=1e-12)
    if qubits == 2:
        for flips, name in (((), "phi+"), (("z",), "phi-"), (("z", "x"), "psi+"), (("z",), "psi-")):
            for flip in flips:
                ghz.gate(flip, [0])
            assert [ghz.fidelity(other) for other in ("phi+", "phi-", "psi+", "psi-")] == pytest.approx(
                [float(name == other) for other in ("phi+", "phi-", "psi+", "psi-")], abs=1e-12
            )


@pytest.mark.parametrize("cls", ALL)
def test_joined_registers_keep_their_states(cls: type[Register]) -> None:
    first, second = zeros(cls, 2), zeros(cls, 3)
    first.gate("h", [0])
    first.gate("cx", [0, 1])
    second.gate("x", [2])
    second.measure(0)
    first.join(second)
    assert first.size == 4
    assert first.fidelity("phi+", [0, 1]) == pytest.approx(1.0, abs=1e-12)
    assert [first.expect("Z", [k]) for k in (2, 3)] == pytest.approx([1.0, -1.0], abs=1e-12)
    first.discard(0)
    assert first.expect("Z", [2]) == pytest.approx(-1.0, abs=1e-12)


def test_a_stabilizer_register_holds_what_others_cannot() -> None:
    register = zeros(StabilizerRegister, 200)
    register.gate("h", [0])
    for k in range(1, 200):
        register.gate("cx", [0, k])
    assert register.fidelity("ghz") == 1.0
    first = register.measure(77)
    assert {register.measure(0) for _ in range(199)} == {first}


def test_auto_goes_on_as_a_ket() -> None:
    register = zeros(AutoRegister, 8)
    register.gate("h", [0])
    assert isinstance(register.held, DenseRegister)
    assert not register.notes
    register.append(ZERO)
    for k in range(1, 9):
        register.gate("cx", [0, k])
    assert isinstance(register.held, KetRegister)
    assert register.fidelity("ghz") == pytest.approx(1.0, abs=1e-12)
    assert list(register.notes) == ["beyond 8 qubits one trajectory was followed as a ket"]


def test_a_basis_of_ones_own() -> None:
    angle = 0.3
    basis = rotation("y", -angle).matrix
    register = zeros(DenseRegister, 1)
    register.gate(rotation("y", angle), [0])
    assert register.measure(0, basis) == 0


def test_certain_outcomes_draw_nothing() -> None:
    draws = random.Random(4)
    before = draws.getstate()
    for cls in ALL:
        register = cls(draws)
        register.append(ZERO)
        register.append(ZERO)
        register.gate("x", [1])
        assert [register.measure(1), register.measure(0)] == [1, 0]
    assert draws.getstate() == before


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda r: r.gate("cnot", [0, 1]), "there is no gate 'cnot'; there are i, x"),
        (lambda r: r.gate("cx", [0]), "gate 'cx' acts on 2 qubits, got 1"),
        (lambda r: r.gate("cx", [1, 1]), "acts on different qubits"),
        (lambda r: r.gate("h", [2]), "asks for qubit 2; the register holds qubits 0 to 1"),
        (lambda r: r.measure(-1), "asks for qubit -1"),
        (lambda r: r.measure(0, "w"), "basis 'x', 'y', 'z'"),
        (lambda r: r.fidelity("bell"), "no target state 'bell'"),
        (lambda r: r.fidelity("phi+", [0]), "'phi\\+' is of 2 qubits, got 1"),
        (lambda r: r.fidelity("ring"), "a ring has at least 3 qubits"),
        (lambda r: r.fidelity("grid-2x2"), "'grid-2x2' is of 4 qubits, got 2"),
        (lambda r: r.fidelity("grid-0x2"), "no target state 'grid-0x2'"),
        (lambda r: r.fidelity(np.ones(4)), "norm 1, got 2"),
        (lambda r: r.fidelity(np.ones(3)), "shape"),
        (lambda r: r.channel(Channel.depolarising(0.1, 2), [0]), "acts on 2 qubits"),
    ],
)
@pytest.mark.parametrize("cls", ALL)
def test_what_cannot_be_done_is_refused(cls: type[Register], what: object, message: str) -> None:
    register = zeros(cls, 2)
    with pytest.raises(StateError, match=message):
        what(register)  # type: ignore[operator]


@pytest.mark.parametrize("axis", "xyz")
def test_a_stabilizer_turns_by_quarters_alone(axis: str) -> None:
    """A turn by a small angle is no Clifford gate; it is not to be rounded to the nearest one."""
    for quarters in range(-4, 5):
        exact, tableau = (zeros(cls, 1) for cls in (DenseRegister, StabilizerRegister))
        for each in (exact, tableau):
            each.gate("h", [0])
            each.gate("s", [0])
            each.gate(rotation(axis, quarters * pi / 2 + 4e-6), [0])
        assert [tableau.expect(letter, [0]) for letter in "XYZ"] == pytest.approx(
            [exact.expect(letter, [0]) for letter in "XYZ"], abs=1e-5
        )
        for slip in (1e-3, 0.3, pi / 4):
            with pytest.raises(StateError, match="no Clifford gate"):
                zeros(StabilizerRegister, 1).gate(rotation(axis, quarters * pi / 2 + slip), [0])
    controlled = np.diag([1, 1, 1, np.exp(0.2j)])
    with pytest.raises(StateError, match="'cp' is no Clifford gate"):
        zeros(StabilizerRegister, 2).gate(Gate("cp", controlled), [0, 1])


@pytest.mark.parametrize(
    ("rho", "message"),
    [
        (np.eye(2), r"trace 1, got 2\+0j"),
        (np.full((2, 2), np.nan), "trace 1, got nan"),
        (np.eye(3) / 3, r"2, 4, 8, ... rows and as many columns, got \(3, 3\)"),
        (np.ones((2, 3)), r"got \(2, 3\)"),
        (np.array([1.0]), r"got \(1,\)"),
        ([[0.5, 0.5], [0, 0.5]], "is Hermitian, and this one is not"),
        ([[0.5, 1e-3j], [1e-3j, 0.5]], "is Hermitian, and this one is not"),
    ],
)
@pytest.mark.parametrize("cls", ALL)
def test_what_is_no_density_matrix_is_refused(cls: type[Register], rho: object, message: str) -> None:
    register = zeros(cls, 1)
    with pytest.raises(StateError, match=message):
        register.append(np.asarray(rho, dtype=np.complex128))
    assert register.size == 1
    with pytest.raises(StateError, match="norm 1, got nan"):
        register.fidelity(np.array([np.nan, 0], dtype=np.complex128))
    for pauli in ("Q", "z", "_"):
        with pytest.raises(StateError, match=f"the letters I, X, Y and Z, got '{pauli}'"):
            register.expect(pauli, [0])


def test_too_many_qubits_are_refused_with_their_size() -> None:
    with pytest.raises(StateError, match=r"at most 8 qubits, and 9 would take 2\.1 MB"):
        zeros(DenseRegister, 9)
    with pytest.raises(StateError, match=r"at most 20 qubits, and 21 would take 33\.6 MB"):
        zeros(KetRegister, 21)
    with pytest.raises(StateError, match="no Clifford gate"):
        zeros(StabilizerRegister, 1).gate("t", [0])
    with pytest.raises(StateError, match="along an axis"):
        zeros(StabilizerRegister, 1).append(np.array([[0.75, 0.4], [0.4, 0.25]], dtype=np.complex128))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gate("bad", np.ones((2, 2))), "not unitary"),
        (lambda: Gate("odd", np.eye(3)), "2, 4, 8"),
        (lambda: Channel(np.eye(8)), "4, 16"),
        (lambda: Channel.pauli([0.5, 0.6, -0.1, 0.0]), "at least 0"),
        (lambda: Channel(np.diag([0.9, 1, 1, 1])), "keep the trace"),
        (lambda: Channel(np.diag([1.0, 1.0, 1.0, -1.0])).kraus, "not completely positive"),
        (lambda: rotation("w", 1.0), "'x', 'y' or 'z'"),
    ],
)
def test_gates_and_channels_that_are_none(make: object, message: str) -> None:
    with pytest.raises(StateError, match=message):
        make()  # type: ignore[operator]


def test_twirling_is_told() -> None:
    register = zeros(StabilizerRegister, 1)
    register.channel(Channel.stored(MemoryNoise.thermal(1.0, None), 0.0, 0.1), [0])
    assert any("twirled" in note for note in register.notes)

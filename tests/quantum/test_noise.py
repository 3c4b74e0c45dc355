from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from qsim.errors import ParameterError
from qsim.quantum import PERFECT, MemoryNoise, OperationNoise
from tests.quantum import oracle
from tests.quantum.strategies import LAWS, SECONDS


def choi(transfer: np.ndarray) -> oracle.Matrix:
    """The Choi matrix of a single-qubit channel given by its Pauli transfer matrix."""
    return (
        sum(
            transfer[i, j] * np.kron(oracle.PAULIS[j].T, oracle.PAULIS[i]) for i in range(4) for j in range(4)
        )
        / 4
    )


class TestMemoryNoise:
    @settings(deadline=None)
    @given(law=LAWS.filter(lambda law: law is not None), seconds=SECONDS)
    def test_every_law_is_a_channel(self, law: MemoryNoise, seconds: float) -> None:
        transfer = law.transfer_matrix(0.0, seconds)
        assert transfer[0].tolist() == [1, 0, 0, 0]
        assert np.linalg.eigvalsh(choi(transfer)).min() > -1e-12

    @given(law=LAWS.filter(lambda law: law is not None), seconds=SECONDS)
    def test_the_factors_are_the_diagonal(self, law: MemoryNoise, seconds: float) -> None:
        assert law.transfer_matrix(0.0, seconds).diagonal().tolist() == [1.0, *law.factors(0.0, seconds)]

    def test_relaxation_ends_in_zero(self) -> None:
        assert MemoryNoise.thermal(2.0, None).transfer_matrix(0.0, 200.0) @ [1, 0, 0, -1] == pytest.approx(
            [1, 0, 0, 1]
        )

    def test_relaxation_against_depolarising_ends_between(self) -> None:
        # dz/dt = -z/T1 - z/T + 1/T1 rests at z = T/(T1 + T).
        law = MemoryNoise.thermal(2.0, None).plus(MemoryNoise.depolarising(3.0))
        assert (law.transfer_matrix(0.0, 500.0) @ [1, 0, 0, -1])[3] == pytest.approx(3 / 5, abs=1e-15)

    def test_laws_act_together(self) -> None:
        parts = [MemoryNoise.thermal(2.0, 1.0), MemoryNoise.dephasing(5.0), MemoryNoise.pauli(0.1, 0.2, 0.3)]
        both = parts[0].plus(parts[1]).plus(parts[2])
        # Pauli noise commutes with relaxation up to the point of rest, so compare over a short time.
        step = 1e-6
        product = np.linalg.multi_dot([part.transfer_matrix(0.0, step) for part in parts])
        assert np.abs(both.transfer_matrix(0.0, step) - product).max() < 1e-11
        assert both.plus(MemoryNoise()) == both

    @pytest.mark.parametrize(
        ("law", "factors"),
        [
            (MemoryNoise.depolarising(2.0), (np.exp(-0.5),) * 3),
            (MemoryNoise.dephasing(2.0), (np.exp(-0.5), np.exp(-0.5), 1)),
            (MemoryNoise.thermal(2.0, None), (np.exp(-0.25), np.exp(-0.25), np.exp(-0.5))),
            (MemoryNoise.thermal(2.0, 4.0), (np.exp(-0.25), np.exp(-0.25), np.exp(-0.5))),
            (MemoryNoise.thermal(2.0, 0.5), (np.exp(-2.0), np.exp(-2.0), np.exp(-0.5))),
            (MemoryNoise.thermal(None, 0.5), (np.exp(-2.0), np.exp(-2.0), 1)),
            (MemoryNoise.thermal(None, None), (1, 1, 1)),
            (MemoryNoise.pauli(0.1, 0.2, 0.3), (np.exp(-1.0), np.exp(-0.8), np.exp(-0.6))),
        ],
    )
    def test_factors(self, law: MemoryNoise, factors: Any) -> None:
        assert law.factors(0.0, 1.0) == pytest.approx(factors, abs=1e-15)

    @pytest.mark.parametrize(("t1", "t2"), [(1.0, 2.001), (0.5, 1.5)])
    def test_t2_is_at_most_twice_t1(self, t1: float, t2: float) -> None:
        with pytest.raises(ParameterError, match=rf"t2 must be at most 2 t1 = {2 * t1:g} s, got {t2:g} s"):
            MemoryNoise.thermal(t1, t2)

    def test_ideal(self) -> None:
        assert MemoryNoise().ideal
        assert MemoryNoise.thermal(None, None).ideal
        assert MemoryNoise.pauli(0, 0, 0).ideal
        for law in (
            MemoryNoise.thermal(1.0, None),
            MemoryNoise.dephasing(1e9),
            MemoryNoise.pauli(1e-9, 0, 0),
            MemoryNoise.pauli(0, 0, 1e-9),
        ):
            assert not law.ideal


class TestOperationNoise:
    @pytest.mark.parametrize(
        ("field", "value", "bound"),
        [
            ("gate_error", -0.01, "0.9375"),
            ("gate_error", 0.94, "0.9375"),
            ("gate_error", float("nan"), "0.9375"),
            ("readout_error", -1e-9, "0.5"),
            ("readout_error", 0.51, "0.5"),
            ("degradation", 1.01, "1"),
            ("degradation", -0.5, "1"),
        ],
    )
    def test_bounds(self, field: str, value: float, bound: str) -> None:
        with pytest.raises(ParameterError) as caught:
            OperationNoise(**{field: value})
        assert str(caught.value) == f"`OperationNoise.{field}` must be in [0, {bound}], got {value!r}"

    @pytest.mark.parametrize(("gate", "readout"), [(1.0, 1.0), (0.99, 0.98), (0.0, 0.5)])
    def test_reliabilities(self, gate: float, readout: float) -> None:
        noise = OperationNoise.from_reliabilities(gate, readout)
        assert noise.reliability == pytest.approx(gate, abs=1e-15)
        assert noise.readout == pytest.approx(2 * readout - 1, abs=1e-15)

    def test_the_reliability_is_the_weight_of_the_perfect_gate(self) -> None:
        noise = OperationNoise(gate_error=0.3)
        rho = oracle.random_state(np.random.default_rng(1))
        perfect = oracle.apply(oracle.cnot(2, 0, 1), rho)
        expected = noise.reliability * perfect + (1 - noise.reliability) * np.eye(4) / 4
        assert np.abs(oracle.noisy_cnot(rho, 0, 1, 0.3) - expected).max() < 1e-15

    def test_perfect(self) -> None:
        assert OperationNoise() == PERFECT
        assert (PERFECT.reliability, PERFECT.readout, PERFECT.swap_factors) == (1, 1, (1, 1, 1))

    def test_frozen_and_hashable(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            PERFECT.gate_error = 0.1  # type: ignore[misc]
        assert hash(OperationNoise(0.1)) == hash(OperationNoise(0.1))

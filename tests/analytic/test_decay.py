"""Stored pairs: printed values, and brute force with Kraus operators."""

from __future__ import annotations

from math import e, exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qsim.analytic import decay
from tests.analytic.printed import printed

PHI = np.array([1, 0, 0, 1]) / 2**0.5
PSI = np.array([0, 1, 1, 0]) / 2**0.5


@pytest.mark.parametrize(
    ("time", "both", "one", "dephased"),
    [
        (0.1, "0.82311153", "0.88338619", "0.90936538"),
        (0.5, "0.50751561", "0.67457146", "0.68393972"),
        (1.0, "0.34473470", "0.50751561", "0.56766764"),
    ],
)
def test_depolarising_and_dephasing_as_printed(time: float, both: str, one: str, dephased: str) -> None:
    assert decay.depolarised(0.95, time, 1.0) == printed(both)
    assert decay.depolarised(0.95, time, 1.0, stored=1) == printed(one)
    assert decay.dephased(time, 1.0) == printed(dephased)


def test_relaxation_as_printed() -> None:
    assert decay.relaxed_phi(0.5, 1.0) == printed("0.6839397206")
    assert decay.relaxed_psi(0.5, 1.0) == printed("0.6065306597")
    assert decay.relaxed_phi(0.5, 2.0, 1.0) == printed("0.5978046589")
    assert decay.relaxed_psi(0.5, 2.0, 1.0) == printed("0.5733401121")


def test_nothing_stored_keeps() -> None:
    assert decay.depolarised(0.7, 3.0, 1.0, stored=0) == pytest.approx(0.7)
    assert decay.dephased(3.0, 1.0, stored=0) == 1


@pytest.mark.parametrize(("time", "t1", "t2"), [(0.3, 1.0, None), (0.8, 1.0, 0.7), (2.0, 0.5, 1.0)])
def test_relaxation_is_that_of_both_qubits(time: float, t1: float, t2: float | None) -> None:
    gamma = 1 - exp(-time / t1)
    # Dephasing that brings amplitude damping's coherence (1-γ)^½ down to e^(-t/t2).
    flip = (1 - exp(-time / (2 * t1 if t2 is None else t2)) / (1 - gamma) ** 0.5) / 2
    damping = [np.diag([1, (1 - gamma) ** 0.5]), np.array([[0, gamma**0.5], [0, 0]])]
    dephasing = [np.eye(2) * (1 - flip) ** 0.5, np.diag([1, -1]) * flip**0.5]
    kraus = [a @ b for a in dephasing for b in damping]
    assert decay.relaxed_phi(time, t1, t2) == pytest.approx(_stored(PHI, kraus, kraus), rel=1e-12)
    assert decay.relaxed_psi(time, t1, t2) == pytest.approx(_stored(PSI, kraus, kraus), rel=1e-12)


@pytest.mark.parametrize("stored", [0, 1, 2])
def test_depolarising_and_dephasing_are_those_of_the_qubits_stored(stored: int) -> None:
    paulis = [np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
    keep = exp(-0.4 / 1.5)
    depolarising = [
        paulis[0] * ((1 + 3 * keep) / 4) ** 0.5,
        *(p * ((1 - keep) / 4) ** 0.5 for p in paulis[1:]),
    ]
    dephasing = [paulis[0] * ((1 + keep) / 2) ** 0.5, paulis[3] * ((1 - keep) / 2) ** 0.5]
    ideal = [np.eye(2)]
    for kraus, found in (
        (depolarising, decay.depolarised(1.0, 0.4, 1.5, stored)),
        (dephasing, decay.dephased(0.4, 1.5, stored)),
    ):
        first, second = (kraus if stored > i else ideal for i in (0, 1))
        assert found == pytest.approx(_stored(PHI, first, second), rel=1e-12)


def test_quisp_convention_as_published() -> None:
    assert (4 * decay.quisp_fidelity(1.0, 1.0) - 1) / 3 == printed("0.1571726")
    assert 1 / decay.quisp_depolarising_time(1.0) == printed("1.8504108")
    # Microseconds for 18 ms and 55 ms.
    assert decay.quisp_depolarising_time(18e3) == printed("9728")
    assert decay.quisp_depolarising_time(55e3) == printed("29723")


@settings(deadline=None)
@given(st.floats(0, 5), st.floats(0.1, 10))
def test_quisp_convention_is_depolarising_of_another_time_constant(time: float, tau: float) -> None:
    assert decay.quisp_fidelity(tau, tau) == pytest.approx(1 / e)
    constant = decay.quisp_depolarising_time(tau)
    assert decay.quisp_fidelity(time, tau) == pytest.approx(decay.depolarised(1.0, time, constant, 1))
    both = decay.depolarised(1.0, time, constant, 2)
    assert decay.quisp_fidelity(2 * time, tau) == pytest.approx(both)


def _stored(ket: NDArray[np.float64], first: list[Any], second: list[Any]) -> float:
    """Fidelity to itself of a pair whose qubits pass through two channels, given by Kraus operators."""
    return sum(float(abs(ket @ np.kron(a, b) @ ket)) ** 2 for a in first for b in second)

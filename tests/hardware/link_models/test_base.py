"""What all link models share: the link_hardware, and the memories' own imperfection."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.link_models import AttemptProfile, BarrettKok, LinkModel, MidpointSource, SingleClick, TwoPhoton
from tests.hardware.devices import link_hardware

MODELS: tuple[LinkModel, ...] = (BarrettKok(), TwoPhoton(), SingleClick(), MidpointSource())
BELL = np.zeros((4, 4), dtype=complex)
BELL[np.ix_((0, 3), (0, 3))] = 0.5


def werner(fidelity: float) -> float:
    return (4 * fidelity - 1) / 3


def test_what_reaches_the_station_is_what_memory_and_fibre_let_through() -> None:
    hardware = link_hardware(0.3, 0.1, detection=0.5, memories=(0.8, 0.4))
    assert (hardware.eta_first, hardware.eta_second) == pytest.approx((0.6, 0.2))
    assert hardware.eta_first * hardware.detector.efficiency == pytest.approx(0.3)


@given(st.floats(0.25, 1), st.floats(0.25, 1))
def test_initial_fidelity_mixes_in_white_noise(first: float, second: float) -> None:
    """Each memory brings the root of its Werner parameter; two equal ones make a pair of their fidelity."""
    weight = sqrt(max(0, werner(first)) * max(0, werner(second)))
    noisy = link_hardware(1, 1, initial_fidelities=(first, second)).with_white_noise(BELL)
    assert noisy == pytest.approx(weight * BELL + (1 - weight) * np.eye(4) / 4)
    assert np.trace(noisy) == pytest.approx(1)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("fidelity", [0.25, 0.9, 0.9909987775181183, 1.0])
def test_white_noise_reaches_every_link_model_and_leaves_its_rate(model: LinkModel, fidelity: float) -> None:
    ideal = model.profile(link_hardware(0.6, 0.4, 1e-3))
    noisy = model.profile(link_hardware(0.6, 0.4, 1e-3, initial_fidelities=(fidelity, fidelity)))
    weight = werner(fidelity)
    assert noisy.success == ideal.success
    assert noisy.first_round_success == ideal.first_round_success
    assert noisy.fidelity == pytest.approx(weight * ideal.fidelity + (1 - weight) / 4)
    assert noisy.rho == pytest.approx(weight * ideal.rho + (1 - weight) * np.eye(4) / 4)


@pytest.mark.parametrize("model", [BarrettKok(), TwoPhoton(), MidpointSource()])
def test_perfect_light_leaves_the_fidelity_of_the_memories(model: LinkModel) -> None:
    found = model.profile(link_hardware(0.5, 0.5, initial_fidelities=(0.97, 0.97)))
    assert found.fidelity == pytest.approx(0.97)


def test_fidelity_is_the_overlap_of_the_state_with_phi_plus() -> None:
    rho = np.array([[0.4, 0, 0, 0.3j], [0, 0.1, 0, 0], [0, 0, 0.2, 0], [-0.3j, 0, 0, 0.3]])
    assert AttemptProfile(0.1, 1.0, rho).fidelity == pytest.approx(0.35)
    assert AttemptProfile(0.1, 1.0, BELL).fidelity == 1

"""What all link models share: the link_hardware, and the memories' own imperfection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.link_models import (
    AttemptProfile,
    BarrettKok,
    LinkHardware,
    LinkModel,
    MidpointSource,
    SingleClick,
    TwoPhoton,
)
from qsim import registry
from qsim.errors import RegistryError, ScenarioError
from qsim.scenario import Scenario, from_document
from tests.hardware.devices import link_hardware

MODELS: tuple[LinkModel, ...] = (BarrettKok(), TwoPhoton(), SingleClick(), MidpointSource())
BELL = np.zeros((4, 4), dtype=complex)
BELL[np.ix_((0, 3), (0, 3))] = 0.5


def werner(fidelity: float) -> float:
    return (4 * fidelity - 1) / 3


def test_what_reaches_the_station_is_what_memory_and_fibre_let_through() -> None:
    hardware = link_hardware(0.3, 0.1, detection=0.5, memories=(0.8, 0.4))
    assert (hardware.eta_first, hardware.eta_second) == pytest.approx((0.6, 0.2))
    assert hardware.eta_first * hardware.detectors[0].efficiency == pytest.approx(0.3)


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


# link models and hand-shakes of one's own


@pytest.fixture
def half_made() -> Iterator[None]:
    """A link model that serves attempt detail alone."""

    @registry.register("link-model", "half-made")
    @dataclass(frozen=True)
    class HalfMade(LinkModel):
        def profile(self, hardware: LinkHardware) -> AttemptProfile:
            return AttemptProfile(0.5, 1.0, BELL)

    yield
    registry.unregister("link-model", "half-made")


def scenario(detail: str, model: str) -> Scenario:
    return from_document(
        {
            "run": {"duration": "10 ms", "detail": detail},
            "nodes": ["alice", "bob"],
            "links": [{"between": ["alice", "bob"], "length": "10 km", "generation": model}],
            "traffic": [{"kind": "request", "initiator": "alice", "responder": "bob"}],
        }
    )


@pytest.mark.usefixtures("half_made")
def test_a_level_of_detail_that_a_model_does_not_serve_is_refused() -> None:
    assert scenario("attempt", "half-made").run(seed=1).flows[0].pairs > 10
    with pytest.raises(ScenarioError, match=r"links\[0\]\.generation: 'half-made' serves detail 'attempt', "):
        scenario("photon", "half-made")


def test_a_link_model_without_profile_is_refused_by_name() -> None:
    with pytest.raises(RegistryError, match=r"link-model 'empty': .*Empty.* lacks `profile\(hardware\)`"):

        @registry.register("link-model", "empty")
        class Empty(LinkModel):
            pass


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("handshake", r"`session\(link, detail\)`"),
        ("memory", "`efficiency`"),
        ("fibre", r"`transmission\(length, wavelength\)`"),
        ("detector", r"`window_ps\(\)`"),
    ],
)
def test_empty_devices_and_hand_shakes_are_refused(kind: str, member: str) -> None:
    with pytest.raises(RegistryError, match=rf"{kind} 'nothing': .*Nothing.*{member}"):

        @registry.register(kind, "nothing")
        class Nothing:
            pass

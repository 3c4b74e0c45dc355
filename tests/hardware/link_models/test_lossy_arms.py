"""Whatever the arms of a link lose, link models work it out or say beforehand that they cannot."""

from __future__ import annotations

import itertools
import warnings

import pytest

from hardware.detector import ThresholdDetector
from hardware.link_models import (
    BarrettKok,
    LatchingSource,
    LinkHardware,
    LinkModel,
    MidpointSource,
    SingleClick,
    TwoPhoton,
)
from hardware.link_models.stored_pairs import StoredPairs
from hardware.link_physics import LinkPhysics
from hardware.memory import AtomicMemory
from qsim import registry
from qsim.quantum.bell_diagonal import BellDiagonalState

MODELS: tuple[LinkModel, ...] = (
    BarrettKok(),
    TwoPhoton(),
    SingleClick(bright_population=1e-9, phase_deviation=30.0),
    SingleClick(balanced=True, bright_population=0.6),
    MidpointSource(),
    MidpointSource(g2=0.1, pair_probability=0.1, false_herald_rate=10.0),
    MidpointSource(statistics="thermal", mean_pairs=0.1),
    LatchingSource(statistics="poissonian", mean_pairs=2.0),
    StoredPairs(),
)
#: Transmissions from an arm of nothing down to the least number above zero, and none.
ARMS = (1.0, 1e-160, 5e-324, 0.0)
MEMORY = AtomicMemory(efficiency=0.3, initial_fidelity=0.9, t1=1e-3, t2=1e-3)


def hardware(model: LinkModel, arms: tuple[float, float], dark: float, background: float) -> LinkHardware:
    """A link of such arms, with dark counts and noise photons at such rates, Hz."""
    detectors = (ThresholdDetector(efficiency=0.5, dark_count_rate=dark),) * 2
    between = 1e-4 if model.rounds > 1 else 0.0
    return LinkHardware(
        MEMORY, MEMORY, *arms, 0, 0, detectors, (background, background), between_rounds=between
    )


def test_every_model_is_here() -> None:
    assert {registry.name_of(type(model)) for model in MODELS} >= {
        "barrett-kok", "two-photon", "single-click", "midpoint-source", "latching-source", "stored-pairs",
    }  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize(("dark", "background"), [(0.0, 0.0), (100.0, 1e12)])
def test_any_loss_is_worked_out_or_ruled_out(model: LinkModel, dark: float, background: float) -> None:
    physics = LinkPhysics(BellDiagonalState)
    ruled_out = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for arms in itertools.combinations_with_replacement(ARMS, 2):
            given = hardware(model, arms, dark, background)
            if any(model.faults_on(given)):
                ruled_out += 1
                continue
            found = physics.of(model, given)
            assert 0 <= found.profile.success <= found.profile.first_round_success <= 1 + 1e-9
            assert 0 <= found.state.fidelity() <= 1
    # An arm that is so much worse than the other cannot be balanced.
    assert (ruled_out > 0) == (isinstance(model, SingleClick) and model.balanced)

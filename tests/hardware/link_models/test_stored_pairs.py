"""One click of the idlers of two pair sources, whose signals ensembles absorb; and memories that do."""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from hardware.afc_memory import AfcMemory
from hardware.detector import ThresholdDetector
from hardware.link_models.base import LinkHardware
from hardware.link_models.stored_pairs import StoredPairs
from hardware.memory import AtomicMemory
from hardware.modes import retrieval_of
from hardware.transducer import MicrowaveTransducer
from qsim.analytic.frequency_combs import comb_efficiency
from qsim.scenario import from_document


def hardware(idler: float, memory: float, dark: float = 0.0) -> LinkHardware:
    """Alike ends, idlers that lose all in the fibre, and detectors of one efficiency."""
    rate = -np.log1p(-dark) / 1e-9
    detector = ThresholdDetector(1.0, rate, count_rate=None)
    end = AtomicMemory(efficiency=memory)
    return LinkHardware(end, end, idler, idler, 0, 0, (detector, detector))


@pytest.mark.parametrize(
    ("mean", "idler", "memory", "dark", "herald", "empty", "one", "fidelity", "concurrence"),
    [
        (
            0.01,
            0.1,
            1,
            0,
            0.001996005992010108,
            0.0,
            0.9725322988135683,
            0.9725322988135789,
            0.9725322085864231,
        ),
        (
            *(
                0.1,
                0.23886430233209832,
                0.35,
                0,
                0.045569857608840136,
                0.5965719394719504,
                0.37166129245741963,
            ),
            *(0.35653313355438665, 0.18322766110717972),
        ),
        (
            *(0.02, 0.2, 0.5, 1e-6, 0.007938358119315758, 0.48737779015682714, 0.4996604533293661),
            *(0.49580766447436964, 0.39922919812755253),
        ),
        (0.1, 0.1, 1, 0, 0.019605875046358797, 0.0, 0.7664180243167591, 0.7664180243167591, None),
    ],
)
def test_what_one_click_leaves(
    mean: float,
    idler: float,
    memory: float,
    dark: float,
    herald: float,
    empty: float,
    one: float,
    fidelity: float,
    concurrence: float | None,
) -> None:
    found = StoredPairs(mean_pairs=mean).profile(hardware(idler, memory, dark))
    # The last row is a sum over few photons.
    rel, digits = (1e-9, 1e-10) if concurrence else (1e-5, 1e-4)
    assert found.success == pytest.approx(herald, rel=rel)
    # Behind the flip of the second qubit: 00 and 11 hold one photon, 01 none.
    diagonal = np.diag(found.rho).real
    assert diagonal[1] == pytest.approx(empty, abs=digits)
    assert diagonal[0] + diagonal[3] == pytest.approx(one, abs=digits)
    assert found.fidelity == pytest.approx(fidelity, abs=digits)
    if concurrence is not None:
        both = {0.01: 0.009147581028444506, 0.1: 0.010484931013600042, 0.02: 0.004410362679611678}[mean]
        alone = {0.01: 1.0000000000000109, 0.1: 0.9592958448726103, 0.02: 0.9922891859275147}[mean]
        assert found.fidelity / (diagonal[0] + diagonal[3]) == pytest.approx(alone, abs=1e-9)
        bound = 2 * abs(found.rho[0, 3]) - 2 * sqrt(max(diagonal[1], 2.224889e-13) * both)
        assert bound == pytest.approx(concurrence, abs=1e-7)
    assert np.linalg.eigvalsh(found.rho).min() > -1e-12


def test_phase_and_visibility_take_coherence_only() -> None:
    plain = StoredPairs().profile(hardware(0.1, 0.8))
    noisy = StoredPairs(phase_deviation=0.5).profile(hardware(0.1, 0.8))
    assert noisy.rho[0, 3] == pytest.approx(plain.rho[0, 3] * exp(-0.125))
    unlike = StoredPairs(visibility=0.81).profile(hardware(0.1, 0.8))
    # To first order in the pairs.
    assert unlike.rho[0, 3] == pytest.approx(plain.rho[0, 3] * 0.9, rel=0.02)
    assert np.diag(noisy.rho) == pytest.approx(np.diag(plain.rho))


def test_nothing_arrives_where_nothing_is_sent() -> None:
    assert StoredPairs().profile(hardware(0.0, 1.0)).success == 0


@pytest.mark.parametrize(
    ("depth", "finesse", "forward", "backward"),
    [(10, 4, 0.3312378650209738, 0.5440027551722891), (40, 10, 0.2732382161197568, 0.8985518261720443)],
)
def test_efficiency_of_a_comb(depth: float, finesse: float, forward: float, backward: float) -> None:
    assert comb_efficiency(depth, finesse, backward=False) == pytest.approx(forward, rel=1e-12)
    assert comb_efficiency(depth, finesse, backward=True) == pytest.approx(backward, rel=1e-12)
    memory = AfcMemory(optical_depth=depth, finesse=finesse, retrieval_efficiency=0.5, retrieval_time=1.0)
    law = retrieval_of(memory)
    assert law is not None
    assert law(2.0) == pytest.approx(0.5 * backward * exp(-2))
    assert retrieval_of(AfcMemory()) is not None


def test_noise_of_a_transducer() -> None:
    assert MicrowaveTransducer(efficiency=0.2, added_noise=0.5, bandwidth="1 MHz").noise == pytest.approx(1e5)


def document(**changes: Any) -> dict[str, Any]:
    """A link of two ensembles over 20 km."""
    return {
        "run": {"duration": "200 ms"},
        "defaults": {
            "memory": {
                "kind": "afc",
                "count": 4,
                "efficiency": 0.9,
                "temporal_modes": 20,
                "spectral_modes": 5,
            },
            "detector": {"efficiency": 0.8},
            "link_model": {
                "kind": "stored-pairs",
                "mean_pairs": 0.02,
                "handshake": {"kind": "continuous", "attempt_period": "10 us"},
            },
        },
        "nodes": ["a", "b"],
        "links": [{"between": ["a", "b"], "length": "20 km"}],
        "protocols": {"purification": "none"},
        "traffic": [{"kind": "request", "initiator": "a", "responder": "b"}],
        **changes,
    }


def test_a_network_runs_on_stored_pairs() -> None:
    result = from_document(document()).run(seed=1)
    (flow,) = result.flows + result.unfinished
    assert flow.pairs > 20
    assert 0.3 < flow.fidelity_mean < 1

"""Hardware to put under test: links of given efficiencies, and a stage for nodes."""

from __future__ import annotations

from collections.abc import Mapping
from math import log1p

from hardware.classical import ClassicalNetwork
from hardware.detector import ThresholdDetector
from hardware.heads import Heads
from hardware.link_models.base import LinkHardware
from hardware.memory import AtomicMemory
from qsim.kernel import Simulator
from qsim.model.specs import ClassicalSpec

WINDOW = 1e-9


def detector(efficiency: float, dark: float = 0.0) -> ThresholdDetector:
    """A detector of given efficiency and dark probability in its window."""
    return ThresholdDetector(
        efficiency=efficiency, dark_count_rate=-log1p(-dark) / WINDOW, window=WINDOW, count_rate=None
    )


def heads(efficiency: float, dark: float = 0.0) -> Heads:
    """Two detectors of given efficiency and dark probability in their window."""
    return Heads.of((detector(efficiency, dark),) * 2, (0.0, 0.0))


def link_hardware(
    first: float,
    second: float,
    dark: float = 0.0,
    *,
    detection: float = 1.0,
    memories: tuple[float, float] = (1.0, 1.0),
    initial_fidelities: tuple[float, float] = (1.0, 1.0),
) -> LinkHardware:
    """Hardware with which a photon of each arm is detected with given overall efficiencies.

    Args:
        first, second: overall efficiencies, from excitation to click.
        dark: probability of a dark count in a window.
        detection: the part of them that is the detector's.
        memories: the parts that are the memories'; the fibres have what remains.
        initial_fidelities: of the memories.
    """
    return LinkHardware(
        first=AtomicMemory(efficiency=memories[0], initial_fidelity=initial_fidelities[0]),
        second=AtomicMemory(efficiency=memories[1], initial_fidelity=initial_fidelities[1]),
        transmission_first=first / detection / memories[0],
        transmission_second=second / detection / memories[1],
        delay_first=0,
        delay_second=0,
        detectors=(detector(detection, dark),) * 2,
    )


def classical(
    sim: Simulator,
    distances: Mapping[tuple[str, str], float] | None = None,
    given: Mapping[tuple[str, str], float] | None = None,
    channel: ClassicalSpec | None = None,
) -> ClassicalNetwork:
    """A classical network; without distances everybody is in one place."""
    return ClassicalNetwork(
        sim,
        channel or ClassicalSpec(),
        given or {},
        lambda source, target: 0.0 if distances is None else distances.get((source, target)),
    )

"""Networks whose memories are limited: the metropolitan one in the dark, with requests and nothing else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from qsim.scenario import from_document
from tests.protocols.metropolitan import without_light

#: The published share of each node of 450 memories.
WEIGHTED = {
    "NU": 25,
    "StarLight": 91,
    "UChicago_PME": 67,
    "UChicago_HC": 24,
    "Fermilab_1": 67,
    "Fermilab_2": 24,
    "Argonne_1": 103,
    "Argonne_2": 25,
    "Argonne_3": 24,
}


def metropolitan(
    allocation: dict[str, Any] | None, *, duration: float = 200.0, installed: int = 150, **protocols: Any
) -> Any:
    """A scenario with the published requests for 10 to 24 memories, and an allocation.

    Args:
        allocation: in the words of a scenario file.
        duration: simulated time, s.
        installed: memories of each node.
        protocols: further protocols.
    """
    document = deepcopy(dict(without_light("even").document))
    document["run"]["duration"] = duration
    document["defaults"]["memory"]["count"] = installed
    document["traffic"][0]["memories_max"] = [25]
    document["protocols"] |= protocols
    if allocation is not None:
        document["protocols"]["allocation"] = allocation
    return from_document(document)

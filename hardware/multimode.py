"""Memories with many modes, read out with an efficiency that falls while they store.

Ensembles of atoms or ions absorb, or emit, into many modes in time or frequency. Attempts in different modes
do not wait for each other's news. What is stored comes out again only with a probability, which depends on
how long it was stored.

References:
    Simon et al., Phys. Rev. Lett. 98, 190503 (2007), temporal modes. Afzelius, Simon, de Riedmatten, Gisin,
    Phys. Rev. A 79, 052329 (2009), atomic frequency combs. Sinclair et al., Phys. Rev. Lett. 113, 053603
    (2014), frequency modes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Annotated

from hardware.memory import AtomicMemory
from qsim.parameters import Param
from qsim.registry import register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsim.model.check_context import CheckContext


@register("memory", "multimode")
@dataclass(frozen=True)
class MultimodeMemory(AtomicMemory):
    """A memory with modes in time and frequency; it keeps one half of one pair."""

    temporal_modes: Annotated[
        int,
        Param(
            "attempts that may be under way at once, each in a mode in time of its own; they follow each "
            "other with the hand-shake's `attempt_period`",
            ge=1,
        ),
    ] = 1
    spectral_modes: Annotated[
        int,
        Param(
            "modes in frequency that every attempt uses at once, each with detectors of its own; the first "
            "that is heralded is kept",
            ge=1,
        ),
    ] = 1
    retrieval_efficiency: Annotated[
        float, Param("probability that a half comes out of the memory at once", ge=0, le=1)
    ] = 1.0
    retrieval_time: Annotated[
        float | None,
        Param("time in which that falls to 1/e of it; left out, it does not fall", unit="s", gt=0),
    ] = None
    retrieval_law: Annotated[
        str,
        Param(
            "how it falls: 'exponential', e^(-t/T), or 'gaussian', e^(-(t/T)²)",
            choices=("exponential", "gaussian"),
        ),
    ] = "exponential"

    def check(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """Note modes in time that no attempt uses."""
        yield from AtomicMemory.check(self, context)
        periods = [getattr(link.link_model.handshake, "attempt_period", None) for link in context.links]
        if self.temporal_modes > 1 and not any(periods):
            yield (
                "temporal_modes",
                "serve attempts that do not wait for each other's news, and no link's hand-shake states the "
                "`attempt_period` of such attempts",
            )

    def retrieval(self, seconds: float) -> float:
        """Probability that a half comes out after it was stored for a time in s."""
        if self.retrieval_time is None:
            return self.retrieval_efficiency
        ratio = seconds / self.retrieval_time
        return self.retrieval_efficiency * exp(
            -(ratio * ratio if self.retrieval_law == "gaussian" else ratio)
        )

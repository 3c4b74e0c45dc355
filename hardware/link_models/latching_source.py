"""A source in the middle whose ends listen to every tick until they have absorbed a photon.

With the plain `midpoint-source` an end takes part in a tick only once it has heard how the last one went. A
memory that latches needs no such news: as long as it has absorbed nothing it is ready for the next tick. Once
it has, it keeps the photon and tells the other end at which tick; both are free again when both know of it.
So a link costs the exchange of messages only for ticks at which something was absorbed.

References:
    Jones, Kim, Rakher, Kwiat, Ladd, "Design and analysis of communication protocols for quantum repeater
    networks", New J. Phys. 18, 083015 (2016), arXiv 1505.01536: the protocol MidpointSource.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.link_models.base import AttemptProfile, LinkHardware
from hardware.link_models.midpoint_source import MidpointSource
from qsim.registry import register


@register("link-model", "latching-source")
@dataclass(frozen=True)
class LatchingSource(MidpointSource):
    """Photon pairs from the middle of the link, and memories that latch; an attempt is one tick."""

    @property
    def latches(self) -> bool:
        return True

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        """As of a source without latches; `first_round_success` is that either end absorbs a photon."""
        found = super().profile(hardware)
        return AttemptProfile(found.success, self.absorbed(hardware).either, found.rho)

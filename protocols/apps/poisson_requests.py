"""Poisson traffic: requests that arrive at random, at a rate that may vary in time and from pair to pair."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from protocols.apps.demand import DemandedPairs
from protocols.apps.open_runner import Arrival
from protocols.apps.open_traffic import OpenTraffic, values_of
from qsim.parameters import OfKind, Param
from qsim.registry import register
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext


@register("app", "poisson-requests")
@dataclass(frozen=True)
class PoissonRequestsApp(OpenTraffic):
    """Requests arrive as a Poisson process, whatever is served; one entry for the whole network."""

    rate: Annotated[
        float | None,
        Param("mean number of requests a second of all pairs together", unit="Hz", ge=0),
    ] = None
    profile: Annotated[
        Any, OfKind("rate-profile", "how the rate varies in time and from pair to pair", default="constant")
    ] = None
    begin: Annotated[float, Param("no request arrives before", unit="s", ge=0)] = 0.0
    until: Annotated[
        float | None, Param("no request arrives after; left out, the end of the run", unit="s", gt=0)
    ] = None

    def arrivals(self, network: Network) -> Iterator[Arrival]:
        """Arrivals at the greatest rate, thinned to what the profile says of their pair and time."""
        demanded, profile = DemandedPairs(self.asked, network), self.profile
        greatest = self._mean_rate * profile.greatest
        if not greatest or not demanded.pairs:
            return
        times, places, kept = (
            network.sim.stream(f"{self.title}/{key}") for key in ("arrivals", "ends", "thinning")
        )
        values = values_of(self, network)
        end = to_s(network.horizon) if self.until is None else self.until
        now = self.begin
        while (now := now - math.log1p(-times.random()) / greatest) < end:
            initiator, responder = demanded.at(places.random())
            if kept.random() * profile.greatest < profile.factor(initiator, responder, now):
                yield Arrival(to_ps(now), initiator, responder, *next(values))

    def expected(self, horizon: float) -> float:
        stop = horizon if self.until is None else min(horizon, self.until)
        greatest: float = self.profile.greatest
        return self._mean_rate * greatest * max(0.0, stop - self.begin)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        if self.profile.absolute and self.rate is not None:
            yield "rate", "stands beside a profile whose rates are stated in full; leave one of them out"
        elif not self.profile.absolute and self.rate is None:
            yield "rate", "is missing (mean number of requests a second of all pairs together, in hertz)"
        if self.begin >= context.run.duration:
            end = f"{context.run.duration:g} s"
            yield "begin", f"must lie before the end of the run at {end}, got {self.begin:g} s"
        if self.until is not None and self.until <= self.begin:
            yield "until", f"must lie after `begin` = {self.begin:g} s, got {self.until:g} s"
        yield from super().check(context)

    @property
    def _mean_rate(self) -> float:
        return 1.0 if self.profile.absolute else self.rate or 0.0

"""The clockwork of one link, seen in the direction of a flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode


@dataclass(frozen=True, slots=True)
class Timing:
    """Fixed delays of a link between its upstream end (nearer the initiator) and its downstream end, picoseconds.

    Attributes:
        flight_up, flight_down: light from each end to the station.
        news_up, news_down: from the arrival of the (first) light at the station until each end knows the
            result: rest of the detection window, later bins, and the station's message.
        ask: a message downstream.
        answer: a message upstream.
        period_up, period_down: least time between two excitations of a memory.
        rounds: announced rounds of an attempt.
    """

    flight_up: int
    flight_down: int
    news_up: int
    news_down: int
    ask: int
    answer: int
    period_up: int
    period_down: int
    rounds: int

    @classmethod
    def of(cls, link: Link, upstream: QuantumNode, downstream: QuantumNode) -> Timing:
        """Read the timing off a link."""
        flights = link.bench.delay_first, link.bench.delay_second
        if upstream is not link.first:
            flights = flights[1], flights[0]
        model, station = link.model, link.station
        settled = station.half_window + (model.bins - 1) * to_ps(model.bin_separation)
        return cls(
            flight_up=flights[0],
            flight_down=flights[1],
            news_up=settled + station.delay_to(upstream),
            news_down=settled + station.delay_to(downstream),
            ask=upstream.delay_to(downstream),
            answer=downstream.delay_to(upstream),
            period_up=upstream.model.period_ps(),
            period_down=downstream.model.period_ps(),
            rounds=model.rounds,
        )

    @property
    def flight(self) -> int:
        """The longer of the two flights."""
        return max(self.flight_up, self.flight_down)

    @property
    def news(self) -> int:
        """The later of the two news."""
        return max(self.news_up, self.news_down)

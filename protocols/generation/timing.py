"""The clockwork of one link, seen in the direction of a flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardware.memory import initialisation_ps
from hardware.modes import modes_of
from qsim.analytic.renewal import HeraldInterval
from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.memory import Memory
    from hardware.node import QuantumNode


@dataclass(frozen=True, slots=True)
class Timing:
    """Fixed delays of a link, upstream end (nearer the initiator) to downstream end, picoseconds.

    Attributes:
        flight_up, flight_down: light from each end to the station; 0 where light starts in the middle.
        herald_up, herald_down: from the moment at the station (the first light meets, or the source emits)
            until each end has heard from all places that see a part of the result.
        ask: a message downstream.
        answer: a message upstream.
        period_up, period_down: least time from the first excitation of a memory in one round to that in the
            next.
        prepare_up, prepare_down: from the moment at which an end may begin until its memory is initialised
            and can be excited.
        rounds: announced rounds of an attempt.
        clock: time between ticks of a source in the middle; 0 where attempts may begin at any time.
        latches: whether ends take part in every tick until one of them has absorbed a photon.
        modes: attempts of two memories that may be under way at once.
        flight, herald: the longer of the two flights, the later of the two heralds.
        lead: from the moment at which both ends may begin until light can meet.
        turn: from a meeting of light, by way of the news of it, to the next that can follow.
    """

    flight_up: int
    flight_down: int
    herald_up: int
    herald_down: int
    ask: int
    answer: int
    period_up: int
    period_down: int
    prepare_up: int
    prepare_down: int
    rounds: int
    clock: int
    latches: bool = False
    modes: int = 1
    flight: int = field(init=False)
    herald: int = field(init=False)
    lead: int = field(init=False)
    turn: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flight", max(self.flight_up, self.flight_down))
        object.__setattr__(self, "herald", max(self.herald_up, self.herald_down))
        up, down = self.prepare_up + self.flight_up, self.prepare_down + self.flight_down
        object.__setattr__(self, "lead", max(up, down))
        # Light that starts in the middle waits for both ends.
        turn = self.herald + self.lead if self.clock else max(self.herald_up + up, self.herald_down + down)
        object.__setattr__(self, "turn", turn)

    @classmethod
    def of(cls, link: Link, upstream: QuantumNode) -> Timing:
        """The timing of a link, worked out once; `upstream` is the end nearer the initiator."""
        known: Timing | None = link.clockworks.get(upstream)
        if known is None:
            known = link.clockworks[upstream] = cls._read(link, upstream)
        return known

    @classmethod
    def _read(cls, link: Link, upstream: QuantumNode) -> Timing:
        model, downstream = link.model, link.other(upstream)
        flights = link.flights if upstream is link.first else link.flights[::-1]
        heralds = [
            max(
                seen.after + (seen.place.delay_to(end) if seen.place is not end else 0)
                for seen in link.detections
            )
            for end in (upstream, downstream)
        ]
        later_bins = link.bins[-1]
        return cls(
            flight_up=flights[0],
            flight_down=flights[1],
            herald_up=heralds[0],
            herald_down=heralds[1],
            ask=upstream.delay_to(downstream),
            answer=downstream.delay_to(upstream),
            period_up=link.memory_at(upstream).period_ps() + later_bins,
            period_down=link.memory_at(downstream).period_ps() + later_bins,
            prepare_up=initialisation_ps(link.memory_at(upstream)),
            prepare_down=initialisation_ps(link.memory_at(downstream)),
            rounds=model.rounds,
            clock=model.clock_ps(),
            latches=model.latches,
            modes=min(modes_of(link.hardware.first), modes_of(link.hardware.second)),
        )


def herald_interval(link: Link, lead: int, again: int, longer: int) -> HeraldInterval:
    """The law of the time from one herald of a link to the next.

    Args:
        link: the link.
        lead: from one herald to the next if no attempt fails between them, ps.
        again: what a failed attempt adds, ps.
        longer: what it adds beside where it is long, ps: of two rounds, or latched at one end alone.
    """
    return HeraldInterval(
        success=link.profile.success,
        first_round_success=link.profile.first_round_success,
        lead_s=to_s(lead),
        again_s=to_s(again),
        second_s=to_s(longer),
    )


def first_arrival(timing: Timing, up: Memory, down: Memory, ready: int) -> int:
    """When light can first meet at the station if both ends may begin with their memories at `ready`."""
    up_ready, down_ready = ready + timing.prepare_up, ready + timing.prepare_down
    up_at = (up.ready_at if up.ready_at > up_ready else up_ready) + timing.flight_up
    down_at = (down.ready_at if down.ready_at > down_ready else down_ready) + timing.flight_down
    return aligned(up_at if up_at > down_at else down_at, timing.clock)


def aligned(time: int, clock: int) -> int:
    """The first tick of a clock at or after a time; the time itself when there is no clock."""
    return -(-time // clock) * clock if clock else time

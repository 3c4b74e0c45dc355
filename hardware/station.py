"""Heralding stations: where two fibres meet, at photon detail event by event.

Light of both ends meets at a beam splitter; two detectors click or do not; when the detection window closes
the station announces to both ends which detector clicked, if it was exactly one.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable
from typing import TYPE_CHECKING

from hardware.classical import Node
from hardware.crowd import Crowd
from hardware.detector import Detector
from qsim.kernel import Priority

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
    from hardware.detector import DetectorModel
    from hardware.spins import SpinPair
    from qsim.kernel import Simulator


class Gate:
    """One detection window: the light of two spins that is to meet at one instant.

    Attributes:
        spins: the two spins.
        arrival: when their light meets, ps.
        arrived: whose light has arrived, the first spin's and the second's.
        result: 0 or 1 for the detector that clicked alone; None when none or both did.
    """

    __slots__ = ("_expected", "arrival", "arrived", "on_close", "result", "spins")

    def __init__(self, spins: SpinPair, arrival: int, on_close: Callable[[Gate], None]) -> None:
        self.spins = spins
        self.arrival = arrival
        self.on_close = on_close
        self.result: int | None = None
        self.arrived = [False, False]
        self._expected = 2

    def record(self, first: bool, present: bool) -> bool:
        """Note the arrival of one end's light, present or lost; True when both have been noted."""
        self.arrived[0 if first else 1] = present
        self._expected -= 1
        return self._expected == 0

    @property
    def resolved(self) -> bool:
        """Whether the light of both ends has been dealt with."""
        return self._expected == 0


class HeraldingStation(Node):
    """The node in the middle of a link, with its two detectors and its calendar of time slots.

    Args:
        detector: parameters of both detectors.
        slot_ps: length of one time slot; 0 for none.

    Attributes:
        detectors: the two detectors; present at photon detail.
        bins: moments at which the light of one booking meets, ps from the first.
    """

    def __init__(
        self,
        sim: Simulator,
        name: str,
        classical: ClassicalNetwork,
        detector: DetectorModel,
        slot_ps: int,
    ) -> None:
        super().__init__(sim, name, classical)
        self.model = detector
        self.half_window = detector.window_ps() // 2
        self.detectors: tuple[Detector, ...] = ()
        self.bins: tuple[int, ...] = (0,)
        self._slot_ps = slot_ps
        # One memory's light stays clear of another's window, or a click would count for both; without slots,
        # of the dead time after it too.
        window = detector.window_ps()
        self._apart = max(slot_ps, window) if slot_ps else window + detector.dead_time_ps()
        self._booked: list[int] = []
        self._clicks: list[tuple[int, int]] = []
        self._crowd: Crowd | None = None
        self._rng = sim.stream(f"station/{name}")

    def switch_on(self) -> None:
        """Make the detectors live: dark counts begin."""
        self.detectors = tuple(
            Detector(self.sim, f"{self.name}.{index}", self.model, self._on_click) for index in (0, 1)
        )

    def of_mode(self, mode: int) -> HeraldingStation:
        """The detectors of one mode in frequency beside the first."""
        station = ModeStation(self.sim, f"{self.name}~{mode}", self._classical, self.model, self._slot_ps)
        station.bins = self.bins
        if self.detectors:
            station.switch_on()
        return station

    def book(self, earliest: int) -> int:
        """Reserve the first moments at which light can meet and not be taken for that of other memories.

        Only bookings whose windows are still to close stand in the way.

        Args:
            earliest: ps; must not lie in the past.

        Returns:
            The time of (first) arrival reserved, ps: the beginning of a time slot where the link has slots.
        """
        booked = self._booked
        del booked[: bisect_right(booked, self.sim.now - self.half_window)]
        time = self._slotted(earliest)
        while (wait := self._clash(time)) > 0:
            time = self._slotted(time + wait)
        for offset in self.bins:
            insort(booked, time + offset)
        return time

    def place_ps(self) -> int:
        """Time of the station that one booking takes where bookings come as densely as they can, ps.

        Of two bins, the early ones of as many bookings as fit stand between the early and the late one of the
        first.
        """
        apart, later = self._slotted(self._apart), self.bins[-1]
        together = max(1, later // apart)
        return -(-self._slotted(later + together * apart) // together) if later else apart

    def crowd(self) -> Crowd:
        """The memories that share the station at attempt detail."""
        if self._crowd is None:
            self._crowd = Crowd(self.sim, self.place_ps())
        return self._crowd

    def _slotted(self, time: int) -> int:
        slot = self._slot_ps
        return -(-time // slot) * slot if slot else time

    def _clash(self, time: int) -> int:
        """How much later light would have to come so as to pass the first booking in its way; or 0."""
        booked, apart = self._booked, self._apart
        for offset in self.bins:
            moment = time + offset
            place = bisect_right(booked, moment - apart)
            if place < len(booked) and booked[place] < moment + apart:
                return booked[place] + apart - moment
        return 0

    def open(self, gate: Gate) -> None:
        """Watch for the light of a gate; its result is known half a window after the arrival."""
        self.sim.post_at(gate.arrival + self.half_window, self._close, gate, priority=Priority.PHYSICS)

    def receive_light(self, gate: Gate, first: bool, memory: str, probability: float) -> None:
        """Take what one memory sent: an event at the time of arrival.

        Args:
            gate: the window that the light belongs to.
            first: whether it comes from the first spin.
            memory: the memory's name, for the trace.
            probability: that a photon survives emission and fibre.
        """
        present = gate.spins.survives(first, probability, self._rng)
        if self.sim.trace is not None:
            self.emit("photon_arrived" if present else "photon_lost", memory=memory)
        if gate.record(first, present):
            self._interfere(gate)

    def _interfere(self, gate: Gate) -> None:
        photons = gate.spins.detect(gate.arrived[0], gate.arrived[1], self._rng)
        for detector, count in zip(self.detectors, photons, strict=True):
            if count:
                detector.receive(count)

    def _on_click(self, detector: Detector) -> None:
        now = self.sim.now
        # Windows that are still open have opened since; nobody will ask for older clicks.
        earliest = now - 2 * self.half_window
        if self._clicks and self._clicks[0][0] < earliest:
            self._clicks = [click for click in self._clicks if click[0] >= earliest]
        self._clicks.append((now, self.detectors.index(detector)))

    def _close(self, gate: Gate) -> None:
        if not gate.resolved:
            # Only one end sent light: it met nothing.
            self._interfere(gate)
        # Windows close in the order in which they open, so clicks from before this one are done with.
        opened = gate.arrival - self.half_window
        if self._clicks:
            self._clicks = [click for click in self._clicks if click[0] >= opened]
            seen = {index for _, index in self._clicks}
            if len(seen) == 1:
                gate.result = seen.pop()
        if self.sim.trace is not None:
            self.emit("clicks_announced", pattern=gate.result)
        gate.on_close(gate)


class ModeStation(HeraldingStation):
    """The part of a station for one mode in frequency, which keeps to the calendar of the first."""

    def book(self, earliest: int) -> int:
        return earliest

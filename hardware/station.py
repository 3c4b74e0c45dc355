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
    import random

    from hardware.classical import ClassicalNetwork
    from hardware.detector import DetectorModel
    from hardware.spins import SpinPair
    from qsim.kernel import Simulator
    from qsim.quantum.pair import Holder


class Gate:
    """One detection window: the light of two spins that is to meet at one instant.

    Attributes:
        spins: the two spins.
        arrival: when their light meets, ps.
        arrived: whose light has arrived, the first spin's and the second's.
        result: 0 or 1 for the detector that clicked alone; None when none or both did.
        clicked: when either detector clicked last before the window, ps, -1 for never; of windows with a
            result.
        delay: draws how much later than expected a photon comes, ps; None for never later.
    """

    __slots__ = ("_expected", "arrival", "arrived", "clicked", "delay", "on_close", "result", "spins")

    def __init__(
        self,
        spins: SpinPair,
        arrival: int,
        on_close: Callable[[Gate], None],
        delay: Callable[[], int] | None = None,
    ) -> None:
        self.spins = spins
        self.arrival = arrival
        self.on_close = on_close
        self.result: int | None = None
        self.clicked = (-1, -1)
        self.delay = delay
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
        models: parameters of the two detectors.
        slot_ps: length of one time slot; 0 for none.
        background: rate of noise photons at either detector, Hz.

    Attributes:
        detectors: the two detectors; present at photon detail.
        opens, closes: when the windows open and close, ps after the expected arrival of light.
        bins: moments at which the light of one booking meets, ps from the first.
    """

    def __init__(
        self,
        sim: Simulator,
        name: str,
        classical: ClassicalNetwork,
        models: tuple[DetectorModel, DetectorModel],
        slot_ps: int,
        background: float = 0.0,
    ) -> None:
        super().__init__(sim, name, classical)
        self._models = models
        self._background = background
        # Each detector's clicks count in its own window.
        self._windows = tuple((model.opens_ps(), model.opens_ps() + model.window_ps()) for model in models)
        self._gated = any(model.gated for model in models)
        self.opens = min(opens for opens, _ in self._windows)
        self.closes = max(closes for _, closes in self._windows)
        self.detectors: tuple[Detector, ...] = ()
        self.bins: tuple[int, ...] = (0,)
        self._slot_ps = slot_ps
        # One memory's light stays clear of another's window, or a click would count for both; without slots,
        # of the dead time after it too.
        window = self.closes - self.opens
        dead = max(model.dead_time_ps() for model in models)
        self._apart = max(slot_ps, window) if slot_ps else window + dead
        self._booked: list[int] = []
        # Clicks of windows that are still open: the time stated, the detector, how many photons it
        # counted, and when it fell blind.
        self._clicks: list[tuple[int, int, int, int]] = []
        self._last = [-1, -1]
        self._crowd: Crowd | None = None
        self._parts: list[HeraldingStation] = []
        self._rng: random.Random

    def switch_on(self) -> None:
        """Make the detectors live: dark counts begin."""
        # A stream weighs 3 kB, which a station without detectors need not carry.
        self._rng = self.sim.stream(f"station/{self.name}")
        self.detectors = tuple(
            Detector(self.sim, f"{self.name}.{index}", model, self._on_click, self._background)
            for index, model in enumerate(self._models)
        )
        for part in self._parts:
            part.switch_on()

    def of_mode(self, mode: int) -> HeraldingStation:
        """The detectors of one mode in frequency beside the first."""
        station = ModeStation(
            self.sim, f"{self.name}~{mode}", self._classical, self._models, self._slot_ps, self._background
        )
        station.bins = self.bins
        self._parts.append(station)
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
        del booked[: bisect_right(booked, self.sim.now - self.closes)]
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
        """Watch for the light of a gate; its result is known as the windows close."""
        if self._gated:
            for detector, (opens, closes) in zip(self.detectors, self._windows, strict=True):
                detector.awake(gate.arrival + opens, gate.arrival + closes)
        self.sim.post_at(gate.arrival + self.closes, self._close, gate, priority=Priority.PHYSICS)

    def receive_light(self, gate: Gate, first: bool, memory: Holder, probability: float) -> None:
        """Take what one memory sent: an event at the time of arrival.

        Args:
            gate: the window that the light belongs to.
            first: whether it comes from the first spin.
            memory: the memory, of which the trace tells.
            probability: that a photon survives emission and fibre.
        """
        present = gate.spins.survives(first, probability, self._rng)
        if self.sim.trace is not None:
            self.emit("photon_arrived" if present else "photon_lost", memory=memory.name)
        if gate.record(first, present):
            self._interfere(gate)

    def _interfere(self, gate: Gate) -> None:
        photons = gate.spins.detect(gate.arrived[0], gate.arrived[1], self._rng)
        for detector, count in zip(self.detectors, photons, strict=True):
            if count and gate.delay is None:
                detector.receive(count)
            elif gate.delay is not None:
                for _ in range(count):
                    self.sim.post(gate.delay(), detector.receive, 1, priority=Priority.PHYSICS)

    def _on_click(self, detector: Detector) -> None:
        # Windows that are still open have opened since; nobody will ask for older clicks.
        self._forget(self.sim.now - self.closes)
        index = self.detectors.index(detector)
        self._clicks.append((detector.stated, index, detector.counted, self.sim.now))

    def _forget(self, arrival: int) -> None:
        """Let go of clicks from before the windows for light that is due at a time."""
        if not self._clicks:
            return
        kept = []
        for click in self._clicks:
            stated, index, _, fell_blind = click
            if stated < arrival + self._windows[index][0]:
                self._last[index] = max(self._last[index], fell_blind)
            else:
                kept.append(click)
        self._clicks = kept

    def _close(self, gate: Gate) -> None:
        if not gate.resolved:
            # Only one end sent light: it met nothing.
            self._interfere(gate)
        # Windows close in the order in which they open, so clicks from before this one are done with.
        self._forget(gate.arrival)
        if self._clicks:
            counted = [0, 0]
            for stated, index, photons, _ in self._clicks:
                if stated <= gate.arrival + self._windows[index][1]:
                    counted[index] += photons
            self._announce(gate, counted)
        if self.sim.trace is not None:
            self.emit("clicks_announced", pattern=gate.result)
        gate.on_close(gate)

    def _announce(self, gate: Gate, counted: list[int]) -> None:
        """Find the output that reported alone: one that counts must have counted one photon."""
        if bool(counted[0]) == bool(counted[1]):
            return
        output = 1 if counted[1] else 0
        if counted[output] == 1 or not self._models[output].counts_photons:
            gate.result = output
            gate.clicked = self._last[0], self._last[1]


class ModeStation(HeraldingStation):
    """The part of a station for one mode in frequency, which keeps to the calendar of the first."""

    def book(self, earliest: int) -> int:
        return earliest

"""A bench at photon detail: every pulse is an event at every port that it comes to.

The sources send in each slot; a part hands light on along its routes, each after its delay; what comes to a
detector at one instant is added up and looked at. Nothing is compiled, and nothing is taken as independent
of what was seen of the same light before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from hardware.detector import Detector
from hardware.optics.bench import Clicks
from hardware.optics.count_law import Counts
from hardware.optics.light_group import LightGroup, SentMode
from hardware.optics.optical_circuit import FAINT, overlaps, passed
from qsim.kernel import Priority
from qsim.quantum.light import joined

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from hardware.optics.bench import Bench
    from hardware.optics.optical_assembly import Assembly
    from hardware.optics.optical_circuit import Marked
    from hardware.optics.optical_part import Route
    from qsim.kernel import Simulator
    from qsim.quantum.light import Light

_PHYSICS = Priority.PHYSICS
#: When what has come at one instant is looked at: after all of it.
_LOOK = Priority.REPORT


class PulseRun:
    """A bench played event by event.

    Args:
        sim: the clock.
        name: names its random streams.
        bench: assembly, period and choices.
        slots: how many slots it sends from now on.

    Attributes:
        settings: of the slots sent so far.
    """

    def __init__(self, sim: Simulator, name: str, bench: Bench, slots: int) -> None:
        self._sim = sim
        self._bench = bench
        self._slots = slots
        self._start = sim.now
        self._rng = sim.stream(f"bench/{name}")
        self._sent = [_Sent(assembly) for assembly in bench.assemblies]
        self._walk = bench.walk(sim.array_stream(f"bench/{name}/walk")) if bench.wanders else None
        self._ways: dict[tuple[int, ...], list[_Ways]] = {}
        self._detectors = {
            each: Detector(sim, f"{name}.{each}", model, self._clicked)
            for each, model in bench.detectors.items()
        }
        self._arrived: dict[str, list[tuple[LightGroup, int, Marked]]] = defaultdict(list)
        self._seen: dict[str, list[int]] = defaultdict(list)
        self._photons: dict[str, list[int]] = defaultdict(list)
        self.settings: list[int] = []
        if slots:
            sim.post(0, self._send, priority=_PHYSICS)

    def clicks(self) -> Clicks:
        """The clicks so far, by slot and outlet."""
        pattern = np.zeros(self._slots, dtype=np.int64)
        for slot, outlet, _ in self._windowed():
            np.bitwise_or.at(pattern, slot, 1 << outlet)
        slot = np.flatnonzero(pattern)
        outlets = len(self._bench.outlets)
        cell = (np.array(self.settings, dtype=np.int64)[slot] << outlets) + pattern[slot]
        return Clicks(slot, cell, outlets)

    def counts(self) -> Counts:
        """What each outlet has seen so far, dark counts included; for detectors that count, see `Counts`."""
        photons = np.zeros((self._slots, len(self._bench.outlets)), dtype=np.int64)
        for slot, outlet, number in self._windowed():
            np.add.at(photons, (slot, outlet), number)
        for place, each in enumerate(self._bench.outlets):
            if not self._bench.detectors[each.detector].counts_photons:
                photons[:, place] = photons[:, place] > 0
        slot = np.flatnonzero(photons.any(axis=1))
        return Counts(slot, np.array(self.settings, dtype=np.int64)[slot], photons[slot])

    def _windowed(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        """Slots, outlets and photons of the clicks of each detector in its windows."""
        for channel in self._bench.channels:
            times = np.array(self._seen[channel.name], dtype=np.int64) - self._start - channel.first
            slot, outlet = channel.windowed(times)
            inside = (outlet >= 0) & (slot >= 0) & (slot < self._slots)
            photons = np.array(self._photons[channel.name], dtype=np.int64)
            yield slot[inside], outlet[inside], photons[inside]

    def _send(self) -> None:
        bench = self._bench
        setting = self._rng.choices(range(len(bench.chances)), bench.chances.tolist())[0]
        slot = len(self.settings)
        self.settings.append(setting)
        sent = self._sent[setting]
        modes = tuple(SentMode(slot, *mode, place) for place, mode in enumerate(sent.owners))
        group = LightGroup(sent.light(self._rng), modes)
        ways = self._ways_now()[setting]
        for place, (out, mode, wavelength) in enumerate(sent.modes):
            part = np.zeros((2, len(modes)), dtype=np.complex128)
            part[mode.polarisation, place] = 1
            self._sim.post(
                mode.time_ps,
                self._leave,
                out,
                setting,
                ways,
                wavelength,
                group,
                {(): part},
                priority=_PHYSICS,
            )
        self._watch(slot)
        if self._walk is not None:
            self._walk.forward(1)
        if slot + 1 < self._slots:
            self._sim.post(bench.period_ps, self._send, priority=_PHYSICS)

    def _watch(self, slot: int) -> None:
        """Wake gated detectors for the light of a slot."""
        begin = self._start + slot * self._bench.period_ps
        for outlet in self._bench.outlets:
            model = self._bench.detectors[outlet.detector]
            if model.gated:
                opens = begin + outlet.time_ps + model.opens_ps()
                # A window may have opened before the slot began.
                self._detectors[outlet.detector].awake(max(opens, self._sim.now), opens + model.window_ps())

    def _ways_now(self) -> list[_Ways]:
        """The routes of each setting for light that is sent now."""
        place = () if self._walk is None else self._walk.place
        if place not in self._ways:
            moved = {} if self._walk is None else self._walk.moved(place)
            self._ways[place] = [_Ways(each) for each in self._bench.moved(moved)]
        return self._ways[place]

    def _leave(
        self, out: str, setting: int, ways: _Ways, wavelength: float, group: LightGroup, marked: Marked
    ) -> None:
        """Light leaves a port; it is at the next one at the same instant."""
        assembly = self._bench.assemblies[setting]
        port = assembly.follows.get(out)
        if port is None or max(np.abs(part).max() for part in marked.values()) < FAINT:
            return
        name = port.partition(".")[0]
        if name in self._detectors:
            if not self._arrived[name]:
                self._sim.post(0, self._look, name, priority=_LOOK)
            self._arrived[name].append((group, setting, marked))
            return
        for route in ways.from_port(port, wavelength):
            after = passed(name, route, marked)
            self._sim.post(
                route.delay_ps,
                self._leave,
                f"{name}.{route.out}",
                setting,
                ways,
                wavelength,
                group,
                after,
                priority=_PHYSICS,
            )

    def _look(self, name: str) -> None:
        """A detector absorbs what has come to it at this instant, or does not."""
        arrived, self._arrived[name] = self._arrived[name], []
        group = arrived[0][0].current()
        for other, _, _ in arrived[1:]:
            if other.current() is not group:
                group = group.merged(other.current())
        weight = self._weight(group, arrived) * self._bench.detectors[name].efficiency
        if self._bench.detectors[name].counts_photons:
            if number := group.counts(weight, self._rng):
                self._detectors[name].absorb(number)
        elif group.clicks(weight, self._rng):
            self._detectors[name].absorb()

    def _weight(
        self, group: LightGroup, arrived: list[tuple[LightGroup, int, Marked]]
    ) -> NDArray[np.complex128]:
        place = {mode: k for k, mode in enumerate(group.modes)}
        rows: dict[tuple[str, ...], NDArray[np.complex128]] = {}
        for source, _, marked in arrived:
            columns = [place[mode] for mode in source.modes]
            for mark, part in marked.items():
                row = rows.setdefault(mark, np.zeros((2, len(place)), dtype=np.complex128))
                row[:, columns] += part
        total = sum(row.conj().T @ row for row in rows.values())
        owners = tuple((mode.source, mode.family) for mode in group.modes)
        return np.asarray(total * self._sent[arrived[0][1]].overlaps(owners), dtype=np.complex128)

    def _clicked(self, detector: Detector) -> None:
        name = next(name for name, each in self._detectors.items() if each is detector)
        self._seen[name].append(detector.stated)
        self._photons[name].append(detector.counted)


class _Ways:
    """The routes from each port of an assembly, as far as light has asked for them."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._known: dict[tuple[str, float], list[Route]] = {}

    def from_port(self, port: str, wavelength: float) -> list[Route]:
        """The routes of light of a wavelength in m that comes to an input."""
        if (port, wavelength) not in self._known:
            name, _, into = port.partition(".")
            routes = self._assembly.parts[name].routes(wavelength)
            self._known[port, wavelength] = [route for route in routes if route.into == into]
        return self._known[port, wavelength]


class _Sent:
    """What the sources of an assembly send in a slot."""

    def __init__(self, assembly: Assembly) -> None:
        sources = assembly.sources
        self._emissions = {name: source.emission() for name, source in sources.items()}
        self._packets = {name: source.packet() for name, source in sources.items()}
        sent = [(name, mode) for name, each in self._emissions.items() for mode in each.modes]
        self.owners = [(name, mode.family) for name, mode in sent]
        self.modes = [(f"{name}.{mode.port}", mode, self._packets[name].wavelength) for name, mode in sent]
        self._random = any(each.random_phase for each in self._emissions.values())
        self._light = joined([each.light for each in self._emissions.values()])
        self._known: dict[tuple[tuple[str, int], ...], NDArray[np.float64]] = {}

    def light(self, rng: random.Random) -> Light:
        """The light of a slot, with phases of its own."""
        if not self._random:
            return self._light
        return joined(
            [
                each.light.turned(np.array(2 * np.pi * rng.random())) if each.random_phase else each.light
                for each in self._emissions.values()
            ]
        )

    def overlaps(self, owners: tuple[tuple[str, int], ...]) -> NDArray[np.float64]:
        """Overlaps of modes of given sources and families."""
        if owners not in self._known:
            self._known[owners] = overlaps(self._packets, owners)
        return self._known[owners]

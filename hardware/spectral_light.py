"""Attempts that use several modes in frequency at once, at photon detail.

Each mode has light of its own and detectors of its own; what the two ends keep is the first mode that is
heralded. Round by round those modes go on that have passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware.light import LightPath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hardware.classical import Node
    from hardware.clicks import Emitters
    from hardware.heads import Window
    from hardware.light import Attempt, Light
    from hardware.memory import Memory
    from hardware.spins import SpinPair
    from hardware.station import HeraldingStation


class ModePath(LightPath):
    """A link as the light of one mode of one attempt sees it.

    Attributes:
        left: the state that its herald has really left.
    """

    def __init__(self, path: LightPath, station: HeraldingStation) -> None:
        super().__init__(path.name, *path.ports, station)
        self._path = path
        self.left: Emitters | None = None

    @property
    def prepared(self) -> SpinPair | None:
        return self._path.prepared

    def record(self, state: Emitters) -> None:
        self.left = state


class _Mode:
    """The part of an attempt that one mode plays, as its light sees it."""

    __slots__ = ("_whole", "light", "passed", "path")

    def __init__(self, whole: SpectralLight, path: ModePath) -> None:
        self._whole = whole
        self.path = path
        self.passed = True
        self.light: Light

    @property
    def up(self) -> Memory:
        return self._whole.attempt.up

    @property
    def down(self) -> Memory:
        return self._whole.attempt.down

    @property
    def over(self) -> bool:
        return self._whole.attempt.over

    def seen(self, place: Node, passed: bool) -> None:
        self.passed = self.passed and passed
        # The station of a mode is a part of the link's.
        self._whole.saw(self._whole.path.station if place is self.path.station else place)


class SpectralLight:
    """The light of all modes of one attempt.

    Args:
        path: the link.
        attempt: what the light belongs to.
        stations: the station of each mode, that of the link first.
        make: makes the light of one mode.
    """

    __slots__ = ("_modes", "_seen", "attempt", "path")

    def __init__(
        self,
        path: LightPath,
        attempt: Attempt,
        stations: Sequence[HeraldingStation],
        make: Callable[[LightPath, Attempt], Light],
    ) -> None:
        self.path = path
        self.attempt = attempt
        self._modes = [_Mode(self, ModePath(path, station)) for station in stations]
        for mode in self._modes:
            mode.light = make(mode.path, mode)
        self._seen: list[Node] = []

    @property
    def seen(self) -> Sequence[Window]:
        """What the station saw of the mode that is kept."""
        return next((mode.light.seen for mode in self._modes if mode.passed), ())

    def open(self, earliest: int) -> int:
        """Prepare the next round of all modes that have passed, by the calendar of the first."""
        self._modes = [mode for mode in self._modes if mode.passed]
        if self._modes[0].path.station is not self.path.station:
            earliest = self.path.station.book(earliest)
        arrival = earliest
        for mode in self._modes:
            arrival = mode.light.open(arrival)
        return arrival

    def send(self, memory: Memory) -> None:
        """Let one end do its part in the round in hand."""
        for mode in self._modes:
            mode.light.send(memory)

    def saw(self, place: Node) -> None:
        """A place has seen its part of one mode; once it has seen all, it says whether any is left."""
        self._seen.append(place)
        if self._seen.count(place) < len(self._modes):
            return
        self._seen = [other for other in self._seen if other is not place]
        passed = next((mode for mode in self._modes if mode.passed), None)
        if passed is not None and passed.path.left is not None:
            self.path.record(passed.path.left)
        self.attempt.seen(place, passed is not None)

"""Single-photon detectors: threshold detectors with losses, dark counts and dead time."""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1
from typing import TYPE_CHECKING, Annotated, Protocol

from qsim.kernel import Priority
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register
from qsim.units import PS_PER_S, to_ps

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsim.kernel import Simulator


class DetectorModel(Protocol):
    """What a station asks of its two detectors; registered under the kind "detector".

    Attributes:
        efficiency: probability that an arriving photon clicks.
        dark_count_rate: rate of clicks without light, Hz.
    """

    @property
    def efficiency(self) -> float: ...

    @property
    def dark_count_rate(self) -> float: ...

    def window_ps(self) -> int:
        """Width of the detection window, ps, even."""
        ...

    def dead_time_ps(self) -> int:
        """Time after a click during which the detector is blind, ps."""
        ...

    def click_probability(self, photons: int) -> float:
        """Probability that a live detector clicks in a window that so many photons reach."""
        ...


define_kind("detector", DetectorModel, "how-to/device.md")


@register("detector", "threshold")
@dataclass(frozen=True)
class ThresholdDetector(Declared):
    """A detector that tells light from darkness but does not count photons."""

    efficiency: Annotated[float, Param("probability that an arriving photon clicks", ge=0, le=1)] = 0.9
    dark_count_rate: Annotated[float, Param("rate of clicks without light", unit="Hz", ge=0, le=PS_PER_S)] = (
        0.0
    )
    count_rate: Annotated[
        float | None,
        Param("highest count rate; its inverse is the dead time, None for no dead time", unit="Hz", gt=0),
    ] = 25e6
    time_resolution: Annotated[
        float,
        Param("clicks closer than this cannot be told apart", unit="s", ge=0, source="SeQUeNCe default"),
    ] = 150e-12
    window: Annotated[
        float, Param("detection window round the expected arrival of a photon", unit="s", gt=0)
    ] = 1e-9

    def window_ps(self) -> int:
        """Width of the detection window in picoseconds, never below the time resolution, and even."""
        width = to_ps(max(self.window, self.time_resolution))
        return width + width % 2

    def dark_probability(self) -> float:
        """Probability of at least one dark count in a window, 1 - e^(-rate window)."""
        return -expm1(-self.dark_count_rate * self.window_ps() / PS_PER_S)

    def dead_time_ps(self) -> int:
        """Time after a click during which the detector is blind, picoseconds."""
        return 0 if self.count_rate is None else to_ps(1 / self.count_rate)

    def click_probability(self, photons: int) -> float:
        """Probability that a live detector clicks in a window that `photons` photons reach."""
        dark = self.dark_probability()
        # Without differences from 1, small probabilities keep their digits.
        seen = 0.0
        for _ in range(photons):
            seen += (1 - seen) * self.efficiency
        return dark + (1 - dark) * seen


class Detector:
    """One detector of a station while a simulation runs at photon detail.

    Dark counts are a Poisson process of events of their own. After a click the detector is blind for its dead
    time; clicks meanwhile are lost and do not prolong it.

    Args:
        name: names its random stream.
        model: its parameters.
        on_click: called at each click with the detector.

    Attributes:
        clicks: clicks so far.
    """

    def __init__(
        self, sim: Simulator, name: str, model: DetectorModel, on_click: Callable[[Detector], None]
    ) -> None:
        self._sim = sim
        self._rng = sim.stream(f"detector/{name}")
        self._efficiency = model.efficiency
        self._dead_ps = model.dead_time_ps()
        self._blind_until = -1
        self._on_click = on_click
        self.name = name
        self.model = model
        self.clicks = 0
        if model.dark_count_rate > 0:
            self._await_dark_count()

    def receive(self, photons: int) -> None:
        """Take the photons that arrive at this instant."""
        miss = (1 - self._efficiency) ** photons
        if self._rng.random() >= miss:
            self._click("photon")

    def _click(self, cause: str) -> None:
        now = self._sim.now
        if now <= self._blind_until:
            return
        self._blind_until = now + self._dead_ps if self._dead_ps else -1
        self.clicks += 1
        if self._sim.trace is not None:
            self._sim.trace.emit(now, "detector_clicked", self.name, detector=self.name, cause=cause)
        self._on_click(self)

    def _dark_count(self) -> None:
        self._click("dark")
        self._await_dark_count()

    def _await_dark_count(self) -> None:
        wait = to_ps(self._rng.expovariate(self.model.dark_count_rate))
        self._sim.post(wait, self._dark_count, priority=Priority.PHYSICS)

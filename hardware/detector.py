"""Single-photon detectors: losses, dark counts, dead time, afterpulses, jitter; with and without a count."""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1
from typing import TYPE_CHECKING, Annotated, Protocol

from qsim.errors import ParameterError
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
        gated: whether the detector sleeps outside its windows; otherwise it runs freely.
        counts_photons: whether it tells two photons from one.
        jitter: standard deviation of the time that it states, s.
        afterpulse_probability, afterpulse_lifetime: probability that a click is followed by one without
            light, and the mean time (s) after which it is; within the dead time nothing comes of it.
    """

    @property
    def efficiency(self) -> float: ...

    @property
    def dark_count_rate(self) -> float: ...

    @property
    def gated(self) -> bool: ...

    @property
    def counts_photons(self) -> bool: ...

    @property
    def jitter(self) -> float: ...

    @property
    def afterpulse_probability(self) -> float: ...

    @property
    def afterpulse_lifetime(self) -> float: ...

    def opens_ps(self) -> int:
        """When the window opens, after the expected arrival of a photon, ps."""
        ...

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
        Param("highest count rate; its inverse is the dead time, None for no dead time", unit="Hz", ge=1e-6),
    ] = 25e6
    time_resolution: Annotated[
        float,
        Param(
            "clicks closer than this cannot be told apart", unit="s", ge=0, le=3600, source="SeQUeNCe default"
        ),
    ] = 150e-12
    window: Annotated[float, Param("width of the detection window for a photon", unit="s", gt=0, le=3600)] = (
        1e-9
    )
    window_start: Annotated[
        float | None,
        Param(
            "when the window opens, after the expected arrival of a photon; None for half a window before it",
            unit="s",
            ge=-3600,
            le=3600,
        ),
    ] = None
    gated: Annotated[
        bool, Param("sleeps outside its windows, so that dark counts fall into windows only")
    ] = False
    jitter: Annotated[
        float,
        Param("standard deviation of the time that a click is given, which may move it out", unit="s", ge=0),
    ] = 0.0
    afterpulse_probability: Annotated[
        float,
        Param(
            "probability that a click traps a carrier whose release makes the detector click once more",
            ge=0,
            lt=1,
            source="Kang et al., J. Appl. Phys. 93, 2569 (2003)",
        ),
    ] = 0.0
    afterpulse_lifetime: Annotated[
        float, Param("mean time of a carrier in its trap; a release in the dead time passes", unit="s", gt=0)
    ] = 1e-6

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if self.opens_ps() + self.window_ps() <= 0:
            raise ParameterError(
                f"`ThresholdDetector.window_start` must be greater than -{self.window:g} s, the "
                f"width of the window, or the window is over as the photon comes, got {self.window_start:g} s"
            )

    @property
    def counts_photons(self) -> bool:
        """Whether it tells two photons from one: it does not."""
        return False

    def opens_ps(self) -> int:
        """When the window opens, picoseconds after the expected arrival of a photon."""
        return -self.window_ps() // 2 if self.window_start is None else to_ps(self.window_start)

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


@register("detector", "number-resolving")
@dataclass(frozen=True)
class NumberResolvingDetector(ThresholdDetector):
    """A detector that counts the photons of a window; a herald needs exactly one, dark counts included."""

    @property
    def counts_photons(self) -> bool:
        """Whether it tells two photons from one: it does."""
        return True


class Detector:
    """One detector of a station while a simulation runs at photon detail.

    Dark counts are a Poisson process of events of their own. After a click the detector is blind for its dead
    time; clicks meanwhile are lost and do not prolong it.

    Args:
        name: names its random stream.
        model: its parameters.
        on_click: called at each click with the detector.
        background: rate of noise photons that reach it, Hz.

    Attributes:
        clicks: clicks so far.
        stated: time that the last click is given, ps.
        counted: photons of the last click, as counted; 1 where the detector does not count.
    """

    def __init__(
        self,
        sim: Simulator,
        name: str,
        model: DetectorModel,
        on_click: Callable[[Detector], None],
        background: float = 0.0,
    ) -> None:
        self._sim = sim
        self._rng = sim.stream(f"detector/{name}")
        self._efficiency = model.efficiency
        self._dead_ps = model.dead_time_ps()
        self._jitter = model.jitter * PS_PER_S
        self._counts = model.counts_photons
        self._afterpulse = model.afterpulse_probability
        self._after_rate = 1 / model.afterpulse_lifetime
        self._dark_rate = model.dark_count_rate + background * model.efficiency
        # The stretches of time in which a gated detector is awake, in order.
        self._gates: list[tuple[int, int]] | None = [] if model.gated else None
        self._blind_until = -1
        self._on_click = on_click
        self.name = name
        self.model = model
        self.clicks = 0
        self.stated = 0
        self.counted = 1
        if self._dark_rate > 0 and self._gates is None:
            self._await_dark_count()

    def awake(self, since: int, until: int) -> None:
        """Watch in a window, whose dark counts a gated detector has then; another is awake anyway.

        Args:
            since, until: the window, ps; not in the past.
        """
        if self._gates is None:
            return
        self._gates = [gate for gate in self._gates if gate[1] >= self._sim.now]
        self._gates.append((since, until))
        if self._dark_rate > 0:
            time = since + to_ps(self._rng.expovariate(self._dark_rate))
            while time <= until:
                self._sim.post_at(time, self._click, "dark", priority=Priority.PHYSICS)
                time += to_ps(self._rng.expovariate(self._dark_rate))

    def receive(self, photons: int) -> None:
        """Take the photons that arrive at this instant."""
        if self._counts:
            counted = sum(self._rng.random() < self._efficiency for _ in range(photons))
            if counted:
                self._click("photon", counted)
            return
        miss = (1 - self._efficiency) ** photons
        if self._rng.random() >= miss:
            self._click("photon")

    def absorb(self, counted: int = 1) -> None:
        """Take light, or a number of photons, that it has been found to see, its efficiency counted in."""
        self._click("photon", counted)

    def _click(self, cause: str, counted: int = 1) -> None:
        now = self._sim.now
        if now <= self._blind_until:
            return
        if self._gates is not None and not any(since <= now <= until for since, until in self._gates):
            return
        self._blind_until = now + self._dead_ps if self._dead_ps else -1
        self.clicks += 1
        self.counted = counted
        self.stated = now
        if self._jitter and cause == "photon":
            # A spread of the times of clicks without light would change nothing.
            self.stated += round(self._rng.gauss(0.0, self._jitter))
        if self._afterpulse and self._rng.random() < self._afterpulse:
            wait = to_ps(self._rng.expovariate(self._after_rate))
            self._sim.post(wait, self._click, "afterpulse", priority=Priority.PHYSICS)
        if self._sim.trace is not None:
            self._sim.trace.emit(now, "detector_clicked", self.name, detector=self.name, cause=cause)
        self._on_click(self)

    def _dark_count(self) -> None:
        self._click("dark")
        self._await_dark_count()

    def _await_dark_count(self) -> None:
        wait = to_ps(self._rng.expovariate(self._dark_rate))
        self._sim.post(wait, self._dark_count, priority=Priority.PHYSICS)

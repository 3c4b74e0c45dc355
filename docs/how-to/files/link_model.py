"""Two link models of one's own, each at both levels of detail; run as a script, it compares them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, exp
from typing import TYPE_CHECKING, Annotated

import numpy as np

import qsim
from hardware.light import Attempt, Detection, Light, LightPath, MeetingLight
from hardware.link_models import AttemptProfile, LinkHardware, LinkModel, SingleClick
from hardware.spins import SpinPair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.clicks import Emitters
    from hardware.heads import Sight, Window
    from hardware.memory import Memory


@qsim.register("link-model", "drifting-click")
@dataclass(frozen=True)
class DriftingClick(SingleClick):
    """Single-click heralding over arms whose phases drift between attempts."""

    phase_noise: Annotated[float, qsim.Param("standard deviation of the phase, radians", ge=0)] = 0.5

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        """A Gaussian phase takes exp(-σ²/2) of the coherence."""
        first, second = self.optics(hardware).one_click(self.prepared(hardware))
        state = first.plus(second, -1)
        blurred = replace(state, coherence=state.coherence * exp(-(self.phase_noise**2) / 2))
        return AttemptProfile(blurred.trace, 1.0, hardware.with_white_noise(blurred.density_matrix()))

    def given(self, hardware: LinkHardware, seen: tuple[Sight, ...]) -> NDArray[np.complex128]:
        """The same where the station knows that a detector was blind."""
        rho = super().given(hardware, seen)
        rho[0, 3] = rho[3, 0] = rho[0, 3] * exp(-(self.phase_noise**2) / 2)
        return rho

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """The light of single-click heralding, from spins with a phase of this attempt's own."""
        assert path.prepared is not None
        spins = DriftingSpins(
            path.prepared, path.sim.stream("phase/" + path.name).gauss(0.0, self.phase_noise)
        )
        return MeetingLight(path, attempt, spins, self.bins_ps(), self.rounds)


class DriftingSpins(SpinPair):
    """Two spins whose light picks up a phase that nobody knows."""

    def __init__(self, prepared: SpinPair, phase: float) -> None:
        super().__init__(prepared.start, prepared.interference)
        self.phase = phase

    def heralded(self, sign: int) -> Emitters:
        """The state as announced; the imaginary part of the coherence averages to zero."""
        state = super().heralded(sign)
        return replace(state, coherence=state.coherence * cos(self.phase))


@qsim.register("link-model", "emit-and-absorb")
@dataclass(frozen=True)
class EmitAndAbsorb(LinkModel):
    """The first end emits a photon entangled with its memory, the second absorbs it and says so."""

    pair_fidelity: Annotated[float, qsim.Param("fidelity of a pair; the rest is white", ge=0.25, le=1)] = 0.95

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        """The photon has to pass both arms and both memories."""
        bell = np.zeros((4, 4), dtype=np.complex128)
        bell[np.ix_((0, 3), (0, 3))] = 0.5
        weight = (4 * self.pair_fidelity - 1) / 3
        state = weight * bell + (1 - weight) * np.eye(4) / 4
        success = hardware.eta_first * hardware.eta_second
        return AttemptProfile(success, 1.0, hardware.with_white_noise(state))

    def flights(self, path: LightPath) -> tuple[int, int]:
        """The first end acts a whole flight before the photon arrives at the second."""
        first, second = path.ports
        return first.flight + second.flight, 0

    def detections(self, path: LightPath) -> tuple[Detection, ...]:
        """The second end sees the result as the photon arrives."""
        return (Detection(path.ports[1].node, 0),)

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """One photon from the first end to the second."""
        return OnePhoton(path, attempt, self.flights(path)[0])


class OnePhoton:
    """The light of one attempt of `EmitAndAbsorb`."""

    def __init__(self, path: LightPath, attempt: Attempt, flight: int) -> None:
        self.path, self.attempt, self.flight = path, attempt, flight
        self.rng = path.sim.stream("photon/" + path.name)
        self.arrival = 0
        # No station sees anything that would tell more of the state.
        self.seen: tuple[Window, ...] = ()

    def open(self, earliest: int) -> int:
        """Nothing has to be booked: the photon arrives as early as it may."""
        self.arrival = earliest
        return earliest

    def send(self, memory: Memory) -> None:
        """The first end emits in time; the second one waits."""
        if self.path.port(memory.node).first:
            self.path.sim.post_at(self.arrival - self.flight, self.emit, memory)

    def emit(self, memory: Memory) -> None:
        """The photon leaves, unless a memory has left the attempt."""
        if not self.attempt.over:
            memory.ready_at = self.path.sim.now + self.path.ports[0].period
            self.path.sim.post(self.flight, self.absorb)

    def absorb(self) -> None:
        """The photon comes in at the second end, or it does not."""
        if not self.attempt.over:
            first, second = self.path.ports
            caught = self.rng.random() < first.efficiency * second.efficiency
            self.attempt.seen(second.node, caught)


def compare(model: str, duration: str) -> None:
    """Print attempts and heralds at both levels, the exact success, and fidelities."""
    net = qsim.Network(
        memory={"count": 2}, detector={"efficiency": 0.8, "count_rate": None}, link_model=model
    )
    net.add_nodes("a", "b").add_link("a", "b", "10 km", midpoint=0.3).request("a", "b", memories=2)
    for detail in ("attempt", "photon"):
        engine = net.engine(duration=duration, seed=5, detail=detail)
        engine.run()
        (link,) = engine.links
        print(model, detail, link.attempts, link.heralds, f"{link.profile.success:.6f}", end=" ")
        rho = link.trajectories.density_matrix()
        left = (rho[0, 0] + rho[3, 3] + 2 * rho[0, 3].real).real / 2
        print(f"{link.profile.fidelity:.6f} {left:.6f}")


if __name__ == "__main__":
    compare("drifting-click", "1.5 s")
    compare("emit-and-absorb", "0.3 s")

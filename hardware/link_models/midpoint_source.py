"""A source of photon pairs at the midpoint: each end absorbs one photon into a memory and says so.

The source is clocked. An attempt succeeds when both ends say that they have absorbed a photon of the same
tick; each end knows once its own photon is in and the other end's message has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import expm1
from typing import TYPE_CHECKING, Annotated

import numpy as np

from hardware.light import Detection
from hardware.link_models.base import AttemptProfile, LinkHardware, LinkModel
from hardware.source_light import PulseLight, SourceLight
from qsim.analytic import sources
from qsim.analytic.sources import End
from qsim.errors import ParameterError
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.light import Attempt, Light, LightPath
    from qsim.analytic.sources import Absorbed


@register("link-model", "midpoint-source")
@dataclass(frozen=True)
class MidpointSource(LinkModel):
    """Photon pairs from the middle of the link.

    Raises:
        ParameterError: a parameter out of bounds, or one that the statistics of the pairs do not have.
    """

    rate: Annotated[
        float,
        Param(
            "clock rate of the source", unit="Hz", gt=0, source="Coopmans et al., arXiv 2010.12535, 100 kHz"
        ),
    ] = 100e3
    pair_probability: Annotated[
        float, Param("probability that a clock tick emits a pair, with 'single' statistics", gt=0, le=1)
    ] = 1.0
    pair_fidelity: Annotated[
        float, Param("fidelity of an absorbed pair, memories apart; the rest is white noise", ge=0.25, le=1)
    ] = 1.0
    statistics: Annotated[
        str,
        Param(
            "how many pairs a tick emits: 'single' pairs with `pair_probability`, or a number with the mean "
            "`mean_pairs` that is 'thermal' (one mode of down-conversion) or 'poissonian' (many modes)",
            choices=("single", "thermal", "poissonian"),
            source="Mandel and Wolf, Optical Coherence and Quantum Optics, Cambridge (1995)",
        ),
    ] = "single"
    mean_pairs: Annotated[
        float | None,
        Param("mean number of pairs of a tick, of thermal and poissonian statistics", gt=0, le=100),
    ] = None
    g2: Annotated[
        float,
        Param(
            "autocorrelation g2(0) of a source of 'single' pairs: the share of ticks with two pairs, twice "
            "their probability over the mean squared",
            ge=0,
        ),
    ] = 0.0
    false_herald_rate: Annotated[
        float,
        Param("rate at which an end says that it has absorbed a photon without one", unit="Hz", ge=0),
    ] = 0.0
    herald_window: Annotated[
        float,
        Param("time round the arrival of a photon in which its absorption counts", unit="s", gt=0),
    ] = 1e-9

    def __post_init__(self) -> None:
        super().__post_init__()
        name = type(self).__name__
        if self.statistics == "single":
            if self.mean_pairs is not None:
                raise ParameterError(
                    f"`{name}.mean_pairs` belongs to thermal and poissonian statistics; those of single "
                    "pairs have `pair_probability`"
                )
        elif self.mean_pairs is None or self.g2:
            raise ParameterError(
                f"`{name}.statistics: {self.statistics}` needs `mean_pairs`, and has the `g2` that follows"
            )
        _ = self.pairs

    @cached_property
    def pairs(self) -> tuple[float, ...]:
        """Probability that a tick emits n = 0, 1, ... pairs."""
        if self.mean_pairs is None:
            return sources.at_most_two(self.pair_probability, self.g2)
        law = sources.thermal if self.statistics == "thermal" else sources.poissonian
        return law(self.mean_pairs)

    @property
    def outward(self) -> bool:
        return True

    def clock_ps(self) -> int:
        """Time between two ticks of the source, picoseconds."""
        return max(1, to_ps(1 / self.rate))

    def flights(self, path: LightPath) -> tuple[int, int]:
        """None: light begins in the middle."""
        return 0, 0

    def storage(self, path: LightPath) -> tuple[int, int]:
        """At the absorption at each end."""
        first, second = path.ports
        return first.flight, second.flight

    def detections(self, path: LightPath) -> tuple[Detection, ...]:
        """Each end sees whether its own photon is absorbed."""
        return tuple(Detection(port.node, port.flight) for port in path.ports)

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """The source emits; both ends absorb."""
        first, second = path.ports
        if self._plain(first.background, second.background):
            return SourceLight(path, attempt, self.pair_probability)
        ends = (
            self._end(first.efficiency, first.background),
            self._end(second.efficiency, second.background),
        )
        return PulseLight(path, attempt, self.pairs, ends, self._weight)

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        phi_plus = np.zeros((4, 4), dtype=np.complex128)
        phi_plus[np.ix_((0, 3), (0, 3))] = 0.5
        weight = self._weight
        if self._plain(*hardware.absorbed_background):
            success = self.pair_probability * hardware.eta_first * hardware.eta_second
        else:
            found = self.absorbed(hardware)
            success = found.both
            weight *= found.genuine / found.both if found.both > 0 else 0.0
        rho = weight * phi_plus + (1 - weight) * np.eye(4) / 4
        return AttemptProfile(success, 1.0, hardware.with_white_noise(rho))

    def absorbed(self, hardware: LinkHardware) -> Absorbed:
        """What the two ends make of one tick of the source."""
        first, second = hardware.absorbed_background
        return sources.absorbed(
            self.pairs, self._end(hardware.eta_first, first), self._end(hardware.eta_second, second)
        )

    @property
    def _weight(self) -> float:
        """Weight of Φ+ in an emitted pair."""
        return (4 * self.pair_fidelity - 1) / 3

    def _plain(self, *backgrounds: float) -> bool:
        """Whether single pairs are all that is ever absorbed."""
        return self.statistics == "single" and self.g2 == self.false_herald_rate == 0 and not any(backgrounds)

    def _end(self, efficiency: float, background: float) -> End:
        """One end; the light of the source is due in the middle of the window."""
        window = self.herald_window
        return End(
            efficiency,
            dark=-expm1(-self.false_herald_rate * window),
            noise=-expm1(-background * window),
            early=-expm1(-background * window / 2),
        )

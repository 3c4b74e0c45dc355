"""How the light of two emitters comes out of the beam splitter of a station.

Photons that reach it share its two outputs: those with a shape in the windows of the detectors
(`hardware.wave_packets`), those without one at the instant at which they are due.

References:
    Hong, Ou, Mandel, Phys. Rev. Lett. 59, 2044 (1987); a beam splitter of transmittance T lets two photons
    part with probability T² + R² - 2TRV.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from hardware.wave_packets import WavePackets


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where the photons of two arms end that have reached the beam splitter.

    Attributes:
        first, second: probabilities that a photon of an arm, alone, is in the window of output 0, and of 1.
        mutual: what a photon that comes out in the window of either output keeps of the coherence of db and
            bd, visibility and contrast apart.
        bunched: probability that two photons, one of each arm, are both in the window of one output.
        shares: how that is divided between the outputs.
        apart: probability that there is one in each window.
        lone: that one is in the window of output 0, or of 1, and the other one nowhere.
        missed: that neither is in a window.
        unseen: what a photon outside the windows keeps of the coherence, its output unknown.
    """

    first: tuple[float, float]
    second: tuple[float, float]
    mutual: tuple[float, float]
    bunched: float
    shares: tuple[float, float]
    apart: float
    lone: tuple[float, float]
    missed: float
    unseen: float


@dataclass(frozen=True, slots=True)
class Interference:
    """How the photons of two arms interfere at the beam splitter.

    Attributes:
        visibility: two-photon interference visibility, the squared overlap of the two photons' wave packets
            in all that the other attributes leave out.
        bunching: whether two photons that meet interfere; without it they choose their outputs
            independently, as SeQUeNCe has them do.
        splitter: transmittance of the beam splitter, from the first arm to output 0.
        contrast: what a phase between the arms that is not known leaves of a single photon's interference.
        packets: the shape of the photons and the windows; None for photons without one.
    """

    visibility: float
    bunching: bool
    splitter: float = 0.5
    contrast: float = 1.0
    packets: WavePackets | None = None

    def meeting(self) -> Meeting:
        """Probabilities for photons that reach the beam splitter."""
        through = self.splitter
        over = 1 - through
        crossed = self.visibility if self.bunching else 0.0
        mixed = sqrt(through * over)
        packets = self.packets
        if packets is None:
            bunched = 2 * through * over * (1 + crossed)
            return Meeting(
                first=(through, over),
                second=(over, through),
                mutual=(mixed, mixed),
                bunched=bunched,
                shares=(0.5, 0.5),
                apart=1 - bunched,
                lone=(0.0, 0.0),
                missed=0.0,
                unseen=0.0,
            )
        (first0, first1), (second0, second1) = packets.captured
        both = (
            through * over * (first0 * second0 + crossed * packets.crossed[0][0]),
            through * over * (first1 * second1 + crossed * packets.crossed[1][1]),
        )
        apart = through**2 * first0 * second1 + over**2 * first1 * second0
        apart -= 2 * through * over * crossed * packets.crossed[0][1]
        lone = (
            through * first0 + over * second0 - apart - 2 * both[0],
            over * first1 + through * second1 - apart - 2 * both[1],
        )
        bunched = both[0] + both[1]
        return Meeting(
            first=(through * first0, over * first1),
            second=(over * second0, through * second1),
            mutual=(mixed * abs(packets.coherent[0]), mixed * abs(packets.coherent[1])),
            bunched=bunched,
            shares=(both[0] / bunched, both[1] / bunched) if bunched > 0 else (0.5, 0.5),
            apart=apart,
            lone=lone,
            missed=1 - bunched - apart - lone[0] - lone[1],
            unseen=mixed * (packets.outside(0) - packets.outside(1)),
        )

    def apart_or_together(self, rng: random.Random) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Draw where two photons, one of each arm, come out.

        Returns:
            For either output the delays of its photons, s.
        """
        through, over = self.splitter, 1 - self.splitter
        mixed = through * over
        crossed = self.visibility if self.bunching else 0.0
        packets = self.packets
        if packets is None:
            if rng.random() < 2 * mixed * (1 + crossed):
                return ((0.0, 0.0), ()) if rng.random() < 0.5 else ((), (0.0, 0.0))
            return (0.0,), (0.0,)
        one, two = packets.delay(True, rng), packets.delay(False, rng)
        # Which of the two photons came when is known no further than their shapes tell.
        straight = packets.density(True, one) * packets.density(False, two)
        swapped = packets.density(True, two) * packets.density(False, one)
        either = straight + swapped
        interference = 2 * crossed * packets.crossing(one, two)
        if rng.random() * either < 2 * mixed * (either + interference):
            return ((one, two), ()) if rng.random() < 0.5 else ((), (one, two))
        as_drawn = through**2 * straight + over**2 * swapped - mixed * interference
        exchanged = through**2 * swapped + over**2 * straight - mixed * interference
        if rng.random() * (as_drawn + exchanged) < as_drawn:
            return (one,), (two,)
        return (two,), (one,)

"""The two spins of an attempt along one trajectory, at photon detail.

Where `hardware.clicks` follows all outcomes at once, this follows one: each loss and each detection is drawn,
and the state is the one that is left. Averages over trajectories give back the exact maps.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from hardware.clicks import Emitters
from hardware.emission import PLAIN
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    import random

    from hardware.emission import Emission
    from hardware.interference import Interference
    from qsim.quantum.noise import MemoryNoise


class SpinPair:
    """Joint state of two emitters: four populations and the coherence between db and bd.

    Args:
        start: the spins as prepared.
        interference: how their light interferes.
        emissions: what the two emitters send.
        laws: by which the two spins decay between emissions; None for never.

    Attributes:
        start, interference: as given.
    """

    __slots__ = (
        "_coherence",
        "_delays",
        "_doubles",
        "_emissions",
        "_laws",
        "_overlap",
        "_populations",
        "_second_photons",
        "interference",
        "start",
    )

    def __init__(
        self,
        start: Emitters,
        interference: Interference,
        emissions: tuple[Emission, Emission] = (PLAIN, PLAIN),
        laws: tuple[MemoryNoise | None, MemoryNoise | None] = (None, None),
    ) -> None:
        # dd, db, bd, bb: the first letter is the first spin's
        self._populations = (start.dd, start.db, start.bd, start.bb)
        self._coherence = start.coherence
        self.start = start
        self.interference = interference
        self._overlap = sqrt(interference.visibility) * interference.contrast
        self._emissions = emissions
        self._doubles = emissions[0].double > 0 or emissions[1].double > 0
        self._laws = laws
        self._delays: list[int] = []
        # Which arms' second photons have reached the station and are not detected yet.
        self._second_photons: list[bool] = []

    def again(self) -> SpinPair:
        """The same two spins as prepared, for another attempt."""
        return SpinPair(self.start, self.interference, self._emissions, self._laws)

    def flip(self) -> None:
        """A pi pulse on both spins."""
        dd, db, bd, bb = self._populations
        self._populations = (bb, bd, db, dd)

    def wait(self, duration: int) -> None:
        """Let both spins decay.

        Args:
            duration: for how long, ps.
        """
        first, second = self._laws
        if first is None and second is None:
            return
        decayed = Emitters(*self._populations, self._coherence).stored(self._laws, duration / PS_PER_S)
        self._populations = (decayed.dd, decayed.db, decayed.bd, decayed.bb)
        self._coherence = decayed.coherence

    @property
    def timed(self) -> bool:
        """Whether photons come later than they are expected."""
        return self.interference.packets is not None

    def delay(self) -> int:
        """How much later than expected the next of the photons that `detect` counted comes, ps.

        Those of the first detector come first.
        """
        return self._delays.pop(0)

    def survives(self, first: bool, probability: float, rng: random.Random) -> bool:
        """Draw whether the light of one spin reaches the station.

        Lost light tells the environment that the spin was bright; light that is not lost makes the bright
        state less likely in proportion.

        Args:
            first: which spin.
            probability: that a photon survives.
            rng: where the draw comes from.
        """
        if self._doubles:
            self._excite(first, probability, rng)
        dd, db, bd, bb = self._populations
        bright = bb + (bd if first else db)
        if rng.random() < bright * (1 - probability):
            self._collapse((0.0, 0.0, bd, bb) if first else (0.0, db, 0.0, bb), 0.0)
            return False
        kept = (
            (dd, db, bd * probability, bb * probability)
            if first
            else (dd, db * probability, bd, bb * probability)
        )
        self._collapse(kept, self._coherence * sqrt(probability))
        return True

    def _excite(self, first: bool, probability: float, rng: random.Random) -> None:
        """Draw whether a bright spin emits twice; wherever the second photon goes, it tells of the spin."""
        emission = self._emissions[0 if first else 1]
        dd, db, bd, bb = self._populations
        bright = bb + (bd if first else db)
        if rng.random() < bright * emission.double:
            self._collapse((0.0, 0.0, bd, bb) if first else (0.0, db, 0.0, bb), 0.0)
            if rng.random() < probability * emission.second_collected:
                self._second_photons.append(first)
            return
        once = 1 - emission.double
        kept = (dd, db, bd * once, bb * once) if first else (dd, db * once, bd, bb * once)
        self._collapse(kept, self._coherence * sqrt(once))

    def detect(self, first: bool, second: bool, rng: random.Random) -> tuple[int, int]:
        """Send the light that arrived through the beam splitter.

        Args:
            first, second: whether the light of each spin arrived.
            rng: where the draws come from.

        Returns:
            How many photons reach each of the two detectors.
        """
        here, there = self._arrivals(first, second, rng) if first or second else ((), ())
        if self._second_photons:
            more: tuple[list[float], list[float]] = [], []
            for of_first in self._second_photons:
                through = self.interference.splitter if of_first else 1 - self.interference.splitter
                packets = self.interference.packets
                delay = 0.0 if packets is None else packets.delay(of_first, rng)
                more[0 if rng.random() < through else 1].append(delay)
            self._second_photons.clear()
            here, there = (*here, *more[0]), (*there, *more[1])
        if self.interference.packets is not None:
            self._delays = [round(delay * PS_PER_S) for delay in (*here, *there)]
        return len(here), len(there)

    def heralded(self, sign: int) -> Emitters:
        """The state as announced, its phase corrected by `sign`."""
        return Emitters(*self._populations, sign * self._coherence)

    def _arrivals(
        self, first: bool, second: bool, rng: random.Random
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The delays of the photons at either detector, s."""
        _, db, bd, bb = self._populations
        none = (self._populations[0], 0.0 if second else db, 0.0 if first else bd, 0.0)
        two = bb if first and second else 0.0
        draw = rng.random() - sum(none)
        if draw < 0:
            self._collapse(none, 0.0)
            return (), ()
        if draw < two:
            self._collapse((0.0, 0.0, 0.0, bb), 0.0)
            return self.interference.apart_or_together(rng)
        return self._one_photon(first, second, rng)

    def _one_photon(
        self, first: bool, second: bool, rng: random.Random
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """One photon, of whichever spin is bright and whose light arrived."""
        _, db, bd, bb = self._populations
        light, packets = self.interference, self.interference.packets
        of_first, of_second = bd if first else 0.0, db if second else 0.0
        lone = 0.0 if first and second else bb
        delay = 0.0
        if packets is not None:
            mine = (of_first + (lone if first else 0.0)) / (of_first + of_second + lone)
            delay = packets.delay(rng.random() < mine, rng)
            of_first *= packets.density(True, delay)
            of_second *= packets.density(False, delay)
            lone *= packets.density(first, delay)
        through = light.splitter
        over = 1 - through
        ahead = of_first * through + of_second * over + lone * (through if first else over)
        output = rng.random() * (of_first + of_second + lone) < ahead
        if not output:
            through, over = over, through
        coherence = self._coherence * self._overlap * sqrt(through * over) if first and second else 0.0
        if packets is not None:
            densities = packets.density(True, delay) * packets.density(False, delay)
            coherence *= sqrt(densities) * packets.coherence(0 if output else 1, delay)
        one = (0.0, of_second * over, of_first * through, lone * (through if first else over))
        self._collapse(one, coherence if output else -coherence)
        return ((delay,), ()) if output else ((), (delay,))

    def _collapse(self, populations: tuple[float, float, float, float], coherence: float) -> None:
        dd, db, bd, bb = populations
        weight = dd + db + bd + bb
        self._populations = (dd / weight, db / weight, bd / weight, bb / weight)
        self._coherence = coherence / weight

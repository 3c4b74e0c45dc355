"""What one detector says in a window, and what clicks in and before it leave for its blindness in others.

How long a detector is blind is a `Law`. Times are in picoseconds, rates per picosecond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import erf, exp, log1p, sqrt
from typing import TYPE_CHECKING

import numpy as np

from hardware.blindness import Law, nodes_between
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import DetectorModel

#: Dead times after which a detector has forgotten when it was last known to be live.
_FORGOTTEN = 40
Factor = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class View:
    """What the laws ask of a detector.

    Attributes:
        model: the detector.
        opens: when its window opens, after the expected arrival of a photon, ps.
        width: of its window, ps.
        arrival: when a photon is expected, after the opening, ps.
        dead: time for which it is blind after a click, ps.
        rate: of clicks without light of the attempt, while live, 1/ps.
        extra: the part of them that noise photons bring.
        gated: whether it sleeps outside its windows.
        counts: whether it tells two photons from one.
        kept: probability that the time stated of an expected photon is in the window.
        afterpulse, lifetime: probability that a click is followed by one without light, and after how long
            (mean, ps).
    """

    model: DetectorModel
    opens: int
    width: float
    arrival: float
    dead: float
    rate: float
    extra: float
    gated: bool
    counts: bool
    kept: float
    afterpulse: float
    lifetime: float

    @classmethod
    def of(cls, model: DetectorModel, background: float, sharp: bool) -> View:
        """A detector that so many noise photons reach in a second; `sharp` as in `Heads.of`."""
        width = float(model.window_ps())
        # What a class of a user's own says of a window stands; its rate follows.
        dark = model.click_probability(0)
        rate = -log1p(-dark) / width if dark < 1 else model.dark_count_rate / PS_PER_S
        extra = background * model.efficiency / PS_PER_S
        return cls(
            model,
            model.opens_ps(),
            width,
            min(max(float(-model.opens_ps()), 0.0), width),
            float(model.dead_time_ps()),
            rate + extra,
            extra,
            model.gated,
            model.counts_photons,
            _kept(model) if sharp else 1.0,
            model.afterpulse_probability,
            model.afterpulse_lifetime * PS_PER_S,
        )

    def memory(self) -> float:
        """How long after a click it may still show, ps."""
        tail = 20 * self.lifetime if self.afterpulse else 0.0
        return max(self.dead, tail)

    def age(self, since: int) -> float | None:
        """Time from a click to the opening of a window, ps; None where that no longer shows.

        Args:
            since: time from the click to the expected arrival of the window's photon, ps.
        """
        age = float(since + self.opens)
        if age > self.memory():
            return None
        # Blind throughout is blind throughout.
        return 0.0 if self.dead - age >= self.width else age

    # what it says in a window

    def seen(self, photons: int) -> float:
        """Probability that photons make a live detector click."""
        seen = 0.0
        for _ in range(photons):
            seen += (1 - seen) * self.model.efficiency
        # However many photons it took, a click is given one time.
        return seen * self.kept

    def _one(self, photons: int) -> float:
        """Probability that a live detector counts one of so many photons, and no dark count after it."""
        eta = self.model.efficiency
        counted = photons * eta * (1 - eta) ** max(photons - 1, 0)
        return counted * self.kept * self._nothing_after(self.arrival)

    def silent(self, law: Law, photons: int) -> float:
        """Probability of no click."""
        seen = np.where(self._meets(law.blind), self.seen(photons), 0.0)
        return float(np.sum(law.weights * (1 - seen) * (1 - self._unlit(law))))

    def reports(self, law: Law, photons: int) -> float:
        """Probability of what is taken for one photon."""
        if self.counts:
            return self._exactly_one(law, photons)
        # Without differences from 1, small probabilities keep their digits.
        seen = np.where(self._meets(law.blind), self.seen(photons), 0.0)
        return float(np.sum(law.weights * (seen + (1 - seen) * self._unlit(law))))

    def _meets(self, blind: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether it is live as the light comes, which may be at the opening."""
        return np.asarray((blind < self.arrival) | (blind == 0))

    def _unlit(self, law: Law) -> NDArray[np.float64]:
        """Probability of a click without light, node by node."""
        dark = -np.expm1(-self.rate * np.maximum(self.width - law.blind, 0.0))
        return np.asarray(dark + (1 - dark) * law.again, dtype=np.float64)

    def _exactly_one(self, law: Law, photons: int) -> float:
        """Probability that one photon is counted, be it a photon or not."""
        none, one, total = 1 - self.seen(photons), self._one(photons), 0.0
        parts = zip(law.weights, law.blind, law.again, self._meets(law.blind), strict=True)
        for weight, blind, again, meets in parts:
            start = min(float(blind), self.width)
            if not meets:
                lit, unlit = 0.0, self._single(start, start, self.width)
            else:
                before = exp(-self.rate * (self.arrival - start))
                lit = one * before
                blinded = max(start, self.arrival - self.dead)
                unlit = none * self._single(start, start, blinded)
                unlit += self._single(start, blinded, self.arrival)
                unlit += none * self._single(start, self.arrival, self.width)
            # To first order in afterpulses: one more click spoils a count, or is the only one.
            silent = (none if meets else 1.0) * exp(-self.rate * (self.width - start))
            total += weight * ((lit + unlit) * (1 - again) + silent * again)
        return total

    def _nothing_after(self, click: float) -> float:
        return exp(-self.rate * max(self.width - click - self.dead, 0.0))

    def _single(self, live: float, since: float, until: float) -> float:
        """Probability that the only dark count of a window, live from a time on, is in an interval."""
        rate, turn = self.rate, min(max(self.width - self.dead, since), until)
        early = rate * (turn - since) * exp(-rate * (self.width - self.dead - live)) if turn > since else 0.0
        return early + exp(-rate * (turn - live)) - exp(-rate * (until - live))

    # when it is live

    def settled(self) -> Law | None:
        """Nothing is known of earlier clicks, which are dark; None where there are none."""
        if self.gated or not self.rate or not (self.dead or self.afterpulse):
            return None
        rate = self._unasked()
        live = 1 / (1 + rate * self.dead)
        law = self._spread(live, lambda blind: np.full_like(blind, rate * live), 0.0, ())
        again = -np.expm1((self.rate - rate) * np.maximum(self.width - law.blind, 0.0))
        return replace(law, again=again, settled=True)

    def _unasked(self) -> float:
        """Rate of clicks while live where nothing is known, 1/ps: dark counts and their afterpulses."""
        kept = self.afterpulse * exp(-self.dead / self.lifetime) if self.afterpulse else 0.0
        return self.rate / (1 - kept)

    def _waiting(self, live: float, time: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Probability to be live at a time of a window and not to have clicked in it, nothing known before.

        A detector that was blind at the opening is live by the end of one dead time: until then as many
        come to be live as click.
        """
        return np.asarray(live * np.exp(-self._unasked() * np.maximum(time - self.dead, 0.0)))

    def known(self, age: float) -> Law:
        """It clicked so long before the opening, and not since."""
        blind = max(self.dead - age, 0.0)
        return Law.point(blind, self._once_more(age, blind))

    def _once_more(self, age: float, blind: float) -> float:
        """Probability that a click of a known age is followed by another while the window is live."""
        if not self.afterpulse or blind >= self.width:
            return 0.0
        begin, end = exp(-(age + blind) / self.lifetime), exp(-(age + self.width) / self.lifetime)
        return self.afterpulse * (begin - end) / (1 - self._since(age))

    def _since(self, age: float) -> float:
        """Probability that a click was followed by another, without light, up to now."""
        if not self.afterpulse or age <= self.dead:
            return 0.0
        return self.afterpulse * (exp(-self.dead / self.lifetime) - exp(-age / self.lifetime))

    def _from_live(self, gap: float) -> Law:
        """It was live so long before the opening."""
        rate, dead = self.rate, self.dead
        if self.gated or not rate or not dead:
            return Law.point(0.0)
        if gap > _FORGOTTEN * dead:
            return self.settled() or Law.point(0.0)
        live = float(self._density(np.array([gap]))[0]) / rate
        kink = dead - gap % dead
        return self._spread(
            live, lambda blind: self._density(gap - dead + blind), max(dead - gap, 0.0), (kink,)
        )

    def _from_click(self, age: float) -> Law:
        """It clicked so long before the opening; later clicks are possible, and not known."""
        if age <= self.dead:
            return self.known(age)
        parts = [(1 - self._since(age), self._from_live(age - self.dead))]
        quiet = Law(
            parts[0][1].weights,
            parts[0][1].blind,
            np.array([self._once_more(age, blind) for blind in parts[0][1].blind]),
        )
        parts = [(parts[0][0], quiet)]
        if self.afterpulse and not self.gated:
            # The second click at a time after the first, blind until a dead time after it.
            since = max(self.dead, age - self.dead)
            times, weights = nodes_between(since, age)
            chances = weights * self.afterpulse / self.lifetime * np.exp(-times / self.lifetime)
            parts += [
                (float(chance), self.known(age - float(time)))
                for chance, time in zip(chances, times, strict=True)
            ]
            parts.append((max(self._since(age) - float(chances.sum()), 0.0), Law.point(0.0)))
        return Law.mixed(parts)[1]

    def _density(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rate of clicks at times after the detector was live, ps^-1: a renewal density."""
        total = np.zeros_like(time)
        for number in range(int(np.max(time) // self.dead) + 1):
            past = self.rate * (time - number * self.dead)
            term = np.exp(-past)
            for factor in range(1, number + 1):
                term = term * past / factor
            total += np.where(past >= 0, term, 0.0)
        return self.rate * total

    def _spread(
        self,
        live: float,
        density: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        least: float,
        kinks: tuple[float, ...],
    ) -> Law:
        """Live with a probability, or blind for a time of given density up to the dead time."""
        ends = (self.width - self.dead,) if self.counts else ()
        cuts = sorted({least, self.dead, self.arrival, self.width, *ends, *kinks})
        cuts = [cut for cut in cuts if least <= cut <= self.dead]
        weights, blind = [np.array([live])], [np.array([0.0])]
        for since, until in pairwise(cuts):
            nodes, lengths = nodes_between(since, until)
            weights.append(lengths * density(nodes))
            blind.append(nodes)
        joined = np.concatenate(weights)
        return Law(joined, np.concatenate(blind), np.zeros_like(joined))

    # what a first window says of a second

    def heard(self, law: Law, separation: float) -> Iterator[tuple[Factor, Law]]:
        """The ways of a report: probability by the number of photons, and what follows for a later window.

        Of several clicks in one window the first counts; that dark counts shorter than a window apart would
        shift the later blindness is left out.
        """
        lit: list[tuple[float, Law]] = []
        unlit: list[tuple[float, Law]] = []
        unseen: list[tuple[float, Law]] = []
        met = self._from_click(separation - self.arrival)
        if law.settled:
            # Sums over all that may have been before.
            live, rate = float(law.weights[0]), self._unasked()
            meeting = float(self._waiting(live, self.arrival))
            lit.append((meeting, met))

            def ready(time: NDArray[np.float64]) -> NDArray[np.float64]:
                return self._waiting(live, time)

            def met_light(time: NDArray[np.float64]) -> NDArray[np.float64]:
                return np.asarray(meeting * np.exp(-rate * (time - self.arrival)))

            def missed_light(time: NDArray[np.float64]) -> NDArray[np.float64]:
                return ready(time) - met_light(time)

            boost, blinded = rate / self.rate, self._blinded(0.0)
            (unseen if self.counts else unlit).extend(self._dark(boost, 0.0, blinded, separation, ready))
            unlit += self._dark(boost, blinded, self.arrival, separation, ready)
            if self.dead > self.arrival:
                unlit += self._dark(boost, self.arrival, self.width, separation, missed_light)
            unseen += self._dark(boost, self.arrival, self.width, separation, met_light)
            law = Law(law.weights[:0], law.blind[:0], law.again[:0])
        for weight, start, meets in zip(law.weights, law.blind, self._meets(law.blind), strict=True):
            begin = float(start)
            if meets:
                lit.append((weight * exp(-self.rate * (self.arrival - begin)), met))
                blinded = self._blinded(begin)
                early = unseen if self.counts else unlit
                early += self._after(weight, begin, begin, blinded, separation)
                unlit += self._after(weight, begin, blinded, self.arrival, separation)
            late = unseen if meets else unlit
            late += self._after(weight, begin, max(begin, self.arrival), self.width, separation)
        for ways, factor in (
            (lit, self._one if self.counts else self.seen),
            (unlit, lambda _photons: 1.0),
            (unseen, lambda photons: 1 - self.seen(photons)),
        ):
            total, then = Law.mixed(ways)
            if total > 0:
                yield _scaled(total, factor), then

    def _after(
        self, weight: float, live: float, since: float, until: float, separation: float
    ) -> list[tuple[float, Law]]:
        """The first dark counts after a detector has come to be live, in an interval."""
        weight *= exp(-self.rate * (since - live))
        return self._dark(weight, since, until, separation, lambda time: np.exp(-self.rate * (time - since)))

    def _blinded(self, live: float) -> float:
        """From when on, in a window, a click without light leaves it blind as the light comes."""
        return max(live, self.arrival - self.dead)

    def _dark(
        self,
        weight: float,
        since: float,
        until: float,
        separation: float,
        share: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    ) -> list[tuple[float, Law]]:
        """Dark counts in an interval, in so far as they count: a share by their time in the window."""
        ways: list[tuple[float, Law]] = []
        if not self.rate:
            return ways
        cuts = {since, until, *(cut for cut in (self.dead, self.width - self.dead) if since < cut < until)}
        for begin, end in pairwise(sorted(cuts)):
            times, lengths = nodes_between(begin, end)
            chances = weight * lengths * self.rate * share(times)
            for chance, time in zip(chances, times, strict=True):
                alone = self._nothing_after(float(time)) if self.counts else 1.0
                ways.append((float(chance) * alone, self._from_click(separation - float(time))))
        return ways

    def unheard(self, law: Law, separation: float) -> Iterator[tuple[Factor, Law]]:
        """The ways of silence, as `heard`."""
        unseen: list[tuple[float, Law]] = []
        blind: list[tuple[float, Law]] = []
        after = self._from_live(separation - self.width)
        if law.settled:
            live = float(law.weights[0])
            kept = exp(-self._unasked() * (self.width - self.arrival))
            met = float(self._waiting(live, self.arrival)) * kept
            unseen.append((met, after))
            blind.append((float(self._waiting(live, self.width)) - met, after))
            beyond = law.blind >= self.width
            law = Law(law.weights[beyond], law.blind[beyond], law.again[beyond])
        parts = zip(law.weights, law.blind, law.again, self._meets(law.blind), strict=True)
        for weight, start, again, meets in parts:
            ends, silence = float(start), exp(-self.rate * max(self.width - start, 0.0)) * (1 - again)
            then = after
            if ends >= separation:
                then = Law.point(ends - separation)
            elif ends > self.width:
                then = self._from_live(separation - ends)
            (unseen if meets else blind).append((float(weight * silence), then))
        for ways, factor in ((unseen, lambda photons: 1 - self.seen(photons)), (blind, lambda _photons: 1.0)):
            total, then = Law.mixed(ways)
            if total > 0:
                yield _scaled(total, factor), then


def _kept(model: DetectorModel) -> float:
    spread = model.jitter * PS_PER_S * sqrt(2)
    if not spread:
        return 1.0
    opens = model.opens_ps()
    return (erf((opens + model.window_ps()) / spread) - erf(opens / spread)) / 2


def _scaled(weight: float, factor: Factor) -> Factor:
    return lambda photons: weight * factor(photons)

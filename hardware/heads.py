"""The two detectors of a station in one window: which of them reports, and whether it could.

A detector that has clicked is blind for its dead time, and may click once more without light. So what it
says in a window depends on when it clicked before: on dark counts at any time, as far as nobody knows of them
(`Heads.of`); on clicks that the station has seen (`Heads.given`); on the click of an attempt's first window,
of which the station tells the output and not the instant (`Heads.followed`).

Times are in picoseconds, rates per picosecond. References: a free-running detector of dark rate r and dead
time D that clicks do not prolong is live 1/(1 + rD) of the time (G. F. Knoll, Radiation Detection and
Measurement, ch. 4); trapped carriers are released with an exponential law (Kang et al., J. Appl. Phys. 93,
2569 (2003)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.blindness import Law
from hardware.head_laws import View

if TYPE_CHECKING:
    from hardware.detector import DetectorModel

#: Most photons that may reach one detector in a window: two emitters, each of which may send two.
MOST = 4
#: A share of time in which dark counts blind a detector that is not worth following from window to window.
_RARE = 1e-4


@dataclass(frozen=True, slots=True)
class Head:
    """One detector in one window.

    Attributes:
        reports: probability that it says "one photon", by the number of photons that reach it.
        silent: probability that it says nothing.
    """

    reports: tuple[float, ...]
    silent: tuple[float, ...]

    @classmethod
    def under(cls, view: View, law: Law | None) -> Head:
        """A detector that may be blind at first; None for one that is not."""
        if law is None and not view.counts and not view.extra and view.kept == 1:
            reports = tuple(view.model.click_probability(photons) for photons in range(MOST + 1))
            return cls(reports, tuple(1 - click for click in reports))
        law = law or Law.point(0.0)
        return cls(
            tuple(view.reports(law, photons) for photons in range(MOST + 1)),
            tuple(view.silent(law, photons) for photons in range(MOST + 1)),
        )


@dataclass(frozen=True, slots=True)
class Window:
    """What a station saw of one window that was passed.

    Attributes:
        output: the output that reported alone.
        arrival: when the light was due, ps.
        clicked: when either detector clicked last before the window, ps; -1 for never.
    """

    output: int
    arrival: int
    clicked: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a station saw of one window that was passed, as far as it matters.

    Attributes:
        output: the output that reported alone.
        ages: time from either detector's last click before the window to its opening, ps; None where that
            no longer shows.
        separation: from the attempt's window before this one, ps; 0 where its click no longer shows.
    """

    output: int
    ages: tuple[float | None, ...]
    separation: int


@dataclass(frozen=True, slots=True)
class Heads:
    """The two detectors of a station in one window.

    Attributes:
        heads: the detectors.
        views: what they are.
        laws: when each comes to be live, None for live throughout.
    """

    heads: tuple[Head, Head]
    views: tuple[View, View]
    laws: tuple[Law | None, Law | None]

    @classmethod
    def of(
        cls,
        detectors: tuple[DetectorModel, DetectorModel],
        background: Sequence[float],
        *,
        sharp: bool = True,
    ) -> Heads:
        """Detectors of whose clicks before the window nothing is known.

        Args:
            detectors: the two.
            background: rates at which noise photons come out of the two arms, Hz.
            sharp: whether photons come at the instant at which they are expected, and it is for the
                detectors' jitter to move them out of a window; otherwise the photons told to `alone` are
                those in the window.
        """
        # Each noise photon takes either output of the beam splitter.
        first = second = View.of(detectors[0], sum(background) / 2, sharp)
        if detectors[1] is not detectors[0]:
            second = View.of(detectors[1], sum(background) / 2, sharp)
        law = first.settled()
        return cls._under((first, second), (law, law if second is first else second.settled()))

    @classmethod
    def _under(cls, views: tuple[View, View], laws: tuple[Law | None, Law | None]) -> Heads:
        first = Head.under(views[0], laws[0])
        if views[0] is views[1] and laws[0] is laws[1]:
            return cls((first, first), views, laws)
        return cls((first, Head.under(views[1], laws[1])), views, laws)

    def alone(self, output: int, here0: int, here1: int) -> float:
        """Probability that exactly one output reports one photon, and which.

        Args:
            output: 0 or 1.
            here0, here1: photons that reach either detector, at most `MOST`.
        """
        return self.report(output)(here0, here1)

    def report(self, output: int) -> Callable[[int, int], float]:
        """`alone` of one output, by the photons that reach either detector."""
        first, second = self.heads
        if output:
            reports, silent = second.reports, first.silent
            return lambda here0, here1: reports[here1] * silent[here0]
        reports, silent = first.reports, second.silent
        return lambda here0, here1: reports[here0] * silent[here1]

    def sights(self, seen: Sequence[Window]) -> tuple[Sight, ...] | None:
        """What matters of what the station saw; None where it tells nothing that was not known.

        Args:
            seen: the windows of an attempt, in order.
        """
        found: list[Sight] = []
        before: int | None = None
        for window in seen:
            ages = tuple(
                view.age(window.arrival - clicked) if clicked >= 0 else None
                for view, clicked in zip(self.views, window.clicked, strict=True)
            )
            apart = 0 if before is None else window.arrival - before
            found.append(Sight(window.output, ages, 0 if self._forget(apart) else apart))
            before = window.arrival
        plain = self.laws == (None, None) and self.heads[0] == self.heads[1]
        if plain and all(sight.ages == (None, None) and not sight.separation for sight in found):
            return None
        return tuple(found)

    def given(self, ages: Sequence[float | None]) -> Heads:
        """The detectors in a window before which each clicked last at a known time.

        Args:
            ages: time from either detector's last click to the opening of the window, ps; None where
                that is too long ago to matter.
        """
        laws = tuple(
            None if age is None else view.known(age) for view, age in zip(self.views, ages, strict=True)
        )
        return Heads._under(self.views, (laws[0], laws[1]))

    def _forget(self, separation: float) -> bool:
        """Whether a click in one window leaves no trace in another, so many ps later."""
        return all(view.memory() <= separation - view.width for view in self.views)

    def followed(
        self, output: int, separation: float, ages: Sequence[float | None] | None = None
    ) -> Iterator[tuple[Heads, Heads]]:
        """The ways in which one output may report alone in a window, with what follows from each in another.

        The station knows which output it was, not when in the window; and the instant tells how long that
        detector is blind. So the reports are sorted by what they say of the light.

        Args:
            output: the output that reports.
            separation: from the first window to the second, ps; 0 where no click shows for so long.
            ages: of the last clicks before the second window that are known, see `given`; the output's
                own is not, if it still shows.

        Yields:
            Detectors in the first window, for the probability `alone(output, ...)` of this way, and in the
            second.
        """
        if not separation or self._forget(separation):
            if ages is not None:
                yield self, self.given(ages)
                return
            if all(view.gated or view.rate * view.dead < _RARE for view in self.views):
                yield self, self
                return
        other = 1 - output
        mine, theirs = self.views[output], self.views[other]
        for heard, then in mine.heard(self.laws[output] or Law.point(0.0), separation):
            for quiet, after in theirs.unheard(self.laws[other] or Law.point(0.0), separation):
                if ages is not None:
                    age = ages[other]
                    after = Law.point(0.0) if age is None else theirs.known(age)
                nothing = (0.0,) * (MOST + 1)
                here = Head(tuple(heard(photons) for photons in range(MOST + 1)), nothing)
                there = Head(nothing, tuple(quiet(photons) for photons in range(MOST + 1)))
                if output:
                    yield (
                        Heads((there, here), self.views, self.laws),
                        Heads._under(self.views, (after, then)),
                    )
                else:
                    yield (
                        Heads((here, there), self.views, self.laws),
                        Heads._under(self.views, (then, after)),
                    )

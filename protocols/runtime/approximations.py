"""What a level of detail leaves out of the hardware described, where it is bound to matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp
from typing import TYPE_CHECKING

from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.link import Link

#: A chance of an afterpulse in the next attempt that is worth a note.
_SMALL = 1e-4


def dead_time_notes(links: Iterable[Link]) -> Iterator[str]:
    """Links whose detectors would still be blind when the next light of the same two memories meets.

    The attempt detail takes attempts to be independent; there such a dead time has no effect at all.

    Yields:
        One sentence for each pair of a dead time and a spacing of detections, naming the first link.
    """
    found: dict[tuple[int, int], list[str]] = {}
    for link in links:
        if all(seen.place is not link.station for seen in link.detections):
            continue
        dead = max(detector.dead_time_ps() for detector in link.hardware.detectors)
        spacing = _spacing(link)
        if dead > spacing:
            found.setdefault((dead, spacing), []).append(link.name)
    for (dead, spacing), names in found.items():
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield (
            f"detail 'attempt' leaves out the dead time of detectors: on link {names[0]}{others} they are "
            f"blind for {to_s(dead):g} s after a click, and light meets every {to_s(spacing):g} s; detail "
            "'photon' shows what that costs"
        )


def afterpulse_notes(links: Iterable[Link]) -> Iterator[str]:
    """Links whose detectors may still click again when the next light of the same two memories meets.

    Yields:
        One sentence for each choice of detectors, naming the first link.
    """
    found: dict[tuple[float, float], list[str]] = {}
    for link in links:
        if all(seen.place is not link.station for seen in link.detections):
            continue
        for detector in link.hardware.detectors:
            again, lifetime = detector.afterpulse_probability, detector.afterpulse_lifetime
            if again * exp(-to_s(_spacing(link)) / lifetime) > _SMALL:
                names = found.setdefault((again, lifetime), [])
                names += [] if link.name in names else [link.name]
    for (again, lifetime), names in found.items():
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield (
            f"detail 'attempt' leaves out afterpulses of one attempt in the next: on link {names[0]}{others} "
            f"a click is followed by another with probability {again:g} after {lifetime:g} s or so, which is "
            "longer than light takes to meet again; detail 'photon' shows what that costs"
        )


def _spacing(link: Link) -> int:
    """Least time from the last light of two memories in one round to their first in the next, ps."""
    between: int = link.handshake.spacing(link) - link.bins[-1]
    return between

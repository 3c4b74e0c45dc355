"""What a level of detail leaves out of the hardware described, where it is bound to matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from protocols.generation.crowded import CrowdedSession, crowded
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link


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
        dead, spacing = link.hardware.detector.dead_time_ps(), _spacing(link)
        if dead > spacing:
            found.setdefault((dead, spacing), []).append(link.name)
    for (dead, spacing), names in found.items():
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield (
            f"detail 'attempt' leaves out the dead time of detectors: on link {names[0]}{others} they are "
            f"blind for {to_s(dead):g} s after a click, and light meets every {to_s(spacing):g} s; detail "
            "'photon' shows what that costs"
        )


def crowd_notes(links: Iterable[Link]) -> Iterator[str]:
    """Links whose station has no room for all of their memories, where attempts are not slowed by it.

    Attempts that follow each other at a steady pace are (`hardware.crowd`).

    Yields:
        One sentence, naming the first link.
    """
    found = [
        link.name
        for link in links
        if crowded(link, link.handshake.spacing(link))
        and not issubclass(link.handshake.session(link, "attempt"), CrowdedSession)
    ]
    if found:
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield (
            f"detail 'attempt' leaves out that memories wait for each other at a station: on link {found[0]}"
            f"{others} all of them at once would make more attempts than it has room for; detail 'photon' "
            "shows what that costs"
        )


def _spacing(link: Link) -> int:
    """Least time between two meetings of light of the same two memories, ps."""
    spacing = link.handshake.spacing(link)
    return min(spacing, to_ps(link.model.bin_separation)) if link.model.bins > 1 else spacing

"""What a run leaves out: by its level of detail, or because no imperfection is described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qsim.quantum.noise import OperationNoise
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode


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


def ideal_notes(nodes: Iterable[QuantumNode], links: Sequence[Link]) -> Iterator[str]:
    """That every memory, processor and link in use is perfect: defaults describe no real hardware.

    Yields:
        One sentence, or none where any of them has an imperfection.
    """
    ideal = OperationNoise()
    if not links or any(link.profile.fidelity < 1 - 1e-9 for link in links):
        return
    for node in nodes:
        processor = node.processor
        noisy = processor.gate_noise != ideal or processor.swap_noise != ideal or processor.duration_ps() > 0
        if noisy or any(memory.noise is not None for memory in node.memories):
            return
    yield (
        "no imperfection is described: memories keep for ever, gates and fresh pairs are perfect, and "
        "operations take no time; `preset` names measured hardware (docs/how-to/hardware-values.md)"
    )


def _spacing(link: Link) -> int:
    """Least time between two meetings of light of the same two memories, ps."""
    spacing = link.handshake.spacing(link)
    return min(spacing, to_ps(link.model.bin_separation)) if link.model.bins > 1 else spacing

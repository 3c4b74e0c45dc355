"""What a run leaves out: by its level of detail, or because no imperfection is described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp, expm1
from typing import TYPE_CHECKING

from hardware.memories import law_of
from protocols.generation.crowded import CrowdedSession, crowded
from qsim.quantum.noise import OperationNoise
from qsim.quantum.state import keeps_relaxation
from qsim.registry import name_of
from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.context import Context, Late
    from qsim.quantum.state import PairState

#: A share of the photons of a link, caught by the windows of its detectors, that is worth a note.
_FEW = 0.5
#: A chance of an afterpulse in the next attempt that is worth a note.
_SMALL = 1e-4


def approximations(
    context: Context, nodes: Iterable[QuantumNode], links: Sequence[Link], under_way: Mapping[Link, int]
) -> Iterator[str]:
    """What the run, its level of detail and its formalism leave out on the links that have been used.

    Args:
        context: what the protocols share.
        nodes, links: those of the network.
        under_way: attempts of each link that it does not count yet.
    """
    used = [link for link in links if _used(link)]
    yield from ideal_notes(nodes, used)
    if context.detail == "attempt":
        yield from dead_time_notes(used)
        yield from afterpulse_notes(used)
        yield from crowd_notes(used)
    # A link that loses its photons may not have heralded anything yet.
    yield from window_notes(link for link in links if _used(link) or under_way.get(link))
    yield from relaxation_notes(context.formalism, used)
    yield from late_notes(context.late.values())


def dead_time_notes(links: Iterable[Link]) -> Iterator[str]:
    """Links whose detectors would still be blind when the next light of the same two memories meets.

    The attempt detail takes attempts to be independent; there such a dead time has no effect at all.

    Yields:
        One sentence for each pair of a dead time and a spacing of detections, naming the first link.
    """
    found: dict[tuple[int, int], list[str]] = {}
    for link in links:
        if not link.ends_at_station:
            continue
        dead = max(detector.dead_time_ps() for detector in link.hardware.detectors)
        spacing = _spacing(link)
        if dead > spacing:
            found.setdefault((dead, spacing), []).append(link.name)
    for (dead, spacing), names in found.items():
        yield (
            f"detail 'attempt' leaves out the dead time of detectors: on {_named(names)} they are "
            f"blind for {_time(to_s(dead))} after a click, and light meets every {_time(to_s(spacing))}; "
            "detail 'photon' shows what that costs"
        )


def afterpulse_notes(links: Iterable[Link]) -> Iterator[str]:
    """Links whose detectors may still click again when the next light of the same two memories meets.

    A gated detector shows only those that fall into a window; of one that runs freely all are told.

    Yields:
        One sentence for each choice of detectors and spacing of detections, naming the first link.
    """
    found: dict[tuple[float, float, float, float], list[str]] = {}
    for link in links:
        if not link.ends_at_station:
            continue
        spacing = to_s(_spacing(link))
        for detector in link.hardware.detectors:
            again, lifetime = detector.afterpulse_probability, detector.afterpulse_lifetime
            left = again * exp(-spacing / lifetime)
            # An afterpulse in a window counts; one shortly before it leaves a free-running detector blind.
            shown = detector.window_ps() + (0 if detector.gated else detector.dead_time_ps())
            disturbed = left * min(1.0, -expm1(-to_s(shown) / lifetime) / -expm1(-spacing / lifetime))
            if (disturbed if detector.gated else left) > _SMALL:
                names = found.setdefault((again, lifetime, spacing, disturbed), [])
                names += [] if link.name in names else [link.name]
    for (again, lifetime, spacing, disturbed), names in found.items():
        left = again * exp(-spacing / lifetime)
        yield (
            f"detail 'attempt' leaves out afterpulses of one attempt in the next: on {_named(names)} "
            f"a click is followed by another with probability {again:g}, after {_time(lifetime)} on average, "
            f"and light meets every {_time(spacing)}; {100 * left:.2g} % of clicks have theirs later than "
            f"that, {100 * disturbed:.2g} % in a later window or so shortly before that they blind it; "
            "detail 'photon' shows what that costs"
        )


def relaxation_notes(formalism: type[PairState], links: Iterable[Link]) -> Iterator[str]:
    """Links between memories with a T1 under a formalism that twirls it."""
    relaxing = [
        link.name
        for link in links
        for law in (link.hardware.first.noise(), link.hardware.second.noise())
        if law is not None and law.relaxation
    ]
    names = list(dict.fromkeys(relaxing))
    if names and not keeps_relaxation(formalism):
        yield (
            f"formalism '{name_of(formalism)}' takes energy relaxation (t1) for Pauli noise with the same "
            f"factors, as on {_named(names)}; fidelities are off by up to (1 - e^(-t/t1))^2/4 for halves "
            "stored for t; 'density-matrix' keeps it exactly"
        )


def late_notes(late: Iterable[Late]) -> Iterator[str]:
    """Links whose pairs are past their cut-off when an end hears of them, or has moved them."""
    for one in late:
        if one.moving:
            yield (
                f"{one.pairs} pairs between {one.between} were given up as {one.node} moved them: their "
                f"cut-off comes {to_s(one.allowed):g} s after the start of storage, the end of the move "
                f"{to_s(one.news):g} s after it"
            )
            continue
        yield (
            f"{one.pairs} pairs between {one.between} were given up as {one.node} heard of them: their "
            f"cut-off comes {to_s(one.allowed):g} s after the start of storage, the news "
            f"{to_s(one.news):g} s after it"
        )


def _time(seconds: float) -> str:
    """A time as people write it, such as 10 us."""
    units = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
    unit = next((name for name, size in units.items() if seconds >= size * (1 - 1e-9)), "ps")
    return f"{seconds / units.get(unit, 1e-12):g} {unit}"


def window_notes(links: Iterable[Link]) -> Iterator[str]:
    """Links whose detectors' windows miss most of the photons that memories with a lifetime send.

    Yields:
        One sentence for each share that is caught, naming the first link.
    """
    found: dict[tuple[float, float, float], list[str]] = {}
    for link in links:
        emissions, detectors = link.hardware.emissions, link.hardware.detectors
        if any(emission.lifetime is None for emission in emissions) or not link.detections:
            continue
        if not link.ends_at_station:
            continue
        from hardware.wave_packets import WavePackets

        captured = WavePackets.of(emissions, 0.0, detectors).captured
        share = min(min(arm) for arm in captured)
        if share < _FEW:
            lifetime = max(emission.lifetime or 0.0 for emission in emissions)
            window = to_s(min(detector.window_ps() for detector in detectors))
            found.setdefault((share, window, lifetime), []).append(link.name)
    for (share, window, lifetime), names in found.items():
        yield (
            f"on {_named(names)} the windows of the detectors, of {window:g} s, catch {share:.3g} of the "
            f"photons that memories with a lifetime of {lifetime:g} s send; `window` and `window_start` of "
            "the detector say when it listens (docs/how-to/best-value.md)"
        )


def _named(names: Sequence[str]) -> str:
    return f"link {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")


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
        yield (
            f"detail 'attempt' leaves out that memories wait for each other at a station: on {_named(found)} "
            "all of them at once would make more attempts than it has room for; detail 'photon' "
            "shows what that costs"
        )


def ideal_notes(nodes: Iterable[QuantumNode], links: Sequence[Link]) -> Iterator[str]:
    """That every memory, processor and link in use is perfect: defaults describe no real hardware.

    Yields:
        One sentence, or none where any of them has an imperfection.
    """
    ideal = OperationNoise()
    if not links or any(link.profile.fidelity < 1 - 1e-9 for link in links):
        return
    nodes = list(nodes)
    # Nodes that are alike share both.
    processors = {id(node.processor): node.processor for node in nodes}
    models = {id(model): model for node in nodes for model in node.memories.models}
    if any(
        processor.gate_noise != ideal or processor.swap_noise != ideal or processor.duration_ps() > 0
        for processor in processors.values()
    ) or any(law_of(model) is not None for model in models.values()):
        return
    yield (
        "no imperfection is described: memories keep for ever, gates and fresh pairs are perfect, and "
        "operations take no time; `preset` names measured hardware (docs/how-to/hardware-values.md)"
    )


def _used(link: Link) -> bool:
    return bool(link.attempts or link.heralds)


def _spacing(link: Link) -> int:
    """Least time from the last light of two memories in one round to their first in the next, ps."""
    between: int = link.handshake.spacing(link) - link.bins[-1]
    return between

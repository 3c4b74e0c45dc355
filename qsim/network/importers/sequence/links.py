"""The quantum side of a SeQUeNCe configuration: fibres, analysers, and what becomes a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from qsim.errors import NetworkError, nearest
from qsim.network.importers.sequence import absorptive
from qsim.network.importers.sequence import devices as hardware
from qsim.network.importers.sequence.nodes import Cast, template_of
from qsim.network.importers.sequence.unread_keys import Section

_MIDPOINT: Final = "meet_in_the_middle"
_NO_MEMORY: Final = ("a node of key distribution has no memory for a half of a pair", "no link")


@dataclass(frozen=True, slots=True)
class Arm:
    """One fibre from a node to a station.

    Attributes:
        node: the node.
        length: m.
        loss: dB.
        section: where the configuration says so.
    """

    node: str
    length: float
    loss: float
    section: Section


@dataclass(frozen=True, slots=True)
class Join:
    """Two nodes joined by two arms.

    Attributes:
        first, second: the arms.
        station: name of the analyser in the file; empty when the file leaves it to SeQUeNCe to make one.
        entry: the link in the new document.
    """

    first: Arm
    second: Arm
    station: str
    entry: dict[str, Any]


def join(top: Section, parts: Cast, *, bell_diagonal: bool) -> list[Join]:
    """All links, first those of ``qconnections``, then those of ``qchannels``, in the order of the file.

    Args:
        top: the configuration.
        parts: its nodes and stations.
        bell_diagonal: whether the formalism is SeQUeNCe's Bell-diagonal one, which implies its
            single-heralded generation.

    Raises:
        NetworkError: a malformed connection, or one to a node that is not there.
    """
    found: dict[frozenset[str], Join] = {}
    for connection in top.sections("qconnections"):
        _keep(found, _connection(top, connection, parts, bell_diagonal=bell_diagonal), parts)
    arms = _arms(top, parts)
    for name, fibres in arms.items():
        joined = _station(name, fibres, parts, bell_diagonal=bell_diagonal)
        if joined is not None:
            _keep(found, joined, parts)
    for name, station in parts.stations.items():
        if name not in arms:
            station.section.dropped_whole("an analyser joins two nodes, this one has no fibre", "no link")
    return list(found.values())


def _keep(found: dict[frozenset[str], Join], joined: Join, parts: Cast) -> None:
    """Keep a link, or tell why not."""
    pair = frozenset((joined.first.node, joined.second.node))
    if pair & parts.keys.keys():
        trouble = _NO_MEMORY
    elif len({absorptive.stores(parts.templates[node]) for node in pair}) > 1:
        trouble = "memories that absorb and memories that emit do not herald pairs together", "no link"
    elif pair in found:
        trouble = "two nodes have one link", "kept the link that comes first in the file"
    else:
        found[pair] = joined
        return
    for section in {arm.section.path: arm.section for arm in (joined.first, joined.second)}.values():
        section.dropped_whole(*trouble)


def _connection(top: Section, section: Section, parts: Cast, *, bell_diagonal: bool) -> Join:
    first, second = _known(section, "node1", parts), _known(section, "node2", parts)
    if first == second:
        raise section.fault("node2", f"a node other than '{first}'")
    if "seed" in section:
        section.harmless(
            "seed", "each entity draws from a stream of its own, seeded by its name", "run.seed 0"
        )
    if section.peek("type") not in (None, _MIDPOINT):
        section.changed(
            "type", "only stations in the middle are known to SeQUeNCe", "a station in the middle"
        )
    elif "type" in section:
        section.text("type")
    distance, attenuation = _fibre(section)
    half = distance // 2
    if 2 * half != distance:
        section.changed("distance", "SeQUeNCe halves it to whole metres", f"two arms of {half:g} m")
    one, other = (Arm(node, half, half * attenuation, section) for node in (first, second))
    template = template_of(top, section)
    entry = _entry(one, other, attenuation, template, parts, bell_diagonal=bell_diagonal)
    return Join(one, other, "", entry)


def _arms(top: Section, parts: Cast) -> dict[str, list[Arm]]:
    """Fibres by where they end."""
    made: dict[str, list[Arm]] = {}
    for channel in top.sections("qchannels"):
        near, far = channel.first_of("source", "node1"), channel.first_of("destination", "node2")
        ends = [channel.peek(end) for end in (near, far)]
        if all(isinstance(end, str) and (end in parts.nodes or end in parts.stations) for end in ends):
            pulses = [end in parts.keys for end in ends]
            if any(pulses):
                if not all(pulses):
                    channel.dropped_whole(*_NO_MEMORY)
                continue
        if near == "node1" and channel.peek("node1") in parts.stations:
            # Versions 0.2 name the two ends in either order.
            near, far = far, near
        source, target = _known(channel, near, parts), channel.text(far)
        length, attenuation = _fibre(channel)
        if target in parts.nodes:
            _direct(made, channel, source, target, Arm(source, length, length * attenuation, channel))
        elif target in parts.stations:
            made.setdefault(target, []).append(Arm(source, length, length * attenuation, channel))
        else:
            raise channel.fault(far, f"the name of a node{nearest(target, (*parts.nodes, *parts.stations))}")
    return made


def _direct(made: dict[str, list[Arm]], channel: Section, source: str, target: str, arm: Arm) -> None:
    """A fibre straight from node to node: a station is put in its middle."""
    ends = sorted((source, target))
    name = f"{ends[0]}\n{ends[1]}"
    if name in made:
        channel.harmless("destination", "the fibre in the other direction is this one", "one link")
        return
    channel.changed(
        "destination", "memories that meet without a station have no counterpart", "a station in its middle"
    )
    half = arm.length / 2
    made[name] = [Arm(node, half, arm.loss / 2, channel) for node in (source, target)]


def _station(name: str, arms: list[Arm], parts: Cast, *, bell_diagonal: bool) -> Join | None:
    """The link over an analyser, which the file may have or not."""
    station = parts.stations.get(name)
    if len(arms) != 2 or arms[0].node == arms[1].node:
        for arm in arms:
            arm.section.dropped_whole(
                f"an analyser joins two nodes by a fibre each, '{name}' has {len(arms)}", "no link"
            )
        return None
    first, second = arms
    length = first.length + second.length
    attenuation = first.section.number("attenuation", 0)
    if second.section.number("attenuation", 0) != attenuation and length > 0:
        attenuation = (first.loss + second.loss) / length
        second.section.changed(
            "attenuation",
            "both arms of a link are of one fibre",
            f"the mean over the length, {attenuation:.6g} dB/m",
        )
    template = station.template if station else None
    entry = _entry(first, second, attenuation, template, parts, bell_diagonal=bell_diagonal)
    return Join(first, second, name if station else "", entry)


def _entry(
    first: Arm, second: Arm, attenuation: float, template: Section | None, parts: Cast, *, bell_diagonal: bool
) -> dict[str, Any]:
    length = first.length + second.length
    entry: dict[str, Any] = {"between": [first.node, second.node], "length": length}
    if first.length != second.length:
        entry["midpoint"] = first.length / length
    # SeQUeNCe reserves the slots of a channel at 80 MHz, which no file can change.
    entry["fibre"] = {"attenuation": attenuation, "speed": 2e8, "slot_rate": 80e6}
    ends = [parts.templates[arm.node] for arm in (first, second)]
    if all(absorptive.stores(end) for end in ends):
        if template is not None and template.peek("encoding_type") == "absorptive":
            template.text("encoding_type")
        return entry | absorptive.link(ends, template)
    if _single_heralded(template, bell_diagonal=bell_diagonal):
        bsm = template.section("SingleHeraldedBSM") if template else None
        made = entry["detector"] = hardware.with_success_rate(bsm, hardware.detector(bsm))
        # One dead time and one window between the bins: SeQUeNCe loses no second click to the first.
        separation = 1 / made["count_rate"] + made["time_resolution"]
        entry["link_model"] = {"kind": "two-photon", "handshake": "negotiated", "bin_separation": separation}
    else:
        bsm = template.section("SingleAtomBSM") if template else None
        entry["detector"] = hardware.detector(bsm)
        entry["link_model"] = {"kind": "barrett-kok", "handshake": "negotiated", "bunching": False}
    if bsm is not None and "phase_error" in bsm:
        bsm.harmless("phase_error", "SeQUeNCe's analysers of memory photons do not apply it", "left out")
    return entry


def _single_heralded(template: Section | None, *, bell_diagonal: bool) -> bool:
    """Which of SeQUeNCe's two schemes a station serves.

    Its Bell-diagonal formalism works with the single-heralded scheme alone, the others with Barrett-Kok
    alone; a template that names none is read by the analyser it describes.
    """
    named = template.peek("encoding_type") if template else None
    if template is None or named is None:
        described = (
            template is not None and "SingleHeraldedBSM" in template and "SingleAtomBSM" not in template
        )
        return bell_diagonal or described
    if named in ("single_atom", "single_heralded"):
        template.text("encoding_type")
    else:
        template.changed(
            "encoding_type",
            "SeQUeNCe generates with single_atom or single_heralded",
            "what the formalism implies",
        )
        return bell_diagonal
    if (named == "single_heralded") != bell_diagonal:
        template.changed(
            "encoding_type", "SeQUeNCe runs this scheme in another formalism only", "the scheme that is named"
        )
    return bool(named == "single_heralded")


def _fibre(section: Section) -> tuple[float, float]:
    """Length and attenuation, both of which SeQUeNCe needs."""
    for key in ("distance", "attenuation"):
        if section.peek(key) is None:
            raise section.fault(key, "a number")
    return section.number("distance", 0, least=0), section.number("attenuation", 0, least=0)


def _known(section: Section, key: str, parts: Cast) -> str:
    name = section.text(key)
    if name not in parts.nodes:
        raise NetworkError(
            f"{section.keys.report.source}: {section.at(key)}: no node '{name}'{nearest(name, parts.nodes)}"
        )
    return name

"""Key distribution of a SeQUeNCe configuration: fibres from one QKDNode to another, and their ends.

A file says what SeQUeNCe's own loader reads (lengths, attenuation, the light source of a template) and
nothing of who sends and how long. The node that a fibre begins at is the transmitter. What its loader cannot
read and a file may say all the same (an encoding, detectors, the polarisation fidelity of a fibre) is taken
as it is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from qsim.network.importers.sequence import devices as hardware
from qsim.network.importers.sequence.nodes import Cast
from qsim.network.importers.sequence.unread_keys import Section

_KINDS: Final = {"polarization": "bb84-polarisation", "time_bin": "bb84-time-bin"}
#: SeQUeNCe's time from the early to the late bin, s.
_BINS: Final = 1400e-12
_UNREAD: Final = "SeQUeNCe's loader cannot read it from a file"
#: Slots of a session at the most, and sessions that a run holds at the least.
_SLOTS: Final = 1e9
_SESSIONS: Final = 10


@dataclass(frozen=True, slots=True)
class KeyLink:
    """Keys that one node makes with another over fibre of their own.

    Attributes:
        length: of the fibre, m.
        section: where the configuration says so.
        traffic: the application in the new document.
    """

    length: float
    section: Section
    traffic: dict[str, Any]

    @property
    def ends(self) -> tuple[str, str]:
        """Transmitter and receiver."""
        return self.traffic["initiator"], self.traffic["responder"]


def of_channels(top: Section, parts: Cast, duration: float) -> list[KeyLink]:
    """The fibres between nodes of key distribution, in the order of the file.

    Args:
        top: the configuration.
        parts: its nodes.
        duration: of the run, s.

    Raises:
        NetworkError: a malformed fibre, or a light source that is none.
    """
    found: dict[frozenset[str], KeyLink] = {}
    for channel in top.sections("qchannels"):
        near, far = channel.first_of("source", "node1"), channel.first_of("destination", "node2")
        ends = channel.peek(near), channel.peek(far)
        if not all(isinstance(end, str) and end in parts.keys for end in ends):
            continue
        if ends[0] == ends[1]:
            raise channel.fault(far, f"a node other than '{ends[0]}'")
        pair = frozenset(ends)
        if pair not in found:
            made = _link(channel, channel.text(near), channel.text(far), parts, duration)
            found[pair] = KeyLink(channel.number("distance", 0), channel, made)
        elif channel.text(near) and _way(channel) == _way(found[pair].section):
            channel.harmless(far, "keys are made by the light of one direction", "the fibre that comes first")
        else:
            channel.dropped_whole("keys are made by the light of one direction", "the fibre that comes first")
    return list(found.values())


def _way(channel: Section) -> tuple[float, float]:
    return channel.number("distance", 0, least=0), channel.number("attenuation", 0, least=0)


def _link(channel: Section, first: str, second: str, parts: Cast, duration: float) -> dict[str, Any]:
    for key in ("distance", "attenuation"):
        if channel.peek(key) is None:
            raise channel.fault(key, "a number")
    length, attenuation = _way(channel)
    sender, receiver = parts.keys[first], parts.keys[second]
    encoding = _encoding(sender) or _encoding(receiver) or "polarization"
    if _encoding(receiver) not in (None, encoding):
        raise receiver.fault("encoding", f"'{encoding}', as '{first}' has")
    light, flips = _light(parts.templates[first])
    source: dict[str, Any] = {"kind": _KINDS[encoding], "length": length} | light
    source["fibre"] = {"attenuation": attenuation, "speed": 2e8}
    width = _width(source, encoding, channel)
    source["detector"] = _detector(parts.templates[second], encoding) | {"window": width}
    source |= _errors(channel, parts.templates[first], encoding, flips)
    report = channel.keys.report
    block = max(1.0, float(min(_SLOTS, source["rate"] * duration / _SESSIONS) // 1))
    report.assumed(channel.path, "a file does not say who sends", f"light from '{first}' to '{second}'")
    report.assumed(
        channel.path,
        "a file does not say how long a key is to be, and SeQUeNCe neither shortens keys to what is secret "
        "nor takes their length into account",
        f"sessions of {block:g} slots, whose keys are secret where error rates are taken for exact",
    )
    return {
        "kind": "bb84",
        "initiator": first,
        "responder": second,
        "source": source,
        "block": block,
        "finite": False,
    }


def _encoding(node: Section) -> str | None:
    """What a node or its template calls its encoding, by name or as a mapping with one."""
    template = node.keys.top().section("templates")
    named = template.section(str(node.peek("template"))) if template and "template" in node else None
    for owner, key in ((node, "encoding"), (node, "encoding_type"), (named, "encoding_type")):
        if owner is None or owner.peek(key) is None:
            continue
        if not isinstance(owner.peek(key), str) or owner.peek(key) not in _KINDS:
            raise owner.fault(key, f"one of {', '.join(_KINDS)}")
        told = owner.text(key)
        owner.remark(key, _UNREAD)
        return told
    return None


def _light(template: Section | None) -> tuple[dict[str, Any], float]:
    """Rate, wavelength and intensity of a light source; and its probability of a phase flip."""
    laser = template.section("LightSource") if template else None
    if laser is None:
        return {"rate": 80e6, "wavelength": 1550e-9, "mean_photons": [0.1], "intensity_chances": [1.0]}, 0.0
    if laser.number("bandwidth", 0) != 0:
        laser.harmless("bandwidth", "no part of the receiver tells wavelengths apart", "left out")
    rate, wavelength = laser.number("frequency", 80e6), laser.number("wavelength", 1550)
    for key, value in (("frequency", rate), ("wavelength", wavelength)):
        if value <= 0:
            raise laser.fault(key, "a number above 0")
    flips = laser.number("phase_error", 0, least=0)
    if flips > 1:
        raise laser.fault("phase_error", "a probability")
    light = {"rate": rate, "wavelength": wavelength / 1e9}
    mean = laser.number("mean_photon_num", 0.1, least=0)
    return light | {"mean_photons": [mean], "intensity_chances": [1.0]}, flips


def _width(source: dict[str, Any], encoding: str, channel: Section) -> float:
    """Detection window, s: SeQUeNCe takes every click for that of the nearest slot, or bin."""
    period = round(1e12 / source["rate"])
    if encoding == "polarization":
        return float(period - period % 2) / 1e12
    bins: float = min(_BINS, period // 3 // 2 * 2 / 1e12)
    source["bin_separation"] = bins
    if bins < _BINS:
        channel.keys.report.changed(
            channel.path, None, "bins of 1400 ps do not fit three times into a slot", f"bins of {bins:g} s"
        )
    return bins


def _detector(template: Section | None, encoding: str) -> dict[str, Any]:
    given = template.section("QSDetector") if template else None
    if given is not None and "detectors" in given:
        given.keys.report.remark(given.at("detectors"), None, _UNREAD)
    return hardware.detectors(given, 2 if encoding == "polarization" else 3)


def _errors(channel: Section, template: Section | None, encoding: str, flips: float) -> dict[str, Any]:
    """What turns bits over: phase flips of the source, and polarisation that the fibre loses."""
    if encoding == "time_bin":
        if flips > 0.5 and template is not None:
            template.changed("LightSource", "a phase is flipped more often than not", "visibility 0")
        return {"visibility": max(0.0, 1 - 2 * flips)} if flips else {}
    wrong = 0.0
    if "polarization_fidelity" in channel:
        fidelity = channel.number("polarization_fidelity", 1, least=0)
        if fidelity > 1:
            raise channel.fault("polarization_fidelity", "a probability")
        channel.remark("polarization_fidelity", _UNREAD)
        wrong = (1 - fidelity) / 2
    if flips and template is not None and (laser := template.section("LightSource")) is not None:
        laser.changed(
            "phase_error",
            "it errs in the basis of the diagonals alone, misalignment in both",
            f"half of it in both, {flips / 2:g}, so that the mean is SeQUeNCe's",
        )
    both = wrong * (1 - flips / 2) + (1 - wrong) * flips / 2
    return {"misalignment": min(0.5, round(both, 12))} if both else {}

"""Absorptive memories of a SeQUeNCe configuration, and the links between them.

SeQUeNCe wires these by script, from an ``AbsorptiveMemory``, an ``SPDCSource`` and a station of Fock
detectors, and has no loader for them. A template that names these by their classes, with the arguments of
their constructors, is taken as it is meant. A train of pulses into the modes of a memory, and the wait for
its news, is one attempt here that uses all modes at once and takes longer by the train.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from qsim.analytic.frequency_combs import comb_efficiency
from qsim.network.importers.sequence import devices
from qsim.network.importers.sequence.unread_keys import Section

MEMORY: Final = "AbsorptiveMemory"
_SOURCE: Final = "SPDCSource"
#: Names under which the detectors of the station may stand.
_STATIONS: Final = ("QSDetectorFockInterference", "AbsorptiveBSM")
#: A comb that loses next to nothing by itself, since SeQUeNCe states the efficiency and not the comb.
_COMB: Final = {"optical_depth": 1e4, "finesse": 500.0}
_NO_COUNTERPART: Final = {
    "overlap_error": "photons that share a mode are in the state that is heralded",
    "prepare_time": "combs are ready from the start",
    "afc_lifetime": "combs last for ever",
}


def stores(template: Section | None) -> bool:
    """Whether a node with a template has absorptive memories."""
    return template is not None and template.peek(MEMORY) is not None


def memory(template: Section) -> dict[str, Any]:
    """The memories of a node, without their number.

    Raises:
        NetworkError: a malformed value.
    """
    given = _stored(template)
    given.keys.report.remark(given.path, None, "SeQUeNCe's loader makes no such memories from a file")
    modes = given.number("mode_number", 1, least=1)
    if modes != int(modes):
        raise given.fault("mode_number", "a whole number")
    fidelity = given.number("fidelity", 1, least=0)
    if fidelity < devices.WHITE:
        given.changed("fidelity", "no pair is worse than white noise", f"{devices.WHITE:g}")
    made = {
        "kind": "afc",
        "efficiency": _share(given, "absorption_efficiency"),
        "frequency": _rate(given, "frequency"),
        "initial_fidelity": max(fidelity, devices.WHITE),
        "wavelength": given.number("wavelength", 500, least=0) / 1e9,
        "spectral_modes": int(modes),
        "retrieval_efficiency": _retrieval(given),
        **_COMB,
    }
    for key, why in _NO_COUNTERPART.items():
        if given.number(key, 0) > 0:
            given.dropped(key, why, "left out")
    if given.flag("is_reversed", default=False):
        given.harmless("is_reversed", "halves are taken out one by one", "left out")
    return made | _storage(given)


def _retrieval(given: Section) -> float:
    """What comes out: the comb's efficiency and that of the spin wave, which scripts give as functions."""
    share = _share(given, "afc_efficiency") * _share(given, "spin_efficiency")
    comb = comb_efficiency(_COMB["optical_depth"], _COMB["finesse"], backward=True)
    given.keys.report.assumed(
        given.path,
        "SeQUeNCe states the efficiency of a comb, and neither depth nor finesse",
        f"optical_depth {_COMB['optical_depth']:g}, finesse {_COMB['finesse']:g}, which lose {1 - comb:.1g}",
    )
    return min(1.0, share / comb)


def _storage(given: Section) -> dict[str, float]:
    """How long it stores: a spin wave up to its coherence time; a comb alone for a time that is fixed."""
    time = given.number("coherence_time", -1)
    if not given.flag("is_spinwave", default=False):
        given.keys.report.changed(
            given.path,
            None,
            "a comb without a spin wave gives light back after a fixed time, be it heralded or not",
            "it stores until its half is used",
        )
        if time > 0:
            given.harmless("coherence_time", "SeQUeNCe reads it for spin waves alone", "left out")
        return {}
    return {"cutoff": time} if time > 0 else {}


def link(ends: Sequence[Section | None], station: Section | None) -> dict[str, Any]:
    """Detector and link model of a link between absorptive memories.

    Args:
        ends: the templates of its two ends.
        station: the template of its station.

    Raises:
        NetworkError: a malformed value.
    """
    first, second = (end for end in ends if end is not None)
    pairs, periods = zip(*(_source(end) for end in (first, second)), strict=True)
    mean = sum(pairs) / 2
    if pairs[0] != pairs[1]:
        second.keys.report.changed(
            second.at(_SOURCE), None, "both sources of a link are alike", f"the mean, {mean:g} pairs"
        )
    modes = min(end.number("mode_number", 1) for end in map(_stored, (first, second)))
    first.keys.report.changed(
        first.at(MEMORY),
        None,
        "of a train of pulses a memory keeps the first mode that is heralded, and the detectors do not blind "
        "each other's modes",
        f"attempts of {modes:g} modes at once, longer by the train",
    )
    named = next((name for name in _STATIONS if station is not None and name in station), None)
    detectors = devices.detectors(station.section(named) if station and named else None, 2)
    return {
        "detector": detectors,
        "link_model": {
            "kind": "stored-pairs",
            "mean_pairs": mean,
            "handshake": {"kind": "continuous", "overhead": (modes - 1) * max(periods)},
        },
    }


def _stored(template: Section) -> Section:
    given = template.section(MEMORY)
    assert given is not None
    return given


def _source(template: Section) -> tuple[float, float]:
    """Mean number of pairs, and the time from one pulse to the next into a mode of its own, s."""
    given = template.section(_SOURCE)
    bins = _rate(_stored(template), "frequency")
    if given is None:
        template.keys.report.assumed(
            template.at(_SOURCE), "no source of pairs is given", "80 MHz and 0.1 pairs, SeQUeNCe's defaults"
        )
        return 0.1, 1 / min(80e6, bins)
    rate = _rate(given, "frequency")
    if rate > bins:
        given.changed("frequency", "pulses that share a mode of the memory", f"one a mode, {bins:g} Hz")
    mean = given.number("mean_photon_num", 0.1)
    if not 0 < mean <= 1:
        raise given.fault("mean_photon_num", "a number above 0, at most 1")
    if given.number("phase_error", 0) != 0:
        given.dropped("phase_error", "SeQUeNCe's Fock states do not have it", "left out")
    if "wavelengths" in given:
        given.whole_table("wavelengths")
        given.harmless("wavelengths", "the attenuation of the fibre is given beside it", "left out")
    return mean, 1 / min(rate, bins)


def _share(given: Section, key: str) -> float:
    share = given.number(key, 1, least=0)
    if share > 1:
        raise given.fault(key, "a probability")
    return share


def _rate(given: Section, key: str) -> float:
    rate = given.number(key, 80e6)
    if rate <= 0:
        raise given.fault(key, "a number above 0")
    return rate

"""Memories and detectors from the templates of a SeQUeNCe configuration."""

from __future__ import annotations

from math import sqrt
from typing import Any, Final

from qsim.network.importers.sequence.unread_keys import Section, is_number

#: Frequency that stands for "no limit", Hz: one excitation in each picosecond.
UNLIMITED: Final = 1e12
#: Least fidelity of a pair, that of white noise.
WHITE: Final = 0.25


def memory(template: Section | None, *, decays: bool) -> dict[str, Any]:
    """The memories of a node, without their number.

    Args:
        template: the node's template.
        decays: whether SeQUeNCe lets the states decay, as it does in the Bell-diagonal formalism alone.
    """
    array = template.section("MemoryArray") if template else None
    if array is None:
        return {"efficiency": 1, "frequency": 80e6, "initial_fidelity": 0.85, "wavelength": 500e-9}
    made = {
        "efficiency": array.number("efficiency", 1, least=0),
        "frequency": _frequency(array),
        "initial_fidelity": _fidelity(array),
        "wavelength": array.number("wavelength", 500, least=0) / 1e9,
    }
    made.update(_lifetime(array, decays=decays))
    return made


def _frequency(array: Section) -> float:
    frequency = array.number("frequency", 80e6)
    if frequency > 0:
        return frequency
    array.harmless("frequency", "SeQUeNCe reads it as no limit", f"{UNLIMITED:g} Hz")
    return UNLIMITED


def _fidelity(array: Section) -> float:
    fidelity = array.number("fidelity", 0.85, least=0)
    if fidelity >= WHITE:
        return fidelity
    array.changed("fidelity", "no pair is worse than white noise", f"initial_fidelity {WHITE:g}")
    return WHITE


def _lifetime(array: Section, *, decays: bool) -> dict[str, Any]:
    """Decay rates and cut-off: a memory is given up at cutoff_ratio x coherence_time."""
    time = array.number("coherence_time", -1)
    ratio = array.number("cutoff_ratio", 1)
    cut = array.flag("cutoff_flag", default=True)
    made: dict[str, Any] = {}
    shares = _shares(array, decays=decays)
    if time <= 0:
        return made
    if decays:
        made = {
            name: share / time for name, share in zip(("pauli_x", "pauli_y", "pauli_z"), shares, strict=True)
        }
        if len(set(shares)) > 1:
            array.changed(
                "decoherence_errors",
                "SeQUeNCe twirls both pairs to Werner form at every swap and purification",
                "the Bell-diagonal state is kept as it is",
            )
    if cut:
        made["cutoff"] = ratio * time
    return made


def _shares(array: Section, *, decays: bool) -> list[float]:
    key = "decoherence_errors"
    if array.peek(key) is None:
        return [1 / 3] * 3
    if not decays:
        array.harmless(key, "in this formalism SeQUeNCe's memories do not decay", "left out")
        return [1 / 3] * 3
    shares = array.whole_table(key)
    if not (isinstance(shares, list) and len(shares) == 3 and all(map(is_number, shares))):
        raise array.fault(key, "three shares, of X, Y and Z errors")
    return shares


def detector(bsm: Section | None) -> dict[str, Any]:
    """The two detectors of a Bell-state analyser, which are imported alike.

    Args:
        bsm: the section ``SingleAtomBSM``, ``SingleHeraldedBSM`` or the like of the analyser's template.
    """
    made = detectors(bsm, 2)
    if bsm is not None and made["dark_count_rate"] > 0:
        for one in bsm.sections("detectors"):
            one.changed(
                "dark_count",
                "SeQUeNCe gives a pair heralded by a dark count the raw fidelity",
                "the state that such a herald leaves is computed",
            )
    return made


def detectors(owner: Section | None, number: int) -> dict[str, Any]:
    """Detectors that are imported alike.

    Args:
        owner: what has a list ``detectors``, if a file has it.
        number: how many there are.

    Raises:
        NetworkError: it has more or fewer.
    """
    if owner is None or owner.peek("detectors") is None:
        return _made([0.9], [0], [25e6], [150])
    each = owner.sections("detectors")
    if len(each) != number:
        raise owner.fault("detectors", f"{number} detectors")
    made = _made(
        [one.number("efficiency", 0.9, least=0) for one in each],
        [one.number("dark_count", 0, least=0) for one in each],
        [one.number("count_rate", 25e6) for one in each],
        [one.number("time_resolution", 150, least=0) for one in each],
    )
    if not all(one.same_as(each[0]) for one in each):
        owner.changed(
            "detectors",
            "all detectors of a station are imported alike",
            "mean efficiency and dark counts, lowest count rate, coarsest resolution",
        )
    return made


def _made(
    efficiencies: list[float], dark_counts: list[float], rates: list[float], resolutions: list[float]
) -> dict[str, Any]:
    resolution = max(resolutions) / 1e12
    made = {
        "efficiency": sum(efficiencies) / len(efficiencies),
        "dark_count_rate": sum(dark_counts) / len(dark_counts),
        "count_rate": min(rates),
        "time_resolution": resolution,
    }
    return made | ({"window": resolution} if resolution > 0 else {})


def with_success_rate(bsm: Section | None, made: dict[str, Any]) -> dict[str, Any]:
    """Detectors of a single-heralded analyser whose success rate is not one half.

    SeQUeNCe succeeds with probability ``success_rate`` times both efficiencies, linear optics with one half
    times both; the detectors' efficiency makes up for the difference.
    """
    rate = bsm.number("success_rate", 0.5, least=0) if bsm else 0.5
    if bsm is None or rate == 0.5:
        return made
    efficiency = made["efficiency"] * sqrt(2 * rate)
    if efficiency > 1:
        bsm.changed("success_rate", "linear optics succeeds with at most one half", "one half")
        return made
    bsm.changed(
        "success_rate", "linear optics succeeds with one half", f"detector efficiency {efficiency:.6g}"
    )
    return made | {"efficiency": efficiency}

"""A transmitter and receiver of BB84 that a user has wired of parts.

Example::

    source:
      kind: bb84-wired
      assembly: {kind: wired, parts: {...}, wires: [...], open: [...]}
      states: [writer.angle = 0 deg, writer.angle = 45 deg, writer.angle = 22.5 deg, writer.angle = 67.5 deg]
      receiver: [reader.angle = 0 deg, reader.angle = 22.5 deg]
      readings: [zero -> 0, one -> 1]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from hardware.optics.four_states import FourStates
from hardware.optics.optical_assembly import Assembly
from hardware.optics.prepare_and_measure import Reading, outlets_of
from hardware.optics.weak_laser import WeakLaser
from qsim.errors import ParameterError, nearest
from qsim.parameters import OfKind, Param
from qsim.registry import register

#: `detector -> bit`, `detector -> basis bit`, `detector.moment -> basis bit`.
_READING = re.compile(r"\s*([^.\s]+?)(?:\.(\d+))?\s*->\s*([zxZX]?)([01])\s*")


@register("key-source", "bb84-wired")
@dataclass(frozen=True, kw_only=True)
class WiredKeys(FourStates):
    """Parts and wires of one's own, with a weak laser, and what its settings and clicks mean.

    What the transmitter's parts lose behind the laser counts as lost on the way.

    Raises:
        ParameterError: the assembly has not one weak laser, a setting is of no part or parameter, or a
            reading of no detector.
    """

    assembly: Annotated[Any, OfKind("assembly", "transmitter, channel and receiver, with one weak laser")]
    states: Annotated[
        tuple[str, str, str, str],
        Param(
            "settings that write 0 and 1 in Z, 0 and 1 in X: `part.parameter = value`, several with commas"
        ),
    ]
    readings: Annotated[
        tuple[str, ...],
        Param(
            "what clicks mean: `detector -> bit` in the basis that the receiver has chosen, `detector -> z0` "
            "in a basis alone, `detector.1 -> x0` at the second moment at which light may come"
        ),
    ]
    receiver: Annotated[
        tuple[str, ...],
        Param("settings by which the receiver chooses Z and X; empty where light finds its own way"),
    ] = ()

    def _check(self) -> None:
        lasers = [name for name, part in self._assembly().sources.items() if isinstance(part, WeakLaser)]
        others = [name for name in self._assembly().sources if name not in lasers]
        if len(lasers) != 1 or others:
            found = ", ".join(lasers + others) or "none"
            raise ParameterError(
                f"`WiredKeys.assembly` must have one weak laser and no other source, since keys are known "
                f"for its light alone; its sources: {found}"
            )
        if len(self.receiver) not in (0, 2):
            raise ParameterError(
                f"`WiredKeys.receiver` must have a setting for Z and one for X, or none, got "
                f"{len(self.receiver)}"
            )
        _ = self._told

    @property
    def laser(self) -> str:
        """Name of the only source."""
        return next(iter(self._assembly().sources))

    @property
    def _chooses(self) -> bool:
        return bool(self.receiver)

    def _writing(self, basis: int, bit: int) -> Mapping[str, Any]:
        return _settings(self.states[2 * basis + bit], "states")

    def _looking(self, basis: int) -> Mapping[str, Any]:
        return _settings(self.receiver[basis], "receiver")

    def _assembly(self) -> Assembly:
        wired: Assembly = self.assembly.wired()
        return wired

    @cached_property
    def _told(self) -> list[tuple[tuple[str, int], str, int]]:
        """Detector and moment, basis or an empty text, and bit of each reading."""
        told = []
        detectors = self._assembly().detectors
        for reading in self.readings:
            match = _READING.fullmatch(reading)
            if match is None:
                raise ParameterError(
                    f"`WiredKeys.readings`: write '{reading}' as `detector -> 0` or `detector -> x0`"
                )
            name, moment, basis, bit = match.groups()
            if name not in detectors:
                raise ParameterError(
                    f"`WiredKeys.readings`: there is no detector '{name}'{nearest(name, detectors)}"
                )
            if not basis and not self.receiver:
                raise ParameterError(
                    f"`WiredKeys.readings`: '{reading}' must name a basis, as in `{name} -> z{bit}`, since "
                    "the receiver chooses none"
                )
            told.append(((name, int(moment or 0)), basis.lower(), int(bit)))
        return told

    def _readings(self, setting: Sequence[int]) -> Sequence[Reading | None]:
        read = {}
        for place, basis, bit in self._told:
            chosen = setting[2] if self.receiver else "zx".index(basis)
            if not basis or "zx".index(basis) == chosen:
                read[place] = Reading(chosen, bit)
        return outlets_of(self.bench, read)


def _settings(text: str, field: str) -> dict[str, Any]:
    """Values by `part.parameter`; the parts read units themselves.

    Raises:
        ParameterError: a setting without an equals sign.
    """
    made: dict[str, Any] = {}
    for one in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (part.strip() for part in one.partition("="))
        if not equals or not name or not value:
            raise ParameterError(f"`WiredKeys.{field}`: write '{one}' as `part.parameter = value`")
        made[name] = _value(value)
    return made


def _value(text: str) -> Any:
    """A number, true or false, or text, which may have a unit."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text

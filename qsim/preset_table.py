"""Presets: named sets of parameters, each value with its source.

A preset belongs to a kind and fills the parameters of one of its classes, so that a scenario can say
``memory: {preset: nv-2018, count: 2}``. Whatever stands beside `preset` wins. Packages and users announce
theirs with `preset`, as they do classes with `qsim.register`.

The table is process-wide and holds no state of any simulation.

Example:
    >>> made = preset(
    ...     "lamp", "desk-lamp", "candle", "The lamp on my desk.", {"power": 3}, source="measured in May"
    ... )
    >>> of_kind("lamp")["desk-lamp"].document()
    {'kind': 'candle', 'power': 3}
    >>> forget("lamp", "desk-lamp")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from qsim.errors import RegistryError

#: The key of a mapping that names a preset.
KEY: Final = "preset"

#: How far a value has been traced, for `Cited.grade`.
PAPER: Final = "read in the paper or its abstract"
SECONDARY: Final = "read in a secondary source that names the paper; not checked in the paper"
DERIVED: Final = "derived from other figures"
RECALLED: Final = "from memory; not checked in the paper"


@dataclass(frozen=True, slots=True)
class Cited:
    """One value and where it comes from.

    Attributes:
        value: what a scenario file would say: a number in SI, text with a unit, or an object of a kind.
        source: the publication, data sheet or measurement.
        grade: how far the value has been traced, one sentence; empty where the source says it all.
    """

    value: Any
    source: str
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of parameters.

    Attributes:
        kind: the kind, such as "memory".
        name: the name of the preset.
        of: the registered name of the class whose parameters these are.
        about: what the preset describes, one sentence.
        values: its parameters, each with its source.
    """

    kind: str
    name: str
    of: str
    about: str
    values: Mapping[str, Cited]

    def document(self) -> dict[str, Any]:
        """What a scenario file would say in its place."""
        return {"kind": self.of, **{key: cited.value for key, cited in self.values.items()}}


_presets: dict[str, dict[str, Preset]] = {}


def preset(
    kind: str, name: str, of: str, about: str, values: Mapping[str, Any], *, source: str = ""
) -> Preset:
    """Announce a preset. Announcing the same one again is harmless.

    Args:
        kind, name, of, about: as in `Preset`.
        values: for each parameter its value, or a `Cited` value with a source of its own.
        source: of all values that bring none.

    Raises:
        RegistryError: a value without a source, or a name taken by another preset.
    """
    cited: dict[str, Cited] = {}
    for key, value in values.items():
        if not isinstance(value, Cited):
            value = Cited(value, source)
        if not value.source:
            raise RegistryError(
                f"preset '{name}' of {kind}: `{key}` has no source; give one with `source=`, or a "
                "`Cited(value, source)`"
            )
        cited[key] = value
    made = Preset(kind, name, of, about, cited)
    known = _presets.setdefault(kind, {}).setdefault(name, made)
    if known != made:
        raise RegistryError(f"{kind} preset '{name}' is taken already: {known.about}")
    return made


def of_kind(kind: str) -> Mapping[str, Preset]:
    """The presets of a kind by name, as far as their packages have been imported."""
    return _presets.get(kind, {})


def forget(kind: str, name: str) -> None:
    """Forget a preset; tests and notebooks use it."""
    _presets.get(kind, {}).pop(name, None)

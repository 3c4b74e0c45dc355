"""What is known of a key path that a sweep varies: unit, meaning, how to read and spread its values."""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from qsim import units
from qsim.documents.faults import Faults
from qsim.documents.kinds import find, name_in
from qsim.documents.link_address import with_link
from qsim.documents.paths import KeyPath, parse_path
from qsim.documents.tree import Node
from qsim.errors import ParameterError, UnitError
from qsim.model.fault_spec import FaultsSpec
from qsim.model.specs import ClassicalSpec, LinkSpec, ProtocolsSpec, RunSpec
from qsim.model.sweep_spec import RangeSpec, SampleSpec
from qsim.parameters import Declaration, Declared, OfKind, Param, declarations
from qsim.scenario.expansion import LINK_KINDS, NODE, NODE_KINDS
from qsim.scenario.moved import present_path, upgraded
from qsim.scenario.scenario_assembly import DEFAULT_APP
from qsim.sweeps.sweep_runs import SweptParameter


def sampled(spec: SampleSpec, parameters: Mapping[str, SweptPath]) -> list[dict[str, Any]]:
    """The points of a sample, each a mapping from key paths to numbers in SI.

    Args:
        spec: the sample.
        parameters: what is known of its key paths.

    Raises:
        ParameterError: an end of a range is no number, the ends stand the wrong way round, a logarithmic
            range reaches zero, or whole numbers are wanted and the range has none.
    """
    from scipy.stats import qmc

    ranges = {path: _ends(path, each, parameters[path]) for path, each in spec.parameters.items()}
    make = qmc.Sobol if spec.method == "sobol" else qmc.LatinHypercube
    unit_cube = make(d=len(ranges), seed=spec.seed).random(spec.points)
    return [
        {
            path: _spread(float(share), *ends, spec.parameters[path].scale, parameters[path].whole)
            for share, (path, ends) in zip(row, ranges.items(), strict=True)
        }
        for row in unit_cube
    ]


def _ends(path: str, given: RangeSpec, about: SweptPath) -> tuple[float, float]:
    low, high = about.number(given.low), about.number(given.high)
    if low is None or high is None:
        wrong = given.low if low is None else given.high
        raise ParameterError(f"sweep.sample: '{path}' must range between two numbers, got {wrong!r}")
    if not low < high:
        raise ParameterError(
            f"sweep.sample: '{path}' must have low below high, got {given.low} and {given.high}"
        )
    if about.whole and math.ceil(low) > math.floor(high):
        raise ParameterError(
            f"sweep.sample: '{path}' takes whole numbers, and there is none from {given.low} to {given.high}"
        )
    if given.scale == "log" and low <= 0:
        raise ParameterError(f"sweep.sample: '{path}' must be above 0 on a log scale, got low {given.low}")
    return low, high


def _spread(share: float, low: float, high: float, scale: str, whole: bool) -> float | int:
    if whole:
        # Each whole number of the range gets an equal share of the unit interval (or of its magnitude).
        bottom, top = math.ceil(low), math.floor(high)
        value = _between(share, bottom, top + 1, scale)
        return min(top, math.floor(value))
    return _between(share, low, high, scale)


def _between(share: float, low: float, high: float, scale: str) -> float:
    if scale == "log":
        return float(low * (high / low) ** share)
    return low + share * (high - low)


_CLASSES: Final[Mapping[str, type[Declared]]] = {
    "run": RunSpec,
    "classical": ClassicalSpec,
    "protocols": ProtocolsSpec,
    "faults": FaultsSpec,
}


@dataclass(frozen=True, slots=True)
class SweptPath(SweptParameter):
    """What is known of a varied parameter; without a declaration that speaks of it, no unit and no meaning.

    Attributes:
        whole: whether it takes whole numbers only.
    """

    whole: bool = False

    def number(self, value: Any) -> float | None:
        """A value as a number in SI; None when it is none."""
        if isinstance(value, bool):
            return None
        try:
            return units.parse(value, self.unit or "1")
        except UnitError:
            return None

    def shown(self, value: Any) -> float | int | str | bool:
        """A value as it stands in tables: numbers in SI, words as they are, everything else as JSON."""
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            # 20 and 20.0 are one length.
            return value if self.whole or self.unit is None else float(value)
        if isinstance(value, float) or self.unit is not None:
            number = self.number(value)
            if number is not None:
                return int(number) if self.whole else number
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def describe(path: str, root: Node) -> SweptPath:
    """What is known of a key path in a document.

    Raises:
        ParameterError: the text is no key path.
    """
    present, _ = upgraded(root, Faults())
    found = _declaration(present_path(parse_path(path)), present)
    if found is None:
        return SweptPath(path, None, "")
    about = found.about
    if isinstance(about, OfKind):
        return SweptPath(path, None, about.doc)
    # Where a law may stand in place of a number, it is the number that has a unit.
    members = typing.get_args(found.type) if typing.get_origin(found.type) is not tuple else ()
    type_ = next((each for each in members if each in (float, int)), found.type)
    unit = about.unit if type_ is float else "1" if type_ is int else None
    return SweptPath(path, unit, about.doc, whole=type_ is int)


def _declaration(path: KeyPath, root: Node) -> Declaration | None:
    """The declaration of the parameter at a path; None when there is none."""
    addressed = with_link(root, path[0], root.place)
    if addressed is not None:
        root, index = addressed
        path = ("links", index, *path[1:])
    head, rest = str(path[0]), path[1:]
    here = root.get(head)
    if head in _CLASSES:
        return _within(_CLASSES[head], rest, here, None)
    if head == "defaults" and rest:
        return _default(str(rest[0]), rest[1:], here.get(str(rest[0])) if here else None)
    if head == "topology":
        return _of_kind("topology", "", rest, here, None)
    if head == "traffic" and rest:
        return _of_kind("app", DEFAULT_APP, rest[1:], _item(here, rest[0]), None)
    if head == "links" and rest:
        return _within(LinkSpec, rest[1:], _item(here, rest[0]), root.get("defaults"))
    if head == "nodes" and rest:
        usual = root.get("defaults")
        return _of_kind(*NODE, rest[1:], _item(here, rest[0]), usual.get("node") if usual else None, usual)
    return None


def _default(name: str, rest: KeyPath, here: Node | None) -> Declaration | None:
    if name == "link":
        return _within(LinkSpec, rest, here, None)
    if name == "node":
        return _of_kind(*NODE, rest, here, None)
    kinds = {**NODE_KINDS, **LINK_KINDS}
    return _of_kind(*kinds[name], rest, here, None) if name in kinds else None


def _within(
    cls: type[Declared], path: KeyPath, here: Node | None, defaults: Node | None
) -> Declaration | None:
    """The declaration at a path below an object, of which the document says `here` or by `defaults`."""
    if not path or not issubclass(cls, Declared):
        return None
    found = next((each for each in declarations(cls) if each.name == path[0]), None)
    if found is None or len(path) == 1:
        return found
    below = here.get(found.name) if here else None
    if isinstance(found.about, OfKind):
        base = defaults.get(found.name) if defaults else None
        kind, rest = found.about.kind, path[1:]
        bank = _item(below, rest[0]) if found.about.named and len(rest) > 1 else None
        if bank is not None:
            below, rest = bank, rest[1:]
        return _of_kind(kind, found.about.default or found.about.usual, rest, below, base)
    return _inside(found, found.type, path[1:], below)


def _inside(found: Declaration, type_: Any, path: KeyPath, here: Node | None) -> Declaration | None:
    """The declaration at a path below a parameter that holds others."""
    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        inner = [
            each for each in typing.get_args(type_) if isinstance(each, type) and issubclass(each, Declared)
        ]
        type_ = inner[0] if inner else type_
    if isinstance(type_, type) and issubclass(type_, Declared):
        return _within(type_, path, here, None)
    members = [member for member in typing.get_args(type_) if member is not Ellipsis]
    if not members:
        return None
    if not path[1:] and isinstance(found.about, Param) and members[-1] in (float, int, str, bool):
        return Declaration(found.name, members[-1], False, None, found.about)
    return _inside(found, members[-1], path[1:], _item(here, path[0]))


def _of_kind(
    kind: str,
    default_name: str,
    path: KeyPath,
    here: Node | None,
    base: Node | None,
    defaults: Node | None = None,
) -> Declaration | None:
    name = name_in(kind, here) or name_in(kind, base) or default_name
    cls = find(kind, name)
    return None if cls is None else _within(cls, path, here, defaults)


def _item(node: Node | None, step: str | int) -> Node | None:
    if node is None:
        return None
    if isinstance(step, int):
        return node.value[step] if isinstance(node.value, list) and step < len(node.value) else None
    return node.get(step)

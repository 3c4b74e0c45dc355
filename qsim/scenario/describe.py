"""The plain document of a checked scenario, with every default written out.

Reading the document back gives an equal scenario, also in a later version whose defaults differ. What most
nodes or links share stands under ``defaults``; a node or link says only what differs from that.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qsim import registry
from qsim.errors import RegistryError
from qsim.model.fault_spec import FaultsSpec
from qsim.model.specs import FORMAT, default_name
from qsim.parameters import Declared, declarations
from qsim.scenario.expansion import LINK_KINDS, NODE_KINDS

if TYPE_CHECKING:
    from qsim.model.specs import LinkSpec, ScenarioSpec


def describe(scenario: ScenarioSpec, texts: Mapping[str, str]) -> dict[str, Any]:
    """The document of a scenario, ready for JSON; `texts` are its name and description, where it has them."""
    describer = _Describer()
    nodes = [{"kind": registry.name_of(type(node)), **describer.fields(node)} for node in scenario.nodes]
    links = [_link(link, describer.fields(link)) for link in scenario.links]
    defaults = {
        **_hoisted(nodes, NODE_KINDS, "node", ("kind",)),
        **_hoisted(links, LINK_KINDS, "link", ("midpoint",)),
    }
    faults = {"faults": describer.fields(scenario.faults)} if scenario.faults != FaultsSpec() else {}
    return {
        "qsim": FORMAT,
        **texts,
        "run": describer.fields(scenario.run_spec),
        "defaults": defaults,
        "nodes": {node.pop("name"): node for node in nodes},
        "links": links,
        "classical": describer.fields(scenario.classical),
        "protocols": describer.fields(scenario.protocols),
        "traffic": [describer.value(app) for app in scenario.traffic],
        **faults,
    }


def _link(link: LinkSpec, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a link without those that follow from others."""
    if link.name == default_name(link.between):
        del fields["name"]
    if link.arms is not None:
        del fields["midpoint"]
    return fields


class _Describer:
    """Describes objects; one object always becomes one mapping, which must not be changed."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, dict[str, Any]]] = {}

    def fields(self, thing: Any, *, empty: bool = False) -> dict[str, Any]:
        """The parameters of an object; the `empty` ones only where a default could stand in for them."""
        known = declarations(type(thing)) if isinstance(thing, Declared) else ()
        told: dict[str, Any] = {}
        for declared in known:
            value = getattr(thing, declared.name)
            if (empty or value is not None) and not _endless(value):
                told[declared.name] = self.value(value)
        return told

    def value(self, value: Any) -> Any:
        """A parameter as plain data."""
        if value is None or isinstance(value, (str, int, float)):
            return value
        if isinstance(value, (list, tuple)):
            return [self.value(entry) for entry in value]
        if not isinstance(value, Declared) and isinstance(value, Mapping):
            return {key: self.value(entry) for key, entry in value.items()}
        known = self._made.get(id(value))
        if known is None:
            known = self._made[id(value)] = value, self._object(value)
        return known[1]

    def _object(self, thing: Any) -> dict[str, Any]:
        try:
            kind = {"kind": registry.name_of(type(thing))}
        except RegistryError:
            return self.fields(thing)
        return {**kind, **self.fields(thing, empty=True)}


def _hoisted(
    entries: Sequence[dict[str, Any]], kinds: Iterable[str], own: str, plain: Sequence[str]
) -> dict[str, Any]:
    """Take out of nodes or links what most of them share, and give it in the form of ``defaults``.

    Args:
        entries: the nodes or links; they are changed.
        kinds: their fields that hold objects of kinds.
        own, plain: the default for plain fields, and those it holds.
    """
    if not entries:
        return {}
    defaults: dict[str, Any] = {}
    for name in kinds:
        common = defaults[name] = _most_common([entry[name] for entry in entries])
        for entry in entries:
            rest = difference(common, entry.pop(name))
            if rest:
                entry[name] = rest
    defaults[own] = {}
    for name in plain:
        values = [entry[name] for entry in entries if name in entry]
        if values:
            common = defaults[own][name] = _most_common(values)
            for entry in entries:
                if entry.get(name) == common:
                    del entry[name]
    return defaults


def difference(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """What must be laid over one object of a kind to make another.

    Example:
        >>> difference({"kind": "lamp", "power": 1, "colour": 2}, {"kind": "lamp", "power": 3, "colour": 2})
        {'power': 3}
    """
    if base is over:
        return {}
    if "kind" not in base or base.get("kind") != over.get("kind"):
        # Several objects by name are told whole.
        return {} if base == over else over
    rest: dict[str, Any] = {}
    for key, value in over.items():
        below = base.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and "kind" in value and "kind" in below:
            inner = difference(below, value)
            if inner:
                rest[key] = inner
        elif key not in base or value != below:
            rest[key] = value
    return rest


def _most_common(values: Sequence[Any]) -> Any:
    """The value that occurs most often, the first of several."""
    texts: dict[int, str] = {}
    for value in values:
        if id(value) not in texts:
            texts[id(value)] = json.dumps(value, sort_keys=True)
    [(winner, _)] = Counter(texts[id(value)] for value in values).most_common(1)
    return next(value for value in values if texts[id(value)] == winner)


def _endless(value: Any) -> bool:
    """Whether a value is an infinite default, which no document can express and none needs to."""
    return isinstance(value, float) and not math.isfinite(value)

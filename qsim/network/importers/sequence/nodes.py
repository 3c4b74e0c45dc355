"""The nodes of a SeQUeNCe configuration: which become nodes, which are stations, which go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from qsim.errors import NetworkError
from qsim.network.importers.sequence import absorptive
from qsim.network.importers.sequence import devices as hardware
from qsim.network.importers.sequence.unread_keys import Section

_ROUTERS: Final = ("QuantumRouter", "DQCNode", "QuantumNode")
_STATION: Final = "BSMNode"
_CLASSICAL: Final = ("ClassicalNode", "Controller")
_KEYS: Final = "QKDNode"
#: What a node type can do in SeQUeNCe and not here.
_PARTIAL: Final = {
    "DQCNode": (
        "its data memories and remote gates have no counterpart",
        "a router with its communication memories",
    ),
    "QuantumNode": (
        "its data memories and gates have no counterpart",
        "a router with its communication memories",
    ),
    "QlanOrchestratorNode": ("graph states of a quantum LAN have no counterpart", "an end node"),
    "QlanClientNode": ("graph states of a quantum LAN have no counterpart", "an end node"),
}
#: Flat memory parameters of quantum LANs, by the end of their names in the file.
_QLAN: Final = {"QlanOrchestratorNode": "orch", "QlanClientNode": "client"}


@dataclass(frozen=True, slots=True)
class Station:
    """A Bell-state analyser: where the configuration says so, and its template."""

    section: Section
    template: Section | None


@dataclass(slots=True)
class Cast:
    """Who plays which part.

    Attributes:
        nodes: entries of the new document, in the order of the file.
        templates: by node, its template.
        stations: by name, the Bell-state analysers.
        keys: by name, the nodes of key distribution, which have no memories.
    """

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    templates: dict[str, Section | None] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    keys: dict[str, Section] = field(default_factory=dict)


def cast(top: Section, *, decays: bool) -> Cast:
    """Read all nodes.

    Args:
        top: the configuration.
        decays: whether states decay in SeQUeNCe (see `hardware.memory`).

    Raises:
        NetworkError: a malformed node, or two nodes of one name.
    """
    made = Cast()
    for node in top.sections("nodes"):
        name = node.text("name")
        if name in made.nodes or name in made.stations:
            raise NetworkError(
                f"{top.keys.report.source}: {node.at('name')}: '{name}' is the name of two nodes"
            )
        if "seed" in node:
            node.harmless(
                "seed", "each entity draws from a stream of its own, seeded by its name", "run.seed 0"
            )
        kind = node.text("type")
        if kind in _CLASSICAL:
            node.dropped("type", "nodes without memories have no counterpart", f"no node '{name}'")
        elif kind == _STATION:
            made.stations[name] = Station(node, template_of(top, node))
        elif kind == _KEYS:
            made.keys[name], made.templates[name] = node, template_of(top, node)
            made.nodes[name] = {"kind": "end-node"}
        else:
            made.templates[name] = template_of(top, node)
            made.nodes[name] = _node(top, node, kind, made.templates[name], decays=decays)
    if not made.nodes:
        raise NetworkError(f"{top.keys.report.source}: nodes: no node with memories")
    return made


def template_of(top: Section, owner: Section) -> Section | None:
    """The template that a node or connection names; None for SeQUeNCe's defaults."""
    name = owner.peek("template")
    if name is None:
        return None
    if not isinstance(name, str):
        raise owner.fault("template", "the name of a template")
    templates = top.section("templates")
    if templates is None or name not in templates:
        owner.changed(
            "template", "there is no template of this name", "SeQUeNCe's defaults, as SeQUeNCe does"
        )
        return None
    owner.text("template")
    return templates.section(name)


def _node(
    top: Section, node: Section, kind: str, template: Section | None, *, decays: bool
) -> dict[str, Any]:
    stores = absorptive.stores(template)
    entry: dict[str, Any] = {"memory": {"count": _count(node, 1 if stores else 50)}}
    if stores and template is not None:
        entry["memory"].update(absorptive.memory(template))
    else:
        entry["memory"].update({"kind": "atomic"} | hardware.memory(template, decays=decays))
    if kind in _PARTIAL:
        node.changed("type", *_PARTIAL[kind])
    elif kind not in _ROUTERS:
        node.changed("type", "this node type is not one of SeQUeNCe's own", "a router")
    if kind in _QLAN:
        entry["memory"].update(_flat_memory(top, _QLAN[kind]))
    if kind in _PARTIAL and kind not in _ROUTERS:
        entry["kind"] = "end-node"
    if (after := entry["memory"].pop("cutoff", None)) is not None:
        entry["cutoff"] = {"kind": "age", "after": after}
    _operations(node)
    return entry


def _count(node: Section, usual: int) -> int:
    if "memo_size" not in node:
        node.keys.report.assumed(
            node.at("memo_size"),
            "the number of memories is not given",
            "50, the default of SeQUeNCe's routers"
            if usual == 50
            else f"{usual}, as SeQUeNCe's scripts have",
        )
        return usual
    count = node.number("memo_size", usual, least=0)
    if count != int(count):
        raise node.fault("memo_size", "a whole number")
    if count == 0:
        node.changed("memo_size", "a node has at least one memory", "one memory")
        return 1
    return int(count)


def _flat_memory(top: Section, end: str) -> dict[str, Any]:
    """Memory parameters given at the top of the file, as quantum LANs have them."""
    names = {"fidelity": "initial_fidelity", "frequency": "frequency", "efficiency": "efficiency"}
    given = {
        ours: top.number(f"memo_{theirs}_{end}", 0)
        for theirs, ours in names.items()
        if f"memo_{theirs}_{end}" in top
    }
    if f"memo_wavelength_{end}" in top:
        given["wavelength"] = top.number(f"memo_wavelength_{end}", 500) / 1e9
    if (time := top.number(f"memo_coherence_{end}", -1)) > 0:
        given["cutoff"] = time
    return given


def _operations(node: Section) -> None:
    """Fidelities of gates and measurements, which SeQUeNCe's topologies pass over: its nodes are ideal."""
    for key, field_name, factor in (
        ("gate_fidelity", "gate_error", 15 / 16),
        ("measurement_fidelity", "readout_error", 1.0),
    ):
        fidelity = node.number(key, 1, least=0)
        if fidelity != 1:
            error = factor * (1 - fidelity)
            node.dropped(
                key,
                "SeQUeNCe 1.3 does not read it from a file and runs with 1",
                f"ideal operations; {field_name} {error:.6g} of the processor would apply it",
            )

"""Makes a scenario of a document, or finds everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qsim import garbage, limits, units
from qsim.documents import messages
from qsim.documents.faults import Faults
from qsim.documents.objects import Parts
from qsim.documents.tree import Node
from qsim.errors import LimitError, QsimError, UnitError
from qsim.model.check_context import CheckContext
from qsim.model.fault_spec import FaultsSpec
from qsim.model.specs import ClassicalSpec, LinkSpec, NodeSpec, ProtocolsSpec, RemoveSpec, RunSpec
from qsim.scenario import scenario_checks
from qsim.scenario.describe import describe
from qsim.scenario.expansion import NODE, Fragments, expand, make_topology
from qsim.scenario.fault_checks import check_faults
from qsim.scenario.moved import upgraded
from qsim.scenario.outline import check_defaults, check_outline
from qsim.scenario.plausibility import remarks
from qsim.scenario.removal import without
from qsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from qsim.model.sweep_spec import SweepSpec

#: What an entry of `traffic` is that names no kind.
DEFAULT_APP: Final = "request"


@dataclass(frozen=True, slots=True)
class _Network:
    """Nodes, links with their two ends, and the classical network; what has a fault is None."""

    nodes: Mapping[str, NodeSpec | None]
    links: Sequence[LinkSpec | None]
    ends: Sequence[tuple[str, str] | None]
    classical: ClassicalSpec | None


@garbage.resting()
def assemble(root: Node, source: str, base: Path | None, faults: Faults) -> Scenario:
    """Make a scenario.

    Args:
        root: the document.
        source: what to call it in messages.
        base: folder against which the files it names are resolved; None for the working directory.
        faults: the faults found so far.

    Raises:
        ScenarioError: with every fault of the document.
    """
    check_outline(root, faults)
    root, notes = upgraded(root, faults)
    parts = Parts(faults)
    check_defaults(root, parts, faults)
    run = parts.of_class(RunSpec, _section(root, "run"))
    scenario_checks.check_formalism(_section(root, "run"), faults)
    protocols = parts.of_class(ProtocolsSpec, _section(root, "protocols"))
    apps = _items(root, "traffic", faults)
    traffic = [_with_files(parts.of_kind("app", DEFAULT_APP, app), app, base, faults) for app in apps]
    varied = root.get("sweep")
    sweep = _sweep(varied, parts) if varied is not None else None
    outages = parts.of_class(FaultsSpec, _section(root, "faults"))
    topology, losses = make_topology(root.get("topology"), base, parts, faults)
    notes += losses
    if topology is None:
        _judge_apart(expand(root, Fragments(), faults), root, parts)
        raise faults.error()
    removed = _section(root, "remove")
    expanded = without(expand(root, topology, faults), parts.of_class(RemoveSpec, removed), removed, faults)
    _check_size(root, faults, nodes=len(expanded.nodes), links=len(expanded.links))
    network = _network(expanded, topology, root, parts, faults)
    memories = sum(node.count for node in network.nodes.values() if node is not None)
    _check_size(root, faults, memories=memories)
    checks = scenario_checks.Checks(_context(run, protocols, network, traffic), faults)
    section = expanded.classical or _section(root, "classical")
    scenario_checks.check_signals(network.classical, run, network.links, section, faults)
    checks.run(protocols, _section(root, "protocols"))
    notes += check_faults(outages, run, network.nodes, network.links, _section(root, "faults"), faults)
    things = (*network.nodes.values(), *network.links, *traffic)
    for thing, node in zip(things, (*expanded.nodes.values(), *expanded.links, *apps), strict=True):
        checks.run(thing, node)
    if faults or run is None or protocols is None or outages is None:
        raise faults.error()
    scenario = _scenario(root, source, notes, run, protocols, network, traffic, outages)
    if root.get("topology") is None:
        # What a topology says of its own has been told by its report.
        scenario = replace(scenario, notes=(*notes, *remarks(scenario)))
    return replace(scenario, sweep=sweep)


def _check_size(root: Node, faults: Faults, **found: int) -> None:
    """Refuse more of something than may be, before time is spent on it.

    Raises:
        ScenarioError: there is.
    """
    try:
        limits.current().check(**found)
    except LimitError as error:
        faults.add(root.place, str(error))
        raise faults.error() from None


def _network(expanded: Fragments, topology: Fragments, root: Node, parts: Parts, faults: Faults) -> _Network:
    section = _section(root, "nodes")
    if not expanded.nodes and not section.value:
        faults.add(section.place, "there are no nodes: name them here, or give a `topology`")
    scenario_checks.check_strays(section, topology.nodes, expanded.nodes, expanded.links, faults)
    nodes: dict[str, NodeSpec | None] = {}
    for name, node in expanded.nodes.items():
        if "name" in node.items:
            faults.add(node.items["name"].key, "unknown key: the name of a node is the key of its settings")
        named = node.within({**node.items, "name": Node(name, node.key)}) if _mapping(node) else node
        nodes[name] = parts.of_kind(*NODE, named)
        scenario_checks.check_node(name, nodes[name], node, faults)
    links: list[LinkSpec | None] = []
    ends: list[tuple[str, str] | None] = []
    for link in expanded.links:
        joined = scenario_checks.check_ends(link, nodes, faults)
        spec = _link(link, joined, nodes, parts, faults)
        links.append(spec if scenario_checks.check_banks(spec, link, nodes, faults) else None)
        ends.append(scenario_checks.ends(link) if joined else None)
    scenario_checks.check_names(links, expanded.links, faults)
    classical = parts.of_class(ClassicalSpec, expanded.classical or _section(root, "classical"))
    if classical is not None and expanded.classical is not None:
        scenario_checks.check_classical(classical, expanded.classical, nodes, faults)
    return _Network(nodes, links, ends, classical)


def _link(
    link: Node, joined: bool, nodes: Mapping[str, NodeSpec | None], parts: Parts, faults: Faults
) -> LinkSpec | None:
    """A link; when it has no length, as long as its two arms, or as its nodes are apart."""
    if not isinstance(link.value, dict) or link.get("length") is not None:
        return _with_arms(parts.of_class(LinkSpec, link), link, faults)
    length = _summed(link)
    if length is None and joined:
        length = scenario_checks.measured(link, nodes)
    # With a length that stands in, whatever else is wrong with the link is told in the same pass.
    filled = link.within({**link.items, "length": Node(length or 0.0, link.place)})
    spec = parts.of_class(LinkSpec, filled)
    if length is not None:
        return _with_arms(spec, link, faults)
    if joined and all(nodes[end] is not None for end in scenario_checks.ends(link)):
        a, b = scenario_checks.ends(link)
        hint = f"give it, or the position or the coordinates of '{a}' and '{b}'"
        faults.add(link.locate(("length",)), f"is missing: {hint}")
    return None


def _summed(link: Node) -> float | None:
    """The length of a link in metres, if both of its arms state theirs; 0 where one cannot be read."""
    arms = link.get("arms")
    lengths = [arm.get("length") for arm in arms.value] if arms and isinstance(arms.value, list) else []
    if len(lengths) != 2 or None in lengths:
        return None
    try:
        return sum(units.parse(length.value, "m") for length in lengths if length)
    except UnitError:
        # Whoever reads the arms tells what is wrong with it.
        return 0.0


def _with_arms(link: LinkSpec | None, node: Node, faults: Faults) -> LinkSpec | None:
    """A link whose arms, if it has any, both know their lengths; notes lengths that do not fit together."""
    if link is None or link.arms is None:
        return link
    if "midpoint" in node.items:
        faults.add(node.locate(("midpoint",)), "stands beside `arms`, whose lengths say where the station is")
    first, second = (arm.length for arm in link.arms)
    if first is not None and second is not None:
        if not math.isclose(first + second, link.length, rel_tol=1e-9):
            total = f"{first + second:g} m, the length of both `arms` together"
            faults.add(node.locate(("length",)), f"must be {total}, or be left out; got {link.length:g} m")
    elif first is None and second is None:
        first = second = link.length / 2
    else:
        given, place = (first, 0) if first is not None else (second, 1)
        assert given is not None
        if given > link.length:
            where = node.locate(("arms", place, "length"))
            faults.add(where, f"must be at most the length of the link, {link.length:g} m, got {given:g} m")
            return link
        first, second = (given, link.length - given) if place == 0 else (link.length - given, given)
    arms = zip(link.arms, (first, second), strict=True)
    one, other = (replace(arm, length=length) for arm, length in arms)
    return replace(link, arms=(one, other))


def _sweep(section: Node, parts: Parts) -> SweepSpec | None:
    from qsim.model.sweep_spec import SweepSpec

    return parts.of_class(SweepSpec, section)


def _with_files(app: Any, node: Node, base: Path | None, faults: Faults) -> Any:
    """An application with the contents of the files that it names in their place; None when that fails.

    The document of a scenario then holds all that its runs hang on.
    """
    if not hasattr(app, "with_files"):
        return app
    try:
        return app.with_files(base)
    except QsimError as error:
        faults.add(node.place, str(error))
        return None


def _context(
    run: RunSpec | None, protocols: ProtocolsSpec | None, network: _Network, traffic: Sequence[Any]
) -> CheckContext:
    links = [link for link in network.links if link is not None]
    ends = [pair for pair in network.ends if pair is not None]
    return CheckContext(
        run=run,
        nodes=network.nodes,
        links=links if len(links) == len(network.links) else None,
        ends=ends if len(ends) == len(network.ends) else None,
        classical=network.classical,
        protocols=protocols,
        traffic=traffic,
    )


def _judge_apart(expanded: Fragments, root: Node, parts: Parts) -> None:
    """Note the faults of nodes and links that show without what the topology would have made."""
    for node in expanded.nodes.values():
        parts.judge_kind(*NODE, node)
    for link in expanded.links:
        parts.judge_class(LinkSpec, link)
    parts.of_class(ClassicalSpec, _section(root, "classical"))


def _scenario(
    root: Node,
    source: str,
    notes: tuple[str, ...],
    run: RunSpec,
    protocols: ProtocolsSpec,
    network: _Network,
    traffic: Sequence[Any],
    outages: FaultsSpec,
) -> Scenario:
    texts = {key: str(text.value) for key in ("name", "description") if (text := root.get(key)) is not None}
    scenario = Scenario(
        name=texts.get("name", ""),
        run_spec=run,
        nodes=tuple(node for node in network.nodes.values() if node is not None),
        links=tuple(link for link in network.links if link is not None),
        classical=network.classical or ClassicalSpec(),
        protocols=protocols,
        traffic=tuple(traffic),
        faults=outages,
        document={},
        source=source,
        notes=notes,
    )
    return replace(scenario, document=describe(scenario, texts))


def _mapping(node: Node) -> bool:
    return node.value is None or isinstance(node.value, dict)


def _section(root: Node, name: str) -> Node:
    """A section of the document, empty when it was left out."""
    given = root.get(name)
    if given is not None:
        return given
    left_empty = root.items.get(name)
    return Node({}, left_empty.key if left_empty else root.place.below(name))


def _items(root: Node, name: str, faults: Faults) -> list[Node]:
    section = root.get(name)
    if section is None:
        return []
    if not isinstance(section.value, list):
        faults.add(section.place, f"must be a list, got {messages.shown(section.value)}")
        return []
    return section.value

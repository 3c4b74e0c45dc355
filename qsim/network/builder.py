"""Networks from a script.

`Network` collects what a scenario file would say, in the words of the scenario file, and makes the same
document. A script and a file that say the same run the same simulation.

Example:
    >>> from qsim.network import Network
    >>> chain = Network("Chain", memory={"count": 8, "t2": "100 ms"})
    >>> chain = chain.add_nodes("a", "b", "c").add_link("a", "b", "20 km").add_link("b", "c", "20 km")
    >>> chain.document("10 s")["links"][1]
    {'between': ['b', 'c'], 'length': '20 km'}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from qsim import registry, units
from qsim.errors import NetworkError, nearest
from qsim.model.fault_spec import FaultsSpec, OutageSpec
from qsim.model.specs import LinkSpec
from qsim.network.loss_report import LossReport
from qsim.network.script_values import document_value
from qsim.parameters import Declared, declarations

if TYPE_CHECKING:
    import networkx as nx

    from qsim.kernel import TraceSink
    from qsim.network.topologies import TopologyKind
    from qsim.results import Result
    from qsim.scenario.scenario import Scenario

_PROTOCOLS = ("swapping", "purification", "cutoff", "routing", "reservation")
_OBJECTS = ("memory", "processor", "fibre", "detector", "link_model")
_DEFAULTS = (*_OBJECTS, "node", "link")
_LINK_FIELDS = tuple(each.name for each in declarations(LinkSpec) if each.name not in ("between", "length"))
#: The kind of the objects that a field takes.
_KINDS = {key: key.replace("_", "-") for key in (*_PROTOCOLS, *_OBJECTS)}


class Network:
    """A network and its traffic, described step by step.

    Values are what a scenario file takes: numbers in SI, unit strings, names of registered kinds or mappings
    with the key ``kind``; besides, objects of registered kinds. All methods that describe return the network
    itself.

    Args:
        name: name of the scenario.
        defaults: see `set_defaults`.

    Attributes:
        name: name of the scenario.
        description: what the scenario is about.
        report: what an import did not take over as it stands; empty for a network that was not imported.

    Raises:
        NetworkError: something that cannot be, such as a node added twice; at once, in the line that says it.
    """

    def __init__(self, name: str = "", **defaults: Any) -> None:
        self.name = name
        self.description = ""
        self.report = LossReport(name or "<network>")
        self._nodes: dict[str, dict[str, Any]] = {}
        self._links: dict[tuple[frozenset[str], Any], dict[str, Any]] = {}
        self._from_topology: set[str] = set()
        self._base: Path | None = None
        self._parts: dict[str, Any] = {}
        self._traffic: list[Any] = []
        self._faults: dict[str, Any] = {}
        self._run: dict[str, Any] = {}
        self._notes: tuple[str, ...] = ()
        self.set_defaults(**defaults)

    def set_defaults(self, **parts: Any) -> Self:
        """Set what every node and link starts from.

        Args:
            parts: `memory`, `processor`, `fibre`, `detector`, `link_model`, or fields of every `node` or
                `link` as a mapping.
        """
        return self._set("defaults", _DEFAULTS, parts)

    def set_protocols(self, **parts: Any) -> Self:
        """Set the protocols of every node.

        Args:
            parts: `swapping`, `purification`, `cutoff`, `routing`, `reservation`.
        """
        return self._set("protocols", _PROTOCOLS, parts)

    def set_classical(self, **fields: Any) -> Self:
        """Set fields of the classical network, such as `processing` or `station`."""
        from qsim.model.specs import ClassicalSpec

        return self._set("classical", [declared.name for declared in declarations(ClassicalSpec)], fields)

    def use_topology(self, kind: Any, **parameters: Any) -> Self:
        """Make nodes and links by a generator or from a file.

        Nodes and links that are added besides are laid over what the topology makes.

        Args:
            kind: a registered topology, such as ``"line"``, or an object of one.
            parameters: its parameters.
        """
        if "topology" in self._parts:
            raise NetworkError("a network has one topology; add further nodes and links one by one")
        if not isinstance(kind, str | Declared):
            raise NetworkError(f"a topology is a registered name or an object of one, got {kind!r}")
        if isinstance(kind, str):
            known = tuple(declared.name for declared in declarations(registry.lookup("topology", kind)))
            made: Any = {"kind": kind, **_checked(f"topology '{kind}'", known, parameters)}
        else:
            made = document_value(kind, "topology", "topology")
        try:
            topology: TopologyKind = registry.build("topology", made)
        except TypeError as error:
            # A parameter that must be given is missing; Python names it.
            raise NetworkError(f"topology '{kind}': {error}") from None
        self._from_topology = set(topology.expand(self._base).nodes)
        if isinstance(made, dict) and isinstance(made.get("path"), str):
            # The document may be saved elsewhere, so a file in it must not hang on the present folder.
            made["path"] = str(((self._base or Path()) / made["path"]).absolute())
        self._parts["topology"] = made
        return self

    def add_node(
        self,
        name: str,
        *,
        kind: str | None = None,
        memory: Any = None,
        position: Sequence[Any] | None = None,
        coordinates: Sequence[float] | None = None,
        **fields: Any,
    ) -> Self:
        """Add a node, or say more of one that the topology makes.

        Args:
            name: unique name.
            kind: a registered kind of node, such as ``"router"`` or ``"end-node"``.
            memory: its memories, laid over the default; several banks as a mapping from names to memories.
            position: planar place (x, y), m.
            coordinates: latitude and longitude, degrees.
            fields: `processor`; `swapping`, `purification`, `cutoff`; parameters of the kind.
        """
        if not isinstance(name, str) or not name:
            raise NetworkError(f"a node's name must be text, got {name!r}")
        if name in self._nodes:
            raise NetworkError(f"node '{name}' is added twice")
        given = {"kind": kind, "memory": memory, "position": position, "coordinates": coordinates} | fields
        self._nodes[name] = _checked(f"node '{name}'", {"kind", *_node_fields(kind)}, given)
        return self

    def add_nodes(self, *names: str, **same: Any) -> Self:
        """Add several nodes that are alike.

        Args:
            names: their names.
            same: as in `add_node`.
        """
        for name in names:
            self.add_node(name, **same)
        return self

    def add_link(self, a: str, b: str, length: float | str | None = None, **fields: Any) -> Self:
        """Link two nodes.

        Args:
            a, b: names of the nodes.
            length: fibre between them, m; may be left out when both have a place.
            fields: `fibre`, `detector`, `link_model`, `midpoint`, `station_delay`, laid over the defaults;
                `second_detector`; `arms`, two mappings of `length` and `fibre`, instead of `midpoint`;
                `banks`, the memories at either node; `name`, which a second link between two nodes needs.
        """
        where = f"link '{a}'-'{b}'"
        self._must_know(where, a, b)
        if a == b:
            raise NetworkError(f"{where}: a node cannot be linked to itself")
        key = frozenset((a, b)), fields.get("name")
        if key in self._links:
            raise NetworkError(f"{where}: these nodes are linked already; a second link needs a `name`")
        entry: dict[str, Any] = {"between": [a, b]}
        if length is not None:
            if units.parse(length, "m") < 0:
                raise NetworkError(f"{where}: length must be in [0, inf) m, got {length}")
            entry["length"] = document_value(length, where)
        self._links[key] = entry | _checked(where, _LINK_FIELDS, fields)
        return self

    def add_channel(self, a: str, b: str, delay: float | str) -> Self:
        """Give the classical channel between two nodes its one-way delay, s, in both directions."""
        where = f"channel '{a}'-'{b}'"
        self._must_know(where, a, b)
        if units.parse(delay, "s") < 0:
            raise NetworkError(f"{where}: delay must be in [0, inf) s, got {delay}")
        channels = self._parts.setdefault("classical", {}).setdefault("channels", [])
        if any({a, b} == set(channel["between"]) for channel in channels):
            raise NetworkError(f"{where}: these nodes have a channel already")
        channels.append({"between": [a, b], "delay": document_value(delay, where)})
        return self

    def request(self, initiator: str, responder: str, **parameters: Any) -> Self:
        """Ask for entangled pairs between two nodes (application "request")."""
        self._must_know(f"request '{initiator}'-'{responder}'", initiator, responder)
        return self.add_traffic("request", initiator=initiator, responder=responder, **parameters)

    def add_traffic(self, kind: Any, **parameters: Any) -> Self:
        """Add an application.

        Args:
            kind: a registered application, such as ``"random-request"``, or an object of one.
            parameters: its parameters.
        """
        where = f"traffic[{len(self._traffic)}]"
        if isinstance(kind, str):
            registry.lookup("app", kind)
            self._traffic.append({"kind": kind, **document_value(parameters, where)})
        elif parameters:
            raise NetworkError(f"{where}: give parameters with a name, not with an object")
        else:
            self._traffic.append(document_value(kind, where, "app"))
        return self

    def fault(self, **outage: Any) -> Self:
        """Let something go down: ``net.fault(link="a-b", down="2 s", up="5 s")``.

        Args:
            outage: `link`, `node` (with a `bank`, perhaps), `channel` or `circle`, and when: `down` and `up`,
                or `mean_up` and `mean_down`. As an entry of ``faults.outages`` in a scenario file.
        """
        where = f"faults.outages[{len(self._faults.get('outages', ()))}]"
        known = [declared.name for declared in declarations(OutageSpec)]
        self._faults.setdefault("outages", []).append(_checked(where, known, outage))
        return self

    def set_faults(self, **fields: Any) -> Self:
        """Say what becomes of flows that faults hit: `on_fault`, `retry`, `detection`, `timeout`."""
        known = [declared.name for declared in declarations(FaultsSpec) if declared.name != "outages"]
        self._faults.update(_checked("faults", known, fields))
        return self

    def document(self, duration: float | str | None = None, **run: Any) -> dict[str, Any]:
        """The scenario document, as a file would hold it.

        Args:
            duration: simulated time, s; may be left out when the network was read from a scenario.
            run: `seed`, `detail`, `formalism`, `record_pairs`, `stop_when_done`.
        """
        from qsim.model.specs import FORMAT, RunSpec

        known = tuple(declared.name for declared in declarations(RunSpec))
        settings = self._run | _checked("run", known, {"duration": duration, **run})
        if "duration" not in settings:
            raise NetworkError("a run needs a duration, such as duration='10 s'")
        titles = {"name": self.name, "description": self.description}
        made = {"qsim": FORMAT, **{key: text for key, text in titles.items() if text}, "run": settings}
        sections = {
            **self._parts,
            "nodes": {name: entry or None for name, entry in self._nodes.items()},
            "links": list(self._links.values()),
            "traffic": self._traffic,
            "faults": self._faults,
        }
        order = ("defaults", "topology", "nodes", "links", "classical", "protocols", "traffic", "faults")
        # Through `plain` once more: what is handed out shares nothing with the network.
        return made | {key: document_value(sections[key], key) for key in order if sections.get(key)}

    def scenario(self, duration: float | str | None = None, **run: Any) -> Scenario:
        """The checked scenario; parameters as in `document`.

        Raises:
            ScenarioError: every fault of the description, together.
        """
        from qsim.scenario import from_document

        source = f"<Network '{self.name}'>" if self.name else "<Network>"
        made = from_document(self.document(duration, **run), source=source)
        return replace(made, notes=self._notes + made.notes) if self._notes else made

    def engine(
        self, duration: float | str | None = None, *, trace: TraceSink | None = None, **run: Any
    ) -> Any:
        """The live simulation; parameters as in `document`, and a sink for the trace."""
        return self.scenario(duration, **run).engine(trace=trace)

    def run(
        self,
        duration: float | str | None = None,
        *,
        trace: TraceSink | None = None,
        progress: Callable[..., Any] | None = None,
        **run: Any,
    ) -> Result:
        """Run the network; parameters as in `document`, a sink for the trace, and a progress callback."""
        return self.scenario(duration, **run).run(trace=trace, progress=progress)

    def save(self, path: str | Path, duration: float | str | None = None, **run: Any) -> None:
        """Write the scenario as a YAML file; parameters as in `document`."""
        from qsim.scenario import to_yaml

        Path(path).write_text(to_yaml(self.document(duration, **run)), encoding="utf-8")

    @classmethod
    def from_document(cls, document: Mapping[str, Any], base: Path | None = None) -> Self:
        """A network that starts from a scenario document.

        Args:
            document: the document, also of format 1.
            base: folder against which files named in the document are resolved.
        """
        from qsim.scenario.moved import upgraded_document

        document, notes = upgraded_document(document_value(document, "scenario"))
        network = cls(str(document.get("name") or ""))
        network._notes = notes
        network.description = str(document.get("description") or "")
        network._base = base
        network._run = document_value(document.get("run") or {}, "run")
        for key in ("defaults", "classical", "protocols"):
            if document.get(key):
                network._parts[key] = document_value(document[key], key)
        if document.get("topology"):
            network.use_topology(**_settings(document_value(document["topology"], "topology")))
        nodes = document.get("nodes") or {}
        for name in nodes:
            entry = nodes[name] if isinstance(nodes, Mapping) else None
            network.add_node(name, **_settings(entry or {}))
        for link in document.get("links") or []:
            network.add_link(*link["between"], **{key: link[key] for key in link if key != "between"})
        network._traffic = document_value(document.get("traffic") or [], "traffic")
        network._faults = document_value(document.get("faults") or {}, "faults")
        return network

    @classmethod
    def from_networkx(cls, graph: nx.Graph, name: str = "", *, length: float | str | None = None) -> Self:
        """A network with the nodes and edges of a NetworkX graph.

        Args:
            graph: the graph; `qsim.network.importers.graph` tells which attributes are read.
            name: name of the scenario.
            length: length of edges that have none and cannot be measured, m; without it they are an error.
        """
        from qsim.network.importers import graph as importer

        topology = importer.fragments(graph, source=name or "<graph>", length=length)
        network = cls.from_document(
            {"name": name, "nodes": topology.nodes, "links": topology.links, "classical": topology.classical}
        )
        network.report = topology.report
        return network

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """A network from a scenario file, or from GraphML, GML or a SeQUeNCe configuration."""
        from qsim.network.importers import convert_file, recognises

        path = Path(path)
        if recognises(path):
            conversion = convert_file(path)
            network = cls.from_document(conversion.document, path.parent)
            network.report = conversion.report
            return network
        from qsim.scenario import load

        return cls.from_document(load(path).document, path.parent)

    def __repr__(self) -> str:
        title = f" '{self.name}'" if self.name else ""
        nodes = self._nodes.keys() | self._from_topology
        return f"<Network{title}: {len(nodes)} nodes, {len(self._links)} links added>"

    def _set(self, section: str, known: Sequence[str], parts: Mapping[str, Any]) -> Self:
        made = _checked(section, known, parts)
        if made:
            self._parts.setdefault(section, {}).update(made)
        return self

    def _must_know(self, where: str, *names: str) -> None:
        for name in names:
            if name not in self._nodes and name not in self._from_topology:
                hint = nearest(str(name), (*self._nodes, *self._from_topology))
                raise NetworkError(f"{where}: no node '{name}'{hint}; add it first")


def _checked(where: str, known: Collection[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as plain data, all of them known."""
    for key in given:
        if key not in known:
            raise NetworkError(f"{where}: unknown field '{key}'{nearest(key, known)}")
    return {
        key: document_value(value, f"{where}, {key}", _KINDS.get(key, ""))
        for key, value in given.items()
        if value is not None
    }


def _node_fields(kind: str | None) -> set[str]:
    """What can be said of a node of a kind, or of any."""
    kinds = registry.names("node") if kind is None else (kind,)
    classes = [registry.lookup("node", name) for name in kinds]
    return {each.name for cls in classes for each in declarations(cls)} - {"name"}


def _settings(given: Any) -> dict[str, Any]:
    """What a document says of a thing of a kind, which may be the name of the kind alone."""
    return {"kind": given} if isinstance(given, str) else given

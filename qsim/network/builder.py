"""Networks from a script.

`Network` collects what a scenario file would say, in the words of the scenario file, and makes the same
document. A script and a file that say the same run the same simulation.

Example:
    >>> from qsim import Network
    >>> chain = Network("Chain", memory={"count": 8, "t2": "100 ms"})
    >>> chain = chain.add_nodes("a", "b", "c").add_link("a", "b", "20 km").add_link("b", "c", "20 km")
    >>> chain.document("10 s")["links"][1]
    {'between': ['b', 'c'], 'length': '20 km'}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from qsim.errors import NetworkError
from qsim.model.fault_spec import FaultsSpec, OutageSpec
from qsim.network.network_parts import NetworkParts, checked
from qsim.network.script_values import RunFields, document_value
from qsim.parameters import declarations

if TYPE_CHECKING:
    import networkx as nx

    from qsim.kernel import TraceSink
    from qsim.results import Result
    from qsim.scenario.engine import LiveNetwork
    from qsim.scenario.scenario import Scenario


class Network(NetworkParts):
    """A network and its traffic, described step by step.

    Values are what a scenario file takes: numbers in SI, unit strings, names of registered kinds or mappings
    with the key ``kind``; besides, objects of registered kinds. What is left out or None takes its default.
    All methods that describe return the network itself; a keyword that none of them knows is an error.

    Args:
        name: name of the scenario.
        memory, processor, fibre, detector, link_model, node, link: see `set_defaults`.

    Attributes:
        name: name of the scenario.
        description: what the scenario is about.
        report: what an import did not take over as it stands; empty for a network that was not imported.

    Raises:
        NetworkError: something that cannot be, such as a node added twice; at once, in the line that says it.
    """

    def __repr__(self) -> str:
        from qsim.network.network_views import network_text

        return network_text(self)

    def _repr_html_(self) -> str:
        from qsim.network.network_views import network_html

        return network_html(self)

    def remove(self, *, nodes: Sequence[str] = (), links: Sequence[str | tuple[str, str]] = ()) -> Self:
        """Take nodes, whose links go with them, and `links`, by name or both ends, out of the network."""
        removed = self._parts.setdefault("remove", {})
        for key, names in (("nodes", nodes), ("links", links)):
            removed[key] = [*removed.get(key, []), *document_value(list(names), f"remove.{key}")]
        return self

    def fault(self, **outage: Any) -> Self:
        """Let something go down: ``net.fault(link="a-b", down="2 s", up="5 s")``.

        Args:
            outage: `link`, `node` (with a `bank`, perhaps), `channel` or `circle`, and when: `down` and `up`,
                or `mean_up` and `mean_down`. As an entry of ``faults.outages`` in a scenario file.
        """
        outages = self._parts.setdefault("faults", {}).setdefault("outages", [])
        known = [declared.name for declared in declarations(OutageSpec)]
        outages.append(checked(f"faults.outages[{len(outages)}]", known, outage))
        return self

    def set_faults(self, **fields: Any) -> Self:
        """Say what becomes of flows that faults hit: `on_fault`, `retry`, `detection`, `timeout`."""
        known = [declared.name for declared in declarations(FaultsSpec) if declared.name != "outages"]
        return self._set("faults", known, fields)

    def document(self, duration: float | str | None = None, **run: Unpack[RunFields]) -> dict[str, Any]:
        """The scenario document, as a file would hold it.

        Args:
            duration: simulated time, s; may be left out when the network was read from a scenario.
            run: `seed`, root seed of every random stream; `detail`, "attempt" or "photon"; `formalism` of
                pair states; `record_pairs`, whether to keep a row for every delivered pair;
                `error_rates`, whether to tell of every flow what key its pairs give;
                `stop_when_done`, whether to end as soon as every application has all it asked for.
        """
        from qsim.model.specs import FORMAT, RunSpec

        known = tuple(declared.name for declared in declarations(RunSpec))
        settings = self._run | checked("run", known, {"duration": duration, **run})
        if "duration" not in settings:
            raise NetworkError("a run needs a duration, such as duration='10 s'")
        titles = {"name": self.name, "description": self.description}
        made = {"qsim": FORMAT, **{key: text for key, text in titles.items() if text}, "run": settings}
        sections = {
            **self._parts,
            "nodes": {name: entry or None for name, entry in self._nodes.items()},
            "links": list(self._links.values()),
            "traffic": self._traffic,
        }
        parts = ("defaults", "topology", "nodes", "links", "remove", "classical", "protocols")
        order = (*parts, "traffic", "faults")
        # Through `plain` once more: what is handed out shares nothing with the network.
        return made | {key: document_value(sections[key], key) for key in order if sections.get(key)}

    def scenario(self, duration: float | str | None = None, **run: Unpack[RunFields]) -> Scenario:
        """The checked scenario; parameters as in `document`.

        Raises:
            ScenarioError: every fault of the description, together.
        """
        from qsim.scenario import from_document

        source = f"<Network '{self.name}'>" if self.name else "<Network>"
        made = from_document(self.document(duration, **run), source=source)
        return replace(made, notes=self._notes + made.notes) if self._notes else made

    def engine(
        self, duration: float | str | None = None, *, trace: TraceSink | None = None, **run: Unpack[RunFields]
    ) -> LiveNetwork:
        """The live simulation, to run it step by step and to look into it.

        Args:
            duration, run: as in `document`.
            trace: where trace events go; None traces nothing.

        Example:
            >>> engine = network.engine("10 s", seed=1)  # doctest: +SKIP
            >>> engine.run_until("10 ms")  # doctest: +SKIP
        """
        return self.scenario(duration, **run).engine(trace=trace)

    def run(
        self,
        duration: float | str | None = None,
        *,
        trace: TraceSink | None = None,
        progress: Callable[..., Any] | None = None,
        **run: Unpack[RunFields],
    ) -> Result:
        """Run the network; parameters as in `document`, a sink for the trace, and a progress callback."""
        return self.scenario(duration, **run).run(trace=trace, progress=progress)

    def save(self, path: str | Path, duration: float | str | None = None, **run: Unpack[RunFields]) -> None:
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
        for key in ("defaults", "remove", "classical", "protocols", "faults"):
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
        return network

    @classmethod
    def from_networkx(
        cls,
        graph: nx.Graph,
        name: str = "",
        *,
        length: float | str | None = None,
        least_length: float | str | None = None,
    ) -> Self:
        """A network with the nodes and edges of a NetworkX graph.

        Args:
            graph: the graph; `qsim.network.importers.graph` tells which attributes are read.
            name: name of the scenario.
            length: length of edges that have none and cannot be measured, m; without it they are an error.
            least_length: shorter edges become so long, m; None leaves them as they are.
        """
        from qsim.network.importers import graph as importer

        topology = importer.fragments(
            graph, source=name or "<graph>", length=length, least_length=least_length
        )
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


def _settings(given: Any) -> dict[str, Any]:
    """What a document says of a thing of a kind, which may be the name of the kind alone."""
    return {"kind": given} if isinstance(given, str) else given

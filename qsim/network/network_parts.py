"""What a network is made of, described step by step: the part of `qsim.Network` that adds and sets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Self

from qsim import registry, units
from qsim.errors import NetworkError, nearest
from qsim.model.specs import LinkSpec
from qsim.network.loss_report import LossReport
from qsim.network.script_values import Described, document_value, node_fields
from qsim.parameters import Declared, declarations

if TYPE_CHECKING:
    from qsim.network.topologies import TopologyKind

_PROTOCOLS = ("swapping", "purification", "cutoff", "routing", "reservation", "allocation", "control")
_OBJECTS = ("memory", "processor", "fibre", "detector", "link_model")
_DEFAULTS = (*_OBJECTS, "node", "link")
_LINK_FIELDS = tuple(each.name for each in declarations(LinkSpec) if each.name not in ("between", "length"))
#: The kind of the objects that a field takes.
_KINDS = {key: key.replace("_", "-") for key in (*_PROTOCOLS, *_OBJECTS)}


class NetworkParts:
    """Nodes, links, protocols and traffic, as text, numbers and mappings; see `qsim.Network`."""

    def __init__(
        self,
        name: str = "",
        *,
        memory: Described = None,
        processor: Described = None,
        fibre: Described = None,
        detector: Described = None,
        link_model: Described = None,
        node: Mapping[str, Any] | None = None,
        link: Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> None:
        self.name = name
        self.description = ""
        self.report = LossReport(name or "<network>")
        self._nodes: dict[str, dict[str, Any]] = {}
        self._links: dict[tuple[frozenset[str], Any], dict[str, Any]] = {}
        self._from_topology: dict[str, dict[str, Any]] = {}
        self._topology_links: list[tuple[str, str]] = []
        self._base: Path | None = None
        self._parts: dict[str, Any] = {}
        self._traffic: list[Any] = []
        self._run: dict[str, Any] = {}
        self._notes: tuple[str, ...] = ()
        parts = (memory, processor, fibre, detector, link_model, node, link)
        self._set("defaults", _DEFAULTS, dict(zip(_DEFAULTS, parts, strict=True)) | unknown)

    def set_defaults(
        self,
        *,
        memory: Described = None,
        processor: Described = None,
        fibre: Described = None,
        detector: Described = None,
        link_model: Described = None,
        node: Mapping[str, Any] | None = None,
        link: Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> Self:
        """Set what every node and link starts from.

        Args:
            memory: the memories of a node, such as ``{"count": 8, "t2": "100 ms"}``.
            processor: what works on them: gates and measurements.
            fibre: the fibre of a link, such as ``{"attenuation": "0.2 dB/km"}``.
            detector: the detectors of its heralding station.
            link_model: how a link makes entanglement, such as ``"single-click"``.
            node: further fields of every node, as in `add_node`.
            link: further fields of every link, as in `add_link`.
        """
        parts = (memory, processor, fibre, detector, link_model, node, link)
        return self._set("defaults", _DEFAULTS, dict(zip(_DEFAULTS, parts, strict=True)) | unknown)

    def set_protocols(
        self,
        *,
        swapping: Described = None,
        purification: Described = None,
        cutoff: Described = None,
        routing: Described = None,
        reservation: Described = None,
        allocation: Described = None,
        control: Described = None,
        **unknown: Never,
    ) -> Self:
        """Set the protocols of every node that states none of its own.

        Args:
            swapping: how and in which order routers swap, such as ``"nested"`` or ``"asap"``.
            purification: how pairs below the fidelity asked for are purified.
            cutoff: when pairs are given up because of their age.
            routing: how paths are found.
            reservation: how nodes promise their memories to requests.
            allocation: how many memories may be promised at once.
            control: who decides which request is served, and when.
        """
        parts = (swapping, purification, cutoff, routing, reservation, allocation, control)
        return self._set("protocols", _PROTOCOLS, dict(zip(_PROTOCOLS, parts, strict=True)) | unknown)

    def set_classical(
        self,
        *,
        channels: Sequence[Mapping[str, Any]] | None = None,
        one_way: Mapping[str, Any] | None = None,
        round_trip: Mapping[str, Any] | None = None,
        speed: float | str | None = None,
        processing: float | str | None = None,
        transmission: float | str | None = None,
        station: str | None = None,
        loss: float | str | None = None,
        retransmission: float | str | None = None,
        duplication: float | str | None = None,
        jitter: float | str | None = None,
        links: bool | None = None,
        **unknown: Never,
    ) -> Self:
        """Set fields of the classical network.

        Args:
            channels: explicit channels, each a mapping of `between` and `delay`; see `add_channel`.
            one_way, round_trip: tables of delays, mappings of `nodes` and `table`.
            speed: of signals along fibre, m/s.
            processing, transmission: time added to every message, s.
            station: delay between node and heralding station, "fibre" or "half".
            loss: probability that a datagram is lost.
            retransmission: time after which an unacknowledged message is sent again, s.
            duplication: probability that a datagram arrives twice.
            jitter: greatest further delay of a datagram, s.
            links: whether hand-shakes of links are datagrams too, at detail "photon".
        """
        from qsim.model.specs import ClassicalSpec

        fields = {
            "channels": channels, "one_way": one_way, "round_trip": round_trip, "speed": speed,
            "processing": processing, "transmission": transmission, "station": station, "loss": loss,
            "retransmission": retransmission, "duplication": duplication, "jitter": jitter, "links": links,
        }  # fmt: skip
        known = [declared.name for declared in declarations(ClassicalSpec)]
        return self._set("classical", known, fields | unknown)

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
            made: Any = {"kind": kind, **checked(f"topology '{kind}'", known, parameters)}
        else:
            made = document_value(kind, "topology", "topology")
        try:
            topology: TopologyKind = registry.build("topology", made)
        except TypeError as error:
            # A parameter that must be given is missing; Python names it.
            raise NetworkError(f"topology '{kind}': {error}") from None
        expanded = topology.expand(self._base)
        self._from_topology = {name: entry or {} for name, entry in expanded.nodes.items()}
        self._topology_links = [(link["between"][0], link["between"][1]) for link in expanded.links]
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
        memory: Described = None,
        processor: Described = None,
        position: Sequence[float | str] | None = None,
        coordinates: Sequence[float] | None = None,
        swapping: Described = None,
        purification: Described = None,
        cutoff: Described = None,
        transfer: Described = None,
        **fields: Any,
    ) -> Self:
        """Add a node, or say more of one that the topology makes.

        Args:
            name: unique name.
            kind: a registered kind of node, such as ``"router"`` or ``"end-node"``.
            memory: its memories, laid over the default; several banks as a mapping from names to memories.
            processor: what works on the memories, if not the default.
            position: planar place (x, y), m.
            coordinates: latitude and longitude, degrees.
            swapping, purification, cutoff: policies of the node, if not the network's.
            transfer: how halves are moved to other memories of the node; left out, they stay.
            fields: parameters of the kind.
        """
        if not isinstance(name, str) or not name:
            raise NetworkError(f"a node's name must be text, got {name!r}")
        if name in self._nodes:
            raise NetworkError(f"node '{name}' is added twice")
        given = {
            "kind": kind, "memory": memory, "processor": processor, "position": position,
            "coordinates": coordinates, "swapping": swapping, "purification": purification, "cutoff": cutoff,
            "transfer": transfer,
        }  # fmt: skip
        self._nodes[name] = checked(f"node '{name}'", {"kind", *node_fields(kind)}, given | fields)
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

    def add_link(
        self,
        a: str,
        b: str,
        length: float | str | None = None,
        *,
        name: str | None = None,
        fibre: Described = None,
        arms: Sequence[Mapping[str, Any]] | None = None,
        converter: Described = None,
        insertion_loss: float | str | None = None,
        detector: Described = None,
        second_detector: Described = None,
        link_model: Described = None,
        midpoint: float | None = None,
        station_delay: float | str | None = None,
        banks: Sequence[str] | None = None,
        **unknown: Never,
    ) -> Self:
        """Link two nodes.

        Args:
            a, b: names of the nodes.
            length: fibre between them, m; may be left out when both have a place.
            name: unique name, which a second link between two nodes needs.
            fibre: the fibre of both arms, laid over the default.
            arms: two mappings of `length`, `fibre`, `converter` and `insertion_loss`, where the arms differ.
            converter: what converts light between memory and fibre at both nodes.
            insertion_loss: of connectors and splices in each arm, dB.
            detector: the detectors of the heralding station, laid over the default.
            second_detector: that at the station's second output, if not as the first.
            link_model: how the link makes entanglement, laid over the default.
            midpoint: place of the station, as a fraction of the length from `a`.
            station_delay: classical delay between either node and the station, s.
            banks: the banks of memories used at the two nodes.
        """
        fields = {
            "name": name, "fibre": fibre, "arms": arms, "converter": converter,
            "insertion_loss": insertion_loss, "detector": detector, "second_detector": second_detector,
            "link_model": link_model, "midpoint": midpoint, "station_delay": station_delay, "banks": banks,
        }  # fmt: skip
        where = f"link '{a}'-'{b}'"
        self._must_know(where, a, b)
        if a == b:
            raise NetworkError(f"{where}: a node cannot be linked to itself")
        key = frozenset((a, b)), name
        if key in self._links:
            raise NetworkError(f"{where}: these nodes are linked already; a second link needs a `name`")
        entry: dict[str, Any] = {"between": [a, b]}
        if length is not None:
            if units.parse(length, "m") < 0:
                raise NetworkError(f"{where}: length must be in [0, inf) m, got {length}")
            entry["length"] = document_value(length, where)
        self._links[key] = entry | checked(where, _LINK_FIELDS, fields | unknown)
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

    def request(
        self,
        initiator: str,
        responder: str,
        *,
        start: float | str | None = None,
        duration: float | str | None = None,
        memories: int | None = None,
        fidelity: float | None = None,
        pairs: int | None = None,
        retry: float | str | None = None,
        path: Sequence[str] | None = None,
        routing: Described = None,
        **unknown: Never,
    ) -> Self:
        """Ask for entangled pairs between two nodes (application "request").

        Args:
            initiator, responder: names of the two ends.
            start: beginning of the window, s; left out, as soon as the path has confirmed.
            duration: length of the window, s; left out, until the end of the run.
            memories: memories at each end; left out, one.
            fidelity: least fidelity of a delivered pair; left out, any.
            pairs: pairs wanted; left out, as many as the window gives.
            retry: time after a refusal at which to ask again, s; left out, give up.
            path: the nodes to go along, both ends included; left out, the routing policy finds it.
            routing: the policy that finds the path, if not the network's.
        """
        where = f"request '{initiator}'-'{responder}'"
        self._must_know(where, initiator, responder)
        asked = {
            "start": start, "duration": duration, "memories": memories, "fidelity": fidelity,
            "pairs": pairs, "retry": retry, "path": path, "routing": routing,
        }  # fmt: skip
        known = [declared.name for declared in declarations(registry.lookup("app", "request"))]
        wanted = checked(where, known, asked | unknown)
        return self.add_traffic("request", initiator=initiator, responder=responder, **wanted)

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

    @property
    def traffic(self) -> list[Any]:
        """The applications that have been added."""
        return list(self._traffic)

    @property
    def nodes(self) -> dict[str, dict[str, Any]]:
        """What is said of each node, by name; those that a topology makes come first."""
        own = {name: self._from_topology.get(name, {}) | entry for name, entry in self._nodes.items()}
        return self._from_topology | own

    @property
    def links(self) -> list[tuple[str, str]]:
        """Names of the two ends of every link, those that a topology makes first."""
        own = [(link["between"][0], link["between"][1]) for link in self._links.values()]
        return list(dict.fromkeys((*self._topology_links, *own)))

    def _set(self, section: str, known: Sequence[str], parts: Mapping[str, Any]) -> Self:
        made = checked(section, known, parts)
        if made:
            self._parts.setdefault(section, {}).update(made)
        return self

    def _must_know(self, where: str, *names: str) -> None:
        for name in names:
            if name not in self._nodes and name not in self._from_topology:
                hint = nearest(str(name), (*self._nodes, *self._from_topology))
                raise NetworkError(f"{where}: no node '{name}'{hint}; add it first")


def checked(where: str, known: Collection[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as plain data, all of them known."""
    for key in given:
        if key not in known:
            raise NetworkError(f"{where}: unknown field '{key}'{nearest(key, known)}")
    return {
        key: document_value(value, f"{where}, {key}", _KINDS.get(key, ""))
        for key, value in given.items()
        if value is not None
    }

"""Checks that only the registered classes themselves can make.

A class of any kind may define ``check(self, context)``, which yields a key path and a message for each thing
that does not fit the rest of the scenario::

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        if self.responder not in context.nodes:
            yield "responder", f"unknown node '{self.responder}'{nearest(self.responder, context.nodes)}"

The key path is relative to the object's own parameters; an empty one speaks of the object as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from qsim import registry
from qsim.model.reachability import Reachability
from qsim.model.specs import ClassicalSpec, LinkSpec, NodeSpec, ProtocolsSpec, RunSpec

if TYPE_CHECKING:
    from qsim.quantum.state import PairState

_T = TypeVar("_T")


class Checkable(Protocol):
    """A registered class that checks how it fits the scenario."""

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Yield a relative key path and a message for each fault."""
        ...


class UnknownPartError(Exception):
    """A check asked for a part of the scenario that has faults of its own."""


class CheckContext:
    """The scenario as a check sees it.

    Asking for a part that is faulty itself ends the check that asks: what it would say of that part is noise
    until the part is mended. Faults that it yielded before still count.

    Args:
        run, classical, protocols: these sections; None when faulty.
        nodes: all nodes by name; None in the place of a faulty one.
        links: all links; None when one is faulty.
        ends: the two nodes of every link; None when those of one are faulty.
        traffic: all applications; None in the place of a faulty one.

    Attributes:
        worked_out: what checks have worked out for those that follow, by keys of their own.
    """

    def __init__(
        self,
        run: RunSpec | None,
        nodes: Mapping[str, NodeSpec | None],
        links: Sequence[LinkSpec] | None,
        ends: Sequence[tuple[str, str]] | None,
        classical: ClassicalSpec | None,
        protocols: ProtocolsSpec | None,
        traffic: Sequence[Any] = (),
    ) -> None:
        self.traffic = traffic
        self.worked_out: dict[Any, Any] = {}
        self.nodes: Mapping[str, NodeSpec] = _Nodes(nodes)
        # A node with faults counts as a router: that it is none can be told once it is mended.
        self._routers = [name for name, node in nodes.items() if node is None or node.relays]
        self._run = run
        self._links = links
        self._ends = ends
        self._classical = classical
        self._protocols = protocols
        self._neighbours: dict[str, tuple[str, ...]] = {}
        self._reachability: Reachability | None = None
        self._touching: dict[str, list[LinkSpec]] = {}

    @property
    def run(self) -> RunSpec:
        """How the scenario is run."""
        return _known(self._run)

    @property
    def formalism(self) -> type[PairState]:
        """The class of the states of pairs."""
        name = self.run.formalism
        known: type[PairState] | None = (
            registry.lookup("formalism", name) if name in registry.names("formalism") else None
        )
        return _known(known)

    @property
    def links(self) -> Sequence[LinkSpec]:
        """All links."""
        return _known(self._links)

    @property
    def classical(self) -> ClassicalSpec:
        """The classical network."""
        return _known(self._classical)

    @property
    def protocols(self) -> ProtocolsSpec:
        """The protocols of every node."""
        return _known(self._protocols)

    def neighbours(self, name: str) -> tuple[str, ...]:
        """The nodes that a node is linked to, in the order of the links; none for an unknown node."""
        if not self._neighbours:
            found: dict[str, list[str]] = {node: [] for node in self.nodes}
            for a, b in _known(self._ends):
                found[a].append(b)
                found[b].append(a)
            self._neighbours = {node: tuple(others) for node, others in found.items()}
        return self._neighbours.get(name, ())

    def links_at(self, name: str) -> Sequence[LinkSpec]:
        """The links of which a node is an end."""
        if not self._touching:
            _known(self._ends)
            for link in self.links:
                for end in link.between:
                    self._touching.setdefault(end, []).append(link)
        return self._touching.get(name, ())

    def connected(self, a: str, b: str) -> bool:
        """Whether a path of links leads from one node to another, with nothing but routers on the way.

        None leads to an unknown node.
        """
        return a in self.nodes and self._reach.connected(a, b)

    def pieces(self, name: str) -> set[int]:
        """Numbers of the pieces of routers that a node belongs to or is linked to; alike for all it joins."""
        return self._reach.pieces(name)

    @property
    def _reach(self) -> Reachability:
        if self._reachability is None:
            self._reachability = Reachability(self._routers, self.neighbours)
        return self._reachability


class _Nodes(Mapping[str, NodeSpec]):
    """All nodes by name, guarding those that are faulty."""

    def __init__(self, nodes: Mapping[str, NodeSpec | None]) -> None:
        self._nodes = nodes

    def __getitem__(self, name: str) -> NodeSpec:
        return _known(self._nodes[name])

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)


def _known(part: _T | None) -> _T:
    if part is None:
        raise UnknownPartError
    return part

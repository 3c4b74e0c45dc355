"""The checks that registered classes bring along, and the scenario as they see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from hardware.memory import AtomicMemory
from protocols.generation.continuous_handshake import ContinuousHandshake
from qsim import registry
from qsim.model.check_context import CheckContext
from qsim.parameters import Declared, Param

Found = Callable[..., list[str]]
Document = dict[str, Any]


@dataclass(frozen=True)
class Probe(Declared):
    """An app that asks whatever a test wants to know."""

    ask: Annotated[str, Param("what to ask")] = ""
    names: Annotated[tuple[str, ...], Param("names")] = ()

    def install(self, network: Any) -> list[Any]:
        """Do nothing."""
        return []

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Yield one sentence for each answer."""
        yield "", "looked"
        yield "names[1]" if len(self.names) > 1 else "ask", QUESTIONS[self.ask](context)


QUESTIONS: dict[str, Callable[[CheckContext], str]] = {
    "": lambda _: "nothing",
    "nodes": lambda context: f"{list(context.nodes)} {len(context.nodes)} {'A' in context.nodes}",
    "memories": lambda context: str([node.memory.count for node in context.nodes.values()]),
    "links": lambda context: str([link.length for link in context.links]),
    "neighbours": lambda context: str([context.neighbours(name) for name in ("A", "B", "C", "D", "X")]),
    "connected": lambda context: str([context.connected("A", name) for name in ("A", "B", "C", "D", "X")]),
    "run": lambda context: str(context.run.duration),
    "protocols": lambda context: registry.name_of(type(context.protocols.swapping)),
    "classical": lambda context: str(context.classical.loss),
}


@dataclass(frozen=True)
class FussyMemory(AtomicMemory):
    """A memory that wants company."""

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Refuse to be alone."""
        if len(context.nodes) < 3:
            yield "count", "wants three nodes"


@dataclass(frozen=True)
class FussyHandshake(ContinuousHandshake):
    """A handshake inside a generation, with something to say."""

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Always refuse."""
        yield "", "never works"


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    names = (
        ("app", "probe", Probe),
        ("memory", "fussy", FussyMemory),
        ("handshake", "fussy", FussyHandshake),
    )
    for kind, name, cls in names:
        registry.register(kind, name)(cls)
    yield
    for kind, name, _ in names:
        registry.unregister(kind, name)


@pytest.fixture
def network() -> Document:
    """A chain of three nodes and one apart."""
    return {
        "run": {"duration": 5},
        "nodes": dict.fromkeys("ABCD"),
        "links": [{"between": ["A", "B"], "length": 1}, {"between": ["C", "B"], "length": 2}],
    }


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("nodes", "['A', 'B', 'C', 'D'] 4 True"),
        ("memories", "[10, 10, 10, 10]"),
        ("links", "[1.0, 2.0]"),
        ("neighbours", "[('B',), ('A', 'C'), ('B',), (), ()]"),
        ("connected", "[True, True, True, False, False]"),
        ("run", "5.0"),
        ("protocols", "nested"),
        ("classical", "0.0"),
    ],
)
def test_what_a_check_can_see(network: Document, faults: Found, ask: str, answer: str) -> None:
    network["traffic"] = [{"kind": "probe", "ask": ask}]
    assert faults(network) == ["<script>: traffic[0]: looked", f"<script>: traffic[0].ask: {answer}"]


@pytest.mark.parametrize(
    ("ask", "change"),
    [
        ("memories", {"defaults": {"memory": {"count": 0}}}),
        ("links", {"defaults": {"link": {"midpoint": 2}}}),
        ("neighbours", {"links": [{"between": ["A", "X"], "length": 1}]}),
        ("connected", {"links": [{"length": 1}]}),
        ("run", {"run": {"duration": -1}}),
        ("protocols", {"protocols": {"swapping": "nestd"}}),
        ("classical", {"classical": {"loss": 2}}),
    ],
)
def test_a_check_ends_where_it_meets_a_fault_of_somebody_else(
    network: Document, faults: Found, ask: str, change: Document
) -> None:
    network["traffic"] = [{"kind": "probe", "ask": ask}]
    found = faults({**network, **change})
    assert "<script>: traffic[0]: looked" in found
    assert not [fault for fault in found if "traffic[0].ask" in fault]
    assert len(found) == 2


def test_names_and_paths_are_known_though_parameters_are_faulty(network: Document, faults: Found) -> None:
    network["defaults"] = {"memory": {"count": 0}, "detector": {"efficiency": 2}}
    network["traffic"] = [{"kind": "probe", "ask": "nodes"}, {"kind": "probe", "ask": "connected"}]
    found = faults(network)
    assert "<script>: traffic[0].ask: ['A', 'B', 'C', 'D'] 4 True" in found
    assert "<script>: traffic[1].ask: [True, True, True, False, False]" in found


def test_a_check_may_point_into_lists(network: Document, faults: Found) -> None:
    network["traffic"] = [{"kind": "probe", "names": ["A", "B"]}]
    assert faults(network)[1] == "<script>: traffic[0].names[1]: nothing"


def test_memories_and_what_is_inside_a_generation_are_asked(document: Document, faults: Found) -> None:
    document["defaults"] = {"memory": {"kind": "fussy", "count": 2}, "generation": {"handshake": "fussy"}}
    assert faults(document) == [
        "<script>: defaults.memory.count: wants three nodes",
        "<script>: defaults.generation.handshake: never works",
    ]


def test_a_check_of_something_left_out_points_at_its_owner(document: Document, faults: Found) -> None:
    document["nodes"] = {"A": {"memory": "fussy"}, "B": None}
    assert faults(document) == ["<script>: nodes.A.memory.count: wants three nodes"]


def test_no_path_leads_through_an_end_node(network: Document, faults: Found) -> None:
    network["nodes"] = {"A": {"type": "end-node"}, "B": {"type": "end-node"}, "C": None, "D": None}
    network["traffic"] = [{"kind": "probe", "ask": "connected"}]
    assert faults(network)[1] == "<script>: traffic[0].ask: [True, True, False, False, False]"
    network["nodes"] = {"A": {"type": "end-node"}, "B": None, "C": {"type": "end-node"}, "D": None}
    assert faults(network)[1] == "<script>: traffic[0].ask: [True, True, True, False, False]"

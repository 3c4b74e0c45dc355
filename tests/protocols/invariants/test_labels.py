"""Every fidelity that is reported is computed from the state held."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from qsim import registry
from qsim.quantum.bell_diagonal import BellDiagonalState
from qsim.trace.sinks import MemorySink
from tests.architecture.sources import sources
from tests.protocols.scenes import alive, chain, clocked, request

#: What a state of the formalism below says of itself, whatever it is.
SAID = 0.8125


@pytest.fixture
def liar() -> Iterator[None]:
    """A formalism whose states are Bell-diagonal and give one and the same fidelity."""

    class Liar(BellDiagonalState):
        def fidelity(self) -> float:
            return SAID

    registry.register("formalism", "liar")(Liar)
    yield
    registry.unregister("formalism", "liar")


def played(formalism: str) -> tuple[Any, MemorySink]:
    document = chain(
        2,
        generation=clocked(0.5e-3, 0.7, fidelity=0.9),
        memory={"depolarising_time": "2 s"},
        purification="bbpssw",
        count=8,
        run={"formalism": formalism, "duration": 0.5},
        traffic=[
            request("n0", "n2", memories=2, fidelity=0.8),
            {"kind": "teleportation", "initiator": "n0", "responder": "n1"},
        ],
    )
    sink = MemorySink()
    return alive(document, trace=sink).run(), sink


@pytest.mark.usefixtures("liar")
def test_what_the_state_says_is_what_everybody_reports() -> None:
    result, sink = played("liar")
    rows = {row.fidelity for row in result.links} | {row.fidelity_mean for row in result.flows}
    assert rows == {SAID}
    assert {pair.fidelity for pair in result.pairs} == {SAID}
    assert len(result.pairs) > 20
    traced = [
        fields["fidelity"]
        for _, event, _, fields in sink.events
        if event.startswith("pair_") and "fidelity" in fields
    ]
    assert set(traced) == {SAID}
    (arrived,) = (row for row in result.metrics if row.metric == "fidelity")
    assert arrived.mean == pytest.approx((2 * SAID + 1) / 3)


def test_the_same_network_with_honest_states_reports_many_fidelities() -> None:
    result, sink = played("bell-diagonal")
    assert len({round(pair.fidelity, 9) for pair in result.pairs}) > 5
    traced = {fields["fidelity"] for _, event, _, fields in sink.events if event == "pair_delivered"}
    assert traced == {pair.fidelity for pair in result.pairs}


@pytest.mark.usefixtures("liar")
def test_decisions_follow_the_state_too() -> None:
    """What says of itself that it is below the target is purified for ever, what says more never."""
    for target, purified in ((SAID - 0.01, False), (SAID + 0.01, True)):
        document = chain(1, generation=clocked(fidelity=0.9), purification="bbpssw", count=2)
        document["run"]["formalism"] = "liar"
        sink = MemorySink()
        engine = alive(document, trace=sink)
        engine.request("n0", "n1", memories=2, fidelity=target)
        engine.run()
        assert any(event == "pair_purified" for _, event, *_ in sink.events) is purified


def test_a_state_replaced_by_hand_is_what_is_reported() -> None:
    engine = alive(chain(1, generation=clocked(fidelity=0.9)))
    stream = engine.request("n0", "n1", start="20 ms")
    seen: list[float] = []

    def take() -> Any:
        delivered = yield from stream.next_pair()
        seen.append(delivered.fidelity())
        now = engine.sim.now
        delivered.pair.replace_state(BellDiagonalState.werner(0.4), now, now)
        seen.append(delivered.fidelity())

    engine.process(take())
    engine.run()
    assert seen == pytest.approx([0.9, 0.4])


class Assignments(ast.NodeVisitor):
    """Collects the attributes named after fidelities that code sets."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if isinstance(node.ctx, ast.Store) and "fidelity" in node.attr:
            self.found.add(node.attr)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        for item in ast.walk(node):
            if isinstance(item, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == "__slots__" for target in item.targets
            ):
                names = [one.value for one in ast.walk(item.value) if isinstance(one, ast.Constant)]
                self.found.update(name for name in names if isinstance(name, str) and "fidelity" in name)
        self.generic_visit(node)


def test_no_pair_memory_or_message_carries_a_fidelity() -> None:
    """What is kept of fidelities is the sum over a flow's deliveries and the tally of qubits that arrived."""
    collected = Assignments()
    for source in sources("protocols", "hardware"):
        collected.visit(source.tree)
    for source in sources("qsim"):
        if source.path.parts[-2] in ("quantum", "kernel"):
            collected.visit(source.tree)
    assert collected.found == {"fidelity_sum", "fidelity"}
    tallies = [
        str(source)
        for source in sources("protocols", "hardware")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == "fidelity"
    ]
    # Tallies of what was found, beside no state.
    assert tallies == ["protocols/apps/teleportation.py", "protocols/programs/findings.py"]

"""The memories of a node are made when they are asked for, and are the same from then on."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from hardware.memory import AtomicMemory
from hardware.node import QuantumNode
from hardware.node_kinds import Router
from qsim.kernel import Simulator
from qsim.quantum.noise import MemoryNoise
from tests.hardware.devices import classical


@pytest.fixture
def node() -> QuantumNode:
    """A node with a bank that keeps for ever and one whose memories disturb each other."""
    sim = Simulator()
    banks: Any = {"east": AtomicMemory(count=3), "west": AtomicMemory(count=2, dephasing_attempts=50.0)}
    return Router("r", banks).build(sim, classical(sim), 0)


def test_none_is_made_before_it_is_asked_for(node: QuantumNode) -> None:
    assert len(node.memories) == 5
    assert node.memories.used == []
    second = node.memories[1]
    assert node.memories.used == [second]


def test_one_index_is_one_memory_however_it_is_asked_for(node: QuantumNode) -> None:
    last, third = node.memories[4], node.memories[2]
    assert node.memories[-1] is last
    assert node.memories[1:3][1] is third
    assert list(node.memories)[4] is last
    assert node.bank("west")[1] is last
    assert last in node.memories
    assert [memory.name for memory in node.memories.used] == ["r[0]", "r[1]", "r[2]", "r[3]", "r[4]"]


@pytest.mark.parametrize("index", [5, -6])
def test_there_are_no_more_than_there_are(node: QuantumNode, index: int) -> None:
    with pytest.raises(IndexError):
        node.memories[index]
    assert node.memories.used == []


def test_each_is_of_its_bank(node: QuantumNode) -> None:
    assert [memory.noise for memory in node.memories] == [None, None, None, MemoryNoise(), MemoryNoise()]
    assert [memory.disturbance is None for memory in node.memories] == [True, True, True, False, False]
    assert list(node.memories.laws) == [MemoryNoise()]


def test_a_run_makes_those_that_its_flows_use() -> None:
    network = qsim.Network("Chain", memory={"count": 100})
    network.add_nodes("a", "b", "c", "d").add_link("a", "b", "10 km").add_link("b", "c", "10 km")
    network.add_link("c", "d", "10 km")
    engine: Any = network.request("a", "c", memories=2).engine("5 ms", seed=3)
    result = engine.run()
    assert [len(node.memories.used) for node in engine.nodes.values()] == [2, 4, 2, 0]
    assert [row.memories for row in result.memories] == [100] * 4
    assert result.memories[1].entangled > 0
    assert result.memories[3].entangled == 0

"""A network pays for the protocols of the nodes that take part, whoever asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import SimulationError
from tests.protocols.scenes import MS, alive, chain, request


def awake(engine: Any) -> list[str]:
    """The nodes whose protocols have been made."""
    return sorted(node.name for node in engine.reservations)


def test_protocols_are_made_as_the_request_reaches_a_node_and_nowhere_else() -> None:
    engine = alive(chain(5, count=4, traffic=[request("n1", "n3")]))
    assert awake(engine) == []
    engine.run_until(20 * MS)
    assert awake(engine) == ["n1", "n2", "n3"]
    assert sorted(node.name for node in engine.stacks) == ["n1", "n2", "n3"]


def test_a_routing_policy_may_ask_for_the_promises_of_a_node_that_sleeps() -> None:
    engine = alive(chain(2, count=4))
    node = engine.node("n1")
    assert engine.view.free(node, 0, MS) == 4
    assert engine.reservations[node].calendar is engine.view.calendars[node]


def test_a_script_finds_the_protocols_of_every_node() -> None:
    engine = alive(chain(3))
    assert engine.stack("n2").node is engine.node("n2")
    assert engine.stack("n2") is engine.stack("n2")


def test_a_message_that_nobody_takes_is_an_error_at_nodes_asleep_and_awake() -> None:
    engine = alive(chain(1))
    for _ in range(2):
        engine.node("n0").send(engine.node("n1"), "hello")
        with pytest.raises(SimulationError, match="'n1' has no handler for str from 'n0'"):
            engine.run_until(engine.sim.now + 10 * MS)

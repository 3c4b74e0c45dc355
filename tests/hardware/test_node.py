from __future__ import annotations

from dataclasses import dataclass

import pytest

from hardware.classical import Node
from hardware.memory import AtomicMemory
from hardware.node_kinds import EndNode, Router
from qsim.errors import SimulationError
from qsim.kernel import Simulator
from qsim.trace.sinks import MemorySink
from tests.hardware.devices import classical


@dataclass
class Greeting:
    text: str


def two_nodes(trace: MemorySink | None = None) -> tuple[Simulator, Node, Node]:
    sim = Simulator(0, trace)
    network = classical(sim, given={("alice", "bob"): 3e-6, ("bob", "alice"): 4e-6})
    return sim, Node(sim, "alice", network), Node(sim, "bob", network)


def test_messages_arrive_after_the_delay_with_their_sender() -> None:
    sim, alice, bob = two_nodes()
    heard: list[tuple[int, Node, str]] = []
    bob.on(Greeting, lambda source, message: heard.append((sim.now, source, message.text)))
    alice.send(bob, Greeting("one"))
    sim.post(500, alice.send, bob, Greeting("two"))
    sim.run()
    assert heard == [(3_000_000, alice, "one"), (3_000_500, alice, "two")]


def test_messages_sent_at_one_instant_arrive_in_order() -> None:
    sim, alice, bob = two_nodes()
    heard: list[str] = []
    bob.on(Greeting, lambda _, message: heard.append(message.text))
    for text in "abcdef":
        alice.send(bob, Greeting(text))
    sim.run()
    assert "".join(heard) == "abcdef"


def test_the_two_directions_may_differ() -> None:
    _, alice, bob = two_nodes()
    assert (alice.delay_to(bob), bob.delay_to(alice)) == (3_000_000, 4_000_000)


def test_a_message_that_nobody_handles_is_an_error_with_time_and_names() -> None:
    sim, alice, bob = two_nodes()
    alice.send(bob, Greeting("hello"))
    with pytest.raises(
        SimulationError, match="node 'bob' has no handler for Greeting from 'alice'"
    ) as caught:
        sim.run()
    assert "Node.receive of 'bob' at t = 3000000 ps" in caught.value.__notes__[0]


def test_messages_are_traced_at_both_ends() -> None:
    sink = MemorySink()
    sim, alice, bob = two_nodes(sink)
    bob.on(Greeting, lambda *_: None)
    sim.post(10, alice.send, bob, Greeting("hello"))
    sim.run()
    assert sink.events == [
        (10, "message_sent", "alice", {"message": "Greeting", "to": "bob", "arrives_ps": 3_000_010}),
        (3_000_010, "message_received", "bob", {"message": "Greeting", "from": "alice"}),
    ]


@pytest.mark.parametrize(("kind", "relays"), [(Router, True), (EndNode, False)])
def test_routers_relay_and_end_nodes_do_not(kind: type[Router], relays: bool) -> None:
    sim = Simulator()
    node = kind("alice", AtomicMemory(count=7)).build(sim, classical(sim), 3)
    assert node.spec.relays is relays
    assert node.index == 3
    assert [memory.index for memory in node.memories] == list(range(7))
    assert repr(node) == f"<{kind.__name__} alice>"


@dataclass
class Keyed:
    key: str


def test_messages_of_one_type_find_the_handler_of_their_key() -> None:
    sim, alice, bob = two_nodes()
    heard: list[tuple[str, str]] = []
    for key in ("red", "blue"):
        bob.on(Keyed, lambda _, message, key=key: heard.append((key, message.key)), key=key)
    for key in ("blue", "red"):
        alice.send(bob, Keyed(key))
    sim.run()
    assert heard == [("blue", "blue"), ("red", "red")]
    alice.send(bob, Keyed("green"))
    with pytest.raises(SimulationError, match="'bob' has no handler for Keyed of key 'green' from 'alice'"):
        sim.run()


@pytest.mark.parametrize(("first", "second"), [(None, None), ("red", "red"), (None, "red"), ("red", None)])
def test_a_second_handler_for_the_same_messages_is_refused(first: str | None, second: str | None) -> None:
    _, _, bob = two_nodes()

    def one(_source: Node, _message: Keyed) -> None: ...
    def other(_source: Node, _message: Keyed) -> None: ...

    bob.on(Keyed, one, first)
    bob.on(Keyed, one, first)
    taken = "handlers by key" if (first, second) == ("red", None) else ".*one`"
    with pytest.raises(SimulationError, match=f"'bob': Keyed goes to {taken} already, so `.*other`"):
        bob.on(Keyed, other, second)

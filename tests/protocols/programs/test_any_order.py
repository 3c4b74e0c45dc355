"""Programs that do whatever comes to mind, in a live network: after every event all is as it must be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qsim
from hardware.memory import MemoryState
from protocols.local.qubit import QubitLost
from qsim import registry
from qsim.kernel import TimeoutExpired
from qsim.quantum.group import Group

NODES = ("n0", "n1", "n2")
#: What a program may do next; the names of its methods below.
DEEDS = ("take", "turn", "entangle", "look", "keep", "let_go", "prepare", "rest", "swap", "ask")


class Whims:
    """A program that does one thing after the other with whatever qubits it has.

    Args:
        node: what it sees of its node.
        seed: of its whims.
    """

    def __init__(self, node: Any, seed: int) -> None:
        self.node = node
        self.rng = random.Random(f"{seed} {node.role}")
        self.held: list[Any] = []
        self.gone = 0

    def play(self, deeds: list[str]) -> Iterator[Any]:
        for deed in deeds:
            try:
                yield from getattr(self, deed)()
            except QubitLost:
                self.gone += 1
            except TimeoutExpired:
                pass
            self.held = [qubit for qubit in self.held if qubit.held]

    def some(self, number: int) -> list[Any]:
        return self.rng.sample(self.held, number) if len(self.held) >= number else []

    def take(self) -> Iterator[Any]:
        # Few, so that joint states stay small.
        if len(self.held) < 3:
            peer = self.rng.choice(list(self.node.peers))
            self.held.append((yield from self.node.epr(peer, timeout="1 ms")))

    def turn(self) -> Iterator[Any]:
        for qubit in self.some(1):
            yield from self.node.gate(self.rng.choice(["h", "s", "t", "x"]), qubit)

    def entangle(self) -> Iterator[Any]:
        if pair := self.some(2):
            yield from self.node.gate(self.rng.choice(["cx", "cz", "swap"]), *pair)

    def look(self) -> Iterator[Any]:
        for qubit in self.some(1):
            assert (yield from self.node.measure(qubit, self.rng.choice("xyz"))) in (0, 1)
            assert not qubit.held

    def swap(self) -> Iterator[Any]:
        if pair := self.some(2):
            bits = yield from self.node.bell(*pair)
            peer = self.rng.choice(list(self.node.peers))
            self.node.send(peer, bits)

    def ask(self) -> Iterator[Any]:
        bits = yield from self.node.receive(self.rng.choice(list(self.node.peers)), timeout="0.1 ms")
        for qubit in self.some(1):
            yield from self.node.correct(qubit, bits)

    def keep(self) -> Iterator[Any]:
        for qubit in self.some(1):
            if not qubit.memory.index >= 4:
                yield from self.node.keep(qubit, "store")

    def prepare(self) -> Iterator[Any]:
        if len(self.held) < 3:
            self.held.append(self.node.prepare(self.rng.choice(["0", "+", "-i"]), "store"))
        yield from ()

    def let_go(self) -> Iterator[Any]:
        for qubit in self.some(1):
            self.node.release(qubit)
        yield from ()

    def rest(self) -> Iterator[Any]:
        yield from self.node.wait(self.rng.choice([0.0, 1e-5, 3e-4, 1e-3]))
        self.held = [qubit for qubit in self.held if qubit.held]
        if pair := self.some(2):
            assert -1e-9 < self.node.fidelity("phi+", *pair) < 1 + 1e-9


def network(
    memory: dict[str, Any], *, swapping: str, memories: int, fidelity: float, lists: list[list[str]]
) -> Any:
    """Three nodes in a row, each with a store and perhaps a program; n0 and n2 share swapped pairs."""
    net = qsim.Network(
        memory={"comm": {"count": 4, "initial_fidelity": 0.95, **memory}, "store": {"count": 4}},
        processor={"gate_time": "10 us", "gate_error": 0.02, "readout_time": "5 us", "readout_error": 0.01},
    )
    net.add_nodes(*NODES)
    net.add_link("n0", "n1", "1 km").add_link("n1", "n2", "12 km")
    net.set_protocols(swapping=swapping, purification="dejmps", cutoff={"kind": "age", "after": "0.4 ms"})
    roles = {name: {"kind": f"whims-{place}", "node": name} for place, name in enumerate(NODES[: len(lists)])}
    net.add_traffic(
        "programs", roles=roles, memories=memories, fidelity=fidelity, register="auto", retry="0.2 ms"
    )
    return net


@contextmanager
def registered(lists: list[list[str]], seed: int) -> Iterator[list[Whims]]:
    """The programs under their names, and those that play them."""
    made: list[Whims] = []

    def program(place: int) -> Any:
        def whims(node: Any) -> Any:
            made.append(Whims(node, seed))
            yield from made[-1].play(lists[place])

        return whims

    for place in range(len(lists)):
        qsim.program(f"whims-{place}")(program(place))
    try:
        yield made
    finally:
        for place in range(len(lists)):
            registry.unregister("program", f"whims-{place}")


@contextmanager
def exact_demotion(patch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Holds every pair that a group becomes to the state that it was."""
    demoted, pairs = Group.demoted, []

    def checked(self: Group, *given: Any) -> Any:
        before = self.register.rho((0, 1)) if len(self.members) == 2 else None
        made = demoted(self, *given)
        if made is not None:
            assert before is not None
            after = made.state_at(*made.since).density_matrix()
            assert np.abs(after - before).max() < 1e-10
            pairs.append(made.id)
        return made

    with patch.context() as changed:
        changed.setattr(Group, "demoted", checked)
        yield pairs


DEED_LISTS = st.lists(
    st.lists(st.sampled_from(DEEDS), min_size=4, max_size=20).map(lambda deeds: ["take", "take", *deeds]),
    min_size=2,
    max_size=3,
)


@given(
    lists=DEED_LISTS,
    seed=st.integers(0, 10**6),
    memories=st.sampled_from([1, 2]),
    formalism=st.sampled_from(["bell-diagonal", "density-matrix"]),
    memory=st.sampled_from([{}, {"dephasing_time": "2 ms"}, {"t1": "3 ms", "t2": "2 ms"}]),
    swapping=st.sampled_from(["nested", "asap"]),
    fidelity=st.sampled_from([0.0, 0.93]),
    lossy=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_whatever_programs_do_a_memory_has_one_holder(
    lists: list[list[str]],
    seed: int,
    memories: int,
    formalism: str,
    memory: dict[str, Any],
    swapping: str,
    fidelity: float,
    lossy: bool,
) -> None:
    with registered(lists, seed) as made, exact_demotion(pytest.MonkeyPatch()) as demoted:
        net = network(memory, swapping=swapping, memories=memories, fidelity=fidelity, lists=lists)
        if lossy:
            # News of a pair may be late, or never come while a program at the other end works on it.
            net.set_defaults(link_model={"handshake": "negotiated"})
            net.set_classical(loss=0.2, duplication=0.1, jitter="5 us", retransmission="0.3 ms", links=True)
        detail = "photon" if lossy else "attempt"
        engine: Any = net.scenario(duration="80 ms", formalism=formalism, detail=detail).engine(seed=seed)
        counted: list[int] = []
        deliver = engine.delivered

        def count(flow: Any, pair: Any, *more: Any) -> None:
            counted.append(pair.id)
            deliver(flow, pair, *more)

        engine.delivered = count
        engine.check_invariants()
        result = engine.run()
    assert len(made) == len(lists)
    assert len(demoted) == len(set(demoted))
    # Every pair counts once, and flows count what was delivered.
    assert len(counted) == len(set(counted))
    assert sum(flow.pairs for flow in (*result.flows, *result.unfinished)) == len(counted)
    for node in engine.nodes.values():
        for one in node.memories:
            assert one.state is MemoryState.FREE, one
            assert (one.pair, one.group) == (None, None)

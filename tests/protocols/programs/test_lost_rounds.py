"""Rounds whose qubits are given up under a program: told to all, made up for, and never mixed with others.

Pairs are perfect and memories keep for ever, so what programs find in rounds that count is exact. A pair of
one round taken for that of another would show as a wrong bit in half of the cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import qsim
from hardware.memory import MemoryState
from tests.protocols.programs.stars import ghz_roles, line, metric, star

CUTOFF = {"kind": "age", "after": "300 us"}


def measurer(peer: str, longest: float) -> Callable[[Any], Any]:
    """Measures a half after a time of its own, and compares the bit with the other's."""

    def run(node: Any) -> Any:
        yield from node.wait(node.random.random() * longest)
        half = yield from node.epr(peer)
        yield from node.wait(node.random.random() * longest)
        basis = "x" if half.pair_id % 2 else "z"
        bit = yield from node.measure(half, basis)
        node.send(peer, (basis, bit))
        return {"same": (basis, bit) == (yield from node.receive(peer))}

    return run


def all_free(engine: Any) -> bool:
    return all(memory.state is MemoryState.FREE for node in engine.nodes.values() for memory in node.memories)


def unread(result: Any) -> list[str]:
    return [note for note in result.notes if "has not read" in note]


@pytest.mark.parametrize("memories", [1, 3])
@pytest.mark.parametrize("longest", [1e-4, 4e-4, 8e-4])
def test_both_ends_always_speak_of_the_same_pair(register: Any, memories: int, longest: float) -> None:
    register("test-a", measurer("b", longest))
    register("test-b", measurer("a", longest / 3))
    net = line(3)
    net.set_protocols(cutoff=CUTOFF)
    roles = {"a": {"kind": "test-a", "node": "n0"}, "b": {"kind": "test-b", "node": "n2"}}
    net.add_traffic("programs", roles=roles, rounds=60, memories=memories)
    result = net.run(duration="10 s", seed=3, stop_when_done=True)
    same = [row for row in result.metrics if row.metric == "same"]
    assert [row.n for row in same] == [60, 60]
    assert [row.mean for row in same] == [1, 1]
    assert metric(result, "rounds lost, share").mean > 0
    assert not result.stalls
    assert not unread(result)


@pytest.mark.parametrize("early", [False, True])
def test_states_of_many_are_those_of_one_round(early: bool) -> None:
    """The hub waits for its third pair longer than it may keep the first."""
    net, users = star(3)
    net.set_protocols(cutoff={"kind": "age", "after": "150 us"})
    roles = ghz_roles(users)
    roles["hub"]["early"] = early
    net.add_traffic("programs", roles=roles, rounds=40, target="ghz", register="dense")
    result = net.run(duration="10 s", seed=5, stop_when_done=True)
    found = metric(result, "fidelity to ghz")
    assert (found.n, found.mean) == (40, pytest.approx(1, abs=1e-9))
    assert metric(result, "rounds lost, share").mean > 0.05
    assert not result.stalls


def test_a_circuit_and_a_request_for_ghz_states_survive_cut_offs() -> None:
    net = line(3, count=12)
    net.set_protocols(cutoff={"kind": "age", "after": "120 us"})
    net.add_traffic("ghz", hub="n1", users=["n0", "n2"], states=30, register="dense")
    circuit = [["h", 0], ["cx", 0, 1]]
    net.add_traffic("circuit", circuit=circuit, placement={"0": "n0", "1": "n1"}, rounds=30)
    result = net.run(duration="10 s", seed=1, stop_when_done=True)
    for row in result.metrics:
        if row.metric.startswith("fidelity"):
            assert (row.n, row.mean) == (30, pytest.approx(1, abs=1e-9))
    assert [row.metric for row in result.metrics].count("rounds lost, share") >= 1


def test_a_round_that_an_end_has_finished_counts_no_more(register: Any) -> None:
    """The quick end measures and is done; the slow end misses its half, so both play once more."""
    played: dict[str, int] = {"a": 0, "b": 0}

    def quick(node: Any) -> Any:
        played["a"] += 1
        return {"bit": float((yield from node.measure((yield from node.epr("b")))))}

    def slow(node: Any) -> Any:
        played["b"] += 1
        half = yield from node.epr("a")
        if played["b"] == 1:
            yield from node.wait("1 ms")
        return {"bit": float((yield from node.measure(half)))}

    register("test-quick", quick)
    register("test-slow", slow)
    net = line(2)
    net.set_protocols(cutoff=CUTOFF)
    roles = {"a": {"kind": "test-quick", "node": "n0"}, "b": {"kind": "test-slow", "node": "n1"}}
    net.add_traffic("programs", roles=roles)
    engine = net.scenario(duration="20 ms", seed=2).engine()
    engine.run()
    result = engine.result()
    assert played == {"a": 2, "b": 2}
    bits = [row for row in result.metrics if row.metric == "bit"]
    assert [row.n for row in bits] == [1, 1]
    assert bits[0].mean == bits[1].mean
    assert (lost := metric(result, "rounds lost, share")).mean == 0.5
    assert lost.n == 2
    assert not result.stalls
    assert all_free(engine)


def test_rounds_that_can_never_be_finished_are_lost_without_end_and_told() -> None:
    """The halves are given up before the hub's word can reach a user."""
    net, users = star(2, length="20 km")
    net.set_protocols(cutoff={"kind": "age", "after": "250 us"})
    net.add_traffic("programs", roles=ghz_roles(users), rounds=None, target="ghz")
    result = net.run(duration="50 ms", seed=1)
    assert metric(result, "rounds lost, share").mean == 1
    assert metric(result, "fidelity to ghz").n == 0


def test_messages_of_a_lost_round_are_not_read_in_the_next(register: Any) -> None:
    def teller(node: Any) -> Any:
        node.number = getattr(node, "number", 0) + 1
        half = yield from node.epr("b")
        node.send("b", node.number)
        yield from node.wait("0.2 ms")
        yield from node.measure(half)
        return {"told": float(node.number)}

    def reader(node: Any) -> Any:
        half = yield from node.epr("a")
        if node.now < 2e-3:
            yield from node.wait("5 ms")
        yield from node.measure(half)
        return {"heard": float((yield from node.receive("a")))}

    register("test-teller", teller)
    register("test-reader", reader)
    net = line(2)
    net.set_protocols(cutoff={"kind": "age", "after": "1 ms"})
    roles = {"a": {"kind": "test-teller", "node": "n0"}, "b": {"kind": "test-reader", "node": "n1"}}
    net.add_traffic("programs", roles=roles, rounds=1)
    result = net.run(duration="50 ms", seed=2)
    assert metric(result, "heard").mean == metric(result, "told").mean > 1
    assert not unread(result)


def test_a_lost_round_is_the_same_whatever_else_runs() -> None:
    def run() -> Any:
        net, users = star(3)
        net.set_protocols(cutoff={"kind": "age", "after": "150 us"})
        net.add_traffic("programs", roles=ghz_roles(users), rounds=20, target="ghz")
        return net.run(duration="10 s", seed=5, stop_when_done=True)

    assert run().metrics == run().metrics


def test_an_error_in_a_round_is_still_an_error(register: Any) -> None:
    """A qubit that the program has measured itself is no lost round."""

    def twice(node: Any) -> Any:
        half = yield from node.epr("b")
        yield from node.measure(half)
        yield from node.measure(half)

    register("test-twice", twice)
    register("test-once", measurer("a", 0.0))
    net = line(2)
    net.set_protocols(cutoff=CUTOFF)
    roles = {"a": {"kind": "test-twice", "node": "n0"}, "b": {"kind": "test-once", "node": "n1"}}
    net.add_traffic("programs", roles=roles)
    with pytest.raises(qsim.QsimError, match="was measured before"):
        net.run(duration="10 ms", seed=1)


def test_a_refused_request_ends_the_programs_that_want_it_and_not_the_run() -> None:
    net = line(2, count=1)
    net.request("n0", "n1")
    roles = {
        "sender": {"kind": "teleport-sender", "node": "n0"},
        "receiver": {"kind": "teleport-receiver", "node": "n1"},
    }
    net.add_traffic("programs", roles=roles)
    result = net.run(duration="100 ms", seed=1)
    (note,) = (text for text in result.notes if "ended after 0 complete rounds" in text)
    assert "no pairs between n0 and n1: n0 refused the request" in note
    assert (*result.flows, *result.unfinished)[0].pairs > 0
    assert not result.stalls


def test_who_lags_behind_may_find_some_rounds_at_once(register: Any) -> None:
    """What is sent every millisecond from 0 on is received from 5 ms on: the first rounds take no time."""

    def ask(node: Any) -> Any:
        node.send("b", node.now)
        yield from node.wait("1 ms")

    def answer(node: Any) -> Any:
        if node.now == 0:
            yield from node.wait("5.5 ms")
        return {"age": node.now - (yield from node.receive("a"))}

    register("test-ask", ask)
    register("test-answer", answer)
    roles = {"a": {"kind": "test-ask", "node": "u0"}, "b": {"kind": "test-answer", "node": "u1"}}
    net, _ = star(2)
    net.add_traffic("programs", roles=roles, rounds=None)
    row = metric(net.run(duration="10.5 ms", seed=1), "age")
    assert row.n in (10, 11)
    # 5.5, 4.5, ... 0.5 ms at most, and then what messages take.
    assert 12e-3 < row.n * row.mean < 19e-3

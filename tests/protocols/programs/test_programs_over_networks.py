"""Programs over the real network: actual waiting times, ends that hear at unlike times, windows, cut-offs."""

from __future__ import annotations

from math import exp, pi
from typing import Any

import pytest

import qsim
from protocols.local.qubit import QubitLost
from protocols.programs.hub_ghz import ghz_hub
from tests.protocols.programs.stars import ghz_roles, line, metric, star
from tests.statistics import ROOM


@pytest.mark.parametrize("early", [False, True])
def test_a_ghz_state_has_the_phases_of_its_actual_waiting_times(register: Any, early: bool) -> None:
    """Event by event: perfect pairs, pure dephasing, each qubit stored from its herald to its own use.

    Joined early, all halves at the hub but the first one wait only for the news of their herald.
    """
    seen: list[tuple[float, float]] = []
    stored: dict[str, float] = {}
    users = ["u0", "u1", "u2"]

    def hub(node: Any) -> Any:
        yield from ghz_hub(node, users=users, early=early)
        stored["hub"] = node.now

    def storing(half: Any, name: str) -> None:
        memory = half.memory
        since = memory.pair.stored[0] if memory.group is None else memory.group.stored(memory)
        stored[name] = since * 1e-12

    def at_the_hub() -> float:
        end, times = stored["hub"], [stored[name] for name in users]
        if early:
            return (end - min(times)) + 2 * (end - max(times))
        return sum(end - time for time in times)

    def first_user(node: Any) -> Any:
        half = yield from node.epr("hub")
        storing(half, "u0")
        yield from node.correct(half, (yield from node.receive("hub")))
        ends = []
        for peer in ("u1", "u2"):
            ends += [(yield from node.receive(peer, tag="done"))]
        now = node.now
        phases = sum(now - stored[name] for name in users) + at_the_hub()
        seen.append((node.fidelity("ghz", half, *ends), (1 + exp(-phases / 5e-3)) / 2))
        for peer in ("u1", "u2"):
            node.send(peer, "go", tag="go")
        node.release(half)

    def other_user(node: Any) -> Any:
        half = yield from node.epr("hub")
        storing(half, node.role)
        yield from node.correct(half, (yield from node.receive("hub")))
        node.send("u0", half, tag="done")
        yield from node.receive("u0", tag="go")
        node.release(half)

    register("test-hub", hub)
    register("test-first", first_user)
    register("test-other", other_user)
    net, _ = star(3, length="10 km", dephasing_time="5 ms", efficiency=0.3)
    roles = {
        "hub": {"kind": "test-hub", "node": "hub"},
        "u0": {"kind": "test-first", "node": "u0"},
        "u1": {"kind": "test-other", "node": "u1"},
        "u2": {"kind": "test-other", "node": "u2"},
    }
    net.add_traffic("programs", roles=roles, rounds=30, register="dense")
    net.run(duration="2 s", seed=3)
    assert len(seen) == 30
    for simulated, closed in seen:
        assert simulated == pytest.approx(closed, abs=1e-9)
    assert max(closed for _, closed in seen) - min(closed for _, closed in seen) > 0.05


@pytest.mark.parametrize("target", [0.0, 0.85])
@pytest.mark.parametrize("initiator", ["near", "far"])
def test_ends_that_hear_at_unlike_times(target: float, initiator: str) -> None:
    """The end next to the router operates on its half before the other end has heard of the pair."""
    net = qsim.Network(memory={"count": 6, "initial_fidelity": 0.97, "t2": "1 s"})
    net.add_nodes("near", "router", "far")
    net.add_link("near", "router", "1 km").add_link("router", "far", "40 km")
    net.set_protocols(purification="dejmps")
    sender, receiver = ("near", "far") if initiator == "near" else ("far", "near")
    roles = {
        "sender": {"kind": "teleport-sender", "node": sender},
        "receiver": {"kind": "teleport-receiver", "node": receiver},
    }
    net.add_traffic("programs", roles=roles, rounds=20, memories=2, fidelity=target, register="dense")
    result = net.run(duration="3 s", seed=5)
    row = metric(result, "fidelity")
    assert row.n == 20
    assert 0.9 < row.mean < 1
    assert not result.stalls
    # The pairs that the flow counts are those that the programs had.
    assert result.flows[0].pairs >= 20


@pytest.mark.parametrize("mover", ["n0", "n2"])
def test_a_half_is_moved_while_the_far_end_works_on_its_own(mover: str) -> None:
    """The router swaps while an end moves its half; the other end hears first and teleports over the pair."""
    net = qsim.Network()
    banks = {"comm": {"count": 2, "dephasing_time": "10 ms"}, "store": {"count": 2}}
    far = "n2" if mover == "n0" else "n0"
    moving = {"memory": banks, "transfer": {"kind": "to-bank", "bank": "store"}}
    for name in ("n0", "n1", "n2"):
        more = {**moving, "processor": {"gate_time": "300 us"}} if name == mover else {"memory": {"count": 4}}
        net.add_node(name, **more)
    net.add_link("n0", "n1", "1 km").add_link("n1", "n2", "1 km")
    roles = {
        "sender": {"kind": "teleport-sender", "node": far, "theta": pi / 2, "phi": 0.4},
        "receiver": {"kind": "teleport-receiver", "node": mover},
    }
    net.add_traffic("programs", roles=roles, rounds=20, register="dense")
    result = net.scenario(duration="100 ms").run(seed=1, invariants=True)
    row = metric(result, "fidelity")
    assert row.n == 20
    # Two gates of 300 us in a memory that dephases; the news took some microseconds before.
    assert row.mean == pytest.approx((1 + exp(-0.06)) / 2, abs=1e-3)
    assert row.mean < (1 + exp(-0.06)) / 2


def test_an_end_that_hears_after_the_cut_off_of_a_pair_at_work() -> None:
    """Its half is given up, with a note, though a program at the other end has made a group of the pair."""
    net = qsim.Network(memory={"count": 4})
    net.add_nodes("n0", "n1").add_link("n0", "n1", "40 km", midpoint=0.0)
    net.set_protocols(cutoff={"kind": "age", "after": "0.7 ms"})
    roles = {
        "sender": {"kind": "teleport-sender", "node": "n0"},
        "receiver": {"kind": "teleport-receiver", "node": "n1"},
    }
    net.add_traffic("programs", roles=roles, rounds=5, register="dense")
    result = net.scenario(duration="100 ms").run(seed=1, invariants=True)
    assert any("were given up as n1 heard of them" in note for note in result.notes)


def test_an_end_that_hears_later_is_no_stall() -> None:
    """One memory at each end, full at the end that has heard; the other end's news are on their way."""
    net = line(4, initial_fidelity=0.99)
    roles = {
        "control": {"kind": "remote-gate-control", "node": "n0"},
        "target": {"kind": "remote-gate-target", "node": "n3"},
    }
    net.add_traffic("programs", roles=roles, rounds=20, target="phi+", register="dense")
    result = net.run(duration="1 s", seed=0)
    assert metric(result, "fidelity to phi+").n == 20
    assert not result.stalls


def test_teleportation_is_that_of_the_application() -> None:
    """The average over the six states of the axes is the average over all: as the application reckons it."""
    net, _ = star(2, length="10 km", initial_fidelity=0.95, t2="20 ms")
    roles = {
        "sender": {"kind": "teleport-sender", "node": "u0"},
        "receiver": {"kind": "teleport-receiver", "node": "u1"},
    }
    net.add_traffic("programs", roles=roles, rounds=300, register="dense")
    program = net.run(duration="5 s", seed=7)
    own, _ = star(2, length="10 km", initial_fidelity=0.95, t2="20 ms")
    own.add_traffic("teleportation", initiator="u0", responder="u1", pairs=300)
    application = own.run(duration="5 s", seed=7)
    mine, theirs = metric(program, "fidelity"), metric(application, "fidelity")
    assert mine.n == theirs.n == 300
    room = ROOM * ((mine.sd**2 + theirs.sd**2) / 300) ** 0.5
    assert abs(mine.mean - theirs.mean) < room


def test_a_half_that_reaches_its_cut_off_is_told_to_its_program(register: Any) -> None:
    def keep(node: Any) -> Any:
        half = yield from node.epr("b")
        yield from node.wait("20 ms")
        try:
            yield from node.x(half)
        except QubitLost as lost:
            return {"lost": float("given up because of its age" in str(lost))}

    def idle(node: Any) -> Any:
        yield from node.epr("a")
        yield from node.wait("30 ms")

    register("test-keep", keep)
    register("test-idle", idle)
    net, _ = star(2)
    net.set_protocols(cutoff={"kind": "age", "after": "10 ms"})
    roles = {"a": {"kind": "test-keep", "node": "u0"}, "b": {"kind": "test-idle", "node": "hub"}}
    net.add_traffic("programs", roles=roles, register="dense")
    assert metric(net.run(duration="100 ms", seed=1), "lost").mean == 1


def test_a_qubit_is_kept_in_another_bank(register: Any) -> None:
    """The move takes two gates and their errors; the storage bank keeps for ever."""

    def keep(node: Any) -> Any:
        half = yield from node.epr("b")
        yield from node.keep(half, "store")
        yield from node.wait("50 ms")
        return half

    def keep_too(node: Any) -> Any:
        half = yield from node.epr("a")
        yield from node.keep(half, "store")
        yield from node.wait("50 ms")
        return half

    register("test-keep", keep)
    register("test-keep-too", keep_too)
    net = qsim.Network(processor={"gate_error": 0.02})
    banks = {"comm": {"count": 1, "dephasing_time": "10 ms"}, "store": {"count": 2}}
    for name in ("n0", "n1"):
        net.add_node(name, memory=banks)
    net.add_link("n0", "n1", "1 km")
    roles = {"a": {"kind": "test-keep", "node": "n0"}, "b": {"kind": "test-keep-too", "node": "n1"}}
    net.add_traffic("programs", roles=roles, target="phi+", register="dense")
    result = net.run(duration="1 s", seed=1)
    kept = (1 - 16 / 15 * 0.02) ** 4
    row = metric(result, "fidelity to phi+")
    # A few microseconds in the communication memories, too.
    assert row.mean == pytest.approx((1 + 3 * kept) / 4, abs=2e-3)
    assert row.mean < (1 + 3 * kept) / 4


def test_registers_agree() -> None:
    """The same programs on a ket: in the mean over rounds."""
    means = {}
    for register in ("dense", "ket"):
        net, users = star(3, initial_fidelity=0.9)
        net.add_traffic("programs", roles=ghz_roles(users), rounds=300, target="ghz", register=register)
        means[register] = metric(net.run(duration="5 s", seed=2), "fidelity to ghz")
    assert means["dense"].sd == pytest.approx(0, abs=1e-9)
    error = means["ket"].sd / 300**0.5
    assert abs(means["ket"].mean - means["dense"].mean) < ROOM * error


def by_hand(peer: str, first: bool) -> Any:
    """Purifies two pairs by gates, gives what is left back to the network, and takes it from there again."""

    def run(node: Any) -> Any:
        kept = yield from node.epr(peer)
        used = yield from node.epr(peer)
        yield from node.cx(kept, used)
        bit = yield from node.measure(used)
        node.send(peer, bit)
        if bit != (yield from node.receive(peer)):
            node.release(kept)
            return {}
        node.hand_back(kept)
        again = yield from node.epr(peer)
        if first:
            yield from node.wait("0.1 ms")
            found = {"fidelity": again.memory.pair.fidelity(int(node.now * 1e12 + 0.5))}
            node.send(peer, "seen")
            node.release(again)
            return found
        yield from node.receive(peer)
        node.release(again)
        return {}

    return run


def test_what_programs_leave_of_a_pair_goes_back_to_the_network(register: Any) -> None:
    """Two Werner pairs of .85 leave one of .8841, which is delivered again; closed form of BBPSSW."""
    register("test-first", by_hand("b", True))
    register("test-second", by_hand("a", False))
    net = line(2, count=2, initial_fidelity=0.85)
    roles = {"a": {"kind": "test-first", "node": "n0"}, "b": {"kind": "test-second", "node": "n1"}}
    net.add_traffic("programs", roles=roles, rounds=30, memories=2)
    result = net.run(duration="1 s", seed=4, stop_when_done=True)
    found, third = metric(result, "fidelity"), (1 - 0.85) / 3
    ideal = (0.85**2 + third**2) / (0.85**2 + 2 * 0.85 * third + 5 * third**2)
    assert 5 < found.n < 30
    assert found.mean == pytest.approx(ideal, abs=1e-12)
    assert found.sd == pytest.approx(0, abs=1e-12)
    assert not result.stalls


def test_the_network_purifies_what_is_handed_back(register: Any) -> None:
    """A pair of .8841 is no .93: the network's own rules purify it before a program sees it again."""
    seen: list[float] = []

    def run(peer: str, first: bool) -> Any:
        def program(node: Any) -> Any:
            half = yield from node.epr(peer)
            if first:
                seen.append(half.memory.pair.fidelity(int(node.now * 1e12 + 0.5)))
                node.send(peer, "seen")
            else:
                yield from node.receive(peer)
            yield from node.wait("2 ms")
            node.hand_back(half)
            again = yield from node.epr(peer)
            if first:
                yield from node.receive(peer)
                seen.append(again.memory.pair.confirmed_fidelity())
            else:
                node.send(peer, "there")
            node.release(again)

        return program

    register("test-first", run("b", True))
    register("test-second", run("a", False))
    net = line(2, count=6, initial_fidelity=0.95, t2="40 ms")
    net.set_protocols(purification={"kind": "dejmps", "policy": "until-target"})
    roles = {"a": {"kind": "test-first", "node": "n0"}, "b": {"kind": "test-second", "node": "n1"}}
    net.add_traffic("programs", roles=roles, rounds=10, memories=3, fidelity=0.94)
    result = net.run(duration="2 s", seed=4, stop_when_done=True)
    assert len(seen) >= 20
    assert min(seen[1::2]) >= 0.94
    assert not result.stalls


@pytest.mark.parametrize("larger", [True, False])
def test_only_halves_of_pairs_go_back(register: Any, larger: bool) -> None:
    def wrong(node: Any) -> Any:
        half = yield from node.epr("b")
        own = node.prepare("+")
        if larger:
            yield from node.cx(own, half)
        node.hand_back(half if larger else own)

    def other(node: Any) -> Any:
        yield from node.epr("a")

    register("test-wrong", wrong)
    register("test-other", other)
    net = line(2)
    roles = {"a": {"kind": "test-wrong", "node": "n0"}, "b": {"kind": "test-other", "node": "n1"}}
    net.add_traffic("programs", roles=roles)
    with pytest.raises(qsim.QsimError, match="is not half of a pair that"):
        net.run(duration="10 ms", seed=1)

"""Programs at nodes: pairs in step, messages that match, waits that end or are told, errors by line."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import pytest

import qsim
from protocols.local.qubit import QubitLost
from qsim import Param
from qsim.errors import RegistryError, ScenarioError, SimulationError
from tests.protocols.programs.stars import ghz_roles, metric, star


def run(roles: dict[str, Any], net: qsim.Network | None = None, **more: Any) -> Any:
    """Run programs on a hub with two users."""
    known = net or star(2)[0]
    duration = more.pop("duration", "1 s")
    known.add_traffic("programs", roles=roles, register="dense", **more)
    return known.run(duration=duration, seed=1)


def line_of(function: Any, text: str) -> str:
    """Where a text stands in a function of this file, as messages tell it."""
    lines, first = inspect.getsourcelines(function)
    (offset,) = [place for place, line in enumerate(lines) if text in line]
    return f"test_programs.py, line {first + offset}"


class TestPairs:
    @pytest.mark.parametrize("memories", [1, 3])
    def test_both_ends_take_halves_of_the_same_pairs(self, register: Any, memories: int) -> None:
        """Also where several wait: perfect pairs give equal bits, round by round."""

        def ask(node: Any) -> Any:
            first = yield from node.epr("b")
            yield from node.wait("1 ms")
            bits = [(yield from node.measure(first))]
            bits.append((yield from node.measure((yield from node.epr("b")))))
            node.send("b", bits)

        def answer(node: Any) -> Any:
            bits = []
            for _ in range(2):
                bits += [(yield from node.measure((yield from node.epr("a"))))]
            return {"alike": float(bits == (yield from node.receive("a")))}

        register("test-ask", ask)
        register("test-answer", answer)
        roles = {"a": {"kind": "test-ask", "node": "u0"}, "b": {"kind": "test-answer", "node": "u1"}}
        result = run(roles, rounds=20, memories=memories)
        row = metric(result, "alike")
        assert (row.n, row.mean) == (20, 1.0)
        # Two pairs a round, all counted.
        assert result.flows[0].pairs >= 40
        assert not result.stalls

    def test_halves_decay_while_they_wait(self, register: Any) -> None:
        def keep(node: Any) -> Any:
            half = yield from node.epr("b")
            yield from node.wait("1 ms")
            return half

        def keep_too(node: Any) -> Any:
            half = yield from node.epr("a")
            yield from node.wait("1 ms")
            return half

        register("test-keep", keep)
        register("test-keep-too", keep_too)
        net, _ = star(2, dephasing_time="10 ms")
        roles = {"a": {"kind": "test-keep", "node": "u0"}, "b": {"kind": "test-keep-too", "node": "hub"}}
        row = metric(run(roles, net, target="phi+"), "fidelity to phi+")
        assert 0.86 < row.mean < 0.92

    def test_several_programs_at_a_node_take_turns(self, register: Any) -> None:
        net, users = star(2)
        for place in range(2):
            roles = {
                f"sender{place}": {
                    "kind": "teleport-sender", "node": "hub", "receiver": f"receiver{place}"},
                f"receiver{place}": {
                    "kind": "teleport-receiver", "node": users[place], "sender": f"sender{place}"},
            }  # fmt: skip
            net.add_traffic("programs", roles=roles, rounds=5, register="dense")
        result = net.run(duration="1 s", seed=1)
        assert [row.mean for row in result.metrics if row.metric == "fidelity"] == pytest.approx([1, 1])

    def test_two_roles_at_one_node_share_no_pairs(self, register: Any) -> None:
        def ask(node: Any) -> Any:
            yield from node.epr("b")

        register("test-ask", ask)
        roles = {"a": {"kind": "test-ask", "node": "u0"}, "b": {"kind": "test-ask", "node": "u0"}}
        with pytest.raises(SimulationError, match="'a' and 'b' are both at u0"):
            run(roles)

    @pytest.mark.parametrize("memories", [1, 2])
    def test_the_first_that_comes_is_taken_first(self, register: Any, memories: int) -> None:
        """Of links of unlike length; each end still takes halves of the same pairs."""
        order: list[str] = []

        def hub(node: Any) -> Any:
            wanted = ["far", "near"]
            while wanted:
                peer, half = yield from node.epr_any(*wanted)
                wanted.remove(peer)
                order.append(peer)
                node.send(peer, (yield from node.measure(half)))

        def user(node: Any) -> Any:
            bit = yield from node.measure((yield from node.epr("hub")))
            return {"same": bit == (yield from node.receive("hub"))}

        register("test-hub", hub)
        register("test-user", user)
        net = qsim.Network(memory={"count": 4})
        net.add_nodes("h", "n", "f").add_link("h", "f", "30 km").add_link("h", "n", "1 km")
        # The hub is the responder of one request and the initiator of the other.
        roles = {
            "near": {"kind": "test-user", "node": "n"},
            "hub": {"kind": "test-hub", "node": "h"},
            "far": {"kind": "test-user", "node": "f"},
        }
        result = run(roles, net, rounds=10, memories=memories)
        assert order == ["near", "far"] * 10
        assert [row.mean for row in result.metrics if row.metric == "same"] == [1, 1]

    def test_the_first_of_nobody_is_refused(self, register: Any) -> None:
        def ask(node: Any) -> Any:
            yield from node.epr_any()

        register("test-ask", ask)
        with pytest.raises(SimulationError, match="epr_any needs at least one role"):
            run({"a": {"kind": "test-ask", "node": "u0"}})


class TestMessages:
    def test_each_is_for_one_role_under_one_tag_in_order(self, register: Any) -> None:
        def speak(node: Any) -> Any:
            for value in range(3):
                node.send("b", value)
                node.send("b", 10 * value, tag="tens")
            yield from node.wait("1 ms")

        def listen(node: Any) -> Any:
            tens, ones = [], []
            for _ in range(3):
                tens += [(yield from node.receive("a", tag="tens"))]
            for _ in range(3):
                ones += [(yield from node.receive("a"))]
            return {"right": float(tens == [0, 10, 20] and ones == [0, 1, 2]), "when": node.now}

        register("test-speak", speak)
        register("test-listen", listen)
        roles = {"a": {"kind": "test-speak", "node": "u0"}, "b": {"kind": "test-listen", "node": "u1"}}
        result = run(roles)
        assert metric(result, "right").mean == 1
        # 10 km of fibre.
        assert metric(result, "when").mean == pytest.approx(50e-6, rel=1e-6)

    def test_a_wait_with_a_limit_ends(self, register: Any) -> None:
        def listen(node: Any) -> Any:
            try:
                yield from node.receive("b", timeout="2 ms")
            except qsim.TimeoutExpired:
                return {"ended": node.now}

        def idle(node: Any) -> Any:
            yield from node.wait("5 ms")

        register("test-listen", listen)
        register("test-idle", idle)
        roles = {"a": {"kind": "test-listen", "node": "u0"}, "b": {"kind": "test-idle", "node": "u1"}}
        result = run(roles)
        assert metric(result, "ended").mean == pytest.approx(2e-3)
        assert not result.stalls

    def test_what_nobody_reads_is_noted(self, register: Any) -> None:
        def speak(node: Any) -> Any:
            node.send("b", 1)
            node.send("b", 2)
            yield from node.wait("1 ms")

        def idle(node: Any) -> Any:
            yield from node.wait("5 ms")

        register("test-speak", speak)
        register("test-idle", idle)
        roles = {"a": {"kind": "test-speak", "node": "u0"}, "b": {"kind": "test-idle", "node": "u1"}}
        (note,) = run(roles).notes
        assert note == "the program of 'b' at u1 has not read 2 messages of 'a'"


class TestWaitingForEver:
    def test_two_that_wait_for_each_other(self, register: Any) -> None:
        def listen(node: Any) -> Any:
            (peer,) = node.peers
            yield from node.receive(peer, tag="x")

        register("test-listen", listen)
        roles = {"a": {"kind": "test-listen", "node": "u0"}, "b": {"kind": "test-listen", "node": "u1"}}
        result = run(roles)
        assert [(stall.initiator, stall.responder) for stall in result.stalls] == [("u0", "u1"), ("u1", "u0")]
        cause = result.stalls[0].cause
        assert cause.startswith(
            "the program of 'a' waits for ever for a message of 'b' tagged 'x', whose program waits too ("
        )
        assert line_of(listen, 'tag="x"') in cause

    def test_one_whose_peer_has_ended(self, register: Any) -> None:
        def listen(node: Any) -> Any:
            yield from node.receive("b")

        def idle(node: Any) -> Any:
            yield from node.wait("5 ms")

        register("test-listen", listen)
        register("test-idle", idle)
        roles = {"a": {"kind": "test-listen", "node": "u0"}, "b": {"kind": "test-idle", "node": "u1"}}
        (stall,) = run(roles).stalls
        assert "waits for ever for a message of 'b', whose program has ended" in stall.cause

    def test_one_whose_peer_takes_no_half(self, register: Any) -> None:
        """The peer's memory stays full, so that no second pair can be made."""

        def ask(node: Any) -> Any:
            for _ in range(2):
                yield from node.measure((yield from node.epr("b")))

        def idle(node: Any) -> Any:
            yield from node.wait("5 ms")

        register("test-ask", ask)
        register("test-idle", idle)
        roles = {"a": {"kind": "test-ask", "node": "u0"}, "b": {"kind": "test-idle", "node": "hub"}}
        result = run(roles)
        assert "waits for ever for half of a pair with 'b'" in result.stalls[0].cause

    def test_one_that_waits_for_any_of_those_that_take_no_half(self, register: Any) -> None:
        def ask(node: Any) -> Any:
            for _ in range(3):
                yield from node.measure((yield from node.epr_any("b", "c"))[1])

        def idle(node: Any) -> Any:
            yield from node.wait("5 ms")

        register("test-ask", ask)
        register("test-idle", idle)
        roles = {
            "a": {"kind": "test-ask", "node": "hub"},
            "b": {"kind": "test-idle", "node": "u0"},
            "c": {"kind": "test-idle", "node": "u1"},
        }
        result = run(roles)
        assert "waits for ever for half of a pair with 'b' or 'c'" in result.stalls[0].cause

    def test_programs_in_time_are_no_stall(self) -> None:
        net, users = star(3, t2="1 s")
        net.add_traffic("programs", roles=ghz_roles(users), rounds=None, target="ghz", register="dense")
        result = net.run(duration="20 ms", seed=1)
        assert metric(result, "fidelity to ghz").n > 20
        assert not result.stalls
        assert not result.notes


class TestErrors:
    def test_they_tell_the_line(self, register: Any) -> None:
        def wrong(node: Any) -> Any:
            qubit = node.prepare()
            yield from node.measure(qubit)
            yield from node.h(qubit)

        register("test-wrong", wrong)
        with pytest.raises(SimulationError) as caught:
            run({"a": {"kind": "test-wrong", "node": "u0"}})
        assert line_of(wrong, "node.h(") in str(caught.value)
        assert isinstance(caught.value.__cause__, QubitLost)
        assert "program of 'a' at u0 failed" in str(caught.value)

    def test_an_error_of_their_own(self, register: Any) -> None:
        def wrong(node: Any) -> Any:
            yield from node.wait("1 ms")
            raise KeyError("mine")

        register("test-wrong", wrong)
        with pytest.raises(SimulationError, match=r"test_programs.py, line \d+: KeyError: 'mine'"):
            run({"a": {"kind": "test-wrong", "node": "u0"}})

    def test_an_unknown_role(self, register: Any) -> None:
        def wrong(node: Any) -> Any:
            yield from node.epr("bob")

        register("test-wrong", wrong)
        roles = {"a": {"kind": "test-wrong", "node": "u0"}, "bib": {"kind": "test-wrong", "node": "u1"}}
        with pytest.raises(SimulationError, match=r"speaks of 'bob', .*did you mean 'bib'"):
            run(roles)

    def test_no_memory_left_for_a_qubit_of_its_own(self, register: Any) -> None:
        def many(node: Any) -> Any:
            for _ in range(13):
                node.prepare()
            yield from node.wait("1 ms")

        register("test-many", many)
        with pytest.raises(SimulationError, match="no memory at node 'u0' is free of promises"):
            run({"a": {"kind": "test-many", "node": "u0"}})

    def test_a_finding_that_is_none(self, register: Any) -> None:
        def odd(node: Any) -> Any:
            yield from node.wait("1 ms")
            return "much"

        register("test-odd", odd)
        with pytest.raises(SimulationError, match="it returned 'much' as 'result'"):
            run({"a": {"kind": "test-odd", "node": "u0"}})

    def test_rounds_without_end_and_without_time(self, register: Any) -> None:
        def quick(node: Any) -> Any:
            if node.now < 0:
                yield from node.wait("1 ms")

        register("test-quick", quick)
        with pytest.raises(
            SimulationError, match=r"program of 'a' at u0 failed at .*: its rounds take no time"
        ):
            run({"a": {"kind": "test-quick", "node": "u0"}}, rounds=None)


class TestAtCheck:
    @pytest.mark.parametrize(
        ("roles", "match"),
        [
            ({"a": {"kind": "ghz-user", "node": "u9"}}, r"roles\.a\.node.*unknown node 'u9'"),
            (
                {"a": {"kind": "ghz-user", "node": "u0"}},
                r"roles\.a.*speaks to the role 'hub', which is empty",
            ),
            ({"a": {"kind": "ghz-usr", "node": "u0"}}, r"unknown program 'ghz-usr'.*'ghz-user'"),
            ({"a": {"kind": "ghz-user"}}, r"roles\.a.*node"),
            ({}, r"`roles` must name the roles, each with its program, as in `alice: "),
        ],
    )
    def test_what_can_be_known_is_told_before_a_run(self, roles: Any, match: str) -> None:
        net, _ = star(2)
        net.add_traffic("programs", roles=roles, register="dense")
        with pytest.raises(ScenarioError, match=match):
            net.scenario(duration="1 s")


class TestDeclaring:
    def test_keywords_are_parameters(self, register: Any) -> None:
        def count(
            node: Any,
            *,
            number: Annotated[int, Param("how many", ge=1)] = 2,
        ) -> Any:
            yield from node.wait("1 ms")
            return number

        register("test-count", count)
        assert metric(run({"a": {"kind": "test-count", "node": "u0", "number": 5}}), "result").mean == 5
        with pytest.raises(ScenarioError, match=r"must be in .*got 0"):
            run({"a": {"kind": "test-count", "node": "u0", "number": 0}})

    def test_refusals(self) -> None:
        with pytest.raises(RegistryError, match="must be a generator function"):
            qsim.program("test-plain")(print)

        def bare(node: Any, *, number: int = 2) -> Any:
            yield node, number

        with pytest.raises(RegistryError, match="`number` must be annotated"):
            qsim.program("test-bare")(bare)

        def needy(node: Any, *, number: Annotated[int, Param("n")]) -> Any:
            yield node, number

        with pytest.raises(RegistryError, match="`number` needs a default"):
            qsim.program("test-needy")(needy)


def test_the_same_seed_gives_the_same_run() -> None:
    def once() -> str:
        net, users = star(3, initial_fidelity=0.95, t1="20 ms", t2="10 ms", processor={"readout_error": 0.01})
        net.add_traffic("programs", roles=ghz_roles(users), rounds=10, target="ghz", register="dense")
        result: Any = net.run(duration="1 s", seed=11)
        fingerprint: str = result.fingerprint
        return fingerprint

    assert once() == once()

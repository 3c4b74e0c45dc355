"""What goes wrong in programs that people write: told in a sentence, never where nothing is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qsim
from qsim.errors import ScenarioError, SimulationError
from qsim.kernel import TimeoutExpired
from tests.protocols.programs.stars import line, metric


def run(net: qsim.Network, roles: dict[str, str], **more: Any) -> Any:
    """Run a program by name for each role, on nodes n0, n1, ... in the order of the roles."""
    placed = {role: {"kind": kind, "node": f"n{place}"} for place, (role, kind) in enumerate(roles.items())}
    net.add_traffic("programs", roles=placed, **more)
    return net.run(duration="1 s", seed=3)


class TestPairs:
    def test_a_pair_whose_taking_is_being_told_is_no_stall(self, register: Any) -> None:
        """The initiator takes pairs late; the responder waits for the word of it and for nothing else."""

        def late(node: Any) -> Any:
            for _ in range(20):
                while True:
                    try:
                        half = yield from node.epr("b", timeout="1 us")
                        break
                    except TimeoutExpired:
                        yield from node.wait("250 us")
                bit = yield from node.measure(half)
                same = bit == (yield from node.receive("b"))
                assert same

        def patient(node: Any) -> Any:
            for _ in range(20):
                half = yield from node.epr("a")
                node.send("a", (yield from node.measure(half)))
            return 1.0

        register("test-late", late)
        register("test-patient", patient)
        result = run(line(2), {"a": "test-late", "b": "test-patient"}, memories=2)
        assert metric(result, "result").n == 1
        assert not result.stalls


class TestErrors:
    def test_a_node_operates_on_its_own_qubits_alone(self, register: Any) -> None:
        """A handle in a message is no qubit that has travelled."""

        def give(node: Any) -> Any:
            node.send("b", (yield from node.epr("b")))
            yield from node.wait("10 ms")

        def take(node: Any) -> Any:
            half = yield from node.epr("a")
            other = yield from node.receive("a")
            with pytest.raises(qsim.errors.StateError, match="is at another node; n1 operates"):
                node.release(other)
            yield from node.cx(half, other)

        register("test-give", give)
        register("test-take", take)
        with pytest.raises(SimulationError, match=r"memory n0\[\d\] is at another node; n1 operates on"):
            run(line(2), {"a": "test-give", "b": "test-take"})

    @pytest.mark.parametrize(
        ("qubits", "message"),
        [(0, "at least one qubit, got none"), (2, r"memory n0\[\d\] is named twice")],
    )
    def test_a_fidelity_is_of_different_qubits(self, register: Any, qubits: int, message: str) -> None:
        def look(node: Any) -> Any:
            yield from node.wait("1 us")
            return node.fidelity("phi+", *[node.prepare("0")] * qubits)

        register("test-look", look)
        with pytest.raises(SimulationError, match=message):
            run(line(2), {"a": "test-look"})

    def test_a_wrong_return_is_told_with_the_place_of_the_program(self, register: Any) -> None:
        def talk(node: Any) -> Any:
            yield from node.wait("1 us")
            return "hello"

        register("test-talk", talk)
        first = talk.__code__.co_firstlineno
        with pytest.raises(
            SimulationError, match=f"test_program_faults.py, line {first}: StateError: a prog"
        ):
            run(line(2), {"a": "test-talk"})

    @pytest.mark.parametrize("many", [1, 500])
    def test_an_operation_without_yield_from(self, register: Any, many: int) -> None:
        """However many others come after it."""

        def forget(node: Any) -> Any:
            qubit = node.prepare("0")
            node.x(qubit)
            for _ in range(many):
                yield from node.z(qubit)
            return (yield from node.measure(qubit))

        register("test-forget", forget)
        place = f"`node.x` in test_program_faults.py, line {forget.__code__.co_firstlineno + 2}, did nothing"
        with pytest.raises(SimulationError, match=place):
            run(line(2), {"a": "test-forget"})

    def test_a_wait_that_begins_later_is_not_forgotten(self, register: Any) -> None:
        def later(node: Any) -> Any:
            pauses = [node.wait("1 us") for _ in range(200)]
            for pause in pauses:
                yield from pause
            return node.now

        register("test-later", later)
        assert metric(run(line(2), {"a": "test-later"}, rounds=2), "result").n == 2

    @pytest.mark.parametrize(
        ("act", "message"),
        [
            (lambda node, _: node.wait(-1), "waits for a time of 0 or more, got -1"),
            (
                lambda node, _: node.receive("b", timeout="-1 us"),
                "waits for a time of 0 or more, got '-1 us'",
            ),
            (
                lambda node, _: node.receive("b", timeout="2 us"),
                "waited 2e-06 s for a message of 'b', in vain",
            ),
            (lambda node, _: node.epr("b", timeout=0), "waited 0 s for half of a pair with 'b', in vain"),
            (lambda node, qubit: node.correct(qubit, "10"), "two bits of a Bell measurement, got '10'"),
            (lambda node, qubit: node.correct(qubit, (0, 2)), "two bits of a Bell measurement, got .0, 2."),
            (
                lambda node, qubit: node.gate(np.eye(2), qubit),
                r"there is no gate array.*Gate\(name, matrix\)",
            ),
            (lambda node, _: node.epr("c"), r"no such other role \(known: b\)"),
        ],
    )
    def test_sentences(self, register: Any, act: Any, message: str) -> None:
        def slip(node: Any) -> Any:
            yield from act(node, node.prepare("0"))

        def idle(node: Any) -> Any:
            yield from node.wait("1 us")

        register("test-slip", slip)
        register("test-idle", idle)
        with pytest.raises(SimulationError, match=f"(?s){message}"):
            run(line(2), {"a": "test-slip", "b": "test-idle"})


class TestCheck:
    def test_an_unknown_target(self) -> None:
        net = line(2)
        net.add_traffic("programs", roles={"a": {"kind": "ghz-path", "node": "n0"}}, target="psi")
        with pytest.raises(ScenarioError, match=r"target: unknown state 'psi' \(did you mean 'psi"):
            net.scenario(duration="1 s")

    @pytest.mark.parametrize(
        ("kind", "parameters"),
        [
            ("ghz", {"hub": "n1", "users": ["n0", "n2"]}),
            ("circuit", {"circuit": [["h", "a"]], "placement": {"a": "n0"}}),
            ("programs", {"roles": {"a": {"kind": "test-idle", "node": "n0"}}}),
        ],
    )
    def test_one_number_is_no_state_for_programs(
        self, register: Any, kind: str, parameters: dict[str, Any]
    ) -> None:
        def idle(node: Any) -> Any:
            yield from node.wait("1 us")

        register("test-idle", idle)
        net = line(3)
        net.add_traffic(kind, **parameters)
        net.scenario(duration="1 s", formalism="density-matrix")
        with pytest.raises(
            ScenarioError, match=r"traffic\[0\]: the formalism 'scalar-fidelity' cannot follow"
        ):
            net.scenario(duration="1 s", formalism="scalar-fidelity")

    @pytest.mark.parametrize(
        ("kind", "parameters"),
        [
            ("ghz", {"hub": "n1", "users": ["n0", "n2"]}),
            ("circuit", {"circuit": [["h", "a"], ["cx", "b", "a"]], "placement": {"a": "n1", "b": "n0"}}),
        ],
    )
    def test_a_fidelity_that_no_pair_can_have(self, kind: str, parameters: dict[str, Any]) -> None:
        """Pairs of .9 as they are made: with one memory at each end, nothing purifies them."""
        for fidelity, refused in ((0.9, False), (0.95, True)):
            net = line(3, initial_fidelity=0.9)
            net.add_traffic(kind, fidelity=fidelity, **parameters)
            if not refused:
                net.scenario(duration="1 s")
                continue
            with pytest.raises(
                ScenarioError, match=r"traffic\[0\].fidelity: no protocol .* above 0.9 with 1"
            ):
                net.scenario(duration="1 s")

"""What goes wrong in programs that people write: told in a sentence, never where nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import qsim
from qsim import registry
from qsim.kernel import TimeoutExpired
from tests.protocols.programs.stars import line, metric


@pytest.fixture
def register() -> Iterator[Callable[[str, Any], None]]:
    """Registers generator functions as programs for one test."""
    names: list[str] = []

    def register(name: str, function: Any) -> None:
        qsim.program(name)(function)
        names.append(name)

    yield register
    for name in names:
        registry.unregister("program", name)


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

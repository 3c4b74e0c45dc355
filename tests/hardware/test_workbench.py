"""The processor of a node at work: operations in turn."""

from __future__ import annotations

import pytest

from hardware.node_kinds import Router
from hardware.processor import GateProcessor
from hardware.workbench import Workbench
from qsim.kernel import Simulator
from tests.hardware.devices import classical


@pytest.mark.parametrize(
    ("parallel", "ends"), [(None, [10, 10, 10, 10]), (1, [10, 20, 30, 40]), (3, [10, 10, 10, 20])]
)
def test_operations_wait_their_turn(parallel: int | None, ends: list[int]) -> None:
    sim = Simulator()
    bench = Workbench(sim, parallel)
    done: list[tuple[str, int]] = []
    for name in "abcd":
        bench.work(10, lambda: True, lambda name: done.append((name, sim.now)), name)
    sim.run(until=100)
    assert done == list(zip("abcd", ends, strict=True))


def test_one_that_is_not_wanted_any_more_takes_no_time() -> None:
    sim = Simulator()
    bench = Workbench(sim, 1)
    done: list[tuple[str, int]] = []
    for name, wanted in (("a", True), ("b", False), ("c", True)):
        bench.work(10, lambda wanted=wanted: wanted, lambda name: done.append((name, sim.now)), name)
    sim.run(until=100)
    assert done == [("a", 10), ("b", 10), ("c", 20)]


def test_a_node_has_the_workbench_of_its_processor() -> None:
    sim = Simulator()
    node = Router("r", None, GateProcessor(parallel=1)).build(sim, classical(sim), 0)
    ends: list[int] = []
    for _ in range(2):
        node.workbench.work(5, lambda: True, lambda: ends.append(sim.now))
    sim.run(until=100)
    assert ends == [5, 10]


def test_a_swap_lasts_as_long_as_its_parts() -> None:
    processor = GateProcessor(gate_time="500 us", rotation_time="20 us", readout_time="3.7 us")
    assert processor.duration_ps() == 523_700_000

"""Pair streams: what a script is given, how long it may keep it, and what it is told when that is over."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.memory import MemoryState
from protocols.apps.stream import DeliveredPair
from qsim.errors import NetworkError, SimulationError
from qsim.kernel import TimeoutExpired, timeout
from tests.protocols.scenes import MS, alive, chain, clocked


def taken(engine: Any, wanted: int, keep: int = 0, **fields: Any) -> list[tuple[float, DeliveredPair]]:
    """Take pairs between n0 and the last node, keep each for a time in ms; when each came, in ms."""
    last = list(engine.nodes)[-1]
    stream = engine.request("n0", last, **fields)
    pairs: list[tuple[float, DeliveredPair]] = []

    def take() -> Any:
        for _ in range(wanted):
            delivered = yield from stream.next_pair()
            pairs.append((engine.sim.now / MS, delivered))
            yield from timeout(engine.sim, keep * MS)
            delivered.release()

    engine.process(take())
    return pairs


def test_a_pair_comes_when_both_ends_hold_it() -> None:
    """The swap is at 25.5 ms; the near end knows 1 ms, the far end 3 ms later."""
    engine = alive(chain((1.0, 3.0), generation=clocked(0.5e-3)))
    pairs = taken(engine, 1, start="20 ms")
    engine.run_until(40 * MS)
    assert [time for time, _ in pairs] == [27.5]


def test_both_halves_are_held_and_free_again_after_release() -> None:
    engine = alive(chain(1))
    pairs = taken(engine, 2, keep=4, start="20 ms")
    engine.run_until(23 * MS)
    ((time, delivered),) = pairs
    assert time == 21.5
    halves = delivered.initiator_memory, delivered.responder_memory
    assert [memory.node.name for memory in halves] == ["n0", "n1"]
    assert [memory.state for memory in halves] == [MemoryState.HELD] * 2
    assert delivered.held
    assert delivered.pair.intact
    assert delivered.age_s == pytest.approx(2.5e-3)
    engine.run_until(26 * MS)
    assert not delivered.held
    assert [memory.state for memory in halves] == [MemoryState.GENERATING] * 2
    # The memories go back to work at 25.5 ms, with the tick at 26 ms.
    engine.run_until(40 * MS)
    assert [time for time, _ in pairs] == [21.5, 27.5]


def test_the_state_is_read_as_it_is_now() -> None:
    engine = alive(chain(1, memory={"depolarising_time": "100 ms"}))
    pairs = taken(engine, 1, keep=50, start="20 ms")
    engine.run_until(30 * MS)
    ((_, delivered),) = pairs
    early = delivered.fidelity()
    engine.run_until(50 * MS)
    assert delivered.fidelity() < early
    assert delivered.fidelity() == delivered.state().fidelity() == delivered.pair.fidelity(50 * MS)


def test_a_pair_let_go_of_has_no_state() -> None:
    engine = alive(chain(1))
    pairs = taken(engine, 1, start="20 ms")
    engine.run_until(30 * MS)
    ((_, delivered),) = pairs
    with pytest.raises(SimulationError, match="no longer held"):
        delivered.state()
    with pytest.raises(SimulationError, match="no longer held"):
        delivered.fidelity()
    delivered.release()


def test_a_pair_given_up_while_the_script_holds_it_is_no_longer_held() -> None:
    engine = alive(chain(1, cutoff="5 ms"))
    pairs = taken(engine, 1, keep=20, start="20 ms")
    # Absorbed at 20.5 ms.
    engine.run_until(25 * MS + MS // 2)
    ((_, delivered),) = pairs
    assert delivered.held
    engine.run_until(25 * MS + MS // 2 + 1)
    assert not delivered.held
    assert engine.node("n0").expired == engine.node("n1").expired == 1
    engine.run_until(60 * MS)
    assert all(
        memory.state is not MemoryState.HELD or memory.since > 40 * MS
        for memory in engine.node("n0").memories
    )


def test_pairs_given_up_while_nobody_took_them_are_passed_over() -> None:
    engine = alive(chain(1, cutoff="5 ms"))
    stream = engine.request("n0", "n1", start="20 ms")
    engine.run_until(100 * MS)
    ages = []

    def take() -> Any:
        for _ in range(3):
            delivered = yield from stream.next_pair()
            ages.append(delivered.age_s)
            delivered.release()

    engine.process(take())
    engine.run_until(120 * MS)
    assert len(ages) == 3
    assert max(ages) <= 5e-3


def test_a_wait_for_a_pair_ends_in_time_though_dead_pairs_come_out() -> None:
    engine = alive(chain(1, cutoff="5 ms"))
    stream = engine.request("n0", "n1", start="20 ms", duration="40 ms")
    engine.run_until(100 * MS)
    ended = []

    def take() -> Any:
        try:
            yield from stream.next_pair(timeout="7 ms")
        except TimeoutExpired:
            ended.append(engine.sim.now / MS)

    engine.process(take())
    engine.run_until(200 * MS)
    assert ended == [107.0]


def test_what_is_held_at_the_end_of_the_window_is_given_up() -> None:
    engine = alive(chain(1))
    pairs = taken(engine, 1, keep=100, start="20 ms", duration="30 ms")
    engine.run_until(49 * MS)
    ((_, delivered),) = pairs
    assert delivered.held
    engine.run_until(51 * MS)
    assert not delivered.held
    assert all(memory.state is MemoryState.FREE for node in engine.nodes.values() for memory in node.memories)
    engine.run_until(200 * MS)


def test_a_stream_knows_its_flow_or_who_refused_it() -> None:
    engine = alive(chain(1))
    granted = engine.request("n0", "n1", memories=2)
    refused = engine.request("n0", "n1")
    engine.run_until(5 * MS)
    assert granted.flow.path == (engine.node("n0"), engine.node("n1"))
    assert granted.rejected is None
    assert refused.flow is None
    assert refused.rejected is engine.node("n0")


def test_an_unknown_node_is_named() -> None:
    with pytest.raises(NetworkError, match="unknown node 'n7'"):
        alive(chain(1)).request("n0", "n7")


def test_two_processes_share_a_stream() -> None:
    engine = alive(chain(1))
    stream = engine.request("n0", "n1", memories=2)
    seen: list[int] = []

    def take() -> Any:
        for _ in range(10):
            delivered = yield from stream.next_pair()
            seen.append(delivered.pair.id)
            delivered.release()

    engine.process(take())
    engine.process(take())
    engine.run_until(500 * MS)
    assert len(set(seen)) == len(seen) == 20


def test_halves_that_never_met_are_forgotten_at_the_end() -> None:
    """Cut-offs between the two ends' heralds: the near end holds halves whose far ends never come."""
    engine = alive(chain((1.0, 3.0), cutoff="8 ms", generation=clocked(0.5e-3, 0.6)))
    stream = engine.request("n0", "n2", duration="400 ms")
    engine.run_until(300 * MS)
    assert stream.flow.pairs > 10
    assert len(stream._halves) <= 1
    engine.run_until(500 * MS)
    assert stream._halves == {}

"""Operations take their noise and their time from the processor of the node that makes them."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from hardware.memory import MemoryState
from qsim.quantum import BellDiagonalState, DensityMatrixState, OperationNoise
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, Document, alive, chain, clocked, request

#: When the ends of a link of 1 ms know of the pair that its source emits at 20 ms, ps.
KNOWN = round(21.5 * MS)
#: Times of operations that are 4 ms together.
SLOW = {"gate_time": "3 ms", "readout_time": "1 ms"}


def delivered(document: Document) -> float:
    """The fidelity of the first pair of a flow."""
    (engine := alive(document)).run()
    return float(engine.result().pairs[0].fidelity)


@pytest.mark.parametrize("formalism", ["bell-diagonal", "density-matrix"])
def test_two_routers_of_one_chain_have_gate_errors_of_their_own(formalism: str) -> None:
    document = chain(
        3,
        nodes={"n1": {"processor": {"gate_error": 0.02}}, "n2": {"processor": {"gate_error": 0.3}}},
        traffic=[request("n0", "n3", pairs=1)],
    )
    document["run"]["formalism"] = formalism
    kept = (1 - 16 / 15 * 0.02) * (1 - 16 / 15 * 0.3)
    assert delivered(document) == pytest.approx((1 + 3 * kept) / 4, abs=1e-12)


@pytest.mark.parametrize(
    ("formalism", "cls"), [("bell-diagonal", BellDiagonalState), ("density-matrix", DensityMatrixState)]
)
def test_a_readout_that_misreads_0_and_1_unequally(formalism: str, cls: Any) -> None:
    processor = {"gate_error": 0.01, "readout_error": [0.02, 0.1], "swap_gate_error": 0.05}
    document = chain(2, processor=processor, traffic=[request("n0", "n2", pairs=1)])
    document["run"]["formalism"] = formalism
    pair = cls.werner(1.0)
    expected = pair.swapped(pair, OperationNoise(0.05, (0.02, 0.1))).fidelity()
    assert delivered(document) == pytest.approx(expected, abs=1e-12)
    # The two bits are fair: (1 + 2 g r + g r^2)/4 with the mean error of the readout.
    g, r = 1 - 16 / 15 * 0.05, 1 - 0.12
    assert expected == pytest.approx((1 + 2 * g * r + g * r * r) / 4, abs=1e-12)


@pytest.mark.parametrize("consent", [False, True])
def test_a_swap_takes_the_time_of_its_gate_and_its_readout(consent: bool) -> None:
    """Both memories are set aside and decay meanwhile; asking takes the round trip of 2 ms before."""
    sink = MemorySink()
    document = chain(
        2,
        swapping={"kind": "nested", "consent": consent},
        nodes={"n1": {"processor": SLOW, "memory": {"depolarising_time": "50 ms"}}},
        traffic=[request("n0", "n2", start="20 ms", pairs=1)],
    )
    engine = alive(document, trace=sink)
    begin = KNOWN + 2 * MS * consent
    engine.run_until(begin + 4 * MS - 1)
    assert [memory.state for memory in engine.node("n1").memories] == [MemoryState.SWAPPING] * 2
    engine.run_until(begin + 6 * MS)
    ((time, *_),) = [event for event in sink.events if event[1] == "pair_swapped"]
    assert time == begin + 4 * MS
    # From the absorption, half a millisecond after the source has emitted.
    stored = (time - 20 * MS) / MS - 0.5
    (pair,) = engine.result().pairs
    assert pair.fidelity == pytest.approx(0.25 + 0.75 * exp(-2 * stored / 50), abs=1e-12)


def test_a_pair_that_expires_during_its_swap_calls_it_off() -> None:
    """The swap would end 5.5 ms after the emission of its pairs, and they last 4 ms."""
    sink = MemorySink()
    document = chain(2, cutoff="4 ms", processor=SLOW, traffic=[request("n0", "n2", start="20 ms")])
    engine = alive(document, trace=sink)
    result = engine.run()
    assert (len(result.pairs), [event for event in sink.events if event[1] == "pair_swapped"]) == (0, [])
    assert all(row.expired > 50 for row in result.memories)
    assert engine.context.dropped == 0


def test_one_half_that_expires_during_a_swap_sets_the_other_free_for_the_next() -> None:
    """The router gives its left pair up and says so; the right one waits for another."""
    document = chain((1.0, 3.0), generation=clocked(0.5e-3), processor=SLOW, cutoff="60 ms")
    engine = alive(document)
    engine.request("n0", "n2", start="20 ms")
    left, right = engine.node("n1").memories
    engine.run_until(25 * MS)
    assert (left.state, right.state) == (MemoryState.SWAPPING, MemoryState.SWAPPING)
    engine.stack("n1").discard(left)
    assert (left.state, right.state) == (MemoryState.GENERATING, MemoryState.ENTANGLED)
    engine.run_until(29 * MS)
    assert (left.state, right.state) == (MemoryState.SWAPPING, MemoryState.SWAPPING)


@pytest.mark.parametrize(("upstream", "downstream"), [(0, 4), (4, 0), (4, 4)])
def test_either_end_of_a_purification_takes_its_own_time(upstream: int, downstream: int) -> None:
    """The asker hears of the grant after a round trip and the other end's work, and does its own then."""
    sink = MemorySink()
    times = {"n0": upstream, "n1": downstream}
    document = chain(
        1,
        purification="bbpssw",
        generation=clocked(0.5e-3, fidelity=0.8),
        nodes={name: {"processor": {"gate_time": f"{time} ms"}} for name, time in times.items()},
        traffic=[request("n0", "n1", memories=2, fidelity=0.83, start="20 ms")],
    )
    engine = alive(document, trace=sink)
    engine.run_until(40 * MS)
    time, _, node, _ = next(event for event in sink.events if event[1] == "pair_purified")
    assert (time, node) == (KNOWN + (2 + upstream + downstream) * MS, "n1")


def test_a_grant_whose_halves_are_lost_during_the_work_becomes_a_denial() -> None:
    document = chain(
        1,
        purification="bbpssw",
        generation=clocked(0.5e-3, fidelity=0.8),
        nodes={"n0": {"processor": SLOW}},
        traffic=[request("n0", "n1", memories=2, fidelity=0.83, start="20 ms")],
    )
    engine = alive(document)
    engine.run_until(KNOWN + 2 * MS)
    near, far = engine.node("n0").memories, engine.node("n1").memories
    assert {memory.state for memory in (*near, *far)} == {MemoryState.PURIFYING}
    for memory in near:
        engine.stack("n0").give_up(memory)
    engine.run_until(KNOWN + 6 * MS + 1)
    assert {memory.state for memory in far} == {MemoryState.GENERATING}
    assert len(engine.run().pairs) > 20

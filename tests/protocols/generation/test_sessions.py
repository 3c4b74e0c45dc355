"""Sessions of every hand-shake at both levels of detail: what they promise to whoever offers memories."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from qsim.kernel import Simulator
from qsim.trace.sinks import MemorySink
from tests.protocols.entanglement.workbench import Workbench

SETTINGS: dict[str, dict[str, Any]] = {
    "continuous": {"generation": "barrett-kok"},
    "continuous, backwards": {"generation": "two-photon", "backwards": True},
    "negotiated": {"generation": {"kind": "barrett-kok", "handshake": "negotiated"}},
    "negotiated, backwards": {
        "generation": {"kind": "single-click", "handshake": "negotiated"},
        "backwards": True,
    },
    "source": {"generation": "midpoint-source"},
}
EVERY = pytest.mark.parametrize("fields", SETTINGS.values(), ids=SETTINGS.keys())
BOTH = pytest.mark.parametrize("detail", ["attempt", "photon"])
FREE, GENERATING, ENTANGLED = MemoryState.FREE, MemoryState.GENERATING, MemoryState.ENTANGLED


def bench(detail: str, fields: dict[str, Any], **arguments: Any) -> Workbench:
    """A workbench with the station off the middle, so that the ends hear at different times."""
    return Workbench(detail, {"midpoint": 0.3, **fields}, **arguments)


class Stopwatch:
    """Keeps what a session reports, and touches nothing."""

    def __init__(self, work: Workbench) -> None:
        self.heard: list[tuple[int, Memory]] = []
        work.session._report_up = work.session._report_down = self
        self._sim = work.sim

    def __call__(self, memory: Memory) -> None:
        self.heard.append((self._sim.now, memory))


def all_memories(work: Workbench) -> list[Memory]:
    return [*work.upstream.memories, *work.downstream.memories]


@EVERY
@BOTH
def test_both_ends_hear_of_one_pair_after_the_station_has(detail: str, fields: dict[str, Any]) -> None:
    work = bench(detail, fields, seed=3)
    watch = Stopwatch(work)
    work.sim.run(until=10**11)
    timing = work.session.timing
    assert len(watch.heard) == 2
    (soon, near), (late, far) = watch.heard
    assert near.pair is far.pair is not None
    assert {near.node, far.node} == {work.upstream, work.downstream}
    assert late - soon == abs(timing.herald_up - timing.herald_down)
    assert near.node is (work.upstream if timing.herald_up < timing.herald_down else work.downstream)
    assert near.state == far.state == ENTANGLED
    assert near.pair.confirmed_at == late
    assert near.pair.fidelity(late) == pytest.approx(work.link.profile.fidelity)
    assert not work.session.working


@EVERY
@BOTH
def test_pairs_are_as_old_as_their_storage(detail: str, fields: dict[str, Any]) -> None:
    """Each half from its own emission in the first round, or its absorption; a cut-off counts from there."""
    work = bench(detail, {**fields, "cutoff": {"kind": "age", "after": "1 s"}}, seed=3)
    watch = Stopwatch(work)
    work.sim.run(until=10**11)
    (_, near), (late, far) = watch.heard
    timing = work.session.timing
    assert near.pair is not None
    last_round = [late - timing.herald + start for start in work.session._storage]
    assert near.pair.born == min(near.pair.stored)
    assert [round_ >= start for round_, start in zip(last_round, near.pair.stored, strict=True)] == [True] * 2
    assert near.pair.stored[1] - near.pair.stored[0] == last_round[1] - last_round[0]
    if timing.rounds == 1:
        assert list(near.pair.stored) == last_round
    assert near.deadline == far.deadline == near.pair.born + 10**12


@EVERY
@BOTH
def test_the_shorter_cutoff_of_the_two_ends_counts(detail: str, fields: dict[str, Any]) -> None:
    ages = {"alice": "1 s", "bob": "2 s"}
    nodes = {name: {"cutoff": {"kind": "age", "after": age}} for name, age in ages.items()}
    work = bench(detail, {**fields, "nodes": nodes}, seed=3)
    watch = Stopwatch(work)
    work.sim.run(until=10**11)
    (_, near), (_, far) = watch.heard
    assert near.pair is not None
    assert near.deadline == far.deadline == near.pair.born + 10**12


@EVERY
@BOTH
def test_a_memory_without_partner_waits(detail: str, fields: dict[str, Any]) -> None:
    for up, down in ((1, 0), (0, 1)):
        work = bench(detail, fields, up=up, down=down)
        watch = Stopwatch(work)
        work.sim.run(until=10**10)
        assert watch.heard == []
        assert not work.session.working
        missing = (work.downstream if up else work.upstream).memories[0]
        work.offer(missing)
        work.sim.run(until=10**12)
        assert len(watch.heard) == 2


@EVERY
@BOTH
def test_a_closed_session_begins_nothing(detail: str, fields: dict[str, Any]) -> None:
    work = bench(detail, fields, up=0, down=1)
    watch = Stopwatch(work)
    work.session.close()
    work.offer(work.upstream.memories[0])
    work.sim.run(until=10**11)
    assert watch.heard == []
    assert work.link.attempts == work.link.heralds == 0
    for memory in all_memories(work):
        work.session.withdraw(memory)
        assert memory.state is FREE


@EVERY
@BOTH
@pytest.mark.parametrize("moment", [0, 1, 10**8, 3 * 10**8, 10**9])
def test_a_partner_left_alone_finds_another(detail: str, fields: dict[str, Any], moment: int) -> None:
    work = bench(detail, fields, seed=1, up=1, down=1)
    work.sim.run(until=moment)
    up, down = work.upstream.memories[0], work.downstream.memories[0]
    if up.state is not GENERATING or down.state is not GENERATING:
        pytest.skip("one end knows of a pair by then")
    for leaving in (up, down):
        work.session.withdraw(leaving)
        assert leaving.state is FREE
        assert not work.session.working
        work.sim.run(until=work.sim.now + 10**7)
        work.offer(leaving)
    heralds = len(work.waits)
    assert len(work.run(heralds + 3)) == heralds + 3


@EVERY
@BOTH
def test_withdrawing_all_leaves_nothing_behind(detail: str, fields: dict[str, Any]) -> None:
    work = bench(detail, fields, seed=2, up=4, down=3)
    work.run(20)
    work.sim.run(until=work.sim.now + 123_456_789)
    for memory in all_memories(work)[1:]:
        if memory.state is GENERATING:
            work.session.withdraw(memory)
    work.session.close()
    heralds = work.link.heralds
    work.session.withdraw(work.upstream.memories[0])
    work.sim.run(until=work.sim.now + 10**12)
    assert not work.session.working
    assert work.link.heralds == heralds
    assert all(memory.state is FREE for memory in all_memories(work) if memory in work._free_since)
    assert work.sim.pending == 0


@pytest.mark.parametrize(
    ("detail", "fields"),
    [
        ("attempt", SETTINGS["continuous"]),
        ("attempt", SETTINGS["negotiated"]),
        ("attempt", SETTINGS["source"]),
        ("photon", SETTINGS["continuous"]),
        ("photon", SETTINGS["source"]),
    ],
)
def test_a_memory_that_went_on_is_not_called_back(detail: str, fields: dict[str, Any]) -> None:
    """One end has used its half and is at work anew when the other, which has not heard yet, leaves."""
    work = bench(detail, fields, seed=6, up=3, down=3)
    called_back = 0
    for _ in range(4000):
        work.sim.run(until=work.sim.now + 10**7)
        if not work._known:
            continue
        pair, (near, _) = work._known.popitem()
        far = pair.second if near is pair.first else pair.first
        assert near.state is far.state is GENERATING
        work.session.withdraw(far)
        assert near.state is GENERATING
        work.offer(far)
        called_back += 1
    assert called_back > 10
    assert work.session.working


@EVERY
@BOTH
@pytest.mark.parametrize("seed", range(6))
def test_memories_may_come_and_go_at_any_moment(detail: str, fields: dict[str, Any], seed: int) -> None:
    """Offers and withdrawals at random: no memory is lost, none is reported that was not at work."""
    rng = random.Random(seed)
    work = bench(detail, fields, seed=seed, up=3, down=3, together=True)
    for _ in range(150):
        work.sim.run(until=work.sim.now + rng.choice([0, 1, 10**6, 10**8, 3 * 10**8, 10**9]))
        memory = rng.choice(all_memories(work))
        if memory.state is FREE:
            work.offer(memory)
        elif memory.state is GENERATING:
            work.session.withdraw(memory)
            assert memory.state is FREE
            assert memory.pair is None
        elif memory.pair is not None and not memory.pair.intact:
            # Its partner left before it knew: the pair is half a pair.
            memory.clear()
    for memory in all_memories(work):
        if memory.state is not FREE and memory.state is not GENERATING:
            memory.clear()
        if memory.state is FREE:
            work.offer(memory)
    heralds = len(work.waits)
    work.run(heralds + 5)
    assert len(set(work.pairs)) == len(work.pairs) == heralds + 5


@EVERY
@BOTH
def test_counters_count_what_the_trace_shows(detail: str, fields: dict[str, Any]) -> None:
    sink = MemorySink()
    work = bench(detail, fields, seed=4, trace=sink)
    work.run(30)
    heralded = [event for event in sink.events if event[1] == "pair_heralded"]
    assert len(heralded) == work.link.heralds == 30
    assert [event[3]["pair"] for event in heralded] == work.pairs
    ends = {work.upstream.memories[0].name, work.downstream.memories[0].name}
    assert all({event[3]["a"], event[3]["b"]} == ends for event in heralded)
    if detail == "attempt":
        assert sum(event[3]["attempts"] for event in heralded) == work.link.attempts
    elif work.link.model.clock_ps():
        assert sum(event[1] == "photon_emitted" for event in sink.events) == work.link.attempts
    else:
        gates = sum(event[1] == "clicks_announced" for event in sink.events)
        rounds = gates // work.link.model.bins
        assert rounds >= work.link.attempts
        assert work.link.mean_wait_ps == sum(work.waits) / 30


@EVERY
@BOTH
def test_one_seed_gives_one_course(detail: str, fields: dict[str, Any]) -> None:
    waits = [bench(detail, fields, seed=seed, up=2, down=2).run(25) for seed in (7, 7, 8)]
    assert waits[0] == waits[1] != waits[2]


@EVERY
def test_attempts_take_few_events(fields: dict[str, Any]) -> None:
    """One event or two for a herald and its reports at attempt detail, however many attempts it took."""
    work = Workbench("attempt", {**fields, "detector": {"efficiency": 0.2}, "memory": {"efficiency": 0.5}})
    work.run(50)
    assert work.link.attempts > 100
    assert work.sim.events <= 6 * 50


def soon_quiet(sim: Simulator) -> None:
    assert sim.events < 20_000, f"still busy at t = {sim.now} ps"


def test_polling_without_delay_ends_when_nobody_is_there() -> None:
    """Two memories upstream, one downstream, messages that take no time."""
    fields = {"generation": {"kind": "barrett-kok", "handshake": "negotiated"}, "length": 0}
    work = Workbench("photon", fields, up=2, down=1)
    work.sim.run(until=1_000_000, progress=soon_quiet)


@EVERY
@BOTH
def test_lost_messages_delay_and_do_not_break(detail: str, fields: dict[str, Any]) -> None:
    work = bench(detail, {**fields, "classical": {"loss": 0.1, "retransmission": "1 ms"}}, seed=5)
    assert len(work.run(50)) == 50

"""Cut-off: pairs are given up at their age, at both ends at once, at the cost of one timer a memory."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from protocols.entanglement.cutoff import CutoffTimers, earlier
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request


class Ward:
    """The timers of one node with two memories, and what has expired."""

    def __init__(self) -> None:
        self.engine: Any = alive(chain(1))
        self.sim = self.engine.sim
        self.node = self.engine.node("n0")
        self.expired: list[tuple[int, int]] = []
        self.timers = CutoffTimers(self.node, self._expire)

    def _expire(self, memory: Memory) -> None:
        self.expired.append((self.sim.now, memory.index))
        memory.deadline = None

    def watch(self, index: int, deadline: int | None) -> None:
        self.node.memories[index].deadline = deadline
        self.timers.watch(self.node.memories[index])

    @property
    def rings(self) -> int:
        """Timers in the queue."""
        return sum(
            1
            for _, _, fn, args in self.sim._heap
            if fn is None and getattr(args.fn, "__name__", "") == "_ring"
        )


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_a_pair_expires_at_its_deadline(ward: Ward) -> None:
    ward.watch(0, 500)
    ward.watch(1, 300)
    ward.engine.run_until(1000)
    assert ward.expired == [(300, 1), (500, 0)]
    assert ward.node.expired == 2


def test_no_deadline_needs_no_timer(ward: Ward) -> None:
    ward.watch(0, None)
    assert ward.rings == 0


def test_an_earlier_deadline_moves_the_timer(ward: Ward) -> None:
    ward.watch(0, 500)
    ward.watch(0, 200)
    assert ward.rings == 1
    ward.engine.run_until(1000)
    assert ward.expired == [(200, 0)]


def test_a_later_deadline_leaves_the_timer_which_moves_on_when_it_rings(ward: Ward) -> None:
    ward.watch(0, 200)
    ward.watch(0, 500)
    assert ward.rings == 1
    ward.engine.run_until(201)
    assert (ward.expired, ward.rings) == ([], 1)
    ward.engine.run_until(1000)
    assert ward.expired == [(500, 0)]


def test_a_timer_that_finds_nothing_does_nothing(ward: Ward) -> None:
    ward.watch(0, 200)
    ward.node.memories[0].deadline = None
    ward.engine.run_until(1000)
    assert (ward.expired, ward.rings, ward.node.expired) == ([], 0, 0)


def test_a_deadline_in_the_past_ends_the_pair_before_anybody_uses_it(ward: Ward) -> None:
    ward.engine.run_until(400)
    ward.node.memories[0].deadline = 100
    assert not ward.timers.watch(ward.node.memories[0])
    assert ward.expired == [(400, 0)]
    ward.node.memories[1].deadline = 400
    assert ward.timers.watch(ward.node.memories[1])
    assert ward.rings == 1


def test_the_timer_is_the_last_of_its_instant(ward: Ward) -> None:
    """A pair that is used at its very deadline is used in time."""
    ward.watch(0, 500)
    ward.sim.post_at(500, setattr, ward.node.memories[0], "deadline", None)
    ward.engine.run_until(1000)
    assert ward.expired == []


@pytest.mark.parametrize(
    ("one", "other", "expected"), [(None, None, None), (1, None, 1), (None, 2, 2), (1, 2, 1), (3, 2, 2)]
)
def test_earlier(one: int | None, other: int | None, expected: int | None) -> None:
    assert earlier(one, other) == expected


def held_forever(cutoffs: tuple[str, str], trace: MemorySink | None = None) -> Any:
    """One link whose pairs a script takes and never lets go of."""
    document = chain(
        1,
        nodes={
            name: {"cutoff": {"kind": "age", "after": age}}
            for name, age in zip(("n0", "n1"), cutoffs, strict=True)
        },
    )
    engine = alive(document, trace=trace)
    engine.request("n0", "n1", start="20 ms", memories=2)
    return engine


@pytest.mark.parametrize("cutoffs", [("5 ms", "9 ms"), ("9 ms", "5 ms")])
def test_the_shorter_of_two_cutoffs_ends_a_pair_at_both_ends_counted_from_its_storage(
    cutoffs: tuple[str, str],
) -> None:
    """Both ends absorb at 20.5 ms; the pair is known 1 ms later and given up 5 ms after the absorption."""
    sink = MemorySink()
    engine = held_forever(cutoffs, sink)
    given_up = 25 * MS + MS // 2
    engine.run_until(24 * MS)
    assert {memory.deadline for node in engine.nodes.values() for memory in node.memories} == {given_up}
    engine.run_until(given_up + 1)
    expired = [(time, node) for time, event, node, _ in sink.events if event == "pair_expired"]
    assert sorted(expired) == [(given_up, name) for name in ("n0", "n0", "n1", "n1")]
    assert {memory.state for memory in engine.node("n0").memories} == {MemoryState.GENERATING}
    assert [row.expired for row in engine.result().memories] == [2, 2]


def test_pairs_that_are_used_in_time_cost_next_to_nothing() -> None:
    """A timer rings about once in a cut-off, however many pairs its memory has held in between."""
    document = chain(1, cutoff="50 ms", traffic=[request("n0", "n1", memories=2)])
    engine = alive(document)
    rings = 0
    ring = CutoffTimers._ring

    def counted(timers: CutoffTimers, memory: Memory) -> None:
        nonlocal rings
        rings += 1
        ring(timers, memory)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CutoffTimers, "_ring", counted)
        result = engine.run()
    assert len(result.pairs) > 600
    assert sum(row.expired for row in result.memories) == 0
    assert rings <= 4 * (1000 / 50 + 1)


def younger_second_link(cutoff: str, trace: MemorySink | None = None) -> Any:
    """Links of 1 and 3 ms; the pair of the first is emitted at 20 ms, that of the second at 21 ms.

    The repeater swaps at 25.5 ms. News comes to the near end at 26.5 ms, to the far end at 28.5 ms.
    """
    document = chain(
        (1.0, 3.0),
        cutoff=cutoff,
        generation=clocked(0.5e-3),
        traffic=[request("n0", "n2", start="20 ms")],
    )
    engine = alive(document, trace=trace)
    engine.node("n2").memories[0].ready_at = 21 * MS
    return engine


def test_a_swap_shortens_the_deadline_of_the_younger_pair() -> None:
    engine = younger_second_link("12 ms")
    use = engine.apps[0].use
    deadlines: dict[str, int] = {}

    def noted(flow: Any, memory: Memory, valid: bool) -> None:
        assert memory.deadline is not None
        deadlines.setdefault(memory.node.name, memory.deadline)
        timer = engine.stacks[memory.node].timers._timers[memory.index]
        assert timer is not None
        assert timer.time == memory.deadline
        use(flow, memory, valid)

    engine.apps[0].use = noted
    engine.run_until(28 * MS)
    far = engine.node("n2").memories[0]
    assert far.deadline == round(34.5 * MS)
    engine.run_until(29 * MS)
    assert deadlines == {"n0": round(32.5 * MS), "n2": round(32.5 * MS)}


def test_news_that_comes_after_the_deadline_ends_the_pair_at_once() -> None:
    """The swap is made in time; its result reaches the far end when the pair is too old already."""
    sink = MemorySink()
    engine = younger_second_link("7.9 ms", sink)
    far = engine.node("n2").memories[0]
    engine.run_until(round(28.4 * MS))
    assert (far.state, far.deadline) == (MemoryState.ENTANGLED, round(30.4 * MS))
    engine.run_until(round(28.5 * MS) + 1)
    expired = [(time, node) for time, event, node, _ in sink.events if event == "pair_expired"]
    assert (round(28.5 * MS), "n2") in expired
    assert far.state is MemoryState.GENERATING
    # The near end had the pair in time and used it; the far end did not, so it counts for neither.
    assert engine.apps[0].flow.pairs == 0


def test_a_cutoff_shorter_than_the_news_of_a_link_leaves_no_pair() -> None:
    """The ends hear of a pair 1 ms after its absorption, when it is too old already: the result says so."""
    document = chain(1, cutoff="0.9 ms", memory={"t2": "1 s"}, traffic=[request("n0", "n1")])
    result = alive(document).run()
    assert result.pairs == ()
    assert result.links[0].heralds > 300
    assert result.memories[0].expired == result.links[0].heralds
    assert result.stalls == ()
    heralds = result.links[0].heralds
    assert result.notes[0] == "the flow n0-n1 got no pair"
    assert tuple(note for note in result.notes[1:] if "no imperfection" not in note) == tuple(
        f"{heralds} pairs between {here} and {there} were given up as {here} heard of them: their cut-off "
        "comes 0.0009 s after the start of storage, the news 0.001 s after it"
        for here, there in (("n1", "n0"), ("n0", "n1"))
    )

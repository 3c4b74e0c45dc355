"""Chrome traces of real runs: well formed, and true to what the memories physically do."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import Any

import pytest

from hardware.memory import MemoryState
from qsim.trace.chrome import ChromeTraceSink
from qsim.trace.sinks import MemorySink, Tee
from tests.kernel.chrome_reader import Picture, read
from tests.protocols.invariants.test_silence import CASES, everything
from tests.protocols.scenes import MS, alive


class Truth(MemorySink):
    """Asks the memories themselves, at the instant of each swap, which two have been joined."""

    def __init__(self) -> None:
        super().__init__()
        self.engine: Any = None
        self.joined: list[tuple[str, frozenset[str]]] = []
        self.told: list[tuple[str, frozenset[str]]] = []
        self.stale = 0

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        super().emit(time_ps, event, entity, **fields)
        if event == "pair_swapped" and fields["success"]:
            ends = [
                memory.name
                for node in self.engine.nodes.values()
                for memory in node.memories
                if memory.pair is not None and memory.pair.id == fields["pair"]
            ]
            if ends:
                self.joined.append((entity, frozenset(ends)))
                self.told.append((entity, frozenset({fields["a"], fields["b"]})))
            assert (fields["fidelity"] is None) == (not ends)
            stale = (fields["left"], fields["right"]) != (fields["true_left"], fields["true_right"])
            self.stale += bool(stale)


def traced(case: str, until: int) -> tuple[str, Truth, Any]:
    page, truth = StringIO(), Truth()
    sink = ChromeTraceSink(page)
    engine = truth.engine = alive(everything(*CASES[case]), trace=Tee(sink, truth))
    engine.run_until(until)
    sink.close()
    return page.getvalue(), truth, engine


@pytest.fixture(scope="module", params=CASES)
def run(request: pytest.FixtureRequest) -> tuple[Picture, Truth, Any]:
    """A traced run of a network that does all that the protocols can do."""
    text, truth, engine = traced(request.param, 60 * MS)
    return read(text), truth, engine


Run = tuple[Picture, Truth, Any]


def test_slices_of_memories_are_their_states(run: Run) -> None:
    picture, truth, engine = run
    entered = Counter(
        (entity, fields["state"])
        for _, event, entity, fields in truth.events
        if event == "memory_changed" and fields["state"] != "FREE"
    )
    states = {state.name for state in MemoryState}
    assert Counter((each.process, each.name) for each in picture.slices if each.name in states) == entered
    # As they stand at the end: the last value of each counter.
    for node in engine.nodes.values():
        for series, wanted in (
            ("generating", {MemoryState.GENERATING}),
            ("entangled", set(MemoryState) - {MemoryState.FREE, MemoryState.GENERATING}),
        ):
            counted = picture.counters[node.name, "memories", series][-1][1]
            assert counted == sum(memory.state in wanted for memory in node.memories)


def test_arrows_of_messages_are_those_received(run: Run) -> None:
    picture, truth, _ = run
    names = [event for _, event, _, _ in truth.events]
    arrows = sum(category == "message" for category, _, _ in picture.arrows)
    # A message that waits for one before it, which was lost, is received later than it arrives.
    received = names.count("message_received")
    assert 0.9 * received < arrows <= received
    sent = sum(" to " in each.name and each.thread == "messages" for each in picture.slices)
    assert sent == names.count("message_sent")
    for category, begun, end in picture.arrows:
        if category == "message":
            message, _, to = begun.name.partition(" to ")
            assert (end.process, end.name) == (to, f"{message} from {begun.process}")
            assert end.begin >= begun.begin


def test_arrows_of_swaps_point_at_the_memories_that_hold_the_pair(run: Run) -> None:
    picture, truth, _ = run
    ends = [
        (begun.process, f"{end.process}[{end.thread.removeprefix('memory ')}]", end.name)
        for category, begun, end in picture.arrows
        if category == "swap"
    ]
    drawn = [
        (node, frozenset({first, second}))
        for (node, first, _), (_, second, _) in zip(ends[::2], ends[1::2], strict=True)
    ]
    assert drawn == truth.told == truth.joined
    assert len(drawn) > 5
    for (_, first, of_first), (_, second, of_second) in zip(ends[::2], ends[1::2], strict=True):
        assert (of_first, of_second) == (f"joined to {second}", f"joined to {first}")


def test_counters_of_fidelity_end_at_the_last_delivery(run: Run) -> None:
    picture, truth, _ = run
    last = {
        (entity, f"fidelity of flow {fields['flow']}", "delivered"): fields["fidelity"]
        for _, event, entity, fields in truth.events
        if event == "pair_delivered"
    }
    assert last
    assert {
        key: values[-1][1] for key, values in picture.counters.items() if key[2] == "delivered"
    } == pytest.approx(last)


def test_no_request_is_lost_in_the_queue(run: Run) -> None:
    picture, truth, _ = run
    events = Counter((entity, event) for _, event, entity, _ in truth.events)
    for (process, counter, series), values in picture.counters.items():
        assert all(value >= 0 for _, value in values)
        if (counter, series) == ("requests", "unanswered"):
            answered = events[process, "request_accepted"] + events[process, "request_rejected"]
            assert values[-1][1] == events[process, "request_submitted"] - answered


def test_one_seed_makes_one_file() -> None:
    texts = {traced("as soon as possible", 20 * MS)[0] for _ in range(2)}
    assert len(texts) == 1

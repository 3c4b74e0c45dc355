from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
from typing import Any

import pytest

from qsim.kernel import Simulator, TraceSink
from qsim.trace.sinks import FingerprintSink, JsonLinesSink, MemorySink, Tee, TextSink
from qsim.trace.vocabulary import VOCABULARY

EVENTS: list[tuple[int, str, str, dict[str, Any]]] = [
    (0, "flow_started", "alice", {"flow": 1}),
    (1_500, "message_received", "bob", {"message": "Ask", "from": "alice"}),
    (
        1_500,
        "pair_purified",
        "Zürich",
        {"kept": 1, "sacrificed": 2, "success": False, "fidelity": None, "frame": "--"},
    ),
    (10**15, "pair_delivered", "alice", {"pair": 7, "flow": 1, "fidelity": 0.9266666666666667}),
]

FINGERPRINT = """
from qsim.kernel import Mailbox, Simulator, timeout
from qsim.trace.sinks import FingerprintSink, TextSink
sink = FingerprintSink()
sim = Simulator(seed=5, trace=sink)
box = Mailbox(sim)

def sender(name):
    for number in range(20):
        yield from timeout(sim, 1 + int(100 * sim.stream(name).random()))
        box.put((name, number))

def receiver(name):
    while True:
        who, number = yield from box.receive()
        sim.trace.emit(sim.now, "pair_expired", name, pair=number, memory=who)

for name in ("alice", "bob", "carol"):
    sim.process(sender(name))
for name in ("dave", "eve"):
    sim.process(receiver(name))
sim.run()
print(sink.fingerprint, sink.events, sim.events)
"""


def play(sink: TraceSink, events: list[tuple[int, str, str, dict[str, Any]]] = EVENTS) -> None:
    for time_ps, event, entity, fields in events:
        sink.emit(time_ps, event, entity, **fields)


def fingerprint(events: list[tuple[int, str, str, dict[str, Any]]]) -> str:
    sink = FingerprintSink()
    play(sink, events)
    return sink.fingerprint


def test_the_memory_sink_keeps_everything() -> None:
    sink = MemorySink()
    play(sink)
    sink.close()
    assert sink.events == EVENTS


def test_json_lines_are_one_object_a_line() -> None:
    page = io.StringIO()
    sink = JsonLinesSink(page)
    play(sink)
    sink.close()
    assert not page.closed
    assert [json.loads(line) for line in page.getvalue().splitlines()] == [
        {"t_ps": time_ps, "event": event, "entity": entity, **fields}
        for time_ps, event, entity, fields in EVENTS
    ]


def test_equal_traces_have_equal_fingerprints() -> None:
    first = fingerprint(EVENTS)
    assert first == fingerprint(EVENTS)
    assert len(first) == 32


@pytest.mark.parametrize(
    "other",
    [
        EVENTS[:-1],
        EVENTS[::-1],
        [*EVENTS, EVENTS[-1]],
        [(1, *EVENTS[0][1:]), *EVENTS[1:]],
        [(0, "flow_ended", "alice", {"flow": 1}), *EVENTS[1:]],
        [(0, "flow_started", "bob", {"flow": 1}), *EVENTS[1:]],
        [(0, "flow_started", "alice", {"flow": 2}), *EVENTS[1:]],
        [(0, "flow_started", "alice", {"flow": 1.0}), *EVENTS[1:]],
        [
            *EVENTS[:-1],
            (*EVENTS[-1][:3], {**EVENTS[-1][3], "fidelity": math.nextafter(EVENTS[-1][3]["fidelity"], 1)}),
        ],
    ],
)
def test_any_difference_changes_the_fingerprint(other: list[tuple[int, str, str, dict[str, Any]]]) -> None:
    assert fingerprint(other) != fingerprint(EVENTS)


def test_the_fingerprint_sink_counts() -> None:
    sink = FingerprintSink()
    empty = sink.fingerprint
    play(sink)
    sink.close()
    assert (sink.events, sink.fingerprint != empty) == (4, True)


def test_tee_sends_to_all_and_closes_all() -> None:
    class Closing(MemorySink):
        closed = False

        def close(self) -> None:
            self.closed = True

    sinks = Closing(), Closing()
    tee = Tee(*sinks)
    play(tee)
    assert [sink.events for sink in sinks] == [EVENTS, EVENTS]
    assert [sink.closed for sink in sinks] == [False, False]
    tee.close()
    assert [sink.closed for sink in sinks] == [True, True]


def test_a_simulator_is_silent_unless_told() -> None:
    sink = MemorySink()
    assert Simulator().trace is None
    assert Simulator(trace=sink).trace is sink


def test_no_field_clashes_with_what_every_event_has() -> None:
    taken = {"self", "time_ps", "t_ps", "event", "entity"}
    assert {field for fields in VOCABULARY.values() for field in fields}.isdisjoint(taken)
    assert all(len(set(fields)) == len(fields) for fields in VOCABULARY.values())


def test_one_seed_gives_one_fingerprint_in_any_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("0", "1", "4242")
    }
    assert len(found) == 1
    digest, emitted, events = found.pop().split()
    assert (len(digest), emitted) == (32, "60")
    assert int(events) > 120


def test_words_for_people_have_a_line_an_event_that_no_terminal_obeys() -> None:
    file = io.StringIO()
    sink = TextSink(file)
    sink.emit(1_234_500_000, "pair_swapped", "b", left=1, right=2, pair=3, success=True)
    sink.emit(0, "flow_started", "a\x1b[2J", flow=1)
    sink.close()
    first, second = file.getvalue().splitlines()
    assert first.split() == [
        "1,234.500",
        "us",
        "b",
        "pair_swapped",
        "left",
        "1",
        "right",
        "2",
        "pair",
        "3",
        "success",
        "True",
    ]
    assert "\x1b" not in second

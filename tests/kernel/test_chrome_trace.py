from __future__ import annotations

import io
import json
from typing import Any

from qsim.kernel.chrome_trace import ChromeTraceSink


def written(*events: tuple[int, str, str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of the document that a sink writes."""
    page = io.StringIO()
    sink = ChromeTraceSink(page)
    for time_ps, event, entity, fields in events:
        sink.emit(time_ps, event, entity, **fields)
    sink.close()
    document = json.loads(page.getvalue())
    assert document["displayTimeUnit"] == "ns"
    events_written: list[dict[str, Any]] = document["traceEvents"]
    return events_written


def changed(time_ps: int, node: str, memory: int, state: str) -> tuple[int, str, str, dict[str, Any]]:
    return time_ps, "memory_changed", node, {"memory": memory, "state": state, "pair": 5}


def test_a_trace_without_events_is_a_valid_document() -> None:
    assert written() == []


def test_memory_states_are_slices_and_free_is_a_gap() -> None:
    events = written(
        changed(1_000_000, "alice", 0, "GENERATING"),
        changed(3_500_000, "alice", 0, "ENTANGLED"),
        changed(4_000_001, "alice", 0, "FREE"),
        changed(9_000_000, "alice", 0, "GENERATING"),
        changed(9_500_000, "alice", 0, "FREE"),
    )
    slices = [(event["name"], event["ts"], event["dur"]) for event in events if event["ph"] == "X"]
    assert slices == [("GENERATING", 1.0, 2.5), ("ENTANGLED", 3.5, 0.500001), ("GENERATING", 9.0, 0.5)]
    assert events[-1]["args"]["pair"] == 5


def test_a_state_that_lasts_to_the_end_is_closed_there() -> None:
    events = written(
        changed(1_000_000, "alice", 0, "ENTANGLED"), (6_000_000, "flow_started", "alice", {"flow": 1})
    )
    (state,) = (event for event in events if event["ph"] == "X")
    assert (state["ts"], state["dur"]) == (1.0, 5.0)


def test_entities_are_processes_and_memories_threads_each_named_once() -> None:
    events = written(
        changed(0, "alice", 3, "GENERATING"),
        changed(0, "bob", 3, "GENERATING"),
        changed(5, "alice", 3, "FREE"),
        (7, "flow_started", "alice", {"flow": 1}),
    )
    names = [
        (event["name"], event["pid"], event["args"]["name"])
        for event in events
        if event["name"].endswith("_name")
    ]
    assert names == [
        ("process_name", 1, "alice"),
        ("thread_name", 1, "memory 3"),
        ("thread_name", 1, "events"),
        ("process_name", 2, "bob"),
        ("thread_name", 2, "memory 3"),
    ]
    threads = {(event["pid"], event["tid"]) for event in events if event["name"] == "thread_name"}
    assert len(threads) == 3


def test_other_events_are_instants_on_their_memory_or_entity() -> None:
    events = written(
        (2_000_000, "photon_lost", "alice", {"memory": 3}),
        (2_000_000, "request_submitted", "alice", {"responder": "bob", "start_ps": 1}),
    )
    instants = [event for event in events if event["ph"] == "i"]
    threads = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    assert [(event["name"], threads[event["tid"]]) for event in instants] == [
        ("photon_lost", "memory 3"),
        ("request_submitted", "events"),
    ]
    assert instants[1]["args"] == {"responder": "bob", "start_ps": 1}


def test_an_arrow_joins_the_sending_and_the_receipt_of_a_message() -> None:
    events = written(
        (1_000, "message_sent", "alice", {"message": "Ask", "to": "bob", "arrives_ps": 9_000}),
        (1_000, "message_sent", "alice", {"message": "Ask", "to": "carol", "arrives_ps": 9_000}),
        (9_000, "message_received", "carol", {"message": "Ask", "from": "alice"}),
        (9_000, "message_received", "bob", {"message": "Ask", "from": "alice"}),
    )
    process = {event["args"]["name"]: event["pid"] for event in events if event["name"] == "process_name"}
    starts = [event["id"] for event in events if event["ph"] == "s"]
    ends = {event["pid"]: event["id"] for event in events if event["ph"] == "f"}
    assert ends == {process["bob"]: starts[0], process["carol"]: starts[1]}
    assert all(event["bp"] == "e" for event in events if event["ph"] == "f")


def test_like_messages_on_one_channel_are_matched_first_in_first_out() -> None:
    sent = (5, "message_sent", "a", {"message": "Ask", "to": "b", "arrives_ps": 8})
    received = (8, "message_received", "b", {"message": "Ask", "from": "a"})
    events = written(sent, sent, received, received)
    assert [event["id"] for event in events if event["ph"] == "f"] == [1, 2]


def test_a_message_from_before_the_trace_has_no_arrow() -> None:
    events = written((8, "message_received", "b", {"message": "Ask", "from": "a"}))
    assert [event["ph"] for event in events if event["ph"] in "sf"] == []
    assert [event["name"] for event in events if event["ph"] == "X"] == ["Ask from a"]


def test_names_with_quotes_and_other_alphabets_survive() -> None:
    events = written((8, "flow_started", 'Zürich "HB"\n', {"flow": 1}))
    assert events[0]["args"]["name"] == 'Zürich "HB"\n'


def test_no_picosecond_is_lost() -> None:
    page = io.StringIO()
    sink = ChromeTraceSink(page)
    sink.emit(1_234_567_890_123_456_789, "flow_started", "a", flow=1)
    sink.close()
    assert '"ts":1234567890123.456789' in page.getvalue()

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from qsim.trace.chrome import ChromeTraceSink
from tests.kernel.chrome_reader import Picture, read

Event = tuple[int, str, str, dict[str, Any]]


def text(*events: Event) -> str:
    """The document that a sink writes."""
    page = io.StringIO()
    sink = ChromeTraceSink(page)
    for time_ps, event, entity, fields in events:
        sink.emit(time_ps, event, entity, **fields)
    sink.close()
    return page.getvalue()


def shown(*events: Event) -> Picture:
    """What a viewer would show of these events."""
    return read(text(*events))


def changed(time_ps: int, node: str, memory: int, state: str, pair: int = 5) -> Event:
    return time_ps, "memory_changed", node, {"memory": memory, "state": state, "pair": pair}


def heralded(time_ps: int, link: str, pair: int, a: str, b: str, fidelity: float = 0.9) -> Event:
    fields = {"pair": pair, "a": a, "b": b, "attempts": 1, "fidelity": fidelity}
    return time_ps, "pair_heralded", link, fields


def swapped(
    time_ps: int, node: str, pair: int, a: str | None, b: str | None, *, success: bool = True
) -> Event:
    known = {"left": 1, "right": 2, "pair": pair, "success": success}
    return time_ps, "pair_swapped", node, known | {"true_left": 1, "true_right": 2, "a": a, "b": b}


def flow(time_ps: int, event: str, node: str, number: int, **fields: Any) -> Event:
    return time_ps, event, node, {"flow": number, **fields}


def sent(time_ps: int, source: str, to: str, arrives_ps: int, message: str = "Ask") -> Event:
    return time_ps, "message_sent", source, {"message": message, "to": to, "arrives_ps": arrives_ps}


def received(time_ps: int, node: str, source: str, message: str = "Ask") -> Event:
    return time_ps, "message_received", node, {"message": message, "from": source}


def test_a_trace_without_events_is_a_valid_document() -> None:
    assert shown() == Picture()


def test_memory_states_are_slices_and_free_is_a_gap() -> None:
    picture = shown(
        changed(1_000_000, "alice", 0, "GENERATING"),
        changed(3_500_000, "alice", 0, "ENTANGLED"),
        changed(4_000_001, "alice", 0, "FREE"),
        changed(9_000_000, "alice", 0, "GENERATING"),
        changed(9_500_000, "alice", 0, "FREE"),
    )
    assert [(each.name, each.begin, each.length) for each in picture.slices] == [
        ("GENERATING", 1, Decimal("2.5")),
        ("ENTANGLED", Decimal("3.5"), Decimal("0.500001")),
        ("GENERATING", 9, Decimal("0.5")),
    ]
    assert picture.slices[-1].said["pair"] == 5


def test_what_lasts_to_the_end_is_closed_there() -> None:
    picture = shown(
        changed(1_000_000, "alice", 0, "ENTANGLED"),
        flow(2_000_000, "flow_started", "alice", 1),
        (6_000_000, "flow_stalled", "alice", {"flow": 1, "cause": "crossed pairs"}),
    )
    assert {each.name: each.length for each in picture.slices} == {"ENTANGLED": 5, "flow 1": 4}


def test_entities_are_processes_with_a_thread_for_each_memory_and_protocol() -> None:
    picture = shown(
        changed(0, "alice", 10, "GENERATING"),
        changed(0, "alice", 9, "GENERATING"),
        heralded(0, "alice-bob", 4, "alice[9]", "bob[2]"),
        changed(5, "bob", 2, "ENTANGLED"),
        (
            6,
            "pair_purified",
            "bob",
            {"kept": 4, "sacrificed": 5, "success": False, "fidelity": None, "frame": "--"},
        ),
        swapped(7, "bob", 7, "alice[9]", None),
        flow(7, "flow_started", "alice", 1),
        flow(8, "pair_delivered", "alice", 1, pair=7, fidelity=0.8),
        (9, "request_submitted", "alice", {"responder": "bob"}),
        (9, "message_dropped", "alice", {"message": "SwapResult", "reason": "bob"}),
        (9, "a_plugin_said", "alice", {}),
    )
    assert picture.threads == {
        "alice": ["requests", "flows 1", "messages", "deliveries", "events", "memory 9", "memory 10"],
        "alice-bob": ["generation"],
        "bob": ["swapping", "purification", "memory 2"],
    }


def test_light_stands_with_the_memory_that_it_belongs_to() -> None:
    picture = shown(
        (1, "photon_emitted", "alice", {"memory": 3, "round": 1}),
        (2, "photon_arrived", "alice", {"memory": "alice[3]"}),
        (3, "photon_lost", "middle", {"memory": "alice[3]"}),
        (4, "photon_emitted", "middle", {"memory": "source", "round": 1}),
        (5, "detector_clicked", "middle.1", {"detector": "middle.1", "cause": "dark"}),
        (6, "clicks_announced", "middle", {"pattern": None}),
    )
    assert [(each.process, each.thread) for each in picture.instants] == [
        ("alice", "memory 3"),
        ("alice", "memory 3"),
        ("middle", "light of alice[3]"),
        ("middle", "light of source"),
        ("middle", "detector 1"),
        ("middle", "generation"),
    ]
    assert picture.instants[4].said == {"detector": "middle.1", "cause": "dark"}


def test_an_arrow_joins_the_sending_and_the_receipt_of_a_message() -> None:
    picture = shown(
        sent(1_000, "alice", "bob", 9_000),
        sent(1_000, "alice", "carol", 9_000),
        received(9_000, "carol", "alice"),
        received(9_000, "bob", "alice"),
    )
    assert [(begun.name, end.process, end.name) for _, begun, end in picture.arrows] == [
        ("Ask to carol", "carol", "Ask from alice"),
        ("Ask to bob", "bob", "Ask from alice"),
    ]


def test_like_messages_on_one_channel_are_matched_first_in_first_out() -> None:
    picture = shown(sent(5, "a", "b", 8), sent(5, "a", "b", 8), received(8, "b", "a"), received(8, "b", "a"))
    assert [picture.slices.index(begun) for _, begun, _ in picture.arrows] == [0, 1]


def test_a_message_from_before_the_trace_has_no_arrow() -> None:
    picture = shown(received(8, "b", "a"))
    assert picture.arrows == []
    assert [each.name for each in picture.slices] == ["Ask from a"]


def test_a_message_still_on_its_way_at_the_end_has_no_arrow() -> None:
    picture = shown(sent(5, "a", "b", 50), sent(6, "a", "b", 8), received(8, "b", "a"))
    assert [(begun.begin, end.begin) for _, begun, end in picture.arrows] == [
        (Decimal("0.000006"), Decimal("0.000008"))
    ]
    assert [each.name for each in picture.slices] == ["Ask to b", "Ask to b", "Ask from a"]


def test_nothing_is_held_back_longer_than_a_message_takes() -> None:
    page = io.StringIO()
    sink = ChromeTraceSink(page)
    sink.emit(5, "message_sent", "a", message="Ask", to="b", arrives_ps=8)
    sink.emit(8, "flow_started", "a", flow=3)
    assert "flow 3" not in page.getvalue()
    sink.emit(9, "flow_started", "a", flow=4)
    assert "flow 4" in page.getvalue()


def test_a_swap_points_at_the_memories_that_it_joins() -> None:
    picture = shown(
        heralded(1, "a-b", 1, "a[0]", "b[0]"),
        heralded(1, "b-c", 2, "b[1]", "c[4]"),
        *(changed(1, node, memory, "ENTANGLED") for node, memory in (("a", 0), ("b", 0), ("b", 1), ("c", 4))),
        swapped(3, "b", 3, "a[0]", "c[4]"),
        changed(3, "b", 0, "FREE"),
        changed(3, "b", 1, "FREE"),
    )
    assert [
        (category, begun.process, begun.name, end.process, end.thread, end.name, end.depth)
        for category, begun, end in picture.arrows
    ] == [
        ("swap", "b", "pair_swapped", "a", "memory 0", "joined to c[4]", 1),
        ("swap", "b", "pair_swapped", "c", "memory 4", "joined to a[0]", 1),
    ]
    assert picture.arrows[0][2].said == {"pair": 3, "swapped_at": "b"}


def test_a_failed_swap_points_at_nothing() -> None:
    picture = shown(
        heralded(1, "a-b", 1, "a[0]", "b[0]"),
        heralded(1, "b-c", 2, "b[1]", "c[4]"),
        swapped(3, "b", 0, "a[0]", "c[4]", success=False),
    )
    assert picture.arrows == []
    assert picture.slices[0].said["success"] is False


def test_a_swap_of_a_pair_that_has_lost_a_half_points_at_nothing() -> None:
    picture = shown(
        heralded(1, "a-b", 1, "a[0]", "b[0]"),
        heralded(1, "b-c", 2, "b[1]", "c[4]"),
        swapped(3, "b", 3, "a[0]", None),
    )
    assert picture.arrows == []


def test_flows_served_at_once_lie_on_lanes_that_are_used_again() -> None:
    picture = shown(
        flow(1, "flow_started", "a", 7),
        flow(2, "flow_started", "a", 8),
        flow(3, "flow_ended", "a", 7, pairs=2),
        flow(4, "flow_started", "a", 9),
        flow(5, "flow_ended", "a", 8, pairs=0),
        flow(6, "flow_ended", "a", 9, pairs=1),
    )
    assert [(each.thread, each.name, each.said["pairs"]) for each in picture.slices] == [
        ("flows 1", "flow 7", 2),
        ("flows 2", "flow 8", 0),
        ("flows 1", "flow 9", 1),
    ]


def test_a_flow_called_off_before_its_start_is_an_instant() -> None:
    picture = shown(
        (0, "request_submitted", "a", {"responder": "b"}),
        flow(1, "request_accepted", "a", 7, responder="b", path=["a", "b"]),
        flow(2, "flow_ended", "a", 7, pairs=0),
    )
    assert picture.slices == []
    assert picture.counters["a", "requests", "accepted"][-1][1] == 0


def test_requests_are_counted_from_submission_to_service() -> None:
    picture = shown(
        (0, "request_submitted", "a", {"responder": "b"}),
        (0, "request_submitted", "a", {"responder": "c"}),
        (1, "request_rejected", "a", {"responder": "c", "at": "b"}),
        flow(2, "request_accepted", "a", 7, responder="b", path=["a", "b"]),
        flow(3, "flow_started", "a", 7),
        flow(4, "flow_ended", "a", 7, pairs=0),
    )
    series = {
        name: [value for _, value in picture.counters["a", "requests", name]]
        for name in ("unanswered", "accepted", "served")
    }
    assert series == {"unanswered": [2, 1, 0, 0, 0], "accepted": [1, 0, 0], "served": [1, 0]}


def test_counters_tell_how_many_memories_are_at_work_when_an_instant_is_over() -> None:
    picture = shown(
        changed(1_000_000, "a", 0, "GENERATING"),
        changed(1_000_000, "a", 1, "GENERATING"),
        changed(2_000_000, "a", 0, "ENTANGLED"),
        changed(3_000_000, "a", 0, "PURIFYING"),
        changed(4_000_000, "a", 0, "FREE"),
        changed(4_000_000, "a", 0, "GENERATING"),
        changed(5_000_000, "a", 1, "FREE"),
    )
    assert picture.counters["a", "memories", "generating"] == [(1, 2), (2, 1), (4, 2), (5, 1)]
    assert picture.counters["a", "memories", "entangled"] == [(2, 1), (4, 0), (5, 0)]


def test_fidelities_are_counters_of_links_and_flows() -> None:
    picture = shown(
        heralded(1_000_000, "a-b", 1, "a[0]", "b[0]", 0.9),
        heralded(2_000_000, "a-b", 2, "a[1]", "b[1]", 0.8),
        flow(3_000_000, "pair_delivered", "a", 7, pair=1, fidelity=0.75),
        flow(3_000_000, "pair_delivered", "a", 8, pair=2, fidelity=0.5),
    )
    assert picture.counters == {
        ("a-b", "fidelity", "heralded"): [(1, 0.9), (2, 0.8)],
        ("a", "fidelity of flow 7", "delivered"): [(3, 0.75)],
        ("a", "fidelity of flow 8", "delivered"): [(3, 0.5)],
    }


def test_names_with_quotes_and_other_alphabets_survive() -> None:
    name = 'Zürich "HB"\n'
    assert list(shown(flow(8, "flow_started", name, 1)).threads) == [name]


def test_no_picosecond_is_lost() -> None:
    assert '"ts":1234567890123.456789' in text(flow(1_234_567_890_123_456_789, "flow_started", "a", 1))


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        text(flow(3, "pair_delivered", "a", 7, pair=1, fidelity=float("nan")))

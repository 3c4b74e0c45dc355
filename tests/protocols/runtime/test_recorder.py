"""What a run leaves behind: every figure of the rows, worked out by hand from the trace."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.results.run_metrics import run_metrics
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request

PS = 1e12


def played(*traffic: dict[str, Any], links: int = 2, **fields: Any) -> tuple[Any, MemorySink]:
    """Run a chain to its end; its result and its trace."""
    sink = MemorySink()
    return alive(chain(links, traffic=traffic, **fields), trace=sink).run(), sink


def events(sink: MemorySink, name: str) -> list[tuple[int, str, dict[str, Any]]]:
    return [(time, entity, fields) for time, event, entity, fields in sink.events if event == name]


def test_a_flow_row_says_what_the_deliveries_say() -> None:
    result, sink = played(
        request("n0", "n2", start="10 ms", duration="300 ms", memories=2),
        memory={"depolarising_time": "100 ms"},
        count=4,
        generation=clocked(1e-3, 0.4),
    )
    (row,) = result.flows
    delivered = events(sink, "pair_delivered")
    assert row.pairs == len(delivered) > 50
    assert (row.initiator, row.responder, row.path) == ("n0", "n2", ("n0", "n1", "n2"))
    assert (row.start_s, row.end_s, row.wait_s) == (0.01, pytest.approx(0.31), 0)
    assert row.throughput_hz == pytest.approx(row.pairs / 0.3)
    assert row.fidelity_mean == pytest.approx(
        sum(fields["fidelity"] for *_, fields in delivered) / len(delivered), abs=1e-12
    )
    assert row.latency_mean_s == pytest.approx((delivered[-1][0] / PS - 0.01) / row.pairs)
    assert (row.memories, row.target_fidelity, row.status) == (2, 0.0, "completed")


def test_pair_rows_are_the_deliveries() -> None:
    result, sink = played(
        request("n0", "n2", start="10 ms"), memory={"t2": "50 ms"}, generation=clocked(1e-3, 0.4)
    )
    delivered = events(sink, "pair_delivered")
    assert [pair.time_s for pair in result.pairs] == [time / PS for time, *_ in delivered]
    assert [pair.fidelity for pair in result.pairs] == [fields["fidelity"] for *_, fields in delivered]
    assert {pair.flow for pair in result.pairs} == {0}
    # From the absorption in one half of a link to the news of the swap: at least 1 + 1 ms less nothing.
    assert all(1.9e-3 < pair.age_s < 1 for pair in result.pairs)
    assert all(pair.time_s == max(pair.initiator_time_s, pair.responder_time_s) for pair in result.pairs)


def test_pairs_are_recorded_only_when_wanted() -> None:
    result, _ = played(request("n0", "n2"), run={"record_pairs": False})
    assert result.pairs == ()
    assert result.flows[0].pairs > 100


def test_flows_are_grouped_by_initiator_then_by_window_and_pairs_point_to_them() -> None:
    result, _ = played(
        request("n1", "n0", start="600 ms", duration="100 ms"),
        request("n0", "n1", start="300 ms", duration="2 s"),
        request("n1", "n2", start="100 ms", duration="100 ms"),
        request("n0", "n1", start="200 ms", duration="50 ms"),
        count=4,
    )
    listed = [(row.initiator, row.start_s) for row in result.flows]
    assert listed == [("n0", 0.2), ("n1", 0.1), ("n1", 0.6)]
    (still_open,) = result.unfinished
    assert (still_open.initiator, still_open.status) == ("n0", "open")
    rows = result.flows + result.unfinished
    counted = [sum(pair.flow == place for pair in result.pairs) for place in range(4)]
    assert counted == [row.pairs for row in rows]
    for pair in result.pairs:
        row = rows[pair.flow]
        assert row.start_s < pair.time_s <= row.end_s


def test_a_link_row_counts_its_own_heralds_attempts_and_waits() -> None:
    result, sink = played(request("n0", "n1"), generation=clocked(0.5e-3, 0.3), links=1)
    (row,) = result.links
    heralds = events(sink, "pair_heralded")
    assert row.heralds == len(heralds)
    # News takes 1.5 ms, three ticks, and the next attempt begins with it; so do those since the last herald.
    attempts = [fields["attempts"] for *_, fields in heralds]
    under_way = row.attempts - sum(attempts)
    assert under_way == pytest.approx((1.0 - heralds[-1][0] * 1e-12) / 1.5e-3, abs=1)
    assert row.success_probability == pytest.approx(0.3)
    assert (row.a, row.b, row.length_m, row.link) == ("n0", "n1", 2e5, "n0-n1")
    assert row.mean_wait_s == pytest.approx(1.5e-3 * sum(attempts) / len(attempts))


@pytest.mark.parametrize("handshake", ["continuous", "negotiated"])
def test_attempts_that_have_failed_so_far_count_at_either_level_of_detail(handshake: str) -> None:
    counted = []
    for detail in ("attempt", "photon"):
        result, _ = played(
            request("n0", "n1"),
            links=1,
            generation={"kind": "barrett-kok", "handshake": handshake},
            memory={"efficiency": 1e-4},
            run={"detail": detail},
        )
        (row,) = result.links
        assert row.heralds == 0
        counted.append(row.attempts)
    # The last one may have begun and not be decided.
    assert counted[1] > 200
    assert 0 <= counted[0] - counted[1] <= 1


def test_a_link_without_heralds_has_no_mean_wait() -> None:
    result, _ = played()
    assert [(row.attempts, row.heralds, row.mean_wait_s) for row in result.links] == [(0, 0, None)] * 2


def test_memory_rows_are_averages_over_time_and_memories() -> None:
    """Checked against the trace: time reserved, and time from a half's arrival to its end."""
    result, sink = played(
        request("n0", "n2", start="100 ms", duration="400 ms"), count=4, generation=clocked(1e-3, 0.5)
    )
    entangled: dict[str, int] = dict.fromkeys(("n0", "n1", "n2"), 0)
    since: dict[tuple[str, int], int] = {}
    for time, node, fields in events(sink, "memory_changed"):
        key = node, fields["memory"]
        if fields["state"] == "ENTANGLED":
            since.setdefault(key, time)
        elif fields["state"] in ("FREE", "GENERATING") and key in since:
            entangled[node] += time - since.pop(key)
    assert since == {}
    for row, reserved in zip(result.memories, (1, 2, 1), strict=True):
        assert row.utilisation == pytest.approx(0.4 * reserved / 4)
        assert row.entangled == pytest.approx(entangled[row.node] / PS / 4)
        assert (row.memories, row.expired) == (4, 0)


def test_halves_still_held_count_up_to_now() -> None:
    engine = alive(chain(1))
    engine.request("n0", "n1", start="100 ms")
    engine.run_until(200 * MS)
    rows = engine.result().memories
    # Known 1.5 ms after the tick at 100 ms and held ever since, by one of two memories.
    assert [row.entangled for row in rows] == pytest.approx([0.0985 / 0.2 / 2] * 2)
    assert [row.utilisation for row in rows] == pytest.approx([0.1 / 0.2 / 2] * 2)


def test_a_result_may_be_asked_for_at_any_time() -> None:
    engine = alive(chain(2, traffic=[request("n0", "n2")]))
    empty = engine.result()
    assert (empty.flows, empty.unfinished, empty.simulated_s, empty.events) == ((), (), 0.0, 0)
    assert all(row.utilisation == row.entangled == 0.0 for row in empty.memories)
    engine.run_until(500 * MS)
    half = engine.result()
    assert half.unfinished[0].status == "open"
    assert half.unfinished[0].throughput_hz == pytest.approx(half.unfinished[0].pairs / (0.5 - 4e-3))
    assert half.simulated_s == 0.5
    full = engine.run()
    assert full.flows[0].pairs > half.unfinished[0].pairs
    assert full.events > half.events > 0


def test_a_flow_that_ends_with_fewer_pairs_than_wanted_is_short() -> None:
    """A pair a millisecond at most: the window has room for at most 20, and the request wants 100."""
    result, _ = played(
        request("n0", "n1", duration="20 ms", pairs=100, memories=1),
        request("n0", "n1", start="100 ms", duration="200 ms", pairs=3),
        request("n0", "n1", start="400 ms", duration="20 ms"),
        links=1,
        generation=clocked(1e-3, 0.4),
    )
    assert [(row.status, row.wanted) for row in result.flows] == [
        ("short", 100),
        ("completed", 3),
        ("completed", None),
    ]
    assert 0 < result.flows[0].pairs <= 20
    assert (result.completed, run_metrics(result)["short"]) == (2, 1)
    assert "2 flows completed, 1 short, 0 unfinished" in result.text(120)
    assert f"{result.flows[0].pairs} of 100" in result.text(120)


def test_a_flow_that_fell_short_by_the_end_of_the_run_is_short_too() -> None:
    result, _ = played(request("n0", "n1", pairs=10_000), links=1, generation=clocked(1e-3, 0.4))
    assert [(row.status, row.wanted) for row in result.flows] == [("short", 10_000)]
    assert result.completed == 0

"""Open traffic: what is lost and who waits as Erlang says, and arrivals that nothing served can shift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import qsim
from qsim.analytic import erlang
from qsim.errors import ScenarioError
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.statistics import FALSE_ALARM, at_fixed_seed, follows, mean_of

#: A link whose light never gives a pair: reservations alone are looked at.
DARK = {"kind": "midpoint-source", "pair_probability": 1e-12, "pair_fidelity": 0.95}
ONE_WAY = {"kind": "matrix", "nodes": ["a", "b"], "table": [[0, 1], [0, 0]]}


def link(count: int = 4, length: str = "1 m", **traffic: Any) -> qsim.Network:
    """Two nodes, and open traffic from the first to the second."""
    net = qsim.Network(memory={"count": count}, link_model=DARK)
    net.add_nodes("a", "b").add_link("a", "b", length)
    kind = traffic.pop("kind", "poisson-requests")
    return net.add_traffic(kind, **({"demand": ONE_WAY} | traffic))


def measured(result: Any, metric: str, source: str = "poisson-requests") -> Any:
    """One row of what the application measured."""
    (row,) = (row for row in result.metrics if (row.source, row.metric) == (source, metric))
    return row


def replicates(net: qsim.Network, duration: str, number: int) -> list[Any]:
    """Independent runs."""
    scenario = net.scenario(duration)
    return [scenario.run(seed=seed) for seed in range(number)]


def submitted(net: qsim.Network, duration: str, seed: int = 1) -> list[tuple[int, str, str, int]]:
    """When which request asked for the first time: time, ends, memories."""
    sink = MemorySink()
    net.scenario(duration).run(seed=seed, trace=sink)
    return [
        (time, node, fields["responder"], fields["memories"])
        for time, event, node, fields in sink.events
        if event == "request_submitted"
    ]


@pytest.mark.parametrize("holding", [1.0, {"exponential": "1 s"}, {"uniform": ["0 s", "2 s"]}])
def test_losses_on_a_link_are_erlangs_whatever_the_law_of_the_holding_time(holding: Any) -> None:
    results = replicates(link(rate=3.0, duration=holding, warm_up="8 s"), "60 s", 14)
    shares = mean_of([measured(result, "blocked share").mean for result in results])
    at_fixed_seed(shares.sigmas(erlang.loss(3.0, 4)))
    assert shares.error < 0.015


def test_requests_in_line_wait_as_long_as_erlang_says() -> None:
    net = link(rate=2.4, duration={"exponential": "1 s"}, queue=100_000, retry="1 h", warm_up="20 s")
    results = replicates(net, "120 s", 24)
    delayed = mean_of([measured(result, "delayed share").mean for result in results])
    waits = mean_of([measured(result, "waiting time").mean for result in results])
    at_fixed_seed(delayed.sigmas(erlang.waiting(2.4, 4)))
    at_fixed_seed(waits.sigmas(erlang.mean_wait(2.4, 4, 1.0)))
    assert waits.error < 0.1
    assert sum(measured(result, "blocked").n for result in results) == 0


def test_a_line_with_few_places_loses_what_finds_it_full() -> None:
    net = link(2, rate=3.0, duration={"exponential": "1 s"}, queue=3, retry="1 h", warm_up="8 s")
    results = replicates(net, "60 s", 12)
    weights = np.cumprod([1.0] + [3.0 / min(state, 2) for state in range(1, 6)])
    blocked = mean_of([measured(result, "blocked share").mean for result in results])
    at_fixed_seed(blocked.sigmas(weights[-1] / weights.sum()))


@pytest.mark.parametrize("policy", ["hop-by-hop", "oldest-first"])
def test_every_request_is_accounted_for(policy: str) -> None:
    net = link(
        3,
        "50 km",
        rate=8.0,
        demand="uniform",
        duration={"exponential": "0.5 s"},
        memories={"uniform": [1, 2]},
        queue=2,
        retry="30 ms",
        patience="0.4 s",
    ).set_protocols(reservation=policy)
    result = net.run("40 s", seed=3)
    rows = result.table("traffic")
    assert [(row.initiator, row.responder) for row in rows] == [("a", "b"), ("b", "a")]
    for row in rows:
        assert min(row.accepted, row.blocked, row.expired, row.refused) > 5
        assert row.offered == row.accepted + row.blocked + row.expired + row.undecided
        assert row.completed + row.short <= row.accepted
        assert 0 <= row.undecided <= 6
    for count in ("offered", "accepted", "refused", "blocked", "expired", "undecided", "completed"):
        assert sum(getattr(row, count) for row in rows) == measured(result, count).n
    waits = [flow.wait_s for flow in (*result.flows, *result.unfinished)]
    assert measured(result, "waiting time").mean == pytest.approx(sum(waits) / len(waits))


def test_waiting_counts_from_the_arrival() -> None:
    trace = {"time": [1.0, 1.1], "duration": [2.0, 1.0]}
    net = link(1, "200 km", kind="trace-requests", trace=trace, queue=5, retry="1 h")
    result = net.run("10 s")
    first, second = sorted(result.flows, key=lambda flow: flow.start_s)
    assert first.wait_s == pytest.approx(2e-3)  # the way there and back
    # The second asks when the first has ended and its last node has freed its memory, 1 ms later.
    assert second.start_s == pytest.approx(first.end_s + 1e-3 + 2e-3)
    assert second.wait_s == pytest.approx(second.start_s - 1.1)
    assert measured(result, "waiting time", "trace-requests").mean == pytest.approx(
        (first.wait_s + second.wait_s) / 2
    )


def test_patience_ends_when_it_is_said_to() -> None:
    trace = {"time": [1.0, 1.5], "duration": [3.0, 1.0]}
    for patience, accepted in (("2 s", 1), ("3 s", 2)):
        for waiting in ({"queue": 1}, {}):
            net = link(1, kind="trace-requests", trace=trace, retry="100 ms", patience=patience, **waiting)
            result = net.run("10 s")
            assert measured(result, "accepted", "trace-requests").n == accepted
            assert measured(result, "expired", "trace-requests").n == 2 - accepted


def test_arrivals_are_those_of_the_law_and_independent_of_everything_served() -> None:
    law = {"memories": {"uniform": [1, 3]}, "demand": "uniform", "duration": "2 s"}
    base = submitted(link(6, rate=5.0, **law), "60 s")
    # More memories, another policy, other durations and fidelities: the same arrivals, bit for bit.
    for other in (
        link(60, rate=5.0, **law),
        link(6, rate=5.0, **law).set_protocols(reservation="oldest-first"),
        link(6, rate=5.0, **{**law, "duration": {"exponential": "9 s"}, "fidelity": {"uniform": [0, 0.9]}}),
    ):
        assert submitted(other, "60 s") == base
    # What waits asks again; the first asking of each is still the same.
    patient = submitted(link(6, rate=5.0, retry="0.3 s", **law), "60 s")
    assert set(base) <= set(patient)
    assert submitted(link(6, rate=5.0, **law), "60 s", seed=2) != base


def test_gaps_are_exponential_and_sizes_follow_their_law() -> None:
    net = link(4, rate=40.0, duration="1 ms", memories={"geometric": 2.0})
    asked = submitted(net, "60 s")
    gaps = np.diff([time for time, *_ in asked]) / 1e12
    assert stats.kstest(gaps, "expon", args=(0, 1 / 40.0)).pvalue > FALSE_ALARM
    sizes = [min(size, 6) for *_, size in asked]
    expected = [0.5**size for size in range(1, 6)] + [0.5**5]
    assert follows(np.bincount(sizes, minlength=7)[1:], np.array(expected) * len(sizes)) > FALSE_ALARM


def test_two_entries_are_independent_and_must_have_names_of_their_own() -> None:
    both = link(4, rate=5.0, duration="1 s").add_traffic(
        "poisson-requests", rate=5.0, duration="1 s", name="others", demand=ONE_WAY
    )
    alone = submitted(link(4, rate=5.0, duration="1 s"), "20 s")
    together = submitted(both, "20 s")
    assert set(alone) < set(together)
    assert not {time for time, *_ in alone} & {time for time, *_ in set(together) - set(alone)}
    twice = link(4, rate=5.0, duration="1 s").add_traffic("poisson-requests", rate=1.0, duration="1 s")
    with pytest.raises(ScenarioError, match="several entries of `traffic` are named 'poisson-requests'"):
        twice.scenario("1 s")


def test_pairs_are_delivered_and_the_run_ends_when_all_is_done() -> None:
    net = qsim.Network(memory={"count": 4}, link_model={"kind": "midpoint-source", "rate": "10 kHz"})
    net.add_nodes("a", "b").add_link("a", "b", "10 km")
    net.add_traffic("poisson-requests", rate="5 /s", until="2 s", pairs={"uniform": [5, 15]}, retry="10 ms")
    result = net.run("1 h", seed=1, stop_when_done=True)
    n = {row.metric: row.n for row in result.metrics}
    assert n["offered"] == n["accepted"] == n["completed"] == len(result.flows) > 3
    assert n["short"] == n["undecided"] == 0
    assert all(5 <= flow.pairs <= 15 and flow.status == "completed" for flow in result.flows)
    assert 1 < result.simulated_s < 20


def test_windows_that_end_before_their_pairs_are_there_are_told_apart() -> None:
    result = link(2, rate=2.0, duration="100 ms", pairs=5).run("20 s", seed=1)
    assert measured(result, "short").n == measured(result, "accepted").n > 5
    assert measured(result, "completed").n == 0


def test_only_pairs_that_a_path_joins_are_asked_for_where_that_is_said() -> None:
    net = qsim.Network(memory={"count": 4}, link_model=DARK)
    net.add_nodes("a", "b", "c", "d", "lone").add_link("a", "b", "1 km").add_link("c", "d", "1 km")
    net.add_traffic("poisson-requests", rate=20.0, duration="1 ms", demand={"kind": "uniform"})
    with pytest.raises(
        ScenarioError, match=r"no path between 'a' and 'c'.*`among: reachable` leaves them out"
    ):
        net.scenario("1 s")
    net._traffic[0]["demand"]["among"] = "reachable"
    ends = {frozenset(asked[1:3]) for asked in submitted(net, "20 s")}
    assert ends == {frozenset("ab"), frozenset("cd")}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"duration": "1 s"}, "rate: is missing"),
        ({"rate": 1.0}, "duration: is missing, and so is `pairs`"),
        ({"rate": 1.0, "duration": "1 s", "queue": 3}, "queue: needs `retry`"),
        ({"rate": 1.0, "duration": "1 s", "patience": "1 s"}, "patience: needs `retry`"),
        ({"rate": 1.0, "duration": "1 s", "memories": 5}, "memories: between .* must be at most 4"),
        ({"rate": 1.0, "duration": "1 s", "memories": {"uniform": [5, 9]}}, "must be at most 4"),
        ({"rate": 1.0, "duration": "1 s", "warm_up": "1 h"}, "warm_up: must end before the run does"),
        ({"rate": 1.0, "duration": "1 s", "begin": "1 h"}, "begin: must lie before the end"),
        ({"rate": 1.0, "duration": "1 s", "begin": "2 s", "until": "1 s"}, "until: must lie after"),
        ({"rate": "1 GHz", "duration": "1 s"}, "requests would arrive: .*raises that"),
        ({"rate": 1.0, "duration": "1 s", "fidelity": {"uniform": [0.96, 1.0]}}, "fidelity: .*above"),
        ({"rate": 1.0, "duration": {"exponential": "1 s", "choice": ["1 s"]}}, "a law is one of"),
        ({"rate": 1.0, "duration": {}}, "a law is one of uniform, exponential, choice; got none"),
        ({"rate": 1.0, "duration": {"uniform": ["2 s", "1 s"]}}, "lower end first"),
        (
            {"rate": 1.0, "duration": "1 s", "memories": {"choice": [1, 2], "weights": [1]}},
            "one for each of 2",
        ),
        ({"rate": 1.0, "duration": "1 s", "memories": {"geometric": 0.5}}, r"memories.geometric: must be in"),
        ({"rate": 1.0, "duration": "1 s", "demand": {"nodes": ["a", "x"]}}, "unknown node 'x'"),
        ({"rate": 1.0, "duration": "1 s", "demand": {"nodes": ["a"]}}, "asks for no pair"),
        (
            {"rate": 1.0, "duration": "1 s", "profile": {"kind": "hot-spot", "nodes": ["z"], "dwell": 1}},
            "'z'",
        ),
        ({"kind": "trace-requests", "duration": "1 s"}, "from a `path` or from the columns"),
        (
            {"kind": "trace-requests", "duration": "1 s", "trace": {"time": [9.0]}},
            "no request arrives before",
        ),
        (
            {"kind": "trace-requests", "trace": {"time": [0.1], "duration": [1.0, 2.0]}},
            "must have one for each of 1 times, got 2",
        ),
    ],
)
def test_what_cannot_be_is_told_at_check(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        link(4, **fields).scenario("5 s")


def test_no_requests_at_all_is_a_run_like_any_other() -> None:
    result = link(4, rate=0.0, duration="1 s").run("5 s")
    assert measured(result, "offered").n == 0
    assert measured(result, "blocked share").mean is None


@pytest.mark.parametrize("policy", ["fail", "retry"])
def test_what_a_fault_ends_is_told_apart_and_what_goes_on_keeps_its_pairs(policy: str) -> None:
    net = qsim.Network(memory={"count": 4}, link_model={"kind": "midpoint-source", "rate": "10 kHz"})
    net.add_nodes("a", "b").add_link("a", "b", "10 km")
    trace = {"time": [0.5, 1.0], "initiator": ["a", "b"], "responder": ["b", "a"]}
    document = net.add_traffic("trace-requests", trace=trace, duration="6 s").document("10 s")
    document["faults"] = {
        "outages": [{"link": "a-b", "down": "3 s", "up": "4 s"}],
        "on_fault": policy,
        "retry": "100 ms",
    }
    result = from_document(document).run(seed=1)
    n = {row.metric: row.n for row in result.metrics if row.source == "trace-requests"}
    assert n["offered"] == n["accepted"] == 2
    assert (n["failed"], n["completed"]) == ((2, 0) if policy == "fail" else (0, 2))
    rows = result.table("traffic")
    flows = (*result.flows, *result.unfinished)
    assert len(flows) == (2 if policy == "fail" else 4)
    assert sum(row.pairs for row in rows) == sum(flow.pairs for flow in flows) > 1000


@pytest.mark.parametrize(("patience", "accepted"), [("0 s", 0), ("1 s", 0), ("3 s", 2)])
@pytest.mark.parametrize("waiting", [{}, {"queue": 2}])
def test_patience_is_no_longer_where_a_fault_is_in_the_way(
    waiting: dict[str, Any], patience: str, accepted: int
) -> None:
    """The link is down from before the requests come until 2.5 s after; meanwhile they are made again."""
    net = qsim.Network(memory={"count": 4}, link_model=DARK)
    net.add_nodes("a", "b").add_link("a", "b", "10 km")
    trace = {"time": [1.0, 1.0], "initiator": ["a", "b"], "responder": ["b", "a"]}
    fields = {"duration": "6 s", "retry": "50 ms", "patience": patience}
    document = net.add_traffic("trace-requests", trace=trace, **fields, **waiting).document("10 s")
    outage = {"link": "a-b", "down": "0.5 s", "up": "3.5 s"}
    document["faults"] = {"outages": [outage], "on_fault": "retry", "retry": "200 ms", "detection": "1 ms"}
    result = from_document(document).run(seed=1)
    assert measured(result, "accepted", "trace-requests").n == accepted
    assert measured(result, "expired", "trace-requests").n == 2 - accepted
    if accepted:
        assert measured(result, "delayed share", "trace-requests").mean == 1
        assert measured(result, "waiting time", "trace-requests").mean == pytest.approx(2.5, abs=0.21)

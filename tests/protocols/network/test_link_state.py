"""Link-state routing: how news spread, when a failure is known, and which way requests go then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest

from qsim.errors import NoRouteNowError, ScenarioError
from tests.protocols.scenes import MS, Document, alive, request
from tests.statistics import ROOM, Estimate

S = 1000 * MS


def network(graph: Any, delay_ms: float = 1.0, **sections: Any) -> Document:
    """A network of links with a delay."""
    routing = sections.pop("routing", {})
    return {
        "run": {"duration": 60.0, **sections.pop("run", {})},
        "defaults": {"memory": {"count": 4}},
        "nodes": {str(node): None for node in graph.nodes},
        "links": [{"between": [str(a), str(b)], "length": delay_ms * 2e5} for a, b in graph.edges],
        "protocols": {"routing": {"kind": "link-state", **routing}},
        "classical": {},
        **sections,
    }


def agree(engine: Any) -> bool:
    """Whether all nodes know the same."""
    numbers = [
        {name: one.number for name, one in router.database.items()}
        for router in engine.routing.routers.values()
    ]
    return all(known == numbers[0] for known in numbers) and len(numbers[0]) == len(numbers)


def cut(engine: Any, a: str, b: str) -> Callable[[], None]:
    """Lose all that is sent directly between two neighbours from now on; what is returned mends it."""
    ends = {engine.node(a): engine.node(b), engine.node(b): engine.node(a)}
    whole = True

    def deaf(node: Any) -> Callable[[Any, Any], None]:
        hear = type(node).receive

        def receive(source: Any, message: Any) -> None:
            kind = type(message).__name__
            if whole or source is not ends[node] or kind not in ("Greeting", "Advertisement"):
                hear(node, source, message)

        return receive

    for node in ends:
        node.receive = deaf(node)

    def mend() -> None:
        nonlocal whole
        whole = True

    whole = False
    return mend


@pytest.mark.parametrize(
    ("graph", "delay_ms", "converged_ms"),
    [
        (nx.cycle_graph(8), 1.0, 4.0),
        (nx.cycle_graph(9), 0.5, 2.0),
        (nx.grid_2d_graph(4, 3), 1.0, 5.0),
        (nx.path_graph(2), 1.0, 1.0),
    ],
)
def test_news_take_as_long_as_to_the_farthest_node(graph: Any, delay_ms: float, converged_ms: float) -> None:
    engine = alive(network(graph, delay_ms, routing={"known": False}))
    engine.run_until(int(converged_ms * MS))
    assert not agree(engine)
    engine.run_until(int(converged_ms * MS) + 1)
    assert agree(engine)
    (flooding, _) = engine.routing.metrics()
    longest = max(nx.eccentricity(graph).values())
    assert converged_ms == longest * delay_ms
    mean = sum(nx.eccentricity(graph).values()) / len(graph) * delay_ms / 1e3
    assert (flooding.n, flooding.mean) == (len(graph), pytest.approx(mean))


def test_a_silent_failure_is_known_a_dead_interval_after_the_last_greeting() -> None:
    """Hello 1 s, dead 4 s: between 3 and 4 s after the failure, and everywhere one flood later."""
    engine = alive(network(nx.cycle_graph(8)))
    for fails_at in (int(10.3 * S), int(30.9 * S)):
        engine.run_until(fails_at)
        mend = cut(engine, "0", "1")
        last = fails_at // S * S + MS  # the greeting of the last full second, one delay later
        known = last + 4 * S
        assert 3 * S <= known - fails_at <= 4 * S
        engine.run_until(known)
        assert engine.path("0", "1") == ("0", "1")
        engine.run_until(known + 1)
        assert engine.path("0", "1") == tuple("07654321")
        # The farthest node is half-way round: both ends have told it when the news have gone 3 links.
        assert not agree(engine)
        engine.run_until(known + 7 * MS + 1)
        assert agree(engine)
        assert engine.path("7", "2") == tuple("765432")
        mend()
        engine.run_until(engine.sim.now + 2 * S)
        assert agree(engine)
        assert engine.path("0", "1") == ("0", "1")


def test_a_failure_that_ends_before_it_is_noticed_changes_nothing() -> None:
    engine = alive(network(nx.cycle_graph(5)))
    engine.run_until(10 * S + MS // 2)
    mend = cut(engine, "0", "1")
    engine.run_until(13 * S + MS // 2)
    mend()
    engine.run_until(20 * S)
    assert [router.database["0"].number for router in engine.routing.routers.values()] == [1] * 5


def test_what_was_lost_on_the_way_comes_with_the_next_greeting() -> None:
    """News of a change elsewhere that a short failure swallowed reach the node behind it."""
    engine = alive(network(nx.path_graph(4)))
    engine.run_until(int(9.7 * S))
    cut(engine, "2", "3")
    engine.run_until(int(12.5 * S))
    mend = cut(engine, "0", "1")
    engine.run_until(int(13.9 * S))
    mend()
    routers = engine.routing.routers
    assert "3" not in routers["1"].database["2"].costs
    assert "3" in routers["0"].database["2"].costs
    engine.run_until(14 * S + 3 * MS)
    assert "3" not in routers["0"].database["2"].costs
    assert engine.path("0", "2") == ("0", "1", "2")


def test_requests_go_round_what_is_down_and_are_refused_where_there_is_no_way() -> None:
    engine = alive(network(nx.cycle_graph(5)))
    engine.run_until(5 * S)
    cut(engine, "1", "2")
    engine.run_until(10 * S)
    stream = engine.request("0", "2", memories=1, duration="1 s")
    engine.run_until(11 * S)
    assert [node.name for node in stream.flow.path] == ["0", "4", "3", "2"]
    cut(engine, "2", "3")
    engine.run_until(20 * S)
    rejected = engine.result().rejected
    engine.request("0", "2", duration="1 s")
    engine.run_until(21 * S)
    assert engine.result().rejected == rejected + 1


def test_before_the_news_have_come_requests_are_refused_and_may_be_repeated() -> None:
    wanted = {"pairs": 1, "memories": 1}
    traffic = [request("0", "3", **wanted), request("0", "3", retry="2 ms", **wanted)]
    document = network(nx.path_graph(4), routing={"known": False}, traffic=traffic)
    document["run"]["duration"] = 1.0
    result = alive(document).run()
    assert [row.path for row in result.flows] == [("0", "1", "2", "3")]
    assert result.rejected == 3


def test_lost_greetings_cut_neighbours_off_as_often_as_four_in_a_row_are_lost() -> None:
    """Of greetings lost at random with probability p, a run of four begins with the rate (1 - p) p^4."""
    loss, seconds = 0.5, 20_000
    engine = alive(
        network(
            nx.path_graph(2), routing={"weight": "hops"}, classical={"loss": loss}, run={"duration": seconds}
        ),
        seed=3,
    )
    engine.run()
    downs = 0
    for router in engine.routing.routers.values():
        # Each change has a number: down and up in turn.
        downs += router.database[router.node.name].number // 2
    expected = 2 * seconds * (1 - loss) * loss**4
    assert Estimate(downs, (2 * expected) ** 0.5).sigmas(expected) < ROOM


def test_same_seed_same_news_and_lossy_networks_agree_in_the_end() -> None:
    document = network(nx.grid_2d_graph(3, 3), classical={"loss": 0.2}, routing={"known": False})
    document["nodes"] = {name.replace(" ", ""): None for name in document["nodes"]}
    for link in document["links"]:
        link["between"] = [name.replace(" ", "") for name in link["between"]]
    sent = []
    for _ in range(2):
        engine = alive(document, seed=7)
        engine.run_until(20 * S)
        assert agree(engine)
        sent.append(engine.routing.sent)
    assert sent[0] == sent[1]


@pytest.mark.parametrize(
    ("routing", "fault"),
    [({"hello": 4}, "dead: must be longer than `hello`, 4 s, got 4 s"), ({"dead": -1}, "dead")],
)
def test_intervals_that_cannot_be_are_refused(routing: Document, fault: str) -> None:
    with pytest.raises(ScenarioError, match=fault):
        alive(network(nx.path_graph(2), routing=routing))


def test_a_request_has_no_link_state_of_its_own() -> None:
    traffic = [request("0", "1", routing="link-state")]
    with pytest.raises(ScenarioError, match=r"state it under protocols\.routing"):
        alive(network(nx.path_graph(2), traffic=traffic))


def test_fibre_that_really_fails_is_found_out_and_gone_round() -> None:
    """The same as `cut`, by an outage of the fibre: greetings over it are lost."""
    engine = alive(network(nx.cycle_graph(8)))
    fibre = engine.faults.elements.link("0-1")
    engine.run_until(int(10.3 * S))
    engine.outages.begin([fibre])
    engine.run_until(10 * S + MS + 4 * S)
    assert engine.path("0", "1") == ("0", "1")
    engine.run_until(14 * S + MS + 1)
    assert engine.path("0", "1") == tuple("07654321")
    engine.run_until(14 * S + 10 * MS)
    assert agree(engine)
    engine.outages.finish([fibre])
    engine.run_until(16 * S)
    assert agree(engine)
    assert engine.path("0", "1") == ("0", "1")


def test_one_of_two_fibres_between_neighbours_is_enough() -> None:
    document = network(nx.path_graph(3))
    document["links"].append({"between": ["0", "1"], "length": 4e5, "name": "spare"})
    engine = alive(document)
    engine.run_until(int(5.3 * S))
    engine.outages.begin([engine.faults.elements.link("0-1")])
    engine.run_until(20 * S)
    assert engine.path("0", "2") == ("0", "1", "2")
    assert engine.routing.routers["2"].database["0"].costs == {"1": 4e5}
    engine.outages.begin([engine.faults.elements.link("spare")])
    engine.run_until(40 * S)
    with pytest.raises(NoRouteNowError, match="'0' knows no path from '0' to '2' now"):
        engine.path("0", "2")

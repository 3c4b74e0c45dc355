from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.classical import ClassicalNetwork, Node
from qsim.errors import NoRouteError, ScenarioError
from qsim.kernel import Simulator
from qsim.model.specs import ClassicalSpec
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.hardware.devices import classical
from tests.statistics import ROOM, mean_of


@dataclass
class Note:
    """A message with a number on it."""

    number: int


def chain(**fields: object) -> dict[str, object]:
    """Three nodes in a row, 20 and 30 km apart."""
    return {
        "run": {"duration": 1},
        "nodes": ["alice", "bob", "carol"],
        "links": [
            {"between": ["alice", "bob"], "length": 20e3},
            {"between": ["bob", "carol"], "length": 30e3},
        ],
        **fields,
    }


def delays(document: dict[str, object]) -> dict[str, float]:
    """Delays in microseconds between all nodes of a document, keyed by initials."""
    nodes = from_document(document).engine().nodes
    return {a[0] + b[0]: nodes[a].delay_to(nodes[b]) / 1e6 for a in nodes for b in nodes if a != b}


def test_messages_follow_the_shortest_fibre() -> None:
    assert delays(chain()) == {"ab": 100, "ac": 250, "ba": 100, "bc": 150, "ca": 250, "cb": 150}


def test_a_detour_is_taken_when_it_is_shorter() -> None:
    links = [*chain()["links"], {"between": ["alice", "carol"], "length": 60e3}]
    assert delays(chain(links=links))["ac"] == 250


def test_speed_processing_and_transmission_count() -> None:
    slow = chain(classical={"speed": 1e8, "processing": "4 us", "transmission": "8 us"})
    assert delays(slow)["ab"] == pytest.approx(212)


def test_an_explicit_channel_holds_both_ways_and_wins_over_fibre_and_tables() -> None:
    table = {"nodes": ["alice", "bob"], "table": [[0, 2e-3], [3e-3, 0]]}
    channels = [{"between": ["alice", "bob"], "delay": "1 ms"}]
    assert delays(chain(classical={"channels": channels, "one_way": table}))["ab"] == 1000
    assert delays(chain(classical={"channels": channels}))["ba"] == 1000


def test_a_one_way_table_is_read_row_to_column() -> None:
    table = {"nodes": ["bob", "alice"], "table": [[0, 2e-3], [3e-3, 0]]}
    found = delays(chain(classical={"one_way": table}))
    assert (found["ba"], found["ab"]) == (2000, 3000)
    assert found["ac"] == 250


def test_measured_round_trips_are_averaged_and_halved() -> None:
    table = {"nodes": ["alice", "bob"], "table": [[0, 2e-3], [3e-3, 0]]}
    found = delays(chain(classical={"round_trip": table}))
    assert found["ab"] == found["ba"] == 1250


def test_stations_are_reached_along_their_arm() -> None:
    document = chain(links=[{"between": ["alice", "bob"], "length": 20e3, "midpoint": 0.25}])
    document["nodes"] = ["alice", "bob"]
    (link,) = from_document(document).engine().links
    assert link.station.delay_to(link.first) == link.first.delay_to(link.station) == 25_000_000
    assert link.station.delay_to(link.second) == 75_000_000


@pytest.mark.parametrize(
    ("station", "own", "expected"), [("half", None, 50.0), ("fibre", "7 us", 7.0), ("half", "7 us", 7.0)]
)
def test_stations_may_be_halfway_or_have_a_delay_of_their_own(
    station: str, own: str | None, expected: float
) -> None:
    link = {"between": ["alice", "bob"], "length": 20e3, "midpoint": 0.25, "station_delay": own}
    document = chain(nodes=["alice", "bob"], links=[link], classical={"station": station})
    (built,) = from_document(document).engine().links
    assert [built.station.delay_to(end) / 1e6 for end in (built.first, built.second)] == [expected] * 2


def test_distances_are_worked_out_when_first_needed_and_once_for_a_pair_of_nodes() -> None:
    asked: list[tuple[str, str]] = []

    def distance(source: str, target: str) -> float:
        asked.append((source, target))
        return 2000.0

    sim = Simulator()
    network = ClassicalNetwork(sim, ClassicalSpec(), {("alice", "carol"): 1e-3}, distance)
    alice, bob, carol = (Node(sim, name, network) for name in ("alice", "bob", "carol"))
    assert alice.delay_to(carol) == 1_000_000_000
    assert asked == []
    assert [alice.delay_to(bob) for _ in range(3)] == [10_000_000] * 3
    assert asked == [("alice", "bob")]


def test_nodes_without_any_connection_cannot_talk() -> None:
    network = classical(Simulator(), distances={})
    with pytest.raises(NoRouteError, match="no fibre path and no classical delay between 'alice' and 'bob'"):
        network.delay_ps("alice", "bob")


def test_islands_of_a_scenario_cannot_talk() -> None:
    nodes = from_document(chain(nodes=["alice", "bob", "carol", "robinson"])).engine().nodes
    with pytest.raises(NoRouteError, match="between 'alice' and 'robinson'"):
        nodes["alice"].delay_to(nodes["robinson"])


def test_a_given_delay_connects_nodes_without_fibre_one_way() -> None:
    network = classical(Simulator(), distances={}, given={("alice", "bob"): 1e-6})
    assert network.delay_ps("alice", "bob") == 1_000_000
    with pytest.raises(NoRouteError):
        network.delay_ps("bob", "alice")


# losses


class Lossy:
    """Two nodes on a lossy channel, and when each message got through."""

    def __init__(self, loss: float, seed: int = 0, trace: MemorySink | None = None, **fields: Any) -> None:
        self.sim = Simulator(seed, trace)
        channel = ClassicalSpec(**{"loss": loss, "retransmission": 10e-3, **fields})
        given = {("alice", "bob"): 1e-3, ("bob", "alice"): 1e-3}
        self.network = classical(self.sim, given=given, channel=channel)
        self.alice, self.bob = (Node(self.sim, name, self.network) for name in ("alice", "bob"))
        self.arrivals: dict[int, int] = {}
        self.bob.on(Note, lambda _, note: self.arrivals.update({note.number: self.sim.now}))

    def send(self, messages: int, every: int) -> dict[int, int]:
        """Send messages at regular intervals, ps; returns arrivals by number, in the order of arrival."""
        for number in range(messages):
            self.sim.post(number * every, self.alice.send, self.bob, Note(number))
        self.sim.run()
        return self.arrivals


def test_lost_messages_are_sent_again_until_they_arrive() -> None:
    """Each message alone is sent again a geometric number of times, of mean loss/(1 - loss)."""
    arrivals = Lossy(loss=0.3).send(4000, every=10**12)
    again = [(time - number * 10**12 - 10**9) / 10**10 for number, time in arrivals.items()]
    assert len(again) == 4000
    assert all(times == int(times) >= 0 for times in again)
    assert mean_of(again).sigmas(0.3 / 0.7) < ROOM


def test_losses_keep_the_order() -> None:
    arrivals = Lossy(loss=0.2).send(3000, every=3 * 10**9)
    assert list(arrivals) == list(range(3000))
    delays = [time - number * 3 * 10**9 for number, time in arrivals.items()]
    assert min(delays) == 10**9
    assert max(delays) > 4 * 10**10


def test_signals_of_a_link_keep_time_with_the_light() -> None:
    """What belongs to one link travels beside its fibre, over a channel that loses nothing."""
    stage = Lossy(loss=0.5)
    for number in range(100):
        stage.sim.post(number * 10**8, stage.alice.signal, stage.bob, Note(number))
    stage.sim.run()
    assert stage.arrivals == {n: n * 10**8 + 10**9 for n in range(100)}


def test_without_losses_the_delay_is_exact() -> None:
    assert Lossy(loss=0.0).send(50, every=10**8) == {n: n * 10**8 + 10**9 for n in range(50)}


def test_losses_of_one_channel_do_not_depend_on_the_other_direction() -> None:
    alone, answered = Lossy(loss=0.4), Lossy(loss=0.4)
    answered.alice.on(Note, lambda *_: None)
    for number in range(200):
        answered.sim.post(number * 10**8, answered.bob.send, answered.alice, Note(number))
    assert answered.send(200, every=10**8) == alone.send(200, every=10**8)


@given(st.floats(0, 0.9), st.floats(0, 1), st.sampled_from([0.0, 1e-4, 0.1]), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_every_message_comes_once_and_in_order(loss: float, twice: float, jitter: float, seed: int) -> None:
    stage = Lossy(loss, seed, duplication=twice, jitter=jitter)
    taken: list[int] = []
    stage.bob._handlers[Note] = lambda _, note: taken.append(note.number)
    stage.send(40, every=10**9)
    assert taken == list(range(40))
    transport = stage.network.transport
    assert transport is None or list(transport.under_way()) == []


def test_a_message_is_repeated_until_it_is_acknowledged_and_no_sooner_than_that_can_be() -> None:
    """A round trip of 2 ms is waited for though the channel names 1 us; each try is known with 0.6^2."""
    sink = MemorySink()
    stage = Lossy(0.4, seed=3, trace=sink, retransmission=1e-6)
    stage.send(300, every=10**11)
    tries = [
        time
        for time, event, _, fields in sink.events
        if event in ("message_sent", "message_lost") and fields["message"] == "Note"
    ]
    assert all(time % 10**11 % (2 * 10**9 + 1) == 0 for time in tries)
    assert abs(len(tries) / 300 - 1 / 0.36) < 5 * (0.64 / 0.36**2 / 300) ** 0.5


def test_a_single_datagram_may_be_lost_and_is_never_taken_twice() -> None:
    stage = Lossy(0.25, seed=1, duplication=0.5, jitter=5e-3, links=True)
    taken: list[int] = []
    stage.bob._handlers[Note] = lambda _, note: taken.append(note.number)
    for number in range(2000):
        stage.sim.post(number * 10**9, stage.alice.signal, stage.bob, Note(number))
    stage.sim.run()
    assert len(taken) == len(set(taken))
    assert taken != sorted(taken), "some have been overtaken"
    assert abs(len(taken) - 1500) < 5 * (2000 * 0.25 * 0.75) ** 0.5


@pytest.mark.parametrize(
    ("run", "generation", "said"),
    [
        ({"detail": "attempt"}, {"handshake": "negotiated"}, "at detail 'attempt' the messages of links"),
        ({"detail": "photon"}, {"handshake": "continuous"}, "the hand-shake of link 'alice-bob' counts on"),
    ],
)
def test_messages_of_links_are_lost_only_where_they_are_sent_and_outlived(
    run: dict[str, Any], generation: dict[str, Any], said: str
) -> None:
    document = chain(nodes=["alice", "bob"], links=[{"between": ["alice", "bob"], "length": 1e3}])
    document |= {
        "run": {"duration": 1, **run},
        "defaults": {"generation": {"kind": "barrett-kok", **generation}},
        "classical": {"loss": 0.1, "links": True},
    }
    with pytest.raises(ScenarioError) as refused:
        from_document(document)
    assert any("classical.links" in fault and said in fault for fault in refused.value.faults)

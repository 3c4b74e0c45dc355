"""Networks whose datagrams are lost, repeated, overtaken: all holds, and every memory is free at the end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocols.generation.photon import ClickReport
from qsim.trace.sinks import FingerprintSink
from tests.conftest import Sized
from tests.protocols.invariants.networks import TICK, Case, cases
from tests.protocols.invariants.test_invariants import play
from tests.protocols.scenes import MS, Document, alive, chain, request

_CHANNELS: list[Document] = [
    {"loss": 0.3},
    {"loss": 0.1, "duplication": 0.3, "jitter": 2 * TICK},
    {"duplication": 1.0, "jitter": 7 * TICK},
    {"loss": 0.6, "duplication": 0.5},
]


@st.composite
def unreliable(draw: st.DrawFn) -> Case:
    """A random network whose messages are datagrams, those of its links too where these outlive it."""
    case = draw(cases())
    document = case.document
    document["classical"] |= {
        **draw(st.sampled_from(_CHANNELS)),
        "retransmission": draw(st.sampled_from([3, 30])) * TICK,
    }
    document["protocols"]["reservation"] = draw(st.sampled_from(["hop-by-hop", "oldest-first"]))
    generation = document["defaults"]["generation"]
    if generation["kind"] != "midpoint-source" and draw(st.integers(0, 2)):
        generation["handshake"] = {"kind": "negotiated", "overhead": draw(st.sampled_from([0.0, TICK / 2]))}
        document["run"]["detail"] = "photon"
        document["classical"]["links"] = True
    return case


@pytest.mark.slow
def test_everything_holds_and_every_memory_is_free_at_the_end(sized: Sized) -> None:
    @settings(deadline=None, max_examples=sized(20, 500), suppress_health_check=list(HealthCheck))
    @given(unreliable())
    def holds(case: Case) -> None:
        play(case, every=20)

    holds()


def lossy(**classical: Any) -> Document:
    """A chain at photon detail whose messages are all datagrams."""
    return chain(
        2,
        generation={"kind": "barrett-kok", "handshake": "negotiated"},
        traffic=[
            request("n0", "n2", duration="300 ms"),
            request("n2", "n0", start="20 ms", duration="300 ms"),
        ],
        count=4,
        classical={"retransmission": "1 ms", "links": True, **classical},
        run={"duration": 0.5, "detail": "photon"},
    )


@pytest.mark.parametrize(
    "classical",
    [
        {"loss": 0.1},
        {"jitter": "1 ms"},
        {"duplication": 0.5},
        {"loss": 0.2, "duplication": 0.2, "jitter": "0.3 ms"},
    ],
)
def test_pairs_are_made_all_the_same_and_the_same_seed_gives_the_same_run(classical: Document) -> None:
    prints = []
    for _ in range(2):
        sink = FingerprintSink()
        engine = alive(lossy(**classical), seed=5, trace=sink)
        result = engine.run()
        assert sum(row.pairs for row in result.flows) > 0
        assert all(row.fidelity_mean == pytest.approx(1) for row in result.flows if row.pairs)
        prints.append((sink.fingerprint, result.fingerprint))
    assert prints[0] == prints[1]


def test_datagrams_that_are_never_lost_cost_a_link_nothing() -> None:
    """With a jitter of 1 ps the messages of links are datagrams, and attempts last as long as ever."""
    heralds = []
    for classical in ({"links": None}, {"jitter": 1e-12}):
        document = lossy(**classical)
        document["traffic"] = [request("n0", "n1", duration="400 ms")]
        (row,) = alive(document, seed=2).run().flows
        heralds.append(row.pairs)
    assert heralds[0] == heralds[1] > 5


def test_an_end_that_misses_the_news_of_a_success_makes_the_other_give_up_its_half() -> None:
    """Every report to n1 is swallowed: n0 hears of pairs, and is told each time that there is none."""
    document = lossy(jitter=1e-12)
    document["traffic"] = [request("n0", "n1", duration="200 ms")]
    engine = alive(document, seed=2)
    node, heard = engine.node("n1"), []
    engine.run_until(5 * MS)
    real = node._handlers[ClickReport]

    def swallow(source: Any, report: Any) -> None:
        if report.attempt.pair is None:
            real(source, report)
        else:
            heard.append(report.attempt.pair.id)

    node._handlers[ClickReport] = swallow
    result = engine.run()
    assert heard
    assert result.flows[0].pairs == 0
    assert result.links[0].heralds == len(heard) > 3, "both memories went back to work"
    assert all(memory.pair is None for place in engine.nodes.values() for memory in place.memories)

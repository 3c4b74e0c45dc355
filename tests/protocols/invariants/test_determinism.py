"""One seed makes one run: again, in another process, beside another simulation, in a larger network."""

from __future__ import annotations

import os
import subprocess
import sys
from copy import deepcopy
from typing import Any

import pytest

from qsim.scenario import from_document
from qsim.trace.sinks import FingerprintSink
from tests.architecture.sources import ROOT
from tests.protocols.invariants.prints import CASES, crowded, fingerprint
from tests.protocols.scenes import MS, Document, alive, request


@pytest.fixture(scope="module")
def here() -> list[tuple[str, int]]:
    """The fingerprints in this process."""
    return [fingerprint(document) for document in CASES.values()]


def test_the_same_seed_again_makes_the_same_run(here: list[tuple[str, int]]) -> None:
    assert [fingerprint(document) for document in CASES.values()] == here
    assert all(events > 1000 for _, events in here)


def test_other_seeds_make_other_runs(here: list[tuple[str, int]]) -> None:
    others = [fingerprint(document, seed=4)[0] for document in CASES.values()]
    assert not {mark for mark, _ in here} & set(others)


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_a_fresh_process_makes_the_same_run_whatever_its_hash_seed(
    hash_seed: str, here: list[tuple[str, int]]
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-m", "tests.protocols.invariants.prints"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"{mark} {events}" for mark, events in here]


def test_a_trace_changes_nothing() -> None:
    for document in CASES.values():
        silent, traced = alive(document, seed=3), alive(document, seed=3, trace=FingerprintSink())
        for engine in (silent, traced):
            engine.run_until(250 * MS)
        assert silent.result().flows == traced.result().flows
        assert silent.sim.events == traced.sim.events


def test_two_simulations_side_by_side_are_each_what_they_are_alone(here: list[tuple[str, int]]) -> None:
    """Event by event in turn, two and two of different protocols and levels of detail."""
    documents = list(CASES.values())
    sinks = [FingerprintSink() for _ in documents]
    engines = [alive(document, seed=3, trace=sink) for document, sink in zip(documents, sinks, strict=True)]
    running = list(engines)
    while running:
        for engine in list(running):
            following = engine.sim.next_time()
            if following is None or following >= 250 * MS:
                running.remove(engine)
            else:
                engine.sim.step()
    assert [(sink.fingerprint, sink.events) for sink in sinks] == here


def larger(document: Document) -> Document:
    """Nodes, a link and traffic that the first flow has nothing to do with are listed before it."""
    wider = deepcopy(document)
    wider["nodes"] = {"aside": None, "beside": None, **wider["nodes"]}
    wider["links"] = [{"between": ["aside", "beside"], "length": 3e4}, *wider["links"]]
    wider["links"].append({"between": ["beside", "n4"], "length": 6e4})
    wider["traffic"] = [
        request("aside", "beside", memories=2),
        {"kind": "teleportation", "initiator": "beside", "responder": "aside"},
        *wider["traffic"],
    ]
    return wider


def pairs_of(document: Document, ends: tuple[str, str]) -> list[Any]:
    """Time, fidelity and age of every pair of one flow."""
    result = alive(document, seed=3).run()
    rows = result.flows + result.unfinished
    (place,) = (place for place, row in enumerate(rows) if (row.initiator, row.responder) == ends)
    return [(pair.time_s, pair.fidelity, pair.age_s) for pair in result.pairs if pair.flow == place]


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("handshake", ["continuous", "negotiated"])
def test_unrelated_nodes_links_and_traffic_leave_a_flow_as_it_is(detail: str, handshake: str) -> None:
    document = crowded({"kind": "nested"}, detail, handshake)
    document["classical"] = {"loss": 0.1, "retransmission": 1e-3}
    document["traffic"] = document["traffic"][:2]
    for ends in (("n0", "n4"), ("east", "west")):
        alone = pairs_of(document, ends)
        assert len(alone) >= 5
        assert pairs_of(larger(document), ends) == alone


def test_the_seed_of_a_scenario_is_used_unless_another_is_given() -> None:
    document = crowded({"kind": "nested"})
    document["run"]["seed"] = 3
    scenario = from_document(document)
    assert scenario.run().flows == scenario.run(seed=3).flows
    assert scenario.run().flows != scenario.run(seed=4).flows
    assert scenario.run().seed == 3

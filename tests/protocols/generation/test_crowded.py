"""Links whose memories want more of the station than there is: attempt detail against photon detail.

The same number of attempts within 5 %, which the order of single attempts and gaps in the station's calendar
are allowed; both below what the station passes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from protocols.generation.continuous import ContinuousSession
from protocols.generation.crowded import CrowdedSession
from qsim.scenario import from_document
from tests.protocols.entanglement.workbench import Workbench
from tests.statistics import ROOM, mean_of, share_of

pytestmark = pytest.mark.slow


@cache
def outcome(detail: str, memories: int, name: str) -> tuple[int, int, float]:
    """Attempts, pairs, and the success probability of an attempt of a run over 1 km."""
    fields, duration = KINDS[name]
    document = {
        "run": {"duration": duration, "detail": detail, "seed": 3},
        "nodes": ["a", "b"],
        "defaults": {"memory": {"count": memories}, "detector": {"efficiency": 0.5}, **fields},
        "links": [{"between": ["a", "b"], "length": "1 km"}],
        "traffic": [{"kind": "request", "initiator": "a", "responder": "b", "memories": memories}],
    }
    engine = from_document(document).engine()
    result = engine.run()
    (link,) = result.links
    return link.attempts, result.flows[0].pairs, link.success_probability


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "single click": ({"generation": "single-click"}, "300 us"),
    "two photons": ({"generation": {"kind": "two-photon", "bin_separation": "300 ns"}}, "300 us"),
    "two rounds in slots": (
        {
            "generation": "barrett-kok",
            "fibre": {"slot_rate": "20 MHz"},
            "detector": {"efficiency": 0.5, "count_rate": None},
        },
        "300 us",
    ),
}


@pytest.mark.parametrize("memories", [40, 110, 130, 200])
@pytest.mark.parametrize("name", KINDS)
def test_as_many_attempts_as_the_station_passes(name: str, memories: int) -> None:
    attempt, photon = (outcome(detail, memories, name) for detail in ("attempt", "photon"))
    assert attempt[0] == pytest.approx(photon[0], rel=0.05)
    # Pairs are a sample of the attempts.
    assert attempt[1] == pytest.approx(photon[1], abs=4 * (2 * photon[1]) ** 0.5 + 0.05 * photon[1])


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_four_hundred_memories_are_as_fast_as_their_station(detail: str) -> None:
    """Single click, 1 km, efficiency .5: window and dead time of 41 ns, so 2.33 M pairs/s."""
    attempts, pairs, p = outcome(detail, 400, "single click")
    # Two messages of 5 us and a flight of 2.5 us come before the first light meets.
    time = 300e-6 - 12.5e-6
    # Attempt detail counts those that each pair of memories has begun, photon detail those decided.
    assert -5 < attempts - time / 41e-9 < (400 if detail == "attempt" else 5)
    assert share_of(pairs, attempts, p).sigmas(p) < ROOM
    assert p / 41e-9 == pytest.approx(2.33e6, rel=0.003)


def test_only_links_that_can_be_full_pay_for_it() -> None:
    for count, kind in ((100, ContinuousSession), (400, CrowdedSession)):
        bench = Workbench(
            "attempt",
            {"generation": "single-click", "length": "1 km", "memory": {"count": count}},
            up=count,
            down=count,
        )
        assert type(bench.session) is kind


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_memories_may_leave_a_crowd(detail: str) -> None:
    """Half of the memories leave; what is left has room, and counts its attempts as before."""
    fields = {"generation": "single-click", "length": "1 km", "memory": {"efficiency": 0.001}}
    bench = Workbench(detail, fields, up=244, down=244)
    bench.sim.run(until=100_000_000)
    for memory in bench.upstream.memories[:122]:
        bench.session.withdraw(memory)
    half = bench.link.attempts + bench.session.attempts_under_way()
    assert half == pytest.approx(100e-6 / 41e-9, rel=0.05)
    bench.sim.run(until=200_000_000)
    made = bench.link.attempts + bench.session.attempts_under_way() - half
    assert made == pytest.approx(100e-6 / 41e-9, rel=0.06)


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_a_stream_is_no_faster_than_its_station(detail: str) -> None:
    """Attempts are to follow each other every 20 ns, and the station has room for one in 41 ns."""
    handshake = {"kind": "continuous", "attempt_period": "20 ns"}
    fields = {
        "generation": {"kind": "single-click", "handshake": handshake},
        "memory": {"kind": "multimode", "temporal_modes": 600, "efficiency": 0.1},
        "length": "1 km",
    }
    bench = Workbench(detail, fields, seed=6, together=True)
    waits = bench.run(100)
    # A flight of 2.5 us comes before the first light meets, and news of 2.5 us after the last.
    exact = 5e6 + (1 / bench.link.profile.success - 1) * 41e3
    assert mean_of(waits).sigmas(exact) < ROOM

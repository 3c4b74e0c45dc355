"""The law of the time from one herald to the next, against runs with one memory at each end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from hardware.link import Link
from protocols.runtime.network import NetworkRuntime
from qsim.analytic.renewal import HeraldInterval
from qsim.scenario import from_document
from tests.statistics import FALSE_ALARM, ROOM, mean_of

PAIRS = 5000


def law_and_times(
    generation: dict[str, Any],
    midpoint: float,
    station: str,
    initiator: str,
    memory: dict[str, Any] | None = None,
) -> tuple[HeraldInterval, np.ndarray[Any, Any]]:
    """What a link states, and the times between deliveries that a run gives."""
    document = {
        "run": {"duration": "2000 s", "record_pairs": True, "stop_when_done": True},
        "defaults": {
            "memory": {"count": 1, **(memory or {})},
            "detector": {"efficiency": 0.8},
            "generation": generation,
            "link": {"midpoint": midpoint},
        },
        "nodes": ["alice", "bob"],
        "links": [{"between": ["alice", "bob"], "length": "20 km"}],
        "classical": {"station": station},
        "protocols": {"purification": "none"},
        "traffic": [
            {
                "kind": "request",
                "initiator": initiator,
                "responder": "bob" if initiator == "alice" else "alice",
                "pairs": PAIRS,
            }
        ],
    }
    engine = from_document(document).engine(seed=2)
    assert isinstance(engine, NetworkRuntime)
    law = engine.links[0].interval(engine.node(initiator))
    assert law is not None
    result = engine.run()
    assert len(result.pairs) == PAIRS
    return law, np.diff([round(pair.time_s * 1e12) for pair in result.pairs]) * 1e-12


CLICKING = [
    ({"kind": kind, "handshake": handshake}, *place, initiator, None)
    for kind in ("barrett-kok", "two-photon", "single-click")
    for handshake in ("continuous", "negotiated")
    for place, initiator in (((0.5, "fibre"), "alice"), ((0.3, "fibre"), "bob"), ((0.8, "half"), "alice"))
]
OTHERS: list[tuple[dict[str, Any], float, str, str, dict[str, Any] | None]] = [
    ({"kind": "midpoint-source", "rate": "10 kHz", "pair_probability": 0.3}, 0.5, "fibre", "alice", None),
    ({"kind": "midpoint-source", "rate": "3 kHz", "pair_probability": 0.3}, 0.3, "fibre", "bob", None),
    # Memories that are slower than the exchange of messages set the pace.
    ({"kind": "barrett-kok", "handshake": "negotiated"}, 0.5, "half", "bob", {"frequency": "1 kHz"}),
    (
        {"kind": "barrett-kok", "handshake": {"kind": "continuous", "overhead": "1 us"}},
        0.4,
        "fibre",
        "alice",
        {"frequency": "1 kHz"},
    ),
    (
        {"kind": "barrett-kok", "handshake": {"kind": "negotiated", "overhead": "70 us"}},
        0.1,
        "fibre",
        "alice",
        None,
    ),
]


@pytest.mark.parametrize(("generation", "midpoint", "station", "initiator", "memory"), [*CLICKING, *OTHERS])
def test_the_law_is_that_of_the_run(
    generation: dict[str, Any], midpoint: float, station: str, initiator: str, memory: dict[str, Any] | None
) -> None:
    law, times = law_and_times(generation, midpoint, station, initiator, memory)
    assert mean_of(times.tolist()).sigmas(law.mean_s) < ROOM
    # Success at the first attempt is among 5000, and takes the lead to the picosecond.
    assert times.min() == pytest.approx(law.lead_s, abs=1e-12)
    places, counts = np.unique(np.round(times, 12), return_counts=True)
    distance = np.abs(1 - np.cumsum(counts) / len(times) - law.survival(places)).max()
    assert stats.kstwobign.sf(distance * len(times) ** 0.5) > FALSE_ALARM


def test_a_hand_shake_of_ones_own_may_state_no_law(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {
        "run": {"duration": "1 s"},
        "nodes": ["alice", "bob"],
        "links": [{"between": ["alice", "bob"], "length": "20 km"}],
    }
    engine = from_document(document).engine()
    assert isinstance(engine, NetworkRuntime)
    link: Link = engine.links[0]
    monkeypatch.setattr(type(link.handshake), "interval", lambda *_: None)
    assert link.interval(link.first) is None

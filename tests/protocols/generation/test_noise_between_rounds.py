"""Memories that decay between the two rounds of an attempt, from scenario to delivered pair."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from tests.statistics import ROOM, share_of


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize(
    ("kilometres", "memory", "success", "fidelity"),
    [
        # 50 rounds of 0.5 ms; 10 rounds of 0.25 ms; fidelities as both ends hear of the pair.
        (100, {"depolarising_time": "25 ms"}, 0.00412, 0.9347),
        (50, {"t1": "2.5 ms"}, 0.04978, 0.733),
        (50, {"t1": "2.5 ms", "relaxes_to": "bright"}, 0.03665, 0.905),
    ],
)
def test_pairs_are_delivered_as_rounds_and_storage_leave_them(
    detail: str, kilometres: int, memory: dict[str, Any], success: float, fidelity: float
) -> None:
    net = qsim.Network(
        memory={"count": 1, **memory},
        detector={"efficiency": 0.9, "count_rate": None},
        link_model="barrett-kok",
    )
    net.add_nodes("a", "b").add_link("a", "b", kilometres * 1e3).request("a", "b", memories=1)
    result = net.run(
        duration=10 if detail == "attempt" else 3, seed=1, detail=detail, formalism="density-matrix"
    )
    (flow,), (link,) = result.flows, result.links
    assert flow.fidelity_mean == pytest.approx(fidelity, abs=6e-4)
    assert share_of(link.heralds, link.attempts, success).sigmas(success) < ROOM

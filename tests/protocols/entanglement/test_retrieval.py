"""Halves that may not come out of their memories: what a swap and a delivery lose by it."""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import pytest

from hardware.memory import AtomicMemory
from hardware.modes import modes_of, retrieval_of, spectral_modes
from hardware.multimode import MultimodeMemory
from qsim.scenario import from_document
from tests.protocols.scenes import chain, clocked, request
from tests.statistics import ROOM, Estimate, share_of


def test_efficiencies_fall_as_stated() -> None:
    kept = MultimodeMemory(retrieval_efficiency=0.8)
    assert kept.retrieval(0) == kept.retrieval(1e3) == 0.8
    slow = MultimodeMemory(retrieval_efficiency=0.8, retrieval_time=2e-3)
    assert slow.retrieval(1e-3) == pytest.approx(0.8 * exp(-0.5))
    comb = MultimodeMemory(retrieval_time="2 ms", retrieval_law="gaussian")
    assert comb.retrieval(1e-3) == pytest.approx(exp(-0.25))
    assert comb.retrieval(3e-3) == pytest.approx(exp(-2.25))


def test_memories_that_give_all_back_are_not_asked() -> None:
    assert retrieval_of(MultimodeMemory(temporal_modes=7)) is None
    assert retrieval_of(AtomicMemory()) is None
    assert retrieval_of(MultimodeMemory(retrieval_efficiency=0.9)) is not None
    assert modes_of(AtomicMemory()) == 1
    assert modes_of(MultimodeMemory(temporal_modes=7)) == 7
    assert spectral_modes(MultimodeMemory(spectral_modes=3), MultimodeMemory(spectral_modes=5)) == 3
    assert spectral_modes(MultimodeMemory(spectral_modes=3), AtomicMemory()) == 1


def fading(**fields: Any) -> dict[str, Any]:
    return {"memory": {"kind": "multimode", "count": 2, "frequency": 1e12, **fields}}


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("law", ["exponential", "gaussian"])
def test_a_pair_arrives_if_both_halves_come_out(detail: str, law: str) -> None:
    """Each half is stored from its own absorption until word of the other has come.

    The source is .4 ms from one end and .6 ms from the other, and messages take 1 ms: 1.2 ms and .8 ms.
    """
    memory = fading(retrieval_efficiency=0.9, retrieval_time="3 ms", retrieval_law=law)
    document = chain(
        1,
        nodes={"n0": memory, "n1": memory},
        run={"duration": 4.0, "detail": detail, "seed": 5},
        traffic=[request("n0", "n1")],
    )
    document["links"][0]["midpoint"] = 0.4
    result = from_document(document).run()
    ages = (1.2 / 3, 0.8 / 3)
    exact = 0.81 * exp(-sum(age if law == "exponential" else age**2 for age in ages))
    heralds, pairs = result.links[0].heralds, result.flows[0].pairs
    assert heralds > 1900
    assert share_of(pairs, heralds, exact).sigmas(exact) < ROOM


def test_a_swap_succeeds_if_both_halves_come_out() -> None:
    """The first link makes a pair at every tick, the second with one tick in four: one half waits."""
    document = chain(
        2,
        nodes={"n0": None, "n1": fading(retrieval_efficiency=0.8, retrieval_time="20 ms"), "n2": None},
        run={"duration": 40.0, "seed": 2},
        swapping={"kind": "nested", "success_probability": 0.9},
        traffic=[request("n0", "n2")],
    )
    for link, success in zip(document["links"], (1.0, 0.25), strict=True):
        link["generation"] = clocked(4e-3, success)
    result = from_document(document).run()
    # A half of the second link is stored for 1 ms when its end hears; that of the first for longer by k of
    # the second's failures, 4 ms each, geometric with 1/4.
    fresh = exp(-1 / 20)
    older = fresh * 0.25 / (1 - 0.75 * exp(-4 / 20))
    exact = 0.9 * 0.8**2 * fresh * older
    swaps = result.links[1].heralds
    found = Estimate(result.flows[0].pairs / swaps, sqrt(exact * (1 - exact) / swaps))
    assert swaps > 1500
    assert found.sigmas(exact) < ROOM

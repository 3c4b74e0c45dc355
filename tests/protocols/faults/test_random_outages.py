"""Whatever goes down, and whenever: nothing fails, nothing is left behind, and every flow has an end."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from qsim.scenario import from_document
from tests.protocols.faults.mixtures import MIXTURES, mixed
from tests.protocols.faults.random_outages import document, left_behind
from tests.protocols.faults.ways_of_control import WAYS, controlled

ENDS = {"completed", "short", "failed", "stalled", "open"}
#: Seeds in continuous integration, and at full size.
FEW, MANY = 32, 3000


def run(seed: int, *, invariants: bool = False) -> Counter[str]:
    """Run one network, and give how its flows ended."""
    return run_document(document(seed), seed, invariants=invariants)


def run_document(known: dict[str, Any], seed: int, *, invariants: bool = False) -> Counter[str]:
    """Run one document, and give how its flows ended."""
    engine = from_document(known).engine()
    if invariants:
        engine.check_invariants()
    result = engine.run()
    assert list(left_behind(engine)) == [], f"seed {seed}"
    assert {flow.status for flow in result.flows} <= ENDS - {"open"}
    assert {flow.status for flow in result.unfinished} <= {"open", "stalled"}
    for row in result.table("availability"):
        assert row.availability is None or 0 <= row.availability <= 1
    return Counter(flow.status for flow in (*result.flows, *result.unfinished))


def test_nothing_is_left_behind() -> None:
    ended: Counter[str] = Counter()
    for seed in range(FEW):
        ended += run(seed)
    assert min(ended[status] for status in ("completed", "failed", "open")) > 3, "all of it happens"


@pytest.mark.parametrize("seed", [3, 11, 17])
def test_the_invariants_hold_after_every_event(seed: int) -> None:
    run(seed, invariants=True)


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_the_same_seed_gives_the_same_bits(seed: int) -> None:
    scenario = from_document(document(seed))
    assert scenario.run().fingerprint == scenario.run().fingerprint


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_left_behind_whoever_decides(way: str) -> None:
    ended: Counter[str] = Counter()
    for seed in range(10):
        ended += run_document(controlled(way, seed), seed, invariants=seed == 2)
    assert min(ended[status] for status in ("completed", "failed")) > 3, "both happen"


@pytest.mark.parametrize("way", WAYS)
def test_the_same_seed_gives_the_same_bits_whoever_decides(way: str) -> None:
    scenario = from_document(controlled(way, 4))
    assert scenario.run().fingerprint == scenario.run().fingerprint


@pytest.mark.parametrize("what", MIXTURES)
def test_nothing_is_left_behind_whatever_else_there_is(what: str) -> None:
    ended: Counter[str] = Counter()
    for seed in range(6):
        ended += run_document(mixed(what, seed), seed, invariants=seed == 2)
    assert min(ended[status] for status in ("completed", "failed")) > 1, "both happen"


@pytest.mark.parametrize("what", MIXTURES)
def test_the_same_seed_gives_the_same_bits_whatever_else_there_is(what: str) -> None:
    scenario = from_document(mixed(what, 4))
    assert scenario.run().fingerprint == scenario.run().fingerprint


@pytest.mark.slow
def test_nothing_is_left_behind_on_thousands_of_networks() -> None:
    many = range(FEW, MANY) if os.environ.get("QSIM_FULL") else range(FEW, FEW + 8)
    for seed in many:
        run(seed, invariants=seed % 50 == 0)
        for way in WAYS:
            run_document(controlled(way, seed), seed, invariants=seed % 50 == 0)
        for what in MIXTURES:
            run_document(mixed(what, seed), seed, invariants=seed % 50 == 0)

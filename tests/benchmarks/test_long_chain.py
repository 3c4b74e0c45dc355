"""The closed form of the long chains, against runs with noise and against sums done by hand."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from types import ModuleType

import pytest


@pytest.fixture
def long_chain(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("long_chain")


def test_one_repeater_by_hand(long_chain: ModuleType) -> None:
    # Both links are known after light (50 us) and a message (100 us); the swap's news takes 100 us more.
    # Each half is stored from the light on.
    assert dict(long_chain.swaps(3)) == pytest.approx({0: 250e-6, 1: 150e-6, 2: 250e-6})
    gate = 1 - 16 / 15 * long_chain.GATE_ERROR
    fidelity = 0.25 + 0.75 * gate * exp(-(2 * 100e-6 + 2 * 200e-6) / 0.1)
    assert long_chain.closed_form(3, 0.1) == pytest.approx((fidelity, 250e-6), abs=1e-15)


@pytest.mark.parametrize("nodes", [2, 4, 7, 12, 33])
def test_runs_have_the_exact_fidelity(long_chain: ModuleType, nodes: int) -> None:
    run = long_chain.once(nodes, 0.04)
    fidelity, after = long_chain.closed_form(nodes, 0.04)
    assert run.pairs == 1
    assert run.fidelity == pytest.approx(fidelity, abs=1e-12)
    assert run.after == pytest.approx(after, abs=1e-12)

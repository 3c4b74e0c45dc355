"""Our side of the comparison with SeQUeNCe, which runs without it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

Import = Callable[[str], ModuleType]


@pytest.mark.parametrize("detail", ["photon", "attempt"])
def test_the_chain_is_converted_and_served(script: Import, detail: str) -> None:
    beside, theirs = script("beside_sequence"), script("_sequence")
    configuration = theirs.chain(2, 20, 0.1, **beside.CHAIN)
    delivered = beside.deliver(configuration, detail)()()
    # 184 pairs a second in SeQUeNCe: 18 +- 4 in this window.
    assert 6 <= delivered.pairs <= 30
    # The fidelity that SeQUeNCe carries beside its states is a plain product, without degradation.
    assert delivered.fidelity == pytest.approx(0.99**2, abs=1e-12)


def test_grids_have_a_channel_for_every_pair_of_routers(script: Import) -> None:
    beside, configuration = script("beside_sequence"), script("_sequence").grid(3)
    assert len(configuration["qconnections"]) == 12
    assert len(configuration["cconnections"]) == 9 * 8 // 2
    assert beside.build(lambda: beside.converted(configuration))()() == 9


def test_without_sequence_the_ratios_of_an_earlier_run_are_told_with_their_date(script: Import) -> None:
    peers = script("_peers")
    assert "2026" in peers.BESIDE_SEQUENCE_WITH
    assert all(float(times) > 1 for _, times in peers.BESIDE_SEQUENCE)


def test_a_callback_of_simpy_is_measured_where_it_is_installed(script: Import) -> None:
    pytest.importorskip("simpy")
    peers, kernel = script("_peers"), script("kernel")
    assert peers.simpy_hold(10, 500, kernel.DELAYS)()() == 500

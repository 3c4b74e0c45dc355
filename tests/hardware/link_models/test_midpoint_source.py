from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.link_models import MidpointSource
from qsim.errors import ParameterError, ScenarioError
from qsim.scenario import from_document
from tests.hardware.devices import link_hardware

SHARES = st.floats(1e-3, 1)


@given(SHARES, SHARES, SHARES, st.floats(0.25, 1))
def test_both_photons_of_a_pair_must_be_caught(
    first: float, second: float, pairs: float, fidelity: float
) -> None:
    found = MidpointSource(pair_probability=pairs, pair_fidelity=fidelity).profile(
        link_hardware(first, second)
    )
    assert found.success == pytest.approx(pairs * first * second)
    assert found.first_round_success == 1
    assert found.fidelity == pytest.approx(fidelity)
    assert np.linalg.eigvalsh(found.rho).min() >= -1e-12


def test_stations_without_detectors_have_neither_losses_nor_dark_counts_there() -> None:
    found = MidpointSource().profile(link_hardware(0.2, 0.2, 0.1, detection=0.5))
    assert found.success == pytest.approx(0.4 * 0.4)
    assert found.fidelity == pytest.approx(1)


@pytest.mark.parametrize(("rate", "clock"), [(100e3, 10_000_000), ("80 MHz", 12_500), (3e13, 1)])
def test_the_source_has_a_clock(rate: float | str, clock: int) -> None:
    assert MidpointSource(rate=rate).clock_ps() == clock


@pytest.mark.parametrize(
    ("field", "value"),
    [("rate", 0), ("pair_probability", 0), ("pair_probability", 1.1), ("pair_fidelity", 0.2)],
)
def test_impossible_sources_are_refused(field: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"`MidpointSource.{field}` must be in"):
        MidpointSource(**{field: value})


def test_a_clocked_source_cannot_be_negotiated_with() -> None:
    document = {
        "run": {"duration": 1},
        "nodes": ["alice", "bob"],
        "links": [{"between": ["alice", "bob"], "length": 1e3}],
        "defaults": {"generation": {"kind": "midpoint-source", "handshake": "negotiated"}},
    }
    with pytest.raises(ScenarioError, match=r"handshake.*clocked and cannot be negotiated; use 'continuous'"):
        from_document(document)

"""Each ready source once in a scenario: equal keys at both ends, and the errors of its closed form."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.analytic import qkd
from qsim.errors import ScenarioError
from qsim.scenario import from_document
from tests.hardware.optics.test_wired_keys import polarised
from tests.statistics import ROOM, share_of

EYE = {"kind": "threshold", "efficiency": 0.5, "dark_count_rate": "100 kHz", "count_rate": None}
#: Transmission of 10 km of 0.2 dB/km and the detector; dark counts of a window of 1 ns on two detectors.
SEEN, DARK, WRONG = 0.5 * 10**-0.2, 2e-4, 0.02


def document(source: dict[str, Any], block: float) -> dict[str, Any]:
    app = {
        "kind": "bb84",
        "initiator": "a",
        "responder": "b",
        "source": source,
        "block": block,
        "sessions": 1,
    }
    return {
        "run": {"duration": "1 s", "stop_when_done": True},
        "nodes": ["a", "b"],
        "classical": {"channels": [{"between": ["a", "b"], "delay": "50 us"}]},
        "traffic": [{**app, "finite": False, "share": 1.0}],
    }


#: Plain BB84, which is secret with few photons only, and the errors of weak pulses.
WEAK = {"length": "10 km", "mean_photons": [0.05], "intensity_chances": [1], "detector": EYE}
POLARISED = qkd.weak_pulses(SEEN, 0.05, DARK, WRONG).error_rate


@pytest.mark.parametrize(
    ("source", "block", "error_z", "error_x"),
    [
        ({"kind": "bb84-polarisation", "misalignment": WRONG, **WEAK}, 2e6, POLARISED, POLARISED),
        (
            # Half of the light of X comes at the middle moment; its visibility is 1 - 2 x 2 %.
            {"kind": "bb84-time-bin", "visibility": 1 - 2 * WRONG, **WEAK},
            3e6,
            qkd.weak_pulses(SEEN, 0.05, DARK, 0.0).error_rate,
            qkd.weak_pulses(SEEN, 0.025, DARK, WRONG).error_rate,
        ),
        ({"kind": "bb84-wired", "rate": "80 MHz", **polarised()}, 4e5, None, None),
    ],
    ids=["polarisation", "time-bin", "wired"],
)
def test_weak_pulses(
    source: dict[str, Any], block: float, error_z: float | None, error_x: float | None
) -> None:
    engine: Any = from_document(document(source, block)).engine(seed=2)
    found = {row.metric: row for row in engine.run().metrics}
    assert found["keys that differ"].n == found["failed verifications"].n == 0
    for basis, bits, expected in (("z", "sifted bits", error_z), ("x", "compared bits", error_x)):
        count = round(found[bits].mean or 0)
        assert count > 1000
        if expected is not None:
            wrong = (found[f"QBER {basis}"].mean or 0) * count
            assert share_of(wrong, count, expected).sigmas(expected) < ROOM
    app = engine.apps[0]
    first, second = app.sessions._stores
    assert first.received == second.received == found["secret key bits"].mean
    assert first.available > 0
    key, place = first.draw(first.available)
    second.told(key.id, place)
    assert (second.fetch(key.id).bits == key.bits).all()


def test_pairs_from_the_middle() -> None:
    """Ma, Fung, Lo (2007), as for the exact law of the source."""
    eye = {"kind": "threshold", "efficiency": 0.5, "dark_count_rate": "3 kHz", "count_rate": None}
    source = {"kind": "bbm92", "lengths": ["0 m", "0 m"], "mean_pairs": 0.1, "detector": eye}
    found = {row.metric: row for row in from_document(document(source, 1e6)).run(seed=2).metrics}
    assert found["keys that differ"].n == 0
    assert (found["secret key bits"].mean or 0) > 1000
    for basis, bits in (("z", "sifted bits"), ("x", "compared bits")):
        count = round(found[bits].mean or 0)
        wrong = (found[f"QBER {basis}"].mean or 0) * count
        assert share_of(wrong, count, 0.025736760744143328).sigmas(0.025736760744143328) < ROOM


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"kind": "dps", "length": "10 km"}, "the source has one basis alone: no session would give a key"),
        (
            {"kind": "bbm92", "lengths": ["0 m", "0 m"], "first_angles": [0], "first_chances": [1]},
            "the source has one basis alone: no session would give a key",
        ),
        (
            {"kind": "bb84-wired", **polarised(assembly={"kind": "hong-ou-mandel"})},
            "must have one weak laser and no other source",
        ),
    ],
)
def test_sources_that_make_no_key_are_refused_at_check(source: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        from_document(document(source, 1e4))

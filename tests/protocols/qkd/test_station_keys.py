"""Keys over an untrusted station: bounds of decoys at both ends, and sessions on a simulated station."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.analytic import mdi, mdi_decoys
from qsim.analytic.qkd import Detected
from qsim.errors import ParameterError, ScenarioError
from qsim.scenario import from_document
from tests.protocols.scenes import chain

PHOTONS = (0.4, 0.05, 0.0)


def seen(law: Any, passed: float) -> list[list[Detected]]:
    """Gains and error rates at all pairs of intensities; a vacuum is next to nothing."""
    return [
        [law((passed, passed), (max(here, 1e-12), max(there, 1e-12)), 3e-6, 0.015) for there in PHOTONS]
        for here in PHOTONS
    ]


@pytest.mark.parametrize("passed", [0.1, 0.01, 0.001])
def test_bounds_lie_on_the_safe_side_of_the_truth(passed: float) -> None:
    truth = mdi.single_photons((passed, passed), 3e-6, 0.015)
    for law in (mdi.straight, mdi.across):
        found = mdi_decoys.both_single(seen(law, passed), PHOTONS)
        assert 0.85 * truth.detected < found.detected < truth.detected
        assert truth.error_rate < found.error_rate < truth.error_rate + 0.04


def test_a_weaker_decoy_comes_nearer() -> None:
    def bound(weak: float) -> float:
        photons = (0.4, weak, 0.0)
        found = [
            [mdi.straight((0.1, 0.1), (max(a, 1e-12), max(b, 1e-12)), 3e-6, 0.015) for b in photons]
            for a in photons
        ]
        return mdi_decoys.both_single(found, photons).detected

    assert bound(0.2) < bound(0.1) < bound(0.03) < mdi.single_photons((0.1, 0.1), 3e-6).detected


@pytest.mark.parametrize("photons", [(0.4, 0.4, 0.0), (0.4, 0.0, 0.0), (0.4, 0.1, 0.01)])
def test_intensities_that_bound_nothing_are_refused(photons: tuple[float, float, float]) -> None:
    with pytest.raises(ParameterError):
        mdi_decoys.both_single([[Detected(0.1, 0.1)] * 3] * 3, photons)


def document(**parameters: Any) -> dict[str, Any]:
    """A station between two senders 1 km away."""
    source = {
        "kind": "mdi-polarisation",
        "lengths": [1e3, 1e3],
        "intensity_chances": [0.5, 0.35, 0.15],
        "mean_photons": [0.4, 0.1, 0.0],
        "z_chance": 0.7,
        "detector": {"efficiency": 0.95, "dark_count_rate": "100 Hz"},
    }
    app = {"kind": "mdi", "initiator": "n0", "responder": "n2", "station": "n1", "block": 5e6, "sessions": 1}
    app |= {"finite": False, "source": source, **parameters}
    return chain((0.025, 0.025), traffic=[app], run={"duration": "10 s", "stop_when_done": True})


def test_pulses_that_go_another_way_than_messages_are_told() -> None:
    """Links of 1 km, and arms of as much, or of 5 km."""
    far = document(block=1e4)
    far["links"] = [{**link, "length": "1 km"} for link in far["links"]]
    assert not [note for note in from_document(far).run().notes if "its pulses go" in note]
    far["traffic"][0]["source"]["lengths"] = ["5 km", "5 km"]
    notes = [note for note in from_document(far).run().notes if "its pulses go" in note]
    assert len(notes) == 2
    assert notes[1].startswith(
        "mdi n0-n2: its pulses go 5 km of fibre, by `source.lengths[1]`, and a message"
    )
    assert "from 'n2' to 'n1'" in notes[1]


def test_a_session_gives_both_ends_one_key() -> None:
    engine = from_document(document()).engine(seed=1)
    result = engine.run()
    rows = {row.metric: row for row in result.metrics}
    assert rows["secret key bits"].mean > 1000
    assert rows["keys that differ"].n == rows["failed verifications"].n == 0
    # Of pulses of several photons a quarter is wrong in X, and few in Z.
    assert 0.25 < rows["QBER x"].mean < 0.32
    assert rows["QBER z"].mean < 0.04
    first, second = engine.apps[0].sessions._stores
    key, place = first.draw(first.available)
    second.told(key.id, place)
    assert (second.fetch(key.id).bits == key.bits).all()
    # Slots, the way to the station and on, and eight messages at least.
    assert rows["time to first key"].mean > 5e6 / 80e6 + 10 * 50e-6


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"finite": True}, "are taken for exact: say `finite: false`"),
        ({"station": "n0"}, "must be three nodes"),
        ({"station": "n7"}, "unknown node 'n7'"),
        ({"block": 1e12}, "at most 8e\\+08"),
        (
            {
                "source": {
                    "kind": "mdi-polarisation",
                    "mean_photons": [0.4, 0.1],
                    "intensity_chances": [0.5, 0.5],
                }
            },
            "takes a signal, a weaker decoy and 0, got 0.4, 0.1",
        ),
    ],
)
def test_bad_input_is_refused_at_check(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        from_document(document(**parameters))


def test_a_source_of_pairs_has_the_analysis_of_pairs() -> None:
    """The ready source in the middle: no pulses of several photons to pay for, as an error rate tells all."""
    app = {
        "kind": "bb84",
        "initiator": "n0",
        "responder": "n1",
        "block": 4e6,
        "sessions": 1,
        "source": {"kind": "bbm92"},
    }
    scenario = from_document(chain((0.05,), traffic=[app], run={"duration": "1 s", "stop_when_done": True}))
    rows = {row.metric: row for row in scenario.run(seed=1).metrics}
    assert rows["secret key bits"].mean > 0.5 * rows["sifted bits"].mean
    assert rows["keys that differ"].n == 0

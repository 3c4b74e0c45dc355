"""Sessions of differential phase shift: equal keys, errors and lengths of their closed forms."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.qkd.counts import Counts
from protocols.qkd.security import DifferentialPhaseAnalysis
from qsim.analytic import differential_phase_key, qkd
from qsim.errors import ScenarioError
from qsim.scenario import from_document
from tests.statistics import ROOM, share_of

EYE = {"kind": "threshold", "efficiency": 0.5, "dark_count_rate": "100 kHz", "count_rate": None}


def document(source: dict[str, Any], **said: Any) -> dict[str, Any]:
    app = {"kind": "dps", "initiator": "a", "responder": "b", "source": source, "block": 1e6, "sessions": 1}
    return {
        "run": {"duration": "1 s", "stop_when_done": True},
        "nodes": ["a", "b"],
        "classical": {"channels": [{"between": ["a", "b"], "delay": "50 us"}]},
        "traffic": [{**app, "finite": False, "share": 1.0, **said}],
    }


def test_a_block_gives_its_key_at_both_ends() -> None:
    # 10 km of 0.2 dB/km; dark counts of a window of 1 ns on two detectors.
    expected = qkd.weak_pulses(0.5 * 10**-0.2, 0.2, 2e-4, 0.01)
    source = {"kind": "dps", "length": 10e3, "mean_photons": 0.2, "misalignment": 0.01, "detector": EYE}
    engine: Any = from_document(document(source, compared=0.2)).engine(seed=3)
    found = {row.metric: row for row in engine.run().metrics}
    assert found["keys that differ"].n == found["failed verifications"].n == 0
    sifted, compared = (found[name].mean for name in ("sifted bits", "compared bits"))
    assert share_of(sifted + compared, 10**6, expected.probability).sigmas(expected.probability) < ROOM
    assert share_of(compared, sifted + compared, 0.2).sigmas(0.2) < ROOM
    for name, bits in (("QBER", sifted), ("QBER of compared bits", compared)):
        errors = share_of(found[name].mean * bits, bits, expected.error_rate)
        assert errors.sigmas(expected.error_rate) < ROOM
    share = differential_phase_key.secret_share(found["QBER of compared bits"].mean, 0.2)
    secret = found["secret key bits"].mean
    assert secret == int(sifted * share - found["leaked bits"].mean)
    assert secret > 1000
    first, second = engine.apps[0].sessions._stores
    key, place = first.draw(first.available)
    second.told(key.id, place)
    assert (second.fetch(key.id).bits == key.bits).all()


def test_length_of_counts() -> None:
    counts = Counts((1e5,), (1e4,), (200.0,))
    analysis = DifferentialPhaseAnalysis(0.1)
    share = differential_phase_key.secret_share(0.02, 0.1)
    assert analysis.length(counts, 1e4) == pytest.approx(1e5 * share - 1e4)
    assert analysis.length(counts, 1e5) == 0
    assert analysis.length(Counts((1e5,), (0.0,), (0.0,)), 0) == 0


@pytest.mark.parametrize(
    ("source", "said", "message"),
    [
        ({"kind": "bb84-polarisation"}, {}, "take a source of these: `kind: dps`"),
        ({"kind": "dps", "mean_photons": 0.5}, {}, r"`mean_photons` must be below 0\.5, got 0\.5"),
        ({"kind": "dps"}, {"finite": True}, "are taken for exact: say `finite: false`"),
        ({"kind": "dps"}, {"compared": 0.0}, "compared"),
    ],
)
def test_what_gives_no_key_is_refused_at_check(
    source: dict[str, Any], said: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        from_document(document(source, **said))

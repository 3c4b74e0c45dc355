"""BB84 by pulses: keys of many sessions, decoys against photon-number splitting, and other attacks."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.apps.pulse_keys import PulseRunner
from qsim.analytic import decoy_bb84, finite_key, qkd
from qsim.analytic.eavesdropping import split
from qsim.errors import ScenarioError
from qsim.model.rows import MetricRow
from qsim.scenario import from_document
from tests.conftest import Sized
from tests.protocols.qkd import pulses
from tests.protocols.scenes import chain
from tests.statistics import ROOM, Estimate, share_of

Document = dict[str, Any]
#: Nearly single photons over a lossless line, so that a small block gives a key.
FAINT: Document = {"photons": [0.02], "chosen": [1.0], "transmission": 1.0, "misalignment": 0.02}

#: Intensities that are the best for blocks of 10^5 sifted bits (Lim et al. 2014, optimised).
SHORT: Document = {
    "photons": [0.475, 0.168, 0.0002],
    "chosen": [0.101, 0.558, 0.341],
    "z_share": 0.66,
    "transmission": 0.1,
    "misalignment": 0.005,
    "background": 1.2e-6,
}


def run(
    source: Document | None = None, seed: int = 1, **parameters: Any
) -> tuple[dict[str, MetricRow], PulseRunner, Any]:
    """Metrics by name, the application and the result."""
    app = {
        "kind": "bb84",
        "initiator": "n0",
        "responder": "n1",
        "source": {"kind": "test-pulses", **(source or {})},
        "block": 1e7,
        "sessions": 1,
        **parameters,
    }
    document = chain((0.1,), run={"duration": "100 s", "stop_when_done": True}, traffic=[app])
    engine = from_document(document).engine(seed=seed)
    result = engine.run()
    return {row.metric: row for row in result.metrics}, engine.apps[0], result


def same_bits(app: PulseRunner) -> int:
    """Draws all keys at the transmitter and fetches them at the receiver; how many bits there were."""
    first, second = app.sessions._stores
    assert first.received == second.received
    size = first.available
    if size:
        key, place = first.draw(size)
        second.told(key.id, place)
        assert (second.fetch(key.id).bits == key.bits).all()
    return first.received


@pytest.mark.slow
def test_keys_of_all_sessions_are_the_same_at_both_ends(sized: Sized) -> None:
    """10,000 sessions of some 100 bits at full size; what Cascade leaves is found, counted, thrown away."""
    sessions = sized(1200, 10_000)
    metrics, app, result = run(FAINT, sessions=sessions, block=1e4, finite=False, share=1.0)
    assert metrics["sifted bits"].n == sessions
    assert metrics["keys that differ"].n == 0
    # Four passes over so short a block leave errors in a few of a hundred.
    failed = metrics["failed verifications"]
    assert 0.01 < failed.n / sessions < 0.08
    # In a few more all that was left was told.
    assert failed.n <= metrics["sessions without a key"].n < 1.3 * failed.n
    assert same_bits(app) == round(sessions * (metrics["secret key bits"].mean or 0)) > 50 * sessions
    assert any("thrown away" in note for note in result.notes)
    bits = round((metrics["compared bits"].mean or 0) * sessions)
    # The sessions' shares weigh alike here, whatever their sizes: the mean is of shares, its error from them.
    row = metrics["QBER x"]
    assert row.sd is not None
    assert Estimate(row.mean or 0, row.sd / row.n**0.5, row.n - 1).sigmas(0.02) < ROOM
    assert bits > 10 * sessions


def test_counts_are_those_of_the_source() -> None:
    metrics, app, _ = run(block=4e6, seed=3)
    source = pulses.Pulses()
    gains = [
        qkd.weak_pulses(0.05, mean, 1e-5, 0.01) if mean else qkd.Detected(1e-5, 0.5)
        for mean in source.photons
    ]
    expected = sum(p * one.probability for p, one in zip(source.chosen, gains, strict=True))
    for name, share in (("sifted bits", 0.49), ("compared bits", 0.09)):
        found = share_of(metrics[name].mean or 0, 4_000_000, share * expected)
        assert found.sigmas(share * expected) < ROOM
    wrong = (
        sum(p * one.probability * one.error_rate for p, one in zip(source.chosen, gains, strict=True))
        / expected
    )
    count = int(metrics["compared bits"].mean or 0)
    assert share_of((metrics["QBER x"].mean or 0) * count, count, wrong).sigmas(wrong) < ROOM
    assert app.sessions.done == 1


def test_long_blocks_come_near_the_asymptotic_rate() -> None:
    """Vacuum and weak decoy on 2e8 slots, error rates taken for exact; reconciliation as Cascade needs it."""
    source = pulses.Pulses()
    metrics, app, _ = run(block=1e8, finite=False)
    seen = [qkd.weak_pulses(0.05, mean, 1e-5, 0.01) for mean in source.photons[:2]]
    single = decoy_bb84.two_decoys(*seen, qkd.Detected(1e-5, 0.5), source.photons)
    secret = metrics["secret key bits"].mean or 0
    leaked = metrics["leaked bits"].mean or 0
    signal = 0.8 * 0.48 * 2.718281828459045**-0.48
    decoy = 0.15 * 0.1 * 2.718281828459045**-0.1
    expected = 1e8 * 0.49 * (signal + decoy) * single.detected * (1 - qkd.binary_entropy(single.error_rate))
    # The bound takes counts of the decoy, some 3e4 in X, for exact.
    assert secret + leaked == pytest.approx(expected, rel=0.03)
    assert same_bits(app) == secret > 0


def test_finite_keys_are_shorter_and_need_long_blocks() -> None:
    endless, _, _ = run(SHORT, block=2e7, finite=False)
    finite, app, _ = run(SHORT, block=2e7)
    assert 0 < (finite["secret key bits"].mean or 0) < 0.9 * (endless["secret key bits"].mean or 0)
    assert same_bits(app) == finite["secret key bits"].mean
    short, _, result = run(SHORT, block=1e6)
    assert short["secret key bits"].mean == 0
    assert "is too short" in result.notes[0]


def test_the_finite_length_is_that_of_mean_counts() -> None:
    """The formulas on mean counts, with what reconciliation told, to what counts of 10^5 vary by."""
    metrics, _, _ = run(SHORT, block=2e7)
    source = pulses.Pulses(**SHORT)
    seen = [qkd.weak_pulses(0.1, mean, 1.2e-6, 0.005) for mean in source.photons]
    key, test, wrong = (
        [
            2e7 * p * share * (one.probability * (one.error_rate if of_wrong else 1))
            for p, one in zip(source.chosen, seen, strict=True)
        ]
        for share, of_wrong in ((0.66**2, False), (0.34**2, False), (0.34**2, True))
    )
    block = finite_key.DecoyBlock(source.photons, source.chosen, key, test, wrong)
    bounds = finite_key.decoy_bounds(block, 1e-10)
    expected = finite_key.decoy_length(bounds, metrics["leaked bits"].mean or 0, 1e-10, 1e-15)
    assert metrics["secret key bits"].mean == pytest.approx(expected, rel=0.1)


def test_key_rate_is_key_over_time() -> None:
    metrics, _, result = run(FAINT, sessions=5, block=1e4, finite=False)
    rate, secret = metrics["key rate"], metrics["secret key bits"]
    took = 5e4 * 1e-8
    # From the first slot to the end of the last session, which is messages' time beside the slots'.
    assert rate.mean == pytest.approx(5 * (secret.mean or 0) / result.simulated_s, rel=1e-6)
    assert result.simulated_s > took
    first = metrics["time to first key"].mean
    assert first is not None
    assert 0.1e-3 < first < result.simulated_s


def test_interception_gives_a_quarter_of_errors_and_no_key() -> None:
    metrics, app, _ = run(block=4e6, attack="intercept-resend", finite=False)
    count = int(metrics["compared bits"].mean or 0)
    assert share_of((metrics["QBER x"].mean or 0) * count, count, 0.25).sigmas(0.25) < ROOM
    assert same_bits(app) == 0
    sifted = int(metrics["sifted bits"].mean or 0)
    known = metrics["known to the attacker"].mean
    assert known is not None
    assert share_of(known * sifted, sifted, 0.5).sigmas(0.5) < ROOM


def test_splitting_photon_numbers_beats_plain_bb84_and_not_decoys() -> None:
    """Without an analysis of photon numbers the attacked key would be taken for good: its errors are none."""
    dim = {"transmission": 0.05, "background": 0.0, "misalignment": 0.0}
    decoys, app, _ = run(dim, block=2e7, attack="photon-number-splitting", finite=False)
    assert decoys["QBER x"].mean == 0
    assert decoys["known to the attacker"].mean == 1
    assert same_bits(app) == 0
    honest, _, _ = run(dim, block=2e7, finite=False)
    assert (honest["secret key bits"].mean or 0) > 1e5
    # The signal's clicks, most of all, are as many as without the attacker: nothing else would tell.
    source = pulses.Pulses(**dim)
    attack = split(0.48, 0.05)
    clicks = sum(p * attack.gain(mean) for p, mean in zip(source.chosen, source.photons, strict=True))
    found = decoys["sifted bits"].mean or 0
    assert share_of(found, 20_000_000, 0.49 * clicks).sigmas(0.49 * clicks) < 2 * ROOM
    plain = {"photons": [0.48], "chosen": [1.0], **dim}
    assert same_bits(run(plain, block=2e7, finite=False)[1]) == 0
    faint = {**plain, "photons": [0.02]}
    assert same_bits(run(faint, block=2e7, finite=False)[1]) > 0


def test_blinded_detectors_give_a_key_that_is_none() -> None:
    """Nothing in the counts tells: no errors, as many clicks, and every bit known."""
    metrics, app, _ = run(SHORT, block=2e7, attack="detector-blinding")
    assert metrics["QBER x"].mean == metrics["QBER z"].mean == 0
    assert metrics["known to the attacker"].mean == 1
    assert same_bits(app) > 0


@pytest.mark.parametrize(
    ("source", "parameters", "message"),
    [
        ({"photons": [0.48, 0.1], "chosen": [0.5, 0.5]}, {}, "a finite key takes three intensities"),
        ({"photons": [0.1, 0.48, 0.0]}, {}, "intensities must fall"),
        ({"photons": [0.48, 0.3, 0.2]}, {}, "more photons than both decoys together"),
        ({"photons": [0.4, 0.3, 0.2, 0.1]}, {}, "one, two or three intensities, got 4"),
        ({}, {"block": 1e12}, "must end before the run does at 100 s, which leaves 1e\\+10"),
        ({}, {"responder": "n9"}, "unknown node 'n9'"),
        ({}, {"responder": "n0"}, "must differ from the initiator"),
    ],
)
def test_bad_input_is_refused_at_check(source: Document, parameters: Document, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        run(source, **parameters)


def test_two_intensities_do_where_shares_are_exact() -> None:
    source = {"photons": [0.22, 0.2], "chosen": [0.5, 0.5], "background": 1e-7, "misalignment": 0.005}
    metrics, app, _ = run(source, block=2e8, finite=False)
    assert same_bits(app) == metrics["secret key bits"].mean > 0


def test_a_channel_that_lets_nothing_through_makes_no_key_and_no_noise() -> None:
    metrics, app, result = run({"transmission": 0.0, "background": 0.0}, sessions=3)
    assert metrics["sessions without a key"].n == 3
    assert metrics["sifted bits"].mean == 0
    assert same_bits(app) == 0
    assert "nothing was compared" in result.notes[0]
    # It ends when the last session is given up at both ends, not with the time that was given.
    assert result.simulated_s < 1


@pytest.mark.parametrize(
    ("source", "goes"),
    [
        ({"kind": "bb84-polarisation"}, ""),
        ({"kind": "bb84-polarisation", "length": "10 km"}, "10 km of fibre, by `source.length`"),
        ({"kind": "bb84-polarisation", "length": "50 km"}, ""),
        ({"kind": "bb84-polarisation", "length": "45 km"}, ""),
        ({"kind": "bb84-polarisation", "length": "51 km", "fibre": {"speed": 1e8}}, "51 km of fibre"),
        ({"kind": "bbm92"}, ""),
        ({"kind": "bbm92", "lengths": ["5 km", "5 km"]}, "10 km of fibre, by `source.lengths`"),
        ({"kind": "bbm92", "lengths": ["20 km", "30 km"]}, ""),
    ],
)
def test_pulses_that_go_another_way_than_messages_are_told(source: Document, goes: str) -> None:
    app = {"kind": "bb84", "initiator": "n0", "responder": "n1", "source": source, "block": 1e4}
    document = {
        "run": {"duration": "2 ms"},
        "nodes": ["n0", "n1"],
        "links": [{"between": ["n0", "n1"], "length": "50 km"}],
        "traffic": [app],
    }
    notes = [note for note in from_document(document).run().notes if "its pulses go" in note]
    assert len(notes) == bool(goes)
    assert all(note.startswith(f"bb84 n0-n1: its pulses go {goes}") for note in notes)

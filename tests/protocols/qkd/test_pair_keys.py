"""BBM92 and E91 over delivered pairs: error rates of the states, keys at both ends, and attackers."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
import pytest

import qsim
from protocols.apps.pair_keys import PairKeyRunner
from qsim.analytic.qkd import pair_fraction
from qsim.errors import ScenarioError
from qsim.model.rows import MetricRow
from qsim.scenario import from_document
from tests.conftest import Sized
from tests.protocols.scenes import chain, clocked
from tests.statistics import ROOM, share_of

Document = dict[str, Any]


def run(
    kind: str = "bbm92",
    duration: str = "0.25 s",
    state: float = 1.0,
    links: Sequence[float] = (0.1,),
    extra: Document | None = None,
    **parameters: Any,
) -> tuple[dict[str, MetricRow], PairKeyRunner, Any]:
    """Metrics by name, the application, and the result of a run over links that give a pair at every tick."""
    app = {"kind": kind, "initiator": "n0", "responder": f"n{len(links)}", "memories": 3}
    sections = {"run": {"duration": duration}, **(extra or {})}
    document = chain(
        links,
        count=6,
        generation=clocked(1e-4, fidelity=state),
        traffic=[app | {"finite": False, "block": 400} | parameters],
        **sections,
    )
    engine = from_document(document).engine(seed=1)
    result = engine.run()
    return {row.metric: row for row in result.metrics}, engine.apps[0], result


def total(row: MetricRow) -> float:
    """The sum over sessions."""
    return round(row.n * (row.mean or 0.0), 6)


def same_bits(app: PairKeyRunner) -> int:
    """Draws all keys at the initiator and fetches them at the responder; how many bits there were."""
    first, second = app.sessions._stores
    assert first.received == second.received
    assert (first.available, first.owed) == (first.available, second.owed)
    size = first.available
    if size:
        key, place = first.draw(size)
        second.told(key.id, place)
        assert (second.fetch(key.id).bits == key.bits).all()
    return first.received


def test_perfect_pairs_give_a_bit_for_each_in_z() -> None:
    metrics, app, result = run(share=1.0)
    sessions = metrics["secret key bits"].n
    assert sessions >= 8
    assert metrics["QBER z"].mean == metrics["QBER x"].mean == 0
    assert total(metrics["secret key bits"]) == total(metrics["sifted bits"]) - total(metrics["leaked bits"])
    assert same_bits(app) == total(metrics["secret key bits"])
    pairs = 400 * sessions
    for name in ("sifted bits", "compared bits"):
        assert share_of(total(metrics[name]), pairs, 0.25).sigmas(0.25) < ROOM
    assert metrics["keys that differ"].n == metrics["failed verifications"].n == 0
    assert result.flows[0].pairs >= pairs
    rows = result.table("key-sessions")
    assert sum(row.secret for row in rows) == total(metrics["secret key bits"])
    assert {row.status for row in rows} == {"key"}
    assert all(0 < row.began_s < row.ended_s for row in rows)


@pytest.mark.parametrize("fidelity", [0.97, 0.92])
def test_error_rates_of_werner_pairs(fidelity: float) -> None:
    metrics, app, _ = run(state=fidelity, block=1000)
    expected = 2 * (1 - fidelity) / 3
    for error, bits in (("QBER z", "reconciled bits"), ("QBER x", "compared bits")):
        # Sessions differ little in size, so that the mean of their shares is the share of all.
        count = int(total(metrics[bits]))
        assert share_of((metrics[error].mean or 0) * count, count, expected).sigmas(expected) < ROOM
    assert same_bits(app) == total(metrics["secret key bits"]) > 0
    fraction = total(metrics["secret key bits"]) / total(metrics["sifted bits"])
    # Reconciliation tells some 20 % more than the limit.
    assert 0.4 * pair_fraction(expected, expected) < fraction + 0.06
    assert fraction < pair_fraction(expected, expected) + 0.06


def test_dephasing_shows_in_x_alone() -> None:
    """Of pairs that only lose their phase the fidelity is 1 - e_x."""
    metrics, app, result = run(extra={"memory": {"t2": "4 ms"}}, block=1000)
    assert metrics["QBER z"].mean == 0
    expected = 1 - result.flows[0].fidelity_mean
    count = int(total(metrics["compared bits"]))
    assert share_of((metrics["QBER x"].mean or 0) * count, count, expected).sigmas(expected) < ROOM
    assert same_bits(app) > 0


def test_keys_over_a_repeater() -> None:
    metrics, app, _ = run(links=(0.2, 0.1), state=0.98, duration="0.6 s", block=500)
    assert metrics["secret key bits"].n >= 3
    assert same_bits(app) == total(metrics["secret key bits"]) > 0
    werner = (4 * 0.98 - 1) / 3
    expected = (1 - werner**2) / 2
    count = int(total(metrics["compared bits"]))
    assert share_of((metrics["QBER x"].mean or 0) * count, count, expected).sigmas(expected) < ROOM


def test_the_bias_towards_z_is_what_the_key_gains() -> None:
    metrics, _, _ = run(z_share=0.9)
    pairs = 400 * metrics["sifted bits"].n
    assert share_of(total(metrics["sifted bits"]), pairs, 0.81).sigmas(0.81) < ROOM
    assert share_of(total(metrics["compared bits"]), pairs, 0.01).sigmas(0.01) < ROOM


def test_readout_errors_are_errors_of_bits_and_readout_takes_time() -> None:
    extra = {"processor": {"readout_error": 0.03, "readout_time": "150 us"}}
    metrics, app, slow = run(extra=extra, block=1000)
    expected = 2 * 0.03 * 0.97
    count = int(total(metrics["compared bits"]))
    assert share_of((metrics["QBER x"].mean or 0) * count, count, expected).sigmas(expected) < ROOM
    assert same_bits(app) > 0
    _, _, fast = run(block=1000)
    assert slow.flows[0].pairs < fast.flows[0].pairs


def test_messages_take_their_time() -> None:
    """Sifting and verification take a round trip each, and a question of Cascade one more, of 0.2 ms."""
    metrics, _, result = run(block=200, pairs=200)
    first = metrics["time to first key"].mean
    assert first is not None
    delivered = 200 * result.flows[0].latency_mean_s + result.flows[0].start_s
    # Four passes without errors are four questions.
    assert first - delivered == pytest.approx((1 + 4 + 1) * 0.2e-3, abs=1e-9)


def test_the_bell_value_of_perfect_pairs_and_a_key_from_it() -> None:
    metrics, app, _ = run("e91", block=1500)
    compared = total(metrics["compared bits"]) / 4
    value, error = metrics["S"].mean, sqrt(4 * (1 - 0.5) / compared)
    assert value is not None
    assert abs(value - 2 * sqrt(2)) / error < ROOM
    assert metrics["QBER"].mean == 0
    pairs = 1500 * metrics["sifted bits"].n
    assert share_of(total(metrics["sifted bits"]), pairs, 2 / 9).sigmas(2 / 9) < ROOM
    assert same_bits(app) > 0


@pytest.mark.parametrize("kind", ["bbm92", "e91"])
def test_interception_is_a_quarter_of_errors_and_no_key(kind: str) -> None:
    metrics, app, result = run(kind, block=1000, attack="intercept-resend")
    assert metrics["sessions without a key"].n == metrics["sifted bits"].n >= 3
    assert same_bits(app) == 0
    if kind == "bbm92":
        count = int(total(metrics["compared bits"]))
        assert share_of((metrics["QBER x"].mean or 0) * count, count, 0.25).sigmas(0.25) < ROOM
        assert any("a block of any length would give none" in note for note in result.notes)
    else:
        value = metrics["S"].mean
        error = sqrt(4 / (total(metrics["compared bits"]) / 4))
        assert value is not None
        assert abs(value - sqrt(2)) / error < ROOM


def test_a_part_of_interception_is_a_part_of_the_errors() -> None:
    metrics, app, _ = run(block=1000, attack={"kind": "intercept-resend", "fraction": 0.25})
    for error in ("QBER x", "QBER z"):
        count = int(total(metrics["compared bits"]))
        assert share_of((metrics[error].mean or 0) * count, count, 0.0625).sigmas(0.0625) < ROOM
    assert same_bits(app) > 0


def test_finite_keys_are_shorter() -> None:
    endless, _, _ = run(block=6000, duration="0.45 s")
    finite, app, _ = run(block=6000, duration="0.45 s", finite=True)
    assert 0 < total(finite["secret key bits"]) < 0.7 * total(endless["secret key bits"])
    assert same_bits(app) == total(finite["secret key bits"])


def test_a_block_too_short_says_how_long_it_must_be() -> None:
    with pytest.raises(ScenarioError, match=r"must be at least about \d+ pairs for a key") as caught:
        run(block=500, finite=True)
    least = int(str(caught.value).split("about ")[1].split()[0])
    metrics, _, _ = run(block=least, finite=True, duration="0.3 s")
    assert total(metrics["secret key bits"]) > 0


def test_a_block_too_short_for_its_errors_says_so_in_the_notes() -> None:
    _, _, result = run(block=3000, finite=True, state=0.95)
    assert any("is too short" in note and "sifted bits" in note for note in result.notes)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"z_share": 1.0}, r"must be in \(0, 1\), got 1"),
        ({"secrecy": 0.0}, r"must be in \(0, 1\), got 0"),
        ({"block": 0}, r"must be in \[1, 100000000\], got 0"),
        ({"attack": "evil"}, "evil"),
        ({"reconciliation": {"kind": "cascade", "passes": 1}}, r"must be in \[2, 20\], got 1"),
    ],
)
def test_bad_parameters_are_refused(parameters: Document, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        run(**parameters)


def test_a_formalism_without_directions_is_refused() -> None:
    with pytest.raises(ScenarioError, match="cannot follow measurements"):
        run(extra={"run": {"duration": "1 s", "formalism": "scalar-fidelity"}})


def test_a_run_ends_when_the_last_session_has() -> None:
    document = chain(
        1,
        generation=clocked(1e-4),
        run={"duration": "10 s", "stop_when_done": True},
        traffic=[
            {
                "kind": "bbm92",
                "initiator": "n0",
                "responder": "n1",
                "block": 100,
                "pairs": 300,
                "finite": False,
            }
        ],
    )
    result = from_document(document).run(seed=1)
    rows = {row.metric: row for row in result.metrics}
    assert rows["sifted bits"].n == 3
    assert result.simulated_s < 5


def test_one_seed_one_key() -> None:
    keys = []
    for _ in range(2):
        _, app, _ = run(share=1.0, block=1000)
        store = app.sessions._stores[0]
        keys.append(store.draw(store.available)[0].bits)
    assert len(keys[0]) > 100
    assert np.array_equal(*keys)


@pytest.mark.slow
def test_pairs_lost_at_one_end_drop_out(sized: Sized) -> None:
    """A cut-off gives up halves at each end by itself; what is left is the same at both."""
    del sized
    net = qsim.Network(memory={"count": 4, "t2": "50 ms"}, detector={"efficiency": 0.8})
    net.add_nodes("a", "r", "b").add_link("a", "r", "20 km").add_link("r", "b", "5 km")
    net.set_protocols(cutoff={"kind": "age", "after": "1 ms"})
    net.add_traffic("bbm92", initiator="a", responder="b", memories=2, block=100, finite=False)
    rows = {row.metric: row for row in net.run(duration="1 s", seed=2).metrics}
    assert rows["sifted bits"].n > 2
    assert rows["keys that differ"].n == 0

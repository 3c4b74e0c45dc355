"""Teleportation: what arrives, when, and what becomes of qubits whose pair is lost."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from hardware.memory import MemoryState
from qsim.quantum.density import DensityMatrixState
from qsim.quantum.noise import MemoryNoise
from tests.protocols.scenes import MS, alive, chain, clocked


def teleporting(links: Any = 1, *, seed: int = 0, **fields: Any) -> Any:
    """A live chain whose first node teleports to its last; `app` has fields of the application."""
    app = fields.pop("app", {})
    document = chain(links, **fields)
    last = list(document["nodes"])[-1]
    document["traffic"] = [{"kind": "teleportation", "initiator": "n0", "responder": last, **app}]
    return alive(document, seed=seed)


def arrived(engine: Any) -> float:
    """Mean fidelity of the qubits that arrived, each of the same."""
    engine.run()
    (runner,) = engine.apps
    assert runner.fidelity.n > 20
    assert runner.fidelity.sd < 1e-12
    mean: float = runner.fidelity.mean
    return mean


@pytest.mark.parametrize("fidelity", [1.0, 0.9, 0.7])
def test_over_memories_that_keep_it_is_two_f_plus_one_over_three(fidelity: float) -> None:
    assert arrived(teleporting(generation=clocked(fidelity=fidelity))) == pytest.approx(
        (2 * fidelity + 1) / 3
    )


def test_both_halves_decay_until_the_measurement_and_the_responders_alone_after_it() -> None:
    """The halves are absorbed after 0.5 ms, the initiator knows 1 ms later, and the bits travel 1 ms."""
    engine = teleporting(generation=clocked(0.5e-3, fidelity=0.97), memory={"depolarising_time": "50 ms"})
    werner = (4 * 0.97 - 1) / 3 * exp(-2 * 1.0 / 50) * exp(-1 / 50)
    pair = (3 * werner + 1) / 4
    assert arrived(engine) == pytest.approx((2 * pair + 1) / 3, abs=1e-12)


def test_energy_relaxation_of_the_responders_half_is_kept_exactly() -> None:
    law = MemoryNoise.thermal(0.04, 0.03)
    engine = teleporting(
        generation=clocked(0.5e-3), memory={"t1": 0.04, "t2": 0.03}, run={"formalism": "density-matrix"}
    )
    pair = DensityMatrixState.werner(1.0).decayed(law, law, 1e-3).decayed(None, law, 1e-3)
    assert arrived(engine) == pytest.approx((2 * pair.fidelity() + 1) / 3, abs=1e-12)


@pytest.mark.parametrize("delays", [(1.0, 3.0), (3.0, 1.0)])
def test_over_a_repeater_the_bits_come_after_the_news(delays: tuple[float, float]) -> None:
    """The responder corrects when it holds its half and the bits; these need the whole way."""
    engine = teleporting(delays, generation=clocked(0.5e-3, fidelity=0.95))
    engine.run()
    (runner,) = engine.apps
    assert runner.fidelity.n > 20
    assert runner.fidelity.mean == pytest.approx((2 * (0.95**2 + 0.05**2 / 3) + 1) / 3)
    assert runner.latency.mean == pytest.approx(4e-3)
    assert runner.latency.sd == pytest.approx(0, abs=1e-12)


def test_bits_that_come_before_the_news_wait_for_it() -> None:
    """Over a fast channel the bits are there 0.1 ms after the measurement, the swap result 2 ms after it."""
    fast = {"channels": [{"between": ["n0", "n2"], "delay": 1e-4}]}
    engine = teleporting((1.0, 3.0), generation=clocked(0.5e-3), classical=fast)
    engine.run()
    (runner,) = engine.apps
    assert runner.fidelity.n > 20
    assert runner.latency.mean == pytest.approx(2e-3)
    assert (runner.lost_qubits, runner._waiting_bits) == (0, {})


@pytest.mark.parametrize("memories", [1, 2])
def test_as_many_qubits_as_wanted_are_sent_and_the_flow_ends_when_the_last_has_arrived(memories: int) -> None:
    engine = teleporting(app={"pairs": 5, "memories": memories, "start": 0.02})
    (row,) = engine.run().flows
    (runner,) = engine.apps
    assert (runner._sent, runner.fidelity.n, runner.lost_qubits) == (5, 5, 0)
    # Measured 1.5 ms after a tick and corrected 1 ms later, so the next tick for both ends is the third.
    rounds = -(-5 // memories)
    assert row.end_s == pytest.approx(0.02 + 1.5e-3 + (rounds - 1) * 3e-3 + 2e-3)
    assert row.status == "completed"


def test_pairs_given_up_before_the_bits_come_are_lost_and_counted() -> None:
    """Absorption to measurement 1 ms, to the correction 2 ms, cut-off 1.5 ms: none ever arrives."""
    engine = teleporting(cutoff="1.5 ms", app={"pairs": 5})
    (row,) = engine.run().flows
    (runner,) = engine.apps
    assert (runner.fidelity.n, runner.lost_qubits) == (0, 5)
    assert (row.pairs, row.wanted, row.status) == (0, 5, "short")
    assert row.end_s < 0.1


def test_a_pair_that_the_responder_never_heard_of_is_lost_too() -> None:
    """The far half is given up with the result of the swap on its way and the initiator's half measured."""
    engine = teleporting((0.5, 4.0), generation=clocked(0.5e-3), cutoff="8 ms", app={"pairs": 4})
    (row,) = engine.run().flows
    (runner,) = engine.apps
    assert (runner.fidelity.n, runner.lost_qubits) == (0, 4)
    assert runner._waiting_bits == {}
    assert (row.pairs, row.wanted, row.status) == (0, 4, "short")


def test_the_end_of_the_window_concludes_everything() -> None:
    """Bits that arrive when the responder has let go of all its memories."""
    engine = teleporting(
        (1.0, 3.0), app={"start": 0.01, "duration": 0.1, "memories": 1}, generation=clocked(1e-3, 0.5)
    )
    engine.run()
    (runner,) = engine.apps
    assert runner._sent == runner.fidelity.n + runner.lost_qubits == runner._concluded
    assert runner._waiting_bits == {}
    assert all(memory.state is MemoryState.FREE for node in engine.nodes.values() for memory in node.memories)


def test_what_is_reported() -> None:
    engine = teleporting(app={"pairs": 3})
    rows = {row.metric: row for row in engine.run().metrics}
    assert rows["fidelity"].mean == pytest.approx(1.0)
    assert (rows["fidelity"].n, rows["fidelity"].unit) == (3, "1")
    assert (rows["latency"].mean, rows["latency"].unit) == (pytest.approx(1e-3), "s")
    assert (rows["lost qubits"].n, rows["lost qubits"].mean) == (0, None)
    assert {row.source for row in rows.values()} == {"teleportation n0-n1"}


def test_two_teleportations_between_the_same_nodes_keep_apart() -> None:
    document = chain(1, count=2)
    for start in (0.01, 0.02):
        document["traffic"].append(
            {"kind": "teleportation", "initiator": "n0", "responder": "n1", "pairs": 4, "start": start}
        )
    engine = alive(document)
    result = engine.run()
    assert [runner.fidelity.n for runner in engine.apps] == [4, 4]
    assert [row.status for row in result.flows] == ["completed"] * 2
    assert engine.sim.now == 1000 * MS

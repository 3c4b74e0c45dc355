"""Programs that code information into shared states, against their closed forms."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from tests.protocols.programs.stars import metric, star
from tests.statistics import ROOM, Estimate, share_of


def superdense(rounds: int, **parameters: Any) -> Any:
    """Superdense coding over one link."""
    net, _ = star(1, **parameters)
    roles = {
        "sender": {"kind": "superdense-sender", "node": "u0"},
        "receiver": {"kind": "superdense-receiver", "node": "hub"},
    }
    net.add_traffic("programs", roles=roles, rounds=rounds, register="dense")
    return net.run(duration="2 s", seed=11)


def test_superdense_coding_over_perfect_pairs_is_always_right() -> None:
    result = superdense(40)
    rows = [row for row in result.metrics if row.metric.startswith("right of")]
    assert sorted(row.metric for row in rows) == [f"right of {bits}" for bits in ("00", "01", "10", "11")]
    assert all(row.mean == 1 for row in rows)
    assert metric(result, "right").n == 40


def test_superdense_coding_is_right_with_the_fidelity_of_the_pair() -> None:
    """Whichever of the four messages is sent."""
    result = superdense(800, initial_fidelity=0.7)
    names = ["right", *(f"right of {bits}" for bits in ("00", "01", "10", "11"))]
    for name in names:
        row = metric(result, name)
        assert Estimate(row.mean, (0.7 * 0.3 / row.n) ** 0.5).sigmas(0.7) < ROOM


def test_superdense_coding_over_dephased_pairs_keeps_the_flip(register: Any) -> None:
    """The qubit decays before it is sent and after it has come, and on its way it does not."""
    kept: list[bool] = []

    def reader(node: Any) -> Any:
        own = yield from node.epr("sender")
        came = yield from node.receive_qubit("sender")
        read = yield from node.bell(came, own)
        kept.append(read[1] == (yield from node.receive("sender", "written"))[1])

    register("test-reader", reader)
    net, _ = star(1, length="20 km", dephasing_time="0.2 ms")
    roles = {
        "sender": {"kind": "superdense-sender", "node": "u0", "receiver": "reader"},
        "reader": {"kind": "test-reader", "node": "hub"},
    }
    net.add_traffic("programs", roles=roles, rounds=60, register="dense")
    net.run(duration="1 s", seed=12)
    assert len(kept) == 60
    assert all(kept)


def test_a_qubit_that_is_sent_is_gone(register: Any) -> None:
    def twice(node: Any) -> Any:
        qubit = node.prepare("+")
        node.send_qubit("receiver", qubit)
        yield from node.x(qubit)

    def stores(node: Any) -> Any:
        return (yield from node.receive_qubit("sends"))

    register("sends-twice", twice)
    register("stores-what-comes", stores)
    net, _ = star(1)
    roles = {
        "sends": {"kind": "sends-twice", "node": "u0"},
        "receiver": {"kind": "stores-what-comes", "node": "hub"},
    }
    net.add_traffic("programs", roles=roles)
    with pytest.raises(qsim.errors.SimulationError, match=r"'sends'.*was sent before"):
        net.run(duration="1 s", seed=1)


def test_a_message_is_no_qubit(register: Any) -> None:
    def number(node: Any) -> Any:
        node.send("stores", 3, "qubit")
        yield from node.wait("1 us")

    def wants(node: Any) -> Any:
        yield from node.receive_qubit("sends")

    register("sends-a-number", number)
    register("wants-a-qubit", wants)
    net, _ = star(1)
    roles = {
        "sends": {"kind": "sends-a-number", "node": "u0"},
        "stores": {"kind": "wants-a-qubit", "node": "hub"},
    }
    net.add_traffic("programs", roles=roles)
    with pytest.raises(qsim.errors.SimulationError, match=r"'stores'.*no qubit that was sent.*3"):
        net.run(duration="1 s", seed=1)


def detection(
    rounds: int,
    memory: Any,
    memories: int = 4,
    kind: str = "error-detection",
    register: str = "dense",
    **parameters: Any,
) -> Any:
    """Error detection on the pairs of one link."""
    net = qsim.Network()
    net.add_node("n0", memory=memory).add_node("n1", memory=memory).add_link("n0", "n1", "5 km")
    roles = {
        "first": {"kind": f"{kind}-first", "node": "n0", **parameters},
        "second": {"kind": f"{kind}-second", "node": "n1", **parameters},
    }
    net.add_traffic("programs", roles=roles, rounds=rounds, memories=memories, register=register)
    result = net.run(duration="2 s", seed=13)
    assert not result.stalls
    return result


@pytest.mark.parametrize(
    ("fidelity", "success", "better"),
    [
        (0.7, 0.3471999999999994, 0.6923963133640562),
        (0.9, 0.6731259259259263, 0.9747116823664052),
        (0.99, 0.9607929125925934, 0.9997950627865356),
        (1.0, 1.0, 1.0),
    ],
)
def test_error_detection_by_the_code_of_four(fidelity: float, success: float, better: float) -> None:
    rounds = 24
    result = detection(rounds, {"count": 4, "initial_fidelity": fidelity})
    share = metric(result, "success")
    kept = metric(result, "fidelity")
    assert kept.n == round(share.mean * rounds)
    assert kept.mean == pytest.approx(better, abs=1e-9)
    assert kept.sd == pytest.approx(0, abs=1e-9)
    if fidelity == 1:
        assert share.mean == 1
    else:
        assert share_of(share.mean * rounds, rounds, success).sigmas(success) < ROOM
    assert success == pytest.approx((1 + 3 * ((4 * fidelity - 1) / 3) ** 4) / 4)


def test_error_detection_on_a_bank_behind_one_communication_memory() -> None:
    banks = {"comm": {"count": 1, "initial_fidelity": 0.9}, "data": {"count": 4}}
    result = detection(20, banks, memories=1, bank="data")
    kept = metric(result, "fidelity")
    assert kept.n > 0
    assert kept.mean == pytest.approx(0.9747116823664052, abs=1e-9)
    assert metric(result, "success").n == 20


def test_measured_purification_leaves_perfect_pairs_perfect() -> None:
    """Whatever the bits of the Bell measurements: each is corrected for."""
    result = detection(6, {"count": 9}, memories=1, kind="measured-purification", register="ket")
    assert metric(result, "success").mean == 1
    kept = metric(result, "fidelity")
    assert (kept.n, kept.mean) == (6, pytest.approx(1, abs=1e-9))
    assert kept.sd == pytest.approx(0, abs=1e-9)


def test_measured_purification_is_that_by_gates() -> None:
    pytest.importorskip("stim")
    rounds, memory = 150, {"count": 9, "initial_fidelity": 0.7}
    result = detection(rounds, memory, memories=1, kind="measured-purification", register="stabilizer")
    share, kept = metric(result, "success"), metric(result, "fidelity")
    assert share_of(share.mean * rounds, rounds, 0.3472).sigmas(0.3472) < ROOM
    better = 0.6923963133640562
    assert share_of(kept.mean * kept.n, kept.n, better).sigmas(better) < ROOM

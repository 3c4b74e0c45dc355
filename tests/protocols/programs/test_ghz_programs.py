"""What users do with GHZ states: purification and secret sharing, against dense matrices and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qsim.quantum.registers.targets import target_ket
from tests.protocols.programs.stars import ghz_roles, metric, star
from tests.quantum import oracle
from tests.statistics import ROOM, Estimate, share_of

P0 = np.diag([1.0, 0.0]).astype(complex)
P1 = np.diag([0.0, 1.0]).astype(complex)


def noisy_ghz(users: int, fidelity: float) -> oracle.Matrix:
    """A GHZ state of which each qubit was teleported over a Werner pair."""
    ket = target_ket("ghz", users)
    rho = np.outer(ket, ket.conj())
    for qubit in range(users):
        turned = [oracle.apply(oracle.on(users, {qubit: pauli}), rho) for pauli in oracle.PAULIS]
        rho = fidelity * turned[0] + (1 - fidelity) / 3 * sum(turned[1:])
    return rho


def purified(users: int, fidelity: float, detects: str) -> tuple[float, float]:
    """Success probability and fidelity then, by projectors on two copies: first kept, then spent."""
    one = noisy_ghz(users, fidelity)
    rho = np.kron(one, one)
    for user in range(users):
        control, target = (user, users + user) if detects == "flips" else (users + user, user)
        cx = oracle.on(2 * users, {control: P0}) + oracle.on(2 * users, {control: P1, target: oracle.X})
        rho = oracle.apply(cx, rho)
    good = np.zeros_like(rho)
    for word in range(2**users):
        bits = [word >> user & 1 for user in range(users)]
        if sum(bits) % users if detects == "flips" else sum(bits) % 2:
            continue
        turn = oracle.I2 if detects == "flips" else oracle.H
        ends = {users + user: turn @ (P1 if bit else P0) @ turn for user, bit in enumerate(bits)}
        good += oracle.apply(oracle.on(2 * users, ends), rho)
    success = np.trace(good).real
    kept = np.einsum("aibi->ab", good.reshape((2**users,) * 4))
    ket = target_ket("ghz", users)
    return success, (ket.conj() @ kept @ ket).real / success


def purify(users: int, fidelity: float, detects: str, rounds: int) -> Any:
    net, names = star(users, initial_fidelity=fidelity)
    roles: dict[str, Any] = {"hub": {"kind": "ghz-purification-hub", "node": "hub", "users": names}}
    user = {"kind": "ghz-purification-user", "users": names, "detects": detects}
    roles |= {name: {**user, "node": name} for name in names}
    net.add_traffic("programs", roles=roles, rounds=rounds, target="ghz", memories=2, register="dense")
    result = net.run(duration="2 s", seed=21)
    # All wait and all memories are full, while the word of which pair was taken is on its way.
    assert not result.stalls
    return result


@pytest.mark.parametrize("detects", ["flips", "phases"])
@pytest.mark.parametrize(("users", "fidelity"), [(2, 0.8), (3, 0.85)])
def test_ghz_purification(users: int, fidelity: float, detects: str) -> None:
    result = purify(users, fidelity, detects, 60)
    success, better = purified(users, fidelity, detects)
    shares = [row for row in result.metrics if row.metric == "success"]
    assert len(shares) == users
    # All users judge alike.
    assert len({row.mean for row in shares}) == 1
    assert share_of(shares[0].mean * 60, 60, success).sigmas(success) < ROOM
    row = metric(result, "fidelity to ghz")
    assert row.n == round(shares[0].mean * 60)
    assert row.mean == pytest.approx(better, abs=1e-9)
    assert row.sd == pytest.approx(0, abs=1e-9)


def test_purification_gains_on_one_copy_and_leaves_a_perfect_one() -> None:
    one = noisy_ghz(3, 0.85)
    ket = target_ket("ghz", 3)
    result = purify(3, 0.85, "flips", 20)
    assert metric(result, "fidelity to ghz").mean > (ket.conj() @ one @ ket).real + 0.05
    row = metric(purify(2, 1.0, "phases", 4), "fidelity to ghz")
    assert (row.n, row.mean) == (4, pytest.approx(1, abs=1e-9))


@pytest.mark.parametrize(("users", "fidelity"), [(3, 1.0), (4, 1.0), (2, 0.9), (3, 0.9)])
def test_secret_sharing(users: int, fidelity: float) -> None:
    net, names = star(users, initial_fidelity=fidelity)
    roles = ghz_roles(names)
    roles["u0"] = {"kind": "secret-dealer", "node": "u0", "players": names[1:]}
    for name in names[1:]:
        roles[name] = {"kind": "secret-player", "node": name, "dealer": "u0"}
    net.add_traffic("programs", roles=roles, rounds=200, register="dense")
    result = net.run(duration="2 s", seed=22)
    useful, secret, error = (metric(result, name) for name in ("useful", "secret", "error"))
    assert share_of(useful.mean * 200, 200, 0.5).sigmas(0.5) < ROOM
    assert secret.n == error.n == round(useful.mean * 200)
    assert share_of(secret.mean * secret.n, secret.n, 0.5).sigmas(0.5) < ROOM
    wrong = (1 - ((4 * fidelity - 1) / 3) ** users) / 2
    if wrong == 0:
        assert error.mean == 0
    else:
        assert Estimate(error.mean, (wrong * (1 - wrong) / error.n) ** 0.5).sigmas(wrong) < ROOM

"""Every program of the library over a network of perfect timing, against its closed form."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
import pytest

from qsim.analytic.swap_chains import bell_diagonal_swap
from qsim.errors import ScenarioError, SimulationError
from qsim.quantum.registers.targets import target_ket
from qsim.quantum.state import teleportation_fidelity
from tests.protocols.programs.stars import ghz_roles, line, metric, star
from tests.quantum import oracle
from tests.statistics import ROOM, Estimate


@pytest.mark.parametrize(
    ("fidelity", "n", "expected"),
    [(0.9, 3, 0.7321481481481482), (0.95, 4, 0.816011111111111), (0.99, 3, 0.9703321481481482)],
)
def test_ghz_at_a_hub(fidelity: float, n: int, expected: float) -> None:
    net, users = star(n, initial_fidelity=fidelity)
    net.add_traffic("programs", roles=ghz_roles(users), rounds=4, target="ghz", register="dense")
    row = metric(net.run(duration="1 s", seed=1), "fidelity to ghz")
    assert row.n == 4
    assert row.mean == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_ghz_along_a_path(n: int) -> None:
    """The pairs' flips and phases add up as at a hub: a Werner pair a link, n - 1 of them."""
    net = line(n, initial_fidelity=0.95)
    roles: dict[str, Any] = {}
    for place in range(n):
        before = f"n{place - 1}" if place else None
        after = f"n{place + 1}" if place < n - 1 else None
        roles[f"n{place}"] = {"kind": "ghz-path", "node": f"n{place}", "before": before, "after": after}
    net.add_traffic("programs", roles=roles, rounds=3, target="ghz", register="dense")
    row = metric(net.run(duration="1 s", seed=2), "fidelity to ghz")
    assert row.n == 3
    # A flip shifts all later qubits against the earlier ones, so none may happen; phases cancel in twos.
    w = (4 * 0.95 - 1) / 3
    none = ((1 + w) / 2) ** (n - 1)
    phases = w ** (n - 1)
    even = sum(_even_phases(w, n - 1))
    assert row.mean == pytest.approx(even, abs=1e-9)
    assert phases < even < none


def _even_phases(w: float, pairs: int) -> tuple[float]:
    """Probability of no flip in any pair and an even number of phases."""
    nothing, phase = (1 + 3 * w) / 4, (1 - w) / 4
    return (((nothing + phase) ** pairs + (nothing - phase) ** pairs) / 2,)


@pytest.mark.parametrize("fidelity", [0.9, 0.75])
@pytest.mark.parametrize(("gate", "state", "target"), [("cx", "0", "phi+"), ("cz", "+", "cluster")])
def test_a_remote_gate_has_the_fidelity_of_its_pair(
    fidelity: float, gate: str, state: str, target: str
) -> None:
    """A control in + and a target that the gate entangles tell each Pauli error of the pair apart."""
    net, _ = star(2, initial_fidelity=fidelity)
    roles = {
        "control": {"kind": "remote-gate-control", "node": "u0"},
        "target": {"kind": "remote-gate-target", "node": "hub", "gate": gate, "state": state},
    }
    net.add_traffic("programs", roles=roles, rounds=6, target=target, register="dense")
    row = metric(net.run(duration="1 s", seed=3), f"fidelity to {target}")
    assert row.mean == pytest.approx(fidelity, abs=1e-9)


@pytest.mark.parametrize(
    ("control", "state", "gate"),
    [("0", "1", "cx"), ("1", "0", "cx"), ("1", "+", "cz"), ("0", "-", "cz")],
)
def test_a_remote_gate_does_what_the_gate_does(control: str, state: str, gate: str) -> None:
    net, _ = star(2)
    roles = {
        "control": {"kind": "remote-gate-control", "node": "u0", "state": control},
        "target": {"kind": "remote-gate-target", "node": "hub", "gate": gate, "state": state},
    }
    net.add_traffic("programs", roles=roles, rounds=4, target="ghz", register="dense")
    # Product states: half of 00 and of 11 is in the GHZ state, nothing of 01 and 10.
    row = metric(net.run(duration="1 s", seed=3), "fidelity to ghz")
    expected = {"01": 0.0, "10": 0.5, "1+": 0.25, "0-": 0.25}[control + state]
    assert row.mean == pytest.approx(expected, abs=1e-9)
    assert row.sd == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("angles", [{}, {"theta": pi / 2, "phi": pi / 2}, {"theta": 1.1, "phi": -2.0}])
def test_teleportation_of_given_states(angles: dict[str, float]) -> None:
    net, _ = star(2, initial_fidelity=0.9)
    roles = {
        "sender": {"kind": "teleport-sender", "node": "u0", **angles},
        "receiver": {"kind": "teleport-receiver", "node": "hub"},
    }
    net.add_traffic("programs", roles=roles, rounds=12, register="dense")
    row = metric(net.run(duration="1 s", seed=4), "fidelity")
    assert row.n == 12
    assert row.mean == pytest.approx(teleportation_fidelity(0.9), abs=1e-9)


def test_teleportation_tells_the_states_apart() -> None:
    """Dephased pairs keep states along z and spoil those on the equator."""
    net, _ = star(2, length="20 km", dephasing_time="1 ms")
    roles = {
        "sender": {"kind": "teleport-sender", "node": "u0"},
        "receiver": {"kind": "teleport-receiver", "node": "hub"},
    }
    net.add_traffic("programs", roles=roles, rounds=30, register="dense")
    result = net.run(duration="1 s", seed=4)
    for name in ("0", "1"):
        assert metric(result, f"fidelity of {name}").mean == pytest.approx(1, abs=1e-9)
    for name in ("+", "-", "+i", "-i"):
        assert metric(result, f"fidelity of {name}").mean < 0.97


def test_a_swap_by_program_is_the_network_s() -> None:
    net, _ = star(2, initial_fidelity=0.9)
    roles = {
        "left": {"kind": "swap-left", "node": "u0"},
        "middle": {"kind": "swap-middle", "node": "hub"},
        "right": {"kind": "swap-right", "node": "u1"},
    }
    net.add_traffic("programs", roles=roles, rounds=5, target="phi+", register="dense")
    row = metric(net.run(duration="1 s", seed=5), "fidelity to phi+")
    pair = (0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3)
    assert row.mean == pytest.approx(bell_diagonal_swap(pair, pair)[0], abs=1e-9)
    own, _ = star(2, initial_fidelity=0.9)
    flow = own.request("u0", "u1", pairs=5).run(duration="1 s", seed=5).flows[0]
    assert row.mean == pytest.approx(flow.fidelity_mean, abs=1e-9)


@pytest.mark.parametrize(
    ("state", "n"), [("ghz", 4), ("w", 3), ("w", 4), ("cluster", 4), ("ring", 3), ("grid-2x2", 4)]
)
@pytest.mark.parametrize("fidelity", [1.0, 0.9])
def test_states_of_a_hub(state: str, n: int, fidelity: float) -> None:
    """Each qubit is teleported over a Werner pair, so it keeps w of its Bloch vector, whatever the state."""
    net, users = star(n, initial_fidelity=fidelity)
    shape = {"state": "grid", "rows": 2} if state.startswith("grid") else {"state": state}
    roles: dict[str, Any] = {"hub": {"kind": "state-hub", "node": "hub", "users": users, **shape}}
    roles |= {user: {"kind": "state-user", "node": user} for user in users}
    net.add_traffic("programs", roles=roles, rounds=2, target=state, register="dense")
    row = metric(net.run(duration="1 s", seed=6), f"fidelity to {state}")
    ket = target_ket(state, n)
    rho = np.outer(ket, ket.conj())
    w = (4 * fidelity - 1) / 3
    for qubit in range(n):
        turned = [oracle.apply(oracle.on(n, {qubit: pauli}), rho) for pauli in oracle.PAULIS]
        rho = (1 + 3 * w) / 4 * turned[0] + (1 - w) / 4 * sum(turned[1:])
    assert row.mean == pytest.approx((ket.conj() @ rho @ ket).real, abs=1e-9)


def test_a_grid_that_is_not_filled_is_refused() -> None:
    net, users = star(3)
    hub = {"kind": "state-hub", "node": "hub", "users": users, "state": "grid", "rows": 2}
    roles = {"hub": hub, **{user: {"kind": "state-user", "node": user} for user in users}}
    net.add_traffic("programs", roles=roles)
    with pytest.raises(SimulationError, match="3 users do not fill 2 rows of a grid"):
        net.run(duration="1 s", seed=1)


def test_an_unknown_target_is_a_fault() -> None:
    net, users = star(2)
    net.add_traffic("programs", roles=ghz_roles(users), target="gzh")
    with pytest.raises(ScenarioError, match=r"target.*unknown state 'gzh'.*'ghz'"):
        net.scenario(duration="1 s")


@pytest.mark.parametrize("fidelity", [1.0, 0.9])
def test_chsh(fidelity: float) -> None:
    net, _ = star(2, initial_fidelity=fidelity)
    roles = {"first": {"kind": "chsh-first", "node": "u0"}, "second": {"kind": "chsh-second", "node": "hub"}}
    net.add_traffic("programs", roles=roles, rounds=1500, register="dense")
    result = net.run(duration="2 s", seed=8)
    row = metric(result, "S")
    expected = 2 * 2**0.5 * (4 * fidelity - 1) / 3
    assert Estimate(row.mean, row.sd / row.n**0.5).sigmas(expected) < ROOM
    # A verdict: no local model gives this, by more than four standard errors.
    assert (row.mean - 2) / (row.sd / row.n**0.5) > ROOM
    counts = [other.n for other in result.metrics if other.metric.startswith("correlation")]
    assert len(counts) == 4
    assert sum(counts) == 1500

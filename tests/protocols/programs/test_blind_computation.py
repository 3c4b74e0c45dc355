"""Blind computation: right as the pairs are good, and the same to the server whatever is computed."""

from __future__ import annotations

from collections import Counter
from math import pi
from typing import Any

import numpy as np
import pytest

import qsim
from tests.protocols.programs.stars import metric, star
from tests.quantum import oracle
from tests.statistics import FALSE_ALARM, ROOM, follows, share_of


@pytest.fixture
def listening(register: Any) -> tuple[str, Counter[int]]:
    """A server that measures every qubit as told and notes the angles."""
    heard: Counter[int] = Counter()

    def server(node: Any) -> Any:
        for _ in range((yield from node.receive("client"))):
            half = yield from node.epr("client")
            told = yield from node.receive("client")
            heard[told] += 1
            along = (np.cos(told * pi / 4), np.sin(told * pi / 4), 0.0)
            node.send("client", (yield from node.measure(half, along)))

    register("listening-server", server)
    return "listening-server", heard


def blind(angles: list[int], rounds: int, server: str = "blind-server", **parameters: Any) -> Any:
    """Runs a computation over one link."""
    net, _ = star(1, **parameters)
    roles = {
        "client": {"kind": "blind-client", "node": "u0", "angles": angles},
        "server": {"kind": server, "node": "hub"},
    }
    net.add_traffic("programs", roles=roles, rounds=rounds, memories=max(1, len(angles)), register="dense")
    result = net.run(duration="2 s", seed=31)
    assert not result.stalls
    return result


def turn(angle: int) -> oracle.Matrix:
    """H Rz(-a), the step of a line that is measured at an angle in units of π/4."""
    return oracle.H @ np.diag([1, np.exp(-1j * angle * pi / 4)])


def chance_of_one(angles: list[int], weight: float) -> float:
    """Probability of the result 1: a depolarised qubit of the line is one whose step is lost or inverted."""
    rho = np.full((2, 2), 0.5, dtype=complex)
    rho = weight * rho + (1 - weight) * np.eye(2) / 2
    for place, angle in enumerate(angles):
        rho = oracle.apply(turn(angle), rho)
        if place < len(angles) - 1:
            # The next qubit carries the state on; a phase flip of it is a flip of what it carries.
            rho = (1 + weight) / 2 * rho + (1 - weight) / 2 * oracle.apply(oracle.X, rho)
    return float(rho[1, 1].real)


@pytest.mark.parametrize("angles", [[0], [4], [2, 2], [0, 3], [2, 2, 2], [1, 6, 3], [-2, 2, 4, 2]])
@pytest.mark.parametrize("fidelity", [1.0, 0.85])
def test_the_result_is_as_good_as_the_pairs(angles: list[int], fidelity: float) -> None:
    row = metric(blind(angles, 160, initial_fidelity=fidelity), "result")
    expected = chance_of_one(angles, (4 * fidelity - 1) / 3)
    if min(expected, 1 - expected) < 1e-12:
        assert row.mean == pytest.approx(expected, abs=1e-12)
    else:
        assert share_of(row.mean * row.n, row.n, expected).sigmas(expected) < ROOM


@pytest.mark.parametrize("angles", [[0], [1], [4]])
def test_the_server_sees_every_angle_alike(angles: list[int], listening: tuple[str, Counter[int]]) -> None:
    name, heard = listening
    blind(angles, 240, server=name)
    assert follows([heard[angle] for angle in range(8)], [30.0] * 8) > FALSE_ALARM


def test_angles_that_cannot_be_are_refused() -> None:
    net, _ = star(1)
    roles = {
        "client": {"kind": "blind-client", "node": "u0", "angles": [0, 9]},
        "server": {"kind": "blind-server", "node": "hub"},
    }
    with pytest.raises(qsim.errors.QsimError, match="angles"):
        net.add_traffic("programs", roles=roles).scenario(duration="1 s")


def test_nothing_to_compute_is_refused() -> None:
    with pytest.raises(qsim.errors.QsimError, match="angles"):
        blind([], 1)

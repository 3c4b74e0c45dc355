"""Waiting for GHZ states at a hub, in slots of clocked sources, against independently computed values.

The hub waits for the last of n pairs (the maximum of n geometric times), or for the m-th of n; the halves at
both ends dephase meanwhile. Many hubs of one network, each with one state, give independent values.

References:
    Expected maxima: Bernardes et al., Phys. Rev. A 83, 012323 (2011). Values of Monte Carlo runs beside the
    closed forms: `ghz_dephase`, here to four digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qsim
from tests.conftest import Sized
from tests.statistics import at_fixed_seed

SLOT = 1e-3
"""Time from one tick of the sources to the next, s."""


def hubs(number: int, users: int, p: float, **memory: Any) -> qsim.Network:
    net = qsim.Network(
        memory={"count": users, **memory},
        fibre={"attenuation": 0},
        link_model={"kind": "midpoint-source", "rate": "1 kHz", "pair_probability": p},
    )
    for hub in range(number):
        names = [f"h{hub}u{place}" for place in range(users)]
        net.add_nodes(f"h{hub}", *names)
        for name in names:
            net.add_link(f"h{hub}", name, "1 m")
    return net


def states(number: int, users: int, p: float, **memory: Any) -> Any:
    net = hubs(number, users, p, **memory)
    for hub in range(number):
        net.add_traffic("ghz", hub=f"h{hub}", users=[f"h{hub}u{place}" for place in range(users)], states=1)
    rows = net.run(duration="1000 s", seed=11, stop_when_done=True).table("ghz-requests")
    assert [row.states for row in rows] == [1] * number
    return rows


def close(values: Any, exact: float) -> None:
    error = np.std(values, ddof=1) / len(values) ** 0.5
    at_fixed_seed(abs(np.mean(values) - exact) / error)


def test_with_certainty_it_takes_one_slot() -> None:
    (row,) = states(1, 3, 1.0)
    assert row.wait_mean_s == pytest.approx(SLOT, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("users", "p", "slots", "t2", "fidelity"),
    [
        (3, 0.1, 17.90056321615848, 100, 0.8312033334897899),
        (10, 0.6, 3.6965420827582474, 10, 0.5364106366450371),
    ],
)
def test_the_last_of_all_and_what_dephasing_leaves(
    sized: Sized, users: int, p: float, slots: float, t2: float, fidelity: float
) -> None:
    number = sized(150, 2000) if users < 5 else sized(50, 800)
    rows = states(number, users, p, dephasing_time=t2 * SLOT)
    close([row.wait_mean_s / SLOT for row in rows], slots)
    close([row.fidelity_mean for row in rows], fidelity)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("users", "wanted", "p", "slots"),
    [(5, 3, 0.01, 78.44101051960229), (9, 9, 0.05, 55.65278922413833)],
)
def test_the_mth_of_n(register: Any, sized: Sized, users: int, wanted: int, p: float, slots: float) -> None:
    def taker(node: Any) -> Any:
        left = list(node.peers)
        for _ in range(wanted):
            peer, half = yield from node.epr_any(*left)
            left.remove(peer)
            node.release(half)
        return {"waited [s]": node.now}

    def giver(node: Any) -> Any:
        yield from node.epr("hub")

    register("test-taker", taker)
    register("test-giver", giver)
    number = sized(80, 1000)
    net = hubs(number, users, p)
    for hub in range(number):
        givers = {f"u{place}": {"kind": "test-giver", "node": f"h{hub}u{place}"} for place in range(users)}
        net.add_traffic("programs", roles={"hub": {"kind": "test-taker", "node": f"h{hub}"}, **givers})
    result = net.run(duration="1000 s", seed=3, stop_when_done=True)
    waited = [row.mean / SLOT for row in result.metrics if row.metric == "waited"]
    assert len(waited) == number
    close(waited, slots)

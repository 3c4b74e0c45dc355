"""Chains against the closed forms of waiting times, in units of attempts.

Links of no length, messages that take no time and attempts in step with a clock make the simulator play the
games that theory solves. Theory builds one chain at a time. So does a short chain in use; for a longer one an
application of our own asks for one pair after the other, so that each begins with nothing.
Every mean is held to its closed form, with room in its own standard errors, at fixed seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from protocols.apps.base import App
from protocols.flow import Flow, Request
from protocols.runtime.network import NetworkRuntime
from qsim import registry
from qsim.analytic import asap, nested, storage, swap_chains, waiting
from qsim.parameters import Declared, Param
from qsim.results import Result
from qsim.scenario import from_document
from tests.statistics import APART, FALSE_ALARM, ROOM, follows

#: One attempt of every link, ps.
PERIOD = 1_000_000

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class OneByOne(Declared):
    """Asks for one pair, and for the next one when all memories on the path are free again."""

    initiator: Annotated[str, Param("node that asks")]
    responder: Annotated[str, Param("node at the other end")]
    pairs: Annotated[int, Param("how many", ge=1)]

    def install(self, network: NetworkRuntime) -> App:
        return _OneByOneRunner(network, self)


class _OneByOneRunner(App):
    def __init__(self, network: NetworkRuntime, parameters: OneByOne) -> None:
        super().__init__(network)
        self._ends = network.node(parameters.initiator), network.node(parameters.responder)
        self._left = parameters.pairs
        self.sim.post(0, self._ask)

    def ended(self, flow: Flow) -> None:
        # One event later, so that the request follows the release of the old pair's memories down the path.
        self.sim.post(0, self._ask)

    def _ask(self) -> None:
        if self._left == 0:
            return
        self._left -= 1
        now = self.sim.now
        request = Request(
            initiator=self._ends[0],
            responder=self._ends[1],
            start=self.network.earliest_start(*self._ends),
            end=self.network.horizon,
            memories=1,
            fidelity=0.0,
            pairs=1,
            issued=now,
        )
        self.network.submit(request, self)


@pytest.fixture(autouse=True, scope="module")
def one_by_one() -> Iterator[None]:
    """The application, under a name for scenarios."""
    registry.register("app", "one-by-one")(OneByOne)
    yield
    registry.unregister("app", "one-by-one")


def source(success: float, fidelity: float = 1.0) -> dict[str, Any]:
    """Pairs from a clocked source: heralds at the very tick; what becomes free then joins in the next."""
    return {
        "kind": "midpoint-source",
        "rate": 1e12 / PERIOD,
        "pair_probability": success,
        "pair_fidelity": fidelity,
        "handshake": {"kind": "continuous", "overhead": "1 ns"},
    }


def two_photon() -> dict[str, Any]:
    """Midpoint analysis with perfect devices, p = ½; second bin and half a window take 3 ps of a period."""
    overhead = (PERIOD - 3) * 1e-12
    return {
        "kind": "two-photon",
        "bin_separation": 2e-12,
        "handshake": {"kind": "continuous", "overhead": overhead},
    }


def run(
    links: int,
    generation: dict[str, Any],
    pairs: int,
    swap: dict[str, Any] | str = "asap",
    app: str = "request",
    cutoff: float | None = None,
    repeater: dict[str, Any] | None = None,
) -> Result:
    """Let a chain, one memory for each link at each of its nodes, deliver so many pairs."""
    document = {
        "run": {"duration": "100 s", "record_pairs": True},
        "defaults": {
            "memory": {"count": 2, "frequency": "1 GHz"},
            "detector": {"efficiency": 1, "window": 1e-12, "time_resolution": 0, "count_rate": None},
            "generation": generation,
        },
        "topology": {"kind": "line", "nodes": links + 1, "length": 0},
        "nodes": {f"n{i}": {"memory": repeater} for i in range(1, links)} if repeater else {},
        "protocols": {
            "swapping": swap,
            "purification": "none",
            "cutoff": "none" if cutoff is None else {"kind": "age", "after": cutoff},
        },
        "traffic": [{"kind": app, "initiator": "n0", "responder": f"n{links}", "pairs": pairs}],
    }
    result = from_document(document).run(seed=1)
    assert len(result.pairs) == pairs
    return result


def attempts(result: Result) -> Samples:
    """Attempts from each delivery to the next; every delivery falls on a tick."""
    times = [round(pair.time_s * 1e12) for pair in result.pairs]
    assert all(time % PERIOD == 0 for time in times)
    return np.diff(np.array(times) // PERIOD, prepend=0).astype(np.float64)


def error(samples: Samples) -> float:
    """Standard error of a mean of independent samples."""
    return float(samples.std(ddof=1) / len(samples) ** 0.5)


def assert_mean(samples: Samples, expected: float) -> None:
    """The mean is as expected, within `ROOM` standard errors."""
    assert abs(samples.mean() - expected) < ROOM * error(samples)


def assert_distribution(samples: Samples, survival: Samples) -> None:
    """Times follow a distribution: chi-square over 20 bins of equal weight."""
    weight = np.cumsum(waiting.pmf(survival))
    edges = np.unique(np.searchsorted(weight, np.linspace(0, 1, 21)[1:-1]))
    expected = -np.diff(survival[edges], prepend=1.0, append=0.0) * len(samples)
    found = np.bincount(np.searchsorted(edges, samples), minlength=len(edges) + 1)
    assert expected.min() > 20
    assert follows(found, expected) > FALSE_ALARM


@pytest.mark.parametrize(
    ("links", "success", "swap", "app"),
    [
        (1, 0.1, "asap", "request"),
        (2, 0.5, "asap", "request"),
        (3, 0.1, "asap", "request"),
        (4, 0.1, "nested", "request"),
        (4, 0.1, "asap", "one-by-one"),
        (4, 0.1, "sequential", "one-by-one"),
        (7, 0.3, "asap", "one-by-one"),
        (8, 0.5, "nested", "one-by-one"),
    ],
)
def test_sure_swaps_wait_for_the_slowest_link(links: int, success: float, swap: str, app: str) -> None:
    found = attempts(run(links, source(success), 3000, swap, app))
    assert_mean(found, waiting.maximum_mean(success, links))
    slowest = waiting.maximum_survival(waiting.geometric_survival(success, 400), links)
    assert_distribution(found, slowest)


def test_midpoint_analysis_plays_the_same_game_as_a_source() -> None:
    assert_mean(attempts(run(3, two_photon(), 5000)), waiting.maximum_mean(0.5, 3))


def test_every_attempt_is_counted() -> None:
    result = run(1, source(0.1), 5000)
    assert result.links[0].success_probability == pytest.approx(0.1)
    assert result.links[0].attempts == attempts(result).sum()


@pytest.mark.parametrize("swap", ["asap", "nested", "sequential"])
@pytest.mark.parametrize("success", [0.5, 0.1])
def test_one_repeater(success: float, swap: str) -> None:
    policy = {"kind": swap, "success_probability": 0.5}
    found = attempts(run(2, source(success), 5000, policy))
    assert_mean(found, waiting.one_repeater_mean(success, 0.5))
    assert_distribution(found, nested.nested_survival(success, 0.5, levels=1))


@pytest.mark.parametrize(
    ("levels", "success", "pairs", "app"),
    [(2, 0.5, 6000, "request"), (2, 0.1, 6000, "request"), (3, 0.5, 1500, "one-by-one")],
)
def test_nested_doubling(levels: int, success: float, pairs: int, app: str) -> None:
    policy = {"kind": "nested", "success_probability": 0.5}
    found = attempts(run(2**levels, source(success), pairs, policy, app))
    assert_mean(found, nested.nested_mean(success, 0.5, levels))
    assert_distribution(found, nested.nested_survival(success, 0.5, levels))


@pytest.mark.parametrize(
    ("links", "success", "pairs", "app"),
    [
        (3, 0.5, 10_000, "request"),
        (3, 0.1, 10_000, "request"),
        (4, 0.5, 2500, "one-by-one"),
        (4, 0.1, 2500, "one-by-one"),
    ],
)
def test_swapping_as_soon_as_possible(links: int, success: float, pairs: int, app: str) -> None:
    """Nodes that swap at one instant know nothing of each other: a failure loses what its neighbours join.

    With four links the textbook chain, whose nodes act in turn and know of each other, is told apart.
    """
    policy = {"kind": "asap", "success_probability": 0.5}
    found = attempts(run(links, source(success), pairs, policy, app))
    assert_mean(found, asap.asap_mean(links, success, 0.5, "local"))
    assert_distribution(found, asap.asap_survival(links, success, 0.5, 3000, "local"))
    if links == 4:
        assert found.mean() - asap.asap_mean(links, success, 0.5, "global") > APART * error(found)


def test_a_chain_in_use_prepares_its_next_pair() -> None:
    """Pair after pair is faster than chain after chain: inner links begin anew before the ends are joined.

    Three links, or four in nested order, cannot: each link has a memory with a half of the pair in hand.
    """
    found = attempts(run(7, source(0.3), 5000))
    assert waiting.maximum_mean(0.3, 7) - found.mean() > APART * error(found)
    # The slowest end link is the least that each pair needs: its memories are held till the end.
    assert found.mean() > waiting.maximum_mean(0.3, 2)


@pytest.mark.parametrize(("success", "decay"), [(0.5, 0.99), (0.1, exp(-1 / 50))])
def test_storage_at_one_repeater(success: float, decay: float) -> None:
    """Only the repeater's memories decay, by a factor in each attempt; the links are Werner pairs of 0.95."""
    constant = -PERIOD * 1e-12 / log(decay)
    result = run(2, source(success, 0.95), 5000, repeater={"depolarising_time": constant})
    fidelities = np.array([pair.fidelity for pair in result.pairs])
    fresh = swap_chains.werner_swap(0.95, 0.95)
    ages = np.log((4 * fidelities - 1) / (4 * fresh - 1)) / log(decay)
    assert ages == pytest.approx(np.round(ages), abs=1e-6)
    assert_mean(fidelities, 0.25 + (fresh - 0.25) * storage.storage_factor(success, decay))


@pytest.mark.parametrize(
    ("success", "decay", "patience"), [(0.1, 0.99, 5), (0.1, 0.99, 20), (0.01, exp(-0.01), 50)]
)
def test_cutoff(success: float, decay: float, patience: int) -> None:
    """A pair is given up half a period after the other link has failed as often as patience lasts."""
    cutoff = (patience + 0.5) * PERIOD * 1e-12
    repeater = {"depolarising_time": -PERIOD * 1e-12 / log(decay)}
    result = run(2, source(success), 5000, cutoff=cutoff, repeater=repeater)
    assert_mean(attempts(result), storage.cutoff_mean(success, patience))
    fidelities = np.array([pair.fidelity for pair in result.pairs])
    assert fidelities.min() >= 0.25 + 0.75 * decay**patience - 1e-9
    assert_mean(fidelities, 0.25 + 0.75 * storage.cutoff_storage_factor(success, decay, patience))


def test_cutoff_and_failing_swaps_together() -> None:
    policy = {"kind": "asap", "success_probability": 0.5}
    found = attempts(run(2, source(0.1), 4000, policy, cutoff=5.5 * PERIOD * 1e-12))
    assert_mean(found, storage.cutoff_mean(0.1, 5, swap_success=0.5))

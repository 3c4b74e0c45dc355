"""How available elements are that go down and come up after exponential times, and what results say of it."""

from __future__ import annotations

from math import comb, pi, sqrt, tan
from typing import Any

import numpy as np
import pytest

from protocols.faults.availability import interval
from qsim.scenario import from_document
from tests.protocols.faults.rings import engine
from tests.statistics import ROOM, at_fixed_seed


def star(arms: int, faults: list[dict[str, Any]], duration: float, **run: Any) -> Any:
    """The result of a star of links with nothing to do but to fail."""
    names = [f"leaf{arm}" for arm in range(arms)]
    return from_document(
        {
            "run": {"duration": duration, **run},
            "nodes": ["hub", *names],
            "links": [{"between": ["hub", name], "length": "10 km"} for name in names],
            "faults": {"outages": faults},
        }
    ).run()


def rows(result: Any) -> dict[tuple[str, str], Any]:
    """The rows of the availability by kind and name."""
    return {(row.kind, row.element): row for row in result.table("availability")}


def all_up(elements: int, up: float, down: float, time: float) -> tuple[float, float]:
    """Share of time for which independent alike elements are all up, and its standard error.

    An element's state has the correlation p² + p q e^(-t/τ), τ = up down / (up + down); that of all is the
    product, whose excess over p^2n is integrated over the run.
    """
    p, tau = up / (up + down), up * down / (up + down)
    excess = sum(
        comb(elements, k) * p ** (2 * (elements - k)) * (p * (1 - p)) ** k * tau / k
        for k in range(1, elements + 1)
    )
    return p**elements, sqrt(2 * excess / time)


@pytest.mark.parametrize(("elements", "up", "down"), [(1, 100.0, 10.0), (2, 100.0, 10.0), (10, 1000.0, 1.0)])
def test_elements_are_up_for_mean_up_over_mean_up_and_mean_down(
    elements: int, up: float, down: float
) -> None:
    published = {1: 100 / 110, 2: 0.8264462809917354, 10: 0.9900547807130033}
    faults = [{"link": f"hub-leaf{arm}", "mean_up": up, "mean_down": down} for arm in range(elements)]
    duration = 4e5 if up < 1000 else 1.5e6
    found = rows(star(elements, faults, duration))
    expected, error = all_up(elements, up, down, duration)
    assert expected == pytest.approx(published[elements], rel=1e-12)
    key = ("network", "all of these") if elements > 1 else ("link", "hub-leaf0")
    at_fixed_seed(abs(found[key].availability - expected) / error)
    single, own_error = all_up(1, up, down, duration)
    for arm in range(elements):
        row = found["link", f"hub-leaf{arm}"]
        at_fixed_seed(abs(row.availability - single) / own_error)
        assert row.low < row.availability < row.high
        assert row.high - row.low == pytest.approx(2 * 1.96 * own_error, rel=0.2)
        assert row.mean_up_s == pytest.approx(up, rel=0.2)
        assert row.mean_down_s == pytest.approx(down, rel=0.2)


def test_all_means_each_by_itself_as_if_each_were_named() -> None:
    times = {"mean_up": "100 s", "mean_down": "10 s"}
    together = star(3, [{"link": "all", **times}], 1e4)
    apart = star(3, [{"link": f"hub-leaf{arm}", **times} for arm in (2, 0, 1)], 1e4)
    assert len(together.table("availability")) == 4
    assert rows(together) == rows(apart), "each has a random stream of its own"
    assert rows(together)["link", "hub-leaf0"] != rows(together)["link", "hub-leaf1"]
    assert rows(star(3, [{"link": "all", **times}], 1e4, seed=1)) != rows(together)


def test_a_schedule_is_kept_to_the_picosecond() -> None:
    (row,) = star(1, [{"link": "hub-leaf0", "down": "2 s", "up": "5 s"}], 10.0).table("availability")
    assert (row.kind, row.outages, row.down_s, row.availability) == ("link", 1, 3.0, 0.7)
    assert (row.low, row.high, row.mean_up_s, row.mean_down_s) == (None, None, 2.0, 3.0)


def test_what_does_not_come_up_is_down_to_the_end_and_from_the_start_on() -> None:
    for outage, expected in (({"down": 4.0}, 0.4), ({"down": 0.0}, 0.0), ({"down": 0.0, "up": 1.0}, 0.9)):
        (row,) = star(1, [{"node": "hub", **outage}], 10.0).table("availability")
        assert row.availability == pytest.approx(expected)


def test_an_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(5)
    held, trials = 0, 2000
    for _ in range(trials):
        ups, downs = rng.exponential(100, 60), rng.exponential(10, 60)
        low, high = interval(zip((ups * 1e6).astype(int), (downs * 1e6).astype(int), strict=True)) or (0, 0)
        held += low < 100 / 110 < high
    # Of a skew ratio from sixty cycles it holds a little less often.
    assert abs(held / trials - 0.94) / sqrt(0.94 * 0.06 / trials) < ROOM


def test_no_interval_comes_of_one_cycle() -> None:
    assert interval([]) is None
    assert interval([(5, 1)]) is None


def ways(count: int, outages: list[dict[str, Any]], duration: float, **faults: Any) -> Any:
    """One request from s to t over as many paths as there are, each of one relay, in the dark."""
    middle = [f"m{way}" for way in range(count)]
    ends = [{"between": [end, node], "length": "10 km"} for node in middle for end in ("s", "t")]
    return from_document(
        {
            "run": {"duration": duration},
            "defaults": {"memory": {"count": 4, "efficiency": 0}},
            "nodes": ["s", "t", *middle],
            "links": ends,
            "traffic": [{"initiator": "s", "responder": "t"}],
            "protocols": {"routing": {"kind": "multipath", "paths": max(2, count)}},
            "faults": {"outages": outages, **faults},
        }
    ).run()


@pytest.mark.parametrize("count", [1, 2])
def test_a_request_is_served_while_any_of_its_paths_is_up(count: int) -> None:
    """Outages that nobody notices end no flow: (1 - A)^n is missing of n paths of availability A each."""
    up, down, duration = 100.0, 10.0, 1e5
    outages = [{"link": f"s-m{way}", "mean_up": up, "mean_down": down} for way in range(count)]
    result = ways(count, outages, duration, detection=duration)
    row = rows(result)["flow", "s → t"]
    # All down, which is all up with the two times exchanged.
    missing, error = all_up(count, down, up, duration)
    assert missing == pytest.approx((1 - 100 / 110) ** count)
    at_fixed_seed(abs(row.availability - (1 - missing)) / error)
    (flow,) = result.unfinished
    assert flow.down_s == pytest.approx(row.down_s, abs=1e-3)
    assert flow.hit_by is not None
    assert set(flow.hit_by.split(", ")) == {f"link s-m{way}" for way in range(count)}


@pytest.mark.parametrize(("policy", "lost"), [("fail", 5.0), ("retry", 0.2)])
def test_a_request_whose_paths_go_one_after_the_other(policy: str, lost: float) -> None:
    """The first is up again when the second goes down, and serves again if the request is made again."""
    outages = [{"link": "s-m0", "down": 2.0, "up": 4.0}, {"link": "s-m1", "down": 5.0, "up": 7.0}]
    result = ways(2, outages, 10.0, on_fault=policy, detection="100 ms", retry="100 ms")
    row = rows(result)["flow", "s → t"]
    assert (row.outages, row.down_s) == (1, pytest.approx(lost, abs=2e-3))
    assert (*result.flows, *result.unfinished)[0].status == "failed"


def test_a_request_waits_from_when_it_was_first_made_though_it_was_refused_then() -> None:
    outage = {"link": "s-m0", "down": 0.0, "up": 4.0}
    result = ways(1, [outage], 10.0, on_fault="retry", detection=0.0, retry="100 ms")
    (flow,) = (*result.flows, *result.unfinished)
    assert flow.start_s == pytest.approx(4.0, abs=0.11)
    row = rows(result)["flow", "s → t"]
    assert (row.down_s, row.availability) == (
        pytest.approx(flow.start_s, abs=1e-3),
        pytest.approx(0.6, abs=0.02),
    )


def test_a_flow_is_hit_by_what_a_script_declares_while_it_is_served() -> None:
    network = from_document(
        {
            "run": {"duration": 10.0},
            "defaults": {"memory": {"count": 4, "efficiency": 0}},
            "nodes": ["a", "b"],
            "links": [{"between": ["a", "b"], "length": "10 km"}],
            "traffic": [{"initiator": "a", "responder": "b"}],
        }
    ).engine()
    network.run_until("2 s")
    network.fault(link="a-b", down="5 s")
    result = network.run()
    (flow,) = result.flows
    assert (flow.status, flow.hit_by) == ("failed", "link a-b")
    assert rows(result)["flow", "a → b"].availability == pytest.approx(0.5, abs=1e-3)


def test_a_request_with_a_path_that_has_no_answer_yet_is_over_when_that_is_given_up() -> None:
    """The only path that serves is cut before the silence on the other is noticed."""
    outages = [{"channel": ["a", "d"], "down": "0 s"}, {"link": "a-b", "down": "50 ms"}]
    (flow,) = engine(*outages, protocols={"routing": "multipath"}).run().flows
    assert flow.status == "failed"
    assert flow.end_s == pytest.approx(0.1, abs=1e-3)
    assert flow.down_s == pytest.approx(flow.end_s - 0.05)


def test_two_cycles_already_bound_the_availability() -> None:
    """Student's t of one degree of freedom is tan(0.475 pi) for 95 %; the two deviations are opposite."""
    cycles = [(900, 100), (1100, 50)]
    share = 2000 / 2150
    deviation = (900 - share * 1000) / (2150 / 2)
    half = tan(0.475 * pi) * abs(deviation)
    assert half > 1 - share
    assert interval(cycles) == (pytest.approx(share - half), 1.0)

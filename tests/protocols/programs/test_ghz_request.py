"""Requests for GHZ states: rate, fidelity, waiting, what was waited for; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from qsim.analytic.waiting import maximum_mean
from qsim.errors import ScenarioError
from tests.protocols.programs.stars import ghz_roles, metric, star
from tests.statistics import Estimate, at_fixed_seed


def ghz(
    users: int,
    states: int | None,
    duration: str = "20 s",
    seed: int = 1,
    request: dict[str, Any] | None = None,
    **parameters: Any,
) -> Any:
    """A request at a hub of links of success probability below a quarter."""
    net, names = star(users, length="10 km", efficiency=0.5, **parameters)
    net.add_traffic("ghz", hub="hub", users=names, states=states, register="dense", **(request or {}))
    return net.run(duration=duration, seed=seed)


def test_a_request_gives_as_many_states_as_are_wanted() -> None:
    result = ghz(3, 40, initial_fidelity=0.95, duration="1 s")
    row = metric(result, "fidelity to ghz")
    assert row.source == "ghz hub: u0 u1 u2"
    assert row.n == 40
    assert row.mean == pytest.approx(0.858185185185185, abs=1e-9)
    assert metric(result, "rounds a second").n == 40
    assert metric(result, "rounds a second").mean == pytest.approx(1 / metric(result, "time a round").mean)
    shares = [row.mean for row in result.metrics if row.metric.startswith("waited for")]
    assert len(shares) == 3
    assert sum(shares) >= 1 - 1e-9
    # One flow for each user, each with the pairs that were used.
    assert [flow.pairs for flow in result.flows] == [40, 40, 40]
    assert not result.stalls


def test_without_a_number_it_lasts_to_the_end() -> None:
    result = ghz(2, None, duration="50 ms", t2="1 s")
    assert metric(result, "rounds a second").n > 10
    assert not result.stalls


def test_the_wait_grows_as_the_greatest_of_geometric_times() -> None:
    """All links begin together: rounds last c + tau E[max of n]; n = 2 and 4 foretell n = 3."""
    times = {}
    chance = 0.0
    for users in (2, 3, 4):
        result = ghz(users, 300)
        row = metric(result, "time a round")
        times[users] = Estimate(row.mean, row.sd / row.n**0.5)
        chance = result.links[0].success_probability
    means = {users: maximum_mean(chance, users) for users in times}
    share = (means[3] - means[2]) / (means[4] - means[2])
    foretold = times[2].value + share * (times[4].value - times[2].value)
    error = (((1 - share) * times[2].error) ** 2 + (share * times[4].error) ** 2) ** 0.5
    at_fixed_seed(times[3].sigmas(Estimate(foretold, error)))


@pytest.mark.parametrize("memories", [1, 2])
def test_joined_early_the_hub_stores_less(memories: int) -> None:
    """The same links and streams: with one memory the same times, and the better state."""
    found = {}
    for early in (False, True):
        request = {"early": early, "memories": memories}
        result = ghz(4, 60, dephasing_time="5 ms", request=request)
        found[early] = [metric(result, name) for name in ("fidelity to ghz", "storage at the hub")]
        assert found[early][0].n == 60
        assert not result.stalls
    assert found[True][0].mean > found[False][0].mean
    if memories == 1:
        assert 0 < found[True][1].mean < found[False][1].mean


@pytest.mark.parametrize("initiator", ["hub", "u0"])
def test_joined_early_at_either_end_of_the_requests(initiator: str) -> None:
    """The end that is named second takes its halves in the order of the first."""
    net, users = star(3, initial_fidelity=0.9, efficiency=0.5)
    roles = ghz_roles(users)
    roles["hub"]["early"] = True
    if initiator != "hub":
        roles = {name: roles[name] for name in (*users, "hub")}
    net.add_traffic("programs", roles=roles, rounds=20, memories=2, target="ghz", register="dense")
    result = net.run(duration="2 s", seed=4)
    row = metric(result, "fidelity to ghz")
    assert row.n == 20
    assert row.mean == pytest.approx(0.7321481481481482, abs=1e-9)
    assert row.sd == pytest.approx(0, abs=1e-9)
    assert not result.stalls


def test_unlike_links_are_waited_for_unlike_often() -> None:
    net = qsim.Network(memory={"count": 4, "efficiency": 0.5, "t2": "1 s"})
    net.add_nodes("hub", "near", "far")
    net.add_link("hub", "near", "1 km").add_link("hub", "far", "30 km")
    net.add_traffic("ghz", hub="hub", users=["near", "far"], states=100)
    result = net.run(duration="20 s", seed=3)
    assert metric(result, "waited for far").mean > 0.9


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"hub": "h", "users": ["u0", "u1"]}, r"hub.*unknown node 'h'"),
        ({"hub": "hub", "users": ["u0"]}, r"users.*at least two users"),
        ({"hub": "hub", "users": ["u0", "hub"]}, r"users\[1\].*'hub' is the hub"),
        ({"hub": "hub", "users": ["u0", "u1", "u0"]}, r"users\[2\].*'u0' is named twice"),
        ({"hub": "hub", "users": ["u0", "u9"]}, r"users\[1\].*unknown node 'u9'"),
        ({"hub": "hub", "users": ["u0", "u1"], "memories": 7}, r"needs 14 memories, 7 a user, and has 12"),
        ({"hub": "hub", "users": ["u0", "u1"], "register": "dens"}, r"unknown register 'dens'.*'dense'"),
        ({"hub": "hub", "users": ["u0", "u1"], "states": 0}, r"states"),
    ],
)
def test_what_cannot_be_is_refused_at_check(parameters: dict[str, Any], match: str) -> None:
    net, _ = star(2)
    net.add_traffic("ghz", **parameters)
    with pytest.raises(ScenarioError, match=match):
        net.scenario(duration="1 s")


def test_many_users_on_a_stabilizer() -> None:
    """Twenty users, in the mean over trajectories of the closed form."""
    pytest.importorskip("stim")
    names = [f"u{place}" for place in range(20)]
    net = qsim.Network(memory={"count": 20, "initial_fidelity": 0.99})
    net.add_nodes("hub", *names)
    for name in names:
        net.add_link("hub", name, "5 km")
    net.add_traffic("ghz", hub="hub", users=names, states=60, register="stabilizer")
    row = metric(net.run(duration="20 s", seed=4), "fidelity to ghz")
    none, other = 0.99, 0.01 / 3
    closed = ((none + other) ** 20 + (none - other) ** 20 + (2 * other) ** 20) / 2
    at_fixed_seed(Estimate(row.mean, (closed * (1 - closed) / row.n) ** 0.5).sigmas(closed))

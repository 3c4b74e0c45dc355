"""Entanglement switches: printed values, the Markov chain solved, and a run of the switch."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import switch
from tests.analytic.printed import printed


@pytest.mark.parametrize(
    ("rates", "buffer", "erasure", "text"),
    [
        ([1.0] * 5, 1, 0, "2.22222222"),
        ([1.0] * 5, 2, 0, "2.43902439"),
        ([1.0] * 5, 3, 0, "2.48520710"),
        ([1.0] * 5, 5, 0, "2.49908391"),
        ([1.0] * 5, None, 0, "2.5"),
        ([1.0] * 3, 1, 0, "1.2"),
        ([1.0] * 3, 2, 0, "1.38461538"),
        ([1.0] * 3, 3, 0, "1.44827586"),
        ([1.0] * 3, None, 0, "1.5"),
        ([1.9] * 9, 1, 0, "8.047059"),
        ([1.9] * 9, 5, 0, "8.549886"),
        ([1.9] * 9, None, 0, "8.55"),
        ([1.0, 2.0, 3.0], 2, 0, "2.55639098"),
        ([1.0] * 3, 3, 0.5, "1.26315789"),
    ],
)
def test_bipartite_capacity_as_printed(
    rates: list[float], buffer: int | None, erasure: float, text: str
) -> None:
    assert switch.bipartite_capacity(rates, buffer, erasure) == printed(text)


def test_multipartite_capacity_as_printed() -> None:
    assert switch.multipartite_capacity(5, 3, 1.0) == printed("1.66666667")
    assert switch.multipartite_capacity(9, 2, 1.9, success=0.5) == pytest.approx(8.55 / 2)


@settings(deadline=None)
@given(
    st.lists(st.floats(0.2, 5), min_size=2, max_size=5), st.integers(1, 4), st.floats(0, 2), st.floats(0, 1)
)
def test_capacity_is_that_of_the_markov_chain(
    rates: list[float], buffer: int, erasure: float, success: float
) -> None:
    states = [None, *product(range(len(rates)), range(1, buffer + 1))]
    place = {state: index for index, state in enumerate(states)}
    flow = np.zeros((len(states), len(states)))
    made = np.zeros(len(states))
    for state, (arrived, rate) in product(states, enumerate(rates)):
        if state is None:
            flow[place[state], place[arrived, 1]] += rate
            continue
        user, waiting = state
        fewer = place[user, waiting - 1] if waiting > 1 else place[None]
        if arrived == user:
            flow[place[state], place[user, min(buffer, waiting + 1)]] += rate
            flow[place[state], fewer] += waiting * erasure
        else:
            flow[place[state], fewer] += rate
            made[place[state]] += rate * success
    generator = flow.T - np.diag(flow.sum(axis=1))
    equations = np.vstack([generator, np.ones(len(states))])
    stationary = np.linalg.lstsq(equations, np.append(np.zeros(len(states)), 1), rcond=None)[0]
    found = switch.bipartite_capacity(rates, buffer, erasure, success)
    assert found == pytest.approx(stationary @ made, rel=1e-8, abs=1e-10)


@settings(deadline=None)
@given(st.lists(st.floats(1, 1.5), min_size=3, max_size=6), st.floats(0, 1))
def test_a_large_buffer_is_as_good_as_an_infinite_one(rates: list[float], erasure: float) -> None:
    endless = switch.bipartite_capacity(rates, None, erasure)
    assert switch.bipartite_capacity(rates, 2000, erasure) == pytest.approx(endless, rel=1e-9)
    if erasure == 0:
        assert endless == pytest.approx(sum(rates) / 2)


def test_a_run_of_a_three_party_switch_reaches_its_capacity() -> None:
    rng = Random(5)
    users, parties, arrivals = 5, 3, 60_000
    waiting = [0] * users
    time, made = 0.0, 0
    for _ in range(arrivals):
        time += rng.expovariate(users * 1.0)
        waiting[rng.randrange(users)] += 1
        ready = [user for user in range(users) if waiting[user]]
        if len(ready) == parties:
            made += 1
            for user in ready:
                waiting[user] -= 1
    # The arrival times alone scatter by 1/sqrt(60 000) = 0.4 %; five users keep the queues short.
    assert made / time == pytest.approx(switch.multipartite_capacity(users, parties, 1.0), rel=0.017)
    assert sum(waiting) < 0.01 * arrivals

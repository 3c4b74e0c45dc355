"""Erlang's formulas, against sums over the states of the birth-death process."""

from __future__ import annotations

from fractions import Fraction
from math import factorial, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsim.analytic import erlang
from qsim.errors import ParameterError

LOADS = st.floats(0.01, 60.0)


def stationary(load: float, servers: int, line: int) -> list[Fraction]:
    """Probabilities of 0, 1, ... requests in a system with so many servers and places in line."""
    weights = [Fraction(1)]
    for state in range(1, servers + line + 1):
        weights.append(weights[-1] * Fraction(load) / min(state, servers))
    total = sum(weights)
    return [weight / total for weight in weights]


@given(LOADS, st.integers(1, 40))
def test_losses_are_the_probability_of_the_full_state(load: float, servers: int) -> None:
    assert erlang.loss(load, servers) == pytest.approx(float(stationary(load, servers, 0)[-1]), rel=1e-12)


def test_losses_of_published_tables() -> None:
    # Tables of the loss formula: 4 erlang on 4 lines, 10 on 10, 1 % grade of service on 20 lines.
    assert erlang.loss(4, 4) == pytest.approx(0.31068, abs=5e-6)
    assert erlang.loss(10, 10) == pytest.approx(0.21458, abs=5e-6)
    assert erlang.loss(12.031, 20) == pytest.approx(0.01, abs=1e-5)


@given(st.integers(1, 8), st.floats(0.05, 0.85))
def test_waiting_is_the_tail_of_a_long_line(servers: int, share: float) -> None:
    load, line = servers * share, 300
    weights = np.cumprod([1.0] + [load / min(state, servers) for state in range(1, servers + line + 1)])
    states = weights / weights.sum()
    assert erlang.waiting(load, servers) == pytest.approx(sum(states[servers:]), rel=1e-9)
    in_line = sum(max(0, state - servers) * p for state, p in enumerate(states))
    # Little's law: the mean length of the line is the rate of arrivals times the mean wait.
    assert erlang.mean_wait(load, servers, 2.0) * load / 2.0 == pytest.approx(in_line, rel=1e-6)


def test_one_server_waits_as_the_textbook_says() -> None:
    # M/M/1: the share that waits is the load, the mean wait is load / (1 - load) holding times.
    assert erlang.waiting(0.7, 1) == pytest.approx(0.7)
    assert erlang.mean_wait(0.7, 1, 3.0) == pytest.approx(3.0 * 0.7 / 0.3)


def test_the_mean_wait_is_the_area_under_the_survival() -> None:
    times = np.linspace(0, 200, 400_001)
    tail = [erlang.wait_survival(3.2, 4, 1.5, float(time)) for time in times[::100]]
    assert np.trapezoid(tail, times[::100]) == pytest.approx(erlang.mean_wait(3.2, 4, 1.5), rel=1e-3)
    assert tail[0] == erlang.waiting(3.2, 4)


@given(LOADS, st.floats(1e-6, 1.0))
def test_the_fewest_servers_are_enough_and_one_less_is_not(load: float, blocked: float) -> None:
    servers = erlang.servers_for(load, blocked)
    assert erlang.loss(load, servers) <= blocked * (1 + 1e-12)
    assert servers == 0 or erlang.loss(load, servers - 1) > blocked * (1 - 1e-12)


def test_the_extremes() -> None:
    assert erlang.loss(0, 0) == erlang.loss(5.0, 0) == 1.0
    assert erlang.loss(0, 3) == erlang.waiting(0, 3) == erlang.mean_wait(0, 3, 1.0) == 0
    assert erlang.loss(0.1, 500) == 0.0
    assert erlang.loss(1e9, 10) == pytest.approx(1 - 10 / 1e9, rel=1e-9)
    assert erlang.servers_for(0, 0.01) == erlang.servers_for(5.0, 1.0) == 0
    assert erlang.loss(100.0, 100) == pytest.approx(
        float(1 / sum(Fraction(factorial(100), factorial(k) * 100 ** (100 - k)) for k in range(101)))
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: erlang.loss(-1, 2), "`load` must be in"),
        (lambda: erlang.loss(inf, 2), "`load` must be in"),
        (lambda: erlang.loss(1, 1.5), "`servers` must be a whole number"),
        (lambda: erlang.waiting(4, 4), "below the number of servers, 4"),
        (lambda: erlang.waiting(1, 0), "`servers` must be a whole number"),
        (lambda: erlang.mean_wait(1, 2, -1), "`holding` must be in"),
        (lambda: erlang.wait_survival(1, 2, 1, -1), "`time` must be in"),
        (lambda: erlang.servers_for(1, 0), "`blocked` must be in"),
    ],
)
def test_what_cannot_be_is_refused(call: object, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        call()  # type: ignore[operator]

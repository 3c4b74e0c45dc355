"""Losses and waiting where requests arrive at random and find a number of servers.

A link whose memories serve one request each is such a system, and its servers are the memories at an end. The
load is the mean number of requests that would be served at once if there were servers for all: arrivals a
second times mean holding time.

References:
    A. K. Erlang, Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges, Elektroteknikeren 13, 5 (1917).
    B. A. Sevast'yanov, Theory Probab. Appl. 2, 104 (1957): the loss formula holds for holding times of any
    law.
"""

from __future__ import annotations

from math import exp

from qsim.analytic import arguments as check
from qsim.errors import ParameterError


def loss(load: float, servers: int) -> float:
    """Share of the requests that find all servers taken and go (Erlang B).

    Holding times may follow any law; only their mean counts.

    Args:
        load: offered load, erlang.
        servers: how many there are; without any all requests are lost.

    Example:
        >>> round(loss(4.0, 4), 4)
        0.3107
    """
    check.within("load", load, 0)
    check.count("servers", servers, least=0)
    if load == 0:
        return 0.0 if servers else 1.0
    inverse = 1.0
    # 1/B(k) = 1 + (k / load) / B(k - 1) grows without cancellation.
    for busy in range(1, servers + 1):
        inverse = 1.0 + inverse * busy / load
        if inverse == float("inf"):
            return 0.0
    return 1.0 / inverse


def waiting(load: float, servers: int) -> float:
    """Share of the requests that find all servers taken and wait in line (Erlang C).

    Holding times are exponential, the line has no end, and whoever came first is served first.

    Args:
        load: offered load, erlang, below the number of servers.
        servers: how many there are.

    Raises:
        ParameterError: the load is as much as the servers can do, or more: the line grows without end.
    """
    _check_stable(load, servers)
    lost = loss(load, servers)
    return servers * lost / (servers - load * (1.0 - lost))


def mean_wait(load: float, servers: int, holding: float) -> float:
    """Mean time in line of all requests, those that need not wait included; units of `holding`.

    Args:
        load, servers: as in `waiting`.
        holding: mean of the exponential holding times.
    """
    check.within("holding", holding, 0)
    return waiting(load, servers) * holding / (servers - load)


def wait_survival(load: float, servers: int, holding: float, time: float) -> float:
    """Probability that a request waits in line for longer than a time, in the units of `holding`.

    Args:
        load, servers: as in `waiting`.
        holding: mean of the exponential holding times, above 0.
        time: the time.
    """
    check.within("holding", holding, 0, above=True)
    check.within("time", time, 0)
    return waiting(load, servers) * exp(-(servers - load) * time / holding)


def servers_for(load: float, blocked: float) -> int:
    """Fewest servers with which no more than a share of the requests is lost.

    Args:
        load: offered load, erlang.
        blocked: the share, in (0, 1].

    Example:
        >>> servers_for(100 / 60 * 10, 0.01)
        26
    """
    check.within("load", load, 0)
    check.positive_probability(blocked=blocked)
    servers, inverse = 0, 1.0
    while load and inverse * blocked < 1.0:
        servers += 1
        inverse = 1.0 + inverse * servers / load
    return servers


def _check_stable(load: float, servers: int) -> None:
    check.within("load", load, 0)
    check.count("servers", servers)
    if load >= servers:
        raise ParameterError(
            f"load must be below the number of servers, {servers}, or the line never ends; got {load:g}"
        )

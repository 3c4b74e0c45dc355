"""Demands that cannot be met are told before the run and after it, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from qsim.errors import NetworkError


def network(**fields: Any) -> qsim.Network:
    """Two links of 10 km."""
    made = qsim.Network(**{"memory": {"t2": "1 s"}, **fields}).add_nodes("a", "r", "b")
    return made.add_link("a", "r", "10 km").add_link("r", "b", "10 km")


def told(net: qsim.Network, duration: str = "0.1 s") -> tuple[list[str], qsim.Result]:
    """What is said before the run, and its result."""
    engine: Any = net.scenario(duration=duration, seed=1).engine()
    return engine.remarks(), engine.run()


AGE = {"kind": "age", "after": "51 us"}
NEVER = {"kind": "nested", "success_probability": 0}
CASES: dict[str, tuple[qsim.Network, str, str]] = {
    "the cut-off comes before the news of a link": (
        network().set_protocols(cutoff=AGE).request("a", "b", pairs=10),
        "'a' gives pairs up 5.1e-05 s after",
        "short",
    ),
    "the cut-off comes before the news of a swap": (
        network().set_protocols(cutoff={**AGE, "after": "120 us"}).request("a", "b", pairs=10),
        "'a' gives pairs up 0.00012 s after",
        "short",
    ),
    "a loss of 200 dB/km": (
        network(fibre={"attenuation": 0.2}).request("a", "b", pairs=10),
        "at most about 8.1e-198 pairs are to be expected in 0.0998 s, and 10 are wanted: link a-r takes",
        "short",
    ),
    "no swap succeeds": (
        network().set_protocols(swapping=NEVER).request("a", "b", pairs=10),
        "swaps at r never succeed",
        "short",
    ),
    "a window shorter than a herald": (
        network().request("a", "b", start="1 ms", duration="1 us"),
        "and one is wanted: link a-r takes 0.000311 s a pair",
        "completed",
    ),
    "more pairs than the window has room for": (
        network().request("a", "b", pairs=100_000),
        "pairs are to be expected in 0.0998 s, and 100000 are wanted",
        "short",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_is_said_before_and_after(name: str) -> None:
    net, why, status = CASES[name]
    remarks, result = told(net)
    assert [why in remark for remark in remarks if remark.startswith("request a-b: ")] == [True]
    (flow,) = result.flows
    assert flow.status == status
    (note,) = (note for note in result.notes if note.startswith("the flow a-b got "))
    assert why in note


def test_a_demand_that_is_met_is_left_alone() -> None:
    remarks, result = told(network().request("a", "b", pairs=10))
    assert (remarks, result.notes) == ([], ())
    assert result.flows[0].status == "completed"


def test_a_link_that_never_heralds_and_a_router_with_too_few_memories() -> None:
    remarks, _ = told(network(memory={"t2": "1 s", "efficiency": 0}).request("a", "b"))
    assert remarks == ["request a-b: link a-r never heralds a pair"]
    net = qsim.Network(memory={"wavelength": "422 nm"}).add_nodes("a", "b").add_link("a", "b", "100 km")
    remarks, result = told(net.request("a", "b"))
    assert remarks[0].startswith(
        "request a-b: link a-b never heralds a pair (of its light of 422 nm a share of "
    )
    assert result.stalls[0].cause in remarks[0]
    engine = net.engine("1 s")
    engine.run_until("250 ms")
    assert repr(engine) == "<Simulation, nodes: 2, links: 1, at 0.25 s of 1 s>"
    remarks, result = told(network(memory={"t2": "1 s", "count": 1}).request("a", "b"))
    assert remarks == ["request a-b: the path takes 2 memories of 'r', which has 1 for it"]
    assert (result.flows, result.rejected) == ((), 1)


def test_a_start_before_the_path_can_confirm_and_a_run_that_ends_before_it_does() -> None:
    remarks, _ = told(network().request("a", "b", start=0.0))
    assert remarks == [
        "request a-b: it is to begin at 0 s, and cannot before 0.0002 s, when its path has confirmed"
    ]
    remarks, result = told(network().request("a", "b"), "100 us")
    assert remarks == ["request a-b: the run ends at 0.0001 s, before its path has confirmed"]
    assert result.notes == (
        "the request a-b was not made at 0 s: its path confirms by 0.0002 s, and the run ends at 0.0001 s",
    )


def test_a_network_without_traffic_says_so_and_one_driven_by_a_script_does_not() -> None:
    silence = "there is no traffic: nothing is asked of the network, and nothing happens"
    remarks, result = told(network())
    assert remarks == [silence]
    assert result.notes == (silence,)
    engine: Any = network().scenario(duration="10 ms", seed=1).engine()
    engine.request("a", "b")
    assert silence not in engine.run().notes


def test_flows_alike_are_told_once() -> None:
    net = network(memory={"t2": "1 s", "count": 40})
    for number in range(5):
        net.request("a", "b", start=f"{number + 1} ms", duration="1 us")
    _, result = told(net)
    (note,) = result.notes
    assert note.endswith("(and 4 more fell short too)")


def test_ideal_hardware_is_told_once() -> None:
    remarks, result = told(network(memory={}).request("a", "b", pairs=10))
    (said,) = remarks
    assert said.startswith("no imperfection is described")
    assert result.notes == (said,)


def test_a_request_of_a_script_for_more_memories_than_there_are_is_refused() -> None:
    engine: Any = network(memory={"t2": "1 s", "count": 2}).scenario(duration="0.1 s", seed=1).engine()
    with pytest.raises(NetworkError, match=r"wants 100 memories at each end, and a link at 'a' can use 2$"):
        engine.request("a", "b", memories=100)
    stream = engine.request("a", "b", memories=2)
    result = engine.run()
    assert stream.done
    assert result.notes == (
        "r refused the request a-b of a script: too few free memories; no pair of it will come",
    )

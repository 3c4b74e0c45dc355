"""How many memories stated rounds of purification need at each end of a request."""

import pytest

import qsim
from qsim.errors import QsimError


def chain(memories: int) -> qsim.Network:
    """Two links, one round for every pair."""
    net = qsim.Network(memory={"count": 2 * memories, "efficiency": 0.5, "initial_fidelity": 0.9})
    net.add_nodes("a", "r", "b").add_link("a", "r", "5 km").add_link("r", "b", "5 km")
    net.request("a", "b", memories=memories, pairs=5)
    return net.set_protocols(purification={"kind": "dejmps", "rounds": 1})


def test_a_round_at_each_of_two_levels_needs_three_memories() -> None:
    with pytest.raises(QsimError, match="at least 3"):
        chain(2).run(duration="10 s", seed=1)
    assert chain(3).run(duration="10 s", seed=1).flows[0].pairs == 5


def test_a_schedule_that_lacks_memories_stalls_and_names_the_rounds() -> None:
    net = chain(2)
    net.set_protocols(purification={"kind": "dejmps", "rounds": [1, 1]})
    (stall,) = net.run(duration="10 s", seed=1).stalls
    assert "`rounds`" in stall.cause
    assert "[1]" in stall.cause
    net.set_protocols(purification={"kind": "dejmps", "rounds": [1]})
    assert net.run(duration="10 s", seed=1).flows[0].pairs == 5

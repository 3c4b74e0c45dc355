"""What each formalism can do: whatever `check` lets pass runs, and what it refuses has a place."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from qsim.errors import ScenarioError
from qsim.scenario import from_document
from tests.protocols.scenes import Document, chain, clocked, request

MEMORIES: list[Document] = [{}, {"t1": "10 ms"}, {"t2": "10 ms"}, {"depolarising_time": "10 ms"}]
PURIFICATIONS: list[Any] = ["none", "bbpssw", "dejmps", "epl", {"kind": "dejmps", "frame": "published"}]
PROCESSORS: list[Document] = [{}, {"gate_error": 0.01}, {"readout_error": 0.01}]


@pytest.mark.parametrize(
    ("formalism", "refused_memories", "refused_policies"),
    [("scalar-fidelity", 3, 3), ("bell-diagonal", 0, 1), ("density-matrix", 0, 0)],
)
def test_a_scenario_that_check_lets_pass_does_not_die_of_its_formalism(
    formalism: str, refused_memories: int, refused_policies: int
) -> None:
    memories, policies = set(), set()
    for (index, memory), (number, policy), processor in product(
        enumerate(MEMORIES), enumerate(PURIFICATIONS), PROCESSORS
    ):
        document = chain(
            2,
            purification=policy,
            memory=memory,
            processor=processor,
            generation=clocked(1e-3, 1.0, 0.9),
            count=4,
            traffic=[request("n0", "n2", fidelity=0.5, memories=2)],
            run={"duration": 0.02, "formalism": formalism},
        )
        try:
            from_document(document).run(seed=1)
        except ScenarioError as refused:
            faults = refused.faults
            assert all(
                "memory" in fault or "purification" in fault or "processor" in fault for fault in faults
            )
            if any("memory: decays" in fault for fault in faults):
                memories.add(index)
            if any("purification" in fault for fault in faults):
                policies.add(number)
    assert (len(memories), len(policies)) == (refused_memories, refused_policies)

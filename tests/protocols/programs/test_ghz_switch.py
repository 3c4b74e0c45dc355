"""Switches of several users: capacity, waiting times, fidelity, against theory and independent values.

Capacities: Nain, Vardoyan, Guha and Towsley (2020), by their Markov chains. Waiting: order statistics of
geometric times.
"""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import ScenarioError
from tests.protocols.control.stars import star
from tests.protocols.scenes import alive
from tests.statistics import Estimate, at_fixed_seed


def states(users: int, parties: int | None, count: int, seed: int = 1, **fields: Any) -> Any:
    """The result of a run that makes so many states."""
    memories = fields.get("memories", 1)
    app = {key: fields.pop(key) for key in ("keep", "early") if key in fields}
    wanted = {
        "kind": "ghz",
        "hub": "hub",
        "users": [f"u{place}" for place in range(users)],
        "states": count,
        "memories": memories,
        **({"parties": parties} if parties else {}),
        **app,
    }
    document = star(users, [wanted], run={"stop_when_done": True}, **fields)
    return alive(document, seed=seed).run()


def measured(result: Any, name: str) -> Estimate:
    """A metric as a measured value."""
    (row,) = (row for row in result.metrics if row.metric == name)
    return Estimate(row.mean, row.sd / row.n**0.5, row.n - 1)


@pytest.mark.parametrize(
    ("users", "parties", "erasure", "capacity"),
    [(5, 2, 0.0, 2.2222222), (5, 3, 0.5, 1.1111111), (9, 4, 0.2, 1.7521415)],
)
def test_one_memory_a_link_the_capacity_is_that_of_the_chain(
    users: int, parties: int, erasure: float, capacity: float
) -> None:
    cutoff = {"kind": "exponential", "mean": 1 / erasure} if erasure else {"kind": "none"}
    spacing = measured(states(users, parties, 300, slot=0.002, protocols={"cutoff": cutoff}), "time a round")
    at_fixed_seed(spacing.sigmas(1 / capacity))


def test_with_many_memories_every_pair_is_used() -> None:
    """Without bound the capacity is mu k / n = 2.25; links slow down by what their memories hold."""
    result = states(9, 4, 400, memories=60)
    held = sum(row.entangled for row in result.memories if row.node != "hub") / 9
    assert held < 0.06
    spacing = measured(result, "time a round")
    at_fixed_seed(spacing.sigmas(1 / (2.25 * (1 - held))))


@pytest.mark.parametrize(("users", "success", "slots"), [(3, 0.1, 17.90056), (10, 0.6, 3.696542)])
def test_all_users_wait_for_the_greatest_of_geometric_times(users: int, success: float, slots: float) -> None:
    for parties in (None, users):
        result = states(users, parties, 100, slot=1.0, success=success)
        at_fixed_seed(measured(result, "waiting time").sigmas(slots))


@pytest.mark.parametrize(
    ("users", "parties", "success", "slots"), [(5, 3, 0.01, 78.44101), (9, 9, 0.05, 55.65279)]
)
def test_a_switch_without_memory_waits_for_the_mth_of_n(
    users: int, parties: int, success: float, slots: float
) -> None:
    result = states(users, parties, 150, slot=1.0, success=success, keep=False)
    at_fixed_seed(measured(result, "waiting time").sigmas(slots))


@pytest.mark.parametrize(
    ("users", "success", "coherence", "fidelity"), [(3, 0.1, 100.0, 0.8312033), (10, 0.6, 10.0, 0.5364106)]
)
def test_pairs_that_wait_for_the_last_dephase_at_both_ends(
    users: int, success: float, coherence: float, fidelity: float
) -> None:
    result = states(users, None, 100, slot=1.0, success=success, memory={"dephasing_time": coherence})
    at_fixed_seed(measured(result, "fidelity to ghz").sigmas(fidelity))


def test_states_are_perfect_whoever_has_a_part_in_them_and_whatever_is_lost() -> None:
    result = states(4, 3, 60, memories=3, protocols={"cutoff": {"kind": "exponential", "mean": 0.7}})
    assert measured(result, "fidelity to ghz").value == pytest.approx(1)
    kept = states(4, 2, 60, memories=2, keep=False)
    assert measured(kept, "fidelity to ghz").value == pytest.approx(1)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"parties": 4}, "must be at most 3, all users, got 4"),
        ({"parties": 2, "early": True}, "leave it out"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ScenarioError, match=fault):
        states(3, fields.pop("parties"), 1, **fields)

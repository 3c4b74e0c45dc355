"""In which order a swapping policy is shown what is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hardware.memory import Memory
from protocols.entanglement.swapping_orders import AsapSwapping
from qsim import registry
from qsim.scenario import from_document

Side = list[tuple[int, int]]


@pytest.fixture
def shown() -> Iterator[list[tuple[Side, Side]]]:
    """Index and number of the pair of each memory of either side, whenever the policy is asked."""
    seen: list[tuple[Side, Side]] = []

    @registry.register("swapping", "test-order")
    @dataclass(frozen=True)
    class Watched(AsapSwapping):
        """The last of either side, once there are enough of them."""

        def choose(self, left: Sequence[Memory], right: Sequence[Memory]) -> tuple[Memory, Memory] | None:
            sides = [[(memory.index, memory.heralded_id) for memory in side] for side in (left, right)]
            seen.append((sides[0], sides[1]))
            return (left[-1], right[-1]) if min(len(left), len(right)) > 2 else None

    yield seen
    registry.unregister("swapping", "test-order")


@pytest.mark.parametrize("order", ["oldest", "index"])
def test_the_one_that_has_become_ready_comes_first_and_the_others_in_the_order_of_the_policy(
    order: str, shown: list[tuple[Side, Side]]
) -> None:
    document: dict[str, Any] = {
        "run": {"duration": 0.1, "seed": 3},
        "defaults": {"memory": {"count": 8}},
        "nodes": ["a", "r", "b"],
        "links": [{"between": ["a", "r"], "length": "5 km"}, {"between": ["r", "b"], "length": "5 km"}],
        "protocols": {"swapping": {"kind": "test-order", "order": order}},
        "traffic": [{"kind": "request", "initiator": "a", "responder": "b", "memories": 4}],
    }
    from_document(document).run()
    by = 1 if order == "oldest" else 0
    sides = [side for asked in shown for side in asked]
    assert all(side[1:] == sorted(side[1:], key=lambda memory: memory[by]) for side in sides)
    # The two orders are not the same here, and one side begins with one that is out of order.
    assert any(side[1:] != sorted(side[1:], key=lambda memory: memory[1 - by]) for side in sides)
    assert any(side != sorted(side, key=lambda memory: memory[by]) for side in sides)

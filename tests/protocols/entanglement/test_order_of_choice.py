"""In which order a swapping policy is shown what is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from protocols.entanglement.swapping import _Order
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


def test_unless_overridden_the_first_of_either_side_is_chosen() -> None:
    one, two, three, four = (object() for _ in range(4))
    choose: Any = AsapSwapping().choose
    assert choose([one, two], [three, four]) == (one, three)


def bench(choose: Any) -> tuple[_Order, list[Any], list[Any]]:
    """A policy at the middle of three nodes; any memory may face either way, and two pairs lead each way."""

    class Chosen(AsapSwapping):
        """Joins what it is told to."""

        def choose(self, left: Any, right: Any) -> Any:
            return choose(left, right)

    a, b = object(), object()
    processor = SimpleNamespace(swap_noise=SimpleNamespace(degradation=1.0), duration_ps=lambda: 0)
    r = SimpleNamespace(name="r", processor=processor, sim=SimpleNamespace(stream=lambda _: None))
    memories = [
        SimpleNamespace(
            index=index,
            heralded_id=index,
            state=MemoryState.ENTANGLED,
            partner=SimpleNamespace(node=(a, b)[index % 2]),
            retrieval=None,
        )
        for index in range(4)
    ]
    policy = Chosen()
    agent: Any = SimpleNamespace(
        flow=SimpleNamespace(path=[a, r, b]),
        position=1,
        stack=SimpleNamespace(order=policy, context=SimpleNamespace(formalism=None)),
        node=r,
        memories=memories,
        left=memories,
        right=memories,
        good_enough=lambda memory: memory.partner is not None,
        declined=False,
    )
    return _Order(policy, agent), memories[::2], memories[1::2]


def test_a_memory_is_shown_on_the_side_that_its_pair_leads_to_and_only_if_it_is_ready_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("protocols.entanglement.swapping.keeps_relaxation", lambda _: False)
    asked: list[tuple[list[Any], list[Any]]] = []
    order, left, right = bench(lambda *sides: asked.append(sides))
    work: Any = order
    assert work.partners(left[1]) is None
    assert work.partners(right[1]) is None
    assert asked == [(left[::-1], right), (left, right[::-1])]
    left[0].partner = None
    assert work.partners(left[0]) is None
    assert len(asked) == 2

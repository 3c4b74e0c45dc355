"""Which pairs a node swaps, policies of single nodes, and what a scenario with unfit ones is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from hardware.processor import GateProcessor
from protocols.entanglement.cutoff import Cutoff
from protocols.entanglement.purification import Purification
from protocols.entanglement.swapping import AskAgain, Swapping
from protocols.entanglement.swapping_orders import AsapSwapping, NestedSwapping
from qsim import registry
from qsim.errors import LifecycleError, RegistryError, ScenarioError, SimulationError, StateError
from qsim.quantum import BellDiagonalState, EntangledPair, OperationNoise
from qsim.quantum.state import S
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, Document, alive, chain, clocked, request

Asked = list[tuple[list[str], list[str]]]


@dataclass(frozen=True)
class Choosy(AsapSwapping):
    """The last of the array on either side, once there are two on each."""

    def choose(self, left: Sequence[Memory], right: Sequence[Memory]) -> tuple[Memory, Memory] | None:
        asked.append(([one.name for one in left], [one.name for one in right]))
        if min(len(left), len(right)) < 2:
            return None
        return max(left, key=index), max(right, key=index)


@dataclass(frozen=True)
class DyingEarly(Cutoff):
    """Every other pair is given up after 5 ms."""

    def deadline(self, pair: EntangledPair) -> int | None:
        return None if pair.id % 2 else pair.born + 5 * MS


@dataclass(frozen=True)
class Turned(Purification):
    """A recipe of its own: BBPSSW without the twirl, after a turn about Y."""

    @staticmethod
    def recipe(kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise) -> tuple[float, S]:
        return kept.quarter_turned("y").purified(sacrificed.quarter_turned("y"), first, second)


@dataclass(frozen=True)
class Named(Purification):
    """A recipe by name."""

    recipe = "dejmps"  # type: ignore[assignment]


asked: Asked = []


def index(memory: Memory) -> int:
    return memory.index


@pytest.fixture(autouse=True)
def own_kinds() -> Iterator[None]:
    asked.clear()
    own: tuple[tuple[str, str, type], ...] = (
        ("swapping", "choosy", Choosy),
        ("cutoff", "dying-early", DyingEarly),
        ("purification", "turned", Turned),
        ("purification", "named", Named),
    )
    for kind, name, cls in own:
        registry.register(kind, name)(cls)
    yield
    for kind, name, _ in own:
        registry.unregister(kind, name)


def faults(document: Document) -> str:
    with pytest.raises(ScenarioError) as caught:
        from_document(document)
    return str(caught.value)


@pytest.mark.parametrize("late", [0, 1])
def test_a_policy_sees_all_pairs_of_either_side_and_may_wait(late: int) -> None:
    """Two pairs of the right link are ready at 21.5 ms, and one of the left; its other comes at 28.5 ms.

    The last of either side are joined then. If the latest is not among them, it is asked about once more.
    """
    sink = MemorySink()
    traffic = [request("n0", "n2", memories=2, start="20 ms")]
    engine = alive(chain(2, swapping="choosy", count=4, traffic=traffic), trace=sink)
    engine.node("n0").memories[late].ready_at = 27 * MS
    early, latest = f"n1[{1 - late}]", f"n1[{late}]"
    engine.run_until(22 * MS)
    assert asked[-1] in (([early], ["n1[2]", "n1[3]"]), ([early], ["n1[3]", "n1[2]"]))
    asked.clear()
    engine.run_until(29 * MS)
    assert asked[0] == ([latest, early], ["n1[2]", "n1[3]"])
    assert asked[1:] == ([(["n1[0]"], ["n1[2]"])] if late == 0 else [])
    ((time, *_),) = [event for event in sink.events if event[1] == "pair_swapped"]
    assert time == round(28.5 * MS)
    states = [memory.state for memory in engine.node("n1").memories]
    waits, works = MemoryState.ENTANGLED, MemoryState.GENERATING
    assert states == [waits, works, waits, works]


def test_memories_tell_fidelity_and_age_of_their_pairs() -> None:
    engine = alive(chain(1, generation=clocked(fidelity=0.9), memory={"depolarising_time": "1 s"}))
    engine.request("n0", "n1", start="20 ms")
    memory = engine.node("n0").memories[0]
    engine.run_until(10 * MS)
    with pytest.raises(LifecycleError, match=r"n0\[0\] holds no half of a pair; it is FREE"):
        _ = memory.fidelity
    engine.run_until(30 * MS)
    # Emitted at 20 ms, absorbed half a millisecond later.
    assert memory.age == pytest.approx(9.5e-3)
    assert memory.fidelity == engine.node("n1").memories[0].fidelity
    assert 0.85 < memory.fidelity < 0.9


@pytest.mark.parametrize(("at", "share"), [("n1", 0.0), ("n2", 0.0), ("n0", 1.0)])
def test_a_node_has_a_swapping_policy_of_its_own(at: str, share: float) -> None:
    """One router of two never succeeds; the policy of an end node plays no part."""
    policy = {"kind": "nested", "success_probability": 0.0}
    document = chain(3, nodes={at: {"swapping": policy}}, traffic=[request("n0", "n3")])
    engine = alive(document)
    engine.run()
    assert (engine.apps[0].flow.pairs > 50) == bool(share)


@pytest.mark.parametrize("responder", ["n0", "n1"])
def test_the_purification_of_the_end_nearer_the_responder_holds_for_both(responder: str) -> None:
    """One end purifies, the other would not; both must think alike of every pair."""
    document = chain(
        1,
        purification="none",
        generation=clocked(0.5e-3, fidelity=0.8),
        nodes={responder: {"purification": "bbpssw"}},
        traffic=[request({"n0": "n1", "n1": "n0"}[responder], responder, memories=2, fidelity=0.83)],
    )
    engine = alive(document)
    result = engine.run()
    assert len(result.pairs) > 20
    assert min(pair.fidelity for pair in result.pairs) >= 0.83
    assert engine.context.dropped == 0


def test_a_target_is_out_of_reach_where_the_end_nearer_the_responder_does_not_purify() -> None:
    document = chain(
        1,
        generation=clocked(0.5e-3, fidelity=0.8),
        nodes={"n0": {"purification": "bbpssw"}},
        traffic=[request("n0", "n1", memories=2, fidelity=0.83)],
    )
    assert "above 0.8 with 2 memories at each end, got 0.83" in faults(document)


def test_a_cutoff_of_ones_own_says_when_each_pair_dies() -> None:
    engine = alive(chain(1, nodes={"n1": {"cutoff": "dying-early"}}))
    engine.request("n0", "n1", start="20 ms", memories=2)
    engine.run_until(30 * MS)
    assert [row.expired for row in engine.result().memories] == [1, 1]
    deadlines = {memory.deadline for node in engine.nodes.values() for memory in node.memories}
    assert None in deadlines


@pytest.mark.parametrize("formalism", ["bell-diagonal", "density-matrix"])
def test_a_recipe_of_ones_own_runs_in_every_formalism(formalism: str) -> None:
    pair = BellDiagonalState.werner(0.8)
    _, state = Turned().recipe(pair, pair, OperationNoise(), OperationNoise())
    document = chain(
        1,
        purification="turned",
        generation=clocked(0.5e-3, fidelity=0.8),
        traffic=[request("n0", "n1", memories=2, fidelity=state.fidelity() - 1e-9)],
    )
    document["run"]["formalism"] = formalism
    result = alive(document).run()
    assert {round(one.fidelity, 12) for one in result.pairs} == {round(state.fidelity(), 12)}


@pytest.mark.parametrize("own", ["dejmps", "turned"])
def test_a_recipe_that_the_formalism_cannot_follow_is_a_fault(own: str) -> None:
    document = chain(1, purification=own)
    document["run"]["formalism"] = "scalar-fidelity"
    said = faults(document)
    assert "protocols.purification: the formalism 'scalar-fidelity' cannot follow its recipe" in said
    assert "has no axes to turn about" in said


def test_a_recipe_is_a_function() -> None:
    said = faults(chain(1, purification="named"))
    assert "protocols.purification: Named.recipe must be a function of two pair states, got 'dejmps'" in said


def test_a_memory_whose_decay_the_formalism_cannot_follow_is_a_fault() -> None:
    document = chain(1, memory={"t2": "1 s"})
    document["run"]["formalism"] = "scalar-fidelity"
    said = faults(document)
    assert "the formalism 'scalar-fidelity' cannot follow" in said
    assert "memory" in said


def test_a_path_has_one_order_of_swapping() -> None:
    said = faults(chain(2, swapping="asap", nodes={"n1": {"swapping": "nested"}}))
    assert "nodes.n1.swapping: NestedSwapping swaps in an order of its own" in said
    assert "AsapSwapping" in said
    alive(chain(2, swapping="asap", nodes={"n1": {"swapping": "choosy"}}))


class NoRanks(Swapping):
    """Lacks its order."""


class NoDeadline(Cutoff):
    """Lacks its deadline."""


class Empty:
    """Lacks everything."""


class Pretender(NestedSwapping):
    """Fits another kind."""


@pytest.mark.parametrize(
    ("kind", "cls", "lacks"),
    [
        ("swapping", NoRanks, "ranks(nodes)"),
        ("cutoff", NoDeadline, "deadline(pair)"),
        ("processor", Empty, "duration_ps()"),
        ("formalism", Empty, "swapped(other, noise)"),
        ("purification", Pretender, "Purification` among its bases"),
    ],
)
def test_a_class_that_lacks_something_is_refused_when_it_is_registered(
    kind: str, cls: Any, lacks: str
) -> None:
    with pytest.raises(RegistryError, match=rf"class {cls.__name__} .*test_policies\.py") as caught:
        registry.register(kind, "lacking")(cls)
    assert lacks in str(caught.value)
    assert "See docs/how-to/" in str(caught.value)
    assert "lacking" not in registry.names(kind)


def test_a_processor_needs_no_base_class() -> None:
    class Perfect:
        """Does everything at once and well."""

        gate_noise = swap_noise = OperationNoise()

        def duration_ps(self) -> int:
            return 0

    registry.register("processor", "perfect")(Perfect)
    try:
        engine = alive(chain(2, nodes={"n1": {"processor": "perfect"}}, traffic=[request("n0", "n2")]))
        assert isinstance(engine.node("n0").processor, GateProcessor)
        assert engine.run().pairs[0].fidelity == 1.0
    finally:
        registry.unregister("processor", "perfect")


def _line(**protocols: Any) -> dict[str, Any]:
    return {
        "run": {"duration": 0.5, "seed": 2},
        "defaults": {"memory": {"count": 4}},
        "nodes": ["a", "r", "b"],
        "links": [{"between": ["a", "r"], "length": "5 km"}, {"between": ["r", "b"], "length": "5 km"}],
        "protocols": protocols,
        "traffic": [{"kind": "request", "initiator": "a", "responder": "b", "memories": 2}],
    }


@pytest.fixture
def policy() -> Iterator[Callable[[Callable[..., Any]], None]]:
    """Registers a swapping policy "test-choice" with the given `choose`."""

    def make(choose: Callable[..., Any]) -> None:
        body = {"choose": lambda _self, left, right: choose(left, right), "__doc__": "A choice."}
        registry.register("swapping", "test-choice")(
            dataclass(frozen=True)(type("Choice", (AsapSwapping,), body))
        )

    yield make
    registry.unregister("swapping", "test-choice")


def test_policy_that_waits_for_an_age_is_asked_again(policy: Any) -> None:
    ages: list[float] = []

    def choose(left: Any, right: Any) -> Any:
        youngest = min(left[0].age, right[0].age)
        if youngest < 1e-3:
            return AskAgain(1e-3 - youngest)
        ages.append(youngest)
        return left[0], right[0]

    policy(choose)
    result = from_document(_line(swapping="test-choice")).run()
    assert not result.stalls
    assert result.flows[0].pairs > 50
    assert min(ages) >= 1e-3 - 1e-12


def test_each_time_to_ask_again_is_counted_until_it_has_come(policy: Any) -> None:
    """Else a flow whose policy waits would pass for one that is stuck, or the other way round."""
    policy(lambda left, right: AskAgain(1e-4) if left[0].age < 1e-3 else (left[0], right[0]))
    engine: Any = from_document(_line(swapping="test-choice")).engine(seed=0)
    timers = set()
    while engine.sim.now < 100 * MS and engine.sim.step():
        timers |= {agent.timers for agent in engine.stack("r").agents.values()}
    assert min(timers) == 0
    assert 1 <= max(timers) <= 10


def test_policy_that_joins_nothing_is_named_by_the_stall(policy: Any) -> None:
    policy(lambda _left, _right: None)
    (stall,) = from_document(_line(swapping="test-choice")).run().stalls
    assert "the swapping policy at r joins none of the pairs that are ready there" in stall.cause


@pytest.mark.parametrize(
    "choose",
    [
        lambda left, right: (right[0], left[0]),
        lambda left, _: (left[0], left[-1]),
        lambda left, _: left[0],
    ],
)
def test_choice_of_what_was_not_offered_is_refused(policy: Any, choose: Any) -> None:
    policy(choose)
    with pytest.raises(SimulationError, match=r"Choice.choose at node 'r' must give a memory of `left`"):
        from_document(_line(swapping="test-choice")).run()


@pytest.mark.parametrize(
    "recipe",
    [
        lambda kept, *_: kept,
        lambda kept, *_: (1.1, kept),
        lambda kept, *_: (-0.1, kept),
        lambda kept, *_: (0.5, kept.fidelity()),
    ],
)
def test_recipe_that_gives_no_probability_or_no_state_is_a_fault(recipe: Any) -> None:
    kind = type("Halved", (Purification,), {"recipe": staticmethod(recipe)})
    registry.register("purification", "test-recipe")(dataclass(frozen=True)(kind))
    try:
        with pytest.raises(
            ScenarioError, match=r"Halved.recipe must take two pair states .* probability and a state"
        ):
            from_document(_line(purification="test-recipe"))
    finally:
        registry.unregister("purification", "test-recipe")


def test_recipe_that_the_formalism_cannot_follow_is_told_once_where_a_fidelity_is_asked_for() -> None:
    document = _line(purification="dejmps")
    document["run"]["formalism"] = "scalar-fidelity"
    document["traffic"][0]["fidelity"] = 0.8
    with pytest.raises(ScenarioError, match="cannot follow its recipe") as caught:
        from_document(document)
    assert len(caught.value.faults) == 1


def test_formalism_that_cannot_swap_is_a_fault_where_there_is_a_router() -> None:
    @registry.register("formalism", "test-still")
    class Still(BellDiagonalState):
        """Pairs that nobody joins."""

        def swapped(self, other: Any, noise: OperationNoise) -> Any:
            raise StateError("these pairs cannot be joined")

    try:
        document = _line(swapping="asap")
        document["run"]["formalism"] = "test-still"
        with pytest.raises(ScenarioError, match="'test-still' cannot swap: these pairs cannot be joined"):
            from_document(document)
    finally:
        registry.unregister("formalism", "test-still")

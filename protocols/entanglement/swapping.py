"""Entanglement swapping: joining two pairs at a node between them.

Policies say when a node swaps, and which pairs. All of them use one operation: a Bell measurement on the two
memories by the node's processor, whose outcome goes to both far ends as a message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Annotated, ClassVar

from hardware.memory import MemoryState
from protocols.entanglement.swap_operation import SwapOperation
from protocols.rules import SWAP, Rule
from qsim.errors import ParameterError, SimulationError, StateError
from qsim.parameters import Declared, Param
from qsim.quantum.noise import PERFECT
from qsim.quantum.state import keeps_relaxation
from qsim.registry import define_kind
from qsim.units import to_ps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hardware.memory import Memory
    from protocols.entanglement.view import FlowView
    from qsim.model.check_context import CheckContext

_ENTANGLED = MemoryState.ENTANGLED


@dataclass(frozen=True, slots=True)
class AskAgain:
    """What `Swapping.choose` gives to wait for a time, s, or for another pair, whichever comes first."""

    after: float


@dataclass(frozen=True)
class Swapping(Declared, ABC):
    """What all swapping policies share.

    A policy of a user's own derives from this class or from one of the others, overrides `ranks`, `choose` or
    both, and is registered under the kind "swapping". A node may have a policy of its own; the order along a
    path (`ranks`, `concurrent`) is that of the network all the same.
    """

    success_probability: Annotated[
        float,
        Param("probability that a Bell measurement succeeds; a failed one loses both pairs", ge=0, le=1),
    ] = 1.0
    degradation: Annotated[
        float,
        Param("factor on the fidelity of a swapped pair, in the scalar-fidelity formalism alone", ge=0, le=1),
    ] = 1.0
    consent: Annotated[
        bool,
        Param("ask both far ends before swapping and wait for their answers", source="SeQUeNCe does so"),
    ] = False

    #: Whether neighbours may swap without knowing of each other, so that swap results have to be passed on.
    concurrent: ClassVar[bool] = False

    @abstractmethod
    def ranks(self, nodes: int) -> list[int]:
        """The order of swapping along a path: nodes of lower rank swap first.

        Args:
            nodes: number of nodes of the path, both ends included.

        Returns:
            One rank for each node. A node joins the pairs that reach to the next nodes on either side whose
            rank is higher than its own, or, for a concurrent policy, any pairs to either side.
        """

    def choose(
        self, left: Sequence[Memory], right: Sequence[Memory]
    ) -> tuple[Memory, Memory] | AskAgain | None:
        """The two memories to join now, asked whenever a pair has become ready and there is one on each side.

        Args:
            left, right: memories whose pairs are ready, towards the initiator and the responder. The one that
                has just become ready is the first of its side.

        Returns:
            One of either side, None to wait until another becomes ready, or `AskAgain` to be asked again
            after a time. Unless overridden, the first of either side.
        """
        return left[0], right[0]

    def check(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """Note a formalism that cannot swap, and a node whose order of swapping is not the network's."""
        if self is context.protocols.swapping and len(context.nodes) > 2:
            pair = context.formalism.werner(0.9)
            try:
                pair.swapped(pair, PERFECT)
            except (StateError, NotImplementedError) as error:
                yield "", f"the formalism '{context.run.formalism}' cannot swap: {error}"
        order = type(context.protocols.swapping)
        if (type(self).ranks, self.concurrent) != (order.ranks, order.concurrent):
            yield (
                "",
                f"{type(self).__name__} swaps in an order of its own, and a path has one order, that of "
                f"protocols.swapping: derive it from {order.__name__}, or change that of the network",
            )

    @property
    def oldest_first(self) -> bool:
        """Whether the oldest of several pairs on one side is taken, rather than the first by index."""
        return False

    def rules(self, agent: FlowView) -> Iterable[Rule]:
        """The swap rule of one node on the path of a flow; none at the ends."""
        if agent.left is None or agent.right is None:
            return ()
        order = _Order(self, agent)
        return (Rule("swap", SWAP, (_ENTANGLED,), agent.memories, order.partners, order.act),)


class _Order(SwapOperation):
    """A swapping policy at work at one node on the path of one flow."""

    def __init__(self, policy: Swapping, agent: FlowView) -> None:
        # Only relaxation tells a half that waits for its correction from one that has had it.
        relaxes = keeps_relaxation(agent.stack.context.formalism) and any(
            law.relaxation for end in agent.flow.path for law in end.memories.laws
        )
        fades = any(memory.retrieval is not None for memory in agent.memories)
        super().__init__(policy, agent.stack, agent.node, relaxes=relaxes, fades=fades)
        self._policy = policy
        self._agent = agent
        self._oldest_first = policy.oldest_first
        self._chooses = type(policy).choose is not Swapping.choose
        # Memories of either side whose pairs wait for a partner, after what orders them and their index.
        self._waiting: tuple[list[tuple[int, int, Memory]], ...] = ([], [])
        self._listed: set[tuple[int, int, Memory]] = set()
        self._asked: Memory | None = None
        path, here = agent.flow.path, agent.position
        order = agent.stack.order
        if order.concurrent:
            self._ends = frozenset(path[:here]), frozenset(path[here + 1 :])
        else:
            ranks = agent.flow.ranks = agent.flow.ranks or order.ranks(len(path))
            if len(ranks) != len(path):
                raise ParameterError(
                    f"the swapping order {ranks} must have {len(path)} ranks, one for each node"
                )
            self._ends = (
                frozenset({path[_next_higher(ranks, range(here, -1, -1))]}),
                frozenset({path[_next_higher(ranks, range(here, len(path)))]}),
            )

    def partners(self, memory: Memory) -> tuple[Memory, Memory] | None:
        """The two memories to join now that one of them has become ready, left before right."""
        agent = self._agent
        assert agent.left is not None
        assert agent.right is not None
        if self._chooses:
            return self._chosen(memory, agent.left, agent.right)
        # What `choose` gives unless overridden, without listing all that is ready.
        side = 0 if memory.index in agent.left_indices else 1
        if not self._ready(memory, self._ends[side]):
            return None
        waiting, ends, oldest = self._waiting[1 - side], self._ends[1 - side], self._oldest_first
        while waiting:
            key, _, other = waiting[0]
            if (not oldest or key == other.heralded_id) and self._ready(other, ends):
                return (memory, other) if side == 0 else (other, memory)
            # It has found other use since; it comes again once it is ready again.
            self._listed.discard(heappop(waiting))
        entry = memory.heralded_id if oldest else memory.index, memory.index, memory
        if entry not in self._listed:
            self._listed.add(entry)
            heappush(self._waiting[side], entry)
        return None

    def _chosen(
        self, memory: Memory, left: list[Memory], right: list[Memory]
    ) -> tuple[Memory, Memory] | None:
        """What the policy chooses of all that is ready, if the memory is."""
        ready = [
            sorted(
                (other for other in self._in_order(side) if self._ready(other, ends)),
                key=lambda other: other is not memory,
            )
            for side, ends in zip((left, right), self._ends, strict=True)
        ]
        if not all(ready) or not any(side[0] is memory for side in ready):
            return None
        self._asked = memory
        chosen = self._policy.choose(*ready)
        self._agent.declined = chosen is None
        if isinstance(chosen, AskAgain):
            self._agent.timers += 1
            self._node.sim.post(max(1, to_ps(chosen.after)), self._ask_again, memory)
            return None
        if chosen is None:
            return None
        given: object = chosen
        if (
            not isinstance(given, tuple)
            or len(given) != 2
            or any(one not in side for one, side in zip(given, ready, strict=True))
        ):
            raise SimulationError(
                f"{type(self._policy).__name__}.choose at node '{self._node.name}' must give a memory of "
                f"`left` and one of `right`, None or AskAgain, got {chosen!r}"
            )
        return chosen

    def _ask_again(self, memory: Memory) -> None:
        self._agent.timers -= 1
        if memory.state is _ENTANGLED:
            self._agent.stack.resources.update(memory)

    def _in_order(self, memories: list[Memory]) -> list[Memory]:
        """The memories of one side in the order in which they are considered."""
        if self._oldest_first and len(memories) > 1:
            return sorted(memories, key=_heralded)
        return memories

    def _ready(self, memory: Memory, ends: frozenset[object]) -> bool:
        return (
            memory.state == _ENTANGLED
            and memory.partner is not None
            and memory.partner.node in ends
            and self._agent.good_enough(memory)
        )

    def act(self, memories: tuple[Memory, ...]) -> None:
        """Swap now, or begin to, or ask first."""
        asked = self._asked
        self.begin(memories)
        if asked is not None and asked not in memories:
            # The policy has joined others: the one that it was asked about may go with what is left.
            self._agent.stack.resources.update(asked)


def _heralded(memory: Memory) -> int:
    return memory.heralded_id


def _next_higher(ranks: list[int], places: range) -> int:
    """The first place along the way from `places[0]` whose rank is higher.

    Raises:
        ParameterError: there is none, or one of equal rank comes first: neither of the two could begin.
    """
    here = places[0]
    for place in places[1:]:
        if ranks[place] > ranks[here]:
            return place
        if ranks[place] == ranks[here]:
            break
    raise ParameterError(
        f"the swapping order {ranks} gives node {here} of the path nobody to wait for: along the path the "
        "next rank that is not lower must be higher, unless the policy is concurrent"
    )


define_kind("swapping", Swapping, "how-to/swapping-policy.md")

"""Tracking: results of swaps find the memories that they concern.

Every message about a pair names it by its number. A node that holds the pair takes the result; one that has
swapped the pair away in the meantime passes it on to where its own swap has sent the pair; one that may be
about to hear of the pair keeps the result for as long as a message can be under way. Anything else is counted
and dropped, never applied to whatever the memory holds by now.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hardware.memory import MemoryState
from protocols.entanglement.cutoff import earlier

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.entanglement.consent import ConsentProtocol
    from protocols.entanglement.cutoff import CutoffTimers
    from protocols.resources import ResourceManager


@dataclass(slots=True)
class SwapResult:
    """A pair of yours has been swapped.

    Attributes:
        memory: the memory that held its half when the sender last knew.
        pair_id: the pair spoken of.
        success: whether the swap succeeded; otherwise the pair is lost.
        new_id: number of the pair that replaces it.
        partner: the memory at the far end of the new pair.
        deadline: when the new pair is to be given up, ps; None for never.
        flows: numbers of the flows that it may serve; None where its memories serve one only.
        used: the flow for which the other half has been used up, where that is why the pair is no more.
        links: how many links the new pair spans, from the memory on.
    """

    memory: Memory
    pair_id: int
    success: bool
    new_id: int
    partner: Memory
    deadline: int | None
    flows: frozenset[int] | None = None
    used: int | None = None
    links: int = 1


class SharedHalves(Protocol):
    """Halves that may serve any of several flows, so that their two ends may use them for different ones."""

    def has_used(self, memory: Memory, pair_id: int) -> bool:
        """Whether a pair has been used here, in a memory that holds another by now or none."""
        ...

    def used_elsewhere(self, memory: Memory, flow: int) -> None:
        """The other half of what a memory holds has been used for a flow, of this number."""
        ...


@dataclass(slots=True)
class _Onward:
    """Where the other half of a pair that was swapped away here is, and the number it is known by there.

    It is so many links from here.
    """

    far: Memory
    far_id: int
    links: int


class SwapTracker:
    """Takes the swap results that come to one node.

    A chain of swaps that cross each other gives its pair several numbers; the greatest, that of the last
    swap, is the one that all end up with. Each swap leads farther away, so of the memories named by results,
    in whichever order they come, the one that is the most links away is the partner.

    Attributes:
        horizon: how long a swap result can be under way on the longest path served here so far, ps.
        shared: the halves at this node, where they serve several flows.
    """

    def __init__(
        self,
        context: Context,
        node: QuantumNode,
        resources: ResourceManager,
        consent: ConsentProtocol,
        timers: CutoffTimers,
        give_up: Callable[[Memory], None],
    ) -> None:
        self._context = context
        self._node = node
        self._resources = resources
        self._consent = consent
        self._timers = timers
        self._give_up = give_up
        self._onward: dict[int, _Onward] = {}
        # Made at the first swap: most nodes of a large network never swap, and an empty queue weighs 600 B.
        self._expiry: deque[tuple[int, int]] | None = None
        self._early: dict[int, list[SwapResult]] = {}
        self.horizon = 0
        self.shared: SharedHalves | None = None
        node.on(SwapResult, self.on_swap_result)

    def remember(self, pair_id: int, far: Memory, far_id: int, links: int) -> None:
        """Note that a pair was swapped away here, for results that cross ours on their way.

        Args:
            pair_id: the pair that is no more.
            far: the memory at the other end of the pair that it was joined to.
            far_id: the number of the joined pair, as our own result tells that memory.
            links: how many links it is away.
        """
        now = self._node.sim.now
        expiry = self._expiry
        if expiry is None:
            expiry = self._expiry = deque()
        while expiry and expiry[0][0] < now:
            self._onward.pop(expiry.popleft()[1], None)
        self._onward[pair_id] = _Onward(far, far_id, links)
        expiry.append((now + self.horizon, pair_id))
        if self._early:
            self._replay(pair_id)

    def on_swap_result(self, source: Node, result: SwapResult) -> None:
        """Take the result of a swap, pass it on, keep it until its time, or drop it."""
        memory = result.memory
        if memory.pair_id != result.pair_id:
            memory = self._node.holder(memory, result.pair_id)
        if memory.pair_id == result.pair_id:
            self._take(memory, result)
        elif result.pair_id in self._onward:
            self._pass_on(self._onward[result.pair_id], result)
        elif result.used is not None and self.shared and self.shared.has_used(memory, result.pair_id):
            pass  # Both ends have used their halves, as they should.
        elif memory.newest_id < result.pair_id or self._onward:
            # What tells of the pair itself may be on its way: delays need not obey the triangle inequality.
            self._early.setdefault(result.pair_id, []).append(result)
            self._node.sim.post(self.horizon, self._outlived, source, result)
        else:
            self._drop(source)

    def _outlived(self, source: Node, result: SwapResult) -> None:
        """Drop a result whose pair nobody here has heard of in all the time that it could take."""
        waiting = self._early.get(result.pair_id)
        if waiting is not None and waiting[0] is result:
            del waiting[0]
            if not waiting:
                del self._early[result.pair_id]
            self._drop(source)

    def _drop(self, source: Node) -> None:
        self._context.dropped += 1
        if self._node.sim.trace is not None:
            self._node.emit("message_dropped", message="SwapResult", reason=source.name)

    def _take(self, memory: Memory, result: SwapResult) -> None:
        if result.used is not None and self.shared is not None:
            self.shared.used_elsewhere(memory, result.used)
            return
        if not result.success and memory.state is MemoryState.HELD:
            # Where news can be lost, a half was handed over whose other one never came to be.
            self._give_up(memory)
            return
        if not result.success:
            self._consent.forget(memory)
            self._resources.release(memory)
            return
        partner = memory.partner
        if partner is None or result.links > memory.links:
            partner, memory.links = result.partner, result.links
        deadline = earlier(memory.deadline, result.deadline)
        memory.rename(max(result.pair_id, result.new_id), partner, deadline)
        if result.flows is not None:
            memory.serves = result.flows if memory.serves is None else memory.serves & result.flows
        if memory.deadline is not None and not self._timers.watch(memory):
            return
        if self._consent.grant_ends(memory):
            memory.move(MemoryState.ENTANGLED)
        if memory.state == MemoryState.ENTANGLED:
            self._resources.update(memory)
        self.catch_up(memory)

    def catch_up(self, memory: Memory) -> bool:
        """Take the results that came before the memory knew of its pair.

        Returns:
            Whether there was any; the resource manager has been told then.
        """
        return bool(self._early) and self._replay(memory.pair_id)

    def _replay(self, pair_id: int) -> bool:
        early = self._early.pop(pair_id, ())
        for result in early:
            self.on_swap_result(self._node, result)
        return bool(early)

    def _pass_on(self, onward: _Onward, result: SwapResult) -> None:
        far, far_id = onward.far, onward.far_id
        if result.success:
            onward.far_id = max(far_id, result.new_id)
            self._onward[result.new_id] = onward
            assert self._expiry is not None  # `remember` has made what is passed on
            self._expiry.append((self._expiry[-1][0], result.new_id))
        passed = far, far_id, result.success, result.new_id, result.partner, result.deadline, result.flows
        self._node.send(far.node, SwapResult(*passed, result.used, result.links + onward.links))
        if result.success and self._early:
            self._replay(result.new_id)

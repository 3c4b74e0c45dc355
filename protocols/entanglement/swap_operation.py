"""The operation of a swap: a Bell measurement on two memories, whose outcome goes to both far ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from hardware.memory import MemoryState
from protocols.entanglement.cutoff import earlier
from protocols.entanglement.tracking import SwapResult
from qsim.quantum.pair import EntangledPair, Owed, Owing
from qsim.quantum.state import mirrored

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.entanglement.consent import Proposal
    from protocols.entanglement.view import StackView
    from qsim.quantum.pair import Holder


class SwapParameters(Protocol):
    """What a swapping policy says of the operation."""

    @property
    def success_probability(self) -> float:
        """That a swap succeeds."""
        ...

    @property
    def degradation(self) -> float:
        """Factor on the fidelity of each swap."""
        ...

    @property
    def consent(self) -> bool:
        """Whether the far ends are asked before."""
        ...


class SwapOperation:
    """Swaps at one node.

    Args:
        policy: the swapping policy.
        stack: the node's protocols.
        node: the node.
        relaxes: whether corrections that are on their way matter to the state.
        fades: whether a half may fail to come out of its memory.
    """

    def __init__(
        self, policy: SwapParameters, stack: StackView, node: QuantumNode, *, relaxes: bool, fades: bool
    ) -> None:
        self._stack = stack
        self._node = node
        self._relaxes = relaxes
        self._fades = fades
        self._asks = policy.consent
        self._success = policy.success_probability
        noise = node.processor.swap_noise
        if noise.degradation != policy.degradation:
            noise = replace(noise, degradation=policy.degradation)
        self._noise = noise
        self._duration = node.processor.duration_ps()
        # Whether neighbours may swap without knowing of this, so that their results have to be passed on.
        self._concurrent = stack.order.concurrent

    def begin(self, memories: tuple[Memory, ...]) -> None:
        """Swap two memories now, the one whose pair leads upstream first; or begin to, or ask first."""
        if self._asks:
            self._stack.consent.propose(MemoryState.SWAPPING, memories, self._on_consent)
        elif self._duration:
            self._stack.consent.operate(MemoryState.SWAPPING, memories, self._on_consent)
        else:
            self._swap(*memories)

    def _shared(self, left: Memory, right: Memory) -> frozenset[int] | None:
        """The flows that a joined pair may serve; None where its memories serve one only."""
        return None

    def _on_consent(self, proposal: Proposal) -> None:
        self._stack.consent.conclude(proposal)
        left, right = proposal.memories
        self._swap(left, right)

    def _swap(self, left: Memory, right: Memory) -> None:
        """Join the pairs of two memories and let the far ends know."""
        sim = self._node.sim
        now = sim.now
        far_left, far_right = left.partner, right.partner
        assert far_left is not None
        assert far_right is not None
        # A stream takes a while to make and weighs 3 kB, which a swap that never fails can do without.
        success = self._success >= 1 or sim.stream("swap/" + self._node.name).random() < self._success
        if self._fades:
            out = left.comes_out(), right.comes_out()
            success = success and all(out)
        joins = None if sim.trace is None else (_other_half(left), _other_half(right))
        new_id = self._join(left, right, now) if success else 0
        deadline = earlier(left.deadline, right.deadline)
        left_id, right_id = left.pair_id, right.pair_id
        if joins is not None:
            self._trace(left, right, new_id, joins)
        flows = self._shared(left, right)
        links = left.links + right.links
        for far, old_id, partner in ((far_left, left_id, far_right), (far_right, right_id, far_left)):
            result = SwapResult(far, old_id, success, new_id, partner, deadline, flows, links=links)
            self._node.send(far.node, result)
        left.clear()
        right.clear()
        if success and self._concurrent:
            # Results that came before their time are passed on here, so the memories must have let go by now.
            tracker = self._stack.tracker
            tracker.remember(left_id, far_right, new_id, right.links)
            tracker.remember(right_id, far_left, new_id, left.links)
        resources = self._stack.resources
        resources.update(left)
        resources.update(right)

    def _trace(
        self, left: Memory, right: Memory, new_id: int, joins: tuple[Holder | None, Holder | None]
    ) -> None:
        """Tell of a swap what the node knows of it, and what is true; of a broken pair, who is left.

        Args:
            left, right: the two memories, which still point at the pairs that they held.
            new_id: number of the new pair; 0 for a swap that failed.
            joins: who truly held the other halves; None where nobody did.
        """
        a, b = joins
        near, far = left.pair, right.pair
        assert near is not None
        assert far is not None
        joined = a.pair if new_id and a is not None and b is not None else None
        self._node.emit(
            "pair_swapped",
            left=left.pair_id,
            right=right.pair_id,
            pair=new_id,
            success=new_id != 0,
            true_left=near.id,
            true_right=far.id,
            a=None if a is None else a.name,
            b=None if b is None else b.name,
            fidelity=None if joined is None else joined.fidelity(self._node.sim.now),
        )

    def _join(self, left: Memory, right: Memory, now: int) -> int:
        """Replace two pairs by the one that a successful Bell measurement makes of them.

        Pairs point downstream: the first half of each is the one nearer the initiator.
        """
        near, far = left.pair, right.pair
        assert near is not None
        assert far is not None
        context = self._stack.context
        whole = near.intact and far.intact
        first, second = near.first, far.second
        upstream, downstream = self._node.delay_to(first.node), self._node.delay_to(second.node)
        owed: Owing | None = None
        if not self._relaxes:
            state = near.state(now).swapped(far.state(now), self._noise)
        elif (upstream, first.node.index) < (downstream, second.node.index):
            # The end that hears first makes the correction, whichever way the request goes.
            back = mirrored(far.state(now)).swapped(mirrored(near.state(now)), self._noise)
            state, owed = mirrored(back), (_owing(near, far, 0, now, upstream), far.owing(1, now))
        else:
            state = near.state(now).swapped(far.state(now), self._noise)
            owed = near.owing(0, now), _owing(near, far, 1, now, downstream)
        pair = EntangledPair(
            context.next_id(),
            state,
            first,
            second,
            (now, now),
            (near.stored[0], far.stored[1]),
            now + max(upstream, downstream),
            min(near.born, far.born),
            owed,
        )
        pair.level = 1 + max(near.level, far.level)
        # A pair that had lost a half leaves the memories alone: what they hold by now is something else.
        if whole:
            first.pair = second.pair = pair
        return pair.id


def _other_half(memory: Memory) -> Holder | None:
    """Who truly holds the other half of a pair, wherever the node takes it to be; None if it is gone."""
    pair = memory.pair
    assert pair is not None
    other = pair.second if pair.first is memory else pair.first
    return other if other.pair is pair else None


def _owing(near: EntangledPair, far: EntangledPair, half: int, now: int, news: int) -> Owed:
    """What the half that is corrected waits for: this swap's outcome, and what came with it.

    A correction that was still on its way to the node that swaps is passed on to the corrected end.

    Args:
        near, far: the two pairs that are joined.
        half: 0 for the first half of `near`, 1 for the second of `far`.
        now: when, ps.
        news: from the node that swaps to the end of the half, ps.
    """
    here = [owed.until for owed in (near.owing(1, now), far.owing(0, now)) if owed is not None]
    there = far.owing(1, now) if half else near.owing(0, now)
    until = max(now, *here) + news if here else now + news
    return Owed(0, until if there is None else max(until, there.until))

"""Looks at a live network between two events and says what must never be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isclose
from typing import Any

from hardware.memory import TRANSITIONS, Memory, MemoryState
from protocols.entanglement.tracking import SwapResult

_OPERATED = (MemoryState.PURIFYING, MemoryState.SWAPPING)
_SLACK = 1e-9


class LifeCycle:
    """A trace sink that holds every memory to its life cycle."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, int], MemoryState] = {}
        self.visited: set[tuple[MemoryState, MemoryState]] = set()

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        if event == "memory_changed":
            key = entity, fields["memory"]
            before, after = self.states.get(key, MemoryState.FREE), MemoryState[fields["state"]]
            assert after in TRANSITIONS[before], f"{key} went from {before.name} to {after.name} at {time_ps}"
            self.states[key] = after
            self.visited.add((before, after))

    def close(self) -> None:
        pass


class Watch:
    """The invariants of one network.

    Args:
        engine: the live network.

    Attributes:
        looks: how often it has looked.
    """

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.sim = engine.sim
        self.looks = 0
        self._sessions: dict[Any, None] = {}
        self._memories = [memory for node in engine.nodes.values() for memory in node.memories]

    def look(self) -> None:
        """Check everything."""
        self.looks += 1
        following = self.sim.next_time()
        assert following is None or following >= self.sim.now, "an event lies in the past"
        self._check_pairs()
        self._check_uses()
        self._check_promises()
        if not any(self._news()):
            self._check_knowledge()

    def sessions(self) -> dict[Any, None]:
        """Every session that has ever been opened."""
        for stack in self.engine.stacks.values():
            for agent in stack.agents.values():
                known = (agent._left_session, agent._right_session)
                self._sessions.update(dict.fromkeys(one for one in known if one is not None))
        return self._sessions

    def at_rest(self) -> None:
        """Check that nothing is left of flows that are all over."""
        self.look()
        for memory in self._memories:
            assert memory.state is MemoryState.FREE, memory.name
        for session in self.sessions():
            assert list(offered(session)) == []
        for stack in self.engine.stacks.values():
            assert stack.agents == {}
            assert self.engine.reservations[stack.node].calendar.flows == ()
            assert in_hand(stack) == ({}, {}, {}, {})
            assert stack.tracker._early == {}
            assert not any(any(states) for states in stack.resources._rules)

    def _check_pairs(self) -> None:
        holders: dict[int, list[Memory]] = {}
        pairs = {}
        for memory in self._memories:
            if memory.pair is not None:
                pairs[id(memory.pair)] = memory.pair
                holders.setdefault(id(memory.pair), []).append(memory)
        for key, pair in pairs.items():
            assert all(memory in (pair.first, pair.second) for memory in holders[key]), pair
            assert (len(holders[key]) == 2) == pair.intact, pair
            assert pair.first.node is not pair.second.node
            state = pair.state(self.sim.now)
            weights = state.probabilities()
            assert all(-_SLACK <= weight <= 1 + _SLACK for weight in weights), weights
            assert isclose(sum(weights), 1, abs_tol=1e-9)
            assert -_SLACK <= state.fidelity() <= 1 + _SLACK

    def _check_uses(self) -> None:
        """A memory is used by one thing at a time, and its state says by which."""
        used: dict[Memory, list[object]] = {memory: [] for memory in self._memories}
        for session in self.sessions():
            for memory in offered(session):
                used[memory].append(session)
        operated: dict[Memory, list[object]] = {memory: [] for memory in self._memories}
        for stack in self.engine.stacks.values():
            proposals, proposal_of, grants, grant_of = in_hand(stack)
            assert set(proposal_of) == {m for one in proposals.values() for m in one.memories}
            assert set(grant_of) == {m for granted in grants.values() for m in granted}
            for memory in (*proposal_of, *grant_of):
                assert memory.node is stack.node
                operated[memory].append(stack)
        for memory, state in ((memory, memory.state) for memory in self._memories):
            assert len(used[memory]) == (state is MemoryState.GENERATING), (memory.name, state, used[memory])
            assert len(operated[memory]) == (state in _OPERATED), (memory.name, state)
            if state in (MemoryState.FREE, MemoryState.GENERATING):
                assert (memory.pair_id, memory.partner, memory.deadline) == (0, None, None), memory.name
            else:
                assert 0 < memory.pair_id <= memory.newest_id
                assert memory.partner is not None
                assert memory.pair is not None
            if state is MemoryState.FREE:
                assert memory.pair is None, memory.name

    def _check_promises(self) -> None:
        for stack in self.engine.stacks.values():
            for card in self.engine.reservations[stack.node].calendar._cards.values():
                assert all(one[1] < other[0] for one, other in pairwise(card)), card
            taken = [memory for agent in stack.agents.values() if agent.running for memory in agent.memories]
            assert len(set(taken)) == len(taken)
            for memory, timer in zip(stack.node.memories, stack.timers._timers, strict=True):
                if memory.deadline is not None and memory.deadline > self.sim.now:
                    watched = timer is not None and timer.pending and timer.time <= memory.deadline
                    assert watched or self._report_due(memory), memory.name

    def _report_due(self, memory: Memory) -> bool:
        """Whether the memory has become entangled at this instant and its node is about to hear of it."""
        return memory.since == self.sim.now

    def _check_knowledge(self) -> None:
        """With no swap result on its way, both ends of a pair know each other and give it one number."""
        for memory in self._memories:
            pair = memory.pair
            if memory.partner is None or pair is None or not pair.intact:
                continue
            other = pair.second if memory is pair.first else pair.first
            assert memory.partner is other, (memory.name, memory.partner.name)
            if other.partner is not None:
                assert other.partner is memory
                assert other.pair_id == memory.pair_id == pair.id

    def _news(self) -> Iterator[SwapResult]:
        """Swap results that are still to reach somebody."""
        for _, _, fn, args in self.sim._heap:
            if getattr(fn, "__name__", "") == "receive" and isinstance(args[1], SwapResult):
                yield args[1]
        transport = self.engine.classical.transport
        for message in transport.under_way() if transport is not None else ():
            if isinstance(message, SwapResult):
                yield message
        for stack in self.engine.stacks.values():
            for early in stack.tracker._early.values():
                yield from early


def in_hand(stack: Any) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
    """What a consent protocol has in hand: proposals, by token and by memory, and grants, likewise."""
    consent = stack.consent
    return consent._proposals, consent._proposal_of, consent._grants, consent._grant_of


def offered(session: Any) -> Iterator[Memory]:
    """The memories that a session has, whatever its kind."""
    yield from session._attempts
    for name in ("_idle_up", "_idle_down", "_waiting", "_asking"):
        for entry in getattr(session, name, ()):
            yield entry if isinstance(entry, Memory) else entry.memory

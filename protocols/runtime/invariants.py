"""What must hold after every event of a run, looked at on request.

Every look goes over all memories, so a run with it is slow; without it nothing of this is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import isclose
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hardware.memory import MemoryState
from protocols.network.calendar import WHOLE
from qsim.errors import InvariantError, StateError
from qsim.units import to_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.network.calendar import Calendar
    from protocols.network.network_view import NetworkView
    from protocols.node.stack import NodeStack
    from qsim.kernel import Simulator
    from qsim.model.specs import ScenarioSpec
    from qsim.quantum.group import Group
    from qsim.quantum.pair import EntangledPair

#: Rounding that a probability may show.
_SLACK = 1e-9
#: Most qubits of a group whose density matrix is looked at after every event.
_MOST_QUBITS = 6
_EMPTY = (MemoryState.FREE, MemoryState.GENERATING)


class Watched(Protocol):
    """The network that is looked at, a `protocols.runtime.network.NetworkRuntime`."""

    sim: Simulator
    scenario: ScenarioSpec
    nodes: dict[str, QuantumNode]
    view: NetworkView

    @property
    def stacks(self) -> Mapping[Node, NodeStack]:
        """What each node that has taken part runs."""
        ...


class Invariants:
    """The invariants of one live network.

    Args:
        engine: the network.
        command: what replays the run from a command line; left out, made from the scenario.
    """

    def __init__(self, engine: Watched, command: str | None = None) -> None:
        self._engine = engine
        self._replay = command
        self._memories = [memory for node in engine.nodes.values() for memory in node.memories]
        self._last = engine.sim.now

    def look(self, event: str) -> None:
        """Check everything after an event.

        Args:
            event: what has just been called.

        Raises:
            InvariantError: something does not hold; the message says what, when, and how to see it again.
        """
        for broken in self._broken():
            sim = self._engine.sim
            raise InvariantError(
                f"{broken}\n  at {sim.now} ps ({to_s(sim.now):.12g} s), after event {sim.events}, {event}, "
                f"with seed {sim.seed}\n  see it again: {self._command(sim.seed)}"
            )

    def _command(self, seed: int) -> str:
        if self._replay is not None:
            return self._replay
        scenario = self._engine.scenario
        file = scenario.source if not scenario.source.startswith("<") else "SCENARIO.yaml"
        return f"qsim run '{file}' --seed {seed} --detail {scenario.run_spec.detail} --invariants"

    def _broken(self) -> Iterator[str]:
        """What does not hold, one sentence each."""
        yield from self._clock()
        pairs: dict[int, EntangledPair] = {}
        holders: dict[int, list[Memory]] = {}
        groups: dict[int, Group] = {}
        for memory in self._memories:
            yield from _life(memory)
            if memory.group is not None:
                groups[id(memory.group)] = memory.group
            if memory.pair is not None:
                pairs[id(memory.pair)] = memory.pair
                holders.setdefault(id(memory.pair), []).append(memory)
        for key, pair in pairs.items():
            yield from _partners(pair, holders[key])
            yield from _state(pair, self._engine.sim.now)
        for group in groups.values():
            yield from _members(group)
        yield from self._promises()

    def _clock(self) -> Iterator[str]:
        sim, last = self._engine.sim, self._last
        self._last = sim.now
        following = sim.next_time()
        if sim.now < last:
            yield f"the clock ran back from {last} ps to {sim.now} ps"
        if following is not None and following < sim.now:
            yield f"an event of {following} ps is still in the queue at {sim.now} ps"

    def _promises(self) -> Iterator[str]:
        for node, calendar in self._engine.view.calendars.items():
            for place, card in calendar.cards():
                for (_, until, one), (since, _, other) in pairwise(card):
                    if since <= until:
                        yield (
                            f"place {place} of '{node.name}' is promised to flows {one} and {other} at once, "
                            f"from {since} to {until} ps"
                        )
            yield from _over_limit(node, calendar, self._engine.sim.now)
        for stack in self._engine.stacks.values():
            serving: dict[Memory, int] = {}
            for number, agent in stack.agents.items():
                for memory in agent.memories if agent.running else ():
                    if serving.setdefault(memory, number) != number:
                        yield f"memory {memory.name} serves flows {serving[memory]} and {number} at once"


def _over_limit(node: QuantumNode, calendar: Calendar, now: int) -> Iterator[str]:
    """More places promised now than an allocation lets the node promise."""
    limit = calendar.limits.get(WHOLE)
    if limit is None:
        return
    promised = sum(any(since <= now <= until for since, until, _ in card) for _, card in calendar.cards())
    if promised > limit.level(now):
        yield f"'{node.name}' has promised {promised} places, and its limit is {limit.level(now)}"


def _life(memory: Memory) -> Iterator[str]:
    """A memory that says that it is empty knows no pair, and one that says otherwise knows one."""
    state = memory.state
    if memory.pair is not None and memory.group is not None:
        yield f"memory {memory.name} holds a half of pair {memory.pair.id} and a qubit of {memory.group!r}"
    if state in _EMPTY:
        if memory.pair_id or memory.partner is not None:
            yield f"memory {memory.name} is {state.name} and names pair {memory.pair_id}"
        if state is MemoryState.FREE and memory.pair is not None:
            yield f"memory {memory.name} is FREE and holds a half of pair {memory.pair.id}"
        # One that waits for the news of its pair may be in a group: the other end is ahead of it.
        if state is MemoryState.FREE and memory.group is not None:
            yield f"memory {memory.name} is FREE and holds a qubit of {memory.group!r}"
    elif memory.pair is not None and not memory.pair_id and state is not MemoryState.LOCAL:
        yield f"memory {memory.name} is {state.name} and knows of no pair"


def _partners(pair: EntangledPair, holders: list[Memory]) -> Iterator[str]:
    """Both halves name the same pair, and nobody else does."""
    strangers = [memory.name for memory in holders if memory not in (pair.first, pair.second)]
    if strangers:
        yield f"pair {pair.id} belongs to {pair.first!r} and {pair.second!r}, and is held by {strangers}"
    elif (len(holders) == 2) != pair.intact:
        names = [memory.name for memory in holders]
        yield f"pair {pair.id} is {'intact' if pair.intact else 'broken'}, and is held by {names}"
    elif len(holders) == 2 and all(memory.pair_id == pair.id for memory in holders):
        one, other = holders
        if not (_names(one, other) and _names(other, one)):
            yield (
                f"{one.name} and {other.name} share pair {pair.id}, and name {_name(one.partner)} and "
                f"{_name(other.partner)} as their partners"
            )


def _name(memory: Memory | None) -> str:
    return "nobody" if memory is None else memory.name


def _names(memory: Memory, other: Memory) -> bool:
    """Whether a memory names another as its partner, or one that the half has left, by a swap or a move."""
    partner = memory.partner
    return partner is other or (partner is not None and partner.pair_id != memory.pair_id)


def _state(pair: EntangledPair, now: int) -> Iterator[str]:
    """A state is normalised and positive."""
    try:
        rho = pair.state(now).density_matrix()
    except StateError as error:
        yield f"pair {pair.id} has no state: {error}"
        return
    yield from _density(f"pair {pair.id}", rho)


def _members(group: Group) -> Iterator[str]:
    """Every qubit of a group is that of one memory, which names the group; its state is a state."""
    members, size = group.members, group.register.size
    if size != len(members) or len(set(map(id, members))) != size:
        yield f"{group!r} has {size} qubits, and they belong to {members}"
        return
    strangers = [repr(member) for member in members if member.group is not group]
    if strangers:
        yield f"{group!r} counts {', '.join(strangers)}, which hold no qubit of it"
    elif size <= _MOST_QUBITS:
        yield from _density(repr(group), group.register.rho(range(size)))


def _density(what: str, rho: NDArray[np.complex128]) -> Iterator[str]:
    trace, least = float(np.trace(rho).real), float(np.linalg.eigvalsh(rho)[0])
    if not isclose(trace, 1, abs_tol=_SLACK):
        yield f"the state of {what} is not normalised: its trace is {trace:.12g}"
    elif not least >= -_SLACK:
        yield f"the state of {what} is not positive: it has the eigenvalue {least:.12g}"

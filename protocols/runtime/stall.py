"""Stall watch: finding flows that can no longer progress, and why.

Swap-as-soon-as-possible with several memories a link can dead-lock unless the oldest pairs go first: pairs of
neighbouring nodes cross, one side of every link is full, and nothing will ever happen again. Nothing in the
event queue says so. The watch looks at each flow now and then: if no attempt that can succeed is under way on
any of its links, no pair has a deadline, no operation awaits an answer, and nothing has changed since the
last look, which was longer ago than any message travels, the flow is stalled. So it is where a node of its
path serves it no more and its initiator does not come to know.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hardware.memory import MemoryState
from protocols.runtime.prospects import darkness
from qsim.kernel import Priority
from qsim.model.rows import Stall
from qsim.units import to_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hardware.classical import Node
    from hardware.memory import Memory
    from protocols.flow import Flow
    from protocols.node.agent import FlowAgent
    from protocols.node.stack import NodeStack
    from qsim.kernel import Simulator

#: Looks at a flow are at least this share of the run apart.
_SHARE = 200
_RESTING = (MemoryState.FREE, MemoryState.GENERATING, MemoryState.ENTANGLED)


class StallWatch:
    """Watches the flows of one simulation, up to a horizon in ps, and reports them in `stalls`.

    A flow that `waits` for something that is down to come up again, or for news of that, is not stalled.
    """

    def __init__(
        self,
        sim: Simulator,
        horizon: int,
        stacks: Mapping[Node, NodeStack],
        stalls: list[Stall],
        waits: Callable[[Flow], bool],
    ) -> None:
        self._sim = sim
        self._waits = waits
        self._stacks = stacks
        self._stalls = stalls
        self._shortest = horizon // _SHARE

    def follow(self, flow: Flow) -> None:
        """Watch a flow from its start to its end."""
        wait = max(0, flow.request.start - self._sim.now)
        self._sim.post(wait + self._interval(flow), self._look, flow, None, priority=Priority.OBSERVE)

    def _interval(self, flow: Flow) -> int:
        return max(flow.message_horizon, self._shortest)

    def _look(self, flow: Flow, before: object) -> None:
        if flow.closed is not None:
            return
        agents = [self._stacks[node].agents.get(flow.id) for node in flow.path]
        running = [agent for agent in agents if agent is not None and agent.running]
        gone = [node.name for node, agent in zip(flow.path, agents, strict=True) if agent is None]
        picture: object = None
        if gone and not self._waits(flow):
            picture = gone
        elif len(running) == len(agents) and not self._waits(flow) and not _busy(flow, running):
            picture = tuple((memory.state, memory.pair_id, memory.since) for memory in _memories(running))
        if picture is not None and picture == before:
            self._report(flow, running, gone)
            return
        self._sim.post(self._interval(flow), self._look, flow, picture, priority=Priority.OBSERVE)

    def _report(self, flow: Flow, agents: list[FlowAgent], gone: list[str]) -> None:
        flow.stall = cause = _left(gone) if gone else _cause(agents)
        request = flow.request
        last = self._sim.now if gone else request.start
        since = max((memory.since for memory in _memories(agents)), default=last)
        self._stalls.append(Stall(to_s(since), request.initiator.name, request.responder.name, cause))
        if self._sim.trace is not None:
            request.initiator.emit("flow_stalled", flow=flow.id, cause=cause)


def _memories(agents: list[FlowAgent]) -> Iterator[Memory]:
    for agent in agents:
        yield from agent.memories


def _busy(flow: Flow, agents: list[FlowAgent]) -> bool:
    """Whether anything is under way that will change the flow's memories."""
    if any(session.working and session.link.profile.success > 0 for session in flow.sessions.values()):
        return True
    if any(agent.busy for agent in agents):
        return True
    return any(memory.state not in _RESTING or memory.deadline is not None for memory in _memories(agents))


def _left(gone: list[str]) -> str:
    """Say who serves a flow no more without its initiator's knowledge."""
    return (
        f"{' and '.join(gone)} {'serve' if len(gone) > 1 else 'serves'} it no more, and its initiator has "
        "not heard of that: a message was lost for good, or a protocol of your own does not pass it on"
    )


def _cause(agents: list[FlowAgent]) -> str:
    """Say which links are blocked, by which pairs, and what would help."""
    silent = [
        f"link {near.node.name}-{far.node.name} never heralds a pair{darkness(link)}"
        for near, far in pairwise(agents)
        if (link := near.flow.links[near.position]).profile.success <= 0
    ]
    if silent:
        return "; ".join(silent)
    blocked = []
    for near, far in pairwise(agents):
        full = [f"{agent.node.name} ({held})" for agent, held in _full_sides(near, far)]
        if full:
            blocked.append(f"link {near.node.name}-{far.node.name} is blocked by {' and '.join(full)}")
    waiting = {
        agent: poor for agent in agents if (poor := sum(_below_target(agent, one) for one in agent.memories))
    }
    if waiting:
        places = [
            f"{agent.node.name} ({poor} of {len(agent.memories)} memories)" for agent, poor in waiting.items()
        ]
        if any(agent.stack.policies.purification.rounds is not None for agent in waiting):
            return (
                f"pairs with stated `rounds` of purification to go find no partner at {', '.join(places)}; "
                "ask for more memories, or let only pairs of a link be purified, as with `rounds: [1]`"
            )
        particular = any(agent.stack.policies.purification.match != "nearest" for agent in waiting)
        advice = "let purification match 'nearest' pairs, or " if particular else ""
        return (
            f"pairs below the target fidelity of {agents[0].target:g} wait to be purified and find no "
            f"partner at {', '.join(places)}; {advice}ask for more memories"
            f"{'' if particular else ' or for less fidelity'}"
        )
    declined = [agent.node.name for agent in agents if agent.declined]
    if declined:
        return (
            f"the swapping policy at {', '.join(declined)} joins none of the pairs that are ready there; let "
            "its `choose` give AskAgain to be asked after a time, or give the pairs a cutoff"
        )
    advice = (
        "pairs of neighbouring nodes have crossed; let swapping 'asap' take the 'oldest' pairs, give the "
        "pairs a cutoff, or swap in order with swapping 'sequential' or 'nested'"
    )
    where = "; ".join(blocked) or "every memory waits"
    return f"no attempt can begin and no swap is possible: {where}; {advice}"


def _below_target(agent: FlowAgent, memory: Memory) -> bool:
    return memory.state is MemoryState.ENTANGLED and not agent.good_enough(memory)


def _full_sides(near: FlowAgent, far: FlowAgent) -> Iterator[tuple[FlowAgent, str]]:
    for agent, side in ((near, near.right), (far, far.left)):
        holders = [memory.partner for memory in side or () if memory.partner is not None]
        if side and len(holders) == len(side):
            partners = sorted({partner.node.name for partner in holders})
            yield agent, f"{len(side)} of {len(side)} memories hold pairs with {', '.join(partners)}"

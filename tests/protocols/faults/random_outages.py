"""Random networks with random traffic and random outages, and what must never be left behind by a run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hardware.memory import MemoryState
from protocols.control.central import CentralAtWork

#: How long a node may still hold what a flow that is over has been promised, ps: the news are on their way.
_NEWS = 30 * 10**9


def document(seed: int) -> dict[str, Any]:
    """A network of three to seven nodes with everything drawn."""
    rng = random.Random(seed)
    names = [f"n{place}" for place in range(rng.randint(3, 7))]
    detail = "photon" if rng.random() < 0.1 else "attempt"
    duration = rng.choice([0.1, 0.2, 0.4]) if detail == "attempt" else 0.02
    links = _links(rng, names)
    return {
        "run": {"duration": duration, "detail": detail, "seed": seed, "stop_when_done": rng.random() < 0.2},
        "defaults": {
            "memory": {
                "count": rng.choice([4, 8, 12]),
                "efficiency": rng.choice([0.1, 0.03]),
                "initial_fidelity": 0.9,
                "frequency": "1 MHz",
            },
            "link_model": {"kind": "barrett-kok", "handshake": rng.choice(["continuous", "negotiated"])},
        },
        "nodes": names,
        "links": links,
        "traffic": list(_traffic(rng, names, duration)),
        "classical": rng.choice([{}, {"loss": 0.1}, {"retransmission": "1 ms"}]),
        "protocols": {
            "swapping": rng.choice(
                ["nested", "sequential", {"kind": "asap"}, {"kind": "asap", "consent": True}]
            ),
            "purification": rng.choice(["bbpssw", "none"]),
            "reservation": rng.choice(["hop-by-hop", "oldest-first"]),
            "cutoff": rng.choice(["none", {"kind": "age", "after": "5 ms"}]),
        },
        "faults": {
            "outages": list(_outages(rng, names, links, duration)),
            "on_fault": rng.choice(["fail", "retry", "reroute"]),
            "retry": rng.choice([0.01, 0.1]),
            "detection": rng.choice([0, 1e-4, 5e-3]),
            "timeout": rng.choice([2e-3, 2e-2]),
        },
    }


def left_behind(engine: Any) -> Iterator[str]:
    """What a network holds that no flow under way needs, one sentence each."""
    now = engine.sim.now
    central = isinstance(engine.control, CentralAtWork)
    if central:
        yield from _booked(engine)
    for node, reservation in engine.reservations.items():
        for flow in reservation.flows.values():
            # Under a controller a promise ends with its window, or when the controller says so.
            told = not central or _in_touch(engine, node, engine.control.node)
            if told and flow.closed is not None and now - flow.closed > _NEWS:
                yield f"{node.name} holds a promise to {flow}, closed at {flow.closed} ps"
            if flow.request.end < now - 200 * 10**9:
                yield f"{node.name} holds a promise to {flow}, whose window is over"
        calendar, own = reservation.calendar, {memory.index for memory in _own(engine, node)}
        promised = {number for number in reservation.flows if calendar.reserved(number)}
        others = {number for number in calendar.flows if not own.issuperset(calendar.reserved(number))}
        if not central and promised != others:
            yield f"the calendar of {node.name} has promises to flows that it does not know"
    for node, stack in engine.stacks.items():
        unknown = stack.agents.keys() - engine.reservations[node].flows.keys()
        if unknown:
            yield f"{node.name} serves flows without a promise: {sorted(unknown)}"
        used = {memory for server in stack.servers if server.running for memory in server.memories}
        for memory in stack.node.memories:
            if memory.state and memory not in used and memory not in _own(engine, node):
                yield f"{memory.name} is {memory.state.name} and serves no flow"
            if _widowed(engine, memory):
                yield f"{memory.name} holds a half of a pair whose other half is gone"
    yield from _requests_without_end(engine)


def _own(engine: Any, node: Any) -> list[Any]:
    """The memories of a node that programs have taken for qubits of their own, for the rest of the run."""
    return [memory for app in engine.apps for memory in getattr(app, "_space", {}).get(node, ())]


def _widowed(engine: Any, memory: Any) -> bool:
    """Whether a memory at rest has long kept a half to which there is no other, whose node could say so.

    What a node that has gone down had still to say of swaps is lost for good.
    """
    pair, now = memory.pair, engine.sim.now
    if memory.state is not MemoryState.ENTANGLED or pair is None or pair.intact:
        return False
    other = pair.first if pair.second is memory else pair.second
    gone = other.since if pair.taken is None else pair.taken
    if now - max(gone, memory.since) < _NEWS or not _in_touch(engine, memory.node, memory.partner.node):
        return False
    nodes = [element for element in engine.outages.elements.values() if element.kind == "node"]
    return all(element.went_down < memory.since for element in nodes)


def _booked(engine: Any) -> Iterator[str]:
    """What the calendars of a central controller hold for nobody, if it can have heard so."""
    now, booked = engine.sim.now, engine.control.booked
    for node, calendar in engine.view.calendars.items():
        if set(calendar.flows) != {number for number, flow in booked.items() if node in flow.route}:
            yield f"the controller has promised of {node.name} what it has booked for nobody"
    for flow in booked.values():
        closed, initiator = flow.closed, flow.request.initiator
        if closed is not None and now - closed > _NEWS and _in_touch(engine, initiator, engine.control.node):
            yield f"the controller holds a promise to {flow}, closed at {closed} ps"


def _in_touch(engine: Any, one: Any, other: Any) -> bool:
    """Whether messages between two nodes have come through of late."""
    if one is other:
        return not engine.outages.is_down(one)
    way = engine.classical.ways.between(one, other)
    return way is not None and all(engine.sim.now - element.since > _NEWS for element in way.crosses)


def _requests_without_end(engine: Any) -> Iterator[str]:
    """Requests whose window is over and of which nobody has heard how they ended."""
    now = engine.sim.now
    for app in engine._runners():
        flow = getattr(app, "flow", None)
        if flow is not None and not app.done and flow.request.end < now - _NEWS:
            pending = any(owner._owner is app for owner in engine.faults.recovery._pending)
            if not pending:
                yield f"{flow} has no end"
    # Under a controller that is out of touch with somebody, nobody else can tell.
    central = isinstance(engine.control, CentralAtWork)
    home = engine.control.node if central else None
    silent = central and not all(_in_touch(engine, node, home) for node in engine.nodes.values())
    for stall in engine.recorder.stalls:
        if "no more" in stall.cause and not silent:
            yield f"nobody told the initiator: {stall.cause}"


def _links(rng: random.Random, names: list[str]) -> list[dict[str, Any]]:
    """A random tree and up to three links more."""
    edges = {(place, rng.randrange(place)) for place in range(1, len(names))}
    for _ in range(rng.randint(0, 3)):
        one, other = rng.sample(range(len(names)), 2)
        if (other, one) not in edges:
            edges.add((one, other))
    return [
        {"between": [names[one], names[other]], "length": f"{rng.choice([1, 5, 20])} km"}
        for one, other in sorted(edges)
    ]


def _traffic(rng: random.Random, names: list[str], duration: float) -> Iterator[dict[str, Any]]:
    for _ in range(rng.randint(1, 3)):
        initiator, responder = rng.sample(names, 2)
        request: dict[str, Any] = {
            "initiator": initiator,
            "responder": responder,
            "memories": rng.randint(1, 3),
        }
        if rng.random() < 0.5:
            request["pairs"] = rng.randint(1, 200)
        if rng.random() < 0.5:
            request["start"] = rng.uniform(0, duration / 2)
        if rng.random() < 0.5:
            request["duration"] = rng.uniform(duration / 20, duration)
        if rng.random() < 0.3:
            request["retry"] = rng.uniform(0.005, 0.1)
        if rng.random() < 0.2:
            request |= {"kind": "teleportation", "pairs": request.get("pairs", 5)}
        yield request
    if rng.random() < 0.3:
        windows = {"duration_min": 0.05, "duration_max": 0.1, "duration_step": 0.01}
        leads = {"lead_min": 0.02, "lead_max": 0.05, "lead_step": 0.01}
        memories = {"memories_min": 1, "memories_max": [3]}
        yield {"kind": "random-request", "retry": 0.02, **windows, **leads, **memories}


def _outages(
    rng: random.Random, names: list[str], links: list[dict[str, Any]], duration: float
) -> Iterator[dict[str, Any]]:
    """One to five outages, of each element one at the most."""
    if rng.random() < 0.25:
        yield {rng.choice(["link", "node"]): "all", **_times(rng, duration)}
        return
    elements: list[dict[str, Any]] = [
        *({"link": "-".join(link["between"])} for link in links),
        *({"node": name} for name in names),
        *({"node": name, "bank": "memory"} for name in names),
        *({"channel": [one, other]} for one, other in pairwise(names)),
    ]
    for element in rng.sample(elements, rng.randint(1, 5)):
        yield {**element, **_times(rng, duration)}


def _times(rng: random.Random, duration: float) -> dict[str, float]:
    if rng.random() < 0.5:
        return {"mean_up": rng.choice([0.01, 0.03, 0.1]), "mean_down": rng.choice([1e-4, 5e-3, 0.02])}
    down = rng.uniform(0, duration)
    if rng.random() < 0.2:
        return {"down": down}
    return {"down": down, "up": down + rng.choice([1e-4, 1e-3, 1e-2, 0.1]) * rng.uniform(0.1, 3)}

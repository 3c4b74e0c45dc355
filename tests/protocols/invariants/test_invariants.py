"""What must hold after every event of any network."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hardware.memory import MemoryState
from qsim.scenario import from_document
from tests.protocols.invariants.apps import APPS
from tests.protocols.invariants.networks import Case, Meddling, cases, chains
from tests.protocols.invariants.watch import LifeCycle, Watch

#: Events at one instant that even the busiest network here has no reason to exceed.
_BUSY = 2000


def play(case: Case, every: int = 1) -> Watch:
    """Run a case until its queue is empty, looking after every so many events."""
    engine: Any = from_document(case.document).engine(seed=case.seed, trace=LifeCycle())
    apps = [APPS[ask.app](engine, ask) for ask in case.asks]
    watch = Watch(engine)
    troubles = list(case.meddling)
    done = since = stands_still = 0
    while engine.sim.next_time() is not None:
        before = engine.sim.now
        engine.sim.step()
        assert engine.sim.now >= before
        stands_still = stands_still + 1 if engine.sim.now == before else 0
        assert stands_still < _BUSY, "time stands still"
        done += 1
        since += 1
        if troubles and since >= troubles[0].after:
            since = 0
            meddle(engine, apps, troubles.pop(0))
        if done % every == 0:
            watch.look()
    watch.at_rest()
    for app in apps:
        app.at_rest()
        compare(app)
    return watch


def meddle(engine: Any, apps: list[Any], trouble: Meddling) -> None:
    """Do something from outside."""
    if trouble.what == "finish":
        running = [app.flow for app in apps if app.flow is not None and app.flow.closed is None]
        if running:
            flow = running[trouble.which % len(running)]
            engine.finish(flow)
        return
    nodes = list(engine.nodes.values())
    node = nodes[trouble.which % len(nodes)]
    stack = engine.stacks[node]
    for memory in node.memories:
        if trouble.what == "give up" and memory.state is not MemoryState.FREE:
            stack.give_up(memory)
            return
        if trouble.what == "release" and memory.state is MemoryState.ENTANGLED:
            stack.resources.release(memory)
            return


def compare(app: Any) -> None:
    """Hold the account of a flow to what its application saw."""
    deliveries = getattr(app, "deliveries", None)
    if deliveries is None or app.flow is None:
        return
    assert app.flow.pairs == len(deliveries.fidelities)
    assert app.flow.fidelity_sum == pytest.approx(sum(deliveries.fidelities), abs=1e-9)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(cases())
def test_invariants_hold_after_every_event(case: Case) -> None:
    play(case)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(chains())
def test_invariants_hold_along_chains(case: Case) -> None:
    play(case, every=3)

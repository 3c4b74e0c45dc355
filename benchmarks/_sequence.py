"""The SeQUeNCe side of the comparison: its kernel, its networks, and the configurations that both read.

SeQUeNCe (https://github.com/sequence-toolbox/SeQUeNCe, package `sequence`, Python 3.12) is imported inside
the functions, so that this module can be read without it. Its formalism and protocols are globals of the
process, left at their defaults here: ket vectors and two-round Barrett-Kok.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations, cycle
from typing import Any, NamedTuple

from _harness import Case

#: Start of the served window, s.
START = 1.0
PS = 10**12


class Delivered(NamedTuple):
    """What one run gave: end-to-end pairs, their mean fidelity as reported, and events."""

    pairs: int
    fidelity: float
    events: int


def hold(pending: int, total: int, delays: list[int]) -> Case[int]:
    """No-op events of SeQUeNCe's timeline with so many pending."""
    from sequence.kernel.event import Event
    from sequence.kernel.process import Process
    from sequence.kernel.timeline import Timeline

    class Again:
        """Schedules itself, as an entity of SeQUeNCe does."""

        def __init__(self, timeline: Any) -> None:
            self.timeline = timeline
            self.delay = cycle(delays).__next__

        def again(self) -> None:
            """One event."""
            timeline = self.timeline
            timeline.schedule(Event(timeline.time + self.delay(), Process(self, "again", [])))

    def prepare() -> Callable[[], int]:
        timeline = Timeline(max(1, total // pending) * 500_000)
        worker = Again(timeline)
        for _ in range(pending):
            worker.again()

        def work() -> int:
            timeline.run()
            return int(timeline.run_counter)

        return work

    return prepare


def chain(
    hops: int,
    km: float,
    window: float,
    *,
    efficiency: float,
    detector: float,
    fidelity: float,
    count_rate: float,
) -> dict[str, Any]:
    """A configuration of a chain of routers with one memory pair a link, in the format of SeQUeNCe."""
    eye = {"efficiency": detector, "dark_count": 0, "count_rate": count_rate, "time_resolution": 150}
    delay = round(km * 1e3 / 2e8 * PS)
    return {
        "templates": {
            "router": {
                "MemoryArray": {"fidelity": fidelity, "frequency": 2e4, "efficiency": efficiency},
                "EntanglementSwapping": {"swapping_success_prob": 1, "swapping_degradation": 1},
            },
            "station": {"encoding_type": "single_atom", "SingleAtomBSM": {"detectors": [eye, dict(eye)]}},
        },
        "nodes": [
            {
                "name": f"r{place}",
                "type": "QuantumRouter",
                "seed": place,
                "memo_size": 1 if place in (0, hops) else 2,
                "template": "router",
            }
            for place in range(hops + 1)
        ],
        "qconnections": [
            {
                "node1": f"r{place}",
                "node2": f"r{place + 1}",
                "attenuation": 2e-4,
                "distance": km * 1e3,
                "type": "meet_in_the_middle",
                "template": "station",
                "seed": 10_000 + place,
            }
            for place in range(hops)
        ],
        "cconnections": [
            {"node1": f"r{a}", "node2": f"r{b}", "delay": (b - a) * delay}
            for a, b in combinations(range(hops + 1), 2)
        ],
        "stop_time": round((START + window) * PS),
        "formalism": "ket_vector",
    }


def grid(side: int) -> dict[str, Any]:
    """A configuration of a square grid of routers with ten memories each, 20 km apart."""
    places = [(row, column) for row in range(side) for column in range(side)]
    links = [(a, b) for a, b in combinations(places, 2) if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1]
    return {
        "nodes": [
            {"name": _name(place), "type": "QuantumRouter", "seed": number, "memo_size": 10}
            for number, place in enumerate(places)
        ],
        "qconnections": [
            {
                "node1": _name(a),
                "node2": _name(b),
                "attenuation": 2e-4,
                "distance": 20_000,
                "type": "meet_in_the_middle",
                "seed": 10_000 + number,
            }
            for number, (a, b) in enumerate(links)
        ],
        "cconnections": [
            {"node1": _name(a), "node2": _name(b), "delay": (abs(a[0] - b[0]) + abs(a[1] - b[1])) * 10**8}
            for a, b in combinations(places, 2)
        ],
        "stop_time": PS,
    }


def _name(place: tuple[int, int]) -> str:
    return f"r{place[0]}c{place[1]}"


def deliver(configuration: dict[str, Any]) -> Case[Delivered]:
    """Serve one request from the first to the last router of a chain, in SeQUeNCe."""
    from sequence.app.request_app import RequestApp
    from sequence.topology.router_net_topo import RouterNetTopo

    class Counting(RequestApp):  # type: ignore[misc]
        """Adds up the fidelities that come with the delivered pairs."""

        total = 0.0

        def get_memory(self, info: Any) -> None:
            """Take one end of a pair."""
            before, fidelity = self.memory_counter, info.fidelity
            super().get_memory(info)
            if self.memory_counter > before:
                self.total += fidelity

    def prepare() -> Callable[[], Delivered]:
        network = RouterNetTopo(configuration)
        timeline = network.get_timeline()
        routers = network.get_nodes_by_type(RouterNetTopo.QUANTUM_ROUTER)
        first, *_, last = [Counting(router) for router in routers]

        def work() -> Delivered:
            timeline.init()
            first.start(last.node.name, round(START * PS), configuration["stop_time"] - 1, 1, 0.5)
            timeline.run()
            pairs = first.memory_counter
            return Delivered(pairs, first.total / pairs if pairs else 0.0, timeline.run_counter)

        return work

    return prepare


def build(configuration: dict[str, Any]) -> Case[int]:
    """Set a network up in SeQUeNCe; the outcome is the number of its routers."""
    from sequence.topology.router_net_topo import RouterNetTopo

    def prepare() -> Callable[[], int]:
        def work() -> int:
            network = RouterNetTopo(configuration)
            network.get_timeline().init()
            return len(network.get_nodes_by_type(RouterNetTopo.QUANTUM_ROUTER))

        return work

    return prepare


def hub_ghz(users: int, rounds: int) -> Case[float]:
    """Rounds of a GHZ state at a hub on the ket manager; the outcome is the fidelity of the last."""
    from sequence.components.circuit import Circuit
    from sequence.kernel.quantum_manager import QuantumManager

    fused, turned, flip, phase = Circuit(2), Circuit(1), Circuit(1), Circuit(1)
    fused.cx(0, 1)
    fused.measure(1)
    turned.h(0)
    turned.measure(0)
    flip.x(0)
    phase.z(0)
    bell = [0.5**0.5, 0, 0, 0.5**0.5]

    def once(draw: Callable[[], float]) -> float:
        manager = QuantumManager.create()
        held: list[int] = []
        for place in range(users):
            user, half = manager.new(), manager.new()
            manager.set([user, half], bell)
            held.append(user)
            if place == 0:
                first = half
            elif manager.run_circuit(fused, [first, half], draw())[half]:
                manager.run_circuit(flip, [user])
        if manager.run_circuit(turned, [first], draw())[first]:
            manager.run_circuit(phase, [held[0]])
        state = manager.get(held[0]).state
        return float(abs(state[0] + state[-1]) ** 2 / 2)

    def prepare() -> Callable[[], float]:
        draw = random.Random(1).random

        def work() -> float:
            return [once(draw) for _ in range(rounds)][-1]

        return work

    return prepare

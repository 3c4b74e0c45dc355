"""A live network in time: run, stopped, stepped from event to event, and looked after."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from protocols.runtime.assembly import check_place
from qsim.units import as_ps

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.runtime.invariants import Invariants
    from qsim.kernel import Process, Simulator
    from qsim.trace.sinks import TracedEvent

#: Events between two looks at the progress of a run whose invariants are checked.
_LOOKS = 200


class Running:
    """How a network is taken through time.

    Attributes:
        sim: the simulator.
        horizon: end of the run, ps.
        nodes: nodes by name, in order.
        links: links in order.
        wall, cpu: seconds of the event loop so far, by the clock and of the processor.
        interrupted: whether the run was stopped before its time.
        done: whether it ended because nobody wants anything more.
    """

    sim: Simulator
    horizon: int
    nodes: Mapping[str, QuantumNode]
    links: list[Link]
    wall = cpu = 0.0
    interrupted = done = False
    _stopped = False
    _invariants: Invariants | None = None

    def __repr__(self) -> str:
        """How large it is, and how far it has come."""
        size = f"nodes: {len(self.nodes)}, links: {len(self.links)}"
        return f"<Simulation, {size}, at {self.now_s:g} s of {self.horizon / 1e12:g} s>"

    @property
    def now_s(self) -> float:
        """Simulated time, s."""
        return self.sim.now_s

    def process(self, generator: Generator[Any, Any, Any]) -> Process[Any]:
        """Start a generator as a process of this simulation."""
        return self.sim.process(generator)

    def run_until(self, until: int | str, progress: Callable[[Simulator], object] | None = None) -> None:
        """Run to a time in picoseconds or with a unit, as "10 ms"; may be called again to go on."""
        until = as_ps(until)
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            if self._invariants is not None:
                self._run_watched(self._invariants, until, progress)
            else:
                self.sim.run(until, progress)
        finally:
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu
        self.interrupted = self.sim.now < until and not self.done

    def run_to(self, event: str, at: str | None = None, until: int | str | None = None) -> list[TracedEvent]:
        """Run until something happens, as a trace names it: ``engine.run_to("pair_swapped", at="b")``.

        Call it again to go on to the next. The run is the same as one that is not stepped through.

        Args:
            event: its name in the vocabulary of traces.
            at: the node, link or station that it shall happen to; None takes any.
            until: where to end when it does not happen, ps or with a unit; None for the scenario's end.

        Returns:
            Every such event of the instant at which the run stands; empty when there was none.

        Raises:
            NetworkError: there is no such event, node, link or station.
        """
        from qsim.trace.catching import Catch

        check_place(self.links, self.nodes, at)
        end = self.horizon if until is None else as_ps(until)
        with Catch(self.sim, event, at, self.stop) as caught:
            self.run_until(max(end, self.sim.now))
        return caught.events

    def check_invariants(self, command: str | None = None) -> None:
        """Look after every event from now on whether all is as it must be (`protocols.runtime.invariants`).

        Args:
            command: what replays the run, for the error; left out, made from the scenario.

        Raises:
            InvariantError: by `run`, at the first event after which it is not.
        """
        from protocols.runtime.invariants import Invariants

        network: Any = self
        self._invariants = Invariants(network, command)

    def _run_watched(
        self, invariants: Invariants, until: int, progress: Callable[[Simulator], object] | None
    ) -> None:
        sim = self.sim
        self._stopped = False
        while not self._stopped:
            following = sim.next_time()
            if following is None or following >= until:
                sim.run(until, progress)
                return
            event = sim.next_call()
            sim.step()
            invariants.look(event)
            if progress is not None and sim.events % _LOOKS == 0:
                progress(sim)

    def stop(self) -> None:
        """End the run after the event in hand."""
        self._stopped = True
        self.sim.stop()

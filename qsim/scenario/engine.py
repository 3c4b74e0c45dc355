"""A live simulation, as scripts and the command line see it.

What simulates a scenario stands on a floor that qsim does not import, so what it offers is said here: of any
registered runtime (`Engine`), and of qsim's own, which scripts hold in their hands (`LiveNetwork`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Protocol

from qsim import registry

if TYPE_CHECKING:
    from qsim.kernel import Process, Simulator
    from qsim.kernel.process import Wait
    from qsim.quantum.state import PairState
    from qsim.results.result import Result
    from qsim.trace.sinks import TracedEvent


class Engine(Protocol):
    """A live simulation of a scenario: what the registered runtime offers.

    Attributes:
        sim: its simulator.
    """

    sim: Simulator

    def expected_events(self, until: int | None = None) -> int:
        """About how many events a run has, to a time in ps or to the end of the scenario."""
        ...

    def run(self, progress: Callable[[Simulator], object] | None = None, until: int | None = None) -> Result:
        """Run to the end of the scenario, to a time in ps, or until `stop`, and give the result."""
        ...

    def stop(self) -> None:
        """End the run after the event in hand."""
        ...

    def check_invariants(self, command: str | None = None) -> None:
        """Look after every event from now on whether all is as it must be."""
        ...

    def result(self) -> Result:
        """The result so far."""
        ...


class HeldPair(Protocol):
    """An end-to-end pair in the hands of a script, corrected to Φ+."""

    @property
    def held(self) -> bool:
        """Whether both halves are still there."""
        ...

    @property
    def age_s(self) -> float:
        """Time since the storage of the oldest half in it began, s."""
        ...

    def fidelity(self) -> float:
        """Fidelity now."""
        ...

    def state(self) -> PairState:
        """The state now."""
        ...

    def release(self) -> None:
        """Free both memories; they go back to work for the flow."""
        ...


class Pairs(Protocol):
    """The pairs of one request, one by one."""

    @property
    def done(self) -> bool:
        """Whether no more pairs will come: the request was refused, or its window is over."""
        ...

    def next_pair(self, timeout: float | str | None = None) -> Wait[HeldPair]:
        """Wait for a pair that both ends hold: ``pair = yield from pairs.next_pair(timeout="1 s")``."""
        ...


class LiveNetwork(Engine, Protocol):
    """What `Scenario.engine` gives: a simulation to step through, to ask for pairs and to look into.

    Times are picoseconds as whole numbers, or text with a unit such as "10 ms".
    """

    @property
    def now_s(self) -> float:
        """Simulated time, s."""
        ...

    def run(
        self, progress: Callable[[Simulator], object] | None = None, until: int | str | None = None
    ) -> Result:
        """Run to the end of the scenario, to a time, or until `stop`, and give the result."""
        ...

    def run_until(self, until: int | str, progress: Callable[[Simulator], object] | None = None) -> None:
        """Run to a time; call it again to go on."""
        ...

    def run_to(self, event: str, at: str | None = None, until: int | str | None = None) -> list[TracedEvent]:
        """Run until something happens, as a trace names it: ``engine.run_to("pair_swapped", at="b")``.

        Args:
            event: its name in the vocabulary of traces.
            at: the node, link or station that it shall happen to; None takes any.
            until: where to end when it does not happen; None for the end of the scenario.

        Returns:
            Every such event of the instant at which the run stands; empty when there was none.
        """
        ...

    def request(
        self,
        initiator: str,
        responder: str,
        *,
        memories: int = 1,
        fidelity: float = 0.0,
        start: float | str | None = None,
        duration: float | str | None = None,
    ) -> Pairs:
        """Ask for entanglement, and take the pairs one by one.

        Args:
            initiator, responder: names of the two ends.
            memories: memories at each end.
            fidelity: least fidelity of a delivered pair.
            start: beginning of the window, s or with a unit; None begins as soon as the path has confirmed.
            duration: length of the window, likewise; None lasts until the end of the run.
        """
        ...

    def process(self, generator: Generator[Any, Any, Any]) -> Process[Any]:
        """Start a generator as a process of this simulation."""
        ...

    def path(self, initiator: str, responder: str) -> tuple[str, ...]:
        """Names of the nodes on the path that a request for one memory at each end would take now."""
        ...

    def node(self, name: str) -> Any:
        """A node by name, a `hardware.node.QuantumNode`: its memories are in ``memories``."""
        ...


registry.define_kind("runtime", Engine, "reference/kinds.md")

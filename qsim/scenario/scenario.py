"""A scenario that can be run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from qsim import garbage, registry
from qsim.model.outcome import RunOutcome
from qsim.model.specs import ScenarioSpec
from qsim.results.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsim.kernel import Simulator, TraceSink


@dataclass(frozen=True, slots=True)
class Scenario(ScenarioSpec):
    """A checked, expanded scenario, ready to run any number of times.

    See `qsim.model.specs.ScenarioSpec` for what it holds.
    """

    outcome: ClassVar[type[RunOutcome]] = Result

    def engine(self, seed: int | None = None, trace: TraceSink | None = None) -> Engine:
        """Build the live simulation.

        Args:
            seed: root seed; None takes the scenario's own.
            trace: where trace events go; None traces nothing.
        """
        runtime = registry.lookup("runtime", "network")
        with garbage.resting():
            engine: Engine = runtime(self, seed=self.run_spec.seed if seed is None else seed, trace=trace)
        return engine

    def run(
        self,
        seed: int | None = None,
        trace: TraceSink | None = None,
        progress: Callable[[Simulator], object] | None = None,
        *,
        invariants: bool = False,
    ) -> Result:
        """Run the scenario to its end.

        Args:
            seed: root seed; None takes the scenario's own.
            trace: where trace events go; None traces nothing.
            progress: called now and then with the simulator.
            invariants: whether to look after every event that all is as it must be, which is slow.

        Raises:
            InvariantError: with `invariants`, at the first event after which it is not.

        Example:
            >>> result = scenario.run(seed=1)  # doctest: +SKIP
        """
        engine = self.engine(seed=seed, trace=trace)
        if invariants:
            engine.check_invariants()
        return engine.run(progress=progress)


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


registry.define_kind("runtime", Engine, "reference/kinds.md")

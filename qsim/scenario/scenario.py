"""A scenario that can be run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from qsim import garbage, registry
from qsim.model.outcome import RunOutcome
from qsim.model.specs import ScenarioSpec
from qsim.results.result import Result
from qsim.scenario import engine as live

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsim.kernel import Simulator, TraceSink


@dataclass(frozen=True, slots=True)
class Scenario(ScenarioSpec):
    """A checked, expanded scenario, ready to run any number of times.

    See `qsim.model.specs.ScenarioSpec` for what it holds.
    """

    outcome: ClassVar[type[RunOutcome]] = Result

    def __repr__(self) -> str:
        from qsim.scenario.scenario_views import scenario_text

        return scenario_text(self)

    def _repr_html_(self) -> str:
        from qsim.scenario.scenario_views import scenario_html

        return scenario_html(self)

    def engine(self, seed: int | None = None, trace: TraceSink | None = None) -> live.LiveNetwork:
        """Build the live simulation, to run it step by step and to look into it.

        Args:
            seed: root seed; None takes the scenario's own.
            trace: where trace events go; None traces nothing.

        Returns:
            What `qsim.scenario.engine.LiveNetwork` says.

        Example:
            >>> engine = scenario.engine(seed=1)  # doctest: +SKIP
            >>> engine.run_to("pair_swapped", at="b")  # doctest: +SKIP
        """
        runtime = registry.lookup("runtime", "network")
        with garbage.resting():
            engine: live.LiveNetwork = runtime(
                self, seed=self.run_spec.seed if seed is None else seed, trace=trace
            )
        return engine

    def run(
        self,
        seed: int | None = None,
        trace: TraceSink | None = None,
        progress: Callable[[Simulator], object] | None = None,
        *,
        duration: float | str | None = None,
        invariants: bool = False,
    ) -> Result:
        """Run the scenario to its end.

        Args:
            seed: root seed; None takes the scenario's own.
            trace: where trace events go; None traces nothing.
            progress: called now and then with the simulator.
            duration: simulated time, s or with a unit; None takes the scenario's own.
            invariants: whether to look after every event that all is as it must be, which is slow.

        Raises:
            InvariantError: with `invariants`, at the first event after which it is not.
            ScenarioError: the scenario cannot be run for so long.

        Example:
            >>> result = scenario.run(seed=1, duration="10 s")  # doctest: +SKIP
        """
        scenario = self if duration is None else self.lasting(duration)
        engine = scenario.engine(seed=seed, trace=trace)
        if invariants:
            engine.check_invariants()
        return engine.run(progress=progress)

    def lasting(self, duration: float | str) -> Scenario:
        """The same scenario over another simulated time, s or with a unit; checked anew.

        Raises:
            ScenarioError: it cannot be run for so long.
        """
        from qsim.scenario.loading import from_document

        document = {**self.document, "run": {**self.document["run"], "duration": duration}}
        made = from_document(document, source=self.source)
        return replace(made, notes=tuple(dict.fromkeys((*self.notes, *made.notes))), sweep=self.sweep)

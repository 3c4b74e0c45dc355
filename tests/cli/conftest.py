"""The command line in-process, on a stage where the run itself is played.

What a run does is for other tests. Here a stand-in for the runtime returns what a test wants the command line
to deal with: stalls, interruptions, errors in the middle of an event.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qsim import registry
from qsim.cli import main
from qsim.kernel import Simulator
from qsim.results import Result
from qsim.units import to_ps
from tests.results.specimens import result

SCENARIO = """\
name: Two nodes
run: {duration: 10 s, seed: 3}
nodes: [alice, bob]
links:
  - {between: [alice, bob], length: 20 km}
traffic:
  - {kind: request, initiator: alice, responder: bob, pairs: 5}
"""


@dataclasses.dataclass
class Stage:
    """How the stand-in for the runtime plays its part.

    Attributes:
        outcome: fields of the result.
        during: called in the middle of the run.
        engines: every engine that was built, in order.
        runs: how many of them were run.
        expected: events that a run is expected to have.
    """

    outcome: dict[str, Any] = dataclasses.field(default_factory=dict)
    during: Callable[[], object] | None = None
    engines: list[Any] = dataclasses.field(default_factory=list)
    runs: int = 0
    expected: int = 0


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Replaces the runtime by one that a test directs."""
    directions = Stage()

    class StandIn:
        def __init__(self, scenario: Any, *, seed: int, trace: Any = None) -> None:
            self.scenario = scenario
            self.sim = Simulator(seed, trace)
            self._end = to_ps(scenario.run_spec.duration)
            directions.engines.append(self)

        def expected_events(self, until: int | None = None) -> int:
            return directions.expected

        def run(self, progress: Any = None, until: int | None = None) -> Result:
            directions.runs += 1
            if directions.during is not None:
                self.sim.post_at(self._end // 2, directions.during)
            self.sim.post(0, self._tick)
            self.sim.run(until=self._end, progress=progress)
            return self.result()

        def _tick(self) -> None:
            if self.sim.trace is not None:
                self.sim.trace.emit(self.sim.now, "flow_started", "alice", flow=self.sim.now)
            self.sim.post(to_ps(0.5), self._tick)

        def stop(self) -> None:
            self.sim.stop()

        def result(self) -> Result:
            fields = {
                "name": self.scenario.name,
                "seed": self.sim.seed,
                "simulated_s": self.sim.now_s,
                "events": self.sim.events,
                "stalls": (),
                "interrupted": self.sim.now < self._end,
                "document": self.scenario.document,
            }
            return result(**{**fields, **directions.outcome})

    registry.load_everything()
    monkeypatch.setitem(registry._classes.setdefault("runtime", {}), "network", StandIn)
    return directions


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a command left behind: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Calls the command line in this process: ``cli("run", path, "--json")``."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        written = capfd.readouterr()
        return Outcome(code, written.out, written.err)

    return call


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A small valid scenario file."""
    path = tmp_path / "two.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def forget() -> Iterator[Callable[[str, str], None]]:
    """Registrations to be forgotten after the test: ``forget("swapping", "mine")``."""
    names: list[tuple[str, str]] = []
    yield lambda kind, name: names.append((kind, name))
    for kind, name in names:
        registry.unregister(kind, name)

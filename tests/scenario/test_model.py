from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qsim import registry
from qsim.scenario import Scenario
from qsim.trace.sinks import MemorySink

Document = dict[str, Any]
Load = Callable[..., Scenario]


class Recorder:
    """A runtime that gives back what it was given."""

    sim = None

    def __init__(self, scenario: Scenario, *, seed: int, trace: object) -> None:
        self.given = {"scenario": scenario, "seed": seed, "trace": trace}

    def expected_events(self, until: int | None = None) -> int:
        return 0

    def run(self, progress: object = None, until: int | None = None) -> dict[str, object]:
        return {**self.given, "progress": progress}

    def stop(self) -> None: ...

    def check_invariants(self, command: str | None = None) -> None: ...

    def result(self) -> None: ...


@pytest.fixture
def recorder() -> Iterator[None]:
    real = registry.lookup("runtime", "network")
    registry.unregister("runtime", "network")
    try:
        registry.register("runtime", "network")(Recorder)
        yield
    finally:
        registry.unregister("runtime", "network")
        registry.register("runtime", "network")(real)


def test_equal_when_they_say_the_same(document: Document, scenario: Load) -> None:
    other = {**document, "nodes": ["A", "B"], "links": [{"between": ("A", "B"), "length": 20_000}]}
    assert scenario(document) == scenario(other)
    assert scenario(document) != scenario(document, "run.seed=5")


def test_source_does_not_matter_for_equality(document: Document, scenario: Load) -> None:
    from qsim.scenario import from_document

    other = from_document(document, source="elsewhere")
    assert (other.source, scenario(document).source) == ("elsewhere", "<script>")
    assert other == scenario(document)


@pytest.mark.usefixtures("recorder")
def test_engine_and_run_hand_on_what_they_are_given(document: Document, scenario: Load) -> None:
    made, sink, progress = scenario(document, "run.seed=7"), MemorySink(), print
    given: Any = made.run(seed=3, trace=sink, progress=progress)
    assert given == {"scenario": made, "seed": 3, "trace": sink, "progress": progress}
    recorded: Any = made.engine()
    assert recorded.given == {"scenario": made, "seed": 7, "trace": None}
    assert recorded.given["scenario"] is made


def test_runs_on_the_real_network(document: Document, scenario: Load) -> None:
    document["traffic"] = [{"initiator": "A", "responder": "B", "pairs": 3}]
    result = scenario(document).run(seed=1)
    assert result.flows[0].pairs == 3
    assert result.document == scenario(document).document

"""The size of a run is told before it begins, and one that is too large is refused."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from qsim import limits
from qsim.errors import LimitError
from qsim.scenario import from_document
from tests.protocols.scenes import request


def scenario(length: str = "20 km", duration: str = "0.2 s", **changed: Any) -> Any:
    """Two nodes with four memories each, and one request."""
    asked = {key: changed.pop(key) for key in ("start", "duration", "pairs", "memories") if key in changed}
    return {
        "run": {"duration": duration, **changed},
        "topology": {"kind": "line", "nodes": 2, "length": length},
        "defaults": {"memory": {"count": 4}},
        "traffic": [request("n0", "n1", **{"memories": 4, **asked})],
    }


@pytest.mark.parametrize(
    "document",
    [
        scenario(),
        scenario("5 km", duration="0.05 s"),
        scenario("0 km", duration="0.2 ms", memories=1),
        scenario("0 km", duration="0.2 ms", memories=4),
        scenario("20 km", duration="20 ms", detail="photon"),
        scenario("0 km", duration="20 us", detail="photon", memories=1),
        scenario("20 km", duration="0.4 s", pairs=100),
    ],
)
def test_the_estimate_is_of_the_right_order(document: dict[str, Any]) -> None:
    engine: Any = from_document(document).engine(seed=1)
    expected = engine.expected_events()
    assert 0.2 < expected / engine.run().events < 6


def test_a_window_and_an_end_cut_it_short() -> None:
    whole: Any = from_document(scenario(duration="1 s")).engine()
    part: Any = from_document({**scenario(duration="1 s", start="0.2 s")}).engine()
    assert part.expected_events() == pytest.approx(0.8 * whole.expected_events(), rel=1e-3)
    assert whole.expected_events(until=10**11) == pytest.approx(0.1 * whole.expected_events(), rel=1e-3)
    assert part.expected_events(until=10**11) == 0


def test_without_requests_there_are_no_events() -> None:
    document = scenario()
    del document["traffic"]
    engine: Any = from_document(document).engine()
    assert engine.expected_events() == 0


def test_a_run_that_is_too_long_is_refused_with_its_size_before_it_begins() -> None:
    long = from_document(scenario("0 km", duration="1 h"))
    with pytest.raises(LimitError, match=r"about [\d,]{12,} events are more than 2,000,000,000, the most"):
        long.run()
    short = from_document(scenario())
    with limits.using(events=100), pytest.raises(LimitError, match=r"--limit events=\d+ raises that"):
        short.run()
    assert short.run().events > 100


def test_a_sweep_goes_by_the_limit_of_who_planned_it() -> None:
    sweep = {**scenario(duration="10 ms"), "sweep": {"replicates": 1}}
    with limits.using(events=10), pytest.warns(UserWarning, match="1 runs failed"):
        (failure,) = qsim.sweep(sweep, workers=1).frame("failures")["error"]
    assert "events are more than 10" in failure
    assert qsim.sweep(sweep, workers=1).frame("failures").empty


def test_what_is_always_at_work_counts_too() -> None:
    """Outages at drawn times, and greetings over a link both ways."""
    document = scenario(duration="2000 s")
    del document["traffic"]
    document["faults"] = {"outages": [{"link": "all", "mean_up": "3 s", "mean_down": "1 s"}]}
    engine: Any = from_document(document).engine(seed=1)
    assert engine.expected_events() == 2000
    assert engine.run().events == pytest.approx(2000, rel=0.2)
    document["faults"] = {"outages": [{"link": "all", "mean_up": "1 ps", "mean_down": "1 ps"}]}
    with pytest.raises(LimitError, match="events are more than"):
        from_document(document).run()
    del document["faults"]
    document["protocols"] = {"routing": {"kind": "link-state", "hello": "2 s", "dead": "5 s"}}
    engine = from_document(document).engine()
    assert engine.expected_events() == 2000
    assert 1 < engine.run().events / 2000 < 4

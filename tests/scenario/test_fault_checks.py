"""What is told of outages that cannot be, in one sentence each, and what is only worth a note."""

from __future__ import annotations

from typing import Any

import pytest

import qsim
from qsim.errors import NetworkError, ScenarioError
from qsim.scenario import from_document

A_B = {"link": "a-b", "down": "1 s", "up": "3 s"}
PLACES: dict[str, tuple[float | str, float]] = {"a": (0, 0), "b": ("10 km", 0)}


def scenario(*outages: Any, **fields: Any) -> Any:
    """Three nodes in a row, of which two have a place."""
    nodes: dict[str, Any] = {name: {"position": place} for name, place in PLACES.items()} | {"c": None}
    return from_document(
        {
            "run": {"duration": "10 s"},
            "nodes": nodes,
            "links": [{"between": ["a", "b"]}, {"between": ["b", "c"], "length": "5 km"}],
            "faults": {"outages": list(outages), **fields},
        }
    )


def said(*outages: Any, **fields: Any) -> list[str]:
    """The faults of a scenario."""
    with pytest.raises(ScenarioError) as refused:
        scenario(*outages, **fields)
    return [fault.partition("faults.")[2] for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("outage", "sentence"),
    [
        ({**A_B, "link": "a-c"}, "outages[0].link: unknown link 'a-c'"),
        ({**A_B, "link": ["c", "a"]}, "outages[0].link: there is no link between 'c' and 'a'"),
        ({**A_B, "link": ["a", "q"]}, "outages[0].link[1]: unknown node 'q'"),
        ({**A_B, "link": ["a"]}, "outages[0].link: must be a list of 2 items, got 1"),
        ({**A_B, "link": 3}, "outages[0].link: must be text"),
        ({"node": "d", "down": 1}, "outages[0].node: unknown node 'd'"),
        ({"node": "a", "bank": "m", "down": 1}, "outages[0].bank: 'a' has no memories called 'm'"),
        ({"node": "all", "bank": "m", "down": 1}, "outages[0].bank: no node has memories called 'm'"),
        ({"bank": "memory", "link": "a-b", "down": 1}, "outages[0]: a `bank` belongs to a `node`"),
        ({"channel": ["a", "q"], "down": 1}, "outages[0].channel[1]: unknown node 'q'"),
        ({"channel": ["a", "a"], "down": 1}, "outages[0].channel: is a channel from 'a' to itself"),
        ({"link": "a-b", "down": "-1 s"}, "outages[0].down: must be in [0, inf) s, got -1 s"),
        ({"link": "a-b", "mean_up": 0, "mean_down": 1}, "outages[0].mean_up: must be in (0, "),
        ({**A_B, "up": "1 s"}, "outages[0]: `up` must be after `down` at 1 s, got 1 s"),
        ({"link": "a-b", "up": 1}, "outages[0]: `up` without `down`"),
        ({"link": "a-b"}, "outages[0]: an outage needs times"),
        ({"link": "a-b", "mean_up": 1}, "outages[0]: an outage needs times"),
        ({**A_B, "mean_up": 1, "mean_down": 1}, "outages[0]: an outage has a schedule or mean times"),
        ({**A_B, "node": "a"}, "outages[0]: an outage is of one `link`, `node`, `channel` or `circle`"),
        ({"down": 1}, "outages[0]: an outage is of one `link`, `node`, `channel` or `circle`, got none"),
        ({"circle": {"radius": "1 km"}, "down": 1}, "outages[0].circle: `CircleSpec` takes its centre by"),
        (
            {"circle": {"radius": "1 km", "coordinates": [50, 8]}, "down": 1},
            "outages[0].circle: no link has the `coordinates` of both of its nodes",
        ),
        (
            {"circle": {"radius": "1 km", "coordinates": [95, 8]}, "down": 1},
            "outages[0].circle: a latitude must be in [-90, 90] degrees, got 95",
        ),
    ],
)  # fmt: skip
def test_an_outage_that_cannot_be_is_told(outage: dict[str, Any], sentence: str) -> None:
    (fault,) = said(outage)
    assert fault.startswith(sentence)


def test_all_faults_are_told_at_once() -> None:
    assert len(said({**A_B, "link": "x"}, {"node": "y", "down": 1}, on_fault="mend", retry="0 s")) >= 2


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        ({"link": "a-b", "down": "3 s", "up": "4 s"}, True),
        ({"link": "a-b", "down": "3.1 s"}, False),
        ({"link": "a-b", "down": 0}, True),
        ({"link": "all", "mean_up": 1, "mean_down": 1}, True),
        ({"link": ["b", "a"], "down": "2 s"}, True),
        ({"link": "b-c", "down": "2 s"}, False),
        ({"node": "a", "down": "2 s"}, False),
        ({"circle": {"position": [0, 0], "radius": 1}, "down": "2 s"}, False),
    ],
)
def test_schedules_of_one_element_do_not_overlap(other: dict[str, Any], clash: bool) -> None:
    if clash:
        assert said(A_B, other) == ["outages[1]: link a-b is down already by outages[0]: join the two"]
    else:
        scenario(A_B, other)


def test_a_channel_is_one_whichever_end_is_named_first() -> None:
    assert said({"channel": ["a", "b"], "down": 1}, {"channel": ["b", "a"], "down": 2}) == [
        "outages[1]: channel a|b is down already by outages[0]: join the two"
    ]


def test_a_circle_that_hits_nothing_is_a_note() -> None:
    miss = {"circle": {"position": [0, "5 km"], "radius": "4.9 km"}, "down": 1}
    notes = scenario(miss).notes
    assert notes[0] == "faults.outages[0].circle hits nothing: no link passes through it"
    assert "does not know where 1 of 2 links run" in notes[1]
    assert tuple(scenario(miss).run().table("availability")) == ()


def test_an_outage_after_the_end_is_a_note() -> None:
    (note,) = scenario({"link": "a-b", "down": "10 s"}).notes
    assert "after the end of the run at 10 s" in note


def test_a_circle_takes_what_passes_through_as_one() -> None:
    hit = {"circle": {"position": ["5 km", "1 km"], "radius": "1 km"}, "mean_up": "1 s", "mean_down": "1 s"}
    result = scenario(hit).run()
    assert [(row.kind, row.element) for row in result.table("availability")] == [("link", "a-b")]


def test_a_link_may_be_named_by_its_ends_and_all_between_them_go_down_as_one() -> None:
    drawn = {"mean_up": "1 s", "mean_down": "1 s"}
    by_ends, by_name = (scenario({"link": link, **drawn}).run() for link in (["b", "a"], "a-b"))
    assert by_ends.table("availability") == by_name.table("availability") != ()
    net = (
        qsim.Network().add_nodes("a", "b").add_link("a", "b", "1 km").add_link("a", "b", "2 km", name="spare")
    )
    net.fault(link=("a", "b"), **drawn)
    one, other, both = net.run("100 s").table("availability")
    assert (one.element, other.element, both.kind) == ("a-b", "spare", "network")
    assert one.down_s == other.down_s == both.down_s > 0
    engine = net.engine("1 s")
    engine.fault(link=("b", "a"), down="10 ms")
    with pytest.raises(NetworkError, match="unknown link 'a-c'"):
        engine.fault(link=("a", "c"), down="10 ms")


def test_files_and_scripts_say_the_same() -> None:
    net = qsim.Network().add_node("a", position=PLACES["a"]).add_node("b", position=PLACES["b"]).add_node("c")
    net.add_link("a", "b").add_link("b", "c", "5 km").fault(**A_B).set_faults(on_fault="retry", timeout="2 s")
    made = net.scenario("10 s")
    assert made.faults == scenario(A_B, on_fault="retry", timeout="2 s").faults
    assert from_document(made.document).faults == made.faults
    assert qsim.Network.from_document(made.document).scenario().faults == made.faults
    with pytest.raises(NetworkError, match=r"faults.outages\[1\]: unknown field 'when' "):
        net.fault(link="a-b", when=1)
    with pytest.raises(NetworkError, match="faults: unknown field 'outages'"):
        net.set_faults(outages=[])


def test_a_scenario_without_faults_has_no_section() -> None:
    assert "faults" not in scenario().document
    assert scenario(on_fault="retry").document["faults"]["on_fault"] == "retry"


def test_overrides_and_sweeps_reach_the_section() -> None:
    swept = qsim.sweep(
        {"run": {"duration": "10 s"}, "nodes": ["a", "b"], "links": [{"between": ["a", "b"], "length": 1}],
         "faults": {"outages": [{"link": "a-b", "down": "1 s", "up": "3 s"}]}},
        {"faults.outages[0].up": ["2 s", "5 s"]},
    )  # fmt: skip
    assert [run.result.table("availability")[0].down_s for run in swept.runs] == [1.0, 4.0]

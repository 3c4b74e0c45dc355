"""Nodes that move halves between banks, against hand calculations, and what may go wrong."""

from __future__ import annotations

import re
from itertools import pairwise
from math import exp
from typing import Any

import pytest

from qsim.analytic.storage import disturbed_factor
from qsim.errors import ScenarioError
from qsim.kernel import TraceSink
from qsim.results import Result
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.statistics import APART, ROOM, share_of

Document = dict[str, Any]
#: Success probability of one attempt of the links below: half the square of the memories' efficiency.
SUCCESS = 0.125
#: From one attempt to the next, s: both arms are 1 km, and light and news go at 2e8 m/s.
PERIOD = 10e-6


def nv_line(
    *,
    detail: str = "attempt",
    formalism: str = "bell-diagonal",
    duration: float = 0.5,
    comm: Document | None = None,
    data: Document | None = None,
    ends: Any = None,
    **sections: Any,
) -> Document:
    """An initiator, a router with one memory that emits and one that stores, and a responder."""
    emits = {"count": 1, "efficiency": 0.5}
    bank = {"comm": {**emits, **(comm or {})}, "data": {"count": 1, "efficiency": 0.0, **(data or {})}}
    document: Document = {
        "run": {"duration": duration, "seed": 4, "detail": detail, "formalism": formalism},
        "defaults": {
            "memory": emits,
            "fibre": {"attenuation": 0},
            "detector": {"efficiency": 1, "count_rate": None, "window": "1 ns"},
            "link_model": {"kind": "two-photon", "bin_separation": "2 ns"},
        },
        "nodes": {
            "a": ends,
            "r": {"memory": bank, "transfer": {"kind": "to-bank", "bank": "data"}},
            "b": ends,
        },
        "links": [{"between": ["a", "r"], "length": "2 km"}, {"between": ["r", "b"], "length": "2 km"}],
        "traffic": [{"initiator": "a", "responder": "b"}],
    }
    for section, fields in sections.items():
        document[section] = {**document.get(section, {}), **fields}
    return document


def run(document: Document, trace: TraceSink | None = None) -> Result:
    return from_document(document).run(trace=trace)


LEVELS = [("attempt", "bell-diagonal"), ("photon", "density-matrix")]


@pytest.mark.parametrize(("detail", "formalism"), LEVELS)
def test_fidelity_of_a_stored_half_that_attempts_disturb(detail: str, formalism: str) -> None:
    """Two gates to store, dephasing by attempts and by time until the other link is there, one swap."""
    gate, readout, attempts, t2 = 0.01, 0.02, 12.0, 400e-6
    document = nv_line(
        detail=detail,
        formalism=formalism,
        duration=0.25 if detail == "photon" else 2.0,
        data={"dephasing_attempts": attempts, "t2": t2},
    )
    document["nodes"]["r"]["processor"] = {
        "gate_error": gate,
        "readout_error": readout,
        "transfer_time": "100 us",
    }
    (flow,) = run(document).flows
    coherence = disturbed_factor(SUCCESS, attempts, exp(-PERIOD / t2))
    kept, read = 1 - 16 / 15 * gate, 1 - 2 * readout
    moved = kept**2
    x, y, z = moved * coherence, moved * coherence, moved
    expected = (1 + kept * read * x + kept * read**2 * y + kept * read * z) / 4
    assert flow.fidelity_mean is not None
    measured = share_of(flow.fidelity_mean * flow.pairs, flow.pairs, expected)
    assert flow.pairs > 700
    assert measured.sigmas(expected) < ROOM
    # Without the disturbance, and without the gates of the move, it would be told apart.
    undisturbed = exp(-PERIOD / t2) * SUCCESS / (1 - (1 - SUCCESS) * exp(-PERIOD / t2))
    assert measured.sigmas((1 + kept * read * (1 + (1 + read) * undisturbed)) / 4) > APART


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_the_two_links_take_turns(detail: str) -> None:
    """The left pair, then the move, then the right pair, then both ends hear of the swap."""
    document = nv_line(detail=detail, duration=0.1 if detail == "photon" else 1.0)
    document["nodes"]["r"]["processor"] = {"transfer_time": "100 us"}
    result = run(document)
    (flow,) = result.flows
    mean = 2 * PERIOD / SUCCESS + 100e-6 + 10e-6
    assert flow.throughput_hz * mean == pytest.approx(1, abs=4 / flow.pairs**0.5)
    row = next(row for row in result.memories if row.node == "r")
    assert 0 < row.entangled < 1


def test_the_story_of_one_pair() -> None:
    sink = MemorySink()
    run(nv_line(duration=1e-3), sink)
    story = [(event, fields) for _, event, node, fields in sink.events if node == "r"]
    names = [
        fields["state"] for event, fields in story if event == "memory_changed" and fields["memory"] == 1
    ]
    assert names[:3] == ["TRANSFERRING", "ENTANGLED", "FREE"]
    moves = [fields for event, fields in story if event == "half_moved"]
    assert moves
    assert all((move["source"], move["target"]) == (0, 1) for move in moves)


def test_ends_that_store_go_on_making_pairs() -> None:
    """An end node with a storage memory works on the next pair while the first waits for its partner."""
    stores = {
        "memory": {"comm": {"count": 1, "efficiency": 0.5}, "data": {"count": 3, "efficiency": 0.0}},
        "transfer": {"kind": "to-bank", "bank": "data", "memories": 3},
    }
    plain = {"memory": {"count": 1, "efficiency": 0.5}}
    rates = []
    for ends in (plain, stores):
        document = nv_line(ends=ends, duration=0.5, data={"count": 4})
        document["nodes"]["r"]["memory"]["comm"]["count"] = 2
        document["nodes"]["r"]["transfer"]["memories"] = 4
        document["traffic"][0]["memories"] = 1
        (flow,) = run(document).flows
        assert flow.fidelity_mean == pytest.approx(1.0)
        rates.append(flow.pairs)
    assert rates[1] > 1.05 * rates[0]


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("swapping", ["nested", "sequential", "asap"])
def test_a_longer_line_with_a_cutoff_goes_on(detail: str, swapping: str) -> None:
    """Halves that are given up while they are stored, moved or waited for block nothing."""
    document = nv_line(detail=detail, duration=0.1)
    router = document["nodes"].pop("r")
    router["processor"] = {"transfer_time": "50 us", "gate_time": "5 us", "parallel": 1}
    names = ["a", "r1", "r2", "r3", "b"]
    document["nodes"] = {name: router if name[0] == "r" else None for name in names}
    document["links"] = [{"between": list(ends), "length": "2 km"} for ends in pairwise(names)]
    document["protocols"] = {"swapping": swapping, "cutoff": {"kind": "age", "after": "600 us"}}
    result = run(document)
    (flow,) = result.flows
    assert not result.stalls
    assert flow.pairs > 5
    assert sum(row.expired for row in result.memories) > 20


@pytest.mark.parametrize(("after", "noted"), [("40 us", True), ("100 us", False)])
def test_a_cutoff_shorter_than_a_move_is_noted(after: str, noted: bool) -> None:
    """Halves are known 10 us after the first light and stored 50 us later: no pair lives through 40 us."""
    document = nv_line(duration=0.02, protocols={"cutoff": {"kind": "age", "after": after}})
    document["nodes"]["r"]["processor"] = {"transfer_time": "50 us"}
    result = run(document)
    found = [note for note in result.notes if "moved them" in note]
    assert bool(found) is noted
    if noted:
        assert result.flows[0].pairs == 0
        assert re.match(
            r"\d+ pairs between r and [ab] were given up as r moved them: their cut-off comes 4e-05 s after "
            r"the start of storage, the end of the move 6\.\d+e-05 s after it",
            found[0],
        )


def test_moved_halves_are_purified() -> None:
    """Both ends of both pairs have been moved when the ends ask each other about them."""
    stores = {
        "memory": {"comm": {"count": 1, "efficiency": 0.5}, "data": {"count": 2, "efficiency": 0.0}},
        "transfer": {"kind": "to-bank", "bank": "data", "memories": 2},
    }
    document = nv_line(ends=stores, duration=0.2, protocols={"purification": "dejmps"})
    del document["nodes"]["r"]
    document["links"] = [{"between": ["a", "b"], "length": "2 km"}]
    document["defaults"]["memory"] = {"initial_fidelity": 0.8}
    for end in document["nodes"].values():
        end["memory"]["comm"]["initial_fidelity"] = 0.8
    document["traffic"][0]["fidelity"] = 0.83
    sink = MemorySink()
    result = run(document, sink)
    (flow,) = result.flows
    purified = [fields for _, event, _, fields in sink.events if event == "pair_purified"]
    assert flow.pairs > 100
    assert flow.fidelity_mean > 0.83
    # Werner pairs of .8 succeed with (8 F² - 4 F + 5)/9, references 6.4.
    good = sum(fields["success"] for fields in purified)
    expected = (8 * 0.8**2 - 4 * 0.8 + 5) / 9
    assert share_of(good, len(purified), expected).sigmas(expected) < ROOM
    assert not result.stalls


@pytest.mark.parametrize(
    ("node", "place", "message"),
    [
        ({"transfer": {"kind": "to-bank", "bank": "dta"}}, "transfer.bank", "no memories called 'dta'"),
        ({"transfer": {"kind": "to-bank", "bank": "comm"}}, "transfer.bank", "a link of 'r' uses 'comm'"),
        (
            {"transfer": {"kind": "to-bank", "bank": "data", "memories": 2}},
            "transfer.memories",
            "must be at most 1",
        ),
    ],
)
def test_faults(node: Document, place: str, message: str) -> None:
    document = nv_line()
    document["nodes"]["r"].update(node)
    with pytest.raises(ScenarioError, match=rf"nodes\.r\.{place}: .*{message}"):
        from_document(document)


def test_the_scalar_formalism_moves_halves_by_perfect_gates_alone() -> None:
    document = nv_line(formalism="scalar-fidelity")
    from_document(document)
    document["nodes"]["r"]["processor"] = {"gate_error": 0.1}
    with pytest.raises(ScenarioError, match=r"nodes\.r\.transfer: its gates have errors"):
        from_document(document)

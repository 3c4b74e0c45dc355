"""What a swapped pair takes over from the two that it is made of: the worse, whichever side it is on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from protocols.entanglement.swap_operation import _owing
from qsim.kernel.streams import Streams
from qsim.quantum.pair import Owed
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request

BOTH_WAYS = pytest.mark.parametrize(("initiator", "responder"), [("n0", "n2"), ("n2", "n0")])


def just_swapped(delays: tuple[float, ...], initiator: str, responder: str, **fields: Any) -> Any:
    """Two links, their sources ticking from 20 ms on, at the moment when the middle node swaps.

    The half of a pair reaches its end after half of the link's delay d, and the ends know of the pair after
    3d/2: the swap is when the slower link is ready.
    """
    traffic = [request(initiator, responder, start="20 ms", pairs=1)]
    engine = alive(chain(delays, generation=clocked(0.5e-3), traffic=traffic, **fields))
    engine.run_until(round((20 + 1.5 * max(delays)) * MS) + 1)
    return engine


@BOTH_WAYS
@pytest.mark.parametrize("delays", [(1.0, 3.0), (3.0, 1.0)])
def test_it_is_as_old_as_the_older_and_known_when_the_farther_end_has_heard(
    delays: tuple[float, float], initiator: str, responder: str
) -> None:
    engine = just_swapped(delays, initiator, responder)
    near, far = engine.node("n0").memories[0], engine.node("n2").memories[0]
    assert near.pair is far.pair
    assert near.pair.born == round((20 + min(delays) / 2) * MS)
    assert near.pair.confirmed_at == engine.sim.now - 1 + round(max(delays) * MS)


@BOTH_WAYS
@pytest.mark.parametrize("short", ["n0", "n2"])
def test_both_ends_give_it_up_at_the_earlier_deadline_whichever_side_that_is_of(
    short: str, initiator: str, responder: str
) -> None:
    """One end gives pairs up after 10 ms, all others after 30 ms: a swapped pair has 10 ms at both."""
    nodes = {
        name: {"cutoff": {"kind": "age", "after": 10e-3 if name == short else 30e-3}}
        for name in ("n0", "n1", "n2")
    }
    engine = just_swapped((1.0, 1.0), initiator, responder, nodes=nodes)
    engine.apps[0].use = lambda *_: None  # the ends keep the pair, so that its deadline can be looked at
    engine.run_until(round(22.5 * MS) + 1)
    ends = [engine.node(name).memories[0] for name in ("n0", "n2")]
    assert ends[0].pair is ends[1].pair
    assert [end.deadline for end in ends] == [round(30.5 * MS)] * 2


@pytest.mark.parametrize(("probability", "draws"), [(1.0, False), (0.999, True), (0.0, True)])
def test_a_sure_swap_draws_nothing(probability: float, draws: bool) -> None:
    """Whether chance is asked shows in all later draws of the node, so that sure swaps leave it alone."""
    swapping = {"kind": "nested", "success_probability": probability}
    engine = alive(chain(2, swapping=swapping, traffic=[request("n0", "n2")]), seed=5)
    engine.run_until(100 * MS)
    untouched = Streams(5).scalar("swap/n1").random()
    assert (engine.sim.stream("swap/n1").random() != untouched) is draws


@BOTH_WAYS
def test_each_half_keeps_the_beginning_of_its_own_storage(initiator: str, responder: str) -> None:
    """Sources stand a quarter of the way along their links, so that the halves of a pair begin apart."""
    document = chain(2, generation=clocked(0.5e-3), traffic=[request(initiator, responder, start="20 ms")])
    for link in document["links"]:
        link["midpoint"] = 0.25
    engine = alive(document)
    near, far = engine.node("n0").memories[0], engine.node("n2").memories[0]
    while near.pair is None or near.pair is not far.pair:
        assert engine.sim.step()
    stored = dict(zip((near.pair.first, near.pair.second), near.pair.stored, strict=True))
    assert stored[far] - stored[near] == MS // 2


@pytest.mark.parametrize(
    ("near", "far", "until"),
    [
        ((None, None), (None, None), (105, 105)),
        # What the swapping node's halves wait for is passed on with its own news, the later of the two.
        ((None, 130), (None, None), (135, 135)),
        ((None, 130), (140, None), (145, 145)),
        # What an end waits for already may come later still, and is no matter of the other end.
        ((200, 130), (None, None), (200, 135)),
        ((None, None), (120, 300), (125, 300)),
    ],
)
def test_a_correction_waits_for_all_news_that_are_on_their_way(
    near: tuple[int | None, int | None], far: tuple[int | None, int | None], until: tuple[int, int]
) -> None:
    def pair(*times: int | None) -> Any:
        owed = [None if time is None else Owed(0, time) for time in times]
        return SimpleNamespace(owing=lambda half, _now: owed[half])

    found = [_owing(pair(*near), pair(*far), half, 100, 5) for half in (0, 1)]
    assert found == [Owed(0, time) for time in until]


@BOTH_WAYS
@pytest.mark.parametrize(("delays", "relaxing"), [((1.0, 3.0), "n0"), ((3.0, 1.0), "n2")])
def test_a_correction_is_waited_for_where_the_memories_of_one_node_alone_relax(
    delays: tuple[float, float], relaxing: str, initiator: str, responder: str
) -> None:
    """Memories that never relax are as those that do so once in years; the end of the short link corrects.

    What its half loses before the correction goes to either level alike, what it loses afterwards to one.
    """

    def state(others: dict[str, str]) -> Any:
        nodes = {
            name: {"memory": {"t1": "5 ms"} if name == relaxing else others} for name in ("n0", "n1", "n2")
        }
        document = {"run": {"formalism": "density-matrix"}, "nodes": nodes}
        engine = just_swapped(delays, initiator, responder, **document)
        near, far = engine.node("n0").memories[0], engine.node("n2").memories[0]
        assert near.pair is far.pair
        return near.pair.state(engine.sim.now + 2 * MS).density_matrix()

    assert state({}) == pytest.approx(state({"t1": "1e9 s"}), abs=1e-9)


@pytest.mark.parametrize(("initiator", "responder"), [("n0", "n3"), ("n3", "n0")])
@pytest.mark.parametrize(
    ("delays", "waits"),
    [
        ((1.0, 2.0, 0.5), {"n0": 1.0, "n3": 0.5}),
        # The second swap comes 0.6 ms after the first, whose news have not come to the end by then.
        ((1.0, 2.0, 2.4), {"n0": 0.4, "n3": 2.4}),
        ((2.4, 2.0, 1.0), {"n0": 2.4, "n3": 0.4}),
    ],
)
def test_of_two_swaps_each_end_makes_the_correction_of_the_one_that_it_hears_of_first(
    delays: tuple[float, ...], waits: dict[str, float], initiator: str, responder: str
) -> None:
    """Neither of the nodes that swap has heard of the other's swap."""
    document = {"run": {"formalism": "density-matrix"}, "memory": {"t1": "5 ms"}, "swapping": "asap"}
    engine = just_swapped(delays, initiator, responder, **document)
    near, far = engine.node("n0").memories[0], engine.node("n3").memories[0]
    now = engine.sim.now - 1
    assert near.pair is far.pair
    halves = {near.pair.first: near.pair.owing(0, now), near.pair.second: near.pair.owing(1, now)}
    assert {half.node.name: (owed.until - now) / MS for half, owed in halves.items()} == pytest.approx(waits)


@BOTH_WAYS
@pytest.mark.parametrize(("delays", "loser", "other"), [((1.0, 3.0), "n0", "n2"), ((3.0, 1.0), "n2", "n0")])
def test_a_swap_of_a_pair_whose_other_half_was_lost_gives_neither_end_a_pair(
    delays: tuple[float, float], loser: str, other: str, initiator: str, responder: str
) -> None:
    """The end of the short link gives its half up while the middle node waits for the long one."""
    traffic = [request(initiator, responder, start="20 ms", pairs=1)]
    engine = alive(chain(delays, generation=clocked(0.5e-3), traffic=traffic))
    engine.run_until(23 * MS)
    lost, kept = engine.node(loser).memories[0], engine.node(other).memories[0]
    engine.stack(loser).give_up(lost)
    engine.run_until(round(24.5 * MS) + 1)
    assert engine.node("n1").memories[0].pair is engine.node("n1").memories[1].pair is None
    assert lost.pair is None
    assert not kept.pair.intact
    assert kept in (kept.pair.first, kept.pair.second)
    assert lost not in (kept.pair.first, kept.pair.second)


@pytest.mark.parametrize(("swapping", "links"), [("nested", 4), ("sequential", 3)])
@pytest.mark.parametrize("way", [1, -1])
def test_its_level_is_the_number_of_swaps_one_after_the_other(swapping: str, links: int, way: int) -> None:
    """Nested, two pairs of one level are joined each time; in sequence, one grows by fresh ones."""
    ends = ["n0", f"n{links}"][::way]
    traffic = [request(*ends, start="20 ms", pairs=1)]
    engine = alive(chain(links, swapping=swapping, generation=clocked(0.5e-3), traffic=traffic))
    levels = set()
    while engine.sim.now < 30 * MS and engine.sim.step():
        levels |= {memory.pair.level for memory in engine.node(ends[0]).memories if memory.pair is not None}
    assert levels == {0, 1, 2}


@pytest.mark.parametrize(
    ("swapping", "remembers"),
    [
        ({"kind": "nested"}, False),
        ({"kind": "asap"}, True),
        ({"kind": "asap", "success_probability": 0.0}, False),
    ],
)
def test_where_pairs_have_gone_is_remembered_if_another_swap_may_cross_and_there_is_a_new_pair(
    swapping: dict[str, Any], remembers: bool
) -> None:
    engine = alive(chain(2, swapping=swapping, traffic=[request("n0", "n2")]))
    engine.run_until(20 * MS)
    assert engine.node("n1").memories[0].newest_id > 3
    assert bool(engine.stack("n1").tracker._onward) is remembers


@pytest.mark.parametrize(
    ("delays", "lost"), [((1.0, 3.0), None), ((1.0, 3.0), "n0"), ((3.0, 1.0), None), ((3.0, 1.0), "n2")]
)
@pytest.mark.parametrize("success", [1.0, 0.0])
def test_a_trace_names_who_truly_held_the_other_halves_and_what_they_are_worth(
    success: float, delays: tuple[float, float], lost: str | None
) -> None:
    sink = MemorySink()
    document = chain(
        delays,
        generation=clocked(0.5e-3, fidelity=0.9),
        swapping={"kind": "nested", "success_probability": success},
        traffic=[request("n0", "n2", start="20 ms", pairs=1)],
    )
    engine = alive(document, trace=sink)
    engine.run_until(23 * MS)
    ends = {name: engine.node(name).memories[0] for name in ("n0", "n2")}
    if lost is not None:
        engine.stack(lost).give_up(ends[lost])
    engine.run_until(round(24.5 * MS) + 1)
    (told,) = (fields for _, event, _, fields in sink.events if event == "pair_swapped")
    assert told["success"] is bool(success)
    assert 0 < told["true_left"] == told["left"] != told["right"] == told["true_right"]
    assert (told["pair"] > max(told["left"], told["right"])) if success else (told["pair"] == 0)
    assert [told["a"], told["b"]] == [None if name == lost else end.name for name, end in ends.items()]
    # Two Werner pairs of 0.9 make one of 0.9^2 + 0.1^2 / 3.
    whole = success and lost is None
    assert told["fidelity"] == (pytest.approx(0.81 + 0.01 / 3) if whole else None)

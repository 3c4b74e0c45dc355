"""Allocations at work: limits are like fewer memories, and memories move without ever being two at once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from protocols.network.calendar import WHOLE
from qsim.errors import InvariantError, ScenarioError
from qsim.results import Result
from qsim.scenario import from_document
from qsim.units import to_ps
from tests.protocols.metropolitan import flows, without_light
from tests.protocols.resource.networks import WEIGHTED, metropolitan
from tests.protocols.scenes import MS, alive, chain, request

S = 10**12


def levels(engine, time):
    """The limits of all nodes at a time, ps."""
    return {
        name: engine.view.calendars[node].limits[WHOLE].level(time) for name, node in engine.nodes.items()
    }


def test_limits_are_like_having_fewer_memories():
    """The third published use case with requests of 10 to 24: of 150 memories a node promises as many.

    In general a limit is less strict: fewer memories also have to be free one by one for a whole window.
    """
    document = dict(without_light("weighted").document)
    document["run"] = {**document["run"], "duration": 200.0}
    document["traffic"] = [{**document["traffic"][0], "memories_max": [25]}]
    installed = from_document(document).run()
    limited = metropolitan({"kind": "static", "budget": 450, "weights": WEIGHTED}).run()
    assert flows(limited.flows) == flows(installed.flows)
    assert limited.rejected == installed.rejected
    assert {row.node: row.limit for row in limited.table("allocation")} == WEIGHTED


@pytest.mark.parametrize("reservation", ["hop-by-hop", "oldest-first"])
def test_a_limit_of_all_that_is_installed_is_none(reservation):
    plain = metropolitan(None, installed=50, reservation=reservation).run()
    limited = metropolitan({"kind": "even"}, installed=50, reservation=reservation).run()
    assert flows(limited.flows) == flows(plain.flows)
    assert limited.rejected == plain.rejected


def test_a_smaller_exponent_gives_more_to_those_with_little():
    spec = {"kind": "static", "budget": 450, "weights": WEIGHTED}
    for exponent in (1.0, 0.5):
        result = metropolitan({**spec, "exponent": exponent}, duration=1.0).run()
        whole = sum(weight**exponent for weight in WEIGHTED.values())
        for row in result.table("allocation"):
            assert abs(row.limit - 450 * WEIGHTED[row.node] ** exponent / whole) < 1


@pytest.mark.parametrize(("delay", "outage"), [(0, 0), (7.5, 0), (20, 20), (20, 4)])
def test_memories_move_and_are_never_two_at_once(delay, outage):
    engine = metropolitan(
        {"kind": "reactive", "budget": 450, "delay": delay, "outage": outage, "share": 1.0}
    ).engine()
    moved = False
    for second in range(2, 200, 2):
        engine.run_until(second * S)
        now = engine.sim.now
        ahead = [now + to_ps(step / 2) for step in range(80)]
        known = [levels(engine, time) for time in ahead]
        assert all(sum(level.values()) <= 450 for level in known)
        # All that was taken out of service comes back.
        assert sum(known[-1].values()) == 450
        if outage == 0 and second > delay + 30:
            # What one gives up another has at once, but for a few ms of messages.
            assert sum(known[0].values()) == 450 or delay == 0
        moved |= any(one != other for one, other in pairwise(known))
        for node in engine.nodes.values():
            calendar = engine.view.calendars[node]
            for time in (now, now + S):
                held = sum(start <= time <= end for _, card in calendar.cards() for start, end, _ in card)
                assert held <= calendar.limits[WHOLE].level(time)
    assert moved


def test_the_invariants_look_at_limits():
    spec = {"kind": "reactive", "budget": 450, "delay": 5, "share": 1.0}
    metropolitan(spec, duration=20.0).run(invariants=True)
    engine = metropolitan(spec, duration=20.0).engine()
    engine.check_invariants()
    engine.run_until(3 * S)
    node = next(node for node, calendar in engine.view.calendars.items() if calendar.flows)
    # By force, past what `shrink` would do.
    engine.view.calendars[node].limits[WHOLE].grow(-45, engine.sim.now)
    with pytest.raises(InvariantError, match=f"'{node.name}' has promised .* and its limit is 5"):
        engine.run_until(20 * S)


def test_nothing_moves_before_the_delay_is_over():
    result = metropolitan({"kind": "reactive", "budget": 450, "delay": 25, "epoch": 10}).run()
    first = {row.start_s: [] for row in result.table("allocation")}
    for row in result.table("allocation"):
        first[row.start_s].append(row.limit)
    # The first epoch is over at 10 s; what follows from it serves at 35 s.
    assert all(first[start] == [50.0] * 9 for start in (0.0, 10.0, 20.0))
    assert all(min(limits) < 50 < max(limits) for start, limits in first.items() if start >= 40)


def test_an_outage_is_time_without_the_memory():
    with_it, without = (
        metropolitan({"kind": "reactive", "budget": 450, "delay": 20, "outage": outage})
        .run()
        .table("allocation")
        for outage in (20, 0)
    )
    active = [sum(row.limit for row in rows if row.start_s >= 50) for rows in (with_it, without)]
    assert active[0] < active[1] - 20


def test_oracle_and_reaction_see_the_same_load_in_time():
    """An oracle that is told the measured load ahead of time holds at every time what fits that load."""
    measured = metropolitan({"kind": "even", "budget": 450}).run()
    loads = {name: [] for name in WEIGHTED}
    for row in measured.table("allocation"):
        loads[row.node].append(row.offered)
    told = metropolitan({"kind": "oracle", "budget": 450, "delay": 20, "loads": loads}).run()
    limits = {(row.node, row.start_s): row.limit for row in told.table("allocation")}
    for start in range(40, 200, 10):
        epoch = start // 10
        total = sum(series[epoch] for series in loads.values())
        # 20 s before that epoch it was decided; promises for it were few by then.
        busiest = max(loads, key=lambda name: loads[name][epoch])
        wanted = 450 * loads[busiest][epoch] / total
        assert limits[busiest, float(start)] >= min(150, wanted) * 0.6


def test_links_of_a_node_share_what_the_node_has():
    result = metropolitan({"kind": "reactive", "moves": "links", "least": 4}, installed=50).run()
    by_node = {}
    for row in result.table("allocation"):
        by_node.setdefault((row.node, row.start_s), []).append(row)
    assert {node for node, _ in by_node} == {"StarLight", "UChicago_PME", "Fermilab_1", "Argonne_1"}
    for rows in by_node.values():
        assert len(rows) > 1
        assert all(row.link and row.limit >= 4 for row in rows)
        assert sum(row.limit for row in rows) <= 50 + 1e-9


def test_a_flow_counts_on_the_limits_of_its_own_links():
    """Of the 12 memories of the middle each link may have 4; a flow over two of the three takes 2 of each."""
    document = chain(2, count=12, traffic=[request("n0", "n2", memories=2)], nodes={"n3": None})
    document["links"].append({**document["links"][0], "between": ["n1", "n3"]})
    document["protocols"]["allocation"] = {"kind": "even", "moves": "links"}
    engine = alive(document)
    engine.run_until(100 * MS)
    now = engine.sim.now
    limits = engine.view.calendars[engine.node("n1")].limits
    assert [(limit.level(now), limit.room(now, now)) for limit in limits.values()] == [(4, 2), (4, 2), (4, 4)]


def test_the_same_seed_gives_the_same_bits():
    spec = {"kind": "reactive", "budget": 450, "delay": 5}
    assert metropolitan(spec).run().fingerprint == metropolitan(spec).run().fingerprint


def test_results_keep_the_table(tmp_path):
    result = metropolitan({"kind": "even", "budget": 450}, duration=25.0).run()
    assert [row.end_s for row in result.table("allocation")][::9] == [10.0, 20.0, 25.0]
    result.save(tmp_path / "kept")
    assert Result.load(tmp_path / "kept").table("allocation") == result.table("allocation")
    frame = result.frame("allocation")
    assert list(frame.columns) == ["start_s", "end_s", "node", "link", "limit", "offered"]


@pytest.mark.parametrize(
    ("allocation", "said"),
    [
        ({"kind": "even", "budget": 2000}, "at most the 1350 memories"),
        ({"kind": "even", "budget": 10}, "at least 18"),
        ({"kind": "even", "epoch": "1 ms"}, "2e+05 epochs of the run"),
        ({"kind": "even", "budget": 450, "moves": "links"}, "what its links share"),
        ({"kind": "static", "budget": 450, "weights": {**WEIGHTED, "Nu": 1}}, "called 'Nu'"),
        ({"kind": "static", "budget": 450, "weights": {"NU": 1}}, "has none for StarLight"),
        ({"kind": "static", "budget": 450, "weights": {**WEIGHTED, "NU": -1}}, "must be in [0, inf)"),
        ({"kind": "reactive"}, "none can move"),
        ({"kind": "reactive", "budget": 450, "outage": 2, "delay": 1}, "at most the delay of 1 s"),
        ({"kind": "reactive", "budget": 450, "controller": "Startlight"}, "did you mean 'StarLight'?"),
        ({"kind": "oracle", "budget": 450}, "has to be told"),
        ({"kind": "oracle", "budget": 450, "loads": dict.fromkeys(WEIGHTED, ())}, "at least one"),
        ({"kind": "forecast", "budget": 450, "training": 100}, "must have 20 epochs"),
        ({"kind": "forecast", "budget": 450, "training": "200 s"}, "must end before the run"),
        (
            {"kind": "forecast", "budget": 450, "training": 199, "validation": 0.01, "delay": 60},
            "the 7 epochs that a forecast looks ahead",
        ),
    ],
)
def test_what_cannot_be_is_told_before_the_run(allocation, said):
    with pytest.raises(ScenarioError) as caught:
        metropolitan(allocation)
    assert said in str(caught.value)

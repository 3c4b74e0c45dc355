"""When storage begins, when a half is used, and what both make of the fidelity of a delivered pair."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from qsim.analytic import decay
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request

WAYS = pytest.mark.parametrize("ends", [("n0", "n2"), ("n2", "n0")])
#: Of one link, in either direction.
BACK_AND_FORTH = pytest.mark.parametrize("ends", [("a", "b"), ("b", "a")])


#: Two bins so close together that nothing decays between them.
CLOSE = {"kind": "two-photon", "bin_separation": "1 ns"}


def link(kilometres: float, model: Any, memory: Any, **fields: Any) -> Any:
    """A run of one link without losses; `midpoint` and `formalism` are fields, `ends` the request's."""
    initiator, responder = fields.pop("ends", ("a", "b"))
    place = {key: fields[key] for key in ("midpoint",) if key in fields}
    return from_document(
        {
            "run": {
                "duration": "50 ms",
                "record_pairs": True,
                "formalism": fields.get("formalism", "bell-diagonal"),
            },
            "defaults": {
                "memory": {"count": 2, **memory},
                "fibre": {"attenuation": 0.0},
                "detector": {"efficiency": 1.0, "dark_count_rate": 0.0},
                "link_model": model,
            },
            "nodes": ["a", "b"],
            "links": [{"between": ["a", "b"], "length": f"{kilometres} km", **place}],
            "protocols": {"purification": "none"},
            "traffic": [request(initiator, responder)],
        }
    )


def fidelity(scenario: Any) -> float:
    result = scenario.run(seed=1)
    (row,) = (*result.flows, *result.unfinished)
    assert row.pairs > 5
    mean: float = row.fidelity_mean
    return mean


@pytest.mark.parametrize(("kilometres", "expected"), [(100, 0.9524), (200, 0.9094)])
def test_halves_from_a_source_in_the_middle_decay_from_their_absorption(
    kilometres: float, expected: float
) -> None:
    """Each is stored while the news of the other's absorption crosses the link."""
    found = fidelity(link(kilometres, "midpoint-source", {"t2": "10 ms"}))
    assert found == pytest.approx(decay.dephased(kilometres / 2e5, 10e-3), abs=1e-12)
    assert found == pytest.approx(expected, abs=5e-5)


def test_a_long_link_with_a_source_in_the_middle() -> None:
    found = fidelity(link(600, "midpoint-source", {"depolarising_time": "200 ms"}))
    assert found == pytest.approx(0.977834, abs=5e-7)


@BACK_AND_FORTH
def test_a_station_off_the_middle_has_each_half_decay_until_its_own_use(ends: tuple[str, str]) -> None:
    """0.1 ms from the emission to the news at the near end, 0.9 ms at the far one."""
    scenario = link(100, "two-photon", {"t2": "10 ms"}, midpoint=0.1, ends=ends)
    assert fidelity(scenario) == pytest.approx(0.95241, abs=2e-5)


@BACK_AND_FORTH
def test_at_the_instant_of_the_near_ends_news_the_far_half_is_younger(ends: tuple[str, str]) -> None:
    """0.1 ms at the near end, and at the far one from its own emission 0.45 ms before the light met."""
    engine = link(100, "two-photon", {"t2": "10 ms"}, midpoint=0.1, ends=ends).engine(seed=1)
    seen: list[float] = []
    deliver = engine.apps[0].deliver

    def noted(flow: Any, memory: Any) -> None:
        if memory.node.name == "a":
            seen.append(memory.fidelity)
        deliver(flow, memory)

    engine.apps[0].deliver = noted
    engine.run()
    assert len(seen) > 5
    assert seen == [pytest.approx(0.97087, abs=2e-5)] * len(seen)


def unequal(ends: tuple[str, str], **fields: Any) -> Any:
    """Links of 0.05 and 0.5 ms whose sources tick at 10 ms.

    Absorbed at 10.025 and at 10.25 ms, swapped at 10.75 ms; n0 hears at 10.8 ms and n2 at 11.25 ms.
    """
    memory = fields.pop("memory", {"t2": "20 ms"})
    app = fields.pop("app", {})
    asked = request(*ends, start="10 ms", duration="1.5 ms", **app)
    return chain((0.05, 0.5), memory=memory, traffic=[asked], **fields)


@WAYS
def test_a_delivered_pair_reads_alike_from_both_ends(ends: tuple[str, str]) -> None:
    (pair,) = alive(unequal(ends)).run().pairs
    stored = 0.775 + 0.725 + 0.5 + 1.0
    assert pair.fidelity == pytest.approx((1 + exp(-stored / 20)) / 2, abs=1e-12)
    used = {ends[0]: pair.initiator_time_s, ends[1]: pair.responder_time_s}
    assert used == {"n0": pytest.approx(10.8e-3), "n2": pytest.approx(11.25e-3)}
    assert pair.time_s == pytest.approx(11.25e-3)
    assert pair.age_s == pytest.approx(1.225e-3)


@WAYS
def test_an_application_that_keeps_both_halves_has_the_state_at_the_later_instant(
    ends: tuple[str, str],
) -> None:
    document = unequal(ends)
    del document["traffic"]
    engine = alive(document)
    engine.request(*ends, start="10 ms", duration="1.5 ms")
    (pair,) = engine.run().pairs
    stored = 1.225 + 0.725 + 0.5 + 1.0
    assert pair.fidelity == pytest.approx((1 + exp(-stored / 20)) / 2, abs=1e-12)


@WAYS
@pytest.mark.parametrize(("cutoff", "pairs"), [("1 ms", 0), ("1.3 ms", 1)])
def test_a_pair_whose_half_is_given_up_before_the_news_counts_for_neither_end(
    ends: tuple[str, str], cutoff: str, pairs: int
) -> None:
    """The older half is stored from 10.025 ms, and the last news comes at 11.25 ms."""
    result = alive(unequal(ends, cutoff=cutoff)).run()
    assert sum(row.pairs for row in result.flows) == len(result.pairs) == pairs


def test_both_directions_count_the_same_pairs() -> None:
    """The far end's half is too old for the news of some swaps, whichever end asked."""

    def counted(ends: tuple[str, str]) -> tuple[int, float]:
        document = chain(
            (0.05, 0.3),
            memory={"t2": "20 ms"},
            cutoff="3 ms",
            generation=clocked(0.1e-3, 0.1),
            traffic=[request(*ends)],
        )
        result = alive(document).run()
        (row,) = result.unfinished or result.flows
        assert sum(memory.expired for memory in result.memories) > 50
        return row.pairs, row.fidelity_mean

    there, back = counted(("n0", "n2")), counted(("n2", "n0"))
    assert there == (back[0], pytest.approx(back[1], abs=1e-12))
    assert there[0] > 100


@WAYS
@pytest.mark.parametrize("memories", [1, 2])
def test_a_request_for_so_many_pairs_ends_with_as_many(ends: tuple[str, str], memories: int) -> None:
    document = chain(
        (0.05, 0.5), traffic=[request(*ends, start="10 ms", pairs=7, memories=memories)], count=4
    )
    result = alive(document).run()
    (row,) = result.flows
    assert (row.pairs, len(result.pairs), row.status) == (7, 7, "completed")
    last = max(pair.time_s for pair in result.pairs)
    # n2 hears last; where it is the responder, it tells the initiator over both links.
    told = 0.55e-3 if ends[1] == "n2" else 0.0
    assert row.end_s == pytest.approx(last + told)
    assert row.latency_mean_s == pytest.approx((last - row.start_s) / 7)


def test_a_stored_half_of_a_herald_of_psi_waits_for_its_correction() -> None:
    """t/T1 = 0.2 with the bright state held until the news: Ψ, not Φ, relaxes."""
    scenario = link(40, CLOSE, {"t1": "1 ms"}, formalism="density-matrix")
    found = fidelity(scenario)
    assert found == pytest.approx(decay.relaxed_psi(0.2, 1.0), abs=1e-4)
    assert found == pytest.approx(0.8187, abs=5e-5)


@pytest.mark.parametrize("model", ["single-click", "two-photon"])
def test_a_link_is_the_same_from_both_ends(model: str) -> None:
    """A station off the middle with loss: the states of the ends differ, and one half is owed the flip."""

    def read(ends: tuple[str, str]) -> float:
        scenario = link(
            40,
            model,
            {"t1": "1 ms", "efficiency": 0.5},
            formalism="density-matrix",
            midpoint=0.2,
            ends=ends,
        )
        return fidelity(scenario)

    assert read(("a", "b")) == pytest.approx(read(("b", "a")), abs=1e-12)


def test_relaxation_to_the_bright_state_is_as_harmful_to_psi() -> None:
    dark, bright = (
        fidelity(link(40, CLOSE, {"t1": "1 ms", "relaxes_to": state}, formalism="density-matrix"))
        for state in ("dark", "bright")
    )
    # What is left is the relaxation between the two bins.
    assert bright == pytest.approx(dark, abs=2e-6)


@pytest.mark.parametrize(("bright", "true"), [(0.9, 0.2812371), (0.5, 0.3022022), (0.1, 0.3190869)])
def test_a_swap_under_relaxation_reads_alike_from_both_ends(bright: float, true: float) -> None:
    """Links of 1 and 60 km, T1 0.3 ms, against four qubits that relax as they are, corrected at the end."""

    def read(ends: tuple[str, str]) -> list[float]:
        document = {
            "run": {"duration": "20 ms", "record_pairs": True, "formalism": "density-matrix"},
            "defaults": {
                "memory": {"count": 2, "efficiency": 0.9, "t1": "0.3 ms"},
                "fibre": {"attenuation": 0.0},
                "detector": {"efficiency": 1.0, "dark_count_rate": 0.0},
                "link_model": {"kind": "single-click", "bright_population": bright},
            },
            "nodes": ["a", "b", "c"],
            "links": [{"between": ["a", "b"], "length": "1 km"}, {"between": ["b", "c"], "length": "60 km"}],
            "protocols": {"purification": "none"},
            "traffic": [request(*ends)],
        }
        return [pair.fidelity for pair in from_document(document).run(seed=1).pairs]

    there, back = read(("a", "c")), read(("c", "a"))
    assert there == pytest.approx(back, abs=1e-9)
    # The average over outcomes is twirled while the nearer end waits for its news of 5 us.
    assert there[1] == pytest.approx(true, abs=1.5e-3)


def test_ends_that_relax_to_opposite_states_keep_phi_as_psi() -> None:
    """A source gives Φ+: with opposite relaxation each of its terms loses one excitation's worth."""
    document = unequal(("n0", "n1"), memory={"t1": "10 ms"}, run={"formalism": "density-matrix"})
    document["traffic"] = [request("n0", "n1", start="10 ms", duration="0.1 ms")]
    same = alive(document).run().pairs[0].fidelity
    document["nodes"] = {"n0": {}, "n1": {"memory": {"relaxes_to": "bright"}}, "n2": {}}
    opposite = alive(document).run().pairs[0].fidelity
    assert same == pytest.approx(decay.relaxed_phi(0.05, 10.0), abs=1e-12)
    assert opposite == pytest.approx(decay.relaxed_psi(0.05, 10.0), abs=1e-12)


def test_gaussian_decay_follows_the_age_of_each_half() -> None:
    memory = {"decay": {"kind": "gaussian", "t2_star": "2 ms"}}
    (pair,) = alive(unequal(("n0", "n2"), memory=memory)).run().pairs
    damping = sum((stored / 2) ** 2 for stored in (0.775, 0.725, 0.5, 1.0))
    assert pair.fidelity == pytest.approx((1 + exp(-damping)) / 2, abs=1e-12)


def test_stretched_decay_beside_an_exponential_one() -> None:
    memory = {"decay": {"kind": "stretched", "time": "2 ms", "exponent": 3}, "t2": "20 ms"}
    (pair,) = alive(unequal(("n0", "n2"), memory=memory)).run().pairs
    stored = (0.775, 0.725, 0.5, 1.0)
    damping = sum((one / 2) ** 3 for one in stored) + sum(stored) / 20
    assert pair.fidelity == pytest.approx((1 + exp(-damping)) / 2, abs=1e-12)


def test_each_end_purifies_at_its_own_instant() -> None:
    """Absorbed at 20.5 ms; n1 asks at 21.5 ms, n0 makes its gate and measures at 22.5 ms, n1 at 23.5 ms."""
    sink = MemorySink()
    document = chain(
        1,
        purification="bbpssw",
        generation=clocked(1e-3, fidelity=0.8),
        memory={"depolarising_time": "50 ms"},
        traffic=[request("n0", "n1", start="20 ms", memories=2, fidelity=0.99)],
    )
    alive(document, trace=sink).run_until(200 * MS)
    time, fields = next(
        (time, fields)
        for time, event, _, fields in sink.events
        if event == "pair_purified" and fields["success"]
    )
    before = 0.25 + 0.55 * exp(-(2 + 3) / 50)
    rest = (1 - before) / 3
    kept = (before**2 + rest**2) / (before**2 + 2 * before * rest + 5 * rest**2)
    # The half at n0 has decayed for another millisecond by now, that at n1 for none.
    assert time % MS == MS // 2
    assert fields["fidelity"] == pytest.approx(0.25 + (kept - 0.25) * exp(-1 / 50), abs=1e-12)

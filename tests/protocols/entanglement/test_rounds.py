"""Purification by stated rounds, in frames, and of single-click pairs: what runs deliver."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.analytic import recurrence, swap_chains
from qsim.errors import ScenarioError
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import alive, chain, clocked, request
from tests.statistics import ROOM, share_of


def delivered(links: int, fidelity: float, sink: MemorySink | None = None, **kind: Any) -> Any:
    """What a chain delivers whose pairs are purified by stated rounds, without a target."""
    names = ("n0", f"n{links}")
    document = chain(
        links,
        purification={"kind": "bbpssw", **kind},
        generation=clocked(0.5e-3, fidelity=fidelity),
        count=16,
        traffic=[request(*names, memories=8, start="20 ms", pairs=40)],
        run={"duration": 4.0},
    )
    result = alive(document, trace=sink).run()
    assert len(result.pairs) == 40
    return {round(pair.fidelity, 12) for pair in result.pairs}


#: Fidelities of the published ladder from .7, of equal pairs that are twirled again.
LADDER = (0.7, 0.7352941, 0.7731707, 0.8119378)


@pytest.mark.parametrize("rounds", [0, 1, 2, 3])
def test_exactly_so_many_rounds_then_use(rounds: int) -> None:
    (found,) = delivered(1, 0.7, rounds=rounds)
    assert found == pytest.approx(LADDER[rounds], abs=5.1e-8)


def test_a_target_changes_nothing_about_stated_rounds() -> None:
    document = chain(
        1,
        purification={"kind": "bbpssw", "rounds": 2},
        generation=clocked(0.5e-3, fidelity=0.7),
        count=8,
        traffic=[request("n0", "n1", memories=8, fidelity=0.72, start="20 ms", pairs=40)],
    )
    result = alive(document).run()
    assert {round(pair.fidelity, 7) for pair in result.pairs} == {0.7731707}


Weights = tuple[float, float, float, float]


def werner(fidelity: float) -> Weights:
    """Probabilities of Φ+, Φ−, Ψ+, Ψ−."""
    rest = (1 - fidelity) / 3
    return fidelity, rest, rest, rest


def up(pair: Weights) -> Weights:
    """After one round of equal pairs that are twirled first: parities agree, phases add."""
    right, rest = pair[0], (1 - pair[0]) / 3
    agree = (right + rest) ** 2 + 4 * rest**2
    return tuple(share / agree for share in (right**2 + rest**2, 2 * right * rest, 2 * rest**2, 2 * rest**2))  # type: ignore[return-value]


def joined(one: Weights, other: Weights) -> Weights:
    """After a perfect swap."""
    return swap_chains.bell_diagonal_swap(one, other)


LINK = werner(0.9)


@pytest.mark.parametrize(
    ("rounds", "expected"),
    [
        (1, up(joined(up(LINK), up(LINK)))),
        ([0, 1], up(joined(LINK, LINK))),
        ([2], joined(up(up(LINK)), up(up(LINK)))),
        ([1, 2], up(up(joined(up(LINK), up(LINK))))),
    ],
)
def test_rounds_of_each_level_over_two_links(rounds: Any, expected: Weights) -> None:
    (found,) = delivered(2, 0.9, rounds=rounds)
    assert found == pytest.approx(expected[0], abs=1e-11)


def elementary(sink: MemorySink) -> set[int]:
    """How many pairs of links each delivered pair was made of, by its history in the trace."""
    cost: dict[int, int] = {}
    found = set()
    for _, event, _, fields in sink.events:
        if event == "pair_heralded":
            cost[fields["pair"]] = 1
        elif event == "pair_swapped":
            cost[fields["pair"]] = cost[fields["left"]] + cost[fields["right"]]
        elif event == "pair_purified":
            cost[fields["kept"]] += cost[fields["sacrificed"]]
        elif event == "pair_delivered":
            found.add(cost[fields["pair"]])
    return found


@pytest.mark.parametrize(
    ("links", "rounds", "pairs"),
    [
        (2, [0, 1], recurrence.nested_pairs(links_per_level=2, levels=1, pairs=2)),
        (4, [0, 1, 1], recurrence.nested_pairs(links_per_level=2, levels=2, pairs=2)),
        (4, [0, 0, 2], 4 * 4),
        (2, 1, 2 * recurrence.nested_pairs(links_per_level=2, levels=1, pairs=2)),
    ],
)
def test_nested_schedules_use_the_pairs_that_briegel_counts(links: int, rounds: Any, pairs: int) -> None:
    sink = MemorySink()
    assert delivered(links, 1.0, sink=sink, rounds=rounds) == {1.0}
    assert elementary(sink) == {pairs}


# single-click pairs


def single_click(formalism: str, purification: Any, **fields: Any) -> Any:
    """A short link of single clicks with alpha .1 whose fidelity is .902, as a document."""
    document = chain(
        1,
        purification=purification,
        memory={"efficiency": 0.0443},
        generation={"kind": "single-click"},
        count=2,
        traffic=[request("n0", "n1", memories=2, start="20 ms", pairs=300, **fields)],
        run={"duration": 3600.0, "formalism": formalism},
    )
    document["links"][0]["length"] = 100.0
    return document


@pytest.mark.parametrize(
    ("formalism", "purification", "fidelity", "probability", "frame"),
    [
        ("bell-diagonal", {"kind": "dejmps", "frame": "published"}, 0.8999, 0.9069, "--"),
        ("bell-diagonal", {"kind": "dejmps"}, 0.9883, 0.8232, "xx"),
        ("density-matrix", {"kind": "dejmps"}, 0.9883, 0.8232, "xx"),
        ("density-matrix", {"kind": "epl"}, 1.0, 0.902**2 / 2, "--"),
    ],
)
def test_one_round_of_single_click_pairs(
    formalism: str, purification: Any, fidelity: float, probability: float, frame: str
) -> None:
    sink = MemorySink()
    result = alive(single_click(formalism, {**purification, "rounds": 1}), seed=1, trace=sink).run()
    assert len(result.pairs) == 300
    for pair in result.pairs:
        assert pair.fidelity == pytest.approx(fidelity, abs=5e-5)
    rounds = [fields for _, event, _, fields in sink.events if event == "pair_purified"]
    assert {fields["frame"] for fields in rounds} == {frame}
    worked = sum(fields["success"] for fields in rounds)
    assert share_of(worked, len(rounds), probability).sigmas(probability) < ROOM


def test_extreme_photon_loss_needs_a_formalism_that_tells_two_ones_from_two_zeros() -> None:
    with pytest.raises(ScenarioError, match="cannot follow its recipe: BellDiagonalState does not know"):
        alive(single_click("bell-diagonal", "epl"))

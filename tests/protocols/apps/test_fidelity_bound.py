"""What `check` takes for reachable: targets that runs reach pass, and those beyond are refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from protocols.apps.fidelity_bound import _best_history, _purified
from protocols.entanglement.purification import Dejmps
from qsim.errors import ScenarioError
from qsim.quantum import BellDiagonalState, OperationNoise
from qsim.scenario import from_document
from tests.protocols.entanglement.test_rounds import joined, up, werner
from tests.protocols.scenes import alive, chain, clocked, request

LINK = werner(0.9)
#: Pairs of a link, of two links and of four, each purified once on the way.
TWO = up(joined(up(LINK), up(LINK)))
ONCE = up(joined(TWO, TWO))[0]


def network(links: int, purification: Any, target: float, memories: int = 4, **fields: Any) -> Any:
    """A chain of Werner pairs of .9 with a request of a target fidelity."""
    return chain(
        links,
        purification=purification,
        generation=clocked(0.5e-3, fidelity=0.9),
        count=2 * memories,
        traffic=[request("n0", f"n{links}", memories=memories, fidelity=target, start="20 ms", pairs=20)],
        run={"duration": 4.0},
        **fields,
    )


def single_click(kind: Any, target: float, formalism: str, **processor: float) -> Any:
    """One short link of single clicks with alpha .1 and pairs of .902."""
    document = network(1, kind, target, processor=processor)
    document["defaults"]["generation"] = "single-click"
    document["defaults"]["memory"]["efficiency"] = 0.0443
    document["links"][0]["length"] = 100.0
    document["run"] = {"duration": 3600.0, "formalism": formalism, "record_pairs": True}
    return document


@pytest.mark.parametrize(
    "document",
    [
        network(1, {"kind": "bbpssw", "policy": "once"}, up(LINK)[0] - 1e-9),
        network(2, {"kind": "bbpssw", "rounds": [1, 1]}, TWO[0] - 1e-9),
        single_click({"kind": "dejmps", "policy": "once"}, 0.988, "bell-diagonal"),
        single_click({"kind": "dejmps"}, 0.9999, "bell-diagonal"),
        single_click({"kind": "dejmps", "frame": "published"}, 0.94, "bell-diagonal"),
        single_click({"kind": "epl"}, 0.9999, "density-matrix"),
        single_click({"kind": "dejmps"}, 0.92, "bell-diagonal", gate_error=0.05, readout_error=0.03),
    ],
    ids=["once", "rounds", "frame-once", "frame", "published", "epl", "noisy"],
)
def test_targets_that_are_reached_pass(document: Any) -> None:
    result = alive(document, seed=1).run()
    assert len(result.pairs) == 20
    target = document["traffic"][0]["fidelity"]
    assert min(pair.fidelity for pair in result.pairs) >= target


@pytest.mark.parametrize(
    "document",
    [
        network(4, {"kind": "bbpssw", "policy": "once"}, ONCE + 1e-9),
        network(1, {"kind": "bbpssw", "match": "equal"}, up(up(LINK))[0] + 1e-9, memories=3),
        network(2, {"kind": "bbpssw", "rounds": [1, 1]}, TWO[0] + 1e-9),
        single_click({"kind": "dejmps", "policy": "once"}, 0.989, "bell-diagonal"),
        single_click({"kind": "dejmps", "policy": "once", "frame": "published"}, 0.903, "bell-diagonal"),
        single_click("none", 0.903, "density-matrix"),
        single_click({"kind": "dejmps"}, 0.93, "bell-diagonal", gate_error=0.05, readout_error=0.03),
    ],
    ids=["once", "equal", "rounds", "frame-once", "published-once", "none", "noisy"],
)
def test_targets_beyond_all_reach_are_refused(document: Any) -> None:
    with pytest.raises(ScenarioError, match="no protocol of this scenario brings a pair"):
        from_document(document)


@pytest.mark.parametrize(("target", "reachable"), [(0.97375, True), (0.97376, False)])
def test_the_limit_of_noisy_rounds_is_the_published_fixed_point(target: float, reachable: bool) -> None:
    """Gates that work with .99 and measurements that are right with .99 take no pair above .97375658."""
    noise = {"gate_error": 15 / 16 * 0.01, "readout_error": 0.01}
    document = network(1, "bbpssw", target)
    document["defaults"]["processor"] = noise
    if reachable:
        from_document(document)
    else:
        with pytest.raises(ScenarioError, match=r"above 0\.973757 with 4 memories"):
            from_document(document)


def test_histories_that_are_not_equal_count() -> None:
    """Pairs of .7 with Ψ− alone, in the published frame and with poor gates: equal pairs never get better."""
    noise = OperationNoise(0.05, 0.03)
    purify = partial(_purified, Dejmps(frame="published"), noise, noise)
    fresh = BellDiagonalState.from_probabilities(0.7, 0, 0, 0.3)
    pair, equal = fresh, []
    for _ in range(60):
        _, pair = purify(pair, pair)
        equal.append(pair.fidelity())
    assert max(equal) < 0.7
    assert _best_history(purify, fresh).fidelity() == pytest.approx(0.87817, abs=5e-6)


def test_stated_rounds_need_a_memory_more_than_there_are_rounds() -> None:
    from_document(network(1, {"kind": "bbpssw", "rounds": 3}, 0.0, memories=4))
    with pytest.raises(ScenarioError, match="memories: must be at least 5: 4 rounds"):
        from_document(network(1, {"kind": "bbpssw", "rounds": [4, 1]}, 0.0, memories=4))

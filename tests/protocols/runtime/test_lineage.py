"""The true ancestry of pairs, beside the simulator's own knowledge of who shares what."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pytest

import qsim
from qsim.errors import ResultError
from qsim.plots.ancestry import draw_ancestry
from qsim.trace.lineage import Lineage
from qsim.trace.memory_names import node_of
from qsim.trace.sinks import MemorySink, Tee
from tests.protocols.scenes import clocked

mpl.use("Agg")
HOPS = 5


@pytest.fixture(scope="module", params=["asap", "nested"])
def lineage(request: pytest.FixtureRequest) -> Lineage:
    network = qsim.Network("Chain", memory={"count": 8, "efficiency": 0.9, "t1": "1 s", "t2": "50 ms"})
    network.use_topology("line", nodes=HOPS + 1, length="10 km").set_protocols(swapping=request.param)
    found, kept = Lineage(), MemorySink()
    network.request("n0", f"n{HOPS}", memories=2).run("80 ms", seed=1, trace=Tee(found, kept))
    assert Lineage.of(kept.events).pairs == found.pairs
    found.request = request.param  # type: ignore[attr-defined]
    return found


def test_a_delivered_pair_was_made_of_one_herald_on_each_link(lineage: Lineage) -> None:
    delivered = [record for record in lineage.pairs.values() if record.delivered_s is not None]
    assert len(delivered) > 5
    for record in delivered:
        family = lineage.ancestry(record.pair)
        links = sorted(one.place for one in family if one.how == "heralded")
        assert links == [f"n{hop}-n{hop + 1}" for hop in range(HOPS)]
        assert {one.place for one in family if one.how == "swapped"} == {f"n{hop}" for hop in range(1, HOPS)}
        assert {node_of(end) for end in record.ends} == {"n0", f"n{HOPS}"}


def test_no_pair_goes_into_two_others_and_parents_come_first(lineage: Lineage) -> None:
    used: list[int] = []
    for record in lineage.pairs.values():
        used += record.parents
        assert all(lineage.pairs[parent].made_s <= record.made_s for parent in record.parents)
        assert all(lineage.pairs[parent].became == record.pair for parent in record.parents)
    assert len(used) == len(set(used))


def test_a_swap_joins_the_far_ends_of_its_true_parents(lineage: Lineage) -> None:
    rows = lineage.swaps()
    for row in rows:
        parents = [lineage.pairs[number] for number in (row["left"], row["right"])]
        assert row["waited_s"] == row["time_s"] - min(parent.made_s for parent in parents)
        assert row["delivered_s"] == lineage.pairs[row["pair"]].delivered_s
    assert len(rows) > 20
    for row in rows:
        ends = {end for name in ("left", "right") for end in lineage.pairs[row[name]].ends}
        assert {row["a"], row["b"]} <= ends
    stale = [
        row for row in rows if (row["left"], row["right"]) != (row["believed_left"], row["believed_right"])
    ]
    # Under as-soon-as-possible nodes swap pairs whose far ends have moved without their knowing.
    assert bool(stale) == (lineage.request == "asap")  # type: ignore[attr-defined]


def test_ancestry_is_told_and_drawn(lineage: Lineage) -> None:
    pair = next(record.pair for record in lineage.pairs.values() if record.delivered_s is not None)
    lines = lineage.tree(pair).splitlines()
    assert len(lines) == 2 * HOPS - 1
    assert lines[0].startswith(f"pair {pair}: swapped at n")
    axes = draw_ancestry(lineage, pair)
    assert len(axes.texts) == len(lines)
    axes.figure.canvas.draw()
    with pytest.raises(ResultError, match="no pair 123456"):
        lineage.ancestry(123456)


@pytest.mark.parametrize("swapping", ["asap", "nested"])
def test_the_fidelity_right_after_a_swap_is_the_product_of_the_links(swapping: str) -> None:
    network = qsim.Network("Chain", link_model=clocked(success=0.3, fidelity=0.95))
    network.use_topology("line", nodes=HOPS + 1, length="10 km").set_protocols(swapping=swapping)
    lineage = Lineage()
    network.request("n0", f"n{HOPS}", memories=2).run("100 ms", seed=3, trace=lineage)
    lengths = set()
    for row in lineage.swaps():
        links = sum(record.how == "heralded" for record in lineage.ancestry(row["pair"]))
        # Memories are ideal and swaps exact: Werner parameters multiply, (4 F - 1) / 3 for each link.
        assert row["fidelity"] == pytest.approx((1 + 3 * ((4 * 0.95 - 1) / 3) ** links) / 4, abs=1e-12)
        lengths.add(links)
    assert {2, HOPS} <= lengths


def swap(left: int, right: int, pair: int, a: str | None, b: str, fidelity: float | None) -> dict[str, Any]:
    """What the event of a swap says whose node knows the true pairs."""
    known = {"left": left, "right": right, "pair": pair, "success": True}
    return known | {"true_left": left, "true_right": right, "a": a, "b": b, "fidelity": fidelity}


def test_a_half_that_was_freed_makes_a_swap_join_nothing() -> None:
    lineage = Lineage()
    lineage.emit(0, "pair_heralded", "a-b", pair=1, a="a[0]", b="b[0]", attempts=3, fidelity=0.9)
    lineage.emit(0, "pair_heralded", "b-c", pair=2, a="b[1]", b="c[0]", attempts=1, fidelity=0.8)
    lineage.emit(2, "pair_swapped", "b", **swap(1, 2, 3, None, "c[0]", fidelity=None))
    assert (lineage.lost_swaps, 3 in lineage.pairs) == ([(2e-12, "b", (1, 2))], False)


def test_a_half_that_is_moved_and_a_pair_that_is_purified_keep_their_lines() -> None:
    lineage = Lineage()
    for pair, memory in ((1, 0), (2, 1)):
        ends = {"a": f"a[{memory}]", "b": f"b[{memory}]"}
        lineage.emit(0, "pair_heralded", "a-b", pair=pair, **ends, attempts=1, fidelity=0.8)
    lineage.emit(1, "pair_purified", "a", kept=1, sacrificed=2, success=True, fidelity=0.9, frame=0)
    lineage.emit(1, "pair_purified", "b", kept=1, sacrificed=2, success=True, fidelity=0.9, frame=0)
    lineage.emit(2, "half_moved", "b", pair=1, source=0, target=5)
    lineage.emit(3, "pair_heralded", "b-c", pair=3, a="b[6]", b="c[0]", attempts=1, fidelity=0.8)
    lineage.emit(4, "pair_swapped", "b", **swap(1, 3, 4, "a[0]", "c[0]", fidelity=0.7))
    assert lineage.pairs[1].parents == (2,)
    assert [record.pair for record in lineage.ancestry(4)] == [4, 1, 2, 3]
    assert lineage.pairs[4].ends == ("a[0]", "c[0]")

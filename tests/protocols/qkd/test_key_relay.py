"""Trusted relays: keys of the links carried from end to end."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.qkd.key_delivery import shared
from qsim.errors import NetworkError, ScenarioError
from qsim.scenario import from_document
from tests.protocols.qkd.test_key_delivery import bits
from tests.protocols.scenes import MS, chain


def filled(sizes: list[int], **parameters: Any) -> Any:
    """A chain whose links share so many bits, and a relay along it."""
    names = [f"n{place}" for place in range(len(sizes) + 1)]
    relay = {"kind": "key-relay", "path": names, "size": 64, "share": 1.0, **parameters}
    engine = from_document(chain(len(sizes), traffic=[relay], run={"duration": "1 s"})).engine(seed=1)
    for place, size in enumerate(sizes):
        ends = engine.node(names[place]), engine.node(names[place + 1])
        for store in shared(engine.context.keys, ends, "link", 1.0):
            store.put(0, bits(size, place))
    return engine


def test_the_ends_hold_what_the_first_link_had_and_every_hop_pays() -> None:
    engine = filled([640, 640, 640], keys=4)
    result = engine.run()
    rows = {row.metric: row for row in result.metrics}
    assert rows["keys carried"].n == 4
    # Three hops of 1 ms.
    assert rows["time on the way"].mean == pytest.approx(3e-3, abs=1e-9)
    near, far = engine.key_delivery("n0"), engine.key_delivery("n3")
    keys = near.get_key("n3", number=4, size=64)["keys"]
    engine.run_until(engine.sim.now + 4 * MS)
    assert far.get_key_with_key_IDs("n0", [key["key_ID"] for key in keys])["keys"] == keys
    for place in range(3):
        (store,) = engine.key_delivery(f"n{place}").stores[f"n{place + 1}"].values()
        assert store.available == 640 - 4 * 64


def test_keys_come_as_fast_as_the_poorest_link_allows() -> None:
    engine = filled([6400, 192, 6400])
    rows = {row.metric: row for row in engine.run().metrics}
    assert rows["keys carried"].n == 3


def test_a_relay_that_runs_dry_goes_on_when_it_has_keys_again() -> None:
    engine = filled([640, 64], keys=2)
    engine.run_until(100 * MS)
    for end, peer in (("n1", "n2"), ("n2", "n1")):
        (store,) = engine.key_delivery(end).stores[peer].values()
        store.put(1, bits(64, 9))
    rows = {row.metric: row for row in engine.run().metrics}
    assert rows["keys carried"].n == 2
    assert rows["time on the way"].sd > 0.05


def test_links_without_keys_are_named() -> None:
    document = chain(2, traffic=[{"kind": "key-relay", "path": ["n0", "n1", "n2"]}], run={"duration": "1 s"})
    with pytest.raises(NetworkError, match="'n0' shares no keys with 'n1'"):
        from_document(document).run(seed=1)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (["n0", "n1"], "at least three nodes, got 2"),
        (["n0", "n9", "n2"], "unknown node 'n9'"),
        (["n0", "n1", "n0"], "names a node twice"),
    ],
)
def test_bad_paths_are_refused(path: list[str], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        from_document(chain(2, traffic=[{"kind": "key-relay", "path": path}]))


def test_over_links_that_make_keys_themselves() -> None:
    traffic = [
        {"kind": "bbm92", "initiator": a, "responder": b, "memories": 1, "finite": False, "block": 600}
        for a, b in (("n0", "n1"), ("n1", "n2"))
    ]
    traffic.append({"kind": "key-relay", "path": ["n0", "n1", "n2"], "size": 16})
    document = chain((0.1, 0.1), count=4, traffic=traffic, run={"duration": "1 s"})
    result = from_document(document).run(seed=1)
    carried = next(row for row in result.metrics if row.metric == "keys carried")
    assert carried.n > 0

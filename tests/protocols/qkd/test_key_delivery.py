"""Stores and delivery of keys: the same bits at both ends under the same identifier, once."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from protocols.qkd.key_store import KeyStore
from qsim.errors import NetworkError, ParameterError, StateError
from qsim.scenario import from_document
from tests.protocols.scenes import MS, chain


def bits(count: int, seed: int = 1) -> np.ndarray:
    """Random bits."""
    return np.random.default_rng(seed).integers(0, 2, count, dtype=np.uint8)


def stores(share: float = 0.5) -> tuple[KeyStore, KeyStore]:
    """Both ends' stores."""
    return KeyStore("s", True, share), KeyStore("s", False, share)


def test_both_ends_draw_without_taking_each_others_bits() -> None:
    here, there = stores()
    for store in (here, there):
        store.put(0, bits(100))
    one, place = here.draw(50)
    other, back = there.draw(50)
    there.told(one.id, place)
    here.told(other.id, back)
    assert (there.fetch(one.id).bits == one.bits).all()
    assert (here.fetch(other.id).bits == other.bits).all()
    assert (np.concatenate([one.bits, other.bits]) == bits(100)).all()
    assert here.available == there.available == 0


@pytest.mark.parametrize(("share", "first", "second"), [(0.0, 0, 100), (1.0, 100, 0), (0.25, 25, 75)])
def test_the_share_of_each_end(share: float, first: int, second: int) -> None:
    here, there = stores(share)
    here.put(0, bits(100))
    there.put(0, bits(100))
    assert (here.available, there.available) == (first, second)


def test_keys_count_in_the_order_of_sessions() -> None:
    here, there = stores(1.0)
    parts = [bits(40, seed) for seed in range(3)]
    for number in (0, 1, 2):
        here.put(number, parts[number])
    for number in (2, 0, 1):
        there.put(number, parts[number])
        assert there.received == {2: 0, 0: 40, 1: 120}[number]
    # A key across three chunks, fetched out of order.
    first, second = here.draw(30), here.draw(80)
    for key, place in (first, second):
        there.told(key.id, place)
    assert (there.fetch(second[0].id).bits == np.concatenate(parts)[30:110]).all()
    assert (there.fetch(first[0].id).bits == np.concatenate(parts)[:30]).all()


def test_authentication_is_paid_before_anything_is_given_out() -> None:
    store = KeyStore("s", True, 1.0)
    store.put(0, bits(0), spent=30)
    store.put(1, bits(20), spent=5)
    assert (store.available, store.owed) == (0, 15)
    store.put(2, bits(100, 3))
    assert (store.available, store.owed) == (85, 0)
    assert (store.draw(85)[0].bits == bits(100, 3)[15:]).all()


def test_what_is_not_there_is_refused_with_what_there_is() -> None:
    here, there = stores()
    here.put(0, bits(100))
    with pytest.raises(StateError, match="50 bits for those who ask here, 51 wanted"):
        here.draw(51)
    key, place = here.draw(10)
    there.told(key.id, place)
    with pytest.raises(StateError, match="are not there yet"):
        there.fetch(key.id)
    there.put(0, bits(100))
    assert (there.fetch(key.id).bits == key.bits).all()
    assert not there.knows(key.id)


def test_delivery_by_the_names_of_the_standard() -> None:
    """`enc_keys` at one end, the identifiers by the applications' own way, `dec_keys` at the other."""
    from protocols.qkd.key_delivery import shared

    engine = from_document(chain(1)).engine(seed=1)
    ends = engine.node("n0"), engine.node("n1")
    for store in shared(engine.context.keys, ends, "test", 0.5):
        store.put(0, bits(4096))
    alice, bob = engine.key_delivery("n0"), engine.key_delivery("n1")
    status = alice.get_status("n1")
    assert (status["source_KME_ID"], status["target_KME_ID"]) == ("n0", "n1")
    assert status["stored_key_count"] == 8
    keys = alice.get_key("n1", number=2, size=128)["keys"]
    wanted = [key["key_ID"] for key in keys]
    with pytest.raises(StateError, match="the news of it is on its way"):
        bob.get_key_with_key_IDs("n0", wanted)
    engine.run_until(MS)
    with pytest.raises(StateError):
        bob.get_key_with_key_IDs("n0", wanted)
    engine.run_until(MS + 1)
    assert bob.get_key_with_key_IDs("n0", wanted)["keys"] == keys
    assert [len(base64.b64decode(key["key"])) for key in keys] == [16, 16]
    with pytest.raises(StateError, match="it has been given out"):
        bob.get_key_with_key_IDs("n0", wanted)
    # The other way, from the other half of the bits.
    back = bob.get_key("n0")["keys"]
    engine.run_until(3 * MS)
    assert alice.get_key_with_key_IDs("n1", [back[0]["key_ID"]])["keys"] == back
    assert not {key["key"] for key in back} & {key["key"] for key in keys}


def test_what_delivery_refuses() -> None:
    from protocols.qkd.key_delivery import shared

    engine = from_document(chain(1)).engine(seed=1)
    shared(engine.context.keys, (engine.node("n0"), engine.node("n1")), "test", 0.5)
    alice = engine.key_delivery("n0")
    with pytest.raises(NetworkError, match=r"shares no keys with 'n2' \(known: n1\)"):
        alice.get_status("n2")
    with pytest.raises(StateError, match="has 0 keys of 256 bits for 'n1', and 1 are wanted"):
        alice.get_key("n1")
    for number, size in ((0, 256), (129, 256), (1, 0), (1, 100), (1, 2**21)):
        with pytest.raises(ParameterError):
            alice.get_key("n1", number, size)


def test_several_applications_fill_stores_of_their_own() -> None:
    from protocols.qkd.key_delivery import shared

    engine = from_document(chain(1)).engine(seed=1)
    ends = engine.node("n0"), engine.node("n1")
    first, second = (shared(engine.context.keys, ends, "test", 1.0) for _ in range(2))
    # The ends hear of the two applications' sessions in different orders.
    first[0].put(0, bits(300, 1))
    second[0].put(0, bits(300, 2))
    second[1].put(0, bits(300, 2))
    first[1].put(0, bits(300, 1))
    alice, bob = engine.key_delivery("n0"), engine.key_delivery("n1")
    keys = alice.get_key("n1", number=2, size=256)["keys"]
    with pytest.raises(StateError):
        alice.get_key("n1", number=1, size=256)
    engine.run_until(2 * MS)
    assert bob.get_key_with_key_IDs("n0", [key["key_ID"] for key in keys])["keys"] == keys

"""Delivery of keys to applications at one node, with the names of ETSI GS QKD 014.

Every node with keys has one; the node's name stands for its key manager and for the applications (SAE) at it.
What the standard sends over HTTP between an application and the key manager in its house takes no time here;
what key managers tell each other travels the classical network.

References:
    ETSI GS QKD 014 V1.1.1 (2019), Quantum Key Distribution: Protocol and data format of REST-based key
    delivery API.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from protocols.qkd.key_store import Key, KeyStore, Place
from qsim.errors import NetworkError, ParameterError, StateError, nearest

if TYPE_CHECKING:
    from hardware.classical import Node

__all__ = ["KeyDelivery", "KeyDrawn", "manager", "shared"]

#: Bits of a key for which no size is asked, and the step of sizes: whole bytes.
_USUAL, _STEP = 256, 8
_MOST_KEYS, _MOST_BITS = 128, 1 << 20


@dataclass(slots=True)
class KeyDrawn:
    """A key of the store that we share has been drawn here.

    Attributes:
        lane: of which store.
        key_id: its identifier.
        place: where it is in the store.
    """

    lane: str
    key_id: str
    place: Place


class KeyDelivery:
    """The key manager of a node.

    Args:
        node: the node.

    Attributes:
        stores: by the name of the other end and by what fills them, one for each application.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self.stores: dict[str, dict[str, KeyStore]] = {}
        self._peers: dict[str, Node] = {}
        node.on(KeyDrawn, self._on_drawn)

    def share(self, peer: Node, lane: str, first: bool, share: float) -> KeyStore:
        """Make a store shared with another node.

        Args:
            peer: the other node.
            lane: what fills it.
            first: whether this node is the first of the two.
            share: part of the keys for those who ask at the first.
        """
        lanes = self.stores.setdefault(peer.name, {})
        self._peers[peer.name] = peer
        # Alike at both ends, which make their stores in the same order.
        name = f"{lane} {len(lanes)}"
        lanes[name] = KeyStore(name, first, share)
        return lanes[name]

    def get_status(self, slave_SAE_ID: str) -> dict[str, Any]:
        """What can be had for talking to an application at another node ("Get status").

        Raises:
            NetworkError: no keys are shared with that node.
        """
        lanes = self._lanes(slave_SAE_ID)
        return {
            "source_KME_ID": self.node.name,
            "target_KME_ID": slave_SAE_ID,
            "master_SAE_ID": self.node.name,
            "slave_SAE_ID": slave_SAE_ID,
            "key_size": _USUAL,
            "stored_key_count": sum(store.available // _USUAL for store in lanes.values()),
            "max_key_per_request": _MOST_KEYS,
            "max_key_size": _MOST_BITS,
            "min_key_size": _STEP,
            "max_SAE_ID_count": 0,
        }

    def get_key(self, slave_SAE_ID: str, number: int = 1, size: int = _USUAL) -> dict[str, Any]:
        """Draw keys as the master ("Get key", `enc_keys`): a container of identifiers and keys in base64.

        Args:
            slave_SAE_ID: name of the other node.
            number: how many keys.
            size: bits of each, a multiple of 8.

        Raises:
            NetworkError: no keys are shared with that node.
            ParameterError: a number or a size that is not offered.
            StateError: there are too few bits; none is drawn.
        """
        lanes = self._lanes(slave_SAE_ID)
        if not 1 <= number <= _MOST_KEYS:
            raise ParameterError(f"`number` must be in [1, {_MOST_KEYS}], got {number!r}")
        if size % _STEP or not _STEP <= size <= _MOST_BITS:
            raise ParameterError(
                f"`size` must be a multiple of {_STEP} in [{_STEP}, {_MOST_BITS}] bits, got {size!r}"
            )
        there = sum(store.available // size for store in lanes.values())
        if number > there:
            raise StateError(
                f"'{self.node.name}' has {there} keys of {size} bits for '{slave_SAE_ID}', and {number} are "
                "wanted"
            )
        return _container(self.draw(slave_SAE_ID, size) for _ in range(number))

    def get_key_with_key_IDs(self, master_SAE_ID: str, key_IDs: Iterable[str]) -> dict[str, Any]:
        """Fetch keys that another node has drawn as the master ("Get key with key IDs", `dec_keys`).

        Raises:
            NetworkError: no keys are shared with that node.
            StateError: an identifier that is unknown, or not known yet, or whose key has been given out.
        """
        self._lanes(master_SAE_ID)
        return _container([self.fetch(master_SAE_ID, key_id) for key_id in key_IDs])

    def draw(self, peer: str, size: int) -> Key:
        """Draw a key of any size as the master, and tell the other end.

        Raises:
            NetworkError, StateError: as `get_key`.
        """
        lanes = self._lanes(peer)
        lane = next((lane for lane, store in lanes.items() if store.available >= size), None)
        if lane is None:
            most = max(store.available for store in lanes.values())
            raise StateError(
                f"'{self.node.name}' has {most} bits for '{peer}' in one store, and {size} are wanted"
            )
        key, place = lanes[lane].draw(size)
        self.node.send(self._peers[peer], KeyDrawn(lane, key.id, place))
        return key

    def fetch(self, peer: str, key_id: str) -> Key:
        """Fetch a key that another node has drawn; it is given once.

        Raises:
            NetworkError, StateError: as `get_key_with_key_IDs`.
        """
        for store in self._lanes(peer).values():
            if store.knows(key_id):
                return store.fetch(key_id)
        raise StateError(
            f"'{self.node.name}' knows no key '{key_id}' of '{peer}': it has been given out, or the news of "
            "it is on its way"
        )

    def _lanes(self, peer: str) -> dict[str, KeyStore]:
        if peer not in self.stores:
            hint = nearest(peer, self.stores)
            raise NetworkError(f"'{self.node.name}' shares no keys with '{peer}'{hint}")
        return self.stores[peer]

    def _on_drawn(self, source: Node, message: KeyDrawn) -> None:
        self._lanes(source.name)[message.lane].told(message.key_id, message.place)


def _container(keys: Iterable[Key]) -> dict[str, Any]:
    return {
        "keys": [
            {"key_ID": key.id, "key": base64.b64encode(np.packbits(key.bits).tobytes()).decode()}
            for key in keys
        ]
    }


def manager(managers: dict[Node, KeyDelivery], node: Node) -> KeyDelivery:
    """The key manager of a node, made when it is first asked for."""
    if node not in managers:
        managers[node] = KeyDelivery(node)
    return managers[node]


def shared(
    managers: dict[Node, KeyDelivery], ends: tuple[Node, Node], lane: str, share: float
) -> tuple[KeyStore, KeyStore]:
    """A store at each of two nodes for the other, filled by one application."""
    first, second = ends
    return (
        manager(managers, first).share(second, lane, True, share),
        manager(managers, second).share(first, lane, False, share),
    )

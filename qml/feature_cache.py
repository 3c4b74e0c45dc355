"""Features that were computed before: a readout can be changed without driving the reservoir again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray


class FeatureCache:
    """Keeps the features of the drives that were used last, up to a number of bytes.

    Args:
        limit: bytes; the least recently used are forgotten first.
    """

    def __init__(self, limit: int = 2**28) -> None:
        self._limit = limit
        self._entries: OrderedDict[str, NDArray[np.float64]] = OrderedDict()

    @staticmethod
    def key(*parts: Any) -> str:
        """A hash of arrays (by shape and content) and of other things (by `repr`)."""
        digest = hashlib.blake2b(digest_size=16)
        for part in parts:
            if isinstance(part, np.ndarray):
                digest.update(f"{part.shape}{part.dtype}".encode())
                digest.update(np.ascontiguousarray(part).tobytes())
            else:
                digest.update(repr(part).encode())
            digest.update(b"\0")
        return digest.hexdigest()

    def get(self, key: str) -> NDArray[np.float64] | None:
        """What was stored under a key, read-only; None if nothing is."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: str, features: NDArray[np.float64]) -> None:
        """Store features, unless they alone exceed the limit."""
        if features.nbytes > self._limit:
            return
        kept = features.copy()
        kept.flags.writeable = False
        self._entries[key] = kept
        self._entries.move_to_end(key)
        while sum(entry.nbytes for entry in self._entries.values()) > self._limit:
            self._entries.popitem(last=False)

    def __len__(self) -> int:
        return len(self._entries)

"""Finished pieces of a long experiment on disk: an interruption loses only what was under way."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import qml
from qml.feature_cache import FeatureCache
from qsim.files import write_whole


def key_of(*parts: Any) -> str:
    """A name for a piece of work: the same for the same arrays, settings and source code of this package.

    Args:
        *parts: arrays count by shape and content, everything else by its `repr`.
    """
    return FeatureCache.key(_code(), *parts)


@dataclass(frozen=True)
class Checkpoint:
    """One small JSON file for each finished piece.

    Attributes:
        folder: where the files lie; None keeps nothing.
    """

    folder: Path | None = None

    def get(self, key: str) -> Any:
        """What was stored under a key; None if nothing is, or if the file is damaged."""
        if self.folder is None:
            return None
        try:
            return json.loads((self.folder / f"{key}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Store plain data, complete or not at all.

        Raises:
            ResultError: the file cannot be written.
        """
        if self.folder is None:
            return
        write_whole(self.folder / f"{key}.json", lambda path: path.write_text(json.dumps(value), "utf-8"))


@functools.cache
def _code() -> str:
    """A hash of the package's source: what another version has computed is not this one's result."""
    root = Path(qml.__file__).parent
    digest = hashlib.blake2b(digest_size=16)
    for source in sorted(root.rglob("*.py")):
        digest.update(source.relative_to(root).as_posix().encode() + b"\0")
        digest.update(source.read_bytes())
    return digest.hexdigest()

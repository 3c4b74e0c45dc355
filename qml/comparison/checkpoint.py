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


@dataclass(frozen=True)
class Checkpoint:
    """One small JSON file for each finished piece.

    Attributes:
        folder: where the files lie; None keeps nothing.
        sources: files and folders of source code, beside this package, on which results depend.
    """

    folder: Path | None = None
    sources: tuple[Path, ...] = ()

    def key(self, *parts: Any) -> str:
        """A name for a piece of work: the same for the same arrays, settings and source code.

        Args:
            *parts: arrays count by shape and content, everything else by its `repr`.
        """
        return FeatureCache.key(_code((Path(qml.__file__).parent, *self.sources)), *parts)

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
def _code(places: tuple[Path, ...]) -> str:
    """A hash of source code: what another version has computed is not this one's result."""
    digest = hashlib.blake2b(digest_size=16)
    for place in places:
        for source in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(source.relative_to(place).as_posix().encode() + b"\0")
            digest.update(source.read_bytes())
    return digest.hexdigest()

"""JSON files that say in their head what they are and in which schema they were written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qsim.errors import ResultError


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One sort of file.

    Attributes:
        file: its name.
        format: what its entry ``format`` says.
        schema: what its entry ``schema`` says; raised when a reader of the earlier one could not make sense
            of the files.
        what: what a folder with such a file holds, "result" or "sweep".
    """

    file: str
    format: str
    schema: int
    what: str

    @property
    def head(self) -> dict[str, Any]:
        """The entries that each such file begins with."""
        return {"format": self.format, "schema": self.schema}

    def load(self, folder: Path) -> dict[str, Any]:
        """The contents of the file of this sort in a folder.

        Raises:
            ResultError: there is none, it cannot be read, or `read` refuses it.
        """
        path = folder / self.file
        try:
            text = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise ResultError(f"'{folder}' holds no {self.what}: there is no {self.file} in it") from None
        except OSError as error:
            raise ResultError(f"'{path}' cannot be read: {error.strerror or error}") from None
        return self.read(text, str(folder))

    def is_in(self, folder: Path) -> bool:
        """Whether a folder has a file of this sort that can be read."""
        try:
            self.load(folder)
        except ResultError:
            return False
        return True

    def read(self, text: bytes, place: str) -> dict[str, Any]:
        """The contents of such a file.

        Args:
            text: the file's.
            place: where it lies, for messages.

        Raises:
            ResultError: it is damaged, of something else, or of a schema that this version does not read.
        """
        try:
            said = json.loads(text.decode("utf-8"))
        except ValueError as error:
            raise ResultError(f"'{place}/{self.file}' is damaged: {error}") from None
        if not isinstance(said, dict) or said.get("format") != self.format:
            raise ResultError(f"'{place}' holds no {self.what}: {self.file} was written by something else")
        if said.get("schema") != self.schema:
            raise ResultError(
                f"'{place}' was written in schema {said.get('schema')!r} of stored {self.what}s; "
                f"this version of qsim reads schema {self.schema}"
            )
        return said

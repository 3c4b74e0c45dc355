"""Reads a document of any format, and says clearly when there is none to get."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from qsim.documents.faults import Faults, Place, fail
from qsim.documents.overrides import apply_overrides
from qsim.documents.tree import Node
from qsim.files import read_bounded

#: What names standard input, as it does for most commands; a file of that name is ``./-``.
STDIN: Final = "-"
_LARGEST: Final = 64 * 2**20
# What no text holds; a tab, a line end and everything printable is fine.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SUFFIXES: Final = (".yaml", ".yml", ".json")


def read_document(file: Path, faults: Faults, *, overrides: Sequence[str] = (), needs: str) -> Node:
    """Read any document in YAML 1.2, or in JSON when its name ends in ``.json``, as a tree with places.

    Args:
        file: the file; `STDIN` reads standard input.
        faults: takes what is wrong with the document and with the overrides.
        overrides: as in `apply_overrides`.
        needs: what a document needs at least, for the message that this one is empty.

    Raises:
        ScenarioError: the file cannot be read, or is empty.
    """
    source = str(file)
    text = _read_text(file, source)
    if file.suffix.lower() == ".json":
        from qsim.documents.json_reader import read_json as read
    else:
        from qsim.documents.yaml_reader import read_yaml as read
    root = read(text, source, faults)
    if root is None or root.value is None:
        raise fail(Place(source, (), 1, 1), f"is empty: {needs}")
    return apply_overrides(root, overrides, faults) if isinstance(root.value, dict) else root


def _read_text(path: Path, source: str) -> str:
    here = Place(source)
    try:
        if source == STDIN:
            data = read_bounded(sys.stdin.buffer, _LARGEST)
        else:
            with path.open("rb") as file:
                data = read_bounded(file, _LARGEST)
    except FileNotFoundError:
        raise fail(here, f"no such file{_similar(path)}") from None
    except IsADirectoryError:
        raise fail(here, "is a directory; name the scenario file in it") from None
    except OSError as error:
        raise fail(here, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise fail(here, f"is no file name: {error}") from None
    if len(data) > _LARGEST:
        raise fail(here, f"is larger than {_LARGEST >> 20} MiB, too large for a scenario")
    return _decoded(data, source)


def _decoded(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place(source, data[: error.start].decode("utf-8", errors="replace"))
        raise fail(place, f"is not UTF-8 text (byte 0x{data[error.start]:02x})") from None
    odd = _UNPRINTABLE.search(text)
    if odd is not None:
        place = _place(source, text[: odd.start()])
        raise fail(place, f"is not text (character U+{ord(odd[0]):04X})")
    return text


def _place(source: str, before: str) -> Place:
    return Place(source, (), before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _similar(path: Path) -> str:
    if not path.parent.is_dir():
        return f" (nor a directory '{path.parent}')"
    known = [entry.name for entry in path.parent.iterdir() if entry.suffix in _SUFFIXES]
    close = difflib.get_close_matches(path.name, known, n=1)
    return f" (did you mean '{path.with_name(close[0])}'?)" if close else ""

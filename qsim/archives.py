"""Zip archives from strangers: known members only, whose sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from qsim.errors import ResultError
from qsim.files import guarded

#: How far words grow when they are unpacked, and binary tables, which are packed already.
WORDS_GROW: Final = 64
TABLES_GROW: Final = 6
#: Bytes that a member may have whatever its packed size.
_FREE: Final = 2**20
#: Packing harder than this takes longer than a short run and saves a few per cent.
_LEVEL: Final = 1
#: Most members: an archive of ours has some dozens.
_MOST_MEMBERS: Final = 1000
#: The oldest date that an archive can give: files do not tell when they were made.
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def write_archive(members: Mapping[str, bytes], growth: Callable[[str], int]) -> bytes:
    """The bytes of an archive that `read_archive` reads, whatever is in it.

    A member that would shrink too far is not packed.

    Args:
        members: contents by name.
        growth: as in `read_archive`.
    """
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w") as archive:
        for name, contents in members.items():
            modest = len(contents) <= _FREE or _packed(contents) * growth(name) + _FREE >= len(contents)
            how = zipfile.ZIP_DEFLATED if modest else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name, _DATE), contents, how, _LEVEL)
    return page.getvalue()


def _packed(contents: bytes) -> int:
    # Without the header and checksum of zlib, which a member of an archive has not.
    return len(zlib.compress(contents, _LEVEL)) - 6


def read_archive(contents: bytes, place: str, growth: Callable[[str], int]) -> dict[str, bytes]:
    """The members of an archive by name.

    Args:
        contents: of the archive.
        place: where it lies, for messages.
        growth: how many times its packed size a member of a name may have; 0 for one that must not be there.

    Raises:
        ResultError: the archive is truncated or damaged, has a member that is not known or that is there
            twice, or would grow out of all proportion. Nothing is unpacked where that shows beforehand.
    """
    with (
        guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")),
        zipfile.ZipFile(io.BytesIO(contents)) as archive,
    ):
        members = archive.infolist()
        _check(members, len(contents), place, growth)
        return {member.filename: _read(archive, member, place) for member in members}


def _check(members: list[zipfile.ZipInfo], size: int, place: str, growth: Callable[[str], int]) -> None:
    if len(members) > _MOST_MEMBERS:
        raise ResultError(
            f"'{place}' is refused: it has {len(members)} members, at most {_MOST_MEMBERS} may be"
        )
    names: set[str] = set()
    for member in members:
        times = growth(member.filename)
        if not times or member.filename in names:
            why = "is there twice" if times else "is none of its files"
            raise ResultError(f"'{place}' is refused: the member {member.filename[:80]!a} {why}")
        if member.file_size > _FREE + times * member.compress_size:
            raise ResultError(
                f"'{place}' is refused: the {member.compress_size} bytes of its member "
                f"{member.filename[:80]!a} would grow to {member.file_size}, more than {times} times as many"
            )
        names.add(member.filename)
    # Members that share their packed bytes would each have a modest ratio.
    if sum(member.compress_size for member in members) > size:
        raise ResultError(f"'{place}' is refused: its members lie over one another")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: str) -> bytes:
    """The contents of a member, of which no more than its stated size is ever unpacked."""
    with archive.open(member) as file:
        data = file.read(member.file_size)
        # Only at the end is the checksum compared.
        if file.read(1) or len(data) != member.file_size:
            raise ResultError(f"'{place}' is damaged: {member.filename} has another size than it says")
    return data

"""Archives from strangers: what would fill the memory is refused before it is unpacked."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from qsim.archives import TABLES_GROW, WORDS_GROW, read_archive
from qsim.errors import ResultError

BOMB = 300 * 2**20


def growth(name: str) -> int:
    return {"words.json": WORDS_GROW, "table": TABLES_GROW}.get(name, 0)


def archive(*members: tuple[str, bytes]) -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as file:
        for name, contents in members:
            file.writestr(name, contents)
    return page.getvalue()


def bomb(name: str) -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as member:
        for _ in range(BOMB >> 20):
            member.write(bytes(2**20))
    return page.getvalue()


def refused(contents: bytes, why: str) -> None:
    """The archive is refused, and no more than some times its own size is ever in memory."""
    tracemalloc.start()
    try:
        with pytest.raises(ResultError, match=why):
            read_archive(contents, "a.zip", growth)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_sound_archives_are_read() -> None:
    words = b"word " * 100_000
    assert read_archive(archive(("words.json", words), ("table", b"1")), "a.zip", growth) == {
        "words.json": words,
        "table": b"1",
    }


@pytest.mark.parametrize("name", ["words.json", "table"])
def test_members_that_grow_out_of_proportion_are_refused(name: str) -> None:
    refused(bomb(name), f"^'a.zip' is refused: the [0-9]+ bytes of its member '{name}' would grow to {BOMB}")


def test_members_that_are_not_known_are_refused() -> None:
    refused(bomb("bomb.bin"), "the member 'bomb.bin' is none of its files")
    refused(archive(("../\x1b[2J", b"")), r"'\.\./\\x1b\[2J' is none")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_are_there_twice_are_refused() -> None:
    refused(archive(("table", b"1"), ("table", b"2")), "the member 'table' is there twice")
    refused(archive(*((f"m{index}", b"") for index in range(1001))), "has 1001 members, at most 1000")


def test_a_size_that_is_not_true_does_not_unpack_more() -> None:
    contents = bytearray(bomb("table"))
    # The size before packing, in the entry of the directory at the end.
    entry = contents.rindex(b"PK\x01\x02")
    struct.pack_into("<I", contents, entry + 24, 100)
    refused(bytes(contents), "^'a.zip' is damaged")


def test_members_that_lie_over_one_another_are_refused() -> None:
    contents = bytearray(archive(("table", bytes(500_000)), ("words.json", b"{}")))
    first, second = contents.index(b"PK\x01\x02"), contents.rindex(b"PK\x01\x02")
    # Both entries of the directory tell of more packed bytes than there are.
    struct.pack_into("<I", contents, second + 20, 10**6)
    struct.pack_into("<I", contents, first + 20, 10**6)
    refused(bytes(contents), "lie over one another|is damaged")


def test_damage_is_named() -> None:
    sound = archive(("table", bytes(range(256))))
    for cut in (0, 10, 40, len(sound) - 5):
        with pytest.raises(ResultError, match=r"^'a.zip' is damaged: "):
            read_archive(sound[:cut], "a.zip", growth)

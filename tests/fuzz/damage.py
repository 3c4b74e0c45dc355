"""Ways to damage the bytes of a file, each drawn from a seeded generator."""

from __future__ import annotations

import io
import random
import re
import zipfile

#: Values that break assumptions, in the place of a word of a text.
_ODD = (
    b"[]", b"{}", b"null", b"true", b"-1", b"0", b"1e999", b"9" * 330, b'""', b'"x"', b"[[]]", b"NaN",
    b"'\\x00'", b"1e-400", b'{"is": "tuple"}', b"[1, 2]", b"<", b"&", b"*a", b"!!x", b"\xff", b"0x",
)  # fmt: skip
_WORD = re.compile(rb'"[^"]*"|[\w.+-]+|[\[\]{}<>:,=]')


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to three faults in them."""
    for _ in range(rng.randint(1, 3)):
        data = rng.choice((_flip, _cut, _drop, _repeat, _word, _word, _word, _nest))(data, rng)
    return data


def damaged_member(data: bytes, rng: random.Random) -> bytes:
    """A zip archive of which one member is damaged, or itself."""
    if rng.random() < 0.3:
        return damaged(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    hurt = rng.choice(sorted(members))
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w") as archive:
        for name, contents in members.items():
            archive.writestr(name, damaged(contents, rng) if name == hurt else contents)
    return page.getvalue()


def _flip(data: bytes, rng: random.Random) -> bytes:
    copy = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if copy:
            copy[rng.randrange(len(copy))] ^= 1 << rng.randrange(8)
    return bytes(copy)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randint(1, 40))


def _drop(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 50)) + data[end:]


def _word(data: bytes, rng: random.Random) -> bytes:
    words = [match.span() for match in _WORD.finditer(data)]
    if not words:
        return data
    start, end = rng.choice(words)
    other = rng.choice(words)
    new = data[slice(*other)] if rng.random() < 0.3 else rng.choice(_ODD)
    return data[:start] + new + data[end:]


def _nest(data: bytes, rng: random.Random) -> bytes:
    at, depth = rng.randrange(len(data) + 1), rng.choice((3, 70, 2000))
    opening, closing = rng.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"a [\n", b"]\n"), (b"<a>", b"</a>")))
    return data[:at] + opening * depth + closing * depth + data[at:]

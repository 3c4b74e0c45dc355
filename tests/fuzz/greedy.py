"""Small files that make a careless reader take much: ``python -m tests.fuzz.greedy`` tells what each costs.

Each is read in a process of its own, forked from one that has loaded the readers, so that what is told is
what reading costs.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qsim.errors import QsimError
from tests.fuzz.readers import READERS

#: Address space that a reader may add, bytes: beyond that it has failed in any case.
_MOST = 8 * 2**30


def _npz(*arrays: Any) -> bytes:
    page = io.BytesIO()
    np.savez_compressed(page, *arrays)
    return page.getvalue()


def _npy(array: Any) -> bytes:
    page = io.BytesIO()
    np.save(page, array)
    return page.getvalue()


def _parquet(frame: pd.DataFrame) -> bytes:
    page = io.BytesIO()
    frame.to_parquet(page)
    return page.getvalue()


def _header(shape: tuple[int, ...], kind: str) -> bytes:
    """An array that says that it is large and holds nothing."""
    page = io.BytesIO()
    np.lib.format.write_array_header_1_0(page, {"descr": kind, "fortran_order": False, "shape": shape})
    return page.getvalue()


def _also(name: str, contents: bytes) -> Callable[[bytes], bytes]:
    """An archive with one more member, or with another one of that name."""

    def made(data: bytes) -> bytes:
        page = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for member in old.namelist():
                if member != name:
                    new.writestr(member, old.read(member))
            new.writestr(name, contents)
        return page.getvalue()

    return made


def _aliases(lines: int) -> bytes:
    """Nine times nine times ... the same list."""
    rows = [b"a0: &a0 [1]"]
    rows += [b"a%d: &a%d [%s]" % (at, at, b", ".join([b"*a%d" % (at - 1)] * 9)) for at in range(1, lines)]
    return b"\n".join(rows)


_GML_NODE = b"node [ id %d ]\n"
_DOCTYPE = b'<!DOCTYPE g [<!ENTITY a "aaaaaaaaaa">%s]><graphml><graph><node id="&i;"/></graph></graphml>'
_ENTITIES = b"".join(
    b'<!ENTITY %s "%s">' % (name, b"&%s;" % old * 10)
    for old, name in pairwise(b"%c" % letter for letter in b"abcdefghi")
)
#: Files by reader and by what is greedy about them, made from the reader's sound file.
FILES: dict[tuple[str, str], Callable[[bytes], bytes]] = {
    ("yaml scenario", "aliases of aliases"): lambda _: _aliases(12),
    ("yaml scenario", "deep"): lambda _: b"[" * 100_000 + b"]" * 100_000,
    ("yaml scenario", "many names"): lambda _: (
        b"nodes: [" + b",".join(b"n%d" % i for i in range(12_000)) + b"]"
    ),
    ("json scenario", "deep"): lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ("json scenario", "many keys"): lambda _: json.dumps({f"k{i}": i for i in range(40_000)}).encode(),
    ("json scenario", "long number"): lambda _: b'{"run": {"duration": ' + b"9" * 900_000 + b"}}",
    ("gml", "many nodes"): lambda _: b"graph [\n" + b"".join(_GML_NODE % i for i in range(25_000)) + b"]",
    ("gml", "deep"): lambda _: b"graph [ " * 100_000 + b"]" * 100_000,
    ("graphml", "entities of entities"): lambda _: _DOCTYPE % _ENTITIES,
    ("graphml", "deep"): lambda _: b"<a>" * 100_000 + b"</a>" * 100_000,
    ("sequence", "many nodes"): lambda _: json.dumps(
        {"nodes": [{"name": f"r{i}", "type": "QuantumRouter"} for i in range(15_000)], "qconnections": []}
    ).encode(),
    ("manifest", "deep"): lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ("manifest", "many keys"): lambda _: json.dumps({f"k{i}": [i] for i in range(40_000)}).encode(),
    ("plan", "many points"): lambda _: json.dumps({"points": [{"a": i} for i in range(60_000)]}).encode(),
    ("table", "a constant"): lambda _: _parquet(pd.DataFrame({"a": np.zeros(20_000_000, np.int8)})),
    ("swept run", "another member"): _also("more.parquet", bytes(500_000_000)),
    ("swept run", "a grown member"): _also("manifest.json", b" " * 500_000_000),
    ("model", "another member"): _also("more.npy", _npy(np.zeros(60_000_000))),
    ("series as an array", "wide"): lambda _: _npy(np.ones((1, 900_000), bool)),
    ("series as an array", "only said to be large"): lambda _: _header((10**12,), "<f8"),
    ("series as an array", "of nothing"): lambda _: _header((1, 10**10), "|V0"),
    ("series as arrays", "zeros"): lambda _: _npz(np.zeros(100_000_000)),
    ("series as arrays", "small zeros"): lambda _: _npz(np.zeros(60_000_000, bool)),
    ("series as arrays", "only said to be large"): _also("a.npy", _header((10**12,), "<f8")),
    ("series as a table", "a constant"): lambda _: _parquet(pd.DataFrame({"a": np.zeros(50_000_000, bool)})),
    ("series as text", "wide"): lambda _: b",".join(b"c%d" % i for i in range(120_000)) + b"\n",
    ("series as text", "long"): lambda _: b"0\n" * 300_000,
    ("series as text", "one field"): lambda _: b'a\n"' + b"9" * 990_000 + b'"\n',
}  # fmt: skip


def _cost(reader: str, path: Path) -> dict[str, Any]:
    """CPU seconds and growth of memory in MB of reading a file, and how it ended."""
    before, begun = _peak(), time.process_time()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _MOST,) * 2)
    try:
        READERS[reader].read(path)
        end = "read"
    except QsimError as error:
        end = f"refused: {str(error)[:80]}"
    except BaseException as error:
        end = f"foreign: {type(error).__name__}: {str(error)[:80]}"
    return {"cpu_s": time.process_time() - begun, "grown_mb": _peak() - before, "end": end}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _forked(work: Callable[[], Any]) -> Any:
    """What a function returns in a process of its own; None if that was killed."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(sender, "w") as out:
            json.dump(work(), out)
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver) as said:
        text = said.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def main() -> None:
    """Read every file, and print a line of JSON for each."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        for at, ((reader, what), made) in enumerate(FILES.items()):
            sound = READERS[reader].sound()
            path = _written(Path(name), reader, sound)
            if at == 0:
                READERS[reader].read(path)
            size = _forked(partial(_made, path, made, sound))
            found = _forked(partial(_cost, reader, path)) or {"end": "foreign: it was killed"}
            sys.stdout.write(json.dumps({"reader": reader, "what": what, "bytes": size, **found}) + "\n")
            sys.stdout.flush()


def _made(path: Path, made: Callable[[bytes], bytes], sound: bytes) -> int:
    return path.write_bytes(made(sound))


def _written(folder: Path, reader: str, data: bytes) -> Path:
    path = folder / f"f{READERS[reader].suffix}"
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    main()

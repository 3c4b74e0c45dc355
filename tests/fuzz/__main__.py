"""``python -m tests.fuzz [SECONDS] [SEED]``: damage files for so long, and show every foreign exception."""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from qsim.errors import QsimError
from tests.fuzz.readers import READERS

#: Seconds that reading a small file may take.
_SLOW = 2.0


def main(seconds: float, first: int) -> int:
    """Try seeds in turn on every reader; the number of readers that failed."""
    warnings.simplefilter("ignore")
    for reader in READERS.values():
        reader.sound()
    begun, failed, tried = time.monotonic(), set[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in itertools.count(first):
            for name, reader in READERS.items():
                if name in failed:
                    continue
                start = time.monotonic()
                try:
                    reader.try_one(seed, Path(folder))
                except QsimError:
                    pass
                except Exception:
                    failed.add(name)
                    print(f"{name}, seed {seed}:\n{traceback.format_exc(limit=-6)}", flush=True)  # noqa: T201
                tried += 1
                if time.monotonic() - start > _SLOW:
                    print(f"{name}, seed {seed}: {time.monotonic() - start:.1f} s", flush=True)  # noqa: T201
            if time.monotonic() - begun > seconds:
                break
    print(f"{tried} files, {len(failed)} readers failed")  # noqa: T201
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 600.0, int(sys.argv[2]) if sys.argv[2:] else 0))

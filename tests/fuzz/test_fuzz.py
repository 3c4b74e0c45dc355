"""A fixed budget of damaged files; ``python -m tests.fuzz`` tries more."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import pytest

from qsim.errors import QsimError
from tests.fuzz.readers import READERS

#: Damaged files for each reader.
_BUDGET = 40


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused_by_our_own_error(name: str, tmp_path: Path) -> None:
    reader, refused = READERS[name], 0
    (tmp_path / f"sound{reader.suffix}").write_bytes(reader.sound())
    reader.read(tmp_path / f"sound{reader.suffix}")
    for seed in range(_BUDGET):
        begun = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                reader.try_one(seed, tmp_path)
            except QsimError:
                refused += 1
        assert time.process_time() - begun < 2.0, f"{name}, seed {seed}"
    # A budget that damages nothing would prove nothing.
    assert refused > _BUDGET / 10

"""No reader takes much for a small file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: Of memory in MB and processor time in s, for a file below 1 MB.
MOST_MB, MOST_S = 512.0, 2.0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told by the kernel's accounts")
def test_a_file_below_a_megabyte_takes_no_more_than_two_seconds_and_half_a_gigabyte() -> None:
    command = [sys.executable, "-m", "tests.fuzz.greedy"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=600
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) > 20
    assert all(one["bytes"] < 1e6 for one in found)
    assert [one for one in found if one["end"].startswith("foreign")] == []
    assert [one for one in found if one["cpu_s"] > MOST_S or one["grown_mb"] > MOST_MB] == []

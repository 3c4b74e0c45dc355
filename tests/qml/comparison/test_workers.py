"""Pieces of work in several processes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from joblib.externals.loky import reusable_executor

from qml.comparison.workers import each


def _square(number: int) -> int:
    if number == 13:
        raise ValueError("unlucky")
    return number**2


def _alive() -> bool:
    pool = reusable_executor._executor
    return pool is not None and any(process.is_alive() for process in (pool._processes or {}).values())


def test_processes_are_ended_with_the_work() -> None:
    assert sorted(each(_square, [1, 2, 3], 2)) == [1, 4, 9]
    assert not _alive()
    with pytest.raises(ValueError, match="unlucky"):
        list(each(_square, [1, 13, 2], 2))
    assert not _alive()
    assert sorted(each(_square, [1, 2, 3], 2)) == [1, 4, 9]
    assert not _alive()


def test_the_error_is_the_last_line() -> None:
    script = (
        "import sys\n"
        "from qml.comparison.workers import each\n"
        "try:\n"
        "    list(each(int, ['1', 'two', '3'], 2))\n"
        "except ValueError:\n"
        "    sys.exit('error: at the end')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: at the end\n"

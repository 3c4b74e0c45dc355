"""The faults themselves: each stands in one place, runs, and changes what it should."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.faults import faults, faulty
from tests.mutation.modules import MODULES

ROOT = Path(__file__).parents[2]
SOURCE = """
from __future__ import annotations

def least(numbers: list[int], bound: int | None = None) -> int:
    assert numbers, f"none of {1 + 1}"
    if bound is not None and len(numbers) >= bound:
        raise ValueError("more than", bound + 1)
    return min(numbers) - pow(2, 3)
"""


def test_every_kind_of_place_has_its_fault_and_types_assertions_and_messages_none() -> None:
    assert [str(fault) for fault in faults(SOURCE)] == [
        "6: `bound is not None and len(numbers) >= bound` -> `bound is not None or len(numbers) >= bound`",
        "6: `bound is not None` -> `bound is None`",
        "6: `len(numbers) >= bound` -> `len(numbers) > bound`",
        "8: `return min(numbers) - pow(2, 3)` -> `return None`",
        "8: `min(numbers) - pow(2, 3)` -> `min(numbers) + pow(2, 3)`",
        "8: `min(numbers)` -> `max(numbers)`",
        "8: `pow(2, 3)` -> `pow(3, 2)`",
        "8: `2` -> `3`",
        "8: `3` -> `4`",
    ]


def test_a_source_with_a_fault_differs_in_that_place_alone() -> None:
    results: list[object] = []
    for fault in faults(SOURCE):
        names: dict[str, object] = {}
        exec(compile(faulty(SOURCE, fault), "sample", "exec"), names)
        least = names["least"]
        assert callable(least)
        try:
            results.append(least([5, 7], 3))
        except ValueError:
            results.append("refused")
    assert results == ["refused", -3, -3, None, 13, -1, -4, -22, -11]


def test_two_arguments_that_are_the_same_are_not_exchanged() -> None:
    assert [str(fault) for fault in faults("value = pair(w, w)\nother = pair(w, v)")] == [
        "2: `pair(w, v)` -> `pair(v, w)`"
    ]


@pytest.mark.parametrize("name", MODULES)
def test_modules_and_their_tests_are_there(name: str) -> None:
    module, tests = MODULES[name]
    assert importlib.util.find_spec(module) is not None
    assert all((ROOT / test).exists() for test in tests)


@pytest.mark.parametrize(("code", "seen"), [("value = 1", False), ("value = 2", True), ("1 / 0", True)])
def test_a_fault_is_noticed_when_a_test_fails(tmp_path: Path, code: str, seen: bool) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]")
    test = tmp_path / "test_it.py"
    test.write_text("def test_it():\n    import made_up_module\n    assert made_up_module.value == 1\n")
    # A process of its own: a fork of this one would speak to whoever gathers the results of these tests.
    trial = (
        f"noticed('made_up_module', 'made_up.py', compile({code!r}, 'made_up.py', 'exec'), [{str(test)!r}])"
    )
    program = f"from tests.mutation.trial import noticed; print({trial})"
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{seen}\n"

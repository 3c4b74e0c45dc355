"""The faults themselves: each stands in one place, runs, and changes what it should."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.faults import faults, faulty, function_at
from tests.mutation.judged import JUDGED, sentenced
from tests.mutation.known import KNOWN
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
    for test in tests:
        file, _, single = test.partition("::")
        assert f"def {single}" in (ROOT / file).read_text(encoding="utf-8")


def test_the_function_round_a_line_is_the_innermost_one() -> None:
    source = "a = 1\n\n@cached\ndef outer():\n    b = 2\n\n    def inner():\n        c = 3\n\n    d = 4\n"
    names: dict[str, Any] = {"cached": lambda function: function}
    exec(compile(source, "sample", "exec"), names)
    outer = names["outer"].__code__
    assert [function_at(source, line) for line in (1, 5, 8, 10)] == [0, outer.co_firstlineno, 7, 3]


def run_apart(program: str) -> str:
    """What a program prints: a fork of this process would speak to whoever gathers these tests' results."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(("code", "seen"), [("value = 1", False), ("value = 2", True), ("1 / 0", True)])
def test_a_fault_is_noticed_when_a_test_fails(tmp_path: Path, code: str, seen: bool) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]")
    test = tmp_path / "test_it.py"
    test.write_text("def test_it():\n    import made_up_module\n    assert made_up_module.value == 1\n")
    trial = (
        f"noticed('made_up_module', 'made_up.py', compile({code!r}, 'made_up.py', 'exec'), [{str(test)!r}])"
    )
    assert run_apart(f"from tests.mutation.trial import noticed; print({trial})") == f"{seen}\n"


def test_what_is_loaded_once_serves_all_trials(tmp_path: Path) -> None:
    """A run without a fault tells what each test calls; then functions have faults, one round another too."""
    (tmp_path / "pytest.ini").write_text("[pytest]")
    module, test = tmp_path / "made_up_module.py", tmp_path / "test_it.py"
    module.write_text(
        "def one():\n    def inner():\n        return 1\n    return inner()\n\ndef two():\n    return one()\n"
    )
    test.write_text(
        "import made_up_module as it\n\ndef test_one():\n    assert it.one() == 1\n\n"
        "def test_two():\n    assert it.two() == 1\n"
    )
    program = f"""
from tests.mutation.trial import load, noticed, sound
path, tests = {str(module)!r}, [{str(test)!r}]
load(tests)
run = sound(path, tests)
print(list(run.reached.values()))
source = open(path).read()
for text, line in ((source, 1), (source.replace("1", "2"), 2), (source.replace("one()\\n", "3"), 6)):
    print(noticed("made_up_module", path, compile(text, path, "exec"), tests, run, line))
open(path, "w").write(source.replace("1", "22"))
"""
    assert run_apart(program) == "[[1, 2], [1, 2, 6]]\nFalse\nTrue\nTrue\n"
    assert (
        run_apart(f"from tests.mutation.trial import sound; print(sound('it', [{str(test)!r}]))") == "None\n"
    )


@pytest.mark.parametrize("name", MODULES)
def test_each_fault_that_was_judged_is_still_one(name: str) -> None:
    source = (ROOT / f"{MODULES[name][0].replace('.', '/')}.py").read_text(encoding="utf-8")
    listed = {one for one in JUDGED if one.module == name}
    assert set(sentenced(name, source, faults(source)).values()) == listed
    assert all(one.why.partition(": ")[0] in ("equivalent", "harmless") for one in listed)


def test_each_known_fault_stands_in_one_place() -> None:
    for fault in KNOWN:
        source = (ROOT / f"{MODULES[fault.module][0].replace('.', '/')}.py").read_text(encoding="utf-8")
        assert source.count(fault.before) == 1, fault


def test_each_known_fault_is_noticed_by_the_test_that_was_added_for_it() -> None:
    program = """
from tests.mutation.__main__ import ROOT
from tests.mutation.faults import function_at
from tests.mutation.known import KNOWN
from tests.mutation.modules import MODULES
from tests.mutation.trial import load, noticed, sound

tests = sorted({fault.test for fault in KNOWN})
load(tests)
assert sound("none", tests)
for fault in KNOWN:
    module = MODULES[fault.module][0]
    path = ROOT / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    code = compile(fault.put_into(source), str(path), "exec")
    line = function_at(source, fault.line(source))
    assert noticed(module, str(path), code, [fault.test], line=line), fault
print(len(KNOWN))
"""
    assert run_apart(program) == f"{len(KNOWN)}\n"

"""One trial: the tests of a module, run in a forked process in which the module has a fault.

Where the fault is in a function, all that is loaded stays, and the function has other code from then on; this
takes a small part of the time. Otherwise the module, and all of ours, is loaded anew.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType

import hypothesis
import pytest

#: Seconds on the clock and of the processor after which the tests count as having noticed an endless loop.
#: The clock is for those that wait for ever, so it is slow: on a busy machine sound tests take long as well.
PATIENCE, CPU = 1200, 60
#: Of the processor, beside three times what the tests take without a fault: to collect them.
_ROOM = 10
_ROOT = Path(__file__).parents[2]


@dataclass
class Run:
    """What a run of the tests without a fault tells of them, so that later ones run those that can notice it.

    Attributes:
        seconds: of each test.
        reached: first lines of the functions of the module that each test calls.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    reached: dict[str, list[int]] = field(default_factory=dict)


class _Door(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from given code, and leaves all others alone."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=self._path)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = self._path
        exec(self._code, module.__dict__)


class _Watch:
    """Notes how long each test takes, and what it calls of one file."""

    def __init__(self, path: str, run: Run) -> None:
        self._path, self._run = path, run

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        lines: set[int] = set()

        def note(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and frame.f_code.co_filename == self._path:
                lines.add(frame.f_code.co_firstlineno)

        begun = time.process_time()
        sys.setprofile(note)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            self._run.seconds[item.nodeid] = time.process_time() - begun
            self._run.reached[item.nodeid] = sorted(lines)


class _Choice:
    """Runs the tests that call the function at a line, quick ones first; all of them where none is known to.

    The others cannot tell, but for what the function made as tests were loaded or for all of them together:
    at worst a fault passes that they would notice.
    """

    def __init__(self, run: Run, line: int) -> None:
        self._run, self._line = run, line

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        reached, seconds = self._run.reached, self._run.seconds
        calling = [item for item in items if self._line in reached.get(item.nodeid, ())]
        items[:] = sorted(calling or items, key=lambda item: seconds.get(item.nodeid, 0.0))


def load(tests: Sequence[str]) -> None:
    """Load tests, and with them what they test, for all trials to come."""
    kept = [os.dup(stream) for stream in (1, 2)]
    try:
        _run([*tests, "--collect-only"])
    finally:
        # What was printed goes where it was printed to, before that is changed.
        for told in (sys.stdout, sys.stderr):
            told.flush()
        for stream, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)


def sound(path: str, tests: Sequence[str]) -> Run | None:
    """Run tests without a fault in the module at a path; None where one of them fails all the same."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
        run = Run()
        failed = _run(tests, _Watch(path, run))
        with os.fdopen(sink, "w") as out:
            json.dump([run.seconds, run.reached], out)
        os._exit(failed)
    os.close(sink)
    with os.fdopen(source) as told:
        text = told.read()
    _, status = os.waitpid(child, 0)
    return None if status else Run(*json.loads(text))


def noticed(
    name: str, path: str, code: CodeType, tests: Sequence[str], run: Run | None = None, line: int = 0
) -> bool:
    """Whether one of the tests fails, or does not end, where a module is made from some code.

    Args:
        name, path: of the module.
        code: what it is made from.
        tests: files of tests, or single ones.
        run: of the same tests without a fault.
        line: the first one of the function that has the fault; 0 where it is in none.
    """
    child = os.fork()
    if child == 0:
        enough = CPU if run is None else min(CPU, _ROOM + 3 * ceil(sum(run.seconds.values())))
        resource.setrlimit(resource.RLIMIT_CPU, (enough, enough))
        if not (line and _exchange(path, code, line)):
            _unload()
            sys.meta_path.insert(0, _Door(name, path, code))
        os._exit(_run(tests, _Choice(run or Run(), line)))
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _exchange(path: str, code: CodeType, line: int) -> bool:
    """Give the function that begins at a line of a file, and those round it, their new code.

    Returns:
        False where none of them is loaded.
    """
    new = {
        (one.co_firstlineno, one.co_qualname): one
        for one in _codes(code)
        if any(inner.co_firstlineno == line for inner in _codes(one))
    }
    found = [
        (function, new[key])
        for function in gc.get_objects()
        if isinstance(function, FunctionType)
        and function.__code__.co_filename == path
        and (key := (function.__code__.co_firstlineno, function.__code__.co_qualname)) in new
    ]
    for function, other in found:
        function.__code__ = other
    return bool(found)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _unload() -> None:
    """Forget all modules of ours, and none of others'."""
    for name, module in tuple(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "/")
        if file.is_relative_to(_ROOT) and "site-packages" not in file.parts:
            del sys.modules[name]


def _run(tests: Sequence[str], *plugins: object) -> int:
    """Run tests in silence; 0 where all is well."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.close(silent)
    # The same examples in every trial, or a survivor would be a matter of luck. None is made simpler once it
    # has failed: that it has is enough.
    os.environ["CI"] = "true"
    hypothesis.settings.register_profile(
        "ci",
        hypothesis.settings.get_profile("ci"),
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain"]
    return int(pytest.main([*options, *tests], plugins=list(plugins)))

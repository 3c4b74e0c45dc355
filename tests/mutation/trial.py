"""One trial: the tests of a module, run in a forked process in which the module has a fault."""

from __future__ import annotations

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
from types import CodeType, FrameType, ModuleType
from typing import Any

import hypothesis
import pytest

#: Seconds on the clock and of the processor after which the tests count as having noticed an endless loop.
#: The clock is for those that wait for ever, so it is slow: on a busy machine sound tests take long as well.
PATIENCE, CPU = 1200, 60


@dataclass
class Run:
    """What a run of the tests without a fault tells of them, so that later ones begin with the likely ones.

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


class _Order:
    """Begins with the tests that call the function at a line, and the quick ones among them."""

    def __init__(self, run: Run, line: int) -> None:
        self._run, self._line = run, line

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        reached, seconds = self._run.reached, self._run.seconds
        items.sort(
            key=lambda item: (
                self._line not in reached.get(item.nodeid, ()),
                seconds.get(item.nodeid, 0.0),
            )
        )


def sound(name: str, path: str, code: CodeType, tests: Sequence[str]) -> Run | None:
    """Run the tests of a module without a fault; None where one of them fails all the same."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        run = Run()
        failed = _judged(name, path, code, tests, _Watch(path, run))
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
        tests: files of tests.
        run: of the same tests without a fault.
        line: the first one of the function that has the fault.
    """
    child = os.fork()
    if child == 0:
        os._exit(_judged(name, path, code, tests, _Order(run or Run(), line)))
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _judged(name: str, path: str, code: CodeType, tests: Sequence[str], plugin: Any) -> int:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    sys.meta_path.insert(0, _Door(name, path, code))
    # The same examples in every trial, or a survivor would be a matter of luck. None is made simpler once it
    # has failed: that it has is enough.
    os.environ["CI"] = "true"
    hypothesis.settings.register_profile(
        "ci",
        hypothesis.settings.get_profile("ci"),
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain"]
    return int(pytest.main([*options, *tests], plugins=[plugin]))

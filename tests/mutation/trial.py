"""One trial: the tests of a module, run in a forked process in which the module has a fault."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from types import CodeType, ModuleType

import pytest

#: Seconds on the clock and of the processor after which the tests count as having noticed an endless loop.
#: The clock is for those that wait for ever, so it is slow: on a busy machine sound tests take long as well.
PATIENCE, CPU = 1200, 60


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


def noticed(name: str, path: str, code: CodeType, tests: Sequence[str]) -> bool:
    """Whether one of the tests fails, or does not end, where a module is made from some code."""
    child = os.fork()
    if child == 0:
        os._exit(_judged(name, path, code, tests))
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _judged(name: str, path: str, code: CodeType, tests: Sequence[str]) -> int:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    sys.meta_path.insert(0, _Door(name, path, code))
    # The same examples in every trial, or a survivor would be a matter of luck.
    os.environ["CI"] = "true"
    return int(
        pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", *tests])
    )

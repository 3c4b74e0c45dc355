"""Waits that a program called for and forgot: without ``yield from``, ``node.x(qubit)`` does nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from inspect import GEN_CREATED, getgeneratorstate
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from qsim.errors import SimulationError
from qsim.kernel import Wait

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Waits that are kept in mind before those that have begun are forgotten.
_MANY = 64


class ForgottenWaits:
    """The waits of a program's round, of which each must begin before its end."""

    def __init__(self) -> None:
        self._called: list[tuple[str, str, int, Wait[object]]] = []
        self._most = _MANY

    def note(self, name: str, file: str, line: int, wait: Wait[object]) -> None:
        """Keep a wait in mind, with what it was called and where."""
        self._called.append((name, file, line, wait))
        if len(self._called) > self._most:
            self._called = [each for each in self._called if _not_begun(each[3])]
            self._most = 2 * len(self._called) + _MANY

    def close(self) -> None:
        """The round is over.

        Raises:
            SimulationError: a wait has not begun.
        """
        called, self._called = self._called, []
        for name, file, line, wait in called:
            if _not_begun(wait):
                raise SimulationError(
                    f"`node.{name}` in {Path(file).name}, line {line}, did nothing: it was called without "
                    "`yield from`"
                )

    def forget(self) -> None:
        """The round is lost: what has not begun never will."""
        self._called.clear()


class Forgetful(Protocol):
    """Who hands out waits."""

    waits: ForgottenWaits


_S = TypeVar("_S", bound=Forgetful)


def waited_for(method: Callable[Concatenate[_S, _P], Wait[_T]]) -> Callable[Concatenate[_S, _P], Wait[_T]]:
    """A method whose result is nothing until it is waited for; the call is kept in mind."""

    @wraps(method)
    def noted(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> Wait[_T]:
        wait = method(self, *args, **kwargs)
        caller = sys._getframe(1)
        self.waits.note(method.__name__, caller.f_code.co_filename, caller.f_lineno, wait)
        return wait

    return noted


def _not_begun(wait: Wait[object]) -> bool:
    return getgeneratorstate(wait) == GEN_CREATED

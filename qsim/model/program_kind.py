"""Programs: what a user writes for one node, registered under the kind "program".

A program is a class with parameters of its own and a generator `run`, or, shorter, a generator function whose
keywords are its parameters::

    @qsim.program("remote-cnot-target")
    def target(node, *, control: Annotated[str, Role("role that controls")] = "alice"):
        half = yield from node.epr(control)
        ...
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from abc import abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from qsim.errors import RegistryError
from qsim.parameters import Declared, Param, declarations
from qsim.registry import define_kind, register

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Role(Param):
    """A parameter of a program that names another role, or several."""


@dataclass(frozen=True)
class Program(Declared):
    """Base of programs: one generator for one node."""

    node: Annotated[str, Param("node that runs the program")]

    @abstractmethod
    def run(self, node: Any) -> Generator[Any, Any, Any]:
        """The program: waits with ``yield from`` for what the node does.

        Args:
            node: what it sees of its node, a `protocols.programs.program_node.ProgramNode`.

        Returns:
            What it has found: a number, numbers by name, the qubit that it has made, or nothing.
        """

    def speaks_to(self) -> tuple[str, ...]:
        """The roles that the program speaks to, as far as its parameters say: those marked as `Role`."""
        named: list[str] = []
        for declared in declarations(type(self)):
            value = getattr(self, declared.name)
            if isinstance(declared.about, Role) and value is not None:
                named += [value] if isinstance(value, str) else value
        return tuple(named)


define_kind("program", Program, "how-to/program.md")


def program(name: str) -> Callable[[_F], _F]:
    """Register a generator function as a program; its keywords, annotated with a `Param`, are parameters.

    The function stays what it is, so that another program can go on with it by ``yield from``.

    Raises:
        RegistryError: it is no generator function, or a keyword has no `Param`.
    """

    def decorate(function: _F) -> _F:
        place = f"program '{name}' ({function.__qualname__} of {function.__module__})"
        if not inspect.isgeneratorfunction(function):
            raise RegistryError(f"{place} must be a generator function: one with a `yield from`")
        fields = list(_fields(function, place))
        names = [field[0] for field in fields]

        def run(self: Any, node: Any) -> Generator[Any, Any, Any]:
            given = {name: getattr(self, name) for name in names}
            return typing.cast(Generator[Any, Any, Any], function(node, **given))

        space = {"run": run, "__doc__": function.__doc__, "__module__": function.__module__}
        made = dataclasses.make_dataclass(
            function.__name__, fields, bases=(Program,), namespace=space, frozen=True
        )
        made.__qualname__ = function.__qualname__
        register("program", name)(made)
        return function

    return decorate


def _fields(function: Callable[..., Any], place: str) -> typing.Iterator[tuple[str, Any, Any]]:
    """The parameters of a program, from the keywords of its function."""
    hints = typing.get_type_hints(function, include_extras=True)
    first, *keywords = inspect.signature(function).parameters.values()
    del first
    for keyword in keywords:
        hint = hints.get(keyword.name)
        if not any(isinstance(extra, Param) for extra in typing.get_args(hint)[1:]):
            raise RegistryError(
                f"{place}: `{keyword.name}` must be annotated, as in "
                f"`{keyword.name}: Annotated[float, Param('meaning')] = 0.0`"
            )
        if keyword.default is inspect.Parameter.empty:
            raise RegistryError(f"{place}: `{keyword.name}` needs a default")
        yield keyword.name, hint, dataclasses.field(default=keyword.default)

"""What a class must offer to be registered under a kind.

The contract of a kind is a class: a `typing.Protocol`, of which every public member is asked for, or an
abstract base class, from which a registered class derives and whose abstract members it fills. The package
that runs the objects of a kind states its contract with `qsim.registry.define_kind`.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

#: Flags of a function that takes more than it names.
_MORE: Final = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of one kind.

    Attributes:
        kind: the kind.
        asks: the class that states what is asked for.
        page: how-to page that shows a complete class of one's own, a path in ``docs``.
    """

    kind: str
    asks: type
    page: str

    def members(self) -> tuple[str, ...]:
        """What is asked for: names, methods with their arguments."""
        if _is_protocol(self.asks):
            return tuple(f"{name}{_signature(member)}" for name, member in _members(self.asks).items())
        return tuple(f"{name}{_signature(getattr(self.asks, name))}" for name in _abstract(self.asks))

    def missing(self, cls: type) -> tuple[str, ...]:
        """What a class lacks, one phrase each; empty when it keeps the contract."""
        still_abstract = tuple(f"`{name}{_signature(getattr(cls, name))}`" for name in _abstract(cls))
        if _is_protocol(self.asks):
            return (*_unmet(cls, self.asks), *still_abstract)
        if not issubclass(cls, self.asks):
            return (f"`{self.asks.__module__}.{self.asks.__qualname__}` among its bases",)
        return still_abstract


def place_of(cls: type) -> str:
    """Where a class was written, for messages: its name, file and line as far as they are known."""
    try:
        file, line = inspect.getsourcefile(cls), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        return f"class {cls.__qualname__} of {cls.__module__}"
    return f"class {cls.__qualname__} ({file}, line {line})"


def _is_protocol(cls: type) -> bool:
    return bool(getattr(cls, "_is_protocol", False))


def _abstract(cls: type) -> list[str]:
    return sorted(getattr(cls, "__abstractmethods__", ()))


def _members(protocol: type) -> dict[str, Any]:
    """The public members that a protocol asks for, those of its bases included."""
    members: dict[str, Any] = {}
    for base in reversed(protocol.__mro__):
        if not _is_protocol(base) or base in (typing.Protocol, typing.Generic):
            continue
        names = (*inspect.get_annotations(base), *vars(base))
        members.update({name: vars(base).get(name) for name in names if not name.startswith("_")})
    return members


def _unmet(cls: type, protocol: type) -> Iterator[str]:
    fields = {
        name for base in cls.__mro__ for name in inspect.get_annotations(base) if not _is_protocol(base)
    }
    for name, asked in _members(protocol).items():
        offered = _offered(cls, name)
        if inspect.isfunction(asked):
            if not callable(offered):
                yield f"`{name}{_signature(asked)}`"
            elif not _takes(offered, asked):
                yield f"`{name}{_signature(asked)}` (it has `{name}{_signature(offered)}`)"
        elif offered is None and name not in fields:
            yield f"`{name}`"


def _offered(cls: type, name: str) -> Any:
    """A member of a class; None where there is none but the stub of a protocol that it derives from."""
    for base in cls.__mro__:
        if name in vars(base):
            found = None if _is_protocol(base) else getattr(cls, name)
            # A slot or a field's default counts as there, whatever its value.
            return True if found is None and not _is_protocol(base) else found
    return None


def _takes(offered: Any, asked: Any) -> bool:
    """Whether a method can be called as the contract calls it."""
    if _arguments(offered) == _arguments(asked) is not None:
        return True
    try:
        given, wanted = inspect.signature(offered), inspect.signature(asked)
    except (TypeError, ValueError):
        return True
    bound = isinstance(offered, staticmethod) or inspect.ismethod(offered)
    parameters = list(wanted.parameters.values())[1 if bound else 0 :]
    positional = [object()] * sum(
        known.kind in (known.POSITIONAL_ONLY, known.POSITIONAL_OR_KEYWORD) for known in parameters
    )
    named = {known.name: object() for known in parameters if known.kind is known.KEYWORD_ONLY}
    try:
        given.bind(*positional, **named)
    except TypeError:
        return False
    return True


def _arguments(member: Any) -> tuple[Any, ...] | None:
    """What tells two plain functions with the same arguments, without what a whole signature takes."""
    if not inspect.isfunction(member) or hasattr(member, "__wrapped__"):
        return None
    code = member.__code__
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
    return (*counts, code.co_flags & _MORE, code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _signature(member: Any) -> str:
    if not callable(member):
        return ""
    try:
        names = list(inspect.signature(member).parameters)
    except (TypeError, ValueError):
        return "(...)"
    return f"({', '.join(name for name in names if name not in ('self', 'cls'))})"

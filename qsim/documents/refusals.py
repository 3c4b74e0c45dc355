"""Faults on their way through Pydantic, which collects them with their key paths."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from qsim import registry
from qsim.documents import messages
from qsim.documents.kinds import find, kind_fields
from qsim.documents.paths import KeyPath
from qsim.errors import nearest
from qsim.parameters import Declaration, Declared, Param, declarations

#: The two sorts of fault: about a value, and about a key that should not be there.
VALUE: Final = "fault"
KEY: Final = "unknown_key"

_OF_FIELD: Final = re.compile(r"`\w+\.(?P<field>\w+)`:? (?P<message>.*)", re.DOTALL)


def fault(message: str, sort: str = VALUE) -> PydanticCustomError:
    """A finished message as an error that Pydantic collects."""
    return PydanticCustomError(sort, "{message}", {"message": message})


def fault_at(path: KeyPath, message: str, sort: str = VALUE) -> ValidationError:
    """The same, said of a key path further down."""
    return ValidationError.from_exception_data("fault", [_detail(path, message, sort)])


def fault_of(cls: type[Declared], message: str) -> ValidationError:
    """What a declared class itself refuses, said of the field that the message begins with."""
    match = _OF_FIELD.match(message)
    if match and match["field"] in {declared.name for declared in declarations(cls)}:
        return fault_at((match["field"],), match["message"])
    return fault_at((), message)


def finished(
    cls: type[Declared], error: ValidationError, known: tuple[str, ...], partial: bool
) -> ValidationError | None:
    """Put what Pydantic found in our words.

    Args:
        cls: the class whose model refused.
        error: what its model raised.
        known: keys that stand beside the class's own, for the nearest to an unknown one.
        partial: leave out missing keys.

    Returns:
        The error to raise, or None when nothing is left of it.
    """
    fields = {declared.name: declared for declared in declarations(cls)}
    details: list[InitErrorDetails] = []
    for found in error.errors(include_url=False):
        kind, path = found["type"], found["loc"]
        if kind in (VALUE, KEY):
            details.append(_detail(path, found["ctx"]["message"], kind))
        elif kind == "extra_forbidden":
            key = str(path[-1])
            hint = _home(cls, key, (*fields, *known)) or nearest(key, (*fields, *known))
            details.append(_detail(path, f"unknown key{hint}", KEY))
        elif kind == "missing" and len(path) == 1:
            if not partial:
                details.append(_detail(path, messages.missing(fields[str(path[0])]), VALUE))
        else:
            # An item that a list of fixed size lacks is a fault of the list.
            where = path[:-1] if kind == "missing" else path
            detail = _misshapen(fields[str(path[0])], where, found["input"])
            if not details or details[-1]["loc"] != detail["loc"]:
                details.append(detail)
    return ValidationError.from_exception_data(cls.__name__, details) if details else None


def faults_in(error: ValidationError) -> Iterator[tuple[KeyPath, str, bool]]:
    """Key path and message of each fault, and whether it is about the key itself."""
    for found in error.errors(include_url=False):
        yield found["loc"], found["ctx"]["message"], found["type"] == KEY


def below(key: str, error: ValidationError) -> list[InitErrorDetails]:
    """Faults of an object, said of the mapping that holds it under a key."""
    return [
        _detail((key, *path), message, KEY if about_key else VALUE)
        for path, message, about_key in faults_in(error)
    ]


def _home(cls: type[Declared], key: str, beside: Collection[str]) -> str:
    """A hint when an unknown key is a parameter of an object that the class holds."""
    for field, (kind, name) in kind_fields(cls).items():
        # Of a field that is empty unless stated, any class of its kind may be meant, or a key like this one.
        unstated = () if get_close_matches(key, beside, n=1) else registry.names(kind)
        for each in (name,) if name else unstated:
            inner = find(kind, each)
            known = declarations(inner) if isinstance(inner, type) and issubclass(inner, Declared) else ()
            if key in {declared.name for declared in known}:
                return f" (it belongs in `{field}`" + (")" if name else f" of kind '{each}')")
    return ""


def _misshapen(declared: Declaration, path: KeyPath, value: Any) -> InitErrorDetails:
    """Something else in the place of a list or mapping, or a list of the wrong size."""
    type_: Any = declared.type
    for step in path[1:]:
        members = typing.get_args(_listed(type_))
        index = -1 if isinstance(step, str) else 0 if Ellipsis in members else step
        type_ = members[index]
    if isinstance(value, list):
        type_ = _listed(type_)
    about = declared.about if isinstance(declared.about, Param) else Param(declared.about.doc)
    wrong_size = isinstance(value, list) and typing.get_origin(type_) is tuple
    got = str(len(value)) if wrong_size else messages.shown(value)
    return _detail(path, f"must be {messages.wanted(type_, about)}, got {got}", VALUE)


def _listed(type_: Any) -> Any:
    """What a list is of a type that may be a list or something else."""
    if typing.get_origin(type_) not in (typing.Union, types.UnionType):
        return type_
    return next((one for one in typing.get_args(type_) if typing.get_origin(one) is tuple), type_)


def _detail(path: KeyPath, message: str, sort: str) -> InitErrorDetails:
    return InitErrorDetails(type=fault(message, sort), loc=path, input=None)

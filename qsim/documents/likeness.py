"""Objects that differ from one made before in a few plain values: copies of it, with those values checked.

A network of 100,000 nodes has about as many descriptions that differ in names and lengths alone, and
everything else in them is the same mapping each time. What is not plain, or not as its declaration wants it,
is left to whoever makes objects from the beginning and says what is wrong.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from qsim.errors import ParameterError
from qsim.parameters import Declaration, Declared, OfKind, checked, declarations

#: Objects that others are made after. Where there are more sorts than this, hardly any two are alike.
_MOST: Final = 1000


class _Model(NamedTuple):
    """An object to make others after.

    Attributes:
        value: the mapping that it was made from, kept so that nothing in it is taken for something else.
        rest: the parameters that hold for every object like it, by name.
        own: declarations of those that each states for itself.
    """

    value: Mapping[str, Any]
    rest: Mapping[str, Any]
    own: tuple[Declaration, ...]


class Likenesses:
    """What has been made so far of mappings, and could be made of others like them."""

    def __init__(self) -> None:
        self._models: dict[tuple[Any, ...], _Model] = {}

    def copy(self, cls: type[Declared], value: Mapping[str, Any]) -> Any:
        """The object that a mapping describes; None where none like it is known, or it has to be judged."""
        model = self._models.get(_shape(cls, value))
        if model is None:
            return None
        made = object.__new__(cls)
        for name, entry in model.rest.items():
            object.__setattr__(made, name, entry)
        try:
            for declared in model.own:
                given = value[declared.name]
                if not _is_plain(declared.type, given):
                    return None
                object.__setattr__(made, declared.name, checked(declared, given, ""))
        except ParameterError:
            return None
        made.fill_in()
        return made

    def keep(self, cls: type[Declared], value: Mapping[str, Any], made: Declared) -> None:
        """Remember an object and the mapping that it was made from, if there can be others like it."""
        if len(self._models) >= _MOST or not _copies(typing.cast(Any, cls)):
            return
        own, rest = [], {}
        for declared in declarations(cls):
            given = value.get(declared.name)
            if given is None and declared.settled:
                rest[declared.name] = declared.default
            elif given is None or type(given) is dict:
                rest[declared.name] = getattr(made, declared.name)
            elif isinstance(declared.about, OfKind) or not _is_plain(declared.type, given):
                return
            else:
                own.append(declared)
        self._models[_shape(cls, value)] = _Model(value, rest, tuple(own))


def _shape(cls: type[Declared], value: Mapping[str, Any]) -> tuple[Any, ...]:
    """What mappings have in common that differ in plain values alone."""
    # A number in the place of a name stands for whatever is shared: its identity.
    return (cls, *value, *(id(entry) for entry in value.values() if entry is None or type(entry) is dict))


def _is_plain(type_: Any, value: Any) -> bool:
    """Whether a value is of its declared type as it stands, so that its bounds alone are to be checked."""
    if type_ is str or type_ is float:
        return type(value) is type_
    if type(value) is not list or typing.get_origin(type_) is not tuple:
        return False
    members = typing.get_args(type_)
    return len(members) == len(value) and all(map(_is_plain, members, value))


@functools.cache
def _copies(cls: Any) -> bool:
    """Whether objects of a class are what their parameters say, and nothing is done as they are made."""
    parameters = cls.__dataclass_params__
    return bool(
        parameters.init
        and cls.__post_init__ is Declared.__post_init__
        and len(declarations(cls)) == len(dataclasses.fields(cls))
    )

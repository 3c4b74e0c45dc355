"""Parameters declared once: unit, bounds, default, meaning and source beside the field.

A device, protocol or application is a frozen dataclass that derives from `Declared`; each field carries a
`Param`. The one declaration validates what a script passes, becomes the schema of scenario files, words
the errors, and fills the parameter reference.

Example:
    >>> from dataclasses import dataclass
    >>> from typing import Annotated
    >>> @dataclass(frozen=True, slots=True)
    ... class Lamp(Declared):
    ...     power: Annotated[float, Param("emitted power", ge=0, le=1)] = 0.5
    ...     period: Annotated[float, Param("time between pulses", unit="s", gt=0)] = 1e-6
    >>> Lamp(period="5 us").period
    5e-06
    >>> Lamp(power=2)
    Traceback (most recent call last):
        ...
    qsim.errors.ParameterError: `Lamp.power` must be in [0, 1], got 2
"""

from __future__ import annotations

import dataclasses
import functools
import numbers
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any

from qsim import registry, units
from qsim.errors import ParameterError, UnitError, resembling
from qsim.preset_table import KEY


@dataclasses.dataclass(frozen=True, slots=True)
class Param:
    """What a reader must know of one parameter.

    Attributes:
        doc: meaning, one sentence without a full stop.
        unit: SI unit of a float (see `qsim.units.parse`); ``"1"`` for a pure number.
        ge, gt, le, lt: bounds, in the SI unit.
        choices: the accepted words of a text parameter.
        source: where the default or the model comes from.
    """

    doc: str
    unit: str = "1"
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    choices: tuple[str, ...] = ()
    source: str = ""

    def bounds(self) -> str:
        """The permitted interval in the usual notation, or an empty string."""
        if self.ge is None and self.gt is None and self.le is None and self.lt is None:
            return ""
        low, high = "(-inf", "inf)"
        if self.ge is not None or self.gt is not None:
            low = f"({_plain(self.gt)}" if self.ge is None else f"[{_plain(self.ge)}"
        if self.le is not None or self.lt is not None:
            high = f"{_plain(self.lt)})" if self.le is None else f"{_plain(self.le)}]"
        return f"{low}, {high}"

    def admits(self, value: float) -> bool:
        """Whether a number lies within the bounds."""
        return (
            (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.lt is None or value < self.lt)
        )


@dataclasses.dataclass(frozen=True, slots=True)
class OfKind:
    """Marks a field that holds an object of a registered kind (see `qsim.registry`).

    Attributes:
        kind: the kind.
        doc: meaning, one sentence without a full stop.
        default: the name that stands in when the field is left out (None in Python); empty when there is
            none.
        usual: the name meant by an object that gives none, where the field may be left out altogether.
        named: whether the field also takes several objects, as a mapping from names to them.
    """

    kind: str
    doc: str
    default: str = ""
    named: bool = False
    usual: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Declaration:
    """One declared field, taken apart.

    Attributes:
        name: the field's name.
        type: the annotated type without ``None``.
        optional: whether ``None`` is accepted.
        default: the default, or `dataclasses.MISSING`.
        about: its `Param` or `OfKind`.
        settled: whether the default passes its own check unchanged, which need not be made again for every
            object.
    """

    name: str
    type: Any
    optional: bool
    default: Any
    about: Param | OfKind
    settled: bool = False

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is dataclasses.MISSING


def declarations(cls: type[Declared]) -> tuple[Declaration, ...]:
    """The declared fields of a class, in order.

    Raises:
        TypeError: a field carries neither a `Param` nor an `OfKind`.
    """
    # Type checkers do not take a class of hashable objects for hashable itself.
    return _declarations(typing.cast(Any, cls))


def held(cls: type) -> tuple[str, ...]:
    """Names of the fields that hold objects of registered kinds; none for a class that is not declared."""
    return _held(typing.cast(Any, cls)) if issubclass(cls, Declared) else ()


def _plain(number: float | None) -> str:
    return str(int(number)) if number is not None and float(number).is_integer() else f"{number:g}"


@functools.cache
def _declarations(cls: Any) -> tuple[Declaration, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(
        _declaration(cls, field, hints[field.name]) for field in dataclasses.fields(cls) if field.init
    )


@functools.cache
def _held(cls: Any) -> tuple[str, ...]:
    return tuple(declared.name for declared in declarations(cls) if isinstance(declared.about, OfKind))


class Declared:
    """Base of every class whose fields are declared parameters.

    Construction converts unit strings to SI, refuses what lies outside the bounds, and names class, field,
    bound and value in the error. Subclasses are frozen dataclasses.

    Raises:
        ParameterError: on construction, for the first parameter at fault.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        owner = type(self).__name__
        for declared in declarations(type(self)):
            given = getattr(self, declared.name)
            if declared.settled and given is declared.default:
                continue
            value = checked(declared, given, f"`{owner}.{declared.name}`")
            if value is not given:
                object.__setattr__(self, declared.name, value)
        self.fill_in()

    def fill_in(self) -> None:
        """Set what was left out and follows from other parameters; called when all are checked."""


def checked(declared: Declaration, value: Any, where: str) -> Any:
    """Convert and check one value against its declaration.

    Args:
        declared: the declaration.
        value: what was given.
        where: how to name the parameter in an error.

    Returns:
        The value in SI.

    Raises:
        ParameterError: the value is of the wrong kind or out of bounds.
    """
    about = declared.about
    if value is None and declared.optional:
        return None
    if isinstance(about, OfKind):
        if about.named and are_named(about.kind, about.default, value):
            return {name: registry.build(about.kind, entry) for name, entry in value.items()}
        return registry.build(about.kind, about.default if value is None and about.default else value)
    return _checked_as(declared.type, about, value, where)


def _checked_as(type_: Any, about: Param, value: Any, where: str) -> Any:
    if type_ is float:
        try:
            number = units.parse(value, about.unit)
        except UnitError as error:
            raise ParameterError(f"{where}: {error}") from None
        return _bounded(about, number, value, where)
    if type_ is int:
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise ParameterError(f"{where} must be a whole number, got {value!r}")
        return _bounded(about, int(value), value, where)
    if type_ is bool and not isinstance(value, bool):
        raise ParameterError(f"{where} must be true or false, got {value!r}")
    if type_ is str:
        if not isinstance(value, str):
            raise ParameterError(f"{where} must be text, got {value!r}")
        if about.choices and value not in about.choices:
            choices = ", ".join(about.choices)
            hint = resembling(value, sorted(about.choices))
            raise ParameterError(f"{where} must be one of {choices}; got {value!r}{hint}")
        return value
    origin, members = typing.get_origin(type_), typing.get_args(type_)
    if origin in (typing.Union, types.UnionType):
        fitting = [one for one in members if _form(one) is _form_of(value)]
        return _checked_as(fitting[0], about, value, where) if len(fitting) == 1 else value
    if isinstance(type_, type) and issubclass(type_, Declared) and isinstance(value, Mapping):
        return type_(**value)
    if origin is tuple and isinstance(value, list | tuple):
        return _checked_each(about, members, value, where)
    return value


def _form(type_: Any) -> type:
    """The form of a value of a type: a list, a mapping, or a single value."""
    if typing.get_origin(type_) is tuple:
        return list
    return dict if isinstance(type_, type) and issubclass(type_, Declared) else str


def _form_of(value: Any) -> type:
    if isinstance(value, list | tuple):
        return list
    return dict if isinstance(value, Mapping | Declared) else str


def are_named(kind: str, default_name: str, value: Any) -> bool:
    """Whether a value holds objects of a kind by names of their own, rather than the parameters of one.

    Args:
        kind: the kind.
        default_name: what an object without a name is; empty where there is no such.
        value: what stands in the place of an object of the kind.

    Example:
        >>> are_named("memory", "atomic", {"comm": {"count": 2}, "data": "atomic"})
        True
        >>> are_named("memory", "atomic", {"count": 2})
        False
    """
    if not isinstance(value, Mapping) or "kind" in value or KEY in value:
        return False
    if not value:
        # Nothing can stand for an object whose kind must be told: so it is none of several.
        return not default_name
    names = registry.names(kind)
    if default_name:
        usual = registry.lookup(kind, default_name)
        if any(declared.name in value for declared in declarations(usual)):
            return False
    return all(
        isinstance(each, Mapping | Declared) or (isinstance(each, str) and each in names)
        for each in value.values()
    )


def _checked_each(about: Param, members: tuple[Any, ...], value: Any, where: str) -> Any:
    """Each entry of a tuple; the tuple itself where nothing in it had to be converted."""
    if members[-1] is Ellipsis:
        members = members[:1] * len(value)
    if len(members) != len(value):
        raise ParameterError(f"{where} must have {len(members)} entries, got {len(value)}")
    entries = tuple(
        _checked_as(member, about, entry, f"{where}[{place}]")
        for place, (member, entry) in enumerate(zip(members, value, strict=True))
    )
    unchanged = isinstance(value, tuple) and all(a is b for a, b in zip(entries, value, strict=True))
    return value if unchanged else entries


def _bounded(about: Param, number: float, shown: object, where: str) -> float:
    if not about.admits(number):
        unit = "" if about.unit == "1" else f" {about.unit}"
        raise ParameterError(f"{where} must be in {about.bounds()}{unit}, got {shown}")
    return number


def _declaration(cls: type, field: dataclasses.Field[Any], hint: Any) -> Declaration:
    if typing.get_origin(hint) is not Annotated:
        raise TypeError(f"{cls.__name__}.{field.name} declares no Param")
    annotated, *extras = typing.get_args(hint)
    about = next((extra for extra in extras if isinstance(extra, Param | OfKind)), None)
    if about is None:
        raise TypeError(f"{cls.__name__}.{field.name} declares no Param")
    optional = False
    if typing.get_origin(annotated) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotated) if member is not type(None)]
        optional = len(members) < len(typing.get_args(annotated))
        annotated = members[0] if len(members) == 1 else typing.Union[tuple(members)]  # noqa: UP007
    default = field.default
    if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    declared = Declaration(field.name, annotated, optional, default, about)
    return dataclasses.replace(declared, settled=True) if _settled(declared) else declared


def _settled(declared: Declaration) -> bool:
    """Whether the check of a default would give that very default back."""
    if isinstance(declared.about, OfKind):
        return declared.default is None and declared.optional
    try:
        return not declared.required and checked(declared, declared.default, "") is declared.default
    except ParameterError:
        return False

"""Pydantic models made from declarations.

Every declared class has one model, built when a document first mentions the class. Pydantic walks the
structure and collects every fault; a single value is judged by the class's own declaration, so a file and a
script are refused in the same words. Pydantic's own wording never reaches the user: faults leave here with
finished messages.
"""

from __future__ import annotations

import functools
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional, Protocol, Union

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model
from pydantic_core import core_schema

from qsim import units
from qsim.documents import messages
from qsim.documents.kinds import kind_fields
from qsim.documents.refusals import fault
from qsim.errors import ParameterError
from qsim.parameters import Declaration, Declared, OfKind, Param, are_named, checked, declarations

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


_PREFIX = "p_"
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_PLACEHOLDER = "qsim-kind"


class Maker(Protocol):
    """Makes the objects that a model meets inside its own; a model is validated with one as its context."""

    def of_kind(self, kind: str, default_name: str, value: Any) -> Any:
        """The object of a registered kind."""
        ...

    def named(self, kind: str, default_name: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Objects of a registered kind by names of their own."""
        ...

    def of_class(self, cls: type[Declared], value: Any) -> Any:
        """The object of a declared class."""
        ...


def model_of(cls: type[Declared]) -> type[BaseModel]:
    """The model of a declared class; the model's field ``p_x`` holds the parameter ``x``."""
    return _model_of(typing.cast(Any, cls))


@functools.cache
def _model_of(cls: Any) -> type[BaseModel]:
    kinds = kind_fields(cls)
    fields: dict[str, Any] = {}
    for declared in declarations(cls):
        about = declared.about
        annotation: Any
        if isinstance(about, OfKind):
            kind, name = kinds[declared.name]
            annotation = Annotated[Any, _OfKind(kind, name or about.usual, about.named)]
        else:
            annotation = _annotation(declared, about, declared.type)
        if declared.optional:
            annotation = Optional[annotation]  # noqa: UP045  (an Annotated at run time)
        default = ... if declared.required else None
        document = functools.partial(_document, declared)
        # The prefix keeps parameters clear of Pydantic's own attributes, such as `copy`.
        fields[_PREFIX + declared.name] = (
            annotation,
            Field(default, alias=declared.name, json_schema_extra=document),
        )
    config = ConfigDict(extra="forbid", title=cls.__name__)
    return create_model(cls.__name__, __config__=config, **fields)


def given(parsed: BaseModel) -> dict[str, Any]:
    """The parameters that were given, as arguments for the declared class."""
    return {name.removeprefix(_PREFIX): getattr(parsed, name) for name in parsed.model_fields_set}


def _annotation(declared: Declaration, about: Param, type_: Any) -> Any:
    origin, members = typing.get_origin(type_), typing.get_args(type_)
    if origin is tuple:
        return tuple[tuple(m if m is Ellipsis else _annotation(declared, about, m) for m in members)]  # type: ignore[misc]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[str, _annotation(declared, about, members[1])]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        return Annotated[Any, _Either({member: _annotation(declared, about, member) for member in members})]
    if isinstance(type_, type) and issubclass(type_, Declared):
        return Annotated[Any, _Nested(type_)]
    return Annotated[Any, _Value(Declaration(declared.name, type_, False, declared.default, about), about)]


@dataclass(frozen=True, slots=True, eq=False)
class _Value:
    """A single value, judged by its declaration."""

    declared: Declaration
    about: Param

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return _value_schema(self.declared.type, self.about)

    def _read(self, value: Any) -> Any:
        type_, about = self.declared.type, self.about
        if type_ is Any:
            return value
        if type_ is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        if not _fits(type_, value):
            raise fault(f"must be {messages.wanted(type_, about)}, got {messages.shown(value)}")
        try:
            return checked(self.declared, value, "")
        except ParameterError as error:
            message = str(error).removeprefix(":").strip()
            bounds = message.startswith("must be in ")
            raise fault(message + (messages.unit_note(about, value) if bounds else "")) from None


def _fits(type_: Any, value: Any) -> bool:
    """Whether a value is of a type's sort at all, so that the declaration can speak of it."""
    if type_ is float:
        written = isinstance(value, str) and len(value) <= messages.LONGEST
        return written or (isinstance(value, int | float) and not isinstance(value, bool))
    return isinstance(value, type_) and (type_ is bool or not isinstance(value, bool))


class _Either:
    """A value of one of several types, chosen by its shape."""

    def __init__(self, annotations: Mapping[Any, Any]) -> None:
        self._annotations = annotations
        self._adapters: dict[Any, TypeAdapter[Any]] = {}

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {"anyOf": [self._adapter(type_).json_schema() for type_ in self._annotations]}

    def _adapter(self, type_: Any) -> TypeAdapter[Any]:
        if type_ not in self._adapters:
            self._adapters[type_] = TypeAdapter(self._annotations[type_])
        return self._adapters[type_]

    def _read(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        fitting = [type_ for type_ in self._annotations if _shape(type_) is _shape_of(value)]
        if not fitting:
            accepted = " or ".join(messages.wanted(type_, Param("")) for type_ in self._annotations)
            raise fault(f"must be {accepted}, got {messages.shown(value)}")
        for type_ in fitting[:-1]:
            try:
                return self._adapter(type_).validate_python(value, context=info.context)
            except ValueError:
                continue
        return self._adapter(fitting[-1]).validate_python(value, context=info.context)


@dataclass(frozen=True, slots=True, eq=False)
class _OfKind:
    """An object of a registered kind, or several by name."""

    kind: str
    default_name: str
    named: bool

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        one = _kind_placeholder(self.kind)
        several = {"type": "object", "additionalProperties": one, "minProperties": 1}
        return {"anyOf": [one, several]} if self.named else one

    def _read(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        objects: Maker = info.context  # type: ignore[assignment]
        if self.named and are_named(self.kind, self.default_name, value):
            return objects.named(self.kind, self.default_name, value)
        return objects.of_kind(self.kind, self.default_name, value)


@dataclass(frozen=True, slots=True, eq=False)
class _Nested:
    """An object of a declared class that belongs to no kind."""

    cls: type[Declared]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return model_of(self.cls).model_json_schema()

    def _read(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        objects: Maker = info.context  # type: ignore[assignment]
        return objects.of_class(self.cls, value)


def _shape(type_: Any) -> type:
    origin = typing.get_origin(type_)
    if origin is tuple:
        return list
    if (isinstance(origin, type) and issubclass(origin, Mapping)) or issubclass(type_, Declared):
        return dict
    return str


def _shape_of(value: Any) -> type:
    if isinstance(value, list | tuple):
        return list
    return dict if isinstance(value, Mapping) else str


def _value_schema(type_: Any, about: Param) -> dict[str, Any]:
    """The JSON Schema of a float, int, bool or str; anything else is not restricted."""
    if type_ is float:
        return _quantity(about)
    if type_ is int:
        return {"type": "integer", **_bounds(about)}
    if type_ is bool:
        return {"type": "boolean"}
    if type_ is str:
        return {"type": "string", "enum": list(about.choices)} if about.choices else {"type": "string"}
    return {}


def _kind_placeholder(kind: str) -> dict[str, Any]:
    """Stands for a reference to the definition of a kind until `with_references` puts it in.

    Pydantic generates a model's schema at once and refuses references to what it does not generate itself.
    """
    return {_PLACEHOLDER: kind}


def with_references(schema: Any) -> Any:
    """A schema with references in the place of `_kind_placeholder`."""
    if isinstance(schema, list):
        return [with_references(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: with_references(entry) for key, entry in schema.items() if key != _PLACEHOLDER}
    return {"$ref": f"#/$defs/{schema[_PLACEHOLDER]}", **plain} if _PLACEHOLDER in schema else plain


def _document(declared: Declaration, schema: dict[str, Any]) -> None:
    """Add meaning, unit, bounds and default of a parameter to its schema."""
    schema.pop("title", None)
    schema.pop("default", None)
    about = declared.about
    schema["description"] = about.doc
    if isinstance(about, Param):
        parts = [about.doc, messages.in_unit(about), about.bounds() and f"within {about.bounds()}"]
        source = f" (source: {about.source})" if about.source else ""
        schema["description"] = ", ".join(part for part in parts if part) + source
        if declared.default is None or isinstance(declared.default, str | int | float):
            schema["default"] = declared.default
    elif about.default:
        schema["default"] = about.default


def _quantity(about: Param) -> dict[str, Any]:
    spellings = "|".join(re.escape(unit).replace("/", r"\/") for unit in units.accepted(about.unit))
    written = {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*({spellings})?\s*$"}
    return {"anyOf": [{"type": "number", **_bounds(about)}, written]}


def _bounds(about: Param) -> dict[str, float]:
    limits = {
        "minimum": about.ge,
        "exclusiveMinimum": about.gt,
        "maximum": about.le,
        "exclusiveMaximum": about.lt,
    }
    return {word: limit for word, limit in limits.items() if limit is not None}

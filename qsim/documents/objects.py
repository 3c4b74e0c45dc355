"""Makes the objects that a document describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from qsim import registry
from qsim.documents import messages
from qsim.documents.faults import Faults
from qsim.documents.likeness import Likenesses
from qsim.documents.pydantic_models import given, model_of
from qsim.documents.refusals import KEY, below, fault_at, fault_of, faults_in, finished
from qsim.documents.tree import Node, NodeValues
from qsim.errors import RegistryError, nearest
from qsim.parameters import Declared, OfKind, are_named, declarations
from qsim.preset_table import KEY as PRESET

_T = TypeVar("_T", bound=Declared)

#: Stands for an object that was left out; one mapping, so that what it becomes is shared.
_LEFT_OUT: Final[dict[str, Any]] = {}


class Objects:
    """The objects made so far: one mapping that many nodes share becomes one object.

    Args:
        partial: only judge what is there, and make nothing; required keys may be missing (``defaults``).
    """

    def __init__(self, partial: bool = False) -> None:
        self._partial = partial
        # Each mapping is kept alive with its object, so its id is never used twice.
        self._made: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._likenesses = Likenesses()

    def of_kind(self, kind: str, default_name: str, value: Any) -> Any:
        """The object of a registered kind that a value describes, in its short or long form.

        Args:
            kind: the kind.
            default_name: the name meant when there is no `kind`; empty when one must be given.
            value: a name, or a mapping of `kind` and parameters.

        Raises:
            ValidationError: with every fault in it.
        """
        if isinstance(value, str):
            return self._new_of_kind(kind, default_name, {"kind": value})
        if not isinstance(value, Mapping):
            raise fault_at(
                (), f"must be the name of {messages.a_kind(kind)} or a mapping, got {messages.shown(value)}"
            )
        known = self._made.get((kind, id(value)))
        if known is None:
            known = self._made[kind, id(value)] = value, self._new_of_kind(kind, default_name, value)
        return known[1]

    def named(self, kind: str, default_name: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Objects of a registered kind by names of their own.

        Raises:
            ValidationError: with every fault in them.
        """
        return self._each({name: (kind, default_name, entry) for name, entry in value.items()})

    def of_class(self, cls: type[Declared], value: Any, known: tuple[str, ...] = ()) -> Any:
        """The object of a declared class that a mapping describes.

        Args:
            cls: the class.
            value: a mapping of its parameters.
            known: keys that the author may also have meant.

        Raises:
            ValidationError: with every fault in it.
        """
        if not isinstance(value, Mapping):
            raise fault_at((), f"must be a mapping, got {messages.shown(value)}")
        made = self._likenesses.copy(cls, value)
        if made is None:
            made = self._made_anew(cls, value, known)
            if not self._partial:
                self._likenesses.keep(cls, value, made)
        return made

    def _made_anew(self, cls: type[Declared], value: Mapping[str, Any], known: tuple[str, ...]) -> Any:
        try:
            parameters = self._parameters(cls, value)
        except ValidationError as error:
            refusal = finished(cls, error, known, self._partial)
            if refusal is not None:
                raise refusal from None
            return None
        if self._partial:
            return None
        try:
            return cls(**parameters)
        except ValueError as error:
            # A ParameterError as a rule; a user's class may well raise the ordinary sort.
            raise fault_of(cls, str(error)) from None

    def _parameters(self, cls: type[Declared], value: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that a mapping gives to a class, each read and judged."""
        left_out = _left_out(cls, value)
        if not value and not any(declared.required for declared in declarations(cls)):
            # Nothing is said, so nothing can be wrong; and to make a model takes longer than to use it.
            return self._each(left_out)
        defaults = dict.fromkeys(left_out, _LEFT_OUT)
        return given(model_of(cls).model_validate({**value, **defaults}, context=self))

    def _each(self, wanted: Mapping[str, tuple[str, str, Any]]) -> dict[str, Any]:
        """Objects by name, each of a kind, with a name that is meant without one, and a value.

        Raises:
            ValidationError: with every fault in them.
        """
        made: dict[str, Any] = {}
        faults: list[InitErrorDetails] = []
        for name, (kind, default_name, entry) in wanted.items():
            try:
                made[name] = self.of_kind(kind, default_name, entry)
            except ValidationError as error:
                faults += below(name, error)
        if faults:
            raise ValidationError.from_exception_data("objects", faults)
        return made

    def _new_of_kind(self, kind: str, default_name: str, value: Mapping[str, Any]) -> Any:
        try:
            value = registry.filled(kind, value)
        except RegistryError as error:
            raise fault_at((PRESET,), str(error)) from None
        name = value.get("kind", default_name)
        if name == "":
            raise fault_at((), f"has no `kind`{nearest('', registry.names(kind))}")
        if not isinstance(name, str):
            raise fault_at(
                ("kind",), f"must be the name of {messages.a_kind(kind)}, got {messages.shown(name)}"
            )
        try:
            cls = registry.lookup(kind, name)
        except RegistryError as error:
            raise fault_at(("kind",), str(error)) from None
        entries = {key: entry for key, entry in value.items() if key != "kind"}
        if issubclass(cls, Declared):
            return self.of_class(cls, entries, ("kind", PRESET) if registry.presets(kind) else ("kind",))
        for key in entries:
            raise fault_at((key,), f"unknown key; {kind} '{name}' has no parameters", KEY)
        return cls()


class Parts:
    """Makes objects and notes their faults; one that has a fault is None."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._values = NodeValues()
        self._objects = Objects()
        self._partial = Objects(partial=True)

    def of_class(self, cls: type[_T], node: Node) -> _T | None:
        """The object of a declared class; an empty node counts as an empty mapping."""
        plain = {} if node.value is None else self._values.of(node)
        made: _T | None = self._noting(node, self._objects.of_class, cls, plain)
        return made

    def of_kind(self, kind: str, default_name: str, node: Node) -> Any:
        """The object of a registered kind; see `Objects.of_kind`."""
        return self._noting(node, self._objects.of_kind, kind, default_name, self._values.of(node))

    def judge_kind(self, kind: str, default_name: str, node: Node, *, named: bool = False) -> None:
        """Note the faults of an object that need not be complete, or of `named` ones."""
        value = self._values.of(node)
        judge = (
            self._partial.named if named and are_named(kind, default_name, value) else self._partial.of_kind
        )
        self._noting(node, judge, kind, default_name, value)

    def judge_class(self, cls: type[Declared], node: Node) -> None:
        """Note the faults of an object that need not be complete."""
        self._noting(node, self._partial.of_class, cls, self._values.of(node))

    def _noting(self, node: Node, make: Any, *arguments: Any) -> Any:
        try:
            return make(*arguments)
        except ValidationError as error:
            for path, message, about_key in faults_in(error):
                self._faults.add(node.locate_key(path) if about_key else node.locate(path), message)
            return None


def _left_out(cls: type[Declared], value: Mapping[str, Any]) -> dict[str, tuple[str, str, Any]]:
    """The fields of a class that hold an object of a kind, are left out and have a default."""
    return {
        declared.name: (declared.about.kind, declared.about.default, _LEFT_OUT)
        for declared in declarations(cls)
        if isinstance(declared.about, OfKind) and declared.about.default and value.get(declared.name) is None
    }

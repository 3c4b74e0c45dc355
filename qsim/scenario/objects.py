"""Makes the objects that a document describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from qsim import registry
from qsim.errors import RegistryError, nearest
from qsim.parameters import Declared, OfKind, declarations
from qsim.scenario import wording
from qsim.scenario.refusals import KEY, fault_at, fault_of, finished
from qsim.scenario.schema import given, model_of

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
                (), f"must be the name of {wording.a_kind(kind)} or a mapping, got {wording.shown(value)}"
            )
        known = self._made.get((kind, id(value)))
        if known is None:
            known = self._made[kind, id(value)] = value, self._new_of_kind(kind, default_name, value)
        return known[1]

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
            raise fault_at((), f"must be a mapping, got {wording.shown(value)}")
        try:
            parsed = model_of(cls).model_validate(_completed(cls, value), context=self)
        except ValidationError as error:
            refusal = finished(cls, error, known, self._partial)
            if refusal is not None:
                raise refusal from None
            return None
        if self._partial:
            return None
        try:
            return cls(**given(parsed))
        except ValueError as error:
            # A ParameterError as a rule; a user's class may well raise the ordinary sort.
            raise fault_of(cls, str(error)) from None

    def _new_of_kind(self, kind: str, default_name: str, value: Mapping[str, Any]) -> Any:
        name = value.get("kind", default_name)
        if name == "":
            raise fault_at((), f"has no `kind`{nearest('', registry.names(kind))}")
        if not isinstance(name, str):
            raise fault_at(
                ("kind",), f"must be the name of {wording.a_kind(kind)}, got {wording.shown(name)}"
            )
        try:
            cls = registry.lookup(kind, name)
        except RegistryError as error:
            raise fault_at(("kind",), str(error)) from None
        entries = {key: entry for key, entry in value.items() if key != "kind"}
        if issubclass(cls, Declared):
            return self.of_class(cls, entries, ("kind",))
        for key in entries:
            raise fault_at((key,), f"unknown key; {kind} '{name}' has no parameters", KEY)
        return cls()


def _completed(cls: type[Declared], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping with the objects of kinds that were left out and have a default put in."""
    left_out = {
        declared.name: _LEFT_OUT
        for declared in declarations(cls)
        if isinstance(declared.about, OfKind) and declared.about.default and value.get(declared.name) is None
    }
    return {**value, **left_out}

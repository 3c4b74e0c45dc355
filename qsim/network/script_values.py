"""Turns what a script passes into what a scenario document holds: text, numbers, lists and mappings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, TypeAlias, TypedDict

from qsim import registry
from qsim.errors import NetworkError, RegistryError
from qsim.parameters import Declared, OfKind, declarations

#: What says which object of a kind is meant: its name, its parameters, the object itself, or None.
Described: TypeAlias = str | Mapping[str, Any] | Declared | None


class RunFields(TypedDict, total=False):
    """What a run may be told besides its duration: the fields of `qsim.model.specs.RunSpec`."""

    seed: int
    detail: str
    formalism: str
    record_pairs: bool
    error_rates: bool
    stop_when_done: bool


def document_value(value: Any, where: str, kind: str = "") -> Any:
    """A value as plain data.

    Args:
        value: text, a number, a list or mapping of such (of NumPy's too), or an instance of a registered
            class, which becomes its name and the parameters that differ from their defaults.
        where: how to name the value in an error.
        kind: the kind that an instance must be of; empty for any.

    Raises:
        NetworkError: the value is none of these, or an instance of another kind.

    Example:
        >>> from qsim.network.topologies import Line
        >>> document_value(Line(nodes=3, length="20 km"), "topology")
        {'kind': 'line', 'nodes': 3, 'length': 20000.0}
    """
    if isinstance(value, Declared):
        return _declared(value, where, kind)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key, where): document_value(below, f"{where}.{key}") for key, below in value.items()}
    if isinstance(value, list | tuple | range):
        return [document_value(below, f"{where}[{index}]") for index, below in enumerate(value)]
    raise NetworkError(
        f"{where}: expected text, a number, a list, a mapping or an object of a registered kind, "
        f"got {type(value).__name__} {value!r}"
    )


def _declared(value: Declared, where: str, kind: str) -> Any:
    try:
        name = registry.name_of(type(value))
    except RegistryError as error:
        raise NetworkError(f"{where}: {error}") from None
    if kind and (name not in registry.names(kind) or registry.lookup(kind, name) is not type(value)):
        raise NetworkError(
            f"{where}: expected an object of kind '{kind}', got '{name}' ({type(value).__qualname__})"
        )
    cls: Any = type(value)
    parameters = {
        declared.name: document_value(getattr(value, declared.name), f"{where}.{declared.name}")
        for declared in declarations(cls)
        if not _is_default(value, declared.name, declared.default, declared.about)
    }
    return {"kind": name, **parameters} if parameters else name


def _is_default(owner: Declared, field: str, default: Any, about: object) -> bool:
    value = getattr(owner, field)
    if isinstance(about, OfKind) and default is None and about.default:
        default = registry.build(about.kind, about.default)
    return bool(type(value) is type(default) and value == default)


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise NetworkError(f"{where}: a key must be text, got {key!r}")
    return key


def node_fields(kind: str | None) -> set[str]:
    """What can be said of a node of a kind, or of any."""
    kinds = registry.names("node") if kind is None else (kind,)
    classes = [registry.lookup("node", name) for name in kinds]
    return {each.name for cls in classes for each in declarations(cls)} - {"name"}

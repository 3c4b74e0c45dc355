"""Kinds and names: how qsim runs what it does not import.

A *kind* ("memory", "link", "purification", "app", ...) and a *name* ("atomic", "barrett-kok", ...) lead to
a class. Packages announce themselves through the entry-point group ``qsim.plugins``; this distribution's own
packages come in by that same door, so a user's memory or protocol stands on the same footing as ours.
A scenario file can name kinds, never modules. What a package seldom needs it may `announce` in place of
importing it: that module is imported when one of its names is asked for, and not to tell what names there
are.

A kind may have a contract (`define_kind`): what its classes must offer. A class is held to it when it is
registered, or, where the package that states the contract has not been imported by then, as soon as it has.

The registry is a process-wide table of classes and holds no state of any simulation.

Example:
    >>> from dataclasses import dataclass
    >>> from qsim.parameters import Declared
    >>> @register("lamp", "candle")
    ... @dataclass(frozen=True)
    ... class Candle(Declared):
    ...     '''A small lamp.'''
    >>> lookup("lamp", "candle").__name__
    'Candle'
    >>> unregister("lamp", "candle")
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import importlib.metadata
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from qsim import preset_table
from qsim.contracts import Contract, place_of
from qsim.errors import RegistryError, nearest

GROUP = "qsim.plugins"

_T = TypeVar("_T", bound=type)
_classes: dict[str, dict[str, type]] = {}
_names: dict[type, tuple[str, str]] = {}
_contracts: dict[str, Contract] = {}
_unheld: list[tuple[str, str, type]] = []
#: By kind: names (none where only the module knows them) and module of what is imported when it is asked for.
_waiting: dict[str, list[tuple[frozenset[str], str]]] = {}
_loading = threading.RLock()
_loaded = False


def register(kind: str, name: str) -> Callable[[_T], _T]:
    """Register the decorated class under a kind and a name.

    Registering the same class again is harmless (a module run twice, a notebook cell).

    Raises:
        RegistryError: the name is taken by another class, or the class lacks what the contract of the kind
            asks for.
    """

    def decorate(cls: _T) -> _T:
        if _is_foreign(cls):
            # A script registers before anything has been run: what has the name already, and the contracts,
            # which the modules of a kind bring with them.
            _load(kind, name)
            if kind not in _contracts:
                _load(kind)
        _hold_to_contract(kind, name, cls)
        table = _classes.setdefault(kind, {})
        known = table.get(name)
        if known is not None and _identity(known) != _identity(cls):
            raise RegistryError(
                f"{kind} '{name}' is already registered by {known.__module__}.{known.__qualname__}"
            )
        if known is not None:
            _names.pop(known, None)
        table[name] = cls
        _names[cls] = (kind, name)
        return cls

    return decorate


def announce(module: str, kind: str, *names: str) -> None:
    """Say what a module registers that is imported only when it is asked for.

    Args:
        module: full name of the module.
        kind: a kind for which it registers classes or presets.
        *names: all names that it registers under the kind; without any, the module is imported for
            whatever is asked of the kind: names that only it knows, presets, a contract that the modules of
            the kind do not import.
    """
    with _loading:
        _waiting.setdefault(kind, []).append((frozenset(names), module))


def define_kind(kind: str, contract: type, page: str) -> None:
    """State what the classes of a kind must offer.

    Args:
        kind: the kind.
        contract: a `typing.Protocol`, or an abstract base class.
        page: how-to page that shows a complete class of one's own, a path in ``docs``.

    Raises:
        RegistryError: a class registered before lacks something.
    """
    _contracts[kind] = Contract(kind, contract, page)
    waiting = [entry for entry in _unheld if entry[0] == kind]
    _unheld[:] = [entry for entry in _unheld if entry[0] != kind]
    for entry in waiting:
        try:
            _hold_to_contract(*entry)
        except RegistryError:
            unregister(*entry[:2])
            raise


def contracts() -> tuple[Contract, ...]:
    """The contracts of all kinds that have one, by kind."""
    load_everything()
    return tuple(_contracts[kind] for kind in sorted(_contracts))


def _hold_to_contract(kind: str, name: str, cls: type) -> None:
    contract = _contracts.get(kind)
    if contract is None:
        _unheld.append((kind, name, cls))
        return
    missing = contract.missing(cls)
    if missing:
        raise RegistryError(
            f"{kind} '{name}': {place_of(cls)} lacks {'; '.join(missing)}. See docs/{contract.page}"
        )


def _is_foreign(cls: type) -> bool:
    return cls.__module__.partition(".")[0] not in _packages()


@functools.cache
def _entries() -> tuple[importlib.metadata.EntryPoint, ...]:
    """What is installed under the entry-point group; asking for it reads the papers of every distribution."""
    return tuple(sorted(importlib.metadata.entry_points(group=GROUP), key=lambda entry: entry.value))


@functools.cache
def _packages() -> frozenset[str]:
    """The top-level packages of the entry-point group."""
    return frozenset(entry.module.partition(".")[0] for entry in _entries())


def unregister(kind: str, name: str) -> None:
    """Forget a registration; tests and notebooks use it."""
    cls = _classes.get(kind, {}).pop(name, None)
    if cls is not None:
        _names.pop(cls, None)


def lookup(kind: str, name: str) -> Any:
    """The class registered under a kind and a name.

    Raises:
        RegistryError: unknown kind or name; the message offers the nearest.
    """
    _load(kind, name)
    table = _classes.get(kind)
    if table is not None and name in table:
        return table[name]
    known = names(kind)
    if not known:
        raise RegistryError(f"unknown kind '{kind}'{nearest(kind, kinds())}")
    raise RegistryError(f"unknown {kind} '{name}'{nearest(name, known)}")


def build(kind: str, value: Any) -> Any:
    """Make an object of a kind from however a person wrote it.

    Args:
        kind: the kind.
        value: a registered name, a mapping with the key ``kind`` or ``preset`` and parameters, or an object,
            returned as it is.

    Raises:
        RegistryError: unknown kind, name, preset or parameter.
        ParameterError: a parameter out of bounds.
    """
    if isinstance(value, str):
        return lookup(kind, value)()
    if isinstance(value, Mapping):
        value = filled(kind, value)
        parameters = {key: given for key, given in value.items() if key != "kind"}
        cls = lookup(kind, value["kind"])
        _refuse_unknown(kind, value["kind"], cls, parameters)
        return cls(**parameters)
    return value


def _refuse_unknown(kind: str, name: str, cls: Any, parameters: Mapping[str, Any]) -> None:
    """Raise a RegistryError that names what a data class has instead of the parameter that it has not."""
    if dataclasses.is_dataclass(cls):
        known = [field.name for field in dataclasses.fields(cls) if field.init]
        for key in parameters:
            if key not in known:
                raise RegistryError(f"{kind} '{name}' has no parameter '{key}'{nearest(key, known)}")


def presets(kind: str) -> Mapping[str, preset_table.Preset]:
    """The presets of a kind by name."""
    _load_unnamed(kind)
    return preset_table.of_kind(kind)


def filled(kind: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A mapping with its preset, if it names one, spelt out under what stands beside it.

    Raises:
        RegistryError: there is no such preset.
    """
    if preset_table.KEY not in value:
        return value
    name, known = value[preset_table.KEY], presets(kind)
    if not isinstance(name, str) or name not in known:
        raise RegistryError(f"unknown {kind} preset {name!r}{nearest(str(name), known)}")
    return {**known[name].document(), **{key: each for key, each in value.items() if key != preset_table.KEY}}


def names(kind: str) -> tuple[str, ...]:
    """The names registered under a kind, or announced, sorted."""
    _load_unnamed(kind)
    announced = (name for names, _ in _waiting.get(kind, ()) for name in names)
    return tuple(sorted({*_classes.get(kind, ()), *announced}))


def kinds() -> tuple[str, ...]:
    """The kinds that have at least one name, sorted."""
    load_everything()
    return tuple(sorted(kind for kind, table in _classes.items() if table))


def name_of(cls: type) -> str:
    """The name under which a class is registered.

    What is announced is not imported for it: a class that exists has been registered where it was made.

    Raises:
        RegistryError: the class is not registered.
    """
    if cls not in _names:
        _load_packages()
    if cls not in _names:
        raise RegistryError(
            f"{cls.__qualname__} is not registered; decorate it with @qsim.register(kind, name)"
        )
    return _names[cls][1]


def added() -> tuple[tuple[str, str, type], ...]:
    """Kind, name and class of what was registered besides the packages of the entry-point group."""
    _load_packages()
    return tuple(
        (kind, name, cls)
        for kind, table in _classes.items()
        for name, cls in table.items()
        if _is_foreign(cls)
    )


def load_everything() -> None:
    """Import every package of the entry-point group ``qsim.plugins``, and whatever they announce, once."""
    _load_packages()
    for kind in [*_waiting]:
        _import_waiting(kind, lambda _: True)


def _load(kind: str, name: str | None = None) -> None:
    """Import whatever may bring a name of a kind; without a name, whatever may bring any."""
    _load_packages()
    if kind in _waiting:
        _import_waiting(kind, lambda names: name is None or not names or name in names)


def _load_unnamed(kind: str) -> None:
    """Import whatever may bring names of a kind that are not announced, or presets."""
    _load_packages()
    if kind in _waiting:
        _import_waiting(kind, lambda names: not names)


def _load_packages() -> None:
    global _loaded
    with _loading:
        if _loaded:
            return
        _loaded = True
        for entry in _entries():
            try:
                importlib.import_module(entry.module)
            except BaseException:
                _loaded = False
                raise


def _import_waiting(kind: str, wanted: Callable[[frozenset[str]], bool]) -> None:
    with _loading:
        waiting = _waiting.get(kind, [])
        for entry in [each for each in waiting if wanted(each[0])]:
            if entry not in waiting:
                continue  # came with one before it
            waiting.remove(entry)
            try:
                importlib.import_module(entry[1])
            except BaseException:
                waiting.append(entry)
                raise
        if not waiting and _waiting.get(kind) is waiting:
            del _waiting[kind]


def load_module(name: str) -> None:
    """Import a module that registers kinds, as ``--plugin NAME`` does.

    Raises:
        RegistryError: there is no such module.
    """
    _load_packages()
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0] and error.name != name:
            raise
        raise RegistryError(
            f"plugin '{name}' cannot be imported: no module of that name is installed"
        ) from None


def _identity(cls: type) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__

"""Classes that a script registered, on their way to the processes that do its runs.

What comes in through the entry-point group ``qsim.plugins`` every process finds by itself. What a script or a
notebook registered, only its own process has: such classes travel with the work, by name when they lie in a
module that others can import, otherwise by value. They are packed for a moment between processes of one user
and never stored.
"""

from __future__ import annotations

import sys
import typing
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TypeAlias

from qsim import registry
from qsim.parameters import Declared

Registrations: TypeAlias = bytes


def collect() -> Registrations:
    """The classes that this process has registered besides those of installed packages."""
    added = registry.added()
    if not added:
        return b""
    for _, _, cls in added:
        if issubclass(cls, Declared):
            _resolve(cls)
    # Files that were loaded as plug-ins are modules under names that nobody else can import.
    ours = {cls.__module__: sys.modules.get(cls.__module__) for _, _, cls in added}
    apart = [module for name, module in ours.items() if module is not None and not _found(name)]
    return _packed(added, apart)


def enter(packed: Registrations) -> None:
    """Register classes that another process has collected; those that are known stay."""
    if not packed:
        return
    import cloudpickle

    for kind, name, cls in cloudpickle.loads(packed):
        if name not in registry.names(kind):
            registry.register(kind, name)(cls)


def _resolve(cls: type) -> None:
    """Write out the annotations of what travels by value: their names mean nothing without the module."""
    for base in cls.__mro__:
        if not _found(base.__module__):
            hints = typing.get_type_hints(base, include_extras=True)
            base.__annotations__ = {name: hints[name] for name in vars(base).get("__annotations__", {})}


def _packed(added: tuple[tuple[str, str, type], ...], apart: list[ModuleType]) -> Registrations:
    import cloudpickle

    for module in apart:
        cloudpickle.register_pickle_by_value(module)
    try:
        packed: bytes = cloudpickle.dumps(added)
        return packed
    finally:
        for module in apart:
            cloudpickle.unregister_pickle_by_value(module)


def _found(module: str) -> bool:
    """Whether a process that has not imported a module can import it; the running script it cannot."""
    top = module.partition(".")[0]
    return module != "__main__" and (top in sys.stdlib_module_names or PathFinder.find_spec(top) is not None)

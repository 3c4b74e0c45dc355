"""Classes that a script registered, on their way to the processes that do its runs.

What comes in through the entry-point group ``qsim.plugins`` every process finds by itself. What a script or a
notebook registered, only its own process has: such classes travel with the work, by value when they were
written in the script itself, by name when they lie in a module. They are packed for a moment between
processes of one user and never stored.
"""

from __future__ import annotations

from typing import TypeAlias

from qsim import registry

Registrations: TypeAlias = bytes


def collect() -> Registrations:
    """The classes that this process has registered besides those of installed packages."""
    added = registry.added()
    if not added:
        return b""
    import cloudpickle

    packed: bytes = cloudpickle.dumps(added)
    return packed


def enter(packed: Registrations) -> None:
    """Register classes that another process has collected; those that are known stay."""
    if not packed:
        return
    import cloudpickle

    for kind, name, cls in cloudpickle.loads(packed):
        if name not in registry.names(kind):
            registry.register(kind, name)(cls)

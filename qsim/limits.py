"""How large a stranger's file may make things, and which folders it may read from.

The limits hold for all that is read in a process, and only who starts it raises them: the command line by
``--limit`` and ``--allow-path``, a script by `using`.

Example:
    >>> with using(nodes=500_000):
    ...     current().nodes
    500000
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from qsim.errors import LimitError


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """Most of each thing.

    Attributes:
        nodes, links, memories: of a scenario; memories at all of its nodes together.
        runs: of a sweep.
        events: that a run is expected to have, roughly: 10^9 take some hours.
        folders: beside its own, those that a scenario may name files in.
    """

    nodes: int = 200_000
    links: int = 1_000_000
    memories: int = 5_000_000
    runs: int = 1_000_000
    events: int = 2_000_000_000
    folders: tuple[Path, ...] = ()

    def check(self, **found: int) -> None:
        """Refuse what is too much.

        Raises:
            LimitError: more is found of something than there may be.
        """
        for name, amount in found.items():
            most = getattr(self, name)
            if amount > most:
                about = "about " if name == "events" else ""
                raise LimitError(
                    f"{about}{amount:,} {name} are more than {most:,}, the most that are taken; "
                    f"--limit {name}={amount} raises that"
                )

    def check_file(self, path: Path, base: Path) -> None:
        """Refuse a file outside the scenario's own folder `base` and `folders`, also where links lead there.

        Raises:
            LimitError: it is.
        """
        real = path.resolve()
        if not any(real.is_relative_to(folder.resolve()) for folder in (base, *self.folders)):
            raise LimitError(
                f"'{path}' lies outside the scenario's folder; --allow-path {path.parent} lets it be read"
            )


#: The limits that can be raised by a number.
NUMBERS: Final = tuple(field.name for field in dataclasses.fields(Limits) if field.name != "folders")
_CURRENT: ContextVar[Limits] = ContextVar("limits", default=Limits())  # noqa: B039  (frozen)


def current() -> Limits:
    """The limits that hold."""
    return _CURRENT.get()


@contextlib.contextmanager
def using(**changed: Any) -> Iterator[None]:
    """Let other limits hold for a while.

    Args:
        changed: attributes of `Limits`.
    """
    token = _CURRENT.set(dataclasses.replace(_CURRENT.get(), **changed))
    try:
        yield
    finally:
        _CURRENT.reset(token)

"""Names that a package offers and that are imported when they are first used.

A package that is the folder of many modules would otherwise import all of them for any one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping


def offered(
    package: str, homes: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """The functions ``__getattr__`` and ``__dir__`` of a package (PEP 562), and its ``__all__``.

    Type checkers cannot follow them: beside them stand the same imports for type checkers alone, and a test
    holds the two lists together.

    Args:
        package: full name of the package.
        homes: the names by the module of the package where they are.
    """
    home = {name: f"{package}.{module}" for module, names in homes.items() for name in names}

    def get(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module '{package}' has no attribute {name!r}")
        value: object = getattr(importlib.import_module(home[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home})

    return get, names, sorted(home)

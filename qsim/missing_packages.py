"""A package that is not installed is named with the command that adds it.

The network half runs without the packages of figures, frames, Parquet and reservoirs
(`requirements-slim.txt`). Where our own code asks for one that is missing, this is said in place of Python's
bare "No module named ...". Other people's code, which may well do without, sees what it always does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from qsim.errors import QsimError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

#: Packages that part of qsim does without, by the names under which they are imported and installed.
OPTIONAL: Final = {
    "matplotlib": "matplotlib",
    "pandas": "pandas",
    "pennylane": "pennylane",
    "pyarrow": "pyarrow",
    "qutip": "qutip",
    "sklearn": "scikit-learn",
}
_OURS: Final = ("qsim", "hardware", "protocols", "qml")


class MissingPackageError(QsimError, ModuleNotFoundError):
    """What was asked for needs a package that is not installed."""


class _Finder:
    """The last of the finders: it is asked for what none before has found."""

    @staticmethod
    def find_spec(name: str, *_: Sequence[str] | ModuleType | None) -> ModuleSpec | None:
        """Nothing; raises where our own code has asked for an optional package."""
        if name in OPTIONAL and _asked_by_us():
            raise MissingPackageError(
                f"this needs the package {OPTIONAL[name]}, which is not installed; add it with "
                f"`pip install '{_requirement(OPTIONAL[name])}'`",
                name=name,
            )
        return None


def install() -> None:
    """Put the finder in its place, once."""
    if _Finder not in sys.meta_path:
        sys.meta_path.append(_Finder)


def _asked_by_us() -> bool:
    """Whether the import statement is in our own code."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("importlib"):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _OURS


def _requirement(package: str) -> str:
    """A package with the versions that fit."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        declared = requires("qsim-net") or []
    except PackageNotFoundError:
        declared = []
    return next((each for each in declared if each.startswith(package) and ";" not in each), package)

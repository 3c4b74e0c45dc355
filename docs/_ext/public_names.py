"""``{public-names} MODULE``: the public names of a module, from their docstrings.

A module's names are those of its ``__all__``, or else what its own file (for a package: its ``__init__``)
defines or imports for others. Names that are imported when they are first used count like any other.
"""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from generated import Generated

from qsim.errors import QsimError

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class PublicNames(Generated):
    """Documents classes, errors and functions of a module, one after the other.

    Options:
        only: names, separated by blanks; all public ones without it.
        without: names to leave out.
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"only": str.split, "without": str.split}

    def lines(self) -> list[str]:
        """Directives of autodoc."""
        module = importlib.import_module(self.arguments[0])
        names = self.options.get("only") or public(module)
        left_out = self.options.get("without", ())
        made = ["```{eval-rst}", f".. py:currentmodule:: {module.__name__}", ""]
        for name in names:
            if name not in left_out:
                made += _directive(module, name)
        return [*made, "```", ""]


def public(module: ModuleType) -> list[str]:
    """The public names of a module, in the order of its file."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(name for name in listed if _documented(getattr(module, name)))
    own = module.__name__.partition(".")[0]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and _documented(value) and _belongs(module, value, own)
    ]


def _belongs(module: ModuleType, value: Any, own: str) -> bool:
    if hasattr(module, "__path__"):
        return str(value.__module__).partition(".")[0] == own
    return bool(value.__module__ == module.__name__)


def _documented(value: Any) -> bool:
    return inspect.isclass(value) or inspect.isfunction(value)


def _directive(module: ModuleType, name: str) -> list[str]:
    value = getattr(module, name)
    full = f"{module.__name__}.{name}"
    if not inspect.isclass(value):
        return [f".. autofunction:: {full}", ""]
    if issubclass(value, QsimError):
        return [f".. autoexception:: {full}", ""]
    return [f".. autoclass:: {full}", "   :members:", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("public-names", PublicNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

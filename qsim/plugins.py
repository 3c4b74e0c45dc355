"""What comes from outside: modules and files given with ``--plugin``, and figures attached from above."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qsim import registry
from qsim.errors import QsimError, RegistryError

#: Entry points that add commands.
COMMANDS = "qsim.commands"
#: Entry points that lead from what is shown ("run", "sweep") to the class that draws it.
FIGURES = "qsim.figures"


def figures(of: str, shown: object) -> Any:
    """The figures of a result; they stand on a floor above results, which therefore cannot import them."""
    (entry,) = importlib.metadata.entry_points(group=FIGURES, name=of)
    return entry.load()(shown)


def load(plugins: Iterable[str]) -> None:
    """Import each plug-in: a module by its name, or a Python file by its path.

    Raises:
        RegistryError: there is no such module or file, or it fails as it is imported.
    """
    for plugin in plugins:
        try:
            if plugin.endswith(".py"):
                _load_file(Path(plugin))
            else:
                registry.load_module(plugin)
        except QsimError:
            raise
        except Exception as error:
            raise RegistryError(f"plugin '{plugin}' fails as it is imported: {_describe(error)}") from error


def _load_file(path: Path) -> None:
    if not path.is_file():
        raise RegistryError(f"plugin '{path}' cannot be imported: there is no such file")
    # A name that nothing else has: the file may be called like a module, or like a file in another folder.
    digest = hashlib.blake2b(str(path.resolve()).encode(), digest_size=4).hexdigest()
    name = f"{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RegistryError(f"plugin '{path}' cannot be imported: it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _describe(error: Exception) -> str:
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) or error.__traceback__ is None:
        return said
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{said} ({last.filename}, line {last.lineno})"

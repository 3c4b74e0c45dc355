"""Packages whose names are imported when they are first used."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys

import pytest

PACKAGES = ("hardware.link_models", "qsim.network.topologies", "qsim.quantum")


def names_for_type_checkers(package: str) -> set[str]:
    """The names bound for type checkers alone."""
    tree = ast.parse(inspect.getsource(importlib.import_module(package)))
    (block,) = (part for part in tree.body if isinstance(part, ast.If))
    return {
        name.asname or name.name
        for line in block.body
        if isinstance(line, ast.ImportFrom)
        for name in line.names
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_and_python_see_the_same_names(package: str) -> None:
    module = importlib.import_module(package)
    told = names_for_type_checkers(package)
    assert told == set(module.__all__)
    assert told <= set(dir(module))
    for name in told:
        home = inspect.getmodule(getattr(module, name))
        assert home is None or home.__name__.startswith(f"{package}.")
    code = f"import {package} as package; print(*set(dir(package)) - set(vars(package)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == told


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_is_not_there_is_told(package: str) -> None:
    with pytest.raises(AttributeError, match=rf"module '{package}' has no attribute 'nonsense'"):
        _ = importlib.import_module(package).nonsense

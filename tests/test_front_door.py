"""``import qsim``: what it offers, and what it costs."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import pytest

import qsim
from qsim import errors

#: What a script that only imports qsim must not have to wait for.
HEAVY = (
    "numpy",
    "scipy",
    "scipy.stats",
    "pandas",
    "pyarrow",
    "matplotlib",
    "qutip",
    "sklearn",
    "pennylane",
    "jax",
    "networkx",
    "pydantic",
    "yaml",
    "rich",
    "typer",
    "hardware",
    "protocols",
    "qml",
)


def names_for_type_checkers() -> set[str]:
    """The names bound in the TYPE_CHECKING block of qsim/__init__.py."""
    tree = ast.parse(inspect.getsource(qsim))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )
    imported = {
        alias.asname
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    declared = {
        node.target.id
        for node in block.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return imported | declared


def test_all_and_the_type_checkers_names_agree() -> None:
    assert sorted(qsim.__all__) == qsim.__all__
    assert set(qsim.__all__) == names_for_type_checkers()


@pytest.mark.parametrize("name", qsim.__all__)
def test_every_name_resolves(name: str) -> None:
    assert getattr(qsim, name) is getattr(qsim, name)
    assert name in dir(qsim)


def test_every_error_is_at_the_front_door() -> None:
    raised = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    }
    assert raised <= set(qsim.__all__)
    assert all(issubclass(getattr(errors, name), qsim.QsimError) for name in raised)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'qsim' has no attribute 'Netwerk'"):
        _ = qsim.Netwerk  # type: ignore[attr-defined]


def in_a_fresh_process(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_qsim_loads_nothing_heavy() -> None:
    loaded = in_a_fresh_process("import qsim, sys; print(*sys.modules)")
    assert "qsim" in loaded
    assert set(HEAVY).intersection(loaded) == set()


def test_names_are_loaded_when_they_are_used() -> None:
    code = (
        "import qsim, sys; before = set(sys.modules); qsim.Simulator(); print(*(set(sys.modules) - before))"
    )
    loaded = in_a_fresh_process(code)
    assert "qsim.kernel.simulator" in loaded
    assert set(HEAVY).intersection(loaded) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from qsim.cli import main\n"
        f"code = main({arguments!r})\n"
        "print(code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, *loaded = done.stderr.split()
    assert status == "0"
    # Typer may use pydantic to read options.
    assert set(HEAVY).difference({"typer", "pydantic"}).intersection(loaded) == set()

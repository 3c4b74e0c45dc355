"""``import qml``: what it offers, and what it does not load."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import pytest

import qml

#: What ``import qml``, and the plug-in that every command of qsim loads, must not wait for.
HEAVY = ("pennylane", "jax", "sklearn", "pandas", "matplotlib", "scipy", "qutip", "joblib", "reservoirpy")


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_two_lists_of_names_agree() -> None:
    tree = ast.parse(inspect.getsource(qml))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )
    imported = {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == qml._HOMES
    assert sorted(imported) == sorted(qml.__all__)


@pytest.mark.parametrize("name", qml.__all__)
def test_every_name_can_be_had(name: str) -> None:
    assert callable(getattr(qml, name))
    assert name in dir(qml)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'qml' has no attribute 'QNN'"):
        _ = qml.QNN  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "statement", ["import qml", "import qml.model_kinds", "from qml import QLSTM, RidgeReadout"]
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    assert not loaded_by(statement).intersection(HEAVY)


def test_pennylane_waits_for_the_first_circuit_and_jax_for_the_first_series() -> None:
    windows = "import qml, numpy; r = qml.ensemble(qml.RNN(), seed=1); r.window_features(numpy.ones((2, 3)))"
    assert not loaded_by(windows).intersection(("pennylane", "jax"))
    circuits = windows.replace("RNN", "QRNN")
    assert "pennylane" in loaded_by(circuits)


def test_who_means_pennylane_is_told_of_the_collision_of_names() -> None:
    """Many scripts import PennyLane as `qml`; where this package is meant beside it, one must yield."""
    import pennylane  # noqa: F401, ICN001

    with pytest.raises(AttributeError, match=r"'Hadamard'; that is PennyLane's: .*import pennylane as qp"):
        qml.Hadamard  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute '__wrapped__'$"):
        qml.__wrapped__  # noqa: B018

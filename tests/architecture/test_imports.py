"""Who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, sources


def test_the_import_contract_holds() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_pennylane_is_not_called_qml() -> None:
    # `qml` is a package of ours; PennyLane's own documentation now imports it as qp.
    wrong = [
        source.place(node)
        for source in sources(*PACKAGES, "examples", "benchmarks", "tests")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname == "qml"
    ]
    assert wrong == []


def test_pytest_is_not_imported_by_the_packages() -> None:
    tools = {"pytest", "hypothesis", "tests", "setuptools", "ruff", "mypy"}
    wrong = [
        source.place(node)
        for source in sources(*PACKAGES)
        for node in ast.walk(source.tree)
        for name in _imported(node)
        if name.partition(".")[0] in tools
    ]
    assert wrong == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module]
    return []
